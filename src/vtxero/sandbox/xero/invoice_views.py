"""Invoices as Xero shows them: the answer to a write, a page, by id, a list without pages, a summary."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_answer, contact_page, contact_short
from vtxero.sandbox.xero.credits import credits_of, kind_of
from vtxero.sandbox.xero.wire import Record, both_dates, date_out, places, updated_out

LINE_TEXTS = ("TaxType", "TaxAmount", "LineAmount", "AccountCode")


def invoice_answer(books: Books, invoice: Record, count: int) -> Record:
    """Show an invoice in the answer to a write: the contact in full, no payments, no attachments."""
    lines = [{**line_view(line, count), "ValidationErrors": []} for line in invoice["LineItems"]]
    return {
        **_head(invoice),
        "Prepayments": [],
        "Overpayments": [],
        **{name: invoice[name] for name in ("AmountDue", "AmountPaid", "SentToContact", "CurrencyRate")},
        "IsDiscounted": _is_discounted(invoice),
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "Contact": contact_answer(books.contacts[invoice["ContactID"]]),
        **_foot(books, invoice, lines),
    }


def invoice_page(books: Books, invoice: Record, count: int) -> Record:
    """Show an invoice on a page: a short contact, and everything else."""
    lines = [_line_with_item(books, line, count) for line in invoice["LineItems"]]
    return _read(books, invoice, contact_short(books, invoice["ContactID"]), lines)


def invoice_single(books: Books, invoice: Record, count: int) -> Record:
    """Show an invoice asked for by id or number: as on a page, with the contact in full."""
    page = invoice_page(books, invoice, count)
    return {**page, "Contact": contact_page(books, books.contacts[invoice["ContactID"]])}


def invoice_list(books: Books, invoice: Record) -> Record:
    """Show an invoice in a list asked for without `page`: no lines."""
    return _read(books, invoice, contact_short(books, invoice["ContactID"]), [])


def invoice_summary(books: Books, invoice: Record) -> Record:
    """Show an invoice with `summaryOnly`."""
    left_out = {"LineItems", "Payments", "HasAttachments", "CISDeduction"}
    return {name: value for name, value in invoice_list(books, invoice).items() if name not in left_out}


def shown_with(books: Books, invoice: Record) -> list[str]:
    """List the other records whose change changes how an invoice is shown."""
    items = {line["ItemCode"].casefold() for line in invoice["LineItems"] if "ItemCode" in line}
    return [invoice["ContactID"], *(books.by_item_code.get(code, "") for code in sorted(items))]


def _read(books: Books, invoice: Record, contact: Record, lines: list[Record]) -> Record:
    paid_on = invoice.get("FullyPaidOnDate")
    return {
        **_head(invoice),
        "Payments": payments_within(books, invoice["InvoiceID"]),
        **_credits(books, invoice),
        **{name: invoice[name] for name in ("AmountDue", "AmountPaid", "AmountCredited", "SentToContact")},
        "CurrencyRate": invoice["CurrencyRate"],
        "IsDiscounted": _is_discounted(invoice),
        "HasAttachments": invoice.get("HasAttachments", False),
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "InvoiceAddresses": [],
        "Contact": contact,
        **_foot(books, invoice, lines),
        **({"FullyPaidOnDate": date_out(paid_on)} if paid_on else {}),
    }


def _head(invoice: Record) -> Record:
    """Show type, id and number; sales always have a Reference, bills never."""
    head: Record = {"Type": invoice["Type"], "InvoiceID": invoice["InvoiceID"]}
    head["InvoiceNumber"] = invoice.get("InvoiceNumber", "")
    if invoice["Type"] == "ACCREC":
        head["Reference"] = invoice.get("Reference", "")
    if invoice.get("Url"):
        head["Url"] = invoice["Url"]
    return head


def _foot(books: Books, invoice: Record, lines: list[Record]) -> Record:
    theme = {"BrandingThemeID": books.branding_theme} if invoice["Type"] == "ACCREC" else {}
    return {
        **both_dates("Date", invoice["Date"]),
        **both_dates("DueDate", invoice.get("DueDate")),
        **both_dates("ExpectedPaymentDate", invoice.get("ExpectedPaymentDate")),
        **both_dates("PlannedPaymentDate", invoice.get("PlannedPaymentDate")),
        **theme,
        "Status": invoice["Status"],
        "LineAmountTypes": invoice["LineAmountTypes"],
        "LineItems": lines,
        **{name: invoice[name] for name in ("SubTotal", "TotalTax", "Total")},
        **updated_out(invoice["UpdatedDateUTC"]),
        "CurrencyCode": invoice["CurrencyCode"],
    }


def line_view(line: Record, count: int) -> Record:
    """Show a line; unit amounts have two places unless four were asked for."""
    shown: Record = {}
    for name in ("ItemCode", "Description"):
        if line.get(name):
            shown[name] = line[name]
    if "UnitAmount" in line:
        shown["UnitAmount"] = places(line["UnitAmount"], count)
    for name in LINE_TEXTS:
        if name in line:
            shown[name] = line[name]
    shown["Tracking"] = [{**one, "Options": []} for one in line.get("Tracking", ())]
    for name in ("Quantity", "DiscountRate", "DiscountAmount"):
        if name in line:
            shown[name] = line[name]
    shown["LineItemID"] = line["LineItemID"]
    if "AccountID" in line:
        shown["AccountID"] = line["AccountID"]
    return shown


def _line_with_item(books: Books, line: Record, count: int) -> Record:
    shown = line_view(line, count)
    item = books.item_coded(line["ItemCode"]) if "ItemCode" in line else None
    if item is not None:
        shown["Item"] = {"ItemID": item["ItemID"], "Name": item.get("Name", ""), "Code": item["Code"]}
    return shown


def _is_discounted(invoice: Record) -> bool:
    return any("DiscountRate" in line or "DiscountAmount" in line for line in invoice["LineItems"])


def _credits(books: Books, invoice: Record) -> Record:
    """Show what is credited to an invoice, each kind in its own list."""
    shown: Record = {"CreditNotes": [], "Prepayments": [], "Overpayments": []}
    for credit, share, day in credits_of(books, invoice["InvoiceID"]):
        kind = kind_of(credit)
        number = {"CreditNoteNumber": credit["CreditNoteNumber"]} if "CreditNoteNumber" in credit else {}
        one = {kind.key: credit[kind.key], **number, "Date": date_out(day), "AppliedAmount": share}
        shown[kind.plural].append({**one, "Total": credit["Total"]})
    return shown


def payments_within(books: Books, document_id: str) -> list[Record]:
    """Show the payments of an invoice or a credit inside it."""
    return [
        {
            "PaymentID": payment["PaymentID"],
            "Date": date_out(payment["Date"]),
            "Amount": payment["Amount"],
            **({"Reference": payment["Reference"]} if payment.get("Reference") else {}),
            "CurrencyRate": payment["CurrencyRate"],
            "HasAccount": False,
            "HasValidationErrors": False,
        }
        for payment in books.living_payments(document_id)
    ]
