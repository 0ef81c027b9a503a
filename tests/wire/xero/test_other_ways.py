"""A Xero by other hands: what its contract leaves open, answered in another way than the stand-in's."""

from __future__ import annotations

import json
from functools import partial

import pytest
from pydantic import SecretStr

from vtxero.errors import NotModelledError, ReplyLostError, TemporaryError
from vtxero.sync.records import Accepted, Refused
from vtxero.xero.access import XeroAccess
from vtxero.xero.endpoints import endpoint
from vtxero.xero.errors import BatchRefusedError
from vtxero.xero.oauth import XeroOAuth
from vtxero.xero.reference import read_reference
from vtxero.xero.tokens import LoginExpiredError, MemoryTokenKeeper, Token, TokenSource
from vtxero.xero.wire import read_envelope
from wire.xero.scripted import DROP, NOON, Reply

CONTACTS = endpoint("organizations")
NOTHING = {"Contacts": []}
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"
IDS = [f"00000000-0000-4000-8000-{n:012d}" for n in range(40)]


def read(client):
    return client.read(CONTACTS.read, partial(read_envelope, plural="Contacts"))


def limited(**headers):
    return Reply(429, b"", {name.replace("_", "-"): value for name, value in headers.items()}, kind="")


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry_After": "Fri, 20 Nov 2026 12:00:26 GMT", "Date": DATE, "X_Rate_Limit_Problem": "minute"}, 26),
        ({"Retry_After": "Fri, 20 Nov 2026 11:59:00 GMT", "Date": DATE, "X_Rate_Limit_Problem": "minute"}, 1),
        ({"Retry_After": "2.4", "X_Rate_Limit_Problem": "concurrent"}, 3),
        ({"Retry_After": "-3", "X_Rate_Limit_Problem": "minute"}, 1),
        ({"Retry_After": "soon", "X_Rate_Limit_Problem": "minute"}, 60),
        ({"X_Rate_Limit_Problem": "appminute"}, 60),
        ({"X_Rate_Limit_Problem": "Concurrent"}, 1),
        ({}, 60),
    ],
)
def test_get_when_limited_waits_as_long_as_told_in_whatever_form(client, script, clock, headers, waited):
    script.says(limited(**headers), NOTHING)

    read(client)

    assert clock.slept == [waited]


@pytest.mark.parametrize("told", ["Fri, 20 Nov 2026 12:00:05 GMT", "5", "4.2"])
def test_get_when_xero_is_busy_waits_as_long_as_told_in_whatever_form(client, script, clock, told):
    page = "<html><h1>503 Service Temporarily Unavailable</h1></html>"
    script.says(Reply(503, page, {"Retry-After": told, "Date": DATE}, kind="text/html"), NOTHING)

    read(client)

    assert clock.slept == [5]


def test_get_when_every_answer_is_a_page_of_503_shows_no_page(client, script):
    script.says(Reply(503, "<html><h1>503 Service Temporarily Unavailable</h1></html>", kind="text/html"))

    with pytest.raises(TemporaryError, match="HTTP 503") as caught:
        read(client)

    assert "html" not in caught.value.message


XML_REFUSAL = (
    "<ApiException><ErrorNumber>14</ErrorNumber><Type>PostDataInvalidException</Type>"
    "<Message>The &lt;Name&gt; is bad</Message></ApiException>"
)


@pytest.mark.parametrize("kind", ["text/xml; charset=utf-8", "application/xml", "text/html"])
def test_put_when_refused_in_xml_gives_xeros_words(client, script, kind):
    script.says(Reply(400, XML_REFUSAL, kind=kind))

    with pytest.raises(BatchRefusedError) as caught:
        write(client)

    assert caught.value.messages == ("The <Name> is bad",)


def write(client):
    parse = partial(read_envelope, plural="Contacts")
    return client.write(CONTACTS.create, parse, key="k", body="contacts", data={"Contacts": [{"Name": "Ada"}]})


@pytest.mark.parametrize("status", [408, 409, 425])
def test_put_when_its_first_sending_is_still_under_way_waits_for_it_under_the_same_key(client, script, status):
    """A 409 while a request of that key is being carried out (the IETF's draft of the header, section 2.7)."""
    script.says(DROP, Reply(status, {"Title": "Conflict", "Status": status}), created({"ContactID": IDS[0]}))

    assert len(write(client).elements) == 1
    assert [asked.headers["Idempotency-Key"] for asked in script.asked] == ["k"] * 3


def test_put_when_its_first_sending_never_ends_counts_as_lost(client, script):
    script.says(Reply(409, b"", kind=""))

    with pytest.raises(ReplyLostError, match="HTTP 409"):
        write(client)


def created(*elements):
    return {"Contacts": [{"StatusAttributeString": "OK", **element} for element in elements]}


def test_create_when_the_answers_come_in_another_order_takes_none_for_another(source, script):
    """Answers are told apart by their places. Where those cannot be right, nobody is told of a wrong partner."""
    script.says(created({"ContactID": IDS[1], "ContactNumber": "11x2"}, {"ContactID": IDS[0], "ContactNumber": "11x1"}))

    with pytest.raises(ReplyLostError, match="11x1"):
        source.create("organizations", [{"ContactNumber": "11x1"}, {"ContactNumber": "11x2"}], "k")


