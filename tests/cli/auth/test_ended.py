"""Logins that have ended, and those that somebody ends."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta

import pytest

from cli.logging_in import KEY, status

LONG_AGO = timedelta(days=61)


def test_sync_when_nobody_is_logged_in_to_xero_names_the_one_command(world, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth", "vtiger").code == 0

    ran = vtxero("--config", world.config, "sync")

    assert ran.code == 4
    assert f"`vtxero --config {world.config} auth xero`" in ran.err


def test_sync_when_no_key_is_known_names_the_one_command(world, vtxero):
    ran = vtxero("sync")

    assert ran.code == 4
    assert "`vtxero auth vtiger`" in ran.err
    assert world.apps["xero"].journal.entries == []


def test_sync_when_the_access_token_ran_out_renews_it_unseen(logged_in, vtxero):
    before = logged_in.token()
    logged_in.xero.identity.expire()

    assert vtxero("sync").code == 0
    assert logged_in.token()["refresh"] != before["refresh"]
    assert logged_in.token()["tenant_id"] == before["tenant_id"]


@pytest.mark.parametrize("words", [["sync"], ["sync", "--dry-run"], ["auth", "status"]])
def test_login_when_it_ran_out_is_exit_code_4_and_the_command_that_mends_it(logged_in, vtxero, words):
    logged_in.clock.ahead = LONG_AGO

    ran = vtxero(*words)

    assert ran.code == 4
    assert "expired or was revoked" in ran.err + ran.out
    assert "`vtxero auth xero`" in ran.err + ran.out


def test_login_when_it_was_revoked_at_xero_is_exit_code_4(logged_in, vtxero):
    url = logged_in.urls["xero"]
    body = f"client_id=my-app&token={logged_in.token()['refresh']}".encode()
    urllib.request.urlopen(f"{url}/connect/revocation", data=body).close()

    for words in (["sync"], ["auth", "status"]):
        ran = vtxero(*words)
        assert ran.code == 4
        assert "`vtxero auth xero`" in ran.err + ran.out


def test_logout_revokes_at_xero_and_deletes_what_is_stored(logged_in, vtxero):
    refresh = logged_in.token()["refresh"]

    ran = vtxero("auth", "logout")

    assert ran.code == 0
    assert "Revoked at Xero" in ran.out
    assert refresh not in logged_in.xero.identity._refresh
    assert json.loads(logged_in.secrets.read_text()) == {}
    assert status(vtxero)["xero"]["exit_code"] == 4
    assert "nothing was stored" in vtxero("auth", "logout").out


def test_logout_when_xero_is_away_deletes_nothing(logged_in, vtxero, monkeypatch):
    monkeypatch.setattr("vtxero.xero.oauth.PAUSE_SECONDS", 0.0)
    logged_in.apps["xero"].faults.add({"path": "/connect/revocation", "do": "503", "nth": "every"})

    assert vtxero("auth", "logout").code == 5
    assert logged_in.token()["refresh"]


@pytest.mark.usefixtures("logged_in")
def test_logout_names_what_the_environment_still_holds(vtxero, monkeypatch):
    monkeypatch.setenv("VTXERO_VTIGER_ACCESS_KEY", KEY)

    assert "VTXERO_VTIGER_ACCESS_KEY" in vtxero("auth", "logout").out
    assert json.loads(vtxero("auth", "logout", "-o", "json").out)["revoked"] is False
