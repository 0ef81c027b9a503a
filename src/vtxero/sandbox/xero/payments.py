"""Payments: taking and deleting them, of invoices and of credits (developer.xero.com: Accounting API, Payments)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.credits import CREDIT_NOTE, KINDS, Kind, get_credit, kind_of, settle_credit
from vtxero.sandbox.xero.drafting import BAD_RATE, lock_text
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.invoices import settle
from vtxero.sandbox.xero.lines import NOTHING, ONE
from vtxero.sandbox.xero.saving import Mode, Saved, by_guid, refuse_unmodelled
from vtxero.sandbox.xero.wire import (
    Record,
    bool_in,
    cents,
    date_in,
    given,
    number_in,
    places,
    text_in,
)  # fmt: skip

NO_DOCUMENT = "Document could not be found"
NO_ACCOUNT = "Account could not be found"
BAD_ACCOUNT = "Account type is invalid for making a payment to/from"
NOT_APPROVED = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
IN_BATCH = "Payments within a batch cannot be deleted."
NOT_MODELLED = {"BatchPayment", "BankAccountNumber", "Particulars", "Details"}


def get_payment(books: Books, key: str) -> Record:
    """Get a payment by PaymentID.

    Raises:
        NotFoundError: there is none.
    """
    return by_guid(books.payments, key)


def save_payment(books: Books, element: Record, mode: Mode) -> Saved:
    """Take a payment for an approved invoice, or pay back what is left of a credit.

    Raises:
        InvalidError: Xero would not take it.
    """
    payment, paid = make_payment(books, element, mode)
    return keep_payment(books, payment, paid, mode)


def make_payment(books: Books, element: Record, mode: Mode) -> tuple[Record, Paid]:
    """Judge a payment, and give it with what it pays; the books stay as they are.

    Raises:
        InvalidError: Xero would not take it.
    """
    refuse_unmodelled(element, NOT_MODELLED, "Payment")
    if given(element.get("PaymentID")) and not mode.person:
        raise NotModelledError("a Payment with a PaymentID in the list is not modelled; POST Payments/{id} deletes one")
    findings = Findings()
    paid, account = _document(books, element), _account(books, element, findings)
    if paid is None:
        findings.add(NO_DOCUMENT)
    payment: Record = {
        "PaymentID": (text_in(element, "PaymentID") if mode.person else None) or books.new_id(),
        "Date": date_in(element, "Date") or books.today(),
        "Amount": cents(number_in(element, "Amount") or NOTHING),
        "Reference": text_in(element, "Reference") or "",
        "IsReconciled": bool_in(element, "IsReconciled") or False,
        "Status": "AUTHORISED",
    }
    _check(books, payment, paid, mode, findings)
    rate = places(number_in(element, "CurrencyRate") or ONE, 6)
    if rate <= 0:
        findings.add(BAD_RATE)
    findings.stop()
    if paid is None or account is None:
        raise InvalidError(NO_DOCUMENT)
    foreign = paid.record["CurrencyCode"] != books.base_currency and element.get("CurrencyRate") is not None
    payment |= {
        "DocumentID": paid.id,
        "AccountID": account["AccountID"],
        "CurrencyRate": rate if foreign else paid.record["CurrencyRate"],
        "PaymentType": paid.payment_type,
    }
    payment["BankAmount"] = _bank_amount(books, payment, account, paid.record, element)
    return payment, paid


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment is for: an invoice or a bill (`kind` is None), or a credit that is paid back."""

    record: Record
    kind: Kind | None

    @property
    def id(self) -> str:
        return str(self.record[self.kind.key if self.kind else "InvoiceID"])

    @property
    def number(self) -> str:
        return str(self.record.get("CreditNoteNumber" if self.kind else "InvoiceNumber") or "")

    @property
    def due(self) -> Decimal:
        """What may still be paid."""
        left: Decimal = self.record["RemainingCredit" if self.kind else "AmountDue"]
        return left

    @property
    def payment_type(self) -> str:
        """Xero's PaymentType: ACCRECPAYMENT, ARCREDITPAYMENT, AROVERPAYMENTPAYMENT, ..."""
        if self.kind is None:
            return f"{self.record['Type']}PAYMENT"
        ledger = "AR" if self.kind.types[self.record["Type"]] == "ACCREC" else "AP"
        return f"{ledger}{'CREDIT' if self.kind is CREDIT_NOTE else self.kind.singular.upper()}PAYMENT"


