"""`vtxero auth`: the logins to both services, against the stand-ins over http on loopback."""

from __future__ import annotations

import io
import urllib.request
import webbrowser
from datetime import timedelta

import pytest

from cli.logging_in import KEY, consent, free_port

LONG_AGO = timedelta(days=61)


def test_auth_when_nobody_is_logged_in_logs_in_to_both_and_says_so(world, vtxero, type_in, browser):
    type_in(KEY)

    ran = vtxero("auth")

    assert ran.code == 0, ran.err
    assert "Vtiger: logged in as admin" in ran.out
    assert "Xero: logged in as Sandra Box <sandra@example.com>" in ran.out
    assert world.xero.organisation["Name"] in ran.out
    assert "go back to the terminal" in browser[1].lower()
    assert vtxero("sync", "--dry-run").code == 0


@pytest.mark.usefixtures("logged_in")
def test_auth_when_all_is_logged_in_asks_nothing(vtxero, browser):
    assert vtxero("auth").code == 0
    assert browser == []


@pytest.mark.usefixtures("type_in")
def test_auth_xero_by_pkce_sends_a_challenge_and_no_secret(world, vtxero, browser):
    ran = vtxero("auth", "xero")

    assert ran.code == 0, ran.err
    assert "code_challenge_method=S256" in browser[0]
    exchange = world.asked("POST /connect/token")[0]
    assert b"code_verifier=" in exchange.body
    assert "authorization" not in exchange.headers
    assert world.token()["tenant_id"] == world.xero.organisation["OrganisationID"]


def test_auth_xero_by_code_with_a_secret_proves_itself_and_keeps_the_secret(world, vtxero, type_in, browser):
    world.write(flow="standard")
    type_in("sandbox")

    ran = vtxero("auth", "xero")

    assert ran.code == 0, ran.err
    assert "code_challenge" not in browser[0]
    assert world.asked("POST /connect/token")[0].headers["authorization"].startswith("Basic ")
    assert world.stored("xero.client_secret") == "sandbox"


def test_auth_xero_by_client_credentials_asks_no_person_and_keeps_the_secret(world, vtxero, type_in, browser):
    world.write(flow="client_credentials")
    type_in("sandbox")

    ran = vtxero("auth", "xero")

    assert ran.code == 0, ran.err
    assert browser == []
    assert "logged in as the app sandbox" in ran.out
    assert world.xero.organisation["Name"] in ran.out
    type_in(KEY)
    assert vtxero("auth", "vtiger").code == 0
    assert vtxero("sync", "--dry-run").code == 0


@pytest.mark.usefixtures("browser")
def test_auth_xero_when_the_flag_and_the_config_differ_names_the_line_to_change(world, vtxero, type_in):
    world.write(client_id="sandbox")
    type_in("sandbox")

    ran = vtxero("auth", "xero", "--client-credentials")

    assert ran.code == 0, ran.err
    assert "set xero.flow to client_credentials" in ran.err


def test_auth_xero_without_a_browser_prints_the_address_and_takes_the_pasted_one(world, monkeypatch, capsys, vtxero):
    class Pasting(io.StringIO):
        def readline(self, *_):
            shown = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("http"))
            return consent(shown) + "\n"

    monkeypatch.setattr("sys.stdin", Pasting())

    ran = vtxero("auth", "xero", "--no-browser")

    assert ran.code == 0, ran.err
    assert world.token()["refresh"]


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("http://localhost:1/callback?code=abc&state=forged", "does not belong to the login that was started here"),
        ("nonsense", "does not belong"),
        ("", "No address was given"),
    ],
)
def test_auth_xero_when_the_pasted_address_is_not_the_answer_is_refused(world, vtxero, type_in, pasted, said):
    type_in(pasted)

    ran = vtxero("auth", "xero", "--no-browser")

    assert ran.code == 4
    assert said in ran.err
    assert world.asked("POST /connect/token") == []
    assert not world.secrets.exists()


@pytest.mark.usefixtures("type_in")
def test_auth_xero_when_a_foreign_page_calls_the_redirect_address_is_refused(world, vtxero, monkeypatch):
    def forge(_url):
        urllib.request.urlopen(f"http://127.0.0.1:{world.port}/callback?code=abc&state=forged").close()

    monkeypatch.setattr(webbrowser, "open", forge)

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert "does not belong" in ran.err
    assert not world.secrets.exists()


@pytest.mark.usefixtures("type_in", "browser")
def test_auth_xero_when_the_person_says_no_says_so(world, vtxero):
    world.xero.identity.deny = True

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert "cancelled in the browser" in ran.err


