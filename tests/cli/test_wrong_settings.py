"""A mistyped setting: what is wrong, in which setting or variable, and what to type. The advised command must help."""

from __future__ import annotations

import pytest

from vtxero.config.secrets import open_store, xero_secret_name


@pytest.fixture
def said(shop, vtxero):
    """Run a command with some settings; gives the exit code and all that was said, on one line."""

    def run(*words, **sections):
        shop.change(**sections)
        ran = vtxero(*words)
        return ran.code, " ".join((ran.out + ran.err).split())

    return run


def without(shop, section, name):
    del shop.content[section][name]
    shop.change()


def test_vtiger_user_when_mistyped_and_the_key_is_stored_is_named_beside_the_key(shop, vtxero, said, monkeypatch):
    monkeypatch.setenv("VTXERO_VTIGER_ACCESS_KEY", "sandbox-key")
    without(shop, "vtiger", "access_key")
    assert vtxero("sync").code == 0
    monkeypatch.delenv("VTXERO_VTIGER_ACCESS_KEY")

    for command in (["sync"], ["doctor"], ["auth", "status"]):
        code, text = said(*command, vtiger={"username": "admim"})

        assert code == 4
        assert "access key of the user 'admim' of the Vtiger at http://" in text
        assert "Check vtiger.username and vtiger.url in the config" in text


@pytest.mark.parametrize("command", [["sync"], ["doctor"], ["auth", "status"], ["auth", "vtiger"]])
def test_access_key_when_wrong_in_the_config_is_corrected_there(said, command):
    code, text = said(*command, vtiger={"access_key": "wrong"})

    assert code == 4
    assert "correct the access key in " in text
    assert "vtxero.yaml:" in text
    assert "run `vtxero auth vtiger`" not in text


@pytest.mark.parametrize("command", [["sync"], ["doctor"], ["auth", "status"], ["auth", "xero"]])
def test_client_secret_when_wrong_in_the_environment_is_corrected_there(said, command, monkeypatch):
    monkeypatch.setenv("VTXERO_XERO_CLIENT_SECRET", "wrong")

    code, text = said(*command)

    assert code == 4
    assert "correct the client secret in VTXERO_XERO_CLIENT_SECRET" in text
    assert "then run `vtxero auth xero`" not in text


def test_client_secret_when_the_stored_one_is_wrong_is_given_anew_with_the_command_that_stores_it(shop, said):
    without(shop, "xero", "client_secret")
    settings = shop.company.settings.model_copy(update={"state_dir": shop.path.parent / "state", "logins": "file"})
    open_store(settings, print).set(xero_secret_name(settings), "wrong")

    code, text = said("sync")

    assert code == 4
    assert "run `vtxero auth xero` and give the client secret anew" in text


@pytest.mark.parametrize("command", [["sync"], ["doctor"], ["auth", "status"], ["auth", "xero"]])
def test_tenant_when_another_one_is_named_says_which_setting_names_it(said, command):
    wrong = "11111111-7a11-4000-8000-000000000001"

    code, text = said(*command, xero={"tenant_id": wrong})

    assert code == 4
    assert f"{wrong}, which xero.tenant_id names" in text
    assert "Correct xero.tenant_id in the config, or leave it out" in text
    assert "on Xero's page" not in text


@pytest.mark.parametrize("command", [["sync"], ["doctor"], ["auth", "status"]])
@pytest.mark.parametrize("option", ["api_url", "identity_url"])
def test_xero_address_when_something_else_answers_there_is_a_fault_of_the_config(shop, said, command, option):
    address = shop.company.settings.vtiger.url

    code, text = said(*command, xero={option: address})

    assert code == 2
    assert f"What answers at {address} is no Xero" in text
    assert f"Correct xero.{option} in the config" in text
    assert "report" not in text


@pytest.mark.parametrize("command", [["sync"], ["doctor"], ["auth", "status"]])
def test_xero_address_when_nothing_answers_there_is_named_with_its_setting(said, command):
    code, text = said(*command, xero={"api_url": "http://127.0.0.1:9/api.xro/2.0"})

    assert code == 5
    assert "at http://127.0.0.1:9" in text
    assert "the connection was refused" in text
    assert "or correct xero.api_url in the config" in text


def test_vtiger_address_when_a_server_without_vtiger_answers_is_a_fault_of_the_config(shop, said):
    code, text = said("sync", vtiger={"url": shop.company.settings.xero.identity_url})

    assert code == 2
    assert "Check vtiger.url" in text
