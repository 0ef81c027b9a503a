"""A Xero invoice as Vtiger would hold and answer it, with every reason against writing it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order, note
from vtxero.domain.lookups import Partner, PartnerState
from vtxero.domain.money import ONE, ZERO, canon, cents, round_places
from vtxero.domain.sides import Side
from vtxero.domain.text import as_vtiger_stores, shorten
from vtxero.modules.invoices import findings, statuses, vtiger_math, xero_math
from vtxero.modules.invoices.record import Charge, Invoice
from vtxero.modules.invoices.remarks import Remarks
from vtxero.modules.invoices.statuses import Statuses
from vtxero.modules.invoices.to_vtiger_lines import VtigerLines, to_vtiger_lines
from vtxero.modules.invoices.to_xero import hold_back
from vtxero.modules.invoices.tools import SUBJECT, SUBJECT_MAX, Tools
from vtxero.rules.texts import text_notes
from vtxero.sync.records import Projection

RATE_PLACES = 3


def to_vtiger(tools: Tools, record: Invoice, current: Invoice | None) -> Projection[Invoice]:
    """Project a Xero record; all its reasons at once."""
    remarks = Remarks()
    lines = to_vtiger_lines(tools, record, current, remarks)
    head, found = _head(tools, record, current)
    projected = replace(head, lines=lines.lines, shipping=lines.shipping, tax_mode=lines.tax_mode, needs=lines.needs)
    found += remarks.findings()
    adjustment, about = _adjustment(tools, record, current, projected, lines)
    projected = hold_back(tools, replace(projected, adjustment=adjustment), current, Side.VTIGER)
    if about and not remarks.has(Code.INV_TAX_UNKNOWN, Code.DEPENDENCY):
        found.append(about)
    total = cents(vtiger_math.total(projected, tools.compounds))
    return Projection(replace(projected, total=total), in_order(found))


def _head(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[Invoice, list[Finding]]:
    party, found = _party(tools, record, current)
    reference, about_text = _subject(tools, record, current)
    status, about_status = _status(tools, record, current)
    found += [*about_text, *about_status]
    currency = tools.reference.vtiger.currency_by_code(record.currency)
    if currency is None:
        found.append(finding(Code.INV_CURRENCY, f"Vtiger has no currency {record.currency}.", field="currency"))
    if current is None:
        found += _creation_findings(tools, record)
    paid, credited = record.amount_paid, record.credited
    if tools.has_payments:  # its payments make up what was received, and Vtiger itself adds them up
        paid, credited = (current.amount_paid, current.credited) if current else (ZERO, ZERO)
    head = Invoice(
        party=party,
        reference=reference,
        invoice_on=record.invoice_on,
        due_on=record.due_on,
        currency=record.currency,
        status=status,
        amount_paid=paid,
        credited=credited,
        number=current.number if current else record.number,
        amount_due=record.amount_due,
        conversion_rate=_rate(record, base=bool(currency and currency.base)),
        owner=tools.reference.vtiger.user_id,
    )
    return head, found


def _rate(record: Invoice, *, base: bool) -> Decimal:
    """Give the exchange rate as Vtiger keeps it: units of the currency for one of the base, three decimals."""
    rounded = round_places(record.conversion_rate, RATE_PLACES)
    return ONE if base or not rounded else canon(rounded)


def _party(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[str, list[Finding]]:
    if not record.party:
        text = "It has no contact in Xero."
        return "", [finding(Code.INV_PARTY, text, field="party", remedy="Choose a contact on the invoice in Xero.")]
    if current and current.party and tools.partner_of(current.party).id == record.party:
        return current.party, []
    partner = _find_party(tools, record.party)
    problem = findings.partner_finding(partner, "contact", record.party)
    found = [problem] if problem else []
    if partner.id and tools.is_person(partner.id) and (organization := tools.organization_of(partner.id)):
        return organization, found
    if partner.id and tools.is_person(partner.id) and tools.needs_organization:
        text = "Its contact is a person without an organization in Vtiger, and Vtiger's invoices need one."
        remedy = "Give the person an organization in Vtiger."
        found.append(finding(Code.MANDATORY_FIELD, text, field="party", remedy=remedy))
    return partner.id, found


def _find_party(tools: Tools, contact_id: str) -> Partner:
    found = tools.lookups.partner("organizations", Side.XERO, contact_id)
    if found.state in {PartnerState.LINKED, PartnerState.PLANNED}:
        return found
    person = tools.lookups.partner("contacts", Side.XERO, contact_id)
    return person if person.state in {PartnerState.LINKED, PartnerState.PLANNED} else found


def _subject(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[str, list[Finding]]:
    """Give the subject: Reference, else the number, set once; a present one that already says it is kept."""
    if current and current.reference and not record.reference and tools.reference_field == SUBJECT:
        return current.reference, []
    text = record.reference or (record.number if tools.reference_field == SUBJECT else "")
    if current and current.reference.strip() == text:
        return current.reference, []
    kept = shorten(as_vtiger_stores(text), SUBJECT_MAX)
    return kept, list(text_notes("reference", text, kept, Side.VTIGER))


def _status(tools: Tools, record: Invoice, current: Invoice | None) -> tuple[str, list[Finding]]:
    status = Statuses(tools.options).to_vtiger(record.status, current.status if current else "")
    if not status:
        text = f"Its status in Xero is {record.status}, which the config maps to nothing."
        return "", [finding(Code.INV_STATUS, text, field="status")]
    if current is None and record.status in statuses.CLOSED_FOR_EVER:
        text = f"It is {record.status} in Xero and never was in Vtiger."
        return status, [finding(Code.INV_STATUS, text, field="status", remedy="Nothing needs to be done.")]
    return status, []


def _creation_findings(tools: Tools, record: Invoice) -> list[Finding]:
    found = findings.charge_findings(tools, record)
    if tools.reference.vtiger.loses_invoices:
        text = f"Vtiger {tools.reference.vtiger.version} cannot create invoices through its API."
        found.append(finding(Code.RUN_VTIGER_VERSION, text))
    return found


def _adjustment(
    tools: Tools, record: Invoice, current: Invoice | None, projected: Invoice, lines: VtigerLines
) -> tuple[Charge | None, Finding | None]:
    """Give the adjustment: Xero's own, and what Vtiger's unrounded total needs to show Xero's."""
    own = record.adjustment.amount if record.adjustment else ZERO
    present = current.adjustment if current else None
    held = present.amount if present else ZERO
    bound = xero_math.rounding_bound(sum(1 for _ in xero_math.all_lines(record)))
    plain = vtiger_math.total(replace(projected, adjustment=None), tools.compounds)
    gap = record.total - cents(plain + own)
    if current and abs(held - own) <= bound:
        untouched = lines.same and projected.shipping == current.shipping
        # Where nothing of the amounts is written, why the totals differ is not this write's affair.
        if (untouched and (current.total == record.total or abs(gap) > bound)) or (
            present and cents(plain + held) == record.total
        ):
            return present, None
    if not gap:
        return _charge(own), None
    return _round(tools, record, gap, own=own, bound=bound)


