"""Xero's Invoice element, read into a record (https://developer.xero.com/documentation/api/accounting/invoices)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from vtxero.domain.money import HUNDRED, ONE, ZERO, canon, cents, places, round_places
from vtxero.modules.invoices import xero_math
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine
from vtxero.modules.invoices.to_xero_lines import clean_text
from vtxero.modules.invoices.tools import Tools
from vtxero.rules.rows import Amount, XeroId

PRICE_PLACES = 8
"""Prices that were with tax are taken apart at as many decimals as Vtiger keeps."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLASH_DATE = re.compile(r"^/Date\((-?\d+)")


class XeroTracking(TypedDict, total=False):
    """A tracking category on a line, and the option chosen."""

    Name: str | None
    Option: str | None


class XeroLine(TypedDict, total=False):
    """A LineItem, as far as it is used."""

    LineItemID: str | None
    Description: str | None
    Quantity: Amount | None
    UnitAmount: Amount | None
    ItemCode: str | None
    AccountCode: str | None
    TaxType: str | None
    TaxAmount: Amount | None
    LineAmount: Amount | None
    DiscountRate: Amount | None
    DiscountAmount: Amount | None
    Tracking: list[XeroTracking] | None


class XeroParty(TypedDict, total=False):
    """The Contact of an invoice; only its id counts here."""

    ContactID: XeroId


class XeroInvoice(TypedDict, total=False):
    """An Invoice, as far as it is used."""

    InvoiceID: XeroId
    Type: str
    InvoiceNumber: str | None
    Reference: str | None
    Contact: XeroParty | None
    DateString: str | None
    Date: str | None
    DueDateString: str | None
    DueDate: str | None
    Status: str
    LineAmountTypes: str | None
    LineItems: list[XeroLine] | None
    AmountDue: Amount | None
    AmountPaid: Amount | None
    AmountCredited: Amount | None
    Total: Amount | None
    UpdatedDateUTC: str | None
    CurrencyCode: str | None
    CurrencyRate: Amount | None
    Url: str | None


class XeroPage(TypedDict):
    """The envelope of a page of invoices."""

    Invoices: list[XeroInvoice]


_NOBODY: XeroParty = {}

PAGE = TypeAdapter(XeroPage)
ELEMENT = TypeAdapter(XeroInvoice)


def date_of(readable: str | None, slashed: str | None) -> date | None:
    """Take the calendar date of a document; it is never shifted between zones."""
    if readable:
        return date.fromisoformat(readable[:10])
    if not slashed:
        return None
    found = _SLASH_DATE.match(slashed)
    if found:
        return (_EPOCH + timedelta(milliseconds=int(found[1]))).date()
    return date.fromisoformat(slashed[:10])


def read_invoice(tools: Tools, row: XeroInvoice) -> Invoice:
    """Read one invoice. Prices with tax are taken apart, so that the record's lines are without it."""
    mode = row.get("LineAmountTypes") or "Exclusive"
    lines = [_line(item, mode, tools) for item in row.get("LineItems") or ()]
    kept, charges = _sort_out(tools, lines)
    return Invoice(
        party=(row.get("Contact") or _NOBODY).get("ContactID", ""),
        reference=(row.get("Reference") or "").strip(),
        invoice_on=date_of(row.get("DateString"), row.get("Date")),
        due_on=date_of(row.get("DueDateString"), row.get("DueDate")),
        currency=row.get("CurrencyCode") or "",
        status=row.get("Status", ""),
        lines=tuple(kept),
        shipping=charges.get(xero_math.CHARGES),
        adjustment=charges.get(xero_math.ADJUSTMENT),
        rounding=charges.get(xero_math.ROUNDING),
        amount_paid=row.get("AmountPaid") or ZERO,
        credited=row.get("AmountCredited") or ZERO,
        number=row.get("InvoiceNumber") or "",
        total=row.get("Total") or ZERO,
        amount_due=row.get("AmountDue") or ZERO,
        tax_mode=mode,
        conversion_rate=row.get("CurrencyRate") or ONE,
    )


def _line(item: XeroLine, mode: str, tools: Tools) -> InvoiceLine:
    description = item.get("Description") or ""
    if "\r" in description or description[:1].isspace() or description[-1:].isspace():
        description = clean_text(description)
    tracking = item.get("Tracking")
    line = InvoiceLine(
        item.get("ItemCode") or "",
        description,
        item.get("Quantity") or ZERO,
        item.get("UnitAmount") or ZERO,
        item.get("DiscountRate") or ZERO,
        ZERO if item.get("DiscountRate") else item.get("DiscountAmount") or ZERO,
        (),
        item.get("TaxType") or "",
        item.get("AccountCode") or "",
        None,
        "",
        item.get("LineItemID") or "",
        _tracking(tracking) if tracking else (),
    )
    amount, tax = item.get("LineAmount") or ZERO, item.get("TaxAmount") or ZERO
    if mode == "Inclusive" and tax:
        line, amount = _take_apart(line, amount, tax), amount - tax
    if (amount or tax) and tax != cents(amount * tools.rates.get(line.tax_type, ZERO) / HUNDRED):
        return replace(line, tax_amount=tax)
    return line


def _take_apart(line: InvoiceLine, amount: Decimal, tax: Decimal) -> InvoiceLine:
    """Take the tax out of a line's price and discount."""
    share = (amount - tax) / amount
    return replace(
        line,
        unit_price=canon(round_places(line.unit_price * share, PRICE_PLACES)),
        discount_amount=canon(round_places(line.discount_amount * share, PRICE_PLACES)),
    )


def _tracking(items: Iterable[XeroTracking]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item["Name"] or "", item["Option"] or "") for item in items if item.get("Name") and item.get("Option")
    )


