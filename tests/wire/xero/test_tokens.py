"""The token that lives: used while it lives, renewed once for all, stored before it is used."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from vtxero.errors import AuthError
from vtxero.xero.tokens import (
    LoginExpiredError,
    MemoryTokenKeeper,
    TextTokenKeeper,
    Token,
    TokenSource,
    decode_token,
    encode_token,
)
from wire.xero.scripted import NOON, TENANT, ManualClock

TOLD = Token(
    SecretStr("access-1"), NOON + timedelta(minutes=30), SecretStr("refresh-1"), scopes=("openid",), tenant_id=TENANT
)


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
