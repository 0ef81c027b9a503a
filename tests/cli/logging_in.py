"""Both stand-ins, a config that points to them, and a browser that consents at once: for the tests of `vtxero auth`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vtxero.sandbox.instrument import instrumented
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger import create_app as vtiger_app
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app

KEY = "sandbox-key"
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()"


class Later:
    """A clock that a test can move on; the stand-in's only, vtxero has the machine's."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class World:
    """Where somebody runs `vtxero auth`."""

    def __init__(self, folder: Path, flow: str) -> None:
        self.folder = folder
        self.flow = flow
        self.clock = Later()
        self.vtiger = VtigerState.sample_empty(version="8.2.0")
        self.xero = XeroState.new(clock=self.clock)
        self.apps = {
            "vtiger": instrumented(vtiger_app(self.vtiger), expire=self.vtiger.expire_sessions, keep_bodies=True),
            "xero": xero_app(self.xero, limits="off", keep_bodies=True),
        }
        self.config = folder / "vtxero.yaml"
        self.secrets = folder / "state" / "default" / "secrets.json"
        self.port = free_port()
        self.urls: dict[str, str] = {}

    def write(self, *, flow: str = "", client_id: str = "", vtiger: str = "", xero: str = "", port: int = 0) -> None:
        """Write the config; `vtiger` and `xero` are more lines of those sections."""
        flow = flow or self.flow
        client_id = client_id or ("my-app" if flow == "pkce" else "sandbox")
        books = self.urls["xero"]
        self.config.write_text(
            f"state_dir: state\nlogins: file\n"
            f"vtiger: {{url: {self.urls['vtiger']}, username: admin, {vtiger}}}\n"
            f"xero: {{client_id: {client_id}, flow: {flow}, redirect_port: {port or self.port}, "
            f"api_url: {books}/api.xro/2.0, identity_url: {books}, "
            f"authorize_url: {books}/identity/connect/authorize, {xero}}}\n"
            'modules: {invoices: {sales_account: "200", shipping_account: "260"}}\n'
        )
        self.config.chmod(0o600)

    # what lies on disk

    def stored(self, what: str) -> str | None:
        """Give a stored secret by the beginning of its name."""
        if not self.secrets.exists():
            return None
        return next(
            (text for name, text in json.loads(self.secrets.read_text()).items() if name.startswith(what)), None
        )

    def token(self) -> dict:
        return json.loads(self.stored("xero.token") or "{}")

    def change_token(self, **changes) -> None:
        held = json.loads(self.secrets.read_text())
        name = next(name for name in held if name.startswith("xero.token"))
        held[name] = json.dumps({**json.loads(held[name]), **changes})
        self.secrets.write_text(json.dumps(held))

    def run_out(self) -> None:
        """Let the stored access token be over, so that the next use renews it."""
        self.change_token(expires_at=(datetime.now(UTC) - timedelta(minutes=1)).isoformat())

    # what was asked of the stand-ins

    def asked(self, operation: str, side: str = "xero") -> list:
        return [entry for entry in self.apps[side].journal.entries if entry.operation == operation]

    def issued(self) -> set[str]:
        """Name every secret that the stand-ins know or were shown."""
        identity = self.xero.identity
        found = {*identity._access, *identity._refresh, *identity._codes, *self.vtiger.sessions, KEY}
        for entry in self.apps["xero"].journal.entries:
            for part in (entry.body or b"").decode().split("&"):
                name, _, value = part.partition("=")
                if name in {"code", "code_verifier", "refresh_token", "client_secret"}:
                    found.add(value)
        return {one for one in found if one}

    # who runs vtxero as a process

    def start(
        self, *words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, code: str = "", **environ
    ) -> subprocess.Popen:
        """Start a process; `code` is Python to be run before the command."""
        browser = self.folder / "browser.py"
        browser.write_text(BROWSER)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VTXERO_")}
        env = {**kept, "BROWSER": f"{sys.executable} {browser} %s", **environ}
        script = f"import sys\n{code}\nfrom vtxero.cli import main\nsys.exit(main(sys.argv[1:]))"
        return subprocess.Popen(
            [sys.executable, "-c", script, "--config", str(self.config), *words],
            stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=self.folder, env=env,
        )  # fmt: skip

    def run(self, *words, given: str = "", **more) -> tuple[int, str, str]:
        """Run a process to its end; gives its exit code, stdout and stderr."""
        with self.start(*words, **more) as process:
            out, err = process.communicate(given, timeout=60)
        return process.returncode, out, err


def consent(url: str) -> str:
    """Do what a person's browser does, up to the address on localhost where it ends."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        urllib.request.build_opener(Stay).open(url)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError(url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def open_world(folder: Path, flow: str = "pkce") -> Iterator[World]:
    """Serve both stand-ins; the config asks for `flow`."""
    world = World(folder, flow)
    with ServerThread(world.apps["vtiger"]) as crm, ServerThread(world.apps["xero"]) as books:
        world.urls = {"vtiger": crm.url, "xero": books.url}
        world.write()
        yield world


def status(vtxero):
    """What `auth status` tells of each service."""
    ran = vtxero("auth", "status", "-o", "json")
    document = json.loads(ran.out)
    assert (document["version"], document["exit_code"]) == (1, ran.code)
    return {login["service"]: login for login in document["logins"]}
