"""Rules about an invoice's header, and about changing one that exists."""

from __future__ import annotations

import json
from collections.abc import Iterator

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Partner, PartnerState
from vtxero.domain.money import ZERO, canon
from vtxero.modules.invoices import statuses
from vtxero.modules.invoices.record import MERGED, Invoice
from vtxero.modules.invoices.showing import show_edits
from vtxero.modules.invoices.tools import Tools
from vtxero.modules.invoices.xero_math import MAX_AMOUNT

LINE_FIELDS = ("lines", "shipping", "adjustment", "rounding")
PAYLOAD_BYTES_MAX = 3_400_000
"""Xero takes 3.5 MB in a request, of which the header needs a little. Texts go out as ASCII: six bytes for a letter."""
LINE_BYTES = 300
"""What a line takes in a request besides its text."""


def date_findings(record: Invoice) -> Iterator[Finding]:
    """Say which dates Xero would miss."""
    for name, field, day in (("invoice date", "invoice_on", record.invoice_on), ("due date", "due_on", record.due_on)):
        if day is None:
            yield finding(Code.INV_DATE, f"The {name} is missing.", field=field)


def lock_findings(tools: Tools, record: Invoice) -> Iterator[Finding]:
    """Say that the invoice lies in a locked period; the lock date itself is locked."""
    locked = tools.reference.xero.organisation.locked_until
    if locked and record.invoice_on and record.invoice_on <= locked:
        text = f"It is dated {record.invoice_on}, and Xero is locked up to {locked}."
        yield finding(Code.INV_LOCK_DATE, text, field="invoice_on")


def charge_findings(tools: Tools, *invoices: Invoice) -> list[Finding]:
    """Say that charges would be written to a Vtiger that shows them as a sum only: how it takes them is not known."""
    if not tools.reference.vtiger.charge_tax_sum or not any(each.shipping for each in invoices):
        return []
    text = "This Vtiger shows charges as a sum only, and how it takes them is not documented."
    return [finding(Code.INV_CHARGES, text, field="shipping")]


def money_findings(tools: Tools, record: Invoice) -> Iterator[Finding]:
    """Say what of the amounts as a whole Xero does not have."""
    if record.group_discount:
        text = f"A discount of {canon(record.group_discount)} is given on the whole invoice."
        yield finding(Code.INV_GROUP_DISCOUNT, text, field="group_discount")
    if record.deducted:
        names = ", ".join(f"{tools.tax_labels.get(name, name)} {canon(abs(rate))} %" for name, rate in record.deducted)
        yield finding(Code.INV_DEDUCTED_TAX, f"It has the deducted tax {names}.", field="deducted")
    if record.total < ZERO:
        yield finding(Code.INV_NEGATIVE, f"Its total is {record.total}.", field="total")
    if abs(record.total) > MAX_AMOUNT:
        yield finding(Code.INV_TOO_BIG, f"Its total of {record.total} is more than Xero's {MAX_AMOUNT}.", field="total")
    texts = json.dumps("".join(line.description for line in record.lines))
    if len(texts) + LINE_BYTES * len(record.lines) > PAYLOAD_BYTES_MAX:
        yield finding(
            Code.INV_TOO_BIG, f"Its {len(record.lines)} lines are more than Xero takes at once.", field="lines"
        )


def currency_findings(tools: Tools, record: Invoice) -> Iterator[Finding]:
    """Say that Xero does not have the currency."""
    xero = tools.reference.xero
    if not record.currency:
        yield finding(Code.INV_CURRENCY, "It has no currency in Vtiger.", field="currency")
    elif record.currency not in {*xero.currencies, xero.organisation.base_currency}:
        text = f"{record.currency} is not one of {', '.join(xero.currencies)}."
        yield finding(Code.INV_CURRENCY, text, field="currency")


def partner_finding(partner: Partner, what: str, party: str) -> Finding | None:
    """Say that the party did not cross."""
    if partner.state in {PartnerState.LINKED, PartnerState.PLANNED}:
        return None
    known = f"{what} {partner.label or party}"
    how = "is left alone itself" if partner.state is PartnerState.BLOCKED else "could not be read or is gone"
    return finding(Code.DEPENDENCY, f"Its {known} {how}.", field="party")


def closed_findings(tools: Tools, current: Invoice, wanted: Invoice) -> tuple[Finding, ...]:
    """Say why the present Xero invoice may not be changed: approved, paid, voided, or its status would go back."""
    if wanted.status == statuses.SKIP:
        return ()  # what bars it was said where its status was read
    found = []
    paid = bool(current.amount_paid or current.credited)
    ends = wanted.status in statuses.CLOSED_FOR_EVER and current.status not in statuses.CLOSED_FOR_EVER
    if ends and not tools.options.void:
        text = f"Vtiger's invoice is cancelled, Xero's is {current.status}, and modules.invoices.void is off."
        remedy = "Void it in Xero, or set modules.invoices.void to true in the config."
        found.append(finding(Code.INV_STATUS, text, field="status", remedy=remedy))
    if statuses.is_lowered(current.status, wanted.status):
        text = f"Its status would go back from {current.status} to {wanted.status}, which Xero does not allow."
        undo = "take the payment back" if current.status == statuses.PAID else "void the invoice"
        remedy = f"Set the status in Vtiger back, or {undo} in Xero."
        found.append(finding(Code.INV_STATUS, text, field="status", remedy=remedy))
    if current.status in statuses.OPEN:
        return tuple(found)
    may_edit = current.status == statuses.AUTHORISED and not paid and (tools.options.edit_approved or ends)
    if not may_edit and not found:
        found.append(_closed(tools, current, wanted, paid=paid))
    return tuple(found)


def _closed(tools: Tools, current: Invoice, wanted: Invoice, *, paid: bool) -> Finding:
    """Say which edits wait, and what would let them through."""
    fields = [name for name in MERGED if getattr(wanted, name) != getattr(current, name)]
    approved = current.status == statuses.AUTHORISED
    state = "paid in part" if paid and approved else current.status
    edits = show_edits(fields, wanted, current, tools)
    text = f"The invoice is {state} in Xero and cannot be modified; what waits: {edits}."
    remedy = ""
    if current.status in statuses.CLOSED_FOR_EVER:
        remedy = "Undo it in Vtiger, or duplicate the invoice there: one that has ended in Xero does not come back."
    elif approved and not paid:
        remedy = (
            "Make the change in Xero, undo it in Vtiger, or set modules.invoices.edit_approved to true in the config."
        )
    return finding(Code.INV_CLOSED, text, field=fields[0] if fields else "status", remedy=remedy)
