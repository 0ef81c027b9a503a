"""A login at Xero by a pasted address: the installed command, in a pipe and in a terminal."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from cli.forking import VTXERO, environment
from cli.logging_in import consent
from cli.terminal import Terminal, plain

KEY = {"VTXERO_VTIGER_ACCESS_KEY": "sandbox-key"}
ADDRESS = re.compile(r"http\S+/identity/connect/authorize\S+")


@pytest.fixture(params=["auth xero --no-browser", "init --no-browser"])
def words(request, shop):
    """A command line with nothing left to ask but the address."""
    chosen = shop.company.settings
    if request.param.startswith("auth"):
        authorize = f"{chosen.xero.identity_url}/identity/connect/authorize"
        shop.change(xero={"client_id": "my-app", "flow": "pkce", "authorize_url": authorize})
        del shop.content["xero"]["client_secret"]
        shop.change()
        return request.param.split()
    shop.path.unlink()
    return [
        *request.param.split(), "--vtiger-url", chosen.vtiger.url, "--vtiger-username", "admin", "--no-taxes",
        "--xero-client-id", "my-app", "--xero-flow", "pkce", "--xero-url", chosen.xero.identity_url,
        "--modules", "organizations", "--direction", "both",
    ]  # fmt: skip


def logged_in(folder):
    """Whether the next command reaches Xero by that login."""
    command = [VTXERO, "auth", "status"]
    ran = subprocess.run(
        command, cwd=folder, env=environment(folder, **KEY), capture_output=True, text=True, check=False
    )
    return ran.returncode == 0 and yaml.safe_load((folder / "vtxero.yaml").read_text())["xero"]["client_id"] == "my-app"


def test_program_that_writes_the_address_into_the_pipe_is_logged_in(words, tmp_path):
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        [VTXERO, *words], cwd=tmp_path, env=environment(tmp_path, **KEY), text=True, **ends
    ) as process:
        told = next(line for line in process.stderr if ADDRESS.search(line))
        _, said = process.communicate(f"{consent(told.strip())}\n", timeout=60)

    assert process.returncode == 0, said
    assert logged_in(tmp_path)


def test_person_who_pastes_the_address_is_logged_in(words, tmp_path):
    with Terminal(words, tmp_path, columns=1000, **KEY) as terminal:
        terminal.read_until(lambda: "Paste that address here" in terminal.seen)
        terminal.answer("Paste that address here", consent(ADDRESS.search(plain(terminal.seen))[0]))
        code = terminal.end()

    assert code == 0, terminal.seen
    assert logged_in(tmp_path)
