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
from chain.processes import with_secrets
from machine import dying, forty, views
from machine.wires import Request

WAYS = ("before it is served", "half of it committed", "all committed, no reply", "replied")
CHILD = """
import json, sys
from vtxero.bootstrap.syncing import run_sync
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

    def __init__(self, company, side, number, way, ticks):
        self.company, self.side, self.app = company, side, company.apps[side].app
        self.number, self.way, self.ticks = number, way, ticks
        self.pid = 0

    async def __call__(self, scope, receive, send):
        is_write = scope["type"] == "http" and scope["method"] in {"PUT", "POST"} and "token" not in scope["path"]
        if not is_write or not self.pid or next(self.ticks) != self.number:
            await self.app(scope, receive, send)
            return
        if self.way == WAYS[1]:
            await self._serve_half(scope, await _body(receive))
        elif self.way == WAYS[2]:
            await self.app(scope, receive, _nowhere)
        elif self.way == WAYS[3]:
            await self.app(scope, receive, send)
        os.kill(self.pid, signal.SIGKILL)
        if self.way != WAYS[3]:
            raise ConnectionResetError("killed")

    async def _serve_half(self, scope, body):
        """Commit some elements of a request to Xero, an invoice in Vtiger without all lines, anything else whole."""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        halved = dying.can_be_halved(Request(self.side, scope["method"], scope["path"], "", headers, body))
        if halved and self.side == "xero":
            body = dying.first_half(body)
            kept = [pair for pair in scope["headers"] if pair[0] not in {b"idempotency-key", b"content-length"}]
            scope = {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}
        vtiger = self.company.vtiger
        vtiger.lose_lines = dying.LosesLines() if halved and self.side == "vtiger" else None
        await self.app(scope, _given(body), _nowhere)
        vtiger.lose_lines = None


async def _nowhere(message):
    del message


async def _body(receive):
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _given(body):
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def run(company, reapers=()):
    """Run vtxero in a process of its own, at the mercy of the reapers; gives its exit code."""
    process = subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(with_secrets(company))])
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
            reapers = [Reaper(company, side, number, way, ticks) for side in company.apps]
            for reaper in reapers:
                company.apps[reaper.side].app = reaper
            if run(company, reapers) == 0:
                break

            assert (run(company), run(company)) == (0, 0)

            assert views.view(company) == undisturbed, number
    assert number > 30
