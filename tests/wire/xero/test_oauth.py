"""Xero's logins: against the stand-in, and by script where the wire matters."""

from __future__ import annotations

import base64
import ssl
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from vtxero.errors import AuthError, ConfigError, NotModelledError, TemporaryError
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import create_app
from vtxero.xero.access import IDENTITY_OPTION, Grant, XeroAccess, when_silent
from vtxero.xero.login import begin_login, read_redirect
from vtxero.xero.oauth import Connection, XeroOAuth
from vtxero.xero.tokens import (
    LoginExpiredError,
)
from wire.xero.scripted import DROP, NOON, TOKEN, Reply, machine_access


@pytest.fixture
def url(state):
    with ServerThread(create_app(state)) as server:
        yield server.url


def pkce_access(url):
    return XeroAccess("my-app", login_url=url, identity_url=url, api_url=url)


def log_in(access, oauth):
    attempt = begin_login(access)
    answer = httpx.get(attempt.url, trust_env=False)
    return oauth.exchange(attempt, read_redirect(attempt, answer.headers["Location"]))


@pytest.mark.parametrize(("address", "trusts"), [("https://identity.xero.com", True), ("http://127.0.0.1:8000", False)])
def test_authorities_are_read_only_where_something_is_encrypted(address, trusts, clock, monkeypatch):
    read = []
    original = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda **options: read.append(1) or original(**options))
    with XeroOAuth(XeroAccess("my-app", identity_url=address), clock):
        assert bool(read) is trusts


def test_machine_when_it_asks_gets_a_token_for_half_an_hour(url, clock):
    with XeroOAuth(machine_access(url), clock) as oauth:
        token = oauth.client_credentials()

    assert token.expires_at == NOON + timedelta(minutes=30)
    assert token.refresh is None
    assert "accounting.invoices" in token.scopes
    assert token.access.get_secret_value() not in repr(token)


def test_login_by_pkce_goes_round_and_reaches_its_organisation(url, clock, state):
    access = pkce_access(url)
    with XeroOAuth(access, clock) as oauth:
        token = log_in(access, oauth)
        found = oauth.connections(token.access.get_secret_value())

    assert [(one.tenant_id, one.name) for one in found] == [
        (state.organisation["OrganisationID"], state.organisation["Name"])
    ]
    assert token.refresh is not None
    assert token.who == "Sandra Box <sandra@example.com>"


