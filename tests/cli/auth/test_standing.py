"""`vtxero auth`: the organisation that was chosen, and what `auth status` tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from cli.logging_in import KEY, status

TENANT_B = "Second Ltd"


@pytest.mark.usefixtures("type_in", "browser")
def test_tenant_when_there_are_several_and_nobody_to_ask_is_an_error_that_names_them(world, vtxero):
    other = world.xero.add_organisation(TENANT_B).tenant_id
    own = world.xero.organisation["OrganisationID"]

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert f"{TENANT_B} = {other}" in ran.err
    assert f"= {own}" in ran.err
    assert "xero.tenant_id" in ran.err


@pytest.mark.usefixtures("type_in")
def test_tenant_when_it_is_put_into_the_config_afterwards_needs_no_other_login(world, vtxero, browser):
    world.xero.add_organisation(TENANT_B)
    assert vtxero("auth", "xero").code == 4
    browser.clear()
    world.write(xero=f"tenant_id: {world.xero.organisation['OrganisationID']}", vtiger=f"access_key: {KEY}")

    assert vtxero("auth").code == 0
    assert vtxero("sync", "--dry-run").code == 0
    assert browser == []


@pytest.mark.usefixtures("type_in", "browser")
def test_tenant_when_it_is_pinned_and_not_reached_stores_nothing(world, vtxero):
    world.write(xero="tenant_id: 99999999-0000-4000-8000-000000000000")

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert "does not reach the organisation 99999999" in ran.err
    assert not world.secrets.exists()


@pytest.mark.usefixtures("type_in", "browser")
def test_tenant_when_logging_in_again_stays_the_one_chosen_before(world, vtxero):
    assert vtxero("auth", "xero").code == 0
    world.xero.add_organisation(TENANT_B)

    assert vtxero("auth", "xero").code == 0
    assert world.token()["tenant_id"] == world.xero.organisation["OrganisationID"]


def test_tenant_of_the_login_is_sent_when_the_config_names_none(logged_in, vtxero):
    assert vtxero("sync").code == 0

    sent = {
        entry.headers.get("xero-tenant-id")
        for entry in logged_in.apps["xero"].journal.entries
        if entry.path.startswith("/api.xro")
    }
    assert sent == {logged_in.xero.organisation["OrganisationID"]}


def test_tenant_when_it_changes_within_the_hour_is_noticed_before_anything_is_sent(logged_in, vtxero):
    assert vtxero("sync").code == 0
    other = logged_in.xero.add_organisation(TENANT_B).tenant_id
    logged_in.apps["xero"].journal.clear()
    logged_in.write(xero=f"tenant_id: {other}")

    ran = vtxero("sync")

    assert ran.code not in {0, 3, 8}, "the catalogue kept for an hour belongs to the other organisation"
    assert [entry for entry in logged_in.apps["xero"].journal.entries if entry.write] == []


@pytest.mark.usefixtures("type_in")
def test_status_when_nobody_is_logged_in_is_exit_code_4_with_the_commands_that_mend_it(world, vtxero):
    found = status(vtxero)

    assert [login["exit_code"] for login in found.values()] == [4, 4]
    assert "`vtxero auth vtiger`" in found["vtiger"]["remedy"]
    assert "`vtxero auth xero`" in found["xero"]["remedy"]
    assert world.apps["xero"].journal.entries == []


def test_status_tells_who_where_which_scopes_until_when_and_where_it_is_kept(logged_in, vtxero):
    found = status(vtxero)

    assert (found["vtiger"]["ok"], found["vtiger"]["who"]) == (True, "admin")
    assert found["vtiger"]["kept"] == {"access_key": str(logged_in.secrets)}
    xero = found["xero"]
    assert xero["ok"] is True
    assert xero["who"] == "Sandra Box <sandra@example.com>"
    assert xero["organisation"] == logged_in.xero.organisation["Name"]
    assert "accounting.invoices" in xero["scopes"]
    assert xero["kept"] == {"token": str(logged_in.secrets)}
    ends = datetime.fromisoformat(xero["until"])
    assert timedelta(days=59) < ends - datetime.now(UTC) <= timedelta(days=60)
    lines = vtxero("auth", "status", "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["service"] for line in lines] == ["vtiger", "xero"]


@pytest.mark.usefixtures("type_in", "browser")
def test_status_when_a_scope_is_missing_names_it(world, vtxero):
    world.write(xero="scopes: [offline_access, accounting.contacts]", vtiger=f"access_key: {KEY}")
    assert vtxero("auth", "xero").code == 0
    world.write(vtiger=f"access_key: {KEY}")

    found = status(vtxero)

    assert found["xero"]["exit_code"] == 4
    assert found["xero"]["missing_scopes"] == ["accounting.invoices", "accounting.payments", "accounting.settings"]


@pytest.mark.usefixtures("logged_in")
def test_status_when_quiet_and_all_is_well_prints_nothing(vtxero):
    ran = vtxero("auth", "status", "-q")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_status_when_xero_is_away_keeps_what_is_known_and_is_a_passing_fault(logged_in, vtxero, monkeypatch):
    monkeypatch.setattr("vtxero.xero.oauth.PAUSE_SECONDS", 0.0)
    logged_in.apps["xero"].faults.add({"path": "/connections", "do": "503", "nth": "every"})

    found = status(vtxero)

    assert found["xero"]["exit_code"] == 5
    assert found["xero"]["who"].startswith("Sandra")
