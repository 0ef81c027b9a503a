"""Both stand-ins in one process, for many invoices: their own models answer, without sockets.

Reference data, links and slices are those of a real run over sockets, made once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from chain.causes import with_config
from chain.company import Company, open_company
from vtxero.bootstrap.catalogue import CATALOGUE, Catalogue
from vtxero.domain.findings import Finding
from vtxero.domain.sides import Side
from vtxero.modules.invoices import Invoice
from vtxero.registry import needs_retrieve, open_slices
from vtxero.sandbox.vtiger.operations import OPERATIONS, perform
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.invoice_views import invoice_page
from vtxero.sandbox.xero.invoices import save_invoice
from vtxero.sandbox.xero.saving import Mode
from vtxero.sandbox.xero.wire import dumps
from vtxero.store import SqliteState, open_database
from vtxero.sync.lookup import StateLookups
from vtxero.sync.records import Snapshot
from vtxero.vtiger.columns import header_columns
from vtxero.vtiger.invoices import split_invoice
from vtxero.xero.wire import plain

CHARGE = "shipping_&_handling"
TAXES = {"GST": "15", "Zero Rated": "0"}
COMPOUND, DEDUCTED = "Levy", "Withholding"


@dataclass(frozen=True, slots=True)
class Goods:
    """A product of Vtiger: its id and the columns of its taxes with their rates."""

    id: str
    taxes: dict[str, str]


class Paper:
    """A Vtiger and a Xero that know the same customers and products, and the slice of invoices between them."""

    def __init__(self, company: Company, state: SqliteState) -> None:
        self.vtiger, self.xero = company.vtiger, company.xero
        self.session = company.crm.session
        catalogue = Catalogue.model_validate_json(state.get_meta(CATALOGUE) or "")
        self.reference = catalogue.reference
        lookups = StateLookups(state)
        slices = open_slices(self.reference, company.settings.modules, company.settings.taxes, lookups)
        lookups.slices = slices
        self.slice = slices["invoices"]
        self.mappers = self.slice.mappers
        [account] = [row["id"] for row in company.vtiger.records("Accounts") if row["accountname"] == "Acme Ltd"]
        self.account = account
        self.columns = {row["taxlabel"]: row["taxname"] for row in self.vtiger.actors["Tax"].values()}
        self.goods = [
            Goods(row["id"], {name: row[name] for name in self.columns.values() if row.get(name)})
            for module in ("Products", "Services")
            for row in company.vtiger.records(module)
            if "?" not in str(row.get("productname"))
        ]
        self.codes = {row["Code"] for row in company.xero.items.values()}
        self.tax_types = [
            kind
            for kind, rate in company.xero.tax_rates.items()
            if rate["Status"] == "ACTIVE" and rate["CanApplyToRevenue"]
        ]
        self.contact = next(iter(company.xero.contacts))
        self.currencies = [row["id"] for row in self.vtiger.actors["Currency"].values()]

    # Vtiger

    def write_vtiger(self, element: dict[str, Any]) -> str:
        """Make an invoice through the API."""
        params = {"elementType": "Invoice", "element": json.dumps(element)}
        return str(perform(self.vtiger, OPERATIONS["create"], self.session, params).result["id"])

    def total_in_vtiger(self, invoice: str) -> Decimal:
        """The unrounded total that Vtiger stored."""
        return self.vtiger.invoice_total(invoice)

    def send_vtiger(self, steps: list[dict[str, Any]]) -> str:
        """Carry out the one step of a payload; gives the invoice's id."""
        [step] = steps
        params = {"elementType": step["module"], "element": json.dumps(step["element"])}
        return str(perform(self.vtiger, OPERATIONS[step["op"]], self.session, params).result["id"])

    def rewrite_vtiger(self, invoice: str, element: dict[str, Any]) -> None:
        """Change an invoice as another program would: the server computes its totals anew."""
        params = {"element": json.dumps({**element, "id": invoice})}
        perform(self.vtiger, OPERATIONS["update"], self.session, params)

    def read_vtiger(self, invoice: str, *, whole: bool = True) -> Snapshot[Invoice]:
        """Read an invoice as the client does: from header and lines where they say enough, else from the record."""
        row = self.retrieved(invoice) if whole else self.listed(invoice) or self.retrieved(invoice)
        [snapshot] = self.mappers[Side.VTIGER].parse(json.dumps([row], default=str).encode())
        return snapshot

    def retrieved(self, invoice: str) -> dict[str, Any]:
        """The record itself."""
        return split_invoice(perform(self.vtiger, OPERATIONS["retrieve"], self.session, {"id": invoice}).result)

    def listed(self, invoice: str) -> dict[str, Any] | None:
        """Header and lines as lists give them, None where they do not say enough."""
        columns = ",".join(header_columns(self.reference.vtiger.modules["Invoice"]))
        [header] = self.ask(f"select {columns} from Invoice where id = '{invoice}';")
        lines = sorted(
            self.ask(f"select * from LineItem where parent_id = '{invoice}';"), key=lambda row: int(row["sequence_no"])
        )
        if needs_retrieve(header, lines, self.reference):
            return None
        return {"header": header, "lines": lines, "retrieved": False}

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Query Vtiger."""
        return list(perform(self.vtiger, OPERATIONS["query"], self.session, {"query": text}).result)

    # Xero

    def write_xero(self, payload: Any) -> str:
        """Make an invoice through the API; what Xero refuses is an error here."""
        element = json.loads(dumps({"element": plain(payload)}), parse_float=Decimal)["element"]
        with self.xero.lock:
            return save_invoice(self.xero, element, Mode(create="InvoiceID" not in element, places=4)).record_id

    def add_xero(self, lines: list[dict[str, Any]], fields: dict[str, Any]) -> Snapshot[Invoice] | None:
        """Make an invoice in Xero's pages; None where Xero does not let one."""
        try:
            return self.read_xero(self.xero.add_invoice(self.contact, lines, **fields))
        except InvalidError:
            return None

    def edit_xero(self, invoice: str, lines: list[dict[str, Any]]) -> bool:
        """Change an invoice's lines in Xero's pages; tells whether Xero let it happen."""
        try:
            self.xero.edit_invoice(invoice, LineItems=lines)
        except InvalidError:
            return False
        return True

    def read_xero(self, invoice: str) -> Snapshot[Invoice]:
        """Read an invoice as a page shows it."""
        with self.xero.lock:
            page = dumps({"Invoices": [invoice_page(self.xero, self.xero.invoices[invoice], 4)]})
        [snapshot] = self.mappers[Side.XERO].parse(page.encode())
        return snapshot

    def forget(self) -> None:
        """Throw all invoices away, so that books do not grow."""
        for number in [number for number, record in self.vtiger.entities.items() if record.module == "Invoice"]:
            del self.vtiger.entities[number]
        self.vtiger.lines.clear()
        self.xero.invoices.clear()
        self.xero.by_number.clear()


