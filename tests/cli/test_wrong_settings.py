"""A mistyped setting: what is wrong, in which setting or variable, and what to type. The advised command must help."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

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
    assert f"{wrong}, which xero.tenant_id (or VTXERO_XERO_TENANT_ID) names" in text
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


@pytest.fixture
def page():
    """A web server that answers everything with a page, as a captive portal or a wrong address does."""

    def app(environ, start):
        status = "403 Forbidden" if environ["REQUEST_METHOD"] == "CONNECT" else "200 OK"
        start(status, [("Content-Type", "text/html")])
        return [b"<html><title>Log in</title></html>"]

    with make_server("127.0.0.1", 0, app, handler_class=Mute) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Mute(WSGIRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize("command", [["sync"], ["auth", "status"]])
def test_login_server_when_a_page_answers_in_its_place_is_a_fault_of_the_config(said, command, page):
    code, text = said(*command, xero={"identity_url": page})

    assert code == 2
    assert f"What answers at {page} is no Xero: POST /connect/token got a page" in text


def test_proxy_when_it_answers_pages_is_what_is_named(said, page, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, page)
    monkeypatch.setattr("vtxero.vtiger.transport.PAUSES", ())
    monkeypatch.setattr("vtxero.xero.oauth.PAUSE_SECONDS", 0)

    code, text = said(
        "doctor", vtiger={"url": "https://crm.acme.test"}, xero={"identity_url": "https://login.acme.test"}
    )

    assert code == 5
    assert text.count("the proxy of this network let nothing through") == 2
    assert "HTTPS_PROXY" in text


@pytest.mark.parametrize("command", ["sync", "doctor", "status", "log"])
def test_state_folder_of_somebody_else_is_named_with_what_to_do(shop, vtxero, said, command, monkeypatch):
    assert vtxero("sync").code == 0
    folder = shop.path.parent / "state" / "default"

    def closed(path, *_, **__):
        if Path(path).is_relative_to(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    real = os.stat
    if os.geteuid():
        folder.chmod(0o000)
    else:
        monkeypatch.setattr("os.open", refusing(os.open, folder))
        monkeypatch.setattr(Path, "exists", lambda path: bool(closed(path)))
    code, text = said(command)
    folder.chmod(0o700)

    assert code in {2, 12}
    assert "Run vtxero as the user who owns" in text
    assert "bug" not in text


def refusing(opening, folder):
    """Open files, but none in this folder: an administrator may enter every folder, and tests may run as one."""

    def opened(path, *rest, **more):
        if isinstance(path, (str, Path)) and Path(path).is_relative_to(folder):
            raise PermissionError(13, "Permission denied", str(path))
        return opening(path, *rest, **more)

    return opened
