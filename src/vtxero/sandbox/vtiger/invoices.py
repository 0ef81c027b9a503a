"""The arithmetic of an invoice as the server does it when told through the API: nothing is rounded.

Amounts are exact decimals here; only the database columns cut them to 8 decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class LineSum:
    """A line as the totals see it; `rates` are the taxes that count for it in individual mode."""

    quantity: Decimal
    price: Decimal
    discount_amount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    rates: tuple[Decimal, ...] = ()

    @property
    def total(self) -> Decimal:
        """Give price by quantity less discount; a discount amount wins over a percentage."""
        gross = self.price * self.quantity
        return gross - (self.discount_amount or gross * self.discount_percent / HUNDRED)

    @property
    def with_taxes(self) -> Decimal:
        """Give the total with each of its taxes on it; compounding is ignored in individual mode."""
        return self.total + sum((self.total * rate / HUNDRED for rate in self.rates), ZERO)


@dataclass(frozen=True, slots=True)
class Header:
    """What the totals need to know beside the lines."""

    tax_type: str = ""
    discount_amount: Decimal = ZERO
    discount_percent: Decimal = ZERO
    charge: Decimal = ZERO
    charge_rates: tuple[Decimal, ...] = ()
    adjustment: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Totals:
    """The three sums the server writes on the header."""

    sub: Decimal
    grand: Decimal
    pre_tax: Decimal


def compute(
    header: Header,
    lines: Sequence[LineSum],
    group_rates: Mapping[str, Decimal],
    compounds: Mapping[str, Sequence[str]],
) -> Totals:
    """Total an invoice; any case of `individual` is individual, everything else is treated as group."""
    individual = header.tax_type.lower() == "individual"
    net = sum((line.total for line in lines), ZERO)
    sub = sum((line.with_taxes for line in lines), ZERO) if individual else net
    discount = header.discount_amount if header.discount_amount > 0 else sub * header.discount_percent / HUNDRED
    taxes = ZERO if individual else group_tax(sub - discount, group_rates, compounds)
    charge_taxes = sum((header.charge * rate / HUNDRED for rate in header.charge_rates), ZERO)
    # The tax-free base is found by an exact comparison, so `Individual` misses it.
    base = net if header.tax_type == "individual" else sub
    return Totals(
        sub=sub,
        grand=sub - discount + header.charge + taxes + charge_taxes + header.adjustment,
        pre_tax=base - discount + header.charge,
    )


def group_tax(base: Decimal, rates: Mapping[str, Decimal], compounds: Mapping[str, Sequence[str]]) -> Decimal:
    """Sum the taxes on one base; a compound tax is also taken on the taxes below it."""
    simple = {name: base * rate / HUNDRED for name, rate in rates.items() if not compounds.get(name)}
    total = sum(simple.values(), ZERO)
    for name, rate in rates.items():
        if below := compounds.get(name):
            total += (base + sum((simple.get(each, ZERO) for each in below), ZERO)) * rate / HUNDRED
    return total
