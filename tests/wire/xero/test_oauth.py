"""Logging in, staying logged in, and being thrown out, against the stand-in's login server."""

from __future__ import annotations

import base64
import ssl
import threading
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from vtxero.errors import AuthError, NotModelledError, StopError, TemporaryError
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState, create_app
from vtxero.xero.access import Grant, XeroAccess, when_silent
from vtxero.xero.login import begin_login, read_redirect
from vtxero.xero.oauth import Connection, XeroOAuth, check_tenant
from vtxero.xero.tokens import (
    LoginExpiredError,
    MemoryTokenKeeper,
    TextTokenKeeper,
    Token,
    TokenSource,
    decode_token,
    encode_token,
)
from wire.xero.scripted import DROP, NOON, TENANT, TOKEN, ManualClock, Reply, machine_access

TOLD = Token(
    SecretStr("access-1"), NOON + timedelta(minutes=30), SecretStr("refresh-1"), scopes=("openid",), tenant_id=TENANT
)


@pytest.fixture
def state(clock):
    return XeroState.new(clock=clock.now)


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
    [("https://identity.xero.com", "Check the network"), ("http://localhost:8123", "Start the server at http://l")],
)
def test_advice_where_nothing_answers_speaks_of_the_network_or_of_the_server_on_this_machine(address, advice):
    assert when_silent(address).startswith(advice)


@pytest.mark.parametrize(
    "answer", [Reply(200, "<html/>"), Reply(418, "<html/>"), {"access_token": "AT-1", "expires_in": "AT-1"}]
)
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


ONE, TWO = Connection("1", "t1", "ORGANISATION", "One"), Connection("2", "t2", "ORGANISATION", "Two")


def test_tenant_when_pinned_is_found_among_several():
    assert check_tenant([ONE, TWO], "T2") is TWO
    assert check_tenant([ONE], "") is ONE


@pytest.mark.parametrize(("found", "pinned"), [([ONE], "t2"), ([ONE, TWO], "")])
def test_tenant_when_it_is_another_or_not_chosen_stops_the_run(found, pinned):
    with pytest.raises(StopError, match="One") as caught:
        check_tenant(found, pinned)

    assert caught.value.code == "RUN-TENANT"


def test_tenant_when_none_is_connected_asks_for_a_login():
    with pytest.raises(AuthError):
        check_tenant([], "t1")


class CountingGrants:
    """A login server in memory: rotates refresh tokens, counts, and can lose or refuse."""

    needs_login = True

    def __init__(self, valid=("refresh-1",)):
        self.valid = set(valid)
        self.spent = []
        self.calls = 0

    def client_credentials(self):
        self.calls += 1
        return Token(SecretStr(f"machine-{self.calls}"), NOON + timedelta(minutes=30))

    def refresh(self, refresh_token):
        self.calls += 1
        text = refresh_token.get_secret_value()
        self.spent.append(text)
        if text not in self.valid:
            raise LoginExpiredError("gone")
        number = self.calls + 1
        self.valid = {f"refresh-{number}", text}
        return Token(SecretStr(f"access-{number}"), NOON + timedelta(minutes=60), SecretStr(f"refresh-{number}"))


def test_bearer_while_it_lives_asks_nobody(clock):
    grants = CountingGrants()
    source = TokenSource(MemoryTokenKeeper(TOLD), grants, clock)

    assert source.bearer() == "access-1"
    assert source.calls == 0


@pytest.mark.parametrize(("seconds", "bearer"), [(29 * 60, "access-1"), (29 * 60 + 1, "access-2"), (9999, "access-2")])
def test_bearer_with_less_than_a_minute_left_is_renewed(clock, seconds, bearer):
    source = TokenSource(MemoryTokenKeeper(TOLD), CountingGrants(), clock)
    clock.seconds = seconds

    assert source.bearer() == bearer


