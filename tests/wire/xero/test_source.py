"""Rows in and out, against the stand-in where Xero's judgement counts, and by script where its wire does."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest

from vtxero.domain.sides import Side
from vtxero.errors import BudgetError, NotModelledError, ReplyLostError
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState, create_app
from vtxero.sync.records import Accepted, Page, Refused
from vtxero.xero import batches
from vtxero.xero.source import XeroSource
from wire.xero.scripted import DROP, Reply, machine_access, opened

UNKNOWN = "99999999-9999-4999-8999-999999999999"
OK = {"StatusAttributeString": "OK"}


def never_known(_id):
    return None


def rows(pages, plural):
    return [row for page in pages for row in json.loads(page.raw, parse_float=Decimal)[plural]]


def line(**more):
    fields = {"Description": "Pipe", "Quantity": Decimal(3), "UnitAmount": Decimal("0.1648"), "AccountCode": "200"}
    return {**fields, "TaxType": "OUTPUT2", **more}


@pytest.fixture
def state(clock):
    return XeroState.new(clock=clock.now)


@pytest.fixture
def app(state):
    return create_app(state, keep_bodies=True)


@pytest.fixture
def xero(app, state, clock):
    access_tenant = state.organisation["OrganisationID"]
    with (
        ServerThread(app) as server,
        opened(machine_access(server.url, tenant_id=access_tenant), clock, clock.sleep) as client,
    ):
        yield XeroSource(client)


def served(app, method, count=1):
    """Give the journal's entries; the stand-in writes one just after its answer has left, so wait for so many."""
    for _ in range(200):
        found = [entry for entry in app.journal.entries if entry.method == method and "api.xro" in entry.path]
        if len(found) >= count:
            return found
        time.sleep(0.01)
    return found


def test_source_says_its_side_and_takes_batches_of_fifty(xero):
    assert xero.side is Side.XERO
    assert xero.batch_size("invoices") == 50
    with pytest.raises(NotModelledError, match="unicorns"):
        xero.batch_size("unicorns")


def test_fetch_organizations_gives_archived_ones_too_and_counts(xero, state, app, clock):
    state.add_contact(Name="Ada")
    clock.seconds = 1
    state.archive_contact(state.add_contact(Name="Bob"))

    pages = list(xero.fetch("organizations", None, never_known))

    assert [(row["Name"], row["ContactStatus"]) for row in rows(pages, "Contacts")] == [
        ("Ada", "ACTIVE"),
        ("Bob", "ARCHIVED"),
    ]
    assert [page.count for page in pages] == [2]
    assert "pageSize=1000" in served(app, "GET")[0].query
    assert "order=UpdatedDateUTC+ASC" in served(app, "GET")[0].query
    assert xero.calls == 2


def test_fetch_since_asks_from_five_minutes_before(xero, state, clock, app):
    state.add_contact(Name="Old")
    clock.seconds = 1000
    state.add_contact(Name="New")

    pages = list(xero.fetch("organizations", "2026-11-20T12:16:40", never_known))

    assert [row["Name"] for row in rows(pages, "Contacts")] == ["New"]
    assert served(app, "GET")[0].headers["if-modified-since"] == "2026-11-20T12:11:40"


def test_fetch_since_a_time_that_is_none_is_refused(xero):
    with pytest.raises(NotModelledError):
        list(xero.fetch("organizations", "yesterday", never_known))


def test_fetch_invoices_gives_sales_with_lines_and_four_decimals(xero, state):
    contact = state.add_contact(Name="Ada")
    state.add_invoice(contact, [line(UnitAmount="0.1648")])
    state.add_invoice(contact, [line(TaxType="INPUT2", AccountCode="300")], Type="ACCPAY", InvoiceNumber="bill")

    found = rows(xero.fetch("invoices", None, never_known), "Invoices")

    assert [row["Type"] for row in found] == ["ACCREC"]
    assert found[0]["LineItems"][0]["UnitAmount"] == Decimal("0.1648")


