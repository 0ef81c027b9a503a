"""Taxes of both services held against each other: which is which, and which lines of the config lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from vtxero.bootstrap.checks import CONFIG, Check, ok, problem, warning
from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.money import canon
from vtxero.domain.reference import Reference, VtigerTax, XeroReference, XeroTaxRate
from vtxero.domain.text import match_key, unescape
from vtxero.domain.words import with_rate
from vtxero.rules.taxes import TaxMatcher, same_rate


def tax_checks(reference: Reference, settings: Settings) -> Iterator[Check]:
    """Say which taxes were found on the other side, and which lines of the map lead nowhere."""
    yield from map_checks(reference, settings)
    matched, unmatched = match_taxes(reference, settings)
    if matched:
        yield ok("Taxes", f"matched: {', '.join(matched)}.")
    by_remedy: dict[str, list[str]] = {}
    for tax in unmatched:
        by_remedy.setdefault(_tax_remedy(tax, reference.xero), []).append(shown_tax(tax))
    for remedy, names in by_remedy.items():
        text = f"without a match in Xero: {', '.join(names)}. Invoices that use one will be skipped."
        yield warning("Taxes", text, remedy, code=Code.INV_TAX_UNKNOWN)


def match_taxes(reference: Reference, settings: Settings) -> tuple[list[str], list[VtigerTax]]:
    """Give Vtiger's taxes that are found in Xero, with where, and those that are not. Deducted ones never cross."""
    matcher = TaxMatcher(reference, settings.taxes)
    matched, unmatched = [], []
    for tax in reference.vtiger.taxes:
        if tax.method == "Deducted":
            continue
        found = matcher.to_xero(tax.label, tax.rate)
        if found is None:
            unmatched.append(tax)
        else:
            matched.append(f"{shown_tax(tax)} = {found.tax_type}")
    return matched, unmatched


def shown_tax(tax: VtigerTax) -> str:
    """Name a tax for people."""
    return with_rate(unescape(tax.label), f"{canon(tax.rate):f}")


def same_rates(tax: VtigerTax, xero: XeroReference) -> list[XeroTaxRate]:
    """Give Xero's active rates of as many per cent as a tax of Vtiger's: one of them may be meant by it."""
    return [rate for rate in xero.tax_rates if rate.active and same_rate(rate.effective_rate, tax.rate)]


def _tax_remedy(tax: VtigerTax, xero: XeroReference) -> str:
    same = same_rates(tax, xero)
    if not same:
        return (
            "Where invoices use such a tax, make one as high in Xero: of the same name, or of another that taxes.map "
            "in the config names."
        )
    choices = " or ".join(f"{rate.tax_type} ({rate.name})" for rate in same[:4])
    return f"Where it is {choices} in Xero, say so: taxes.map: {{{unescape(tax.label)}: {same[0].tax_type}}}."


def _rate_checks(reference: Reference, settings: Settings) -> Iterator[Check]:
    """Say which lines of taxes.map name a rate of other per cents than the tax's: such a line counts for nothing."""
    for label, tax_type in settings.taxes.map.items():
        rate = reference.xero.tax_rate(tax_type.strip())
        taxes = [tax for tax in reference.vtiger.taxes if match_key(unescape(tax.label)) == match_key(unescape(label))]
        if rate is None or not taxes or any(same_rate(tax.rate, rate.effective_rate) for tax in taxes):
            continue
        theirs = with_rate(rate.tax_type, f"{canon(rate.effective_rate):f}")
        yield warning(
            f"taxes.map.{label}",
            f"{theirs} is not as high as {', '.join(map(shown_tax, taxes))}, and is not used for it.",
            _tax_remedy(taxes[0], reference.xero),
            code=Code.INV_TAX_UNKNOWN,
        )


def map_checks(reference: Reference, settings: Settings) -> Iterator[Check]:
    """Check taxes.none and the lines of taxes.map against both services."""
    labels = {match_key(unescape(tax.label)) for tax in reference.vtiger.taxes}
    active = {rate.tax_type for rate in reference.xero.tax_rates if rate.active}
    named = [("taxes.none", settings.taxes.none), *((f"taxes.map.{k}", v) for k, v in settings.taxes.map.items())]
    for key, tax_type in named:
        if tax_type.strip() not in active:
            yield problem(
                key,
                f"Xero has no active tax rate with the TaxType {tax_type!r}.",
                f"Its TaxTypes are: {', '.join(sorted(active))}.",
                exit_code=CONFIG,
            )
    yield from _rate_checks(reference, settings)
    for label in settings.taxes.map:
        if match_key(unescape(label)) not in labels:
            yield problem(
                f"taxes.map.{label}",
                "Vtiger has no tax with that label.",
                f"Its labels are: {', '.join(unescape(tax.label) for tax in reference.vtiger.taxes) or 'none'}.",
                exit_code=CONFIG,
            )
