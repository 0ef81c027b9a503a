"""Vtiger's arithmetic, as its server does it when told through the API: nothing is rounded.

Individual mode: a line's taxes are taken on the line, compounding is ignored. Group mode: all taxes are taken on
the sum of the lines less the header discount, a compound tax also on the taxes it compounds on. Measured on 8.2.0;
the web UI does the same but rounds to cents at each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from vtxero.domain.money import CENT, HUNDRED, ZERO
from vtxero.modules.invoices.record import GROUP, INDIVIDUAL, Charge, Invoice, InvoiceLine, LineTax

EXACT = Decimal("0.00001")
"""Totals are kept with 8 decimals and calculated as doubles: closer than this is equal."""

Compounds = Mapping[str, Sequence[str]]
"""The tax fields that each compound tax is also taken on."""


def line_net(quantity: Decimal, unit_price: Decimal, percent: Decimal, amount: Decimal) -> Decimal:
    """Give a line's amount before tax; a discount amount wins over a percentage."""
    gross = quantity * unit_price
    return gross - (amount or gross * percent / HUNDRED)


def net(line: InvoiceLine) -> Decimal:
    """Give a line's amount before tax."""
    return line_net(line.quantity, line.unit_price, line.discount_percent, line.discount_amount)


def simple_tax(base: Decimal, taxes: Iterable[LineTax]) -> Decimal:
    """Sum taxes that are all taken on the same base."""
    return sum((base * rate / HUNDRED for _, rate in taxes), ZERO)


def group_tax(base: Decimal, taxes: Sequence[LineTax], compounds: Compounds) -> Decimal:
    """Sum the taxes of a group; a compound one is also taken on those it compounds on."""
    simple = {name: base * rate / HUNDRED for name, rate in taxes if not compounds.get(name)}
    total = sum(simple.values(), ZERO)
    for name, rate in taxes:
        if below := compounds.get(name):
            total += (base + sum((simple.get(each, ZERO) for each in below), ZERO)) * rate / HUNDRED
    return total


def charge_total(charge: Charge | None) -> Decimal:
    """Give a charge with its taxes."""
    return charge.amount + simple_tax(charge.amount, charge.taxes) if charge else ZERO


def mode_of(record: Invoice) -> str:
    """Tell in which mode Vtiger has, or gets, an invoice: as a group only while all lines have the same taxes."""
    is_group = record.tax_mode == GROUP and len({line.taxes for line in record.lines}) < 2
    return GROUP if is_group else INDIVIDUAL


def total(record: Invoice, compounds: Compounds) -> Decimal:
    """Give the grand total that Vtiger's server would compute, unrounded; deducted taxes, which stop it, left out."""
    nets = [net(line) for line in record.lines]
    if mode_of(record) == GROUP:
        base = sum(nets, ZERO) - record.group_discount
        amount = base + group_tax(base, record.lines[0].taxes if record.lines else (), compounds)
    else:
        amount = sum((each + simple_tax(each, line.taxes) for each, line in zip(nets, record.lines, strict=True)), ZERO)
        amount -= record.group_discount
    return amount + charge_total(record.shipping) + charge_total(record.adjustment)


def ui_tolerance(lines: int) -> Decimal:
    """How far a total of the web UI may be from the unrounded one: two roundings a line and three on the header."""
    return CENT * (2 * lines + 3)
