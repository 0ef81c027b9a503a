"""Tax rates by the API: one in a request (developer.xero.com: Accounting API, Tax Rates)."""

from __future__ import annotations

import re
from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError
from vtxero.sandbox.xero.reference import add_tax_rate
from vtxero.sandbox.xero.wire import Record, bool_in, number_in, places, text_in

HUNDRED = Decimal(100)
REPORTING = {"AU", "NZ", "UK"}
"""Editions in which a new rate must name a ReportTaxType."""

SAME_NAME = "A tax rate with this name already exists. Please enter a unique Name."
NO_NAME = "The Name of a tax rate must be specified."
NO_REPORT = "ReportTaxType must be specified"
NO_COMPONENTS = "A tax rate must have at least one tax component"
SYSTEM = "System tax rates cannot be changed"
COMPONENTS_GONE = "All existing tax components must be listed; they can be neither removed nor renamed"
CLASSES = {"OUTPUT": ("Assets", "Equity", "Liabilities", "Revenue")}
CLASSES["INPUT"] = ("Assets", "Equity", "Expenses", "Liabilities")
EVERY = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")
_MADE = re.compile(r"^TAX\d{3,}$")


def save_tax_rate(books: Books, element: Record, *, create: bool) -> Record:
    """Create a rate, or change the one that TaxType or Name points at.

    Raises:
        InvalidError: Xero would not take it.
    """
    current = None if create else _matched(books, element)
    if current is None:
        return _create(books, element)
    if not _MADE.match(current["TaxType"]):
        raise InvalidError(SYSTEM)
    if text_in(element, "Status") == "DELETED":
        current["Status"] = "DELETED"
        return current
    return _change(books, current, element)


def _matched(books: Books, element: Record) -> Record | None:
    tax_type, name = text_in(element, "TaxType"), text_in(element, "Name")
    if tax_type in books.tax_rates:
        return books.tax_rates[tax_type]
    return next((one for one in _living(books) if name and one["Name"].casefold() == name.casefold()), None)


def _living(books: Books) -> list[Record]:
    return [one for one in books.tax_rates.values() if one["Status"] != "DELETED"]


def _create(books: Books, element: Record) -> Record:
    findings = Findings()
    components = [_component(one) for one in element.get("TaxComponents") or ()]
    name, report = text_in(element, "Name") or "", text_in(element, "ReportTaxType")
    _check_name(books, name, None, findings)
    if text_in(element, "TaxType"):
        findings.add("TaxType cannot be chosen; Xero generates it")
    if not report and books.organisation.get("Version") in REPORTING:
        findings.add(NO_REPORT)
    _check_components(components, findings)
    findings.stop()
    flags = {f"CanApplyTo{one}": one in CLASSES.get(report or "", EVERY) for one in EVERY}
    rate = {"Name": name, **({"ReportTaxType": report} if report else {}), **flags, "TaxComponents": components}
    return add_tax_rate(books, {**rate, **_rates(components)})


def _change(books: Books, rate: Record, element: Record) -> Record:
    findings = Findings()
    name = text_in(element, "Name") or rate["Name"]
    _check_name(books, name, rate, findings)
    components = [_component(one) for one in element.get("TaxComponents") or ()]
    kept = {one["Name"] for one in rate["TaxComponents"]}
    if not kept <= {one["Name"] for one in components}:
        findings.add(COMPONENTS_GONE)
    _check_components(components, findings)
    findings.stop()
    rate.update({"Name": name, "TaxComponents": components, **_rates(components)})
    return rate


def _component(source: Record) -> Record:
    return {
        "Name": text_in(source, "Name") or "",
        "Rate": places(number_in(source, "Rate") or Decimal(0), 4),
        "IsCompound": bool_in(source, "IsCompound") or False,
        "IsNonRecoverable": bool_in(source, "IsNonRecoverable") or False,
    }


def _rates(components: list[Record]) -> Record:
    """Add up the simple components; a compound one is charged on the amount with these."""
    simple = sum((one["Rate"] for one in components if not one["IsCompound"]), Decimal(0))
    compound = sum((one["Rate"] for one in components if one["IsCompound"]), Decimal(0))
    effective = places(simple + compound * (HUNDRED + simple) / HUNDRED, 4)
    return {"DisplayTaxRate": places(simple + compound, 4), "EffectiveRate": effective}


def _check_name(books: Books, name: str, own: Record | None, findings: Findings) -> None:
    if not name:
        findings.add(NO_NAME)
    if any(one is not own and one["Name"].casefold() == name.casefold() for one in _living(books)):
        findings.add(SAME_NAME)


def _check_components(components: list[Record], findings: Findings) -> None:
    if not components:
        findings.add(NO_COMPONENTS)
    if any(not one["Name"] for one in components):
        findings.add("Every tax component must have a Name")
    if sum(one["IsCompound"] for one in components) > 1:
        findings.add("Only one tax component can be compound")