def test_fetch_products_is_one_call_and_gives_four_decimals(xero, state, app):
    state.add_item(Code="A1", Name="Pipe", SalesDetails={"UnitPrice": "0.1648", "AccountCode": "200"})

    pages = list(xero.fetch("products", None, never_known))

    assert rows(pages, "Items")[0]["SalesDetails"]["UnitPrice"] == Decimal("0.1648")
    assert len(served(app, "GET")) == 1


@pytest.mark.parametrize("module", ["organizations", "products", "invoices"])
def test_fetch_when_there_is_nothing_gives_no_page(xero, module):
    assert list(xero.fetch(module, None, never_known)) == []
    assert list(xero.fetch_ids(module, [])) == []
    assert xero.modified_now(module, []) == {}


def test_fetch_ids_gives_those_that_exist_forty_at_a_time(xero, state, app):
    ids = [state.add_contact(Name=f"Contact {number}") for number in range(45)]
    state.archive_contact(ids[3])

    pages = list(xero.fetch_ids("organizations", [*(one.upper() for one in ids), UNKNOWN]))

    assert {row["ContactID"] for row in rows(pages, "Contacts")} == set(ids)
    assert len(served(app, "GET", 2)) == 2


def test_fetch_ids_of_products_drops_the_others(xero, state):
    wanted = state.add_item(Code="A1")
    state.add_item(Code="A2")

    assert [row["Code"] for row in rows(xero.fetch_ids("products", [wanted, UNKNOWN]), "Items")] == ["A1"]
    assert list(xero.fetch_ids("products", [UNKNOWN])) == []


def test_modified_now_tells_the_time_of_those_that_exist(xero, state, clock, app):
    contact = state.add_contact(Name="Ada")
    invoice = state.add_invoice(contact, [line()])
    item = state.add_item(Code="A1")
    clock.seconds = 61
    state.edit_contact(contact, AccountNumber="A-1")

    assert xero.modified_now("organizations", [contact, UNKNOWN]) == {contact: "2026-11-20T12:01:01"}
    assert xero.modified_now("invoices", [invoice.upper()]) == {invoice.upper(): "2026-11-20T12:00:00"}
    assert xero.modified_now("products", [item]) == {item: "2026-11-20T12:00:00"}
    assert ["summaryOnly=true" in entry.query for entry in served(app, "GET", 3)] == [True, True, False]


def test_create_settles_every_element_by_itself(xero, state):
    state.add_contact(Name="Ada")

    answers = xero.create("organizations", [{"Name": "Bob"}, {"Name": "ada"}, {"Name": "Cy"}], "key-1")

    assert [type(answer) for answer in answers] == [Accepted, Refused, Accepted]
    assert "already assigned to another contact" in answers[1].messages[0]
    assert [row["Name"] for row in rows([Page(answers[0].raw)], "Contacts")] == ["Bob"]
    assert {contact["Name"] for contact in state.contacts.values()} == {"Ada", "Bob", "Cy"}


def test_create_invoices_keeps_four_decimals_there_and_back(xero, state, app):
    contact = state.add_contact(Name="Ada")
    payload = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Date": "2026-11-20",
        "LineItems": [line(UnitAmount=Decimal(price), Quantity=Decimal(1)) for price in ("0.1648", "1234567.8901")],
    }

    (answer,) = xero.create("invoices", [payload], "key-1")

    assert isinstance(answer, Accepted)
    made = rows([Page(answer.raw)], "Invoices")[0]
    assert [item["UnitAmount"] for item in made["LineItems"]] == [Decimal("0.1648"), Decimal("1234567.8901")]
    assert b'"UnitAmount": 0.1648' in served(app, "PUT")[0].body
    assert b'"UnitAmount": 1234567.8901' in served(app, "PUT")[0].body


def test_update_changes_by_id_and_refuses_one_without(xero, state):
    contact = state.add_contact(Name="Ada")

    answers = xero.update("organizations", [{"ContactID": contact, "AccountNumber": "A-1"}, {"Name": "Ada"}], "key-1")

    assert isinstance(answers[0], Accepted)
    assert answers[1] == Refused(("It has no ContactID, so nothing was changed.",))
    assert state.contacts[contact]["AccountNumber"] == "A-1"


