"""Rows out, by script: what Xero's answers say, and what they leave open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vtxero.errors import BudgetError, NotModelledError, ReplyLostError
from vtxero.sync.records import Accepted, Page, Refused
from vtxero.xero import batches
from wire.xero.rows import never_known, rows
from wire.xero.scripted import DROP, Reply

OK = {"StatusAttributeString": "OK"}


def test_answer_keeps_xeros_numbers_letter_by_letter(source, script):
    script.says(b'{"Invoices":[{"InvoiceID":"a","Total":24.1500,"CurrencyRate":1.0000000000}]}')

    (answer,) = source.create("invoices", [{"Type": "ACCREC"}], "key-1")

    assert answer.raw == b'{"Invoices":[{"InvoiceID":"a","Total":24.1500,"CurrencyRate":1.0000000000}]}'


@pytest.mark.parametrize(
    ("verdict", "messages"),
    [
        ({"StatusAttributeString": "ERROR", "ValidationErrors": [{"Message": "no"}]}, ("no",)),
        ({"HasErrors": True, "ValidationErrors": [{"Message": "a"}, {"Message": "b"}]}, ("a", "b")),
        ({"HasValidationErrors": True}, ("Xero refused it and gave no reason.",)),
        (
            {"StatusAttributeString": "ERROR", "LineItems": [{"ValidationErrors": [{"Message": "line"}]}]},
            ("line",),
        ),
        (
            {"StatusAttributeString": "ERROR", "Contact": {"ContactID": "c", "ValidationErrors": [{"Message": "who"}]}},
            ("who",),
        ),
        ({"InvoiceID": "00000000-0000-0000-0000-000000000000"}, ("Xero answered without InvoiceID.",)),
        ({"InvoiceID": "half a \ud800 character"}, ("Xero answered without InvoiceID.",)),
    ],
)
def test_answer_when_the_element_was_refused_gives_every_reason(source, script, verdict, messages):
    script.says({"Invoices": [{"InvoiceID": "a", **verdict}]})

    assert source.create("invoices", [{}], "key-1") == [Refused(messages)]


def test_answer_with_warnings_was_saved(source, script):
    warned = {"InvoiceID": "a", "StatusAttributeString": "WARNING", "Warnings": [{"Message": "odd rate"}]}
    script.says({"Invoices": [warned]})

    (answer,) = source.create("invoices", [{}], "key-1")

    assert isinstance(answer, Accepted)
    assert answer.warnings == ("odd rate",)


def test_answers_when_their_number_differs_are_not_guessed(source, script):
    script.says({"Invoices": [{"InvoiceID": "a", **OK}]})

    with pytest.raises(NotModelledError, match="2 elements were sent and 1 came back"):
        source.create("invoices", [{}, {}], "key-1")


def echo(asked):
    plural = asked.path.rpartition("/")[2]
    return {plural: [{"ContactID": one["Name"][:5], "InvoiceID": "i", **OK} for one in asked.json[plural]]}


def test_create_when_the_bytes_are_too_many_sends_several_requests_under_keys_of_their_own(source, script):
    script.says(echo)
    big = [{"Name": f"{number:05}" + "x" * (batches.MOST_BYTES // 3)} for number in range(4)]

    answers = source.create("organizations", big, "key-1")

    assert [rows([Page(answer.raw)], "Contacts")[0]["ContactID"] for answer in answers] == [
        f"{number:05}" for number in range(4)
    ]
    keys = [asked.headers["Idempotency-Key"] for asked in script.asked]
    assert len(keys) == len(set(keys)) == 2
    assert all(len(key) <= 128 for key in keys)
    assert max(len(asked.body) for asked in script.asked) < 3_500_000


def test_create_when_one_element_alone_is_too_big_refuses_it_and_sends_the_rest(source, script):
    script.says(echo)

    answers = source.create("organizations", [{"Name": "x" * 3_100_000}, {"Name": "Small"}], "key-1")

    assert isinstance(answers[0], Refused)
    assert "in one request" in answers[0].messages[0]
    assert isinstance(answers[1], Accepted)
    assert len(script.asked) == 1


def test_create_when_an_amount_cannot_travel_exactly_refuses_only_that_element(source, script):
    script.says(echo)

    answers = source.create("organizations", [{"Name": Decimal("1234567890123.4567")}, {"Name": "Small"}], "key-1")

    assert [type(answer) for answer in answers] == [Refused, Accepted]


def test_create_of_nothing_sends_nothing(source, script):
    assert source.create("organizations", [], "key-1") == []
    assert script.asked == []


def test_create_when_all_are_judged_at_once_refuses_each_in_its_own_words(source, script):
    judged = [{"ValidationErrors": [{"Message": word}]} for word in ("a", "b")]
    script.says(Reply(400, {"Message": "A validation exception occurred", "Elements": judged}))

    assert source.create("invoices", [{}, {}], "key-1") == [Refused(("a",)), Refused(("b",))]


def test_create_when_one_alone_is_judged_without_a_word_was_refused(source, script):
    script.says(Reply(400, {"Message": "A validation exception occurred", "Elements": [{"ValidationErrors": []}]}))

    assert source.create("invoices", [{}], "key-1") == [Refused(("A validation exception occurred",))]


def test_update_when_the_answer_names_another_record_is_not_believed(source, script):
    script.says({"Invoices": [{"InvoiceID": "b", **OK}, {"InvoiceID": "a", **OK}]})

    with pytest.raises(NotModelledError, match="b came back in its place"):
        source.update("invoices", [{"InvoiceID": "A"}, {"InvoiceID": "b"}], "key-1")


def test_create_when_only_some_are_judged_leaves_the_question_open(source, script):
    judged = [{"ValidationErrors": [{"Message": "a"}]}]
    script.says(Reply(400, {"Message": "A validation exception occurred", "Elements": judged}))

    with pytest.raises(ReplyLostError, match="may have saved a part"):
        source.create("invoices", [{}, {}], "key-1")


def test_create_when_every_half_is_refused_stops_searching_after_a_while(source, script):
    script.says(Reply(400, {"ErrorNumber": 14, "Message": "JSON for post data was invalid"}))

    answers = source.create("invoices", [{}] * 50, "key-1")

    assert answers == [Refused(("JSON for post data was invalid",))] * 50
    assert len(script.asked) == 17


def test_create_when_the_second_request_is_stopped_by_a_limit_says_that_the_first_was_carried_out(source, script):
    script.says(echo, Reply(429, b"", {"X-Rate-Limit-Problem": "day", "Retry-After": "40000"}, kind=""))
    big = [{"Name": "x" * (batches.MOST_BYTES // 2)} for _ in range(2)]

    with pytest.raises(ReplyLostError) as caught:
        source.create("organizations", big, "key-1")

    assert isinstance(caught.value.__cause__, BudgetError)


def test_create_when_stopped_before_the_first_request_says_so(source, script):
    script.says(Reply(429, b"", {"X-Rate-Limit-Problem": "day", "Retry-After": "40000"}, kind=""))

    with pytest.raises(BudgetError):
        source.create("organizations", [{"Name": "Ada"}], "key-1")


def test_calls_count_every_request_that_left(source, script):
    script.says(DROP, {"Items": []})

    list(source.fetch("products", None, never_known))

    assert source.calls == 3