def _round(
    tools: Tools, record: Invoice, gap: Decimal, *, own: Decimal, bound: Decimal
) -> tuple[Charge | None, Finding | None]:
    """Put a difference that rounding explains into the adjustment, as far as the config lets it."""
    differs = f"Xero shows {record.total}, by Vtiger's rules it is {record.total - gap}"
    if abs(gap) > bound:
        remedy = "Check the taxes and amounts of the invoice in Xero."
        about = finding(Code.INV_TOTAL, f"{differs}: a difference of {gap}.", field="total", remedy=remedy)
        return _charge(own), about
    if tools.options.rounding == "skip":
        remedy = "Set modules.invoices.rounding in the config to tax, line or accept."
        about = finding(Code.INV_TOTAL, f"{differs}, and invoices.rounding is skip.", field="total", remedy=remedy)
        return _charge(own), about
    if tools.options.rounding == "accept":
        remedy = "Nothing needs to be done."
        return _charge(own), note(Code.INV_TOTAL, f"{differs}; accepted as it is.", field="total", remedy=remedy)
    remedy = "Nothing needs to be done: both totals are the same."
    text = f"{canon(gap)} of rounding became Vtiger's adjustment."
    return _charge(own + gap), note(Code.INV_TOTAL, text, field="total", remedy=remedy)


def _charge(amount: Decimal) -> Charge | None:
    return Charge(canon(amount)) if amount else None
