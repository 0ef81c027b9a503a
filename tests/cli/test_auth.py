"""`vtxero auth`: the three logins, the tenant, status and logout, against the stand-ins over http on loopback."""

from __future__ import annotations

import io
import json
import urllib.request
import webbrowser
from datetime import UTC, datetime, timedelta

import keyring
import keyring.backend
import pytest

from cli.logging_in import KEY, consent, free_port, open_world

TENANT_B = "Second Ltd"
LONG_AGO = timedelta(days=61)


@pytest.fixture
def world(tmp_path):
    with open_world(tmp_path) as world:
        yield world


@pytest.fixture
def type_in(monkeypatch):
    """Give these lines to the next command by a stdin that is no terminal."""

    def put(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    put()
    return put


@pytest.fixture
def browser(monkeypatch):
    """A browser in which a person consents at once; it notes the addresses that it was given."""
    opened = []

    def browse(url):
        opened.append(url)
        with urllib.request.urlopen(url) as page:
            opened.append(page.read().decode())
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    return opened


@pytest.fixture
def logged_in(world, vtxero, type_in, browser):
    """Everything is logged in, by PKCE."""
    type_in(KEY)
    assert vtxero("auth").code == 0
    browser.clear()
    return world


def status(vtxero):
    ran = vtxero("auth", "status", "-o", "json")
    document = json.loads(ran.out)
    assert (document["version"], document["exit_code"]) == (1, ran.code)
    return {login["service"]: login for login in document["logins"]}


# the logins


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


# the organisation


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


# what is


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


# logins that have ended


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


def test_auth_when_the_login_ran_out_logs_in_anew(logged_in, vtxero, browser):
    logged_in.clock.ahead = LONG_AGO

    assert vtxero("auth").code == 0
    assert len(browser) == 2


# the keyring


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring for one test; `is_locked` stands for one that somebody has locked meanwhile."""

    priority = 5

    def __init__(self):
        self.kept = {}
        self.is_locked = False

    def get_password(self, service, username):
        if self.is_locked:
            raise OSError("locked")
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def ring(world):
    """A keyring that the config asks for."""
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    world.config.write_text(world.config.read_text().replace("logins: file", "logins: keyring"))
    yield ring
    keyring.set_keyring(before)


@pytest.mark.usefixtures("browser")
def test_keyring_when_there_is_one_keeps_every_secret_and_no_file_does(world, ring, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth").code == 0

    found = status(vtxero)
    assert (found["vtiger"]["kept"], found["xero"]["kept"]) == (
        {"access_key": "the keyring"},
        {"token": "the keyring"},
    )
    assert vtxero("sync", "--dry-run").code == 0
    assert not world.secrets.exists()
    assert len(ring.kept) == 2
    assert vtxero("auth", "logout").code == 0
    assert ring.kept == {}


@pytest.mark.usefixtures("browser")
def test_keyring_when_it_is_locked_is_exit_code_4(ring, vtxero, type_in):
    type_in(KEY)
    assert vtxero("auth").code == 0
    ring.is_locked = True

    for words in (["auth", "status"], ["auth", "logout"], ["sync"]):
        ran = vtxero(*words)
        assert ran.code == 4
        assert "keyring" in (ran.out + ran.err).lower()


# the way out


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
