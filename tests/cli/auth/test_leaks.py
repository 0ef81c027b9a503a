"""No token, secret or key in any output, log, state file or traceback, of runs with -vv and of failing logins."""

from __future__ import annotations

import base64
import json
import urllib.request
import webbrowser
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from cli.logging_in import KEY, free_port, open_world

SECRET = "sandbox-client-secret"


FLOWS = ("standard", "pkce", "client_credentials")
every_flow = pytest.mark.parametrize("world", FLOWS, indirect=True)


@pytest.fixture
def world(tmp_path, monkeypatch, request):
    from vtxero.sandbox.xero import tokens

    monkeypatch.setitem(tokens.CLIENTS, "sandbox", SECRET)
    with open_world(tmp_path, getattr(request, "param", "standard")) as world:
        yield world


@pytest.fixture
def run(world, vtxero, monkeypatch):
    """Run with everything that makes vtxero talk, and keep what it said."""
    monkeypatch.setattr("vtxero.xero.oauth.PAUSE_SECONDS", 0.0)
    monkeypatch.setattr("vtxero.vtiger.transport.PAUSES", ())
    monkeypatch.setattr(webbrowser, "open", lambda url: urllib.request.urlopen(url).close())
    monkeypatch.setenv("VTXERO_LOG_LEVEL", "debug")
    said = []

    def go(*words):
        ran = vtxero(*words, "-vv", "--log-file", world.folder / "vtxero.log")
        said.append(ran.out + ran.err)
        return ran

    go.said = said
    return go


def secrets_of(world, *more):
    """Every secret, as it is and as it travels."""
    plain = {*world.issued(), SECRET, *more}
    coded = {base64.b64encode(f"{name}:{SECRET}".encode()).decode() for name in ("sandbox", "my-app")}
    return plain | coded


def places(world, said):
    """Give all text that a run leaves behind, by place; the file for secrets is where they belong."""
    found = {f"output {number}": text.encode() for number, text in enumerate(said)}
    for path in world.folder.rglob("*"):
        if path.is_file() and path not in {world.secrets, world.config}:
            found[str(path)] = path.read_bytes()
    return found


def leaks(world, run, *more):
    secrets = secrets_of(world, *more)
    assert len(secrets) > 2
    return [
        (place, secret)
        for place, text in places(world, run.said).items()
        for secret in secrets
        if secret.encode() in text
    ]


def log_in(run, type_in):
    type_in(KEY, SECRET)  # PKCE knows no secret, and asks for none
    ran = run("auth")
    assert ran.code == 0, ran.err


@every_flow
def test_runs_with_everything_said_hold_no_secret(world, run, type_in):
    world.vtiger.add("Accounts", {"accountname": "Acme Ltd", "assigned_user_id": "19x1"})
    log_in(run, type_in)
    if world.flow != "client_credentials":
        world.run_out()
    assert run("sync").code == 0
    world.xero.identity.expire()
    world.vtiger.expire_sessions()
    for words in (["sync", "-o", "json"], ["auth", "status"], ["auth", "status", "-o", "json"], ["config", "show"]):
        assert run(*words).code == 0
    run("log")
    assert run("auth", "logout").code == 0

    assert "POST /connect/token 200" in "".join(run.said), "the log did run"
    assert any(path.endswith(".sqlite3") for path in places(world, run.said))
    assert any(path.endswith("vtxero.log") for path in places(world, run.said))
    assert leaks(world, run) == []


