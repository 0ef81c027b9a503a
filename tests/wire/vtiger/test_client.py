"""How the client takes every kind of answer, and of silence."""

from __future__ import annotations

import logging
import ssl
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from pydantic import SecretStr

from vtxero.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    NotModelledError,
    RefusedError,
    ReplyLostError,
    TemporaryError,
)
from vtxero.vtiger.access import VtigerAccess
from vtxero.vtiger.client import VtigerClient
from wire.vtiger.answering import AnsweringServer

URL = "https://crm.example.com/webservice.php"
CHALLENGE = {"token": "t0k3n", "serverTime": 1700000000, "expireTime": 1700000300}
LOGIN = {"sessionName": "s3ss10n", "userId": "19x1", "username": "ann", "is_admin": "on", "vtigerVersion": "8.2.0"}
ACCOUNT = {"id": "11x2", "accountname": "Kiwi"}


def fine(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "result": result})


def wrong(code: str | int, message: str) -> httpx.Response:
    return httpx.Response(200, json={"success": False, "error": {"message": message, "code": code}})


def operation_of(request: httpx.Request) -> str:
    body = request.content.decode() if request.method == "POST" else request.url.query.decode()
    return parse_qs(body)["operation"][0]


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def connect(sleeps):
    with respx.mock(assert_all_called=False) as mock:

        def make(**answers: list[Any]) -> tuple[VtigerClient, AnsweringServer]:
            server = AnsweringServer(
                operation_of, {"getchallenge": [fine(CHALLENGE)], "login": [fine(LOGIN)], **answers}
            )
            mock.route(url__startswith=URL).mock(side_effect=server)
            access = VtigerAccess("crm.example.com", "ann", SecretStr("k3y"))
            return VtigerClient(access, sleep=sleeps.append), server

        yield make


# -- sessions --------------------------------------------------------------------------------------------------


def test_first_operation_logs_in_and_every_request_is_counted(connect):
    client, server = connect(retrieve=[fine(ACCOUNT)])
    assert client.retrieve("11x2") == ACCOUNT
    assert server.asked == ["getchallenge", "login", "retrieve"]
    assert client.calls == 3


@pytest.mark.parametrize(
    "code", ["INVALID_SESSIONID", "SESSION_EXPIRED", "SESSION_LEFT_IDLE", "AUTHENTICATION_REQUIRED"]
)
def test_lost_session_is_renewed_once_and_the_write_repeated(connect, code):
    client, server = connect(create=[wrong(code, "gone"), fine(ACCOUNT)])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == ACCOUNT
    assert server.asked == ["getchallenge", "login", "create", "getchallenge", "login", "create"]


def test_session_that_is_lost_again_at_once_is_an_auth_error(connect):
    client, server = connect(retrieve=[wrong("INVALID_SESSIONID", "Session Identifier provided is Invalid")])
    with pytest.raises(AuthError):
        client.retrieve("11x2")
    assert server.asked.count("retrieve") == 2


def test_wrong_key_is_tried_twice_then_names_user_and_address(connect):
    client, server = connect(login=[wrong("INVALID_USER_CREDENTIALS", "Invalid username or password")])
    with pytest.raises(AuthError) as caught:
        client.list_types()
    assert "'ann'" in caught.value.message
    assert URL in caught.value.message
    assert "access key" in caught.value.remedy
    assert server.asked == ["getchallenge", "login"] * 2


def test_challenge_voided_by_another_worker_is_asked_for_anew(connect):
    client, _ = connect(
        login=[wrong("INVALID_USER_CREDENTIALS", "Invalid username or password"), fine(LOGIN)],
        retrieve=[fine(ACCOUNT)],
    )
    assert client.retrieve("11x2") == ACCOUNT


def test_unknown_user_is_an_auth_error(connect):
    client, _ = connect(getchallenge=[wrong("ACCESS_DENIED", "username does not exists")])
    with pytest.raises(AuthError, match="'ann'"):
        client.list_types()


# -- refusals --------------------------------------------------------------------------------------------------


