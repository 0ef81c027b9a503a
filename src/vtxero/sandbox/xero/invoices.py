"""Invoices: creating and changing them by Xero's rules (developer.xero.com: Accounting API, Invoices)."""

from __future__ import annotations

from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contacts import save_contact
from vtxero.sandbox.xero.drafting import check_lock, fill_invoice
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.lines import NOTHING
from vtxero.sandbox.xero.saving import Mode, Saved, id_sent, index_add, index_drop, refuse_unmodelled
from vtxero.sandbox.xero.stock import check_stock, move_stock, stock_changes
from vtxero.sandbox.xero.wire import Record, bool_in, date_in, is_guid, text_in

NO_LINES = "One or more line items must be specified"
BAD_NEW_STATUS = "Invoice not of valid status for creation"
BAD_STATUS = "Invoice not of valid status for modification"
BAD_TYPE = "Invoice not of valid type for creation"
HAS_PAYMENT = "This document cannot be edited as it has a payment or credit note allocated to it."
NOT_SENDABLE = "Only sales invoices that are submitted, approved or paid can be sent by email"
NO_ADDRESS = "The contact has no email address to send the invoice to"

MOVES = {
    "DRAFT": {"SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"VOIDED"},
    "PAID": set(),
    "VOIDED": set(),
    "DELETED": set(),
}
"""Which status an invoice may be given by the API, by the one it has."""

FINAL = {"VOIDED", "DELETED"}
NOT_MODELLED = {"RoundingAmount", "RepeatingInvoiceID", "CISRate", "InvoiceAddresses"}
STILL_EDITABLE = {"InvoiceID", "Status", "DueDate", "SentToContact"}
"""What may be sent for an invoice with payments; editing these does not move UpdatedDateUTC (a vendor blind spot)."""


def get_invoice(books: Books, key: str) -> Record:
    """Get an invoice by InvoiceID or, for sales, by its number.

    Raises:
        NotFoundError: there is none.
    """
    if is_guid(key):
        found = books.invoices.get(key.lower())
    else:
        numbered = books.invoices_numbered("ACCREC", key)
        found = next((one for one in numbered if one["Status"] != "DELETED"), numbered[0] if numbered else None)
    if found is None:
        raise NotFoundError
    return found


def save_invoice(books: Books, element: Record, mode: Mode) -> Saved:
    """Create an invoice, or change the one that InvoiceID or InvoiceNumber points at.

    Raises:
        InvalidError: Xero would not take the element.
    """
    refuse_unmodelled(element, NOT_MODELLED, "Invoice")
    if not mode.person and text_in(element, "BrandingThemeID") not in {None, "", books.branding_theme}:
        raise NotModelledError("a second branding theme is not modelled by the stand-in")
    current = _matched(books, element, mode)
    if current is None:
        return _create(books, element, mode)
    return _change(books, current, element, mode)


def _matched(books: Books, element: Record, mode: Mode) -> Record | None:
    invoice_id, number = id_sent(element, "Invoices", mode), text_in(element, "InvoiceNumber")
    if mode.create:
        return None
    if invoice_id:
        found = books.invoices.get(invoice_id.lower())
        if found is None:
            raise InvalidError("An existing invoice with the specified ID could not be found")
        return found
    numbered = books.invoices_numbered("ACCREC", number) if number else []
    return numbered[-1] if numbered and element.get("Type", "ACCREC") == "ACCREC" else None


def _create(books: Books, element: Record, mode: Mode) -> Saved:
    findings = Findings()
    kind, status = text_in(element, "Type"), text_in(element, "Status") or "DRAFT"
    if kind not in {"ACCREC", "ACCPAY"}:
        raise InvalidError(BAD_TYPE)
    if status not in {"DRAFT", "SUBMITTED", "AUTHORISED"}:
        raise InvalidError(BAD_NEW_STATUS)
    invoice: Record = {
        "Type": kind,
        "Status": status,
        "InvoiceID": (text_in(element, "InvoiceID") if mode.person else None) or books.new_id(),
        "Date": books.today(),
        "LineAmountTypes": "Exclusive",
        "SentToContact": False,
        "AmountPaid": NOTHING,
        "AmountCredited": NOTHING,
        "LineItems": [],
    }
    fill_invoice(books, invoice, element, mode, findings)
    if not element.get("LineItems"):
        findings.add(NO_LINES)
    check_lock(books, invoice["Date"], findings, mode)
    if not mode.backorders:
        check_stock(books, stock_changes(books, None, invoice), findings)
    findings.stop()
    _settle_contact(books, invoice, element, mode)
    _number(books, invoice)
    return _keep(books, invoice, None, findings, mode)


def _change(books: Books, current: Record, element: Record, mode: Mode) -> Saved:
    findings = Findings()
    status = text_in(element, "Status") or current["Status"]
    if current["Status"] in FINAL:
        raise InvalidError(BAD_STATUS)
    if text_in(element, "Type") not in {None, current["Type"]}:
        raise InvalidError("Invoice not of valid type for modification")
    if current["AmountPaid"] or current["AmountCredited"]:
        return _change_paid(books, current, element, status, mode)
    if status != current["Status"] and status not in MOVES[current["Status"]]:
        raise InvalidError(BAD_STATUS)
    check_lock(books, current["Date"], findings, mode, editing=True)
    invoice: Record = {**current, "Status": status}
    if status in FINAL:
        findings.stop()
        return _keep(books, invoice, current, findings, mode)
    if set(element) - {"InvoiceID", "InvoiceNumber", "Type", "Status", "SentToContact"} and not mode.person:
        invoice["Date"] = books.today()
    fill_invoice(books, invoice, element, mode, findings)
    check_lock(books, invoice["Date"], findings, mode)
    if not mode.backorders:
        check_stock(books, stock_changes(books, current, invoice), findings)
    findings.stop()
    _settle_contact(books, invoice, element, mode)
    return _keep(books, invoice, current, findings, mode)


def _change_paid(books: Books, current: Record, element: Record, status: str, mode: Mode) -> Saved:
    """A document with money allocated to it can hardly be touched, and not voided at all."""
    sent = {name for name, value in element.items() if value is not None}
    for name in ("InvoiceNumber", "Type"):
        if name in sent and element[name] == current.get(name):
            sent.discard(name)
    if sent - STILL_EDITABLE or status != current["Status"]:
        raise InvalidError(HAS_PAYMENT)
    invoice = dict(current)
    if element.get("DueDate"):
        invoice["DueDate"] = date_in(element, "DueDate")
    if element.get("SentToContact") is not None:
        invoice["SentToContact"] = bool_in(element, "SentToContact")
    return _keep(books, invoice, current, Findings(), mode, moved=False)


def _settle_contact(books: Books, invoice: Record, element: Record, mode: Mode) -> None:
    """Anything besides the ContactID inside an invoice creates or rewrites the contact, as Xero does."""
    sent: Record = element.get("Contact") or {}
    if mode.person and "ContactID" in invoice:
        return
    if any(value for name, value in sent.items() if name != "ContactID"):
        found = {**sent, "ContactID": invoice.get("ContactID")}
        invoice["ContactID"] = save_contact(books, found, Mode(create=False)).record_id


def _number(books: Books, invoice: Record) -> None:
    """Give a sales invoice without a number the organisation's next one."""
    while invoice["Type"] == "ACCREC" and not invoice.get("InvoiceNumber"):
        number = f"INV-{books.next_number:04d}"
        books.next_number += 1
        if not books.invoices_numbered("ACCREC", number):
            invoice["InvoiceNumber"] = number


def _keep(
    books: Books,
    invoice: Record,
    current: Record | None,
    findings: Findings,
    mode: Mode,
    *,
    moved: bool = True,
) -> Saved:
    invoice_id, kind = invoice["InvoiceID"], invoice["Type"]
    if current is not None:
        index_drop(books.by_number, (kind, current.get("InvoiceNumber", "").casefold()), invoice_id)
    elif not mode.person:
        books.made_by_app.add(invoice_id)
    move_stock(books, stock_changes(books, current, invoice))
    books.invoices[invoice_id] = invoice
    index_add(books.by_number, (kind, invoice.get("InvoiceNumber", "").casefold()), invoice_id)
    contact, flag = books.contacts[invoice["ContactID"]], "IsCustomer" if kind == "ACCREC" else "IsSupplier"
    if not contact[flag]:
        contact[flag] = True
        books.touch(contact["ContactID"], contact, moved=False)
    books.touch(invoice_id, invoice, moved=moved)
    return Saved(invoice_id, created=current is None, warnings=findings.warnings)


def mark_sent(books: Books, invoice: Record) -> None:
    """Note that an invoice was mailed to its contact.

    Raises:
        InvalidError: it is a bill or not approved, or the contact has no address.
    """
    if invoice["Type"] != "ACCREC" or invoice["Status"] not in {"SUBMITTED", "AUTHORISED", "PAID"}:
        raise InvalidError(NOT_SENDABLE)
    if not books.contacts[invoice["ContactID"]].get("EmailAddress"):
        raise InvalidError(NO_ADDRESS)
    invoice["SentToContact"] = True
    books.touch(invoice["InvoiceID"], invoice)


def settle(books: Books, invoice: Record) -> None:
    """Work out what is paid and due after a payment or credit came or went; in full means PAID."""
    living = books.living_payments(invoice["InvoiceID"])
    invoice["AmountPaid"] = sum((payment["Amount"] for payment in living), NOTHING)
    due: Decimal = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]
    invoice["AmountDue"] = due
    invoice["Status"] = "PAID" if due <= 0 else "AUTHORISED"
    invoice.pop("FullyPaidOnDate", None)
    if due <= 0:
        invoice["FullyPaidOnDate"] = max((payment["Date"] for payment in living), default=books.today())
    books.touch(invoice["InvoiceID"], invoice)
