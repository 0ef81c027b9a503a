"""The steps that write an invoice to Vtiger (`create`, `update` with all lines, `revise` of the header)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from vtxero.domain.findings import Finding
from vtxero.domain.lookups import is_symbol
from vtxero.domain.money import ONE, canon, cents
from vtxero.modules.invoices import vtiger_math
from vtxero.modules.invoices.findings import LINE_FIELDS
from vtxero.modules.invoices.record import Invoice, InvoiceLine
from vtxero.modules.invoices.tools import SUBJECT, Tools
from vtxero.modules.invoices.vtiger_math import mode_of
from vtxero.modules.invoices.vtiger_wire import STREETS
from vtxero.rules.fields import cleared_findings, mandatory_finding, missing_mandatory, with_defaults, with_mandatory
from vtxero.rules.rows import source_of

MODULE = "Invoice"
NO_STREET = "-"
"""Vtiger refuses an invoice without both streets, and not every organization has them."""

SENT = frozenset(
    {
        "account_id", "assigned_user_id", "conversion_rate", "currency_id", "hdnTaxType", "invoice_no", "invoicestatus",
        "listprice", "productid", "quantity",
    }
)  # fmt: skip
"""Mandatory fields that are always sent, with the lines or by Vtiger itself, or whose lack has a reason of its own."""
FILLED = SENT | {SUBJECT, "invoicedate", *STREETS}
"""The fields that every invoice has which is made here. A draft of Xero's may have no due date."""


def money(amount: Decimal) -> str:
    """Write an amount plainly, never as 1E+2."""
    return f"{canon(amount):f}"


def create_steps(tools: Tools, wanted: Invoice, xero_id: str) -> dict[str, Any]:
    """Give the step that creates the invoice."""
    element = _creation(tools, wanted) | _lines(tools, wanted)
    element |= {"assigned_user_id": wanted.owner or tools.reference.vtiger.user_id, "source": source_of(xero_id)}
    if not tools.has_payments:
        element["received"] = money(wanted.amount_paid)
    if field := tools.number_field:
        element[field] = wanted.number
    if field := tools.id_field:
        element[field] = xero_id
    steps = [{"op": "create", "module": MODULE, "element": element}]
    return {"steps": [*steps, *_credit_step(wanted, "$0")]}


def change_steps(tools: Tools, wanted: Invoice, current: Invoice, ids: tuple[str, str]) -> dict[str, Any]:
    """Give the step that changes the invoice: all of it when amounts change, else only the header fields that do.

    `ids` are Vtiger's and Xero's; Xero's is written where the config asks for it.
    """
    vtiger_id, xero_id = ids
    marker = {tools.id_field: xero_id} if tools.options.write_back and tools.id_field and xero_id else {}
    if wanted.currency != current.currency:
        currency = tools.reference.vtiger.currency_by_code(wanted.currency)
        wanted = replace(wanted, conversion_rate=currency.rate if currency else wanted.conversion_rate)
    if any(getattr(wanted, name) != getattr(current, name) for name in LINE_FIELDS):
        head = _filled(_full(tools, _head(tools, wanted)))
        element = {"id": vtiger_id} | head | _streets(tools, wanted) | _lines(tools, wanted)
        element |= {"assigned_user_id": wanted.owner, "received": money(wanted.amount_paid)} | marker
        steps = [{"op": "update", "module": MODULE, "element": element}]
        # What is wanted of a pair still bears the total of Vtiger's former lines.
        wanted = replace(wanted, total=cents(vtiger_math.total(wanted, tools.compounds)))
        return {"steps": [*steps, *_credit_step(wanted, vtiger_id)]}
    element = {"id": vtiger_id} | _full(tools, _changed_head(tools, wanted, current)) | marker
    if (wanted.amount_paid, wanted.credited) != (current.amount_paid, current.credited):
        element |= _settled(wanted)
    return {"steps": [{"op": "revise", "module": MODULE, "element": element}]}


def _settled(wanted: Invoice) -> dict[str, str]:
    """Give what was received and what is due: Vtiger does not recompute the balance with the header."""
    due = wanted.total - wanted.amount_paid - wanted.credited
    return {"received": money(wanted.amount_paid), "balance": money(due)}


def _credit_step(wanted: Invoice, vtiger_id: str) -> list[dict[str, Any]]:
    """Give the step that sets the balance right after the lines: with them, Vtiger takes off only what was received."""
    if not wanted.credited:
        return []
    element = {"id": vtiger_id, "conversion_rate": money(wanted.conversion_rate or ONE)} | _settled(wanted)
    return [{"op": "revise", "module": MODULE, "element": element}]


def mandatory_findings(tools: Tools, wanted: Invoice) -> tuple[Finding, ...]:
    """Say which of Vtiger's mandatory fields a new invoice would leave blank."""
    sent = {*SENT, tools.id_field, tools.number_field}
    element = _creation(tools, wanted) | dict.fromkeys(sent, "sent")
    return tuple(mandatory_finding(label) for label in missing_mandatory(element, tools.header))