def blockers(snapshot: Snapshot[Invoice], projection: Any) -> tuple[Finding, ...]:
    """What stops a record, as the engine sees it."""
    return (*snapshot.findings, *projection.blockers)


@contextmanager
def open_paper(folder: Path, **options: Any) -> Iterator[Paper]:
    """Make both books, let a real run link them, and give what is needed to cross invoices in process."""
    with open_company(folder, custom_fields=False) as company:
        _fill(company)
        with_config(company, "invoices", adjustment_account="210", **options)
        assert [company.sync().exit_code for _ in range(2)] == [0, 0]
    with closing(open_database(company.settings.database)) as database:
        yield Paper(company, SqliteState(database, "paper"))


def _fill(company: Company) -> None:
    crm, xero = company.crm, company.xero
    columns = {"VAT": "tax1", "Sales": "tax2"}
    for label, rate in TAXES.items():
        columns[label] = crm.create("Tax", taxlabel=label, percentage=rate)["taxname"]
    columns[COMPOUND] = crm.create("Tax", taxlabel=COMPOUND, percentage="5", method="Compound", formula=columns["GST"])[
        "taxname"
    ]
    crm.create("Tax", taxlabel=DEDUCTED, percentage="20", method="Deducted")
    xero.add_tax_rate("GST", ("GST", "15"))
    xero.add_tax_rate("Sales", ("Sales", "10"))
    xero.add_tax_rate("GST and Sales", ("GST", "15"), ("Sales", "10"))
    for code, rate in (("USD", "0.6"), ("CHF", "0.5")):
        crm.create(
            "Currency", currency_name=code, currency_code=code, currency_symbol=code, conversion_rate=rate,
            currency_status="Active", defaultid="0", deleted="0",
        )  # fmt: skip
    company.organization("Acme Ltd", email1="office@acme.example")
    gst, sales, zero = columns["GST"], columns["Sales"], columns["Zero Rated"]
    bare = {"tax1": ""}
    company.product("Pump", "P-1", **bare | {gst: "15"})
    company.product("Valve", "P-2", **{gst: "15"})
    company.product("Tile", "P-3", **bare | {gst: "15", sales: "10", columns[COMPOUND]: "5"})
    company.product("Export tile", "P-4", **bare | {zero: "0"})
    company.product("Untaxed tile", "P-5", **bare)
    company.product("Codeless tile", "", **bare | {gst: "15"})
    company.vtiger.add("Services", {"servicename": "Hours", "unit_price": "90", gst: "15"})
    contact = xero.add_contact(Name="Nova")
    sold = {"Description": "no item", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200", "TaxType": "NONE"}
    xero.add_invoice(contact, [sold], Date="2026-11-01", DueDate="2026-11-30")
