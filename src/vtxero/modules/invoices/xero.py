"""The Xero side of invoices: ACCREC only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended
from vtxero.modules.invoices import statuses, xero_math
from vtxero.modules.invoices.findings import LINE_FIELDS, closed_findings
from vtxero.modules.invoices.record import Invoice
from vtxero.modules.invoices.to_xero import to_xero
from vtxero.modules.invoices.tools import Tools
from vtxero.modules.invoices.xero_wire import ELEMENT, PAGE, XeroInvoice, read_invoice, row_of
from vtxero.rules.rows import check_whole, read_json, unreadable_finding, write_json, xero_moment
from vtxero.sync.records import Payload, Projection, Snapshot

SALE = "ACCREC"
NUMBER = "number"
LONG_NUMBER = re.compile(rb":\s*-?[0-9.]{17,}")
"""Digits that the quick reader of a page would round: it takes a number for a double first."""


class XeroMapper:
    """Reads and writes Xero's sales invoices."""

    side = Side.XERO

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        page = tools.reference.vtiger.page_url
        self._page_start = page.partition("{id}")[0].replace("{module}", "Invoice") if "{id}" in page else ""

    def parse(self, page: bytes) -> list[Snapshot[Invoice]]:
        """Read an envelope of invoices; bills are left out."""
        if not LONG_NUMBER.search(page):
            with suppress(ValidationError):
                rows = PAGE.validate_json(page)["Invoices"]
                return [self._read(row, ELEMENT.dump_json(row).decode()) for row in rows if _is_sale(row)]
        # One row spoils the page: each is read by itself.
        listed = read_json(page).get("Invoices") or []
        return [self.parse_one(write_json(row)) for row in listed if _is_sale(row)]

    def parse_one(self, raw: str) -> Snapshot[Invoice]:
        """Read an invoice kept from earlier."""
        try:
            row = ELEMENT.validate_json(raw)
        except ValidationError as problem:
            return _unreadable(read_json(raw), raw, problem)
        return self._read(row, raw)

    def project(self, source: Snapshot[Invoice], current: Invoice | None) -> Projection[Invoice]:
        """Give a Vtiger invoice as Xero would hold it."""
        projection = to_xero(self._tools, source.record, current)
        if not source.findings:
            return projection
        # What could not be read whole has its reason, and no lines for want of a reading.
        said = tuple(item for item in projection.findings if item.code is not Code.INV_LINES)
        return replace(projection, findings=said)

    def check_update(self, current: Invoice, wanted: Invoice) -> tuple[Finding, ...]:
        """Say why the present invoice may not be changed."""
        return closed_findings(self._tools, current, wanted)

    def payload(self, wanted: Invoice, current: Invoice | None, vtiger_id: str, xero_id: str) -> Payload:
        """Give the Invoice element. CurrencyRate is never sent: Xero sets its own."""
        if current is None:
            return self._creation(wanted, vtiger_id)
        if wanted.status != current.status and wanted.status in statuses.CLOSED_FOR_EVER:
            return {"InvoiceID": xero_id, "Status": wanted.status}
        return _change(wanted, current, xero_id)

    def check_answer(self, wanted: Invoice, answered: Invoice) -> tuple[Finding, ...]:
        """Compare the lines' number and the total, to the cent."""
        expected = len(tuple(xero_math.all_lines(wanted)))
        count = len(tuple(xero_math.all_lines(answered)))
        if count != expected:
            text = f"Xero kept {count} of {expected} lines."
            return (finding(Code.INV_LINES, text, field="lines", remedy="Compare the invoice on both sides by hand."),)
        total = xero_math.total(wanted, self._tools.rates)
        same_lines = all(getattr(wanted, name) == getattr(answered, name) for name in LINE_FIELDS)
        if answered.total == total or (same_lines and answered.total == wanted.total):
            return ()
        text = f"Xero computed {answered.total} where {total} was planned."
        return (finding(Code.INV_TOTAL, text, field="total", remedy="Compare the invoice on both sides by hand."),)

    def _creation(self, wanted: Invoice, vtiger_id: str) -> dict[str, Any]:
        element: dict[str, Any] = {"Type": SALE, "InvoiceNumber": wanted.number} | _head(wanted)
        element |= {"Reference": wanted.reference, "CurrencyCode": wanted.currency, "Status": wanted.status}
        url = self._url(vtiger_id)
        if url:
            element["Url"] = url
        return {name: value for name, value in element.items() if value} | _lines(wanted)

    def _url(self, vtiger_id: str) -> str:
        """Give the address of the record's page, blank where Xero would refuse it."""
        url = self._tools.reference.vtiger.page(vtiger_id, "Invoice")
        parts = urlsplit(url)
        absolute = parts.scheme in {"http", "https"} and bool(parts.netloc)
        return url if absolute and "xero" not in url.lower() else ""

    def _read(self, row: XeroInvoice, raw: str) -> Snapshot[Invoice]:
        try:
            return self._snapshot(row, raw)
        except (ValueError, ArithmeticError, LookupError) as problem:
            return _unreadable(row, raw, problem)

    def _snapshot(self, row: XeroInvoice, raw: str) -> Snapshot[Invoice]:
        record = read_invoice(self._tools, row)
        return Snapshot(
            id=row["InvoiceID"],
            label=record.number or record.reference or row["InvoiceID"],
            modified=xero_moment(row.get("UpdatedDateUTC") or ""),
            record=record,
            raw=raw,
            keys=((NUMBER, match_key(record.number)),) if record.number else (),
            marker=self._marker(row.get("Url") or ""),
        )

    def _marker(self, url: str) -> str:
        """Give the Vtiger id whose page the invoice's Url is."""
        if not self._page_start or not url.startswith(self._page_start):
            return ""
        number = "".join(char for char in url[len(self._page_start) :].partition("&")[0] if char.isdigit())
        vtiger_id = f"{self._tools.header.id_prefix}x{number}"
        return vtiger_id if number and url == self._tools.reference.vtiger.page(vtiger_id, "Invoice") else ""


