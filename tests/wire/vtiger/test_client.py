"""The client over scripted answers: sessions, and what Vtiger refuses."""

from __future__ import annotations

import logging
from decimal import Decimal
from urllib.parse import parse_qs

import httpx
import pytest
from pydantic import SecretStr

from vtxero.errors import (
    AuthError,
    NotModelledError,
    RefusedError,
)
from vtxero.vtiger.access import VtigerAccess
from vtxero.vtiger.client import VtigerClient
from wire.vtiger.webservice_server import ACCOUNT, LOGIN, URL, fine, wrong


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


def test_no_log_holds_key_proof_or_session_name(connect, caplog):
    caplog.set_level(logging.DEBUG)
    client, server = connect(query=[wrong("INVALID_SESSIONID", "x"), fine([])])
    client.query("select id from Accounts;")
    proof = parse_qs(server.requests[1].content.decode())["accessKey"][0]
    shown = caplog.text + repr(client) + repr(VtigerAccess("a", "b", SecretStr("k3y")))
    for secret in ("k3y", "s3ss10n", proof):
        assert secret not in shown
    assert "query: HTTP 200" in caplog.text


def test_http_client_of_others_is_left_open():
    with httpx.Client() as http:
        with VtigerClient(VtigerAccess("crm.example.com", "ann", SecretStr("k3y")), http=http):
            pass
        assert not http.is_closed


def test_what_the_server_cannot_do_is_said_in_its_words(connect):
    client, _ = connect(query=[httpx.Response(501, text="not modelled: this")])
    with pytest.raises(NotModelledError, match="not modelled: this"):
        client.query("select id from Accounts;")
