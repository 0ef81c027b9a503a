"""Several companies: each profile has its own Vtiger, Xero organisation, state, log and lock."""

from __future__ import annotations

import json

import pytest
import yaml

from chain.company import open_company
from vtxero.config.lock import RunLock


@pytest.fixture
def two(tmp_path):
    """Head office and branch, in one config."""
    with open_company(tmp_path / "a") as head, open_company(tmp_path / "b") as branch:
        branch.xero.organisation["OrganisationID"] = "22222222-7a11-4000-8000-000000000001"

        def services(company):
            xero = company.settings.xero
            return {
                "vtiger": {"url": company.settings.vtiger.url},
                "xero": {"api_url": xero.api_url, "identity_url": xero.identity_url},
            }

        content = services(head)
        content |= {"state_dir": "state", "logins": "file", "profiles": {"branch": services(branch)}}
        content["vtiger"] |= {"username": "admin", "access_key": "sandbox-key"}
        content["xero"] |= {"client_id": "sandbox", "client_secret": "sandbox", "flow": "client_credentials"}
        content["modules"] = {"invoices": {"sales_account": "200"}}
        path = tmp_path / "vtxero.yaml"
        path.write_text(yaml.safe_dump(content))
        path.chmod(0o600)
        yield head, branch


def test_profile_syncs_its_own_pair_and_no_other(two, vtxero):
    head, branch = two
    head.organization("Head Ltd")
    branch.organization("Branch Ltd")

    assert vtxero("sync").code == 0
    assert (set(head.contacts()), set(branch.contacts())) == ({"Head Ltd"}, set())
    assert vtxero("--profile", "branch", "sync").code == 0
    assert (set(head.contacts()), set(branch.contacts())) == ({"Head Ltd"}, {"Branch Ltd"})


def test_profile_has_a_state_and_a_log_of_its_own(two, vtxero, tmp_path):
    two[0].organization("Head Ltd")
    vtxero("sync")

    assert len(json.loads(vtxero("log", "-o", "json").out)["runs"]) == 1
    assert json.loads(vtxero("--profile", "branch", "log", "-o", "json").out)["runs"] == []
    assert vtxero("--profile", "branch", "status", "organizations:Head Ltd").code == 2
    assert (tmp_path / "state" / "default" / "state.sqlite3").exists()


@pytest.mark.usefixtures("two")
def test_profile_that_runs_bars_itself_only(vtxero, tmp_path):
    with RunLock(tmp_path / "state" / "default" / "run.lock"):
        assert vtxero("sync").code == 11
        assert vtxero("--profile", "branch", "sync").code == 0


def test_profile_that_is_led_to_another_organisation_stops_before_any_write(two, vtxero, tmp_path):
    head, branch = two
    vtxero("sync")
    content = yaml.safe_load((tmp_path / "vtxero.yaml").read_text())
    content["xero"] |= content["profiles"]["branch"]["xero"]
    (tmp_path / "vtxero.yaml").write_text(yaml.safe_dump(content))
    head.organization("Head Ltd")

    ran = vtxero("sync", "--full")

    assert ran.code == 6
    assert "RUN-TENANT" in ran.err
    assert branch.contacts() == {}


@pytest.mark.usefixtures("two")
def test_profile_that_nobody_named_is_refused_with_a_suggestion(vtxero):
    ran = vtxero("--profile", "brunch", "sync")

    assert ran.code == 2
    assert "Did you mean branch?" in ran.err


def test_profile_that_pairs_what_another_one_does_is_stopped_before_it_begins(two, vtxero, tmp_path):
    two[0].organization("Head Ltd")
    assert vtxero("sync").code == 0
    path = tmp_path / "vtxero.yaml"
    path.write_text(path.read_text().replace("profiles:", "profiles:\n  twin: {}"))

    for command in (["sync", "-y"], ["sync", "-n"], ["doctor"]):
        ran = vtxero("--profile", "twin", *command)

        assert ran.code == 2
        said = " ".join((ran.out + ran.err).split())
        assert "The profile 'default' pairs" in said
        assert "Use `--profile default`" in said
    assert not vtxero("--profile", "default", "sync").code


def test_state_of_another_profile_that_cannot_be_read_bars_nobody(two, vtxero, tmp_path):
    other = tmp_path / "state" / "other" / "state.sqlite3"
    other.parent.mkdir(parents=True)
    other.write_text("no database")

    assert vtxero("sync").code == 0
    assert two[0].writes("vtiger") == []
