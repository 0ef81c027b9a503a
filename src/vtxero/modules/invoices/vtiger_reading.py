"""Which taxes and which header discount Vtiger counted: the reading of an invoice that explains its stored total.

A line stores rates of taxes that never counted (not attached to the product in individual mode; on other than the
first line in group mode), products change afterwards, and a header-only query does not tell the header discount.
The stored totals do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from vtxero.domain.money import HUNDRED, ZERO, cents
from vtxero.modules.invoices.record import GROUP, LineTax
from vtxero.modules.invoices.vtiger_math import EXACT, Compounds, group_tax, line_net, simple_tax, ui_tolerance

MAX_DOUBTFUL = 10
"""How many lines may be in doubt at once; each doubles the readings that are tried."""

LineTaxes = tuple[LineTax, ...]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line's figures. `stored` are its rates other than zero, `attached` the product's taxes, None when unknown."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    discount_amount: Decimal
    stored: LineTaxes
    attached: tuple[str, ...] | None = None

    @property
    def net(self) -> Decimal:
        """The amount before tax."""
        return line_net(self.quantity, self.unit_price, self.discount_percent, self.discount_amount)

    @property
    def likely(self) -> LineTaxes:
        """The rates that count by the product as it is now; all stored ones where it is unknown."""
        if self.attached is None:
            return self.stored
        return tuple(tax for tax in self.stored if tax[0] in self.attached)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An invoice's figures as stored. `charge_tax` and the header discount are None where they were not read."""

    lines: tuple[SheetLine, ...]
    mode: str
    grand: Decimal
    pre_tax: Decimal
    charges: Decimal = ZERO
    adjustment: Decimal = ZERO
    charge_tax: Decimal | None = ZERO
    discount_amount: Decimal | None = None
    discount_percent: Decimal | None = None
    odd_case: bool = False
    """The tax type is spelt `Individual`: computed alike, but pre_tax_total then holds the taxes."""
    deducted: frozenset[str] = frozenset()
    compounds: Compounds = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted: taxes by line, the header discount, and whether that explains the stored total."""

    taxes: tuple[LineTaxes, ...]
    discount: Decimal
    explained: bool


def read(sheet: Sheet) -> Reading:
    """Find the interpretation that explains the total: exactly if there is one, else within the web UI's roundings."""
    tries = [(taxes, *_miss(sheet, taxes)) for taxes in _first_tries(sheet)]
    exact = next((one for one in tries if one[2] <= EXACT), None)
    if exact is None:
        exact = next((one for one in _more(sheet) if one[2] <= EXACT), None)
    if exact:
        return Reading(exact[0], exact[1], explained=True)
    tolerance = ui_tolerance(len(sheet.lines))
    near = next((one for one in tries if one[2] <= tolerance), None)
    if near is None:
        near = min((one for one in _more(sheet) if one[2] <= tolerance), key=lambda one: one[2], default=None)
    if near:
        return Reading(near[0], cents(near[1]), explained=sheet.charge_tax is not None)
    return Reading(tries[0][0], tries[0][1], explained=False)


Try = tuple[tuple[LineTaxes, ...], Decimal, Decimal]


def _first_tries(sheet: Sheet) -> Iterator[tuple[LineTaxes, ...]]:
    """The likeliest first: what the product says, or in group mode the first line; then without deducted taxes."""
    if sheet.mode == GROUP:
        first = sheet.lines[0].stored if sheet.lines else ()
        yield tuple(first for _ in sheet.lines)
        yield tuple(_without(first, sheet.deducted) for _ in sheet.lines)
        yield tuple(() for _ in sheet.lines)
        return
    yield tuple(_without(line.likely, sheet.deducted) for line in sheet.lines)
    yield tuple(line.likely for line in sheet.lines)


def _more(sheet: Sheet) -> Iterator[Try]:
    """Readings in which some lines count otherwise than their products say, the fewest first."""
    if sheet.mode == GROUP:
        return
    base = [_without(line.likely, sheet.deducted) for line in sheet.lines]
    others = [_others(line, likely, sheet.deducted) for line, likely in zip(sheet.lines, base, strict=True)]
    doubtful = [index for index, options in enumerate(others) if options]
    for count in range(1, len(doubtful) + 1):
        if len(doubtful) > MAX_DOUBTFUL and count not in {1, len(doubtful)}:
            continue
        for chosen in combinations(doubtful, count):
            for option in (0, 1):
                taxes = list(base)
                for index in chosen:
                    taxes[index] = others[index][min(option, len(others[index]) - 1)]
                reading = tuple(taxes)
                yield (reading, *_miss(sheet, reading))


def _others(line: SheetLine, likely: LineTaxes, deducted: frozenset[str]) -> list[LineTaxes]:
    everything = _without(line.stored, deducted)
    return [option for option in (everything, ()) if option != likely]


def _miss(sheet: Sheet, taxes: Sequence[LineTaxes]) -> tuple[Decimal, Decimal]:
    """Give the header discount under this reading, and by how much the total is then missed."""
    nets = [line.net for line in sheet.lines]
    total_net = sum(nets, ZERO)
    taxed = total_net
    if sheet.mode != GROUP:
        taxed += sum((simple_tax(each, line) for each, line in zip(nets, taxes, strict=True)), ZERO)
    discount = _discount(sheet, total_net, taxed)
    missed = _total(sheet, taxed, discount, taxes) - sheet.grand
    if sheet.discount_amount is None and ZERO < abs(discount) <= ui_tolerance(len(nets)) and abs(missed) > EXACT:
        # Roundings of the web UI look like a tiny discount; if the total comes out without it there is none.
        without = abs(_total(sheet, taxed, ZERO, taxes) - sheet.grand)
        return ZERO, without
    return discount, abs(missed)


def _total(sheet: Sheet, taxed: Decimal, discount: Decimal, taxes: Sequence[LineTaxes]) -> Decimal:
    group = ZERO
    if sheet.mode == GROUP and taxes:
        group = group_tax(taxed - discount, taxes[0], sheet.compounds)
    return taxed - discount + group + sheet.charges + (sheet.charge_tax or ZERO) + sheet.adjustment


def _discount(sheet: Sheet, total_net: Decimal, taxed: Decimal) -> Decimal:
    """Give the header discount: as read, else the gap between the lines and pre_tax_total."""
    if sheet.discount_amount is not None and sheet.discount_percent is not None:
        amount = sheet.discount_amount
        return amount if amount > 0 else taxed * sheet.discount_percent / HUNDRED
    gap = (taxed if sheet.odd_case else total_net) + sheet.charges - sheet.pre_tax
    return gap if abs(gap) > EXACT else ZERO


def _without(taxes: Iterable[LineTax], fields: frozenset[str]) -> LineTaxes:
    return tuple(tax for tax in taxes if tax[0] not in fields)