@pytest.mark.parametrize(
    ("claims", "who"),
    [
        (b'{"given_name": "Ann", "family_name": "Lee"}', "Ann Lee"),
        (b'{"email": "ann@rimu.test"}', "ann@rimu.test"),
        (b"{}", ""),
        (b"no json", ""),
    ],
)
def test_login_names_the_person_as_far_as_the_id_token_does(xero_url, clock, script, claims, who):
    script.token_answers = [{**TOKEN, "id_token": f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.x"}]
    access = pkce_access(xero_url)
    with XeroOAuth(access, clock) as oauth:
        assert oauth.exchange(begin_login(access), "code").who == who


@pytest.mark.parametrize("damaged", ["x", "", "a.b.c", "ä.ö.ü"])
def test_login_when_the_id_token_is_damaged_names_nobody(xero_url, clock, script, damaged):
    script.token_answers = [{**TOKEN, "id_token": damaged}]
    access = pkce_access(xero_url)
    with XeroOAuth(access, clock) as oauth:
        assert oauth.exchange(begin_login(access), "code").who == ""


def test_login_with_a_secret_goes_round(url, clock):
    access = replace(machine_access(url), grant=Grant.CODE)
    with XeroOAuth(access, clock) as oauth:
        token = log_in(access, oauth)
        assert oauth.refresh(token.refresh).refresh != token.refresh


def test_login_when_revoked_cannot_be_renewed(url, clock):
    access = pkce_access(url)
    with XeroOAuth(access, clock) as oauth:
        token = log_in(access, oauth)
        oauth.revoke(token)

        with pytest.raises(AuthError, match="expired or was revoked") as caught:
            oauth.refresh(token.refresh)

    assert "vtxero auth xero" in caught.value.remedy


def test_code_when_used_twice_is_refused(url, clock):
    access = pkce_access(url)
    attempt = begin_login(access)
    code = read_redirect(attempt, httpx.get(attempt.url, trust_env=False).headers["Location"])
    with XeroOAuth(access, clock) as oauth:
        oauth.exchange(attempt, code)

        with pytest.raises(LoginExpiredError):
            oauth.exchange(attempt, code)


def test_scope_of_old_apps_when_asked_for_by_a_new_one_is_explained(url, clock, state):
    state.identity.granular_only = True
    access = machine_access(url, scopes=("accounting.transactions",))
    with XeroOAuth(access, clock) as oauth, pytest.raises(AuthError, match="scopes that vtxero needs"):
        oauth.client_credentials()


def test_secret_when_wrong_is_explained(url, clock):
    access = machine_access(url, client_secret=SecretStr("wrong"))
    with XeroOAuth(access, clock) as oauth, pytest.raises(AuthError, match="client secret") as caught:
        oauth.client_credentials()

    assert "wrong" not in caught.value.message


def test_pkce_refresh_posts_the_client_id_and_no_secret(xero_url, clock, script):
    posted = record_tokens(script)
    with XeroOAuth(pkce_access(xero_url), clock) as oauth:
        oauth.refresh(SecretStr("refresh-1"))

    assert posted[0].form == {"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "my-app"}
    assert "Authorization" not in posted[0].headers


def test_secret_refresh_proves_itself_by_basic(xero_url, clock, script):
    posted = record_tokens(script)
    with XeroOAuth(replace(machine_access(xero_url), grant=Grant.CODE), clock) as oauth:
        oauth.refresh(SecretStr("refresh-1"))

    assert posted[0].form == {"grant_type": "refresh_token", "refresh_token": "refresh-1"}
    assert posted[0].headers["Authorization"] == "Basic " + base64.b64encode(b"sandbox:sandbox").decode()


def record_tokens(script, *answers):
    posted = []
    queue = list(answers) or [TOKEN]

    def answer(asked):
        posted.append(asked)
        return queue.pop(0) if len(queue) > 1 else queue[0]

    script.token_answers = [answer]
    return posted


def test_refresh_when_an_answer_is_lost_sends_the_same_token_again(xero_url, clock, script):
    posted = record_tokens(script, DROP, TOKEN)
    with XeroOAuth(pkce_access(xero_url), clock, sleep=clock.sleep) as oauth:
        oauth.refresh(SecretStr("refresh-1"))

        assert oauth.calls == 2
    assert [asked.form["refresh_token"] for asked in posted] == ["refresh-1", "refresh-1"]


@pytest.mark.parametrize("answer", [DROP, Reply(503, "offline"), Reply(429, b"")])
def test_login_server_when_away_is_a_passing_fault(xero_url, clock, script, answer):
    record_tokens(script, answer)
    with (
        XeroOAuth(machine_access(xero_url), clock, sleep=clock.sleep) as oauth,
        pytest.raises(TemporaryError) as caught,
    ):
        oauth.client_credentials()

    assert clock.slept == [2.0, 4.0]
    assert (xero_url in caught.value.message, f"Start the server at {xero_url}" in caught.value.remedy) == (True, True)


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("https://identity.xero.com", "Check the network"),
        ("http://localhost:8123", "Start the server at http://l"),
        ("https://xero.test", "Check xero.identity_url"),
    ],
)
def test_advice_where_nothing_answers_speaks_of_the_network_or_of_the_server_on_this_machine(address, advice):
    assert when_silent(address, IDENTITY_OPTION).startswith(advice)


@pytest.mark.parametrize("status", [200, 404, 418])
def test_login_server_when_something_else_answers_is_a_fault_of_the_config(xero_url, clock, script, status):
    record_tokens(script, Reply(status, "<html/>"))
    with XeroOAuth(machine_access(xero_url), clock) as oauth, pytest.raises(ConfigError) as caught:
        oauth.client_credentials()

    assert "Correct xero.identity_url in the config" in caught.value.remedy


@pytest.mark.parametrize("answer", [Reply(200, "nothing"), {"access_token": "AT-1", "expires_in": "AT-1"}])
def test_login_server_when_strange_is_reported_without_its_words(xero_url, clock, script, answer):
    record_tokens(script, answer)
    with XeroOAuth(machine_access(xero_url), clock) as oauth, pytest.raises(NotModelledError) as caught:
        oauth.client_credentials()

    assert "AT-1" not in str(caught.value)


def test_connections_leave_out_what_has_no_books(xero_url, clock, script):
    script.says(
        [
            {"id": "1", "tenantId": "t1", "tenantType": "PRACTICE", "tenantName": "P"},
            {"id": "2", "tenantId": "t2", "tenantType": "ORGANISATION", "tenantName": None},
            {"id": None, "tenantId": "t3", "tenantType": None, "authEventId": "e", "more": [1]},
        ]
    )
    with XeroOAuth(machine_access(xero_url), clock) as oauth:
        assert oauth.connections("b") == [
            Connection("2", "t2", "ORGANISATION", ""),
            Connection("", "t3", "ORGANISATION", ""),
        ]

    assert script.asked[0].headers["Authorization"] == "Bearer b"
