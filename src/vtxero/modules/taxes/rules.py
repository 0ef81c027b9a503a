"""Rules of taxes: what Vtiger can hold, and whose name may be whose."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, note
from vtxero.domain.lookups import Lookups
from vtxero.domain.money import canon, round_places
from vtxero.domain.options import TaxMapOptions
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import quoted
from vtxero.modules.taxes.record import DEDUCTED, NAME, TaxRate
from vtxero.rules.taxes import RATE_PLACES
from vtxero.rules.texts import unstorable_findings

LABEL = 50
"""Characters of Vtiger's column for a tax's name (vtiger_inventorytaxinfo.taxlabel)."""
MODULE = "taxes"


@dataclass(frozen=True, slots=True)
class Names:
    """Which names stand for the same tax: equal ones, and those that `taxes.map` joins."""

    options: TaxMapOptions
    lookups: Lookups

    def mapped(self, label: str) -> str:
        """The TaxType that the config gives to a Vtiger tax, blank when it names none."""
        key = match_key(label)
        return next((kind.strip() for name, kind in self.options.map.items() if match_key(name) == key), "")

    def partner(self, label: str) -> str:
        """The TaxType that a Vtiger tax is bound to by the config; the one for no tax at all binds none."""
        kind = self.mapped(label)
        return "" if kind == self.options.none else kind

    def is_one(self, label: str, name: str, tax_type: str) -> bool:
        """Tell whether a Vtiger tax of this label is Xero's rate of this name and type."""
        return match_key(label) == match_key(name) or self.mapped(label) == tax_type

    def several_findings(self, label: str) -> tuple[Finding, ...]:
        """Say that Vtiger has more than one tax of this label."""
        if self.lookups.find_by_key(MODULE, Side.VTIGER, NAME, match_key(label)):
            return ()
        message = f"Vtiger has several taxes labelled {quoted(label)}, and any of them could be Xero's."
        remedy = "Delete or rename all but one of them in Vtiger's tax settings, or map one under taxes.map."
        return (finding(Code.AMBIGUOUS, message, field="name", remedy=remedy),)

    def new_findings(self, name: str) -> tuple[Finding, ...]:
        """Say why no tax of this name may be made in Vtiger: each is a column there that never goes away."""
        key = match_key(name)
        found = [*label_findings(name)]
        if not self.lookups.find_by_key(MODULE, Side.XERO, NAME, key):
            message = (
                f"Xero has several tax rates named {quoted(name)}, and Vtiger would have as many taxes of one name."
            )
            remedy = "Rename all but one of them in Xero."
            found.append(finding(Code.AMBIGUOUS, message, field="name", remedy=remedy))
        if self.lookups.find_by_key(MODULE, Side.VTIGER, DEDUCTED, key):
            message = f"Vtiger has a deducted tax labelled {quoted(name)}, which is no sales tax."
            remedy = "Rename one of the two."
            found.append(finding(Code.AMBIGUOUS, message, field="name", remedy=remedy))
        return tuple(found)


def label_findings(name: str) -> tuple[Finding, ...]:
    """Say why Vtiger would not keep this name: it stores emoji as ????, and cuts at the column, silently."""
    found = unstorable_findings(name, "name", field="name")
    if len(name) > LABEL:
        message = f"The name {quoted(name)} has {len(name)} characters, Vtiger holds {LABEL}."
        found.append(finding(Code.TEXT_UNSUPPORTED, message, field="name"))
    return tuple(found)


def renamed_findings(current: TaxRate, wanted: TaxRate) -> tuple[Finding, ...]:
    """Say that the two bear different names: Vtiger's web service cannot rename a tax without damage."""
    if current.name == wanted.name:
        return ()
    message = f"Xero calls it {quoted(wanted.name)}, Vtiger {quoted(current.name)}."
    return (finding(Code.TAX_NAME, message, field="name"),)


def vtiger_rate(rate: Decimal) -> tuple[Decimal, tuple[Finding, ...]]:
    """Give a rate as Vtiger can hold it, and say so where that is another one."""
    kept = canon(round_places(rate, RATE_PLACES))
    if kept == rate:
        return kept, ()
    message = f"rate: Vtiger keeps {RATE_PLACES} decimals, so it gets {kept:f} for {rate:f}."
    return kept, (note(Code.DECIMALS, message, field="rate"),)
