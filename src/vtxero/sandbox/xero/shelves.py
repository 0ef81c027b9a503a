"""The collections that Xero serves: how each is found, filtered, shown and saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vtxero.sandbox.xero.batch_payments import get_batch, save_batch
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_answer, contact_list, contact_page, contact_summary
from vtxero.sandbox.xero.contacts import get_contact, save_contact
from vtxero.sandbox.xero.credit_views import credit_answer, credit_list, credit_page
from vtxero.sandbox.xero.credits import (
    CREDIT_NOTE,
    OVERPAYMENT,
    PREPAYMENT,
    Kind,
    get_credit,
    of_kind,
    save_credit_note,
)  # fmt: skip
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
from vtxero.sandbox.xero.items import get_item, is_tracked, item_view, save_item
from vtxero.sandbox.xero.payment_views import batch_view, payment_answer, payment_view
from vtxero.sandbox.xero.payments import get_payment, paid_by, save_payment
from vtxero.sandbox.xero.saving import Mode, Saved
from vtxero.sandbox.xero.wire import Record

View = Callable[[Books, Record, int], Record]
PAGING = frozenset({"page", "pagesize"})
FILTERS = frozenset({"where", "order"})


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection. `views` are called with the books, the record and the places of unit amounts."""

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
    searched: tuple[str, ...] = ()
    """The texts that `searchTerm` looks into."""
    with_places: bool = False


def _plain(*names: str) -> Fields:
    return {name: _reader(name) for name in names}


def _reader(name: str) -> Reader:
    return lambda record: record.get(name)


def _contact_fields(books: Books) -> Fields:  # noqa: ARG001 - one shape for all shelves
    return _plain(
        "UpdatedDateUTC", "Name", "ContactID", "ContactNumber", "AccountNumber", "EmailAddress", "ContactStatus",
        "FirstName", "LastName", "IsCustomer", "IsSupplier", "TaxNumber", "CompanyNumber", "DefaultCurrency",
    )  # fmt: skip


def _item_fields(books: Books) -> Fields:  # noqa: ARG001 - one shape for all shelves
    def of_side(side: str, name: str) -> Reader:
        return lambda record: record[side].get(name)

    return {
        **_plain(
            "UpdatedDateUTC", "ItemID", "Code", "Name", "Description", "PurchaseDescription", "IsSold", "IsPurchased",
            "InventoryAssetAccountCode", "QuantityOnHand", "TotalCostPool",
        ),
        "IsTrackedAsInventory": is_tracked,
        **{
            f"{side}.{name}": of_side(side, name)
            for side in ("SalesDetails", "PurchaseDetails")
            for name in ("UnitPrice", "AccountCode", "TaxType")
        },
    }  # fmt: skip


def _invoice_fields(books: Books) -> Fields:
    return {
        **_plain(
            "UpdatedDateUTC", "InvoiceID", "InvoiceNumber", "Type", "Status", "Reference", "Date", "DueDate",
            "AmountDue", "AmountPaid", "AmountCredited", "Total", "SubTotal", "TotalTax", "CurrencyCode",
            "CurrencyRate", "LineAmountTypes", "SentToContact", "FullyPaidOnDate", "ExpectedPaymentDate",
            "PlannedPaymentDate", "Url",
        ),
        **_party_fields(books),
    }  # fmt: skip


def _party_fields(books: Books) -> Fields:
    def of_contact(name: str) -> Reader:
        return lambda record: books.contacts[record["ContactID"]].get(name)

    names = ("ContactID", "Name", "ContactNumber", "AccountNumber", "EmailAddress", "ContactStatus")
    return {f"Contact.{name}": of_contact(name) for name in names}


def _payment_fields(books: Books) -> Fields:
    def of_document(name: str) -> Reader:
        return lambda record: paid_by(books, record).record.get(name)

    def of_contact(name: str) -> Reader:
        return lambda record: books.contacts[paid_by(books, record).record["ContactID"]].get(name)

    def of_account(name: str) -> Reader:
        return lambda record: books.accounts[record["AccountID"]].get(name)

    return {
        **_plain(
            "UpdatedDateUTC", "PaymentID", "PaymentType", "Status", "Date", "Reference", "Amount", "IsReconciled",
            "BankAmount", "CurrencyRate",
        ),
        "Invoice.InvoiceID": lambda record: record["DocumentID"],
        "Invoice.InvoiceNumber": lambda record: paid_by(books, record).number,
        **{f"Invoice.{name}": of_document(name) for name in ("Type", "Status")},
        **{f"Invoice.Contact.{name}": of_contact(name) for name in ("ContactID", "Name", "ContactNumber")},
        **{f"Account.{name}": of_account(name) for name in ("AccountID", "Code", "Name")},
    }  # fmt: skip


