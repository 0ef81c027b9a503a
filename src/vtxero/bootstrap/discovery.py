"""Looks at both services for a first config: what they are, what suggests itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vtxero.bootstrap.services import open_vtiger, open_xero, vtiger_access
from vtxero.bootstrap.tax_checks import match_taxes, same_rates, shown_tax
from vtxero.bootstrap.vault import Vault
from vtxero.config.settings import Settings
from vtxero.domain.money import canon
from vtxero.domain.reference import LedgerAccount, Reference, XeroReference
from vtxero.domain.text import match_key, unescape
from vtxero.domain.words import with_rate
from vtxero.registry import MODULES
from vtxero.rules.accounts import AccountUse, usable_accounts
from vtxero.rules.taxes import REVENUE
from vtxero.sync.ports import Clock
from vtxero.vtiger.greeting import Greeting, greet
from vtxero.vtiger.reference import read_reference as read_vtiger
from vtxero.xero.reference import read_reference as read_xero

SALES_WORDS = ("sales",)
SHIPPING_WORDS = ("freight", "shipping", "postage", "delivery", "carriage")
USUAL_SALES = "200"
"""Sales in the charts that Xero starts organisations with."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found. `edition` is the one that answered."""

    reference: Reference
    edition: str
    matched: tuple[str, ...]
    unmatched: tuple[str, ...]
    hints: tuple[str, ...]
    """Lines for taxes.map that suggest themselves."""
    new_in_vtiger: tuple[str, ...]
    """Xero's rates for revenue that Vtiger does not have."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Our modules that this Vtiger can take part in."""
        return tuple(entry.name for entry in MODULES if not entry.missing(self.reference))

    @property
    def has_payments(self) -> bool:
        """Whether this Vtiger has records for payments."""
        return "Payments" in self.reference.vtiger.modules


def discover(settings: Settings, vault: Vault, clock: Clock) -> Discovery:
    """Read both services' reference data.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: one of them cannot be read.
    """
    complete = vault.complete()
    with open_vtiger(complete) as client:
        vtiger, edition = read_vtiger(client), client.edition.value
    with open_xero(complete, clock, vault.warn, keeper=vault.token_keeper()) as xero_client:
        reference = Reference(vtiger, read_xero(xero_client))
    matched, unmatched = match_taxes(reference, settings)
    return Discovery(
        reference,
        edition,
        tuple(matched),
        tuple(shown_tax(tax) for tax in unmatched),
        tuple(_hints(reference, settings)),
        tuple(_new_in_vtiger(reference)),
    )


def greet_vtiger(settings: Settings) -> Greeting:
    """Knock at Vtiger's address, before anybody has a key.

    Raises:
        ConfigError, TemporaryError, AuthError: no Vtiger answers there.
    """
    return greet(vtiger_access(settings))


def _hints(reference: Reference, settings: Settings) -> Iterator[str]:
    for tax in match_taxes(reference, settings)[1]:
        same = same_rates(tax, reference.xero)
        if same:
            names = " or ".join(f"{rate.tax_type} ({rate.name})" for rate in same[:3])
            yield f"{unescape(tax.label)}: {same[0].tax_type}   (same rate: {names})"


def _new_in_vtiger(reference: Reference) -> Iterator[str]:
    known = {match_key(unescape(tax.label)) for tax in reference.vtiger.taxes}
    for rate in reference.xero.tax_rates:
        if rate.active and REVENUE in rate.applies_to and match_key(rate.name) not in known:
            yield with_rate(rate.name, f"{canon(rate.effective_rate):f}")


def sales_accounts(xero: XeroReference) -> tuple[LedgerAccount, ...]:
    """Give the accounts that sales may go to: revenue, which is all that most people mean; else every usable one."""
    usable = usable_accounts(xero, AccountUse.DOCUMENTS)
    revenue = tuple(item for item in usable if item.klass.upper() == REVENUE)
    return revenue or usable


def payment_accounts(xero: XeroReference) -> tuple[LedgerAccount, ...]:
    """Give the accounts that payments may go to."""
    return usable_accounts(xero, AccountUse.PAYMENTS)


def suggest_sales(xero: XeroReference) -> LedgerAccount | None:
    """Suggest the account of sales: 200 as in Xero's own charts, else one called so, else the first."""
    found = sales_accounts(xero)
    usual = next((item for item in found if item.code == USUAL_SALES), None)
    return usual or _called(found, SALES_WORDS) or next(iter(found), None)


def suggest_shipping(xero: XeroReference) -> LedgerAccount | None:
    """Suggest the account of shipping: one called so, else that of sales."""
    return _called(sales_accounts(xero), SHIPPING_WORDS) or suggest_sales(xero)


def suggest_payments(xero: XeroReference) -> LedgerAccount | None:
    """Suggest the account of payments: the first bank account."""
    return next(iter(payment_accounts(xero)), None)


def _called(accounts: tuple[LedgerAccount, ...], words: tuple[str, ...]) -> LedgerAccount | None:
    return next((item for item in accounts if any(word in item.name.lower() for word in words)), None)