_NAMES = {name.lower(): name for name in (xero_math.CHARGES, xero_math.ADJUSTMENT, xero_math.ROUNDING)}


def _sort_out(tools: Tools, lines: list[InvoiceLine]) -> tuple[list[InvoiceLine], dict[str, Charge]]:
    """Part the lines that are something of their own in Vtiger from the products' lines; each kind once, else none."""
    named: dict[str, list[InvoiceLine]] = {}
    for line in lines:
        if not line.product and (name := _NAMES.get(line.description.lower())):
            named.setdefault(name, []).append(line)
    if not named:
        return lines, {}
    ours = {name: [line for line in found if _is_ours(tools, name, line, len(lines))] for name, found in named.items()}
    special = {name: found[0] for name, found in ours.items() if len(found) == 1}
    kept = [line for line in lines if all(line is not other for other in special.values())]
    return kept, {name: _charge(line) for name, line in special.items()}


def _is_ours(tools: Tools, name: str, line: InvoiceLine, count: int) -> bool:
    """Tell whether a line of such a name is what we mean by it.

    Vtiger has no charges of nothing, and a rounding stands beside the lines that it rounds.
    """
    if name == xero_math.CHARGES:
        return bool(xero_math.line_amount(line))
    if tools.rates.get(line.tax_type) or line.tax_amount:
        return False
    if name == xero_math.ADJUSTMENT:
        return line.account in tools.adjustment_accounts
    return count > 1 and abs(xero_math.line_amount(line)) <= xero_math.largest_rounding(count)


def _charge(line: InvoiceLine) -> Charge:
    return Charge(
        xero_math.line_amount(line),
        tax_type=line.tax_type,
        account=line.account,
        tax_amount=line.tax_amount,
        line_id=line.line_id,
        tracking=line.tracking,
    )


def row_of(line: InvoiceLine) -> dict[str, Any]:
    """Write a line as Xero's LineItem; zero discounts are left out, Xero refuses them on negative lines."""
    if not line.product and not line.unit_price and not line.quantity and not line.tax_type and not line.account:
        row: dict[str, Any] = {"Description": line.description}
    else:
        row = _full_row(line)
    if line.line_id:
        row["LineItemID"] = line.line_id
    if line.tracking:
        row["Tracking"] = [{"Name": name, "Option": option} for name, option in line.tracking]
    return row


def _full_row(line: InvoiceLine) -> dict[str, Any]:
    fitted = line
    if places(line.unit_price) > xero_math.UNIT_PLACES:
        fitted = replace(
            line, quantity=ONE, unit_price=xero_math.line_amount(line), discount_percent=ZERO, discount_amount=ZERO
        )
    row: dict[str, Any] = {
        "Description": fitted.description,
        "Quantity": canon(fitted.quantity),
        "UnitAmount": canon(fitted.unit_price),
    }
    texts = {"ItemCode": fitted.product, "AccountCode": fitted.account, "TaxType": fitted.tax_type}
    row |= {name: value for name, value in texts.items() if value}
    if fitted.discount_percent:
        row["DiscountRate"] = canon(fitted.discount_percent)
    elif fitted.discount_amount:
        row["DiscountAmount"] = canon(fitted.discount_amount)
    if fitted.tax_amount is not None:
        row["TaxAmount"] = canon(fitted.tax_amount)
    return row