def test_duplicate_is_refused_in_vtigers_words(connect):
    client, _ = connect(create=[wrong(0, "Duplicate(s) detected!")])
    with pytest.raises(RefusedError) as caught:
        client.create("Accounts", {"accountname": "Kiwi"})
    assert caught.value.messages == ("Duplicate(s) detected!",)
    assert "unique" in caught.value.remedy


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("MANDATORY_FIELDS_MISSING", "lastname does not have a value"),
        ("REFERENCE_INVALID", "Invalid reference specified for account_id"),
        ("ACCESS_DENIED", "Permission to perform the operation is denied"),
        ("ACCESS_DENIED", "Permission to write is denied"),
        ("ACCESS_DENIED", "Permission to read given object is denied"),
        ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect"),
        ("CURRENCY_INACTIVE", "Provided Curreny is Inactive"),
        ("SOMETHING_NEW", "No idea"),
    ],
)
def test_write_that_vtiger_refuses_is_refused_in_its_words(connect, code, message):
    client, server = connect(revise=[wrong(code, message)])
    with pytest.raises(RefusedError) as caught:
        client.revise({"id": "11x2", "phone": "1"})
    assert caught.value.messages == (message,)
    assert server.asked.count("revise") == 1


def test_missing_module_and_hidden_field_are_told_apart_by_the_message(connect):
    client, _ = connect(
        describe=[wrong("ACCESS_DENIED", "Permission to perform the operation is denied for name : Payments")],
        query=[wrong("ACCESS_DENIED", "Permission to access '.cf_853.' attribute denied.")],
    )
    with pytest.raises(AuthError, match="module Payments"):
        client.describe("Payments")
    with pytest.raises(AuthError, match="field cf_853"):
        client.query("select cf_853 from Accounts;")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ACCESS_DENIED", "Permission to perform the operation is denied"),
        ("RECORD_NOT_FOUND", "Record not found"),
        ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect"),
    ],
)
def test_record_that_is_not_there_is_none(connect, code, message):
    client, _ = connect(retrieve=[wrong(code, message)])
    assert client.find("11x2") is None


def test_record_that_is_hidden_is_an_auth_error_and_not_gone(connect):
    client, _ = connect(retrieve=[wrong("ACCESS_DENIED", "Permission to read given object is denied")])
    with pytest.raises(AuthError, match="11x2"):
        client.find("11x2")


def test_syntax_error_is_a_fault_of_ours(connect):
    client, _ = connect(query=[wrong("QUERY_SYNTAX_ERROR", "Syntax Error on line 1")])
    with pytest.raises(NotModelledError, match="select id from"):
        client.query("select id from Accounts")


# -- the server's troubles -------------------------------------------------------------------------------------


def test_http_500_on_a_read_is_tried_again(connect, sleeps):
    client, _ = connect(retrieve=[httpx.Response(500), httpx.Response(502, text="<html>"), fine(ACCOUNT)])
    assert client.retrieve("11x2") == ACCOUNT
    assert sleeps == [1.0, 2.0]


def test_http_500_that_stays_on_a_read_is_temporary(connect, sleeps):
    client, server = connect(retrieve=[httpx.Response(500)])
    with pytest.raises(TemporaryError, match="HTTP 500 with an empty body") as caught:
        client.retrieve("11x2")
    assert not isinstance(caught.value, ReplyLostError)
    assert server.asked.count("retrieve") == 4
    assert sleeps == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(504, text="<html><title>Gateway Timeout</title></html>"),
        httpx.Response(200, text="<html><title>Fatal error</title></html>"),
        httpx.Response(200, json={"success": True}),
        fine(None),
        wrong("INTERNAL_SERVER_ERROR", "Unknown Error while processing request"),
        wrong("DATABASE_QUERY_ERROR", "Database error"),
        httpx.ReadTimeout,
        httpx.ReadError,
        httpx.RemoteProtocolError,
        httpx.WriteError,
    ],
)
def test_write_whose_fate_is_unknown_is_never_sent_again(connect, sleeps, answer):
    client, server = connect(create=[answer])
    with pytest.raises(ReplyLostError, match="may have been carried out"):
        client.create("Invoice", {"subject": "S"})
    assert server.asked.count("create") == 1
    assert sleeps == []


