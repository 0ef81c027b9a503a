"""Credit notes, overpayments, prepayments and allocations as Xero shows them."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_answer, contact_short
from vtxero.sandbox.xero.credits import CREDIT_NOTE, Kind, kind_of
from vtxero.sandbox.xero.invoice_views import line_view, payments_within
from vtxero.sandbox.xero.wire import Record, both_dates, date_out, updated_out


def credit_answer(books: Books, credit: Record, count: int) -> Record:
    """Show a credit in the answer to a write, or by its id: lines, and the contact in full."""
    return {
        **_read(books, credit, count, with_lines=True),
        "Contact": contact_answer(books.contacts[credit["ContactID"]]),
    }


def credit_page(books: Books, credit: Record, count: int) -> Record:
    """Show a credit on a page."""
    return _read(books, credit, count, with_lines=True)


def credit_list(books: Books, credit: Record, count: int) -> Record:
    """Show a credit in a list asked for without `page`: no lines."""
    return _read(books, credit, count, with_lines=False)


def _read(books: Books, credit: Record, count: int, *, with_lines: bool) -> Record:
    kind = kind_of(credit)
    number = {"CreditNoteNumber": credit.get("CreditNoteNumber", "")} if kind is CREDIT_NOTE else {}
    sent = {"SentToContact": credit["SentToContact"]} if kind is CREDIT_NOTE else {}
    return {
        kind.key: credit[kind.key],
        **number,
        "Type": credit["Type"],
        "Reference": credit.get("Reference", ""),
        **sent,
        "Payments": payments_within(books, credit[kind.key]),
        "CurrencyRate": credit["CurrencyRate"],
        "RemainingCredit": credit["RemainingCredit"],
        "Allocations": [allocation_view(books, one) for one in credit["Allocations"]],
        "HasAttachments": credit.get("HasAttachments", False),
        "Contact": contact_short(books, credit["ContactID"]),
        **both_dates("Date", credit["Date"]),
        "Status": credit["Status"],
        "LineAmountTypes": credit["LineAmountTypes"],
        "LineItems": [line_view(line, count) for line in credit["LineItems"]] if with_lines else [],
        **{name: credit[name] for name in ("SubTotal", "TotalTax", "Total")},
        **updated_out(credit["UpdatedDateUTC"]),
        "CurrencyCode": credit["CurrencyCode"],
    }


def allocation_view(books: Books, allocation: Record) -> Record:
    """Show an allocation inside its credit."""
    invoice = books.invoices[allocation["InvoiceID"]]
    number = {"InvoiceNumber": invoice["InvoiceNumber"]} if invoice.get("InvoiceNumber") else {}
    return {
        "AllocationID": allocation["AllocationID"],
        "Amount": allocation["Amount"],
        "Date": date_out(allocation["Date"]),
        "Invoice": {"InvoiceID": invoice["InvoiceID"], **number},
    }


def allocation_answer(books: Books, kind: Kind, credit: Record, allocation: Record) -> Record:
    """Show an allocation in the answer to its making."""
    shown = allocation_view(books, allocation)
    shell: Record = {"Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": [], "LineItems": []}
    flags = {"HasErrors": False, "IsDiscounted": False}
    return {
        **shown,
        "Invoice": {**shown["Invoice"], **shell, **flags, "ValidationErrors": []},
        kind.singular: {kind.key: credit[kind.key], "LineItems": []},
        "ValidationErrors": [],
    }