def test_renewed_token_is_stored_before_it_is_used_and_keeps_what_the_answer_leaves_out(clock):
    keeper = MemoryTokenKeeper(TOLD)
    source = TokenSource(keeper, CountingGrants(), clock)

    assert source.renew("access-1") == "access-2"

    assert keeper.token.refresh.get_secret_value() == "refresh-2"
    assert keeper.token.previous.get_secret_value() == "refresh-1"
    assert (keeper.token.tenant_id, keeper.token.scopes) == (TENANT, ("openid",))


def test_renewed_token_when_it_cannot_be_stored_is_not_used(clock):
    class FullDisk(MemoryTokenKeeper):
        def save(self, token):  # noqa: ARG002 - the keeper's
            raise OSError("no space left")

    source = TokenSource(FullDisk(TOLD), CountingGrants(), clock)

    with pytest.raises(OSError, match="no space"):
        source.renew("access-1")
    assert source.bearer() == "access-1"


def test_renewal_when_another_process_was_quicker_takes_its_token(clock):
    keeper, grants = MemoryTokenKeeper(TOLD), CountingGrants()
    first, second = TokenSource(keeper, grants, clock), TokenSource(keeper, grants, clock)
    assert (first.bearer(), second.bearer()) == ("access-1", "access-1")

    assert (first.renew("access-1"), second.renew("access-1")) == ("access-2", "access-2")

    assert grants.calls == 1


def test_renewal_when_many_threads_need_it_happens_once(clock):
    grants = CountingGrants()
    source = TokenSource(MemoryTokenKeeper(TOLD), grants, clock)
    clock.seconds = 3000
    got = []
    threads = [threading.Thread(target=lambda: got.append(source.bearer())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == ["access-2"] * 8
    assert grants.calls == 1


def test_renewal_when_the_newest_refresh_token_is_unknown_tries_the_one_before(clock):
    stored = replace(TOLD, refresh=SecretStr("refresh-9"), previous=SecretStr("refresh-1"))
    grants = CountingGrants()
    keeper = MemoryTokenKeeper(stored)

    TokenSource(keeper, grants, clock).renew("access-1")

    assert grants.spent == ["refresh-9", "refresh-1"]
    assert keeper.token.previous.get_secret_value() == "refresh-1"


def test_renewal_when_both_refresh_tokens_are_gone_asks_for_a_login(clock):
    stored = replace(TOLD, refresh=SecretStr("x"), previous=SecretStr("y"))

    with pytest.raises(AuthError):
        TokenSource(MemoryTokenKeeper(stored), CountingGrants(), clock).renew("access-1")


def test_bearer_when_nobody_logged_in_asks_for_a_login(clock):
    with pytest.raises(AuthError, match="Nobody has logged in") as caught:
        TokenSource(MemoryTokenKeeper(), CountingGrants(), clock).bearer()

    assert "vtxero auth xero" in caught.value.remedy


def test_bearer_without_a_refresh_token_asks_for_a_login(clock):
    clock.seconds = 5000
    with pytest.raises(AuthError, match="offline_access"):
        TokenSource(MemoryTokenKeeper(replace(TOLD, refresh=None)), CountingGrants(), clock).bearer()


def test_machine_when_its_token_runs_out_just_asks_again(clock):
    grants = CountingGrants()
    grants.needs_login = False
    source = TokenSource(MemoryTokenKeeper(), grants, clock)

    assert (source.bearer(), source.bearer()) == ("machine-1", "machine-1")
    assert source.renew("machine-1") == "machine-2"


def test_token_as_text_comes_back_whole():
    token = replace(TOLD, previous=SecretStr("refresh-0"), who="Ann Lee")

    assert decode_token(encode_token(token)) == token
    assert decode_token(encode_token(Token(SecretStr("a"), NOON))) == Token(SecretStr("a"), NOON)


def test_token_text_when_damaged_is_never_quoted():
    with pytest.raises(AuthError) as caught:
        decode_token('{"access": "hush"}')

    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_text_keeper_stores_and_loads():
    kept = []
    keeper = TextTokenKeeper(lambda: kept[-1] if kept else None, kept.append, threading.Lock)

    assert keeper.load() is None
    keeper.save(TOLD)
    assert keeper.load() == TOLD
    with keeper.lock():
        pass
    assert ManualClock().now() == NOON