def test_update_when_one_id_is_gone_saves_all_others(xero, state):
    ids = [state.add_contact(Name=f"Contact {number}") for number in range(20)]
    payloads = [{"ContactID": one, "AccountNumber": f"A-{number}"} for number, one in enumerate(ids)]
    payloads[13]["ContactID"] = UNKNOWN

    answers = xero.update("organizations", payloads, "key-1")

    assert [place for place, answer in enumerate(answers) if isinstance(answer, Refused)] == [13]
    assert "cannot be found" in answers[13].messages[0]
    assert state.contacts[ids[19]]["AccountNumber"] == "A-19"


def test_create_when_one_element_spoils_the_request_saves_all_others(xero, state):
    payloads = [{"Name": f"Contact {number}"} for number in range(9)]
    payloads[4] = {"Name": "Contact 4", "Phones": "0800"}

    answers = xero.create("organizations", payloads, "key-1")

    assert [place for place, answer in enumerate(answers) if isinstance(answer, Refused)] == [4]
    assert len(state.contacts) == 8


def test_create_when_the_reply_is_lost_after_the_deed_makes_one_record(xero, state, app):
    app.faults.add({"path": "/Contacts", "method": "PUT", "do": "drop-after-commit"})

    (answer,) = xero.create("organizations", [{"Name": "Ada"}], "key-1")

    assert isinstance(answer, Accepted)
    assert len(state.contacts) == 1
    assert [entry.headers["idempotency-key"] for entry in served(app, "PUT", 2)] == ["key-1", "key-1"]


def test_create_when_every_reply_is_lost_leaves_the_question_open(xero, state, app):
    app.faults.add({"path": "/Invoices", "method": "PUT", "do": "drop-after-commit", "nth": "every"})
    contact = state.add_contact(Name="Ada")
    payload = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [line()]}

    with pytest.raises(ReplyLostError):
        xero.create("invoices", [payload], "key-1")

    assert len(state.invoices) == 1
    assert len(served(app, "PUT", 3)) == 3


def test_source_when_its_token_expires_in_the_middle_goes_on(xero, state, app):
    state.add_contact(Name="Ada")
    app.faults.add({"path": "/Contacts", "method": "GET", "do": "expire-token"})

    assert len(list(xero.fetch("organizations", None, never_known))) == 1
    assert [entry.status for entry in served(app, "GET", 2)] == [401, 200]


def test_source_when_it_reads_more_than_sixty_pages_is_never_refused(xero, app):
    for _ in range(130):
        list(xero.fetch("products", None, never_known))

    assert {entry.status for entry in served(app, "GET", 130)} == {200}


def test_fetch_when_pages_end_reads_them_in_steps_of_time(source, script):
    def told(name, seconds, count):
        row = {"ContactID": name, "UpdatedDateUTC": f"/Date({1_789_344_000 + seconds}000+0000)/"}
        return {"pagination": {"page": 1, "pageSize": 1000, "pageCount": count}, "Contacts": [row]}

    script.says(told("a", 0, 3), told("b", 5, 2), told("c", 9, 1))

    found = rows(source.fetch("organizations", None, never_known), "Contacts")

    assert [row["ContactID"] for row in found] == ["a", "b", "c"]
    assert [asked.headers.get("If-Modified-Since") for asked in script.asked] == [
        None,
        "2026-09-13T23:59:59",
        "2026-09-14T00:00:04",
    ]
    assert [asked.query["page"] for asked in script.asked] == ["1", "1", "1"]


def test_fetch_when_a_page_fails_is_an_error_and_never_half_a_list(source, script):
    first = {"pagination": {"page": 1, "pageCount": 2}, "Contacts": [{"ContactID": "a"}]}
    script.says(first, Reply(400, {"Message": "Your request is not filtering Contacts efficiently"}))
    pages = source.fetch("organizations", None, never_known)
    next(pages)

    with pytest.raises(NotModelledError, match="not filtering Contacts efficiently"):
        next(pages)


