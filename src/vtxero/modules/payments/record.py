"""The record that a payment in Vtiger and one in Xero share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vtxero.domain.money import ZERO, canon

MODULE = "payments"
FIELDS = ("invoice", "amount", "paid_on", "account", "status", "reference")
"""The fields that are compared, in the order they are shown. None is ever changed once a payment has crossed."""
REFERENCE, SAME = "reference", "same"
"""Kinds of keys: Vtiger's number in Xero's Reference; invoice, day and amount, which several payments may share."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as one side holds it. `amount` is in the invoice's currency.

    `account` is a code of Xero's chart, or an account's id where it has no code; in Vtiger the text of the payment's
    own field, blank where it names none. `reference` is Vtiger's number, or Xero's Reference. The fields after it,
    which are never compared, exist in Vtiger only; `currency` is blank where the payment says none, `outgoing` is money
    that was paid back to the customer.
    """

    invoice: str = ""
    amount: Decimal = ZERO
    paid_on: date | None = None
    account: str = ""
    status: str = ""
    reference: str = ""
    mode: str = ""
    currency: str = ""
    outgoing: bool = False


def same_key(invoice: str, payment: Payment) -> tuple[tuple[str, str], ...]:
    """Give the key of payments that are as good as each other: one of Xero's invoices, one day, one amount."""
    if not invoice or payment.paid_on is None:
        return ()
    return ((SAME, f"{invoice} {payment.paid_on} {canon(payment.amount):f}"),)


def reference_key(invoice: str, reference: str) -> tuple[tuple[str, str], ...]:
    """Give the key by which a payment that we made is known again."""
    return ((REFERENCE, f"{invoice} {reference}"),) if invoice and reference else ()
