"""The stand-in's state, and what a person does to it in Xero's own pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Self

from vtxero.sandbox.xero.batch_payments import delete_batch, save_batch
from vtxero.sandbox.xero.books import Books, Clock, utc_now
from vtxero.sandbox.xero.contacts import save_contact
from vtxero.sandbox.xero.credits import (
    CREDIT_NOTE,
    KINDS,
    TOO_MUCH,
    add_money,
    allocate,
    kind_of,
    save_credit_note,
    take_back,
)  # fmt: skip
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.identity import Identity
from vtxero.sandbox.xero.invoices import save_invoice
from vtxero.sandbox.xero.items import delete_item, save_item
from vtxero.sandbox.xero.payments import delete_payment, save_payment
from vtxero.sandbox.xero.reference import LOCKS, add_account, add_tax_rate, load_reference, starter
from vtxero.sandbox.xero.saving import Mode, Saved
from vtxero.sandbox.xero.tracking import add_category
from vtxero.sandbox.xero.wire import Record, cents, parse_moment

CREATE, CHANGE = Mode(create=True, places=4, person=True), Mode(create=False, places=4, person=True)


class XeroState(Books):
    """One organisation's books with a login in front of them.

    Every method is safe to call from a test's thread while the stand-in serves. They act as a person in Xero's pages
    would: the same rules, and the modification time moves.
    """

    def __init__(self, *, clock: Clock = utc_now, seed: int | None = None) -> None:
        super().__init__(clock=clock, seed=seed)
        self.identity = Identity(self)

    @classmethod
    def load(cls, source: dict[str, Any], *, clock: Clock = utc_now, seed: int | None = None) -> Self:
        """Take an organisation file: settings and catalogues, and records if there are some.

        Contacts, Items, Invoices and Payments have the shapes of GET answers and keep their ids; sums are computed.
        """
        state = cls(clock=clock, seed=seed)
        load_reference(state, source)
        state._load_records(source)
        return state

    @classmethod
    def new(
        cls,
        base_currency: str = "NZD",
        *,
        name: str = "Kowhai Samples Ltd",
        currencies: tuple[str, ...] = ("USD", "AUD"),
        clock: Clock = utc_now,
        seed: int | None = None,
    ) -> Self:
        """Make an organisation with a small chart of accounts, New Zealand's tax rates and no records."""
        return cls.load(starter(base_currency, name, currencies), clock=clock, seed=seed)

    def add_organisation(self, name: str, base_currency: str = "NZD") -> XeroState:
        """Give the person one more organisation, with books of its own, and let logins reach it."""
        other = type(self).new(base_currency, name=name, clock=self.clock)
        other.lock, other.identity = self.lock, self.identity
        self.identity.connect(other)
        return other

    @property
    def tenant_id(self) -> str:
        """The id that names this organisation in calls."""
        return str(self.organisation["OrganisationID"])

    def add_contact(self, **fields: Any) -> str:
        """Add a contact and return its ContactID."""
        return self._do(save_contact, fields, CREATE)

    def edit_contact(self, contact_id: str, **fields: Any) -> None:
        self._do(save_contact, {"ContactID": contact_id, **fields}, CHANGE)

    def archive_contact(self, contact_id: str) -> None:
        self.edit_contact(contact_id, ContactStatus="ARCHIVED")

    def restore_contact(self, contact_id: str) -> None:
        """Un-archive a contact, which only Xero's pages can do."""
        self.edit_contact(contact_id, ContactStatus="ACTIVE")

    def merge_contacts(self, source_id: str, target_id: str) -> None:
        """Merge one contact into another: it is archived, points at the other, and loses its documents to it."""
        with self.lock:
            self.archive_contact(source_id)
            source, target = self.contacts[source_id], self.contacts[target_id]
            source["MergedToContactID"] = target_id
            for flag in ("IsCustomer", "IsSupplier"):
                target[flag] = target[flag] or source[flag]
            self.touch(target_id, target)
            for document_id, document in (*self.invoices.items(), *self.credits.items()):
                if document["ContactID"] == source_id:
                    document["ContactID"] = target_id
                    self.touch(document_id, document)

    def add_item(self, **fields: Any) -> str:
        """Add an item and return its ItemID."""
        return self._do(save_item, fields, CREATE)

    def edit_item(self, item_id: str, **fields: Any) -> None:
        self._do(save_item, {"ItemID": item_id, **fields}, CHANGE)

    def delete_item(self, item_id: str) -> None:
        with self.lock:
            delete_item(self, item_id)

    def add_invoice(self, contact_id: str, lines: list[dict[str, Any]], **fields: Any) -> str:
        """Add a sales invoice (a draft unless Status says otherwise) and return its InvoiceID."""
        element = {"Type": "ACCREC", "Contact": {"ContactID": contact_id}, "LineItems": lines, **fields}
        return self._do(save_invoice, element, CREATE)

    def edit_invoice(self, invoice_id: str, **fields: Any) -> None:
        """Change an invoice; `LineItems` replaces all its lines."""
        self._do(save_invoice, {"InvoiceID": invoice_id, **fields}, CHANGE)

    def approve(self, invoice_id: str, **fields: Any) -> None:
        self.edit_invoice(invoice_id, Status="AUTHORISED", **fields)

    def void(self, invoice_id: str) -> None:
        """Void an approved invoice, or delete one that is not approved yet."""
        approved = self.invoices[invoice_id]["Status"] == "AUTHORISED"
        self.edit_invoice(invoice_id, Status="VOIDED" if approved else "DELETED")

    def pay(
        self,
        invoice_id: str,
        amount: Decimal | str | None = None,
        *,
        account: str = "090",
        day: date | str | None = None,
        reference: str = "",
    ) -> str:
        """Take a payment, of all that is due unless an amount is given, and return its PaymentID."""
        due = self.invoices[invoice_id]["AmountDue"] if amount is None else Decimal(amount)
        element = {
            "Invoice": {"InvoiceID": invoice_id},
            "Account": {"Code": account},
            "Amount": due,
            "Date": day,
            "Reference": reference,
        }
        return self._do(save_payment, element, CREATE)

    def pay_batch(self, *invoice_ids: str, account: str = "090", day: date | str | None = None) -> str:
        """Take one batch payment of all that these invoices owe, and return its BatchPaymentID."""
        owed = [{"Invoice": {"InvoiceID": one}, "Amount": self.invoices[one]["AmountDue"]} for one in invoice_ids]
        return self._do(save_batch, {"Account": {"Code": account}, "Date": day, "Payments": owed}, CREATE)

    def remove_batch(self, batch_id: str) -> None:
        """Delete a batch payment, which re-opens what it paid."""
        with self.lock:
            delete_batch(self, self.batches[batch_id])

    def remove_payment(self, payment_id: str) -> None:
        with self.lock:
            delete_payment(self, self.payments[payment_id])

    def credit(self, invoice_id: str, amount: Decimal | str, *, kind: str = "CreditNotes") -> str:
        """Make a credit note (or of `Overpayments`, `Prepayments`) of that amount, allocate it; return its id.

        Raises:
            InvalidError: the invoice is not approved, or owes less.
        """
        with self.lock:
            invoice, value, sort = self.invoices[invoice_id], cents(Decimal(amount)), KINDS[kind.lower()]
            if invoice["Status"] != "AUTHORISED" or value > invoice["AmountDue"]:
                raise InvalidError(TOO_MUCH)
            if sort is CREDIT_NOTE:
                credit_id = self._add_credit_note(invoice, value)
            else:
                credit_id = add_money(self, sort, invoice, value)
            allocate(self, sort, self.credits[credit_id], {"Invoice": {"InvoiceID": invoice_id}, "Amount": value})
            return credit_id

    def remove_credit(self, credit_id: str) -> None:
        """Take all allocations of a credit back."""
        with self.lock:
            credit = self.credits[credit_id]
            for allocation in list(credit["Allocations"]):
                take_back(self, kind_of(credit), credit, allocation)

    def _add_credit_note(self, invoice: Record, value: Decimal) -> str:
        account = next(line["AccountCode"] for line in invoice["LineItems"] if "AccountCode" in line)
        line = {"Description": "Credit", "Quantity": 1, "UnitAmount": value, "AccountCode": account, "TaxType": "NONE"}
        element = {
            "Type": f"{invoice['Type']}CREDIT",
            "Status": "AUTHORISED",
            "Contact": {"ContactID": invoice["ContactID"]},
            "CurrencyCode": invoice["CurrencyCode"],
            "LineAmountTypes": "NoTax",
            "LineItems": [line],
        }
        return self._do(save_credit_note, element, CREATE)

    def set_lock_dates(self, *, period: date | None = None, year_end: date | None = None) -> None:
        with self.lock:
            self.organisation.update(dict(zip(LOCKS, (period, year_end), strict=True)))

    def add_account(self, **fields: Any) -> str:
        """Add a ledger account (Code, Name, Type, Class, ...) and return its AccountID."""
        with self.lock:
            return str(add_account(self, fields)["AccountID"])

    def edit_account(self, code: str, **fields: Any) -> None:
        """Change an account found by its code: archive it, give it another tax."""
        with self.lock:
            account = self.accounts[self.by_account_code[code]]
            account.update(fields)
            account["UpdatedDateUTC"] = self.now()

    def add_tracking(self, name: str, *options: str) -> str:
        """Add a tracking category with options and return its TrackingCategoryID."""
        with self.lock:
            found = add_category(self, {"Name": name, "Options": [{"Name": option} for option in options]})
            return str(found["TrackingCategoryID"])

    def add_tax_rate(self, name: str, *components: tuple[str, str], **fields: Any) -> str:
        """Add a tax rate of (name, percentage) components, simple ones, for every class; return its TaxType."""
        parts = [
            {"Name": part, "Rate": rate, "IsCompound": False, "IsNonRecoverable": False} for part, rate in components
        ]
        classes = {f"CanApplyTo{one}": True for one in ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")}
        with self.lock:
            rate = {"Name": name, "ReportTaxType": "OUTPUT", **classes, "TaxComponents": parts, **fields}
            return str(add_tax_rate(self, rate)["TaxType"])

    def edit_tax_rate(self, tax_type: str, **fields: Any) -> None:
        with self.lock:
            self.tax_rates[tax_type].update(fields)

    def _do(self, save: Callable[[Books, Record, Mode], Saved], element: Record, mode: Mode) -> str:
        with self.lock:
            return save(self, element, mode).record_id

    def _load_records(self, source: dict[str, Any]) -> None:
        """Enter a file's records in the order in which they need each other; times and final statuses come last."""
        invoices = source.get("Invoices", [])
        payments = [one for one in source.get("Payments", []) if one.get("Status") != "DELETED"]
        for elements, save in (
            (source.get("Contacts", []), save_contact),
            (source.get("Items", []), save_item),
            ([_as_approved(one) for one in invoices], save_invoice),
            (payments, save_payment),
        ):
            for element in elements:
                save(self, element, CREATE)
        for invoice in invoices:
            if invoice.get("Status") in {"VOIDED", "DELETED"}:
                self.invoices[invoice["InvoiceID"]]["Status"] = invoice["Status"]
        shelves = {"Contact": self.contacts, "Item": self.items, "Invoice": self.invoices, "Payment": self.payments}
        for name, shelf in shelves.items():
            for element in source.get(f"{name}s", []):
                moment, record = parse_moment(element.get("UpdatedDateUTC")), shelf.get(element.get(f"{name}ID", ""))
                if moment is not None and record is not None:
                    record["UpdatedDateUTC"] = moment.replace(microsecond=0)


def _as_approved(invoice: Record) -> Record:
    """Take back what payments made of an invoice; they are loaded after it and make it so again."""
    status = invoice.get("Status")
    return {
        **invoice,
        "Status": "AUTHORISED" if status in {"PAID", "VOIDED"} else "DRAFT" if status == "DELETED" else status,
    }