def _alone(view: Callable[[Record], Record]) -> View:
    return lambda _books, record, _places: view(record)


def _flat(view: Callable[[Books, Record], Record]) -> View:
    return lambda books, record, _places: view(books, record)


CONTACTS = Shelf(
    plural="Contacts",
    key="ContactID",
    scopes=("accounting.contacts",),
    paged=True,
    parameters=PAGING | FILTERS | {"ids", "includearchived", "summaryonly", "searchterm"},
    searched=("Name", "FirstName", "LastName", "ContactNumber", "EmailAddress"),
    fields=_contact_fields,
    records=lambda books: books.contacts,
    get=get_contact,
    save=save_contact,
    views={
        "answer": _alone(contact_answer),
        "single": _flat(contact_page),
        "page": _flat(contact_page),
        "list": _alone(contact_list),
        "summary": _flat(contact_summary),
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
    | {"ids", "invoicenumbers", "contactids", "statuses", "includearchived", "createdbymyapp", "summaryonly", "unitdp"}
    | {"searchterm"},
    searched=("InvoiceNumber", "Reference"),
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


def _credit_fields(books: Books) -> Fields:
    return {
        **_plain(
            "UpdatedDateUTC", "CreditNoteID", "CreditNoteNumber", "OverpaymentID", "PrepaymentID", "Type", "Status",
            "Reference", "Date", "RemainingCredit", "Total", "SubTotal", "TotalTax", "CurrencyCode",
        ),
        **_party_fields(books),
    }  # fmt: skip


def _credit_shelf(kind: Kind, scope: str) -> Shelf:
    return Shelf(
        plural=kind.plural,
        key=kind.key,
        scopes=(scope,),
        paged=True,
        parameters=PAGING | FILTERS | {"unitdp"},
        fields=_credit_fields,
        records=lambda books: of_kind(books, kind),
        get=lambda books, key: get_credit(books, kind, key),
        save=save_credit_note,
        views={"answer": credit_answer, "single": credit_answer, "page": credit_page, "list": credit_list},
        shown_with=lambda _books, credit: (
            credit["ContactID"],
            *(one["InvoiceID"] for one in credit["Allocations"]),
        ),
        error_flag="HasErrors" if kind is CREDIT_NOTE else "",
        with_places=True,
    )


CREDIT_NOTES = _credit_shelf(CREDIT_NOTE, "accounting.invoices")
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
    shown_with=lambda books, payment: (payment["DocumentID"], paid_by(books, payment).record["ContactID"]),
    error_flag="HasValidationErrors",
    with_places=True,
)


def _batch_fields(books: Books) -> Fields:  # noqa: ARG001 - one shape for all shelves
    names = ("UpdatedDateUTC", "BatchPaymentID", "Type", "Status", "Date", "TotalAmount", "Reference", "IsReconciled")
    return _plain(*names)


BATCH_PAYMENTS = Shelf(
    plural="BatchPayments",
    key="BatchPaymentID",
    scopes=("accounting.payments",),
    paged=False,
    parameters=FILTERS,
    fields=_batch_fields,
    records=lambda books: books.batches,
    get=get_batch,
    save=save_batch,
    views={"answer": _flat(batch_view), "single": _flat(batch_view), "list": _flat(batch_view)},
    shown_with=lambda _books, batch: batch["payments"],
    error_flag="",
)
"""Made by PUT; a POST only deletes, see `batch_calls`."""
WRITABLE = (CONTACTS, ITEMS, INVOICES, PAYMENTS, CREDIT_NOTES, BATCH_PAYMENTS)
READABLE = (_credit_shelf(OVERPAYMENT, "accounting.payments"), _credit_shelf(PREPAYMENT, "accounting.payments"))
"""Made by bank transactions, which are not modelled."""

SHELVES = {shelf.plural.lower(): shelf for shelf in (*WRITABLE, *READABLE)}
