"""Rules of payments: which may cross, and that none is changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import InvoiceView
from vtxero.domain.money import ZERO, canon
from vtxero.domain.sides import Side
from vtxero.domain.words import called
from vtxero.modules.payments.record import FIELDS, MODULE, Payment
from vtxero.modules.payments.tools import REVERSED, Tools
from vtxero.rules.accounts import payment_account_problem

RECEIVED_ALREADY = (
    "If Vtiger counts this money as received already, nothing needs to be done; else delete or correct, in Vtiger, the "
    "payment that takes its place."
)
AUTHORISED, PAID = "AUTHORISED", "PAID"
TAKES_PAYMENTS = frozenset({AUTHORISED, PAID})
"""Xero's statuses of an approved invoice; of a paid one the amount due tells the rest."""


def own_findings(tools: Tools, payment: Payment) -> Iterator[Finding]:
    """Say what bars a Vtiger payment by itself: its status (of one taken back its snapshot says so), amount, date."""
    if payment.status != tools.options.status and payment.status not in REVERSED:
        shown = payment.status or "blank"
        yield finding(Code.PAY_STATUS, f"Its status is {shown}, not {tools.options.status}.", field="status")
    if payment.outgoing:
        yield finding(
            Code.PAY_STATUS,
            "It is an outgoing payment, and Xero's payments of sales invoices are money received.",
            field="status",
            remedy="Enter the refund in Xero by hand: a credit note for the customer, and its refund.",
        )
    if payment.amount <= ZERO:
        yield finding(
            Code.PAY_AMOUNT,
            f"Its amount is {canon(payment.amount):f}, and Xero takes payments of more than nothing.",
            field="amount",
            remedy="Correct the amount in Vtiger.",
        )
    if payment.paid_on is None:
        text, remedy = "The date received is missing.", "Enter the date received on the payment in Vtiger."
        yield finding(Code.INV_DATE, text, field="paid_on", remedy=remedy)
        return
    locked = tools.reference.xero.organisation.locked_until
    if locked and payment.paid_on <= locked:
        text = f"It was received on {payment.paid_on}, and Xero is locked up to {locked}."
        yield finding(Code.INV_LOCK_DATE, text, field="paid_on")


def invoice_findings(tools: Tools, vtiger: InvoiceView | None, xero: InvoiceView | None) -> Iterator[Finding]:
    """Say why the invoice takes no payments: its status on either side."""
    if vtiger is not None and vtiger.status not in tools.options.invoice_statuses:
        allowed = ", ".join(tools.options.invoice_statuses)
        text = f"Its invoice is {vtiger.status or 'without a status'} in Vtiger, not one of {allowed}."
        yield finding(Code.PAY_INVOICE_STATUS, text, field="invoice")
    if xero is not None and xero.status not in TAKES_PAYMENTS:
        text = f"Its invoice is {xero.status} in Xero, and only authorised ones take payments."
        yield finding(Code.PAY_INVOICE_STATUS, text, field="invoice")


def currency_findings(payment: Payment, invoice: InvoiceView | None) -> Iterator[Finding]:
    """Say that a Vtiger payment is in another currency than its invoice: how much it pays is not known then."""
    if invoice is None or payment.currency in {"", invoice.currency}:
        return
    text = f"The payment is in {payment.currency}, its invoice in {invoice.currency}."
    remedy = "Enter the payment in the invoice's currency."
    yield finding(Code.PAY_AMOUNT, text, field="amount", remedy=remedy)


def amount_findings(
    tools: Tools, side: Side, invoice: InvoiceView | None, payment: Payment, *, place: str, payment_id: str
) -> Iterator[Finding]:
    """Say that it is more than what is due on `side`'s invoice, less what this run's other payments take.

    What Vtiger received is compared, not its balance, which may be stale; credits are known to Xero alone.
    """
    if invoice is None:
        return
    others = tools.tally.before(place, payment_id)
    credited = invoice.credited if side is Side.XERO else ZERO
    due = invoice.total - invoice.amount_paid - credited - others
    if payment.amount > due:
        also = f", after {canon(others):f} of other payments in this run" if others else ""
        service = side.label
        text = f"It is {canon(payment.amount):f}, and {canon(max(due, ZERO)):f} is due in {service}{also}."
        yield finding(Code.PAY_AMOUNT, text, field="amount", remedy="" if side is Side.XERO else RECEIVED_ALREADY)


def replaced_findings(tools: Tools, source: Side, invoice: str, payment: Payment) -> Iterator[Finding]:
    """Say that another payment was taken back on `source` only: with the new one the other side would count both."""
    standing = tools.half_reversed(source, invoice)
    if standing:
        there, here = source.other.label, source.label
        text = (
            f"It is {canon(payment.amount):f}, and {standing} of its invoice, taken back in {here}, stands in {there}."
        )
        yield finding(Code.PAY_AMOUNT, text, field="amount", remedy=f"Take {standing} back in {there} first.")


def account_findings(tools: Tools, payment: Payment) -> Iterator[Finding]:
    """Say why no payment can go to the account."""
    text = tools.account_text(payment)
    problem = payment_account_problem(tools.find_account(text), text)
    if problem:
        remedy = "" if text else "Set modules.payments.account in the config, or an account by mode under accounts."
        yield finding(Code.PAY_ACCOUNT, problem, field="account", remedy=remedy)


def changed_findings(current: Payment, wanted: Payment, source: Side) -> tuple[Finding, ...]:
    """Say what of a payment that has crossed was changed on the side `source`."""
    found = []
    for name in FIELDS:
        before, after = getattr(current, name), getattr(wanted, name)
        if before != after:
            text = f"Its {called(MODULE, name)} was changed in {source.label} after it crossed."
            found.append(finding(Code.PAY_CHANGED, text, field=name))
    return tuple(found)