@pytest.mark.parametrize("fault", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_write_that_never_left_is_sent_again(connect, sleeps, fault):
    client, _ = connect(create=[fault, fault, fine(ACCOUNT)])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == ACCOUNT
    assert sleeps == [1.0, 2.0]


def test_query_that_breaks_off_is_named_by_its_module_and_not_in_full(connect):
    client, _ = connect(query=[httpx.ReadTimeout])
    with pytest.raises(TemporaryError, match="while answering query Accounts:") as caught:
        client.query("select id,accountname,phone from Accounts where id > '11x2' order by id limit 100;")
    assert "phone" not in caught.value.message


def test_server_that_cannot_be_reached_is_temporary_and_named(connect):
    client, _ = connect(getchallenge=[httpx.ConnectError])
    with pytest.raises(TemporaryError, match=URL) as caught:
        client.list_types()
    assert "vtiger.url" in caught.value.remedy
    assert client.calls == 4


@pytest.mark.parametrize("fault", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError])
def test_read_that_breaks_off_is_tried_again(connect, fault):
    client, _ = connect(query=[fault, fine([ACCOUNT])])
    assert client.query("select id from Accounts;") == [ACCOUNT]


def test_bad_certificate_is_no_passing_fault(connect, sleeps):
    fault = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    fault.__cause__ = ssl.SSLCertVerificationError("self-signed")
    client, _ = connect(getchallenge=[fault])
    with pytest.raises(ConfigError, match="certificate"):
        client.list_types()
    assert sleeps == []


def test_web_page_in_the_place_of_json_says_what_to_check(connect):
    page = httpx.Response(200, html="<html><title>Welcome to Acme</title></html>")
    client, _ = connect(getchallenge=[page])
    with pytest.raises(ConfigError, match="Welcome to Acme") as caught:
        client.list_types()
    assert URL in caught.value.message
    assert "vtiger.url" in caught.value.remedy


def test_page_not_found_is_a_wrong_address(connect):
    client, _ = connect(getchallenge=[httpx.Response(404, html="<title>Not Found</title>")])
    with pytest.raises(ConfigError, match="HTTP 404"):
        client.list_types()


def test_redirect_is_not_followed_but_named(connect):
    moved = httpx.Response(302, headers={"location": "https://login.example.net/sso?return=secret"})
    client, server = connect(getchallenge=[moved])
    with pytest.raises(ConfigError, match=r"redirects to https://login\.example\.net/sso ") as caught:
        client.list_types()
    assert "secret" not in caught.value.message
    assert server.asked == ["getchallenge"]


def test_gatekeeper_before_vtiger_is_an_auth_error(connect):
    client, _ = connect(getchallenge=[httpx.Response(401, html="<title>Restricted</title>")])
    with pytest.raises(AuthError, match="HTTP 401"):
        client.list_types()


def test_address_too_long_is_said(connect):
    client, _ = connect(query=[httpx.Response(414, html="<title>414</title>")])
    with pytest.raises(NotModelledError, match="414"):
        client.query("select id from Accounts;")


def test_short_rate_limit_is_waited_out_for_writes_too(connect, sleeps):
    client, _ = connect(create=[httpx.Response(429, headers={"retry-after": "7"}), fine(ACCOUNT)])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == ACCOUNT
    assert sleeps == [7.0]


def test_rate_limit_in_the_clouds_words_is_read_by_the_servers_clock(connect, sleeps):
    headers = {"date": "Sun, 22 Nov 2026 12:00:00 GMT", "x-floodcontrol-reset": "1795348820"}
    client, _ = connect(retrieve=[httpx.Response(429, headers=headers), fine(ACCOUNT)])
    client.retrieve("11x2")
    assert sleeps == [20.0]


def test_long_rate_limit_ends_the_run(connect):
    client, _ = connect(retrieve=[httpx.Response(429, headers={"retry-after": "3600"})])
    with pytest.raises(BudgetError, match="3600"):
        client.retrieve("11x2")


