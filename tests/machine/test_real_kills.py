"""The same with real processes: SIGKILL at each write of a run over forty records, sent by the service itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import count

import pytest

from chain.company import open_company
from machine import forty, views

WAYS = ("before it is served", "all committed, no reply", "replied")
CHILD = """
import json, sys
from vtxero.bootstrap import run_sync
from vtxero.bootstrap.wires import Wires
from vtxero.config.settings import Settings
from vtxero.sync.request import RunRequest

class Quiet:
    def phase(self, text): pass
    def step(self, module, done, total): pass

settings = Settings.model_validate(json.loads(sys.argv[1]))
sys.exit(run_sync(settings, RunRequest(), Quiet(), wires=Wires(xero_batch=3)).exit_code)
"""


class Reaper:
    """Stands before a service and kills the process that calls it, at the write with a chosen number."""

    def __init__(self, app, number, way, ticks):
        self.app, self.number, self.way, self.ticks = app, number, way, ticks
        self.pid = 0

    async def __call__(self, scope, receive, send):
        is_write = scope["type"] == "http" and scope["method"] in {"PUT", "POST"} and "token" not in scope["path"]
        if not is_write or not self.pid or next(self.ticks) != self.number:
            await self.app(scope, receive, send)
            return
        if self.way == WAYS[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise ConnectionResetError("killed")
        if self.way == WAYS[1]:
            await self.app(scope, receive, _nowhere)
            os.kill(self.pid, signal.SIGKILL)
            raise ConnectionResetError("killed")
        await self.app(scope, receive, send)
        os.kill(self.pid, signal.SIGKILL)


async def _nowhere(message):
    del message


def run(company, reapers=()):
    """Run vtxero in a process of its own, at the mercy of the reapers; gives its exit code."""
    settings = json.loads(company.settings.model_dump_json(exclude_unset=True))
    settings["vtiger"]["access_key"], settings["xero"]["client_secret"] = "sandbox-key", "sandbox"
    process = subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(settings)])
    for reaper in reapers:
        reaper.pid = process.pid
    code = process.wait(timeout=120)
    for reaper in reapers:
        reaper.pid = 0
    return code


def fill(company):
    for place in range(7):
        forty.organization_with_invoice(company, f"Crm {place}")
        forty.contact_with_invoice(company, f"Book {place}")


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("way", WAYS)
def test_law_2_process_killed_at_any_write_is_finished_by_the_next(tmp_path, way):
    with open_company(tmp_path / "calm") as calm:
        fill(calm)
        assert run(calm) == 0
        assert run(calm) == 0
        undisturbed = views.view(calm)
    for number in count(1):
        with open_company(tmp_path / str(number)) as company:
            fill(company)
            ticks = count(1)
            reapers = [Reaper(app.app, number, way, ticks) for app in company.apps.values()]
            for app, reaper in zip(company.apps.values(), reapers, strict=True):
                app.app = reaper
            if run(company, reapers) == 0:
                break

            assert (run(company), run(company)) == (0, 0)

            assert views.view(company) == undisturbed, number
    assert number > 30
