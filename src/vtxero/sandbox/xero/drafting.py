"""Laying a sent invoice over the kept one, and finding all that Xero would refuse in the result."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contacts import find_named, find_numbered
from vtxero.sandbox.xero.errors import Findings
from vtxero.sandbox.xero.lines import Paper, build_line, totals
from vtxero.sandbox.xero.saving import Mode
from vtxero.sandbox.xero.wire import Record, bool_in, cents, date_in, given, number_in, places, text_in

NO_CONTACT = "A Contact must be specified for this type of transaction"
NUMBER_TAKEN = "Invoice # must be unique."
NOT_SENT = "Only AUTHORISED invoices may have SentToContact updated."
CONTACT_ARCHIVED = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes"
)
NEGATIVE = "The Total for this document must be greater than or equal to zero."
SUB_TOTAL = "The document sub total does not equal the sub total of the lines"
BAD_RATE = "The currency rate must be greater than zero"
APPROVED = {"SUBMITTED", "AUTHORISED", "PAID"}
LENGTHS = {"InvoiceNumber": 255, "Reference": 255}


def fill_document(books: Books, document: Record, element: Record, mode: Mode, findings: Findings) -> None:
    """Lay the element over an invoice or a credit note: head, party, currency, lines and sums."""
    types = document["LineAmountTypes"]
    _fill_head(document, element, findings)
    _fill_contact(books, document, element, findings)
    _fill_currency(books, document, element, findings)
    retyped = types != document["LineAmountTypes"]
    _fill_lines(_paper(books, document, mode, findings), document, element, retyped=retyped)
    if document["Total"] < 0:
        findings.add(NEGATIVE)
    sub_total = number_in(element, "SubTotal")
    if sub_total is not None and cents(sub_total) != document["SubTotal"] and not mode.person:
        findings.add(SUB_TOTAL)


def fill_invoice(books: Books, invoice: Record, element: Record, mode: Mode, findings: Findings) -> None:
    """Lay the element over the invoice and check the result as a whole."""
    fill_document(books, invoice, element, mode, findings)
    invoice["AmountDue"] = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]
    if invoice["Status"] in APPROVED and not invoice.get("DueDate"):
        findings.add("Due date cannot be empty.")
    number = invoice.get("InvoiceNumber")
    others = books.invoices_numbered("ACCREC", number) if number and invoice["Type"] == "ACCREC" else []
    if any(one["InvoiceID"] != invoice["InvoiceID"] and one["Status"] != "DELETED" for one in others):
        findings.add(NUMBER_TAKEN)


def _fill_head(invoice: Record, element: Record, findings: Findings) -> None:
    for name in ("InvoiceNumber", "Reference", "Url", "LineAmountTypes"):
        value = text_in(element, name)
        if value is not None and not (name == "Reference" and invoice["Type"] == "ACCPAY"):
            invoice[name] = value
    for name in ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate"):
        day = date_in(element, name)
        if day is not None:
            invoice[name] = day
    if bool_in(element, "SentToContact"):
        if invoice["Status"] == "AUTHORISED":
            invoice["SentToContact"] = True
        else:
            findings.warnings.append(NOT_SENT)
    findings.too_long(invoice, LENGTHS)
    if invoice["LineAmountTypes"] not in {"Exclusive", "Inclusive", "NoTax"}:
        findings.add(f"The LineAmountTypes value '{invoice['LineAmountTypes']}' is not valid")
    url = invoice.get("Url")
    if url and (not _is_absolute(url) or "xero" in url.lower()):
        findings.add("Url must be a valid absolute url and must not contain 'xero'")


def _is_absolute(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _fill_contact(books: Books, invoice: Record, element: Record, findings: Findings) -> None:
    """Find who the document is for; a contact known by name or number only may still have to be made."""
    sent = element.get("Contact")
    if not sent:
        if "ContactID" not in invoice:
            findings.add(NO_CONTACT)
        return
    contact_id, number, name = (text_in(sent, key) for key in ("ContactID", "ContactNumber", "Name"))
    if contact_id and given(contact_id):
        contact = books.contacts.get(contact_id.lower())
        if contact is None:
            findings.add(NO_CONTACT)
    elif not number and not name:
        findings.add(NO_CONTACT)
        return
    else:
        contact = find_numbered(books, number) if number else None
        contact = contact or (find_named(books, name) or find_named(books, name, "ARCHIVED") if name else None)
    if contact is not None and contact["ContactStatus"] != "ACTIVE":
        findings.add(CONTACT_ARCHIVED)
    if contact is not None:
        invoice["ContactID"] = contact["ContactID"]


def _fill_currency(books: Books, invoice: Record, element: Record, findings: Findings) -> None:
    contact = books.contacts.get(invoice.get("ContactID", ""), {})
    code = text_in(element, "CurrencyCode") or invoice.get("CurrencyCode") or contact.get("DefaultCurrency")
    code = code or books.base_currency
    if not books.has_currency(code):
        findings.add(f"Organisation is not subscribed to currency {code}")
    if code != invoice.get("CurrencyCode"):
        invoice["CurrencyRate"] = books.day_rate(code)
    rate = number_in(element, "CurrencyRate")
    if rate is not None and places(rate, 6) <= 0:
        findings.add(BAD_RATE)
    elif rate is not None and code != books.base_currency:
        invoice["CurrencyRate"] = places(rate, 6)
    invoice["CurrencyCode"] = code


def _paper(books: Books, invoice: Record, mode: Mode, findings: Findings) -> Paper:
    return Paper(
        books=books,
        kind=invoice["Type"],
        amount_types=invoice["LineAmountTypes"],
        approved=invoice["Status"] in APPROVED,
        places=4 if mode.person else mode.places,
        findings=findings,
        line_ids={line["LineItemID"] for line in invoice["LineItems"]},
        keep_ids=mode.person,
    )


def _fill_lines(paper: Paper, invoice: Record, element: Record, *, retyped: bool) -> None:
    """Replace the lines when some were sent; kept ones are checked anew against the document's new status."""
    if element.get("LineItems"):
        invoice["LineItems"] = [build_line(paper, source) for source in element["LineItems"]]
    else:
        paper.places, paper.kept = 4, True
        dropped = {"LineAmount", "TaxAmount"} if retyped else {"LineAmount"}
        kept = [{name: line[name] for name in line if name not in dropped} for line in invoice["LineItems"]]
        rebuilt = [build_line(paper, line) for line in kept]
        if retyped:
            invoice["LineItems"] = rebuilt
    invoice.update(totals(invoice["LineItems"], invoice["LineAmountTypes"]))


def check_lock(books: Books, day: date, findings: Findings, mode: Mode, *, editing: bool = False) -> None:
    """Nothing dated on or before a lock date can be made or changed."""
    lock = books.lock_date()
    if lock is None or day > lock[0] or mode.person:
        return
    if editing:
        findings.add(f"The document cannot be edited as it is currently dated before the {lock[1]}")
    else:
        findings.add(lock_text(lock))


def lock_text(lock: tuple[date, str]) -> str:
    shown = lock[0].strftime("%d-%m-%Y" if lock[1].startswith("period") else "%d-%b-%Y")
    return f"The document date cannot be before the {lock[1]}, currently set at {shown}"