def paid_by(books: Books, payment: Record) -> Paid:
    """Give what a payment is for."""
    invoice = books.invoices.get(payment["DocumentID"])
    if invoice is not None:
        return Paid(invoice, None)
    credit = books.credits[payment["DocumentID"]]
    return Paid(credit, kind_of(credit))


def _check(books: Books, payment: Record, paid: Paid | None, mode: Mode, findings: Findings) -> None:
    """Refuse a payment in a locked period, of nothing, of a document that is not open, or of more than is due."""
    lock = books.lock_date()
    if lock and payment["Date"] <= lock[0] and not mode.person:
        findings.add(lock_text(lock))
    if payment["Amount"] <= 0:
        findings.add("Payment amount must be greater than zero")
    if paid is None:
        return
    if paid.record["Status"] != "AUTHORISED":
        findings.add(NOT_APPROVED)
    if payment["Amount"] > paid.due or paid.record["Status"] != "AUTHORISED":
        findings.add(TOO_MUCH)


def keep_payment(books: Books, payment: Record, paid: Paid, mode: Mode) -> Saved:
    """Enter a payment that was judged, and settle what it pays."""
    payment_id = payment["PaymentID"]
    books.payments[payment_id] = payment
    books.payments_of.setdefault(paid.id, []).append(payment_id)
    if not mode.person:
        books.made_by_app.add(payment_id)
    books.touch(payment_id, payment)
    _settle(books, paid)
    return Saved(payment_id, created=True)


def _settle(books: Books, paid: Paid) -> None:
    if paid.kind is None:
        settle(books, paid.record)
    else:
        settle_credit(books, paid.kind, paid.record)


def _document(books: Books, element: Record) -> Paid | None:
    """Find what is paid: an invoice by its id or its sales number, or one of the credits."""
    for kind in KINDS.values():
        named = element.get(kind.singular) or {}
        key = text_in(named, kind.key) or text_in(named, "CreditNoteNumber")
        if kind is CREDIT_NOTE:
            key = key or text_in(element, "CreditNoteNumber")
        if key:
            with suppress(NotFoundError):
                return Paid(get_credit(books, kind, key), kind)
            return None
    invoice = _invoice(books, element)
    return None if invoice is None else Paid(invoice, None)


def _invoice(books: Books, element: Record) -> Record | None:
    sent: Record = element.get("Invoice") or {}
    invoice_id = text_in(sent, "InvoiceID")
    number = text_in(sent, "InvoiceNumber") or text_in(element, "InvoiceNumber")
    if invoice_id and given(invoice_id):
        return books.invoices.get(invoice_id.lower())
    numbered = books.invoices_numbered("ACCREC", number) if number else []
    return next((one for one in numbered if one["Status"] != "DELETED"), None)


def _account(books: Books, element: Record, findings: Findings) -> Record | None:
    """Find the account paid to: a bank account, or one that payments are enabled for."""
    sent: Record = element.get("Account") or {}
    account_id, code = text_in(sent, "AccountID"), text_in(sent, "Code") or text_in(element, "Code")
    found: Record | None = None
    if account_id and given(account_id):
        found = books.accounts.get(account_id.lower())
    elif code:
        found = books.account(code)
    if found is None or found["Status"] != "ACTIVE":
        findings.add(NO_ACCOUNT)
    elif found["Type"] != "BANK" and not found.get("EnablePaymentsToAccount"):
        findings.add(BAD_ACCOUNT)
    return found


def _bank_amount(books: Books, payment: Record, account: Record, document: Record, element: Record) -> Decimal:
    """Give the amount in the bank account's currency: the document's own, or the base at the payment's rate."""
    sent = number_in(element, "BankAmount")
    amount: Decimal = payment["Amount"]
    bank = account.get("CurrencyCode") or books.base_currency
    if sent is not None:
        return cents(sent)
    if bank == document["CurrencyCode"]:
        return amount
    if bank == books.base_currency:
        return cents(amount / payment["CurrencyRate"])
    raise NotModelledError("a payment into a bank account of a third currency is not modelled by the stand-in")


def delete_payment(books: Books, payment: Record) -> None:
    """Delete a payment, which re-opens what it paid; the payment stays in lists with Status DELETED.

    Raises:
        InvalidError: it is deleted already, or one of a batch.
    """
    if payment["Status"] == "DELETED":
        raise InvalidError("Payment not of valid status for modification")
    if "BatchPaymentID" in payment:
        raise InvalidError(IN_BATCH)
    payment["Status"] = "DELETED"
    books.touch(payment["PaymentID"], payment)
    _settle(books, paid_by(books, payment))
