"""What both mappers of payments work with: reference data, options, lookups, and answers drawn from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.ids import is_vtiger_id
from vtxero.domain.lookups import InvoiceView, Lookups, Partner, PartnerState
from vtxero.domain.money import ZERO
from vtxero.domain.options import InvoiceOptions, PaymentOptions
from vtxero.domain.reference import LedgerAccount, Reference, VtigerModule
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.modules.payments.record import MODULE, Payment
from vtxero.rules.fields import FieldRules

INVOICES = "invoices"
REVERSED = frozenset({"Failure", "Refunded"})
"""Vtiger's statuses of a payment that was taken back (help.vtiger.com: Payments)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What payments of this run take off what is due on an invoice: by invoice, then by payment."""

    taken: dict[str, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def before(self, invoice: str, payment_id: str) -> Decimal:
        """What the other payments of this run take."""
        return sum((amount for each, amount in self.taken[invoice].items() if each != payment_id), ZERO)

    def take(self, invoice: str, payment_id: str, amount: Decimal) -> None:
        """Note a payment."""
        self.taken[invoice][payment_id] = amount


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that a projection may ask. Made once for a slice."""

    reference: Reference
    options: PaymentOptions
    invoices: InvoiceOptions
    lookups: Lookups
    rules: FieldRules
    module: VtigerModule
    account_field: str
    """Vtiger's field for the account, blank where it has none."""
    tally: Tally = field(default_factory=Tally)

    def partner(self, side: Side, invoice: str) -> Partner:
        """Find the other side's invoice of an invoice of `side`."""
        return self.lookups.partner(INVOICES, side, invoice) if invoice else Partner(PartnerState.UNKNOWN)

    def number_of(self, invoice: str) -> str:
        """Name an invoice of either side for people by its number; the id where it has none or was never read."""
        found = self.invoice(Side.VTIGER if is_vtiger_id(invoice) else Side.XERO, invoice)
        return str(getattr(found, "number", "")) or invoice

    def invoice(self, side: Side, invoice: str) -> InvoiceView | None:
        """Give an invoice as `side` has it."""
        found = self.lookups.record(INVOICES, side, invoice) if invoice else None
        return found if isinstance(found, InvoiceView) else None

    def target_invoice(self, side: Side, source_invoice: str) -> InvoiceView | None:
        """Give the invoice that `side` has, or will have, for one of the other side: as this plan leaves it."""
        planned = self.lookups.planned(INVOICES, side.other, source_invoice)
        if isinstance(planned, InvoiceView):
            return planned
        return self.invoice(side, self.partner(side.other, source_invoice).id)

    def half_reversed(self, side: Side, invoice: str) -> str:
        """Name a payment of `side`'s invoice that was taken back there and stands on the other side still, if any."""
        for payment_id in self.lookups.gone_with(MODULE, side, invoice):
            partner = self.lookups.partner(MODULE, side, payment_id)
            if partner.state is PartnerState.LINKED:
                standing = self.lookups.record(MODULE, side.other, partner.id)
                return getattr(standing, "reference", "") or partner.id
        return ""

    def find_account(self, text: str) -> LedgerAccount | None:
        """Find an account by code, name, or id (a bank account may have no code)."""
        xero, wanted = self.reference.xero, text.strip()
        return xero.find_account(wanted) or next((each for each in xero.accounts if each.account_id == wanted), None)

    def account_text(self, payment: Payment) -> str:
        """Give what a Vtiger payment, or else the config, names as its account."""
        if payment.account.strip() and self.rules.crosses("account", Side.XERO):
            return payment.account
        key = match_key(payment.mode)
        by_mode = (text for mode, text in self.options.accounts.items() if key and match_key(mode) == key)
        return next(by_mode, self.options.account)

    def mode_of(self, account: str) -> str:
        """Give the one payment mode to which the config gives this account, blank where there is none or several."""
        modes = [
            mode for mode, text in self.options.accounts.items() if account_key(self.find_account(text)) == account
        ]
        return modes[0] if account and len(modes) == 1 else ""


def account_key(account: LedgerAccount | None) -> str:
    """Name an account as payments do: by its code, or by its id where it has none."""
    return (account.code or account.account_id) if account else ""


def dependency_findings(partner: Partner, invoice: str) -> tuple[Finding, ...]:
    """Say that the invoice has no partner."""
    if partner.state in {PartnerState.LINKED, PartnerState.PLANNED}:
        return ()
    known = partner.label or invoice
    return (finding(Code.DEPENDENCY, f"Its invoice {known} is not on both sides.", field="invoice"),)
