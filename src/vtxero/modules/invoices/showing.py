"""An invoice's fields for people: in plans, in conflicts, and where an edit waits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from vtxero.domain.money import canon
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine

NAMES = {
    "party": "customer",
    "invoice_on": "invoice date",
    "due_on": "due date",
    "shipping": "charges",
    "amount_paid": "amount paid",
    "group_discount": "discount on the whole",
    "deducted": "deducted tax",
}
"""What people call a field, where it is not its name."""
_TELLING = ("reference", "invoice_on", "due_on", "currency", "status", "shipping", "adjustment")
"""The fields whose values say something to people, in few words."""


def is_blank(field: str, record: Invoice) -> bool:
    """Tell whether a field holds nothing; an amount of zero is nothing."""
    return not getattr(record, field)


def show(field: str, record: Invoice) -> str | None:
    """Give a field's value for people."""
    if is_blank(field, record):
        return None
    value = getattr(record, field)
    match value:
        case Decimal():
            return f"{canon(value):f}"
        case Charge():
            return _show_charge(value)
        case tuple() if field == "lines":
            return "; ".join(_show_line(line) for line in value)
        case tuple():
            return ", ".join(f"{name} {canon(rate):f} %" for name, rate in value)
    return str(value)


def show_edits(fields: Iterable[str], wanted: Invoice, current: Invoice) -> str:
    """Name the fields that are to change in Xero, with both values where they are short."""
    edits = []
    for field in fields:
        name = NAMES.get(field, field)
        if field in _TELLING:
            name += f" ({show(field, wanted) or 'none'}, in Xero {show(field, current) or 'none'})"
        edits.append(name)
    return ", ".join(edits)


def _show_line(line: InvoiceLine) -> str:
    discount = ""
    if line.discount_amount:
        discount = f" less {canon(line.discount_amount):f}"
    elif line.discount_percent:
        discount = f" less {canon(line.discount_percent):f} %"
    text = " / ".join((line.description or line.name).splitlines())
    named = " ".join(part for part in (line.product, text) if part)
    return f"{named or 'line'}: {canon(line.quantity):f} x {canon(line.unit_price):f}{discount}{_show_extras(line)}"


def _show_charge(charge: Charge) -> str:
    return f"{canon(charge.amount):f}{_show_extras(charge)}"


def _show_extras(item: InvoiceLine | Charge) -> str:
    parts: list[Any] = [f"{name} {canon(rate):f} %" for name, rate in item.taxes]
    parts += [part for part in (item.tax_type, f"account {item.account}" if item.account else "") if part]
    if item.tax_amount is not None:
        parts.append(f"tax {canon(item.tax_amount):f}")
    return f" ({', '.join(parts)})" if parts else ""
