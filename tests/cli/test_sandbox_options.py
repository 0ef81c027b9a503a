"""What the options of `vtxero sandbox` do to what it serves: the installed command, in a pipe and in a terminal."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager

import httpx
import pytest
from pydantic import SecretStr

from cli.forking import VTXERO, environment
from cli.logging_in import free_port
from cli.terminal import Terminal
from sandbox.test_both import BOOKS
from vtxero.sandbox.samples import sample_organisation
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient

pytestmark = pytest.mark.parametrize("how", ["pipe", "terminal"])
READY = "Serving until Ctrl-C."


class Served:
    """Both stand-ins, by their ports."""

    def __init__(self, vtiger, xero):
        self.vtiger, self.xero = (f"http://127.0.0.1:{port}" for port in (vtiger, xero))

    def client(self):
        return VtigerClient(VtigerAccess(self.vtiger, "admin", SecretStr("sandbox-key"), edition=Edition.AUTO))

    def organisation(self, times=1):
        """Ask Xero for its organisation, so many times; gives the last answer."""
        grant = {"grant_type": "client_credentials"}
        token = httpx.post(f"{self.xero}/connect/token", data=grant, auth=("sandbox", "sandbox")).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Accept": "application/json"}
        with httpx.Client(headers=headers) as client:
            return [client.get(f"{self.xero}/api.xro/2.0/Organisation") for _ in range(times)][-1]


@contextmanager
def serving(how, folder, *words):
    """Let the installed command serve."""
    (folder / "home").mkdir()
    ports = free_port(), free_port()
    words = ["sandbox", "--vtiger-port", str(ports[0]), "--xero-port", str(ports[1]), *map(str, words)]
    if how == "terminal":
        with Terminal(words, folder) as terminal:
            terminal.read_until(lambda: READY in terminal.seen)
            assert READY in terminal.seen
            yield Served(*ports)
        return
    command = [VTXERO, *words]
    with subprocess.Popen(command, cwd=folder, env=environment(folder), stderr=subprocess.PIPE, text=True) as process:
        try:
            assert READY in process.stderr.readline()
            yield Served(*ports)
        finally:
            process.kill()


def test_books_are_those_of_the_file(how, tmp_path):
    (tmp_path / "books.json").write_text(json.dumps(BOOKS))
    with serving(how, tmp_path, "--books", "books.json") as served, served.client() as client:
        names = {row["accountname"] for row in client.query("select accountname from Accounts;")}

    assert names == {record["accountname"] for record in BOOKS["records"]["Accounts"]}


def test_xero_organisation_is_that_of_the_file(how, tmp_path):
    books = sample_organisation()
    books["Organisation"] = {**books["Organisation"], "Name": "Only Here Ltd"}
    (tmp_path / "xero.json").write_text(json.dumps(books))
    with serving(how, tmp_path, "--xero-org", "xero.json") as served:
        assert served.organisation().json()["Organisations"][0]["Name"] == "Only Here Ltd"


@pytest.mark.parametrize("version", ["8.2.0", "8.3.0"])
def test_version_is_the_one_asked_for(how, tmp_path, version):
    with serving(how, tmp_path, "--vtiger-version", version) as served, served.client() as client:
        assert client.session.version == version


def test_edition_is_the_one_asked_for(how, tmp_path):
    with serving(how, tmp_path, "--edition", "cloud") as served, served.client() as client:
        assert client.edition is Edition.CLOUD


@pytest.mark.parametrize(("limits", "status"), [("on", 429), ("off", 200)])
def test_limits_of_calls_are_kept_or_not(how, tmp_path, limits, status):
    with serving(how, tmp_path, "--limits", limits) as served:
        assert served.organisation(times=62).status_code == status