def _is_sale(row: Mapping[str, Any]) -> bool:
    """Only sales are asked for and made, so an invoice that does not say its type is one."""
    return (row.get("Type") or SALE) == SALE


def _unreadable(row: Mapping[str, Any], raw: str, problem: Exception) -> Snapshot[Invoice]:
    """Make a snapshot of a row that is not as Xero's invoices are, or that holds what cannot be calculated with."""
    try:
        check_whole(row)
    except ValueError as half:
        problem = half
    found = unreadable_finding(Side.XERO, "invoice", problem)
    record = Invoice(number=mended(str(row.get("InvoiceNumber") or "")))
    invoice_id = str(row.get("InvoiceID") or "").lower()
    modified = xero_moment(str(row.get("UpdatedDateUTC") or ""))
    return Snapshot(invoice_id, record.number or invoice_id, modified, record, raw, findings=(found,))


def _head(wanted: Invoice) -> dict[str, Any]:
    return {
        "Contact": {"ContactID": wanted.party},
        "Date": wanted.invoice_on.isoformat() if wanted.invoice_on else "",
        "DueDate": wanted.due_on.isoformat() if wanted.due_on else "",
    }


def _lines(wanted: Invoice) -> dict[str, Any]:
    return {"LineAmountTypes": "Exclusive", "LineItems": [row_of(line) for line in xero_math.all_lines(wanted)]}


def _change(wanted: Invoice, current: Invoice, xero_id: str) -> dict[str, Any]:
    """Give what changed, and always both dates: a Date left out may be set to today."""
    head = _head(wanted)
    element: dict[str, Any] = {"InvoiceID": xero_id} | {name: head[name] for name in ("Date", "DueDate") if head[name]}
    if wanted.party != current.party:
        element["Contact"] = head["Contact"]
    for name, field in (("Reference", "reference"), ("CurrencyCode", "currency"), ("Status", "status")):
        if getattr(wanted, field) != getattr(current, field):
            element[name] = getattr(wanted, field)
    if any(getattr(wanted, name) != getattr(current, name) for name in LINE_FIELDS):
        element |= _lines(wanted)
    return element
