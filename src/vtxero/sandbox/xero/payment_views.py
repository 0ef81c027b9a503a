"""Payments as Xero shows them: the answer to a write, a page, and inside the document that they paid."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_short
from vtxero.sandbox.xero.invoice_views import invoice_answer
from vtxero.sandbox.xero.payments import Paid, paid_by
from vtxero.sandbox.xero.wire import Record, date_out, moment_out, updated_out


def payment_answer(books: Books, payment: Record, count: int) -> Record:
    """Show a payment in the answer to a write: with its invoice and account in full."""
    account, paid = books.accounts[payment["AccountID"]], paid_by(books, payment)
    shown = invoice_answer(books, paid.record, count) if paid.kind is None else _shell(books, paid)
    return {
        **_head(payment),
        "Account": {"AccountID": account["AccountID"], **_code(account), "Name": account["Name"]},
        "Invoice": shown,
        "HasValidationErrors": False,
    }


def payment_view(books: Books, payment: Record) -> Record:
    """Show a payment on a page or by id: what it paid is a shell with id, number and contact."""
    account = books.accounts[payment["AccountID"]]
    return {
        **_head(payment),
        "Account": {"AccountID": account["AccountID"], **_code(account)},
        "Invoice": _shell(books, paid_by(books, payment)),
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
        **({"BatchPaymentID": payment["BatchPaymentID"]} if "BatchPaymentID" in payment else {}),
    }


def batch_view(books: Books, batch: Record) -> Record:
    """Show a batch payment with its payments, as the file's example does: what each paid is a shell."""
    account = books.accounts[batch["AccountID"]]
    day, texts = batch["Date"], ("Reference", "Particulars", "Code", "Details", "Narrative")
    return {
        "Account": {
            "AccountID": account["AccountID"],
            "CurrencyCode": account.get("CurrencyCode", books.base_currency),
        },
        **{name: batch[name] for name in texts if name in batch},
        "BatchPaymentID": batch["BatchPaymentID"],
        "DateString": f"{day.isoformat()} 00:00:00",
        "Date": date_out(day),
        "Payments": [_within(books, books.payments[one]) for one in batch["payments"] if batch["Status"] != "DELETED"],
        **{name: batch[name] for name in ("Type", "Status", "TotalAmount")},
        "UpdatedDateUTC": moment_out(batch["UpdatedDateUTC"]),
        "IsReconciled": batch["IsReconciled"],
    }


def _within(books: Books, payment: Record) -> Record:
    shell = _shell(books, paid_by(books, payment))
    kept = {name: value for name, value in shell.items() if name not in {"Type", "InvoiceNumber", "Contact"}}
    return {"Invoice": kept, **{name: payment[name] for name in ("PaymentID", "Amount", "BankAmount")}}


def _code(account: Record) -> Record:
    return {"Code": account["Code"]} if account.get("Code") else {}


def _shell(books: Books, paid: Paid) -> Record:
    """Show what was paid; the file's example shows a credit, too, as an invoice with the credit's type, id, number."""
    return {
        "Type": paid.record["Type"],
        "InvoiceID": paid.id,
        "InvoiceNumber": paid.number,
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": False,
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "Contact": contact_short(books, paid.record["ContactID"]),
        "LineItems": [],
        "CurrencyCode": paid.record["CurrencyCode"],
    }
