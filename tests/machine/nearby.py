"""The small company of the chain tests, in process: its runs can be killed at any request and at any commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from chain.company import Company, Silent, a_config, folder_in_memory
from machine.wires import VTIGER_URL, XERO_URL, Net, Time, wires
from vtxero.bootstrap import syncing
from vtxero.bootstrap.syncing import run_sync
from vtxero.bootstrap.undoing import run_undo
from vtxero.bootstrap.wires import Wires
from vtxero.config.settings import Settings
from vtxero.sandbox.instrument import instrumented
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger import create_app as vtiger_app
from vtxero.sandbox.vtiger.hands import shown
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app
from vtxero.sync.report import RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.undo_plan import UndoRequest

NUMBERS = count()


def numbered(moment: datetime) -> str:
    """Name a run. Thousands of them begin in one second of the tests' time, too many for names drawn at random."""
    return f"{moment:%Y-%m-%dT%H-%M-%SZ}-{next(NUMBERS):04x}"


class Nearby(Company):
    """A company whose services are function calls away."""

    def __init__(self, folder: Path, *, batch: int = 50, custom_fields: bool = True, **settings: Any) -> None:
        self.time = Time()
        self.batch = batch
        vtiger = VtigerState.sample_empty(clock=self.time.clock("vtiger"), custom_fields=custom_fields)
        xero = XeroState.new(clock=self.time.clock("xero"), seed=1)
        xero.add_tax_rate("VAT", ("VAT", "4.5"))
        apps = {
            "vtiger": instrumented(vtiger_app(vtiger), expire=vtiger.expire_sessions),
            "xero": xero_app(xero, limits="off"),
        }
        self.net = Net(apps)
        super().__init__(vtiger, xero, apps, Settings.model_validate(a_config(folder, VTIGER_URL, XERO_URL) | settings))

    def sync(self, **request: Any) -> RunReport:
        with patch.object(syncing, "new_run_id", numbered):
            return run_sync(self.settings, RunRequest(**request), Silent(), clock=self.time, wires=self._wires())

    def undo(self, run: str = "", *, announce: Any = None, **request: Any) -> RunReport:
        with patch.object(syncing, "new_run_id", numbered):
            asked, told = UndoRequest(run, **request), announce or (lambda _: None)
            return run_undo(self.settings, asked, Silent(), told, clock=self.time, wires=self._wires())

    def _wires(self) -> Wires:
        return wires(self.net, self.time, batch=self.batch)

    def rest(self) -> None:
        """Bring all to both sides, and let time pass until nothing that was written is young any more."""
        for _ in range(2):
            assert self.sync().exit_code == 0
            self.time.pass_by(600)

    def come_to_rest(self, invoice: str) -> None:
        """Bring Acme's invoice to both sides, and let it rest."""
        self.rest()
        self.contact_id = self.contacts()["Acme Ltd"]["ContactID"]
        self.invoice_id = self.invoices()[self.number_of(invoice)]["InvoiceID"]

    def read_state(self) -> bytes:
        """Copy the state database, whatever part of it still lies in its log."""
        with closing(sqlite3.connect(self.settings.database)) as database:
            return database.serialize()

    def write_state(self, content: bytes | None) -> None:
        """Put a copy of the whole folder back, or leave none at all."""
        path = self.settings.database
        self.settings.last_run_file.unlink(missing_ok=True)
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)

    def row(self, record_id: str) -> dict[str, Any]:
        record = self.vtiger.find(record_id)
        assert record, record_id
        return shown(self.vtiger, record)

    def writes(self, side: str | None = None) -> list[str]:
        sides = [side] if side else ["vtiger", "xero"]
        return [str(entry.operation) for name in sides for entry in self.apps[name].journal.entries if entry.write]


@contextmanager
def open_nearby(**options: Any) -> Iterator[Nearby]:
    """Open a company; its state file lies in memory where the machine has such a place."""
    with folder_in_memory() as folder:
        yield Nearby(folder, **options)
