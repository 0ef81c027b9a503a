"""Which tax of the one side is which of the other: by name and rate, and by the config's map where the names differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeAlias

from vtxero.domain.lookups import Lookups, PartnerState, TaxView
from vtxero.domain.money import HUNDRED, ONE, ZERO, canon, round_places
from vtxero.domain.options import TaxMapOptions
from vtxero.domain.reference import Reference, TaxComponent, VtigerTax, XeroTaxRate
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, unescape

ChosenTax: TypeAlias = tuple[str, Decimal, bool]
"""A tax of a group as Vtiger chose it: label, rate in per cent, whether it is compound."""

RUN_AGAIN_WITH_TAX = "Run again: the next run takes it along with its tax."
REVENUE = "REVENUE"
RATE_PLACES = 3
"""Vtiger keeps three decimals of a rate, Xero four; both are compared at three."""


def same_rate(one: Decimal, other: Decimal) -> bool:
    """Tell whether two rates in per cent are the same."""
    return round_places(one, RATE_PLACES) == round_places(other, RATE_PLACES)


def effective_rate(parts: Iterable[tuple[Decimal, bool]]) -> Decimal:
    """Give the rate in per cent that (rate, compound) parts come to: a compound one is charged on the others too."""
    simple, compound = ZERO, ZERO
    for rate, is_compound in parts:
        if is_compound:
            compound += rate
        else:
            simple += rate
    return canon(simple + compound * (ONE + simple / HUNDRED))


def waits_for_tax(lookups: Lookups, tax_type: str) -> str:
    """Say that this run makes Vtiger's tax of a Xero rate, or changes its percentage; blank where it does neither.

    Only the next run can use it: Vtiger names the tax's column when it makes it, and the plan is whole by then.
    """
    partner = lookups.partner("taxes", Side.XERO, tax_type)
    theirs = lookups.record("taxes", Side.XERO, tax_type)
    is_waiting = partner.state is PartnerState.PLANNED
    if partner.state is PartnerState.LINKED:
        ours = lookups.record("taxes", Side.VTIGER, partner.id)
        rates = [item.rate for item in (ours, theirs) if isinstance(item, TaxView)]
        is_waiting = len(rates) == 2 and not same_rate(*rates)
    name = theirs.name if isinstance(theirs, TaxView) else tax_type
    return f"the tax {name} is made or changed in Vtiger first." if is_waiting else ""


class TaxMatcher:
    """Finds taxes by name and rate among Xero's active ones, those that fit revenue first."""

    def __init__(self, reference: Reference, options: TaxMapOptions) -> None:
        self._vtiger = reference.vtiger
        self._xero = reference.xero
        self._none_type = options.none
        self._map = {match_key(label): tax_type.strip() for label, tax_type in options.map.items()}
        usable = [rate for rate in reference.xero.tax_rates if rate.active]
        self._rates = tuple(sorted(usable, key=lambda rate: REVENUE not in rate.applies_to))

    @property
    def none(self) -> XeroTaxRate | None:
        """Xero's rate for lines without any tax, None when the organisation has no such active rate."""
        return self._active(self._none_type)

    def to_xero(self, label: str, rate: Decimal) -> XeroTaxRate | None:
        """Find Xero's rate for the Vtiger tax `label` at `rate` per cent.

        A label in `taxes.map` means its TaxType, at that TaxType's rate; at another rate the label counts by its name.
        """
        key = match_key(unescape(label))
        mapped = self._active(self._map.get(key, ""))
        if mapped and same_rate(mapped.effective_rate, rate):
            return mapped
        return next((item for item in self._named(key) if same_rate(item.effective_rate, rate)), None)

    def combined(self, taxes: Sequence[ChosenTax]) -> XeroTaxRate | None:
        """Find Xero's one rate for a group of taxes: none, a single one, or a combined one of exactly these components.

        They must have the same names, rates and compounding, and so the same effective rate.
        """
        if not taxes:
            return self.none
        if len(taxes) == 1:
            return self.to_xero(taxes[0][0], taxes[0][1])
        total = effective_rate((rate, compound) for _, rate, compound in taxes)
        spellings = (self._group(taxes, mapped=False), self._group(taxes, mapped=True))
        for item in self._rates:
            if _components(item.components) in spellings and same_rate(item.effective_rate, total):
                return item
        return None

    def to_vtiger(self, tax_type: str) -> VtigerTax | None:
        """Find the Vtiger tax that is Xero's `tax_type`, at the same rate; None also when it is archived in Xero."""
        found = self._active(tax_type)
        if found is None:
            return None
        taxes = [tax for tax in self._vtiger.taxes if tax.method != "Deducted"]
        mapped = [tax for tax in taxes if self._map.get(match_key(unescape(tax.label))) == tax_type]
        key = match_key(found.name)
        named = [tax for tax in taxes if match_key(unescape(tax.label)) == key]
        return next((tax for tax in (*mapped, *named) if same_rate(tax.rate, found.effective_rate)), None)

    def _group(self, taxes: Iterable[ChosenTax], *, mapped: bool) -> list[ChosenTax]:
        """Spell a group as components, by Vtiger's labels or by the names of the rates that they are mapped to."""
        group = []
        for label, rate, compound in taxes:
            found = self.to_xero(label, rate) if mapped else None
            group.append(
                (match_key(found.name if found else unescape(label)), round_places(rate, RATE_PLACES), compound)
            )
        return sorted(group)

    def _active(self, tax_type: str) -> XeroTaxRate | None:
        found = self._xero.tax_rate(tax_type)
        return found if found and found.active else None

    def _named(self, key: str) -> Iterable[XeroTaxRate]:
        return (item for item in self._rates if match_key(item.name) == key)


def _components(components: Iterable[TaxComponent]) -> list[ChosenTax]:
    return sorted((match_key(item.name), round_places(item.rate, RATE_PLACES), item.compound) for item in components)
