"""Payments: taking, deleting and showing them (developer.xero.com: Accounting API, Payments)."""

from __future__ import annotations

from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_short
from vtxero.sandbox.xero.drafting import BAD_RATE, lock_text
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.invoice_views import invoice_answer
from vtxero.sandbox.xero.invoices import settle
from vtxero.sandbox.xero.lines import NOTHING, ONE
from vtxero.sandbox.xero.saving import Mode, Saved, refuse_unmodelled
from vtxero.sandbox.xero.wire import (
    Record,
    bool_in,
    cents,
    date_in,
    date_out,
    given,
    is_guid,
    number_in,
    places,
    text_in,
    updated_out,
)  # fmt: skip

NO_DOCUMENT = "Document could not be found"
NO_ACCOUNT = "Account could not be found"
BAD_ACCOUNT = "Account type is invalid for making a payment to/from"
NOT_APPROVED = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NOT_MODELLED = {
    "BatchPayment", "CreditNote", "CreditNoteNumber", "Overpayment", "Prepayment", "BankAccountNumber", "Particulars",
    "Details",
}  # fmt: skip


def get_payment(books: Books, key: str) -> Record:
    """Get a payment by PaymentID.

    Raises:
        NotFoundError: there is none.
    """
    payment = books.payments.get(key.lower()) if is_guid(key) else None
    if payment is None:
        raise NotFoundError
    return payment


def save_payment(books: Books, element: Record, mode: Mode) -> Saved:
    """Take a payment for an approved invoice.

    Raises:
        InvalidError: Xero would not take it.
    """
    refuse_unmodelled(element, NOT_MODELLED, "Payment")
    if given(element.get("PaymentID")) and not mode.person:
        raise NotModelledError("a Payment with a PaymentID in the list is not modelled; POST Payments/{id} deletes one")
    findings = Findings()
    invoice, account = _document(books, element, findings), _account(books, element, findings)
    payment: Record = {
        "PaymentID": (text_in(element, "PaymentID") if mode.person else None) or books.new_id(),
        "Date": date_in(element, "Date") or books.today(),
        "Amount": cents(number_in(element, "Amount") or NOTHING),
        "Reference": text_in(element, "Reference") or "",
        "IsReconciled": bool_in(element, "IsReconciled") or False,
        "Status": "AUTHORISED",
    }
    _check(books, payment, invoice, mode, findings)
    rate = places(number_in(element, "CurrencyRate") or ONE, 6)
    if rate <= 0:
        findings.add(BAD_RATE)
    findings.stop()
    if invoice is None or account is None:
        raise InvalidError(NO_DOCUMENT)
    foreign = invoice["CurrencyCode"] != books.base_currency and element.get("CurrencyRate") is not None
    payment |= {
        "InvoiceID": invoice["InvoiceID"],
        "AccountID": account["AccountID"],
        "CurrencyRate": rate if foreign else invoice["CurrencyRate"],
        "PaymentType": f"{invoice['Type']}PAYMENT",
    }
    payment["BankAmount"] = _bank_amount(books, payment, account, invoice, element)
    return _keep(books, payment, invoice, mode)


def _check(books: Books, payment: Record, invoice: Record | None, mode: Mode, findings: Findings) -> None:
    """Refuse a payment in a locked period, of nothing, of a document that is not open, or of more than is due."""
    lock = books.lock_date()
    if lock and payment["Date"] <= lock[0] and not mode.person:
        findings.add(lock_text(lock))
    if payment["Amount"] <= 0:
        findings.add("Payment amount must be greater than zero")
    if invoice is None:
        return
    if invoice["Status"] != "AUTHORISED":
        findings.add(NOT_APPROVED)
    if payment["Amount"] > invoice["AmountDue"] or invoice["Status"] != "AUTHORISED":
        findings.add(TOO_MUCH)


