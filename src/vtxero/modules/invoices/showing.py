"""An invoice's fields for people: in plans, in conflicts, and where an edit waits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from vtxero.domain.ids import is_vtiger_id
from vtxero.domain.lookups import is_symbol, read_symbol
from vtxero.domain.money import canon
from vtxero.domain.sides import Side
from vtxero.domain.text import unescape
from vtxero.domain.words import called, with_rate
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine, LineTax
from vtxero.modules.invoices.tools import Tools

_TELLING = ("party", "reference", "invoice_on", "due_on", "currency", "status", "shipping", "adjustment")
"""The fields whose values say something to people, in few words."""


def is_blank(field: str, record: Invoice) -> bool:
    """Tell whether a field holds nothing; an amount of zero is nothing."""
    return not getattr(record, field)


def show(field: str, record: Invoice, tools: Tools) -> str | None:
    """Give a field's value for people, with the names of what it refers to."""
    if is_blank(field, record):
        return None
    value = getattr(record, field)
    match value:
        case Decimal():
            return f"{canon(value):f}"
        case Charge():
            return f"{canon(value.amount):f}{_extras(value, tools)}"
        case tuple() if field == "lines":
            return "; ".join(_line(line, tools) for line in value)
        case tuple():
            return ", ".join(_tax(tax, tools) for tax in value)
    return _party(value, tools) if field == "party" else str(value)


def show_edits(fields: Iterable[str], wanted: Invoice, current: Invoice, tools: Tools) -> str:
    """Name the fields that are to change in Xero, with both values where they are short."""
    edits = []
    for field in fields:
        name = called("invoices", field)
        if field in _TELLING:
            values = (show(field, record, tools) or "none" for record in (wanted, current))
            name += " ({}, in Xero {})".format(*values)
        edits.append(name)
    return ", ".join(edits)


def _party(party: str, tools: Tools) -> str:
    """Name a customer, also one whom this plan makes; the id where nobody has read them yet."""
    own = read_symbol(party)[1] if is_symbol(party) else party
    side = Side.VTIGER if is_vtiger_id(own) else Side.XERO
    modules = ("contacts", "organizations") if tools.is_person(own) else ("organizations", "contacts")
    found = (tools.lookups.record(module, side, own) for module in modules)
    names = (str(getattr(view, "name", "")) for view in found if view)
    return next(filter(None, names), party)


def _line(line: InvoiceLine, tools: Tools) -> str:
    discount = ""
    if line.discount_amount:
        discount = f" less {canon(line.discount_amount):f}"
    elif line.discount_percent:
        discount = f" less {canon(line.discount_percent):f} %"
    amounts = f"{canon(line.quantity):f} x {canon(line.unit_price):f}{discount}{_extras(line, tools)}"
    return f"{_sold(line, tools) or 'line'}: {amounts}"


def _sold(line: InvoiceLine, tools: Tools) -> str:
    """Name what a line sells: a product of Vtiger's by its name, an item of Xero's by its code, with the text."""
    text = " / ".join(line.description.splitlines())
    if not is_vtiger_id(line.product):
        return " ".join(part for part in (line.product, text or line.name) if part)
    view = tools.product(Side.VTIGER, line.product)
    name = unescape(view.name) if view else line.name or line.product
    return f"{name} ({text})" if text and text != name else name


def _extras(item: InvoiceLine | Charge, tools: Tools) -> str:
    parts = [_tax(tax, tools) for tax in item.taxes]
    if item.tax_type:
        parts.append(_rate(item.tax_type, tools))
    if item.account:
        parts.append(f"account {item.account}")
    if item.tax_amount is not None:
        parts.append(f"tax {canon(item.tax_amount):f}")
    return f" ({', '.join(parts)})" if parts else ""


def _tax(tax: LineTax, tools: Tools) -> str:
    """Name a tax of Vtiger's, with the rate that the line has."""
    field, rate = tax
    return with_rate(tools.tax_labels.get(field, field), f"{canon(rate):f}")


def _rate(tax_type: str, tools: Tools) -> str:
    """Name a tax rate of Xero's."""
    found = tools.reference.xero.tax_rate(tax_type)
    return with_rate(found.name, f"{canon(found.effective_rate):f}") if found else tax_type