def test_notices_in_front_of_the_json_do_not_hide_it(connect):
    noisy = httpx.Response(200, text='<br />\n<b>Warning</b>: x in y\n{"success":true,"result":{"id":"11x2"}}')
    client, _ = connect(create=[noisy])
    assert client.create("Accounts", {"accountname": "Kiwi"}) == {"id": "11x2"}


# -- values ----------------------------------------------------------------------------------------------------


def test_fractions_are_read_as_decimals(connect):
    text = '{"success":true,"result":{"id":"7x1","hdnGrandTotal":3.3711111110700003}}'
    client, _ = connect(retrieve=[httpx.Response(200, text=text)])
    assert client.retrieve("7x1")["hdnGrandTotal"] == Decimal("3.3711111110700003")


def test_element_is_sent_as_json_text_with_plain_numbers(connect):
    client, server = connect(create=[fine({"id": "7x1"})])
    client.create("Invoice", {"subject": 'A "b" ž', "x": Decimal("1E+2"), "LineItems": [{"quantity": Decimal("0.10")}]})
    form = parse_qs(server.requests[-1].content.decode())
    assert form["element"] == ['{"subject":"A \\"b\\" \\u017e","x":"100","LineItems":[{"quantity":"0.10"}]}']
    assert form["elementType"] == ["Invoice"]
    assert form["sessionName"] == ["s3ss10n"]


@pytest.mark.parametrize("result", [None, []])
def test_query_without_rows_is_empty(connect, result):
    client, _ = connect(query=[fine(result)])
    assert client.query("select count(*) from Accounts;") == []


@pytest.mark.parametrize("result", ["text", {"a": 1}, ["text"]])
def test_query_that_answers_no_rows_is_not_modelled(connect, result):
    client, _ = connect(query=[fine(result)])
    with pytest.raises(NotModelledError):
        client.query("select id from Accounts;")


def test_delete_asks_once(connect):
    client, server = connect(delete=[fine({"status": "successful"})])
    client.delete("11x2")
    assert server.asked[-1] == "delete"


# -- secrets ---------------------------------------------------------------------------------------------------


def test_no_log_holds_key_proof_or_session_name(connect, caplog):
    caplog.set_level(logging.DEBUG)
    client, server = connect(query=[wrong("INVALID_SESSIONID", "x"), fine([])])
    client.query("select id from Accounts;")
    proof = parse_qs(server.requests[1].content.decode())["accessKey"][0]
    shown = caplog.text + repr(client) + repr(VtigerAccess("a", "b", SecretStr("k3y")))
    for secret in ("k3y", "s3ss10n", proof):
        assert secret not in shown
    assert "query: HTTP 200" in caplog.text


# -- settings --------------------------------------------------------------------------------------------------


def test_certificates_that_cannot_be_read_are_named(tmp_path):
    access = VtigerAccess("crm.example.com", "ann", SecretStr("k3y"), verify=str(tmp_path / "none.pem"))
    with pytest.raises(ConfigError, match=r"none\.pem"):
        VtigerClient(access)


@pytest.mark.parametrize(
    ("url", "trusts"), [("https://crm.example.com", True), (" HTTP://127.0.0.1:8000/vtiger", False)]
)
def test_authorities_are_read_only_where_something_is_encrypted(url, trusts, monkeypatch):
    read = []
    original = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda **options: read.append(1) or original(**options))
    with VtigerClient(VtigerAccess(url, "ann", SecretStr("k3y"))):
        assert bool(read) is trusts


def test_http_client_of_others_is_left_open():
    with httpx.Client() as http:
        with VtigerClient(VtigerAccess("crm.example.com", "ann", SecretStr("k3y")), http=http):
            pass
        assert not http.is_closed


def test_what_the_server_cannot_do_is_said_in_its_words(connect):
    client, _ = connect(query=[httpx.Response(501, text="not modelled: this")])
    with pytest.raises(NotModelledError, match="not modelled: this"):
        client.query("select id from Accounts;")