def cleared_in_head(tools: Tools, wanted: Invoice, current: Invoice) -> tuple[Finding, ...]:
    """Say which of Vtiger's mandatory fields a change of the invoice would clear."""
    changed = {name: value for name, value in _changed_head(tools, wanted, current).items() if name not in SENT}
    return cleared_findings(changed, tools.header, tools.options.defaults)


def _creation(tools: Tools, wanted: Invoice) -> dict[str, str]:
    """Give the header of a new invoice, with the config's defaults where Xero says nothing."""
    head = with_defaults(_head(tools, wanted), tools.header, tools.options.defaults)
    return {SUBJECT: wanted.number or "Invoice"} | _filled(head) | _streets(tools, wanted)


def _full(tools: Tools, head: dict[str, str]) -> dict[str, str]:
    return with_mandatory(head, tools.header, tools.options.defaults)


def _head(tools: Tools, record: Invoice) -> dict[str, str]:
    currency = tools.reference.vtiger.currency_by_code(record.currency)
    return {
        tools.reference_field: record.reference,
        "invoicestatus": record.status,
        "invoicedate": record.invoice_on.isoformat() if record.invoice_on else "",
        "duedate": record.due_on.isoformat() if record.due_on else "",
        "currency_id": currency.id if currency else "",
        "conversion_rate": money(record.conversion_rate or ONE),
        "contact_id" if tools.is_person(record.party) else "account_id": record.party,
    }


def _filled(element: dict[str, str]) -> dict[str, str]:
    """Leave out what is blank; a due date is cleared by a blank one."""
    return {name: value for name, value in element.items() if value or name == "duedate"}


_HEADER_FIELDS = {
    "party": ("account_id", "contact_id"),
    "status": ("invoicestatus",),
    "invoice_on": ("invoicedate",),
    "due_on": ("duedate",),
    "currency": ("currency_id",),
}


def _changed_head(tools: Tools, wanted: Invoice, current: Invoice) -> dict[str, str]:
    """Give the changed header fields, and always the rate: Vtiger sets it to 1 when it is not sent."""
    head = _head(tools, wanted)
    fields = _HEADER_FIELDS | {"reference": (tools.reference_field,)}
    names = {
        name for field, names in fields.items() if getattr(wanted, field) != getattr(current, field) for name in names
    }
    return {name: value for name, value in head.items() if name in names} | {"conversion_rate": head["conversion_rate"]}


def _streets(tools: Tools, record: Invoice) -> dict[str, str]:
    """Give what the header must have besides: the invoice's streets, else the organization's addresses, else a dash."""
    present = dict(record.carried)
    if all(present.get(name) for name in STREETS):
        return present
    party = None if is_symbol(record.party) else tools.party(record.party)
    address = dict(party.billing_fields) if party else {}
    if not record.carried:
        present = {name: value for name, value in address.items() if value and tools.header.has(name)}
    other = next((text for name in STREETS if (text := present.get(name) or address.get(name))), NO_STREET)
    return present | {name: present.get(name) or address.get(name) or other for name in STREETS}


def _lines(tools: Tools, record: Invoice) -> dict[str, Any]:
    element: dict[str, Any] = {
        "hdnTaxType": mode_of(record),
        "productid": next((line.product for line in record.lines if line.product), _any_product(tools)),
        "txtAdjustment": money(record.adjustment.amount) if record.adjustment else "0",
        "LineItems": [_line(tools, line) for line in record.lines],
    }
    if record.shipping:
        rates = dict(record.shipping.taxes)
        element[tools.charge_field] = money(record.shipping.amount)
        for name in tools.reference.vtiger.charge_taxes:
            if name.startswith(f"{tools.charge_field}_"):
                element[name] = money(rates.get(name, Decimal(0)))
    return element


def _any_product(tools: Tools) -> str:
    """Vtiger wants a product on the header and takes any well-formed id, even of none that exists."""
    module = tools.reference.vtiger.modules.get("Products")
    return f"{module.id_prefix if module else '14'}x1"


def _line(tools: Tools, line: InvoiceLine) -> Mapping[str, str]:
    """Write a line. Every tax is named: where none is, Vtiger takes all that the product has."""
    rates = dict(line.taxes)
    element = {
        "productid": line.product,
        "quantity": money(line.quantity),
        "listprice": money(line.unit_price),
        "comment": line.description,
    }
    if line.discount_amount:
        element["discount_amount"] = money(line.discount_amount)
    elif line.discount_percent:
        element["discount_percent"] = money(line.discount_percent)
    element |= {name: money(rates.get(name, Decimal(0))) for name in tools.tax_fields}
    if tools.line_account_field and line.account:
        element[tools.line_account_field] = line.account
    if not line.product:
        del element["productid"]
    return element