def test_fetch_when_an_id_holds_half_a_character_is_an_error_and_never_half_a_list(source, script):
    script.says({"Items": [{"ItemID": "a", "Code": "A"}, {"ItemID": "b\ud800", "Code": "B"}]})

    with pytest.raises(NotModelledError, match="ItemID"):
        list(source.fetch("products", None, dict))


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


def test_fetch_taxes_gives_every_rate_by_one_plain_call_and_writes_none(xero, state, app):
    kind = state.add_tax_rate("Levy", ("Levy", "8.875"))

    found = {row["TaxType"]: row for row in rows(xero.fetch("taxes", "2026-01-01T00:00:00", never_known), "TaxRates")}

    assert (found[kind]["Name"], found[kind]["EffectiveRate"]) == ("Levy", Decimal("8.875"))
    assert found["OUTPUT"]["Status"] == "DELETED"
    [entry] = served(app, "GET")
    assert (entry.path.rpartition("/")[2], "modified" in str(entry).lower()) == ("TaxRates", False)
    [page] = xero.fetch_ids("taxes", [kind])
    assert json.loads(page.raw)["TaxRates"][0]["TaxType"] == kind
    for write in (xero.create, xero.update):
        with pytest.raises(NotModelledError, match="TaxRates"):
            write("taxes", [{"Name": "x"}], "key")


# -- payments --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sale(state):
    return state.add_invoice(state.add_contact(Name="Ada"), [line(UnitAmount=100)], **APPROVED)


APPROVED = {"Status": "AUTHORISED", "Date": "2026-11-01", "DueDate": "2026-11-30"}


def payment(invoice, amount, **more):
    return {"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Amount": Decimal(amount), **more}


def test_fetch_payments_gives_those_of_sales_and_deleted_ones(xero, state, sale, app):
    bill = state.add_invoice(
        state.add_contact(Name="Bob"), [line(TaxType="INPUT2", AccountCode="300")], Type="ACCPAY", **APPROVED
    )
    state.pay(bill, "0.10")
    kept, gone = state.pay(sale, "100"), state.pay(sale, "50")
    state.remove_payment(gone)

    found = rows(xero.fetch("payments", None, never_known), "Payments")

    assert {row["PaymentID"]: row["Status"] for row in found} == {kept: "AUTHORISED", gone: "DELETED"}
    assert [row["Invoice"]["InvoiceID"] for row in found] == [sale, sale]
    assert "pageSize=1000" in served(app, "GET")[0].query


def test_payments_by_id_and_their_times_are_found_among_all(xero, state, sale):
    first, second = state.pay(sale, "100"), state.pay(sale, "50")

    assert [row["PaymentID"] for row in rows(xero.fetch_ids("payments", [second, UNKNOWN]), "Payments")] == [second]
    assert set(xero.modified_now("payments", [first, UNKNOWN])) == {first}


def test_payments_are_made_in_one_request_each_settled_by_itself(xero, state, sale, app):
    batch = [payment(sale, "100", Reference="PAY1"), payment(sale, "9999"), payment(UNKNOWN, "1"), payment(sale, "5")]

    answers = xero.create("payments", batch, "key")

    assert [type(answer) for answer in answers] == [Accepted, Refused, Refused, Accepted]
    assert "exceeds the amount outstanding" in answers[1].messages[0]
    [made] = json.loads(answers[0].raw)["Payments"]
    assert (made["Reference"], made["Invoice"]["InvoiceID"]) == ("PAY1", sale)
    [sent] = served(app, "PUT")
    assert "summarizeErrors=false" in sent.query
    assert state.invoices[sale]["AmountPaid"] == 105


def test_payments_are_never_changed(xero, state, sale):
    made = state.pay(sale, "100")
    with pytest.raises(NotModelledError, match="Payments"):
        xero.update("payments", [{"PaymentID": made, "Amount": Decimal(5)}], "key")
    assert not xero.may_vanish("payments")
