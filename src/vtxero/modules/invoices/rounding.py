"""Making Xero's total Vtiger's: what per-line rounding leaves over goes into a tax amount, a line, or nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.money import ZERO
from vtxero.modules.invoices import xero_math
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine

Way = Literal["tax", "line", "accept", "skip"]


@dataclass(frozen=True, slots=True)
class Settled:
    """The invoice with its total settled, and what is to be said about it."""

    record: Invoice
    finding: Finding | None = None


def settle_total(
    record: Invoice,
    wanted: Decimal,
    way: Way,
    rates: xero_math.Rates,
    rounding_line: Callable[[Decimal], Charge],
    *,
    left_out: Decimal = ZERO,
) -> Settled:
    """Bring Xero's total of `record` to `wanted`, as far as rounding explains the difference.

    `rounding_line` makes the line that takes the difference where no tax amount can; `left_out` is rounding of an
    earlier crossing that Vtiger shows and `record` does not.
    """
    plain = xero_math.total(record, rates)
    gap = wanted - plain
    record = replace(record, total=plain)
    if not gap:
        return Settled(record)
    lines = sum(1 for _ in xero_math.all_lines(record))
    if abs(gap) > xero_math.rounding_bound(lines) + abs(left_out):
        text = f"Vtiger shows {wanted}, by Xero's rules it is {plain}: a difference of {gap}."
        return Settled(record, finding(Code.INV_TOTAL, text, field="total"))
    match way:
        case "skip":
            text = f"Vtiger shows {wanted}, with Xero's rounding it is {plain}, and invoices.rounding is skip."
            remedy = "Set modules.invoices.rounding in the config to tax, line or accept."
            return Settled(record, finding(Code.INV_TOTAL, text, field="total", remedy=remedy))
        case "accept":
            return Settled(
                record, _told(f"Vtiger shows {wanted}, with Xero's rounding it is {plain}; accepted as it is.")
            )
        case "tax":
            taxed = _into_tax(record, gap, rates)
            if taxed:
                return Settled(
                    replace(taxed, total=wanted), _told(f"{gap} of rounding was added to the tax of one line.")
                )
    with_line = replace(record, rounding=rounding_line(gap), total=wanted)
    return Settled(with_line, _told(f"{gap} of rounding became a line of its own."))


def _told(text: str) -> Finding:
    return note(Code.INV_TOTAL, text, field="total", remedy="Nothing needs to be done: both totals are known.")


def _into_tax(record: Invoice, gap: Decimal, rates: xero_math.Rates) -> Invoice | None:
    """Add the difference to the tax of the largest taxed line that can take it; None when there is no such line."""
    slots: list[tuple[Decimal, int, Decimal]] = []
    for index, line in enumerate(record.lines):
        _offer(slots, index, line, gap, rates)
    if record.shipping:
        _offer(slots, -1, xero_math.charge_line("", record.shipping), gap, rates)
    if not slots:
        return None
    _, index, tax = max(slots, key=lambda slot: (slot[0], -slot[1]))
    if index < 0 and record.shipping:
        return replace(record, shipping=replace(record.shipping, tax_amount=tax))
    lines = list(record.lines)
    lines[index] = replace(lines[index], tax_amount=tax)
    return replace(record, lines=tuple(lines))


def _offer(
    slots: list[tuple[Decimal, int, Decimal]], index: int, line: InvoiceLine, gap: Decimal, rates: xero_math.Rates
) -> None:
    """Offer a line's tax, unless Xero would refuse the changed one: it may not be greater than the line amount."""
    amount, tax = xero_math.line_amount(line), xero_math.line_tax(line, rates)
    if not tax:
        return
    changed = tax + gap
    if changed * tax >= ZERO and abs(changed) <= abs(amount):
        slots.append((abs(amount), index, changed))