@pytest.mark.parametrize("answered", ["INV-7", "inv-7", None, ""])
def test_create_when_the_answer_spells_the_number_otherwise_is_taken(source, script, answered):
    told = {"InvoiceID": IDS[0], "StatusAttributeString": "OK", "InvoiceNumber": answered}
    script.says({"Invoices": [told]})

    [answer] = source.create("invoices", [{"InvoiceNumber": " INV-7"}], "k")

    assert isinstance(answer, Accepted)


def test_create_when_an_element_is_refused_with_another_number_is_refused(source, script):
    """Only what was saved can be taken for another's record."""
    told = {
        "ContactID": IDS[0],
        "ContactNumber": "x",
        "HasValidationErrors": True,
        "ValidationErrors": [{"Message": "No"}],
    }
    script.says({"Contacts": [told]})

    assert source.create("organizations", [{"ContactNumber": "11x1"}], "k") == [Refused(("No",))]


def test_rows_by_id_when_the_address_is_too_long_are_asked_for_in_parts(source, script):
    def answer(asked):
        ids = asked.query["IDs"].split(",")
        if len(ids) > 10:
            return Reply(414, "<html>414 Request-URI Too Large</html>", kind="text/html")
        return {"Contacts": [{"ContactID": each, "UpdatedDateUTC": "/Date(1)/"} for each in ids]}

    script.says(answer)

    assert sorted(source.existing("organizations", IDS)) == IDS
    assert [len(asked.query["IDs"].split(",")) for asked in script.asked] == [40, 20, 10, 10, 20, 10, 10]


def test_row_by_id_when_even_one_id_is_too_long_is_no_answer(source, script):
    script.says(Reply(414, "<html/>", kind="text/html"))

    with pytest.raises(NotModelledError, match="414"):
        source.existing("organizations", IDS[:2])


@pytest.mark.parametrize(
    "told",
    [
        {"expires_in": "1800"},
        {"expires_in": 1800.0},
        {},
        {"expires_in": None, "token_type": "bearer"},
        {"expires_in": 1800, "scope": ["accounting.contacts", "accounting.settings"]},
        {"expires_in": 1800, "scope": None, "refresh_token": None, "id_token": None, "more": {"a": [1]}},
    ],
)
def test_token_answer_when_written_otherwise_is_read(client, script, told):
    script.token_answers = [{"access_token": "AT", **told}]
    script.says(NOTHING)

    read(client)
    read(client)

    assert [asked.headers["Authorization"] for asked in script.asked] == ["Bearer AT"] * 2
    assert client.calls == 3


@pytest.mark.parametrize("told", ["R-2", "R-1", None])
def test_refresh_when_the_refresh_token_stays_the_same_goes_on_with_it(xero_url, script, clock, told):
    """Xero rotates it; a login server may as well answer the same one again, or none."""
    script.token_answers = [{"access_token": f"A-{n}", "expires_in": 1800, "refresh_token": told} for n in (1, 2)]
    access = XeroAccess("my-app", login_url=xero_url, identity_url=xero_url, api_url=xero_url)
    keeper = MemoryTokenKeeper(Token(SecretStr("A-0"), NOON, SecretStr("R-1")))
    with XeroOAuth(access, clock, sleep=clock.sleep) as oauth:
        tokens = TokenSource(keeper, oauth, clock)
        first = tokens.bearer()
        clock.seconds += 3600
        second = tokens.bearer()

    assert (first, second) == ("A-1", "A-2")
    assert keeper.token.refresh.get_secret_value() == (told or "R-1")


@pytest.mark.parametrize("status", [400, 401, 403])
def test_token_when_the_login_is_over_says_so_whatever_the_status(client, script, status):
    script.token_answers = [Reply(status, {"error": "invalid_grant"})]

    with pytest.raises(LoginExpiredError):
        read(client)


def test_reference_when_every_answer_begins_with_a_byte_order_mark_is_read(client, script):
    organisation = {"Organisations": [{"OrganisationID": IDS[0], "Name": "Kōwhai", "BaseCurrency": "NZD"}]}
    account = {
        "Accounts": [
            {"AccountID": IDS[1].upper(), "Code": "200", "Status": "ACTIVE", "EnablePaymentsToAccount": "true"}
        ]
    }
    rate = {"TaxRates": [{"Name": "GST", "TaxType": "OUTPUT2", "EffectiveRate": "15.0", "CanApplyToRevenue": "true"}]}
    answers = [organisation, account, rate, {"Currencies": [{"Code": "NZD"}]}]
    script.says(*(b"\xef\xbb\xbf" + json.dumps(one).encode() for one in answers))

    reference = read_reference(client)

    assert (reference.organisation.name, reference.accounts[0].takes_payments) == ("Kōwhai", True)
    assert reference.accounts[0].account_id == IDS[1]
    assert reference.tax_rates[0].applies_to == {"REVENUE"}