def _keep(books: Books, payment: Record, invoice: Record, mode: Mode) -> Saved:
    payment_id = payment["PaymentID"]
    books.payments[payment_id] = payment
    books.payments_of.setdefault(invoice["InvoiceID"], []).append(payment_id)
    if not mode.person:
        books.made_by_app.add(payment_id)
    books.touch(payment_id, payment)
    settle(books, invoice)
    return Saved(payment_id, created=True)


def _document(books: Books, element: Record, findings: Findings) -> Record | None:
    """Find the invoice paid, by its id or its sales number."""
    sent: Record = element.get("Invoice") or {}
    invoice_id = text_in(sent, "InvoiceID")
    number = text_in(sent, "InvoiceNumber") or text_in(element, "InvoiceNumber")
    found: Record | None = None
    if invoice_id and given(invoice_id):
        found = books.invoices.get(invoice_id.lower())
    elif number:
        numbered = books.invoices_numbered("ACCREC", number)
        found = next((one for one in numbered if one["Status"] != "DELETED"), None)
    if found is None:
        findings.add(NO_DOCUMENT)
    return found


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


def _bank_amount(books: Books, payment: Record, account: Record, invoice: Record, element: Record) -> Decimal:
    """Give the amount in the bank account's currency: the invoice's own, or the base at the payment's rate."""
    sent = number_in(element, "BankAmount")
    amount: Decimal = payment["Amount"]
    bank = account.get("CurrencyCode") or books.base_currency
    if sent is not None:
        return cents(sent)
    if bank == invoice["CurrencyCode"]:
        return amount
    if bank == books.base_currency:
        return cents(amount / payment["CurrencyRate"])
    raise NotModelledError("a payment into a bank account of a third currency is not modelled by the stand-in")


def delete_payment(books: Books, payment: Record) -> None:
    """Delete a payment, which re-opens its invoice; the payment stays in lists with Status DELETED.

    Raises:
        InvalidError: it is deleted already.
    """
    if payment["Status"] == "DELETED":
        raise InvalidError("Payment not of valid status for modification")
    payment["Status"] = "DELETED"
    books.touch(payment["PaymentID"], payment)
    settle(books, books.invoices[payment["InvoiceID"]])


def payment_answer(books: Books, payment: Record, count: int) -> Record:
    """Show a payment in the answer to a write: with its invoice and account in full."""
    account = books.accounts[payment["AccountID"]]
    invoice = books.invoices[payment["InvoiceID"]]
    return {
        **_head(payment),
        "Account": {"AccountID": account["AccountID"], **_code(account), "Name": account["Name"]},
        "Invoice": invoice_answer(books, invoice, count),
        "HasValidationErrors": False,
    }


def payment_view(books: Books, payment: Record) -> Record:
    """Show a payment on a page or by id: the invoice is a shell with its id, number and contact."""
    account = books.accounts[payment["AccountID"]]
    return {
        **_head(payment),
        "Account": {"AccountID": account["AccountID"], **_code(account)},
        "Invoice": _shell(books, books.invoices[payment["InvoiceID"]]),
        "HasValidationErrors": False,
    }


def _head(payment: Record) -> Record:
    return {
        "PaymentID": payment["PaymentID"],
        "Date": date_out(payment["Date"]),
        "BankAmount": payment["BankAmount"],
        "Amount": payment["Amount"],
        **({"Reference": payment["Reference"]} if payment["Reference"] else {}),
        "CurrencyRate": payment["CurrencyRate"],
        "PaymentType": payment["PaymentType"],
        "Status": payment["Status"],
        **updated_out(payment["UpdatedDateUTC"]),
        "HasAccount": True,
        "IsReconciled": payment["IsReconciled"],
    }


def _code(account: Record) -> Record:
    return {"Code": account["Code"]} if account.get("Code") else {}


def _shell(books: Books, invoice: Record) -> Record:
    return {
        "Type": invoice["Type"],
        "InvoiceID": invoice["InvoiceID"],
        "InvoiceNumber": invoice.get("InvoiceNumber", ""),
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": False,
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "Contact": contact_short(books, invoice["ContactID"]),
        "LineItems": [],
        "CurrencyCode": invoice["CurrencyCode"],
    }
