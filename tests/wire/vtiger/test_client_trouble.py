"""The client over scripted answers: servers that fail, waits, and pages in the place of JSON."""

from __future__ import annotations

import ssl

import httpx
import pytest
from pydantic import SecretStr

from vtxero.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    NotModelledError,
    ReplyLostError,
    TemporaryError,
)
from vtxero.vtiger.access import VtigerAccess
from vtxero.vtiger.client import VtigerClient
from wire.vtiger.webservice_server import ACCOUNT, URL, fine, wrong


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
