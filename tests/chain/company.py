"""A small invented company on both stand-ins, synced by the real clients over real sockets."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.vtiger.calling import Caller
from vtxero.bootstrap.syncing import run_sync
from vtxero.bootstrap.undoing import run_undo
from vtxero.config.settings import Settings
from vtxero.errors import StopError
from vtxero.sandbox.instrument import Instrumented, instrumented
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger import create_app as vtiger_app
from vtxero.sandbox.vtiger.errors import VtigerError
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult, RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.undo_plan import UndoRequest

VAT = "tax1"
MEMORY = Path("/dev/shm")


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Make a folder in memory, where the machine has such a place: a run commits often, and disks make it wait."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


class Silent:
    """Progress that nobody watches."""

    def phase(self, text: str) -> None: ...

    def step(self, module: str, done: int, total: int | None) -> None: ...


class Company:
    """Both services, with hands for the people who use them and for the person who runs vtxero."""

    def __init__(self, vtiger: VtigerState, xero: XeroState, apps: dict[str, Instrumented], settings: Settings) -> None:
        self.vtiger = vtiger
        self.xero = xero
        self.apps = apps
        self.settings = settings
        self.crm = Caller(vtiger).login()

    # who runs vtxero

    def sync(self, **request: Any) -> RunReport:
        return run_sync(self.settings, RunRequest(**request), Silent())

    def undo(self, run: str = "", *, announce: Any = None, **request: Any) -> RunReport:
        return run_undo(self.settings, UndoRequest(run, **request), Silent(), announce or (lambda _: None))

    def configure(self, module: str, **options: Any) -> None:
        """Set options of a module, as an edit of the config does."""
        modules = self.settings.modules
        changed = getattr(modules, module).model_copy(update=options)
        self.settings = self.settings.model_copy(update={"modules": modules.model_copy(update={module: changed})})

    def writes(self, side: str | None = None) -> list[str]:
        settle(self.apps)
        sides = [side] if side else ["vtiger", "xero"]
        return [str(entry.operation) for name in sides for entry in self.apps[name].journal.entries if entry.write]

    def quiet(self) -> None:
        """Law 1: a run now sends no write, in either direction."""
        before = len(self.writes())
        report = self.sync()
        assert [(r.label, r.changes, r.reasons) for r in report.records if r.outcome is not Outcome.SKIPPED] == []
        assert self.writes()[before:] == []
        assert report.exit_code == 0, report.messages

    # people in Vtiger

    def organization(self, name: str = "Acme Ltd", **fields: str) -> str:
        return self.vtiger.add("Accounts", {"accountname": name, "assigned_user_id": "19x1", **fields})

    def person(self, account: str, lastname: str, **fields: str) -> str:
        element = {"lastname": lastname, "account_id": account, "assigned_user_id": "19x1", **fields}
        return self.vtiger.add("Contacts", element)

    def product(self, name: str = "Widget", code: str = "W-1", price: str = "10", **fields: str) -> str:
        element = {"productname": name, "productcode": code, "unit_price": price, "discontinued": "1"}
        return self.vtiger.add("Products", {**element, "assigned_user_id": "19x1", VAT: "4.5", **fields})

    def invoice(self, account: str, *lines: dict[str, str], **fields: str) -> str:
        element = {
            "subject": "An invoice",
            "account_id": account,
            "assigned_user_id": "19x1",
            "bill_street": "1 Road",
            "ship_street": "1 Road",
            "productid": lines[0].get("productid", "14x999999"),
            "invoicedate": "2026-11-01",
            "duedate": "2026-11-20",
            "invoicestatus": "Approved",
            "hdnTaxType": "individual",
            "currency_id": "21x1",
            "conversion_rate": "1",
            **fields,
            "LineItems": list(lines),
        }
        return str(self.crm.create("Invoice", **element)["id"])

    def rewrite(self, invoice: str, *lines: dict[str, str], **fields: str) -> None:
        """Change an invoice's lines, as another program would: Vtiger computes its totals anew.

        Raises:
            VtigerError: Vtiger does not take them.
        """
        row = self.crm.retrieve(invoice)
        kept = (
            "id",
            "subject",
            "account_id",
            "assigned_user_id",
            "bill_street",
            "ship_street",
            "invoicedate",
            "duedate",
        )
        kept += ("invoicestatus", "hdnTaxType", "currency_id", "conversion_rate", "productid")
        element = {name: row[name] for name in kept} | fields | {"LineItems": list(lines)}
        answer = self.crm.post("update", element=element).json()
        if not answer["success"]:
            raise VtigerError(answer["error"]["code"], answer["error"]["message"])

    def number_of(self, invoice: str) -> str:
        return str(self.row(invoice)["invoice_no"])

    def row(self, record_id: str) -> dict[str, Any]:
        return self.crm.retrieve(record_id)

    # people in Xero

    def contacts(self) -> dict[str, dict[str, Any]]:
        return {row["Name"]: row for row in self.xero.snapshot()["Contacts"].values()}

    def xero_invoice(self, contact: str, *lines: dict[str, Any], **fields: Any) -> str:
        """An approved sale that a bookkeeper made; `Type="ACCPAY"` makes it a bill."""
        usual = {"Status": "AUTHORISED", "Date": "2026-11-02", "DueDate": "2026-11-30"}
        return self.xero.add_invoice(contact, list(lines) or [xero_line()], **usual | fields)

    def items(self) -> dict[str, dict[str, Any]]:
        return {row["Code"]: row for row in self.xero.snapshot()["Items"].values()}

    def invoices(self) -> dict[str, dict[str, Any]]:
        return {row["InvoiceNumber"]: row for row in self.xero.snapshot()["Invoices"].values()}


def stopped_by(code: str, company: Company, **request: Any) -> StopError:
    """A run now stops before it writes anything, for this reason."""
    before = company.writes()
    with pytest.raises(StopError) as caught:
        company.sync(**request)
    assert company.writes() == before
    assert (caught.value.code, caught.value.exit_code) == (code, 6)
    return caught.value


def settle(apps: dict[str, Instrumented]) -> None:
    """Wait for the journals: a request is noted just after its answer has left."""
    until = time.monotonic() + 20
    while any(app.serving for app in apps.values()):
        assert time.monotonic() < until, "a request is being served for ever"
        time.sleep(0.001)


def line(product: str, quantity: str = "1", price: str = "10", **fields: str) -> dict[str, str]:
    """A line of a Vtiger invoice, taxed with VAT unless said otherwise."""
    return {"productid": product, "quantity": quantity, "listprice": price, VAT: "4.5", **fields}


def xero_line(price: str = "5", **fields: Any) -> dict[str, Any]:
    """A line of a Xero invoice, untaxed unless said otherwise."""
    usual = {"Description": "advice", "Quantity": 1, "AccountCode": "200", "TaxType": "NONE"}
    return {**usual, "UnitAmount": price, **fields}


def a_config(folder: Path | str, vtiger: str, xero: str) -> dict[str, Any]:
    """The config of a small company whose services have these addresses."""
    return {
        "state_dir": str(folder),
        "vtiger": {"url": vtiger, "username": "admin", "access_key": "sandbox-key"},
        "xero": {
            "client_id": "sandbox",
            "client_secret": "sandbox",
            "flow": "client_credentials",
            "api_url": f"{xero}/api.xro/2.0",
            "identity_url": xero,
        },
        "modules": {"invoices": {"sales_account": "200", "shipping_account": "260"}},
    }


@contextmanager
def open_company(
    folder: Path,
    *,
    lose_lines: Any = None,
    version: str = "8.2.0",
    custom_fields: bool = True,
    xero_front: Callable[[Any], Any] = lambda app: app,
) -> Iterator[Company]:
    """Start both services with empty books, and a VAT of 4.5 % that both know; `xero_front` may change answers."""
    vtiger = VtigerState.sample_empty(version=version, lose_lines=lose_lines, custom_fields=custom_fields)
    xero = XeroState.new()
    xero.add_tax_rate("VAT", ("VAT", "4.5"))
    apps = {
        "vtiger": instrumented(vtiger_app(vtiger), expire=vtiger.expire_sessions),
        "xero": xero_app(xero, limits="off"),
    }
    with ServerThread(apps["vtiger"]) as crm, ServerThread(xero_front(apps["xero"])) as books:
        settings = Settings.model_validate(a_config(folder, crm.url, books.url))
        yield Company(vtiger, xero, apps, settings)


def reasons(report: RunReport) -> dict[str, list[str]]:
    """The reasons of each record that has some, by label."""
    return {record.label: [str(item.code) for item in record.reasons] for record in report.records if record.reasons}


def notes(report: RunReport, label: str) -> list[str]:
    """The notes on one record."""
    return [str(item.code) for record in report.records if record.label == label for item in record.notes]


def only(report: RunReport, module: str) -> list[RecordResult]:
    """A module's records."""
    return [record for record in report.records if record.module == module]
