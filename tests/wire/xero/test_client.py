"""What goes over the wire, what is sent again, and how each refusal is told apart."""

from __future__ import annotations

import logging
import socket
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from pydantic import SecretStr

from vtxero.errors import AuthError, BudgetError, ConfigError, NotModelledError, ReplyLostError, TemporaryError
from vtxero.xero.access import XeroAccess
from vtxero.xero.client import READ_TRIES, WRITE_TRIES
from vtxero.xero.endpoints import endpoint
from vtxero.xero.errors import BatchRefusedError
from vtxero.xero.tokens import Token
from vtxero.xero.wire import read_envelope
from wire.xero.scripted import DROP, NOON, TENANT, Reply, machine_access, opened

CONTACTS = endpoint("organizations")
INVOICES = endpoint("invoices")
NOTHING = {"Contacts": []}


def read(client, **arguments):
    return client.read(CONTACTS.read, partial(read_envelope, plural="Contacts"), **arguments)


def write(client, elements=({"Name": "Ada"},), key="key-1", place=CONTACTS):
    return client.write(
        place.create,
        partial(read_envelope, plural=place.plural),
        key=key,
        body=place.body,
        data={place.plural: list(elements)},
        **place.writing,
    )


def unauthorised(detail, **headers):
    return Reply(401, {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": detail}, headers)


def limited(problem, retry_after=None):
    headers = {"X-Rate-Limit-Problem": problem}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return Reply(429, b"", headers, kind="")


def test_get_carries_bearer_tenant_gzip_and_json(client, script):
    script.says(NOTHING)

    read(client, page=1)

    headers = script.asked[0].headers
    assert headers["Authorization"] == "Bearer AT-secret"
    assert headers["xero-tenant-id"] == TENANT
    assert headers["Accept"] == "application/json"
    assert headers["Accept-Encoding"] == "gzip"


def test_if_modified_since_goes_out_letter_by_letter(client, script):
    script.says(NOTHING)

    read(client, if_modified_since="2026-11-20T11:55:00")

    assert script.asked[0].headers["If-Modified-Since"] == "2026-11-20T11:55:00"


@pytest.mark.parametrize("amount", ["0.1648", "1234567.8901", "99999999.99", "9999999999.9999", "0.0001", "5", "-3.10"])
def test_put_writes_every_amount_as_the_same_number(client, script, amount):
    script.says({"Invoices": [{}]})

    write(client, [{"LineItems": [{"UnitAmount": Decimal(amount)}]}], place=INVOICES)

    sent = script.asked[0].json["Invoices"][0]["LineItems"][0]["UnitAmount"]
    assert Decimal(sent) == Decimal(amount)
    assert not script.asked[0].body.count(b'"' + amount.encode())


def test_put_sends_nulls_and_text_beyond_ascii(client, script):
    script.says({"Contacts": [{}]})

    write(client, [{"Name": "Māori \N{SNOWMAN} Ltd", "TaxNumber": None, "IsSupplier": False}])

    assert script.asked[0].json["Contacts"][0] == {
        "Name": "Māori \N{SNOWMAN} Ltd",
        "TaxNumber": None,
        "IsSupplier": False,
    }


def test_put_carries_its_key_and_asks_for_a_verdict_on_each(client, script):
    script.says({"Invoices": [{}]})

    write(client, place=INVOICES)

    asked = script.asked[0]
    assert (asked.method, asked.path) == ("PUT", "/api.xro/2.0/Invoices")
    assert asked.headers["Idempotency-Key"] == "key-1"
    assert asked.query == {"summarizeErrors": "false", "unitdp": "4"}


def test_put_when_every_reply_is_lost_is_sent_thrice_under_one_key(client, script):
    script.says(DROP)

    with pytest.raises(ReplyLostError, match="PUT /Invoices"):
        write(client, place=INVOICES)

    assert len(script.asked) == WRITE_TRIES == 3
    assert {asked.headers["Idempotency-Key"] for asked in script.asked} == {"key-1"}
    assert len({asked.body for asked in script.asked}) == 1


def test_put_when_one_reply_is_lost_ends_well(client, script, clock):
    script.says(DROP, {"Contacts": [{"ContactID": "c"}]})

    assert len(write(client).elements) == 1
    assert len(script.asked) == 2
    assert clock.slept == [1.0]


@pytest.mark.parametrize("spoilt", [Reply(500, "boom"), Reply(503, "offline"), Reply(200, "<html>hello</html>")])
def test_put_when_the_answer_is_no_answer_repeats_the_same_key_and_then_calls_it_lost(client, script, spoilt):
    script.says(spoilt)

    with pytest.raises(ReplyLostError):
        write(client)

    assert [asked.headers["Idempotency-Key"] for asked in script.asked] == ["key-1"] * 3


def test_put_when_the_answer_is_cut_off_counts_as_lost(client, script):
    script.says(Reply(200, b'{"Contacts":[{"Contact', {"Content-Length": "400", "Connection": "close"}))

    with pytest.raises(ReplyLostError):
        write(client)


def test_put_when_nobody_listens_was_never_sent(xero_url, clock):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    access = machine_access(xero_url, api_url=address)
    with opened(access, clock, clock.sleep) as client, pytest.raises(TemporaryError) as caught:
        write(client)

    assert not isinstance(caught.value, ReplyLostError)
    assert address in caught.value.message
    assert f"Start the server at {address}" in caught.value.remedy


def test_put_when_a_reply_was_lost_and_the_day_is_used_up_stays_in_doubt(client, script):
    script.says(DROP, limited("day", 30_000))

    with pytest.raises(ReplyLostError, match="day limit"):
        write(client)


def test_put_when_limited_waits_and_sends_the_same_key(client, script, clock):
    script.says(limited("minute", 26), {"Contacts": [{}]})

    write(client)

    assert clock.slept == [26]
    assert [asked.headers["Idempotency-Key"] for asked in script.asked] == ["key-1"] * 2


def test_put_when_the_key_would_be_forgotten_is_not_sent_again(client, script, clock):
    def slow(_asked):
        clock.seconds += 260
        return DROP

    script.says(slow)

    with pytest.raises(ReplyLostError):
        write(client)

    assert len(script.asked) == 1


def test_get_when_the_network_breaks_is_repeated_and_then_given_up(client, script, clock):
    script.says(DROP)

    with pytest.raises(TemporaryError) as caught:
        read(client)

    assert not isinstance(caught.value, ReplyLostError)
    assert len(script.asked) == READ_TRIES
    assert clock.slept == [1.0, 3.0, 8.0]


def test_get_when_xero_is_offline_shows_its_words(client, script):
    script.says(Reply(503, "The Xero API is currently offline for maintenance", kind="text/plain"))

    with pytest.raises(TemporaryError, match="offline for maintenance"):
        read(client)


def test_get_when_limited_for_the_day_stops_at_once_and_says_until_when(client, script, clock):
    script.says(limited("day", 67_000))

    with pytest.raises(BudgetError, match=r"day limit .* until 2026-11-21 06:36 UTC"):
        read(client)

    assert len(script.asked) == 1
    assert clock.slept == []


def test_get_when_limited_for_ever_gives_up(client, script):
    script.says(limited("concurrent"))

    with pytest.raises(TemporaryError, match="concurrent limit"):
        read(client)


def test_get_when_the_token_expired_renews_it_once_and_repeats(client, script):
    script.token_answers = [
        {"access_token": name, "expires_in": 1800, "token_type": "Bearer"} for name in ("one", "two")
    ]
    script.says(unauthorised("TokenExpired: token expired at 09/24/2021 08:23:47"), NOTHING)

    read(client)

    assert [asked.headers["Authorization"] for asked in script.asked] == ["Bearer one", "Bearer two"]
    assert client.calls == 4


def test_get_when_a_fresh_token_expired_too_asks_for_a_login(client, script):
    script.says(unauthorised("TokenExpired: token expired"))

    with pytest.raises(AuthError):
        read(client)

    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (unauthorised("AuthenticationUnsuccessful"), "AuthenticationUnsuccessful"),
        (unauthorised("AuthorizationUnsuccessful"), "lacks a scope"),
        (unauthorised("", **{"WWW-Authenticate": 'Bearer error="insufficent_scope"'}), "lacks a scope"),
        (unauthorised("", **{"WWW-Authenticate": 'Bearer error="insufficient_scope"'}), "lacks a scope"),
        (
            Reply(403, {"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}),
            "does not reach this organisation",
        ),
        (Reply(403, b"", kind=""), r"does not reach this organisation \(HTTP 403\)"),
        (Reply(401, b"", kind=""), "HTTP 401"),
        (Reply(401, "oauth_problem=token_rejected", kind="text/plain"), "token_rejected"),
    ],
)
def test_get_when_denied_says_what_is_missing_and_what_to_do(client, script, answer, says):
    script.says(answer)

    with pytest.raises(AuthError, match=says) as caught:
        read(client)

    advice = "Correct xero.tenant_id" if "does not reach" in says else "vtxero auth xero"
    assert advice in caught.value.remedy
    assert len(script.asked) <= 2


def test_get_since_a_time_when_nothing_was_modified_has_no_rows(client, script):
    script.says(Reply(304, b"", kind=""))

    assert read(client, if_modified_since="2026-09-14T00:00:00", page=1).elements == ()
    assert len(script.asked) == 1


def test_get_of_everything_when_told_that_nothing_was_modified_is_not_taken_for_empty(client, script):
    script.says(Reply(304, b"", kind=""))

    with pytest.raises(NotModelledError, match="304"):
        read(client)


@pytest.mark.parametrize("status", [401, 403, 400, 407, 302])
def test_get_when_a_proxy_answers_blames_no_login(client, script, status):
    script.says(Reply(status, "<html><h1>Blocked</h1></html>", kind="text/html"))

    with pytest.raises(TemporaryError, match="between here and Xero"):
        read(client)


def test_put_when_sent_elsewhere_does_not_carry_the_token_there(client, script):
    script.says(Reply(302, b"", {"Location": "/login"}))

    with pytest.raises(TemporaryError, match="sends elsewhere") as caught:
        write(client)

    assert not isinstance(caught.value, ReplyLostError)
    assert [asked.path for asked in script.asked] == ["/api.xro/2.0/Contacts"]


@pytest.mark.parametrize(
    "answer",
    [
        Reply(404, "The resource you're looking for cannot be found", kind="text/html"),
        Reply(400, {"ErrorNumber": 16, "Type": "QueryParseException", "Message": "No property exists"}),
        Reply(501, "<Response/>", kind="text/xml"),
        Reply(412, "precondition", kind="text/plain"),
    ],
)
def test_get_when_xero_does_not_know_the_question_is_a_bug_of_ours(client, script, answer):
    script.says({"Contacts": []}, answer)
    read(client)

    with pytest.raises(NotModelledError):
        read(client)


@pytest.mark.parametrize("status", [404, 405, 501])
def test_get_when_what_answers_the_first_question_is_no_xero_is_a_fault_of_the_config(client, script, status):
    script.says(Reply(status, "<html/>", kind="text/html"))

    with pytest.raises(ConfigError, match="is no Xero: GET /Contacts got HTTP") as caught:
        read(client)

    assert "Correct xero.api_url in the config" in caught.value.remedy


def test_put_when_the_body_is_unreadable_gives_xeros_words(client, script):
    script.says(Reply(400, {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "JSON was invalid"}))

    with pytest.raises(BatchRefusedError) as caught:
        write(client)

    assert caught.value.messages == ("JSON was invalid",)
    assert caught.value.elements is None


def test_put_when_elements_are_judged_gives_the_words_of_each(client, script):
    elements = [{"ValidationErrors": [{"Message": "Email address must be valid."}]}, {"ValidationErrors": []}]
    script.says(Reply(400, {"ErrorNumber": 10, "Message": "A validation exception occurred", "Elements": elements}))

    with pytest.raises(BatchRefusedError) as caught:
        write(client)

    assert caught.value.elements == (("Email address must be valid.",), ())


def test_put_when_the_key_was_used_for_something_else_is_a_bug_of_ours(client, script):
    script.says(Reply(400, {"Detail": "The Idempotency-Key was already used with a different request"}))

    with pytest.raises(NotModelledError, match="Idempotency-Key"):
        write(client)


def test_log_when_everything_goes_wrong_holds_no_secret(client, script, caplog):
    caplog.set_level(logging.DEBUG)
    script.says(DROP, unauthorised("TokenExpired"), limited("minute", 1), NOTHING)

    read(client)

    assert "GET /Contacts 200" in caplog.text
    assert "AT-secret" not in caplog.text
    assert "sandbox" not in caplog.text


def test_get_names_the_organisation_chosen_at_the_login_when_none_is_pinned(xero_url, clock, script):
    access = XeroAccess("my-app", login_url=xero_url, identity_url=xero_url, api_url=xero_url)
    token = Token(SecretStr("AT"), NOON + timedelta(minutes=30), tenant_id="chosen")
    script.says(NOTHING)
    with opened(access, clock, clock.sleep, token) as client:
        read(client)

    assert script.asked[0].headers["xero-tenant-id"] == "chosen"


def test_get_when_no_organisation_is_chosen_sends_nothing(xero_url, clock, script):
    access = XeroAccess("my-app", login_url=xero_url, identity_url=xero_url, api_url=xero_url)
    token = Token(SecretStr("AT"), NOON + timedelta(minutes=30))
    with opened(access, clock, clock.sleep, token) as client, pytest.raises(AuthError, match="No Xero organisation"):
        read(client)

    assert script.asked == []
