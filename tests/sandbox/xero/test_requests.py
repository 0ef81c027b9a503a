"""Requests: batches, bodies, idempotency keys, limits, sizes, and what the journal keeps of them."""

from __future__ import annotations

import asyncio
import gzip

import httpx
import pytest

from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import create_app


def test_batch_when_summarised_lists_the_failing_only_and_saves_the_good(xero, state):
    body = {"Contacts": [{"Name": "A"}, {"Name": "a"}, {"Name": "B"}]}
    answer = xero.api("PUT", "Contacts", body)

    assert answer.status_code == 400
    shape = answer.json()
    assert (shape["ErrorNumber"], shape["Type"]) == (10, "ValidationException")
    assert shape["Message"] == "A validation exception occurred"
    (element,) = shape["Elements"]
    assert (element["ContactID"], element["Name"]) == ("00000000-0000-0000-0000-000000000000", "a")
    assert "already assigned" in element["ValidationErrors"][0]["Message"]
    assert {one["Name"] for one in state.contacts.values()} == {"A", "B"}


@pytest.mark.parametrize("spelling", ["false", "False"])
def test_batch_when_not_summarised_tells_each_by_position(xero, spelling):
    body = {"Contacts": [{"Name": "A"}, {"Name": "a"}, {"Name": "B"}]}
    answer = xero.api("PUT", f"Contacts?summarizeErrors={spelling}", body)

    assert answer.status_code == 200
    results = answer.json()["Contacts"]
    assert [one["StatusAttributeString"] for one in results] == ["OK", "ERROR", "OK"]
    assert [one["HasValidationErrors"] for one in results] == [False, True, False]
    assert [one["Name"] for one in results] == ["A", "a", "B"]


def test_batch_of_invoices_when_one_is_refused_marks_it_with_has_errors(xero, sale):
    good, bad = xero.put("Invoices", sale(), sale(Type="x"))

    assert (good["HasErrors"], bad["HasErrors"]) == (False, True)
    assert bad["InvoiceID"] == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("body", [{"Name": "A"}, [{"Name": "A"}], {"contacts": [{"Name": "A"}]}])
def test_body_when_an_envelope_is_missing_is_understood(xero, body):
    assert xero.api("PUT", "Contacts", body).json()["Contacts"][0]["Name"] == "A"


@pytest.mark.parametrize("raw", [b"{", b"", b"[]", b'{"Contacts":[1]}', b'{"Contacts":[{"Name":{}}]}'])
def test_body_when_unreadable_is_a_post_data_exception(xero, raw):
    answer = xero.send("PUT", "/api.xro/2.0/Contacts", raw=raw, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (14, "PostDataInvalidException")
    assert "Elements" not in answer.json()


def test_body_when_one_value_has_the_wrong_form_saves_nothing_at_all(xero, sale, state):
    answer = xero.api("PUT", "Invoices", {"Invoices": [sale(), sale({"Quantity": "two"})]})

    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)
    assert state.invoices == {}


@pytest.mark.parametrize("value", ["1e400", "NaN", "1000000000000", True, "two", [1]])
def test_number_when_no_amount_could_be_that_is_unreadable(xero, sale, value):
    line = {"Description": "x", "Quantity": value, "UnitAmount": 1, "AccountCode": "200"}

    assert xero.api("PUT", "Invoices", {"Invoices": [sale(line)]}).status_code == 400


def test_currency_rate_when_it_rounds_to_nothing_is_refused(xero, sale):
    found = xero.errors("Invoices", sale(CurrencyCode="USD", CurrencyRate="0.0000001"))

    assert found == ["The currency rate must be greater than zero"]


def test_body_when_of_another_type_is_not_modelled(xero):
    form = {"Content-Type": "multipart/form-data; boundary=x"}

    assert xero.send("PUT", "/api.xro/2.0/Contacts", raw=b"--x--", headers=form).status_code == 501


def test_body_when_larger_than_the_ceiling_is_refused(xero, state):
    body = {"Contacts": [{"Name": "A", "BankAccountDetails": "x" * 3_500_000}]}

    assert xero.api("PUT", "Contacts", body).status_code == 413
    assert state.contacts == {}


def test_items_when_more_than_five_hundred_are_sent_are_refused(xero):
    answer = xero.api("PUT", "Items", {"Items": [{"Code": f"C{one}"} for one in range(501)]})

    assert answer.status_code == 400


def test_key_when_repeated_gives_the_stored_answer_and_writes_once(xero, state, app):
    body = {"Contacts": [{"Name": "A"}]}
    first = xero.api("PUT", "Contacts", body, Idempotency_Key="k1")
    again = xero.api("PUT", "Contacts", body, Idempotency_Key="k1")

    assert again.text == first.text
    assert len(state.contacts) == 1
    assert [len(entry.created) for entry in app.journal.writes] == [1, 0]


