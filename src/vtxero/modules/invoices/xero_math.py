"""Xero's arithmetic: each line's amount and tax are rounded half away from zero to cents, then summed.

https://developer.xero.com/documentation/guides/how-to-guides/rounding-in-xero (a recorded invoice of three lines at
15 % gave 11.44 by this rule).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from vtxero.domain.money import CENT, HUNDRED, ONE, ZERO, cents
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine

UNIT_PLACES = 4
DISCOUNT_PLACES = 2
MAX_AMOUNT = Decimal("9999999999.99")

Rates = Mapping[str, Decimal]
"""The effective rate in per cent by TaxType."""

CHARGES = "Charges"
ADJUSTMENT = "Adjustment"
ROUNDING = "Rounding"


def line_amount(line: InvoiceLine) -> Decimal:
    """Give a line's amount before tax; when a line has both discounts, the rate wins."""
    gross = line.quantity * line.unit_price
    if line.discount_percent:
        return cents(gross * (ONE - line.discount_percent / HUNDRED))
    return cents(gross - line.discount_amount)


def rate_tax(amount: Decimal, rate: Decimal) -> Decimal:
    """Give the tax that a rate comes to on a line."""
    return cents(amount * rate / HUNDRED)


def line_tax(line: InvoiceLine, rates: Rates) -> Decimal:
    """Give a line's tax: what it was set to, else what its rate gives."""
    if line.tax_amount is not None:
        return line.tax_amount
    return rate_tax(line_amount(line), rates.get(line.tax_type, ZERO))


def charge_line(name: str, charge: Charge) -> InvoiceLine:
    """Write a charge as the line it is in Xero."""
    return InvoiceLine(
        description=name,
        unit_price=charge.amount,
        tax_type=charge.tax_type,
        account=charge.account,
        tax_amount=charge.tax_amount,
        line_id=charge.line_id,
        tracking=charge.tracking,
    )


def all_lines(record: Invoice) -> Iterator[InvoiceLine]:
    """Give every line in Xero's order: the products' first, then charges, adjustment and rounding."""
    yield from record.lines
    for name, charge in ((CHARGES, record.shipping), (ADJUSTMENT, record.adjustment), (ROUNDING, record.rounding)):
        if charge is not None:
            yield charge_line(name, charge)


def total(record: Invoice, rates: Rates) -> Decimal:
    """Give the total that Xero would answer."""
    return sum((line_amount(line) + line_tax(line, rates) for line in all_lines(record)), ZERO)


def rounding_bound(lines: int) -> Decimal:
    """Give the largest difference that rounding explains: half a cent for each line, each tax, and the total."""
    return CENT / 2 * (2 * lines + 1)


def largest_rounding(lines: int) -> Decimal:
    """Give the most that a line of rounding of ours holds: of this crossing, and of one before that Vtiger shows."""
    return rounding_bound(lines) + rounding_bound(lines + 2)
