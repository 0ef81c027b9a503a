"""The collections that Xero serves: how each is found, filtered, shown and saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_answer, contact_list, contact_page, contact_summary
from vtxero.sandbox.xero.contacts import get_contact, save_contact
from vtxero.sandbox.xero.filters import Fields, Reader
from vtxero.sandbox.xero.invoice_views import (
    invoice_answer,
    invoice_list,
    invoice_page,
    invoice_single,
    invoice_summary,
    shown_with,
)  # fmt: skip
from vtxero.sandbox.xero.invoices import get_invoice, save_invoice
from vtxero.sandbox.xero.items import get_item, item_view, save_item
from vtxero.sandbox.xero.payments import get_payment, payment_answer, payment_view, save_payment
from vtxero.sandbox.xero.saving import Mode, Saved
from vtxero.sandbox.xero.wire import Record

View = Callable[[Books, Record, int], Record]
PAGING = frozenset({"page", "pagesize"})
FILTERS = frozenset({"where", "order"})


@dataclass(frozen=True, slots=True)
class Shelf:
    """One writable collection. `views` are called with the books, the record and the places of unit amounts."""

    plural: str
    key: str
    scopes: tuple[str, ...]
    paged: bool
    parameters: frozenset[str]
    fields: Callable[[Books], Fields]
    records: Callable[[Books], dict[str, Record]]
    get: Callable[[Books, str], Record]
    save: Callable[[Books, Record, Mode], Saved]
    views: dict[str, View]
    shown_with: Callable[[Books, Record], Iterable[str]]
    error_flag: str
    with_places: bool = False


def _plain(*names: str) -> Fields:
    return {name: _reader(name) for name in names}


def _reader(name: str) -> Reader:
    return lambda record: record.get(name)


def _contact_fields(books: Books) -> Fields:  # noqa: ARG001 - one shape for all shelves
    return _plain(
        "UpdatedDateUTC", "Name", "ContactID", "ContactNumber", "AccountNumber", "EmailAddress", "ContactStatus",
        "FirstName", "LastName", "IsCustomer", "IsSupplier", "TaxNumber", "CompanyNumber",
    )  # fmt: skip


def _item_fields(books: Books) -> Fields:  # noqa: ARG001 - one shape for all shelves
    return _plain("UpdatedDateUTC", "ItemID", "Code", "Name", "IsSold", "IsPurchased")


def _invoice_fields(books: Books) -> Fields:
    def of_contact(name: str) -> Reader:
        return lambda record: books.contacts[record["ContactID"]].get(name)

    return {
        **_plain(
            "UpdatedDateUTC", "InvoiceID", "InvoiceNumber", "Type", "Status", "Reference", "Date", "DueDate",
            "AmountDue", "AmountPaid", "AmountCredited", "Total", "SubTotal", "TotalTax", "CurrencyCode",
        ),
        **{f"Contact.{name}": of_contact(name) for name in ("ContactID", "Name", "ContactNumber")},
    }  # fmt: skip


def _payment_fields(books: Books) -> Fields:
    def number(record: Record) -> Any:
        return books.invoices[record["InvoiceID"]].get("InvoiceNumber")

    return {
        **_plain("UpdatedDateUTC", "PaymentID", "PaymentType", "Status", "Date", "Reference", "Amount", "IsReconciled"),
        "Invoice.InvoiceID": _reader("InvoiceID"),
        "Invoice.InvoiceNumber": number,
        "Account.AccountID": _reader("AccountID"),
    }


def _alone(view: Callable[[Record], Record]) -> View:
    return lambda _books, record, _places: view(record)


def _flat(view: Callable[[Books, Record], Record]) -> View:
    return lambda books, record, _places: view(books, record)


CONTACTS = Shelf(
    plural="Contacts",
    key="ContactID",
    scopes=("accounting.contacts",),
    paged=True,
    parameters=PAGING | FILTERS | {"ids", "includearchived", "summaryonly"},
    fields=_contact_fields,
    records=lambda books: books.contacts,
    get=get_contact,
    save=save_contact,
    views={
        "answer": _alone(contact_answer),
        "single": _alone(contact_page),
        "page": _alone(contact_page),
        "list": _alone(contact_list),
        "summary": _alone(contact_summary),
    },
    shown_with=lambda _books, _record: (),
    error_flag="HasValidationErrors",
)
ITEMS = Shelf(
    plural="Items",
    key="ItemID",
    scopes=("accounting.settings", "accounting.invoices"),
    paged=False,
    parameters=FILTERS | {"unitdp"},
    fields=_item_fields,
    records=lambda books: books.items,
    get=get_item,
    save=save_item,
    views={
        "answer": lambda _books, item, places: item_view(item, places, created=True),
        "single": lambda _books, item, places: item_view(item, places),
        "list": lambda _books, item, places: item_view(item, places),
    },
    shown_with=lambda _books, _record: (),
    error_flag="",
    with_places=True,
)
INVOICES = Shelf(
    plural="Invoices",
    key="InvoiceID",
    scopes=("accounting.invoices",),
    paged=True,
    parameters=PAGING
    | FILTERS
    | {"ids", "invoicenumbers", "contactids", "statuses", "includearchived", "createdbymyapp", "summaryonly", "unitdp"},
    fields=_invoice_fields,
    records=lambda books: books.invoices,
    get=get_invoice,
    save=save_invoice,
    views={
        "answer": invoice_answer,
        "single": invoice_single,
        "page": invoice_page,
        "list": _flat(invoice_list),
        "summary": _flat(invoice_summary),
    },
    shown_with=shown_with,
    error_flag="HasErrors",
    with_places=True,
)
PAYMENTS = Shelf(
    plural="Payments",
    key="PaymentID",
    scopes=("accounting.payments",),
    paged=True,
    parameters=PAGING | FILTERS,
    fields=_payment_fields,
    records=lambda books: books.payments,
    get=get_payment,
    save=save_payment,
    views={
        "answer": payment_answer,
        "single": payment_answer,
        "page": _flat(payment_view),
        "list": _flat(payment_view),
    },
    shown_with=lambda books, payment: (payment["InvoiceID"], books.invoices[payment["InvoiceID"]]["ContactID"]),
    error_flag="HasValidationErrors",
    with_places=True,
)
SHELVES = {shelf.plural.lower(): shelf for shelf in (CONTACTS, ITEMS, INVOICES, PAYMENTS)}