@pytest.mark.usefixtures("type_in", "browser")
def test_auth_xero_when_the_port_is_taken_names_the_other_way(world, vtxero):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        world.write(port=taken.getsockname()[1])

        ran = vtxero("auth", "xero")

    assert ran.code == 2
    assert "--no-browser" in ran.err


@pytest.mark.usefixtures("world", "type_in")
def test_auth_xero_when_nobody_comes_back_gives_up(vtxero, monkeypatch):
    monkeypatch.setattr("vtxero.bootstrap.logging_in.BROWSER_SECONDS", 0.1)
    monkeypatch.setattr(webbrowser, "open", lambda _: False)

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert "Nobody logged in" in ran.err
    assert "--no-browser" in ran.err


@pytest.mark.usefixtures("world", "type_in")
def test_auth_xero_when_no_input_is_allowed_opens_no_browser(vtxero, browser):
    ran = vtxero("auth", "xero", "--no-input")

    assert ran.code == 4
    assert "--no-input" in ran.err
    assert browser == []


def test_auth_xero_when_the_secret_is_wrong_keeps_nothing(world, vtxero, type_in):
    world.write(flow="client_credentials")
    type_in("wrong-secret")

    ran = vtxero("auth", "xero")

    assert ran.code == 4
    assert "client secret" in ran.err
    assert "wrong-secret" not in ran.err
    assert not world.secrets.exists()


def test_auth_xero_when_a_stored_secret_was_changed_takes_the_new_one(world, vtxero, type_in):
    world.write(flow="client_credentials")
    type_in("sandbox")
    assert vtxero("auth", "xero").code == 0

    type_in("")
    assert vtxero("auth", "xero").code == 0, "a blank keeps the one that is stored"
    type_in("wrong-secret")
    assert vtxero("auth", "xero").code == 4
    assert world.stored("xero.client_secret") == "sandbox"


def test_auth_vtiger_when_the_key_is_wrong_keeps_the_one_that_serves(world, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth", "vtiger").code == 0

    type_in("wrong-key")
    ran = vtxero("auth", "vtiger")

    assert ran.code == 4
    assert "does not let the user 'admin' in" in ran.err
    assert "wrong-key" not in ran.err + ran.out
    assert world.stored("vtiger.access_key") == KEY


@pytest.mark.usefixtures("type_in")
def test_auth_vtiger_when_nothing_is_typed_names_the_variable_too(world, vtxero):
    ran = vtxero("auth", "vtiger")

    assert ran.code == 4
    assert "VTXERO_VTIGER_ACCESS_KEY" in ran.err
    assert not world.secrets.exists()


@pytest.mark.usefixtures("type_in")
def test_auth_vtiger_when_the_environment_holds_the_key_stores_nothing(world, vtxero, monkeypatch):
    monkeypatch.setenv("VTXERO_VTIGER_ACCESS_KEY", KEY)

    ran = vtxero("auth", "vtiger")

    assert ran.code == 0
    assert "access key: in VTXERO_VTIGER_ACCESS_KEY" in ran.out
    assert not world.secrets.exists()


def test_auth_vtiger_when_the_server_is_away_is_a_passing_fault(world, vtxero, type_in, monkeypatch):
    monkeypatch.setattr("vtxero.vtiger.transport.PAUSES", ())
    monkeypatch.setenv("VTXERO_VTIGER_URL", f"http://127.0.0.1:{free_port()}")
    type_in(KEY)

    ran = vtxero("auth", "vtiger")

    assert ran.code == 5
    assert not world.secrets.exists()


@pytest.mark.usefixtures("type_in")
def test_auth_xero_when_xero_goes_away_in_the_middle_keeps_the_login(world, vtxero, browser, monkeypatch):
    monkeypatch.setattr("vtxero.xero.oauth.PAUSE_SECONDS", 0.0)
    world.write(vtiger=f"access_key: {KEY}")
    world.apps["xero"].faults.add({"path": "/connections", "do": "503", "nth": [1, 2, 3]})
    assert vtxero("auth", "xero").code == 5
    browser.clear()

    assert vtxero("auth").code == 0
    assert browser == []
    assert vtxero("sync", "--dry-run").code == 0


def test_auth_when_the_login_ran_out_logs_in_anew(logged_in, vtxero, browser):
    logged_in.clock.ahead = LONG_AGO

    assert vtxero("auth").code == 0
    assert len(browser) == 2