def test_failing_logins_hold_no_secret(world, run, type_in):
    log_in(run, type_in)
    held = world.token()
    type_in("wrong-key-1234")
    assert run("auth", "vtiger").code == 4
    type_in("wrong-secret-1234")
    assert run("auth", "xero").code == 4
    type_in("", "http://localhost:1/callback?code=stolen-code-1234&state=forged")
    assert run("auth", "xero", "--no-browser").code == 4
    for rule in ("500", "503", "429", "drop-before", "drop-after-commit"):
        world.apps["xero"].faults.add({"path": "/connect/token", "do": rule, "nth": "every", "text": "sorry"})
        world.run_out()
        assert run("sync").code == 5, rule
        world.apps["xero"].faults.clear()
    world.apps["vtiger"].faults.add({"path": "webservice", "do": "500", "nth": "every"})
    assert run("auth", "status").code
    world.apps["vtiger"].faults.clear()
    world.clock.ahead = timedelta(days=61)
    assert run("sync").code == 4
    assert run("auth", "status").code == 4
    world.change_token(refresh="", access="broken-access-1234")
    assert run("sync").code == 4
    world.write(port=free_port(), xero="client_secret: from-the-config-1234")
    assert run("sync").code == 4

    guesses = ("wrong-key-1234", "wrong-secret-1234", "stolen-code-1234", "broken-access-1234", "from-the-config-1234")
    assert leaks(world, run, held["access"], held["refresh"], *guesses) == []


WRONG = ("wrong-secret-1234", "stolen-code-1234")


@every_flow
def test_failing_logins_of_every_kind_hold_no_secret(world, run, type_in, monkeypatch):
    """Before anybody is logged in: a wrong secret, a code that is not taken, a login server that misbehaves."""
    by_person = world.flow != "client_credentials"
    type_in(*(("wrong-secret-1234",) if world.flow != "pkce" else ()))
    assert run("auth", "xero").code == (0 if world.flow == "pkce" else 4)
    monkeypatch.setattr(webbrowser, "open", lambda url: urllib.request.urlopen(answer_to(url)).close())
    type_in(SECRET)
    assert run("auth", "xero").code == (4 if by_person else 0)
    type_in(SECRET)
    if by_person:
        assert run("auth", "xero", "--no-browser").code == 4
    monkeypatch.setattr(webbrowser, "open", lambda url: urllib.request.urlopen(url).close())
    for rule in ("500", "429", "drop-before", "drop-after-commit"):
        world.apps["xero"].faults.add({"path": "/connect/token", "do": rule, "nth": "every", "text": "sorry"})
        type_in(SECRET)
        assert run("auth", "xero").code == 5, rule
        assert run("auth", "status").code
        world.apps["xero"].faults.clear()
    world.xero.identity.deny = True
    type_in(SECRET)
    assert run("auth", "xero").code == (4 if by_person else 0)

    assert leaks(world, run, *WRONG) == []


def answer_to(url):
    """Give the way back that a page would take that brings a code of its own."""
    asked = dict(parse_qsl(urlsplit(url).query))
    return f"{asked['redirect_uri']}?code=stolen-code-1234&state={asked['state']}"


def test_damaged_login_is_not_quoted(world, run, type_in):
    log_in(run, type_in)
    whole = json.loads(world.secrets.read_text())
    name = next(name for name in whole if name.startswith("xero.token"))
    world.secrets.write_text(json.dumps({**whole, name: whole[name][:-9]}))

    assert run("sync").code == 4
    assert run("auth", "status").code == 4
    world.secrets.write_text(json.dumps(whole)[:-9])
    assert run("sync").code == 4

    assert leaks(world, run) == []


@pytest.mark.parametrize("where", ["vtxero.xero.client._send", "vtxero.xero.tokens.TokenSource._spend"])
def test_traceback_of_a_bug_holds_no_secret(world, run, type_in, monkeypatch, where):
    log_in(run, type_in)

    def broken(*arguments, **_):
        held = world.token()
        texts = (held["access"], held["refresh"], KEY, SECRET)
        raise RuntimeError(f"a bug that quotes {' '.join(texts)} and {arguments!r}")

    monkeypatch.setattr(where, broken)
    world.run_out() if where.endswith("_spend") else None

    assert run("sync").code == 1

    assert any("bug-" in path for path in places(world, run.said)), "the traceback was kept"
    assert leaks(world, run) == []