def test_key_when_repeated_after_an_error_gives_the_stored_error(xero, state):
    body = {"Contacts": [{"Name": "A"}]}
    taken = state.add_contact(Name="A")
    first = xero.api("PUT", "Contacts", body, Idempotency_Key="k1")
    state.edit_contact(taken, Name="B")
    again = xero.api("PUT", "Contacts", body, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (400, 400)
    assert xero.api("PUT", "Contacts", body, Idempotency_Key="k2").status_code == 200


def test_key_when_used_for_another_request_is_refused(xero):
    xero.api("PUT", "Contacts", {"Contacts": [{"Name": "A"}]}, Idempotency_Key="k1")

    for method, path, name in (("PUT", "Contacts", "B"), ("POST", "Contacts", "A"), ("PUT", "Contacts?unitdp=4", "A")):
        answer = xero.api(method, path, {"Contacts": [{"Name": name}]}, Idempotency_Key="k1")
        assert answer.status_code == 400
        assert "different request" in answer.json()["Detail"]


def test_key_when_six_minutes_old_is_forgotten(xero, clock):
    body = {"Items": [{"Code": "A"}]}
    xero.api("PUT", "Items", body, Idempotency_Key="k1")
    clock.forward(minutes=5, seconds=59)
    assert xero.api("PUT", "Items", body, Idempotency_Key="k1").status_code == 200

    clock.forward(seconds=1)
    assert "already exists" in xero.api("PUT", "Items", body, Idempotency_Key="k1").text


def test_key_when_longer_than_its_limit_is_refused(xero):
    assert xero.api("PUT", "Items", {"Items": [{"Code": "A"}]}, Idempotency_Key="k" * 129).status_code == 400


@pytest.mark.parametrize("done", [False, True])
def test_key_when_xero_itself_failed_gets_that_failure_again_and_another_key_is_served(xero, state, app, clock, done):
    """developer.xero.com, idempotent requests: what was answered is stored, errors and HTTP 500 included."""
    app.faults.add({"path": "Contacts", "do": "500", "after_commit": done})
    body = {"Contacts": [{"Name": "A"}]}

    assert [xero.api("PUT", "Contacts", body, Idempotency_Key="k1").status_code for _ in range(3)] == [500] * 3
    assert len(state.contacts) == done
    assert xero.api("PUT", "Contacts", {"Contacts": [{"Name": "B"}]}, Idempotency_Key="k1").status_code == 400
    assert xero.api("PUT", "Contacts", {"Contacts": [{"Name": "C"}]}, Idempotency_Key="k2").status_code == 200
    clock.forward(minutes=6)
    assert xero.api("PUT", "Contacts", body, Idempotency_Key="k1").status_code == (400 if done else 200)


def test_failure_that_a_key_is_no_part_of_is_not_stored(xero, app):
    app.faults.add({"path": "Contacts", "do": "500", "nth": [1, 3]}, {"path": "Contacts", "do": "503", "nth": 5})
    body = {"Contacts": [{"Name": "A"}]}

    assert [xero.api("PUT", "Contacts", body).status_code for _ in range(2)] == [500, 200]
    assert [xero.api("GET", "Contacts", Idempotency_Key="k1").status_code for _ in range(2)] == [500, 200]
    offline = {"Contacts": [{"Name": "B"}]}
    assert [xero.api("PUT", "Contacts", offline, Idempotency_Key="k2").status_code for _ in range(2)] == [503, 200]


def test_key_when_the_reply_was_lost_recovers_the_answer(xero, state, app):
    app.faults.add({"path": "Contacts", "do": "drop-after-commit"})
    body = {"Contacts": [{"Name": "A"}]}
    with pytest.raises(ConnectionResetError):
        xero.api("PUT", "Contacts", body, Idempotency_Key="k1")

    assert xero.api("PUT", "Contacts", body, Idempotency_Key="k1").json()["Contacts"][0]["ContactID"] in state.contacts
    assert len(state.contacts) == 1


@pytest.fixture
def limited(state, new_client):
    def make(**options):
        client = new_client()
        client.app = create_app(state, **options)
        return client.login()

    return make


def test_minute_limit_when_reached_answers_an_empty_429_until_it_is_over(limited, clock):
    client = limited(per_minute=3)
    left = []
    for _ in range(3):
        left.append(client.api("GET", "Currencies").headers["x-minlimit-remaining"])
        clock.forward(seconds=10)
    answer = client.api("GET", "Currencies")

    assert left == ["2", "1", "0"]
    assert (answer.status_code, answer.text) == (429, "")
    assert (answer.headers["x-rate-limit-problem"], answer.headers["retry-after"]) == ("minute", "30")
    clock.forward(seconds=30)
    assert client.api("GET", "Currencies").status_code == 200


def test_day_limit_when_reached_waits_for_the_fixed_window(limited, clock):
    client = limited(per_day=2)
    client.api("GET", "Currencies")
    clock.forward(hours=1)
    client.login().api("GET", "Currencies")
    answer = client.api("GET", "Currencies")

    assert (answer.status_code, answer.headers["x-rate-limit-problem"]) == (429, "day")
    assert (answer.headers["retry-after"], answer.headers["x-daylimit-remaining"]) == (str(23 * 3600), "0")
    clock.forward(hours=23)
    assert client.login().api("GET", "Currencies").headers["x-daylimit-remaining"] == "1"


def test_concurrent_limit_when_six_calls_are_open_refuses_the_sixth(state, xero):
    app = create_app(state, latency=0.3)

    async def six(url):
        headers = {"Accept": "application/json", "Authorization": f"Bearer {xero.token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as client:
            calls = [client.get("/api.xro/2.0/Currencies") for _ in range(6)]
            return await asyncio.gather(*calls)

    with ServerThread(app) as server:
        answers = asyncio.run(six(server.url))

    assert sorted(one.status_code for one in answers) == [200] * 5 + [429]
    refused = next(one for one in answers if one.status_code == 429)
    assert refused.headers["x-rate-limit-problem"] == "concurrent"
    assert "retry-after" not in refused.headers


def test_limits_when_off_refuse_nothing_and_still_send_headers(xero):
    for _ in range(70):
        answer = xero.api("GET", "Currencies")

    assert answer.status_code == 200
    assert (answer.headers["x-minlimit-remaining"], answer.headers["x-daylimit-remaining"]) == ("60", "1000")


def test_injected_429_when_it_hits_looks_like_xeros_own(xero, app):
    app.faults.add({"path": "Currencies", "do": "429", "retry_after": 26})
    answer = xero.api("GET", "Currencies")

    assert (answer.status_code, answer.text) == (429, "")
    assert (answer.headers["retry-after"], answer.headers["x-rate-limit-problem"]) == ("26", "minute")


def test_injected_503_when_it_hits_says_what_xero_says(xero, app):
    app.faults.add({"path": "Currencies", "do": "503"})

    assert xero.api("GET", "Currencies").text == "The Xero API is temporarily unavailable"


def test_gzip_when_asked_for_is_used_and_only_then(xero, state):
    for number in range(20):
        state.add_contact(Name=f"C{number}")
    with ServerThread(xero.app) as server:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {xero.token}"}
        url = f"{server.url}/api.xro/2.0/Contacts?page=1"
        with httpx.stream("GET", url, headers={**headers, "Accept-Encoding": "gzip"}) as answer:
            packed = b"".join(answer.iter_raw())
            assert answer.headers["content-encoding"] == "gzip"
        plain = httpx.get(url, headers={**headers, "Accept-Encoding": "identity"})

    assert len(gzip.decompress(packed)) == len(plain.content) > 3 * len(packed)
    assert "content-encoding" not in plain.headers


def test_journal_when_writes_were_served_tells_operation_and_created_ids(xero, app, sale):
    app.journal.clear()
    made = xero.put("Invoices", sale(), sale(Type="x"), sale())
    xero.post("Invoices", {"InvoiceID": made[0]["InvoiceID"], "Reference": "x"})
    xero.get("Invoices?page=1")

    assert [(entry.operation, entry.write, len(entry.created)) for entry in app.journal.entries] == [
        ("PUT Invoices x3", True, 2),
        ("POST Invoices x1", True, 0),
        ("GET Invoices", False, 0),
    ]
    assert app.journal.entries[0].created == (made[0]["InvoiceID"], made[2]["InvoiceID"])


@pytest.mark.parametrize(
    ("plural", "element"),
    [
        ("Payments", {"CreditNote": "CN-0001"}),
        ("Payments", {"Overpayment": [1]}),
        ("Contacts", {"Name": "Rimu", "PaymentTerms": "now"}),
        ("Contacts", {"Name": "Rimu", "PaymentTerms": {"Sales": 20}}),
        ("Invoices", {"Type": "ACCREC", "BrandingThemeID": []}),
        ("Invoices", {"Type": "ACCREC", "Date": "/Date(99999999999999999)/"}),
    ],
)
def test_value_of_the_wrong_form_wherever_it_stands_is_unreadable_and_no_crash(xero, plural, element):
    answer = xero.api("PUT", plural, {plural: [element]})

    assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")


def test_text_that_only_looks_like_a_date_is_read_back_in_xml_too(xero, state):
    state.add_contact(Name="/Date(99999999999999999)/")

    answer = xero.send("GET", "/api.xro/2.0/Contacts", headers={"Accept": "text/xml"})

    assert "<Name>/Date(99999999999999999)/</Name>" in answer.text
