"""A Vtiger invoice as Xero would hold and answer it, with every reason against sending it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order, note
from vtxero.domain.money import ZERO, canon
from vtxero.domain.sides import Side
from vtxero.domain.text import shorten
from vtxero.modules.invoices import findings, statuses, xero_math
from vtxero.modules.invoices.record import MERGED, Charge, Invoice
from vtxero.modules.invoices.remarks import Remarks
from vtxero.modules.invoices.rounding import Settled, settle_total
from vtxero.modules.invoices.statuses import Statuses
from vtxero.modules.invoices.to_xero_lines import to_xero_lines
from vtxero.modules.invoices.tools import REFERENCE_MAX, Tools
from vtxero.rules.texts import text_notes
from vtxero.sync.records import Projection

_NO_TOTAL = (Code.INV_TAX_UNKNOWN, Code.INV_TAX_SEVERAL, Code.INV_TAX_COMBINED, Code.INV_DISCOUNT, Code.INV_TOO_BIG)
"""Where one of these stops the invoice, its total in Xero means nothing."""


def to_xero(tools: Tools, record: Invoice, current: Invoice | None) -> Projection[Invoice]:
    """Project a Vtiger record; all its reasons at once, none that merely follows from another."""
    remarks = Remarks()
    lines = to_xero_lines(tools, record, current, remarks)
    head, found = _head(tools, record, current)
    projected = replace(
        head, lines=lines.lines, shipping=lines.shipping, adjustment=lines.adjustment, rounding=None, needs=lines.needs
    )
    projected = hold_back(tools, projected, current, Side.XERO)
    found += remarks.findings()
    empty = not any(xero_math.all_lines(projected))
    if empty or not (record.lines or lines.shipping):
        found.append(finding(Code.INV_LINES, "It has no lines.", field="lines", remedy="Add the lines in Vtiger."))
    if empty or record.group_discount or record.deducted or remarks.has(*_NO_TOTAL):
        return Projection(replace(projected, total=xero_math.total(projected, tools.rates)), in_order(found))
    settled = _settle(tools, record, projected, current)
    if settled.finding:
        found.append(settled.finding)
    return Projection(settled.record, in_order(found))


def hold_back(tools: Tools, projected: Invoice, current: Invoice | None, side: Side) -> Invoice:
    """Put back what the config does not let cross to `side`; a new invoice starts whole, but for its reference."""
    needed = () if current else tuple(name for name in MERGED if name != "reference")
    return tools.rules.hold_back(projected, current or Invoice(), side, needed=needed)


def _head(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[Invoice, list[Finding]]:
    party, found = _party(tools, record)
    status, about_status = _status(tools, record, current)
    found += [
        *findings.date_findings(record),
        *findings.currency_findings(tools, record),
        *findings.lock_findings(tools, record),
        *findings.money_findings(tools, record),
        *about_status,
    ]
    reference = record.reference.strip()
    if current and not current.reference and reference == current.number:
        reference = ""  # Vtiger needs a subject: that of an invoice which Xero made without a reference is its number
    found += text_notes("subject", reference, shorten(reference, REFERENCE_MAX), Side.XERO)
    head = Invoice(
        party=party,
        reference=shorten(reference, REFERENCE_MAX),
        invoice_on=record.invoice_on,
        due_on=record.due_on,
        currency=record.currency,
        status=status,
        group_discount=record.group_discount,
        deducted=record.deducted,
        amount_paid=current.amount_paid if current else ZERO,
        credited=current.credited if current else ZERO,
        number=current.number if current else record.number,
        tax_mode="Exclusive",
    )
    return head, found


def _party(tools: Tools, record: Invoice) -> tuple[str, list[Finding]]:
    if not record.party:
        return "", [finding(Code.INV_PARTY, field="party")]
    partner = tools.partner_of(record.party)
    what = "contact" if tools.is_person(record.party) else "organization"
    problem = findings.partner_finding(partner, what, record.party)
    return partner.id, [problem] if problem else []


def _status(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[str, list[Finding]]:
    rules = Statuses(tools.options)
    meaning = rules.meaning(record.status)
    status = rules.to_xero(record.status, current.status if current else "", settled=_knows_payments(record, current))
    found = []
    shown = repr(record.status) if record.status else "blank"
    if meaning == statuses.SKIP:
        found.append(finding(Code.INV_STATUS, f"Its status is {shown}, which does not cross.", field="status"))
    elif meaning == statuses.VOID and current is None:
        text = f"Its status is {shown}, and it never was in Xero: there is nothing to void."
        found.append(finding(Code.INV_STATUS, text, field="status", remedy="Nothing needs to be done."))
    elif not meaning:
        text = f"Its status is {shown}, which the config maps to nothing."
        found.append(finding(Code.INV_STATUS, text, field="status"))
    if rules.is_paid(record.status) and status != statuses.PAID:
        settled = current.amount_paid + current.credited if current else ZERO
        paid = f"{canon(settled):f} has been paid so far" if settled else "nothing has been paid yet"
        text = f"Vtiger says {record.status}; in Xero {paid}."
        found.append(note(Code.INV_PAID_ELSEWHERE, text, field="status"))
    return status or statuses.DRAFT, found


def _knows_payments(record: Invoice, current: Invoice | None) -> bool:
    """Tell whether Vtiger has received all that Xero has: what it says of being paid is then its own word."""
    return current is not None and ZERO < current.amount_paid <= record.amount_paid


def _settle(tools: Tools, record: Invoice, projected: Invoice, current: Invoice | None) -> Settled:
    present = current.rounding if current else None

    def rounding_line(amount: Decimal) -> Charge:
        largest = max(xero_math.all_lines(projected), key=lambda line: abs(xero_math.line_amount(line)))
        account = tools.options.adjustment_account or largest.account
        none = tools.matcher.none
        charge = Charge(canon(amount), tax_type=none.tax_type if none else "", account=account)
        if present:
            charge = replace(
                charge, account=present.account or account, line_id=present.line_id, tracking=present.tracking
            )
        return charge

    left_out = _amount(record.adjustment) - _amount(projected.adjustment) if current else ZERO
    return settle_total(projected, record.total, tools.options.rounding, tools.rates, rounding_line, left_out=left_out)


def _amount(charge: Charge | None) -> Decimal:
    return charge.amount if charge else ZERO
