"""Contacts as Xero shows them: the answer to a write, a page, a list without pages, a summary, inside a document."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contacts import ADDRESS_TYPES, TEXTS
from vtxero.sandbox.xero.wire import Record, moment_out

WRITE_PHONES = ("DEFAULT", "DDI", "FAX", "MOBILE")
READ_PHONES = ("DDI", "DEFAULT", "FAX", "MOBILE")
"""Recorded: a create answers the phone slots in another order than a read."""
DEFAULTS = (
    "AccountsReceivableTaxType",
    "AccountsPayableTaxType",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
)


def contact_answer(contact: Record) -> Record:
    """Show a contact in the answer to a write."""
    return {
        **_head(contact),
        "Addresses": _addresses(contact),
        "Phones": _phones(contact, WRITE_PHONES),
        "UpdatedDateUTC": moment_out(contact["UpdatedDateUTC"]),
        "ContactGroups": [],
        "IsSupplier": contact["IsSupplier"],
        "IsCustomer": contact["IsCustomer"],
        **_currency(contact),
        "ContactPersons": [dict(person) for person in contact["ContactPersons"]],
        "HasValidationErrors": False,
    }


def contact_page(books: Books, contact: Record) -> Record:
    """Show a contact on a page or by its id: everything there is."""
    merged = contact.get("MergedToContactID")
    groups = [one for one in books.groups.values() if contact["ContactID"] in one["members"]]
    return {
        **contact_list(contact),
        "ContactGroups": [group_view(one) for one in groups if one["Status"] == "ACTIVE"],
        "ContactPersons": [dict(person) for person in contact["ContactPersons"]],
        **({"Website": contact["Website"]} if contact.get("Website") else {}),
        **({"PaymentTerms": contact["PaymentTerms"]} if contact.get("PaymentTerms") else {}),
        **({"MergedToContactID": merged} if merged else {}),
    }


def group_view(group: Record) -> Record:
    """Show a contact group; who is in it is told only where it is asked for by its id."""
    shown = {name: group[name] for name in ("ContactGroupID", "Name", "Status")}
    return {**shown, "Contacts": [], "HasValidationErrors": False}


def contact_list(contact: Record) -> Record:
    """Show a contact in a list asked for without `page`: persons and groups are left out."""
    return {
        **_head(contact),
        "Addresses": _addresses(contact),
        "Phones": _phones(contact, READ_PHONES),
        "UpdatedDateUTC": moment_out(contact["UpdatedDateUTC"]),
        "ContactGroups": [],
        "IsSupplier": contact["IsSupplier"],
        "IsCustomer": contact["IsCustomer"],
        **_currency(contact),
        "ContactPersons": [],
        "HasAttachments": contact.get("HasAttachments", False),
        "HasValidationErrors": False,
    }


def contact_summary(books: Books, contact: Record) -> Record:
    """Show a contact with `summaryOnly`."""
    left_out = {"Addresses", "ContactGroups", "ContactPersons", "IsCustomer", "IsSupplier", *DEFAULTS}
    return {name: value for name, value in contact_page(books, contact).items() if name not in left_out}


def contact_short(books: Books, contact_id: str) -> Record:
    """Show a contact inside a listed document: who it is, and empty shells."""
    contact = books.contacts[contact_id]
    return {
        "ContactID": contact_id,
        "Name": contact["Name"],
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def _head(contact: Record) -> Record:
    head: Record = {"ContactID": contact["ContactID"]}
    for name in ("ContactNumber", "AccountNumber"):
        if contact.get(name):
            head[name] = contact[name]
    head["ContactStatus"] = contact["ContactStatus"]
    head["Name"] = contact["Name"]
    for name in TEXTS:
        if name not in head and name != "DefaultCurrency" and contact.get(name) is not None:
            head[name] = contact[name]
    head.setdefault("BankAccountDetails", "")
    return head


def _currency(contact: Record) -> Record:
    return {"DefaultCurrency": contact["DefaultCurrency"]} if contact.get("DefaultCurrency") else {}


def _addresses(contact: Record) -> list[Record]:
    """Show both slots, blank parts as empty texts, and address lines only where there are some."""
    shown = []
    for kind in ADDRESS_TYPES:
        kept = contact["Addresses"].get(kind, {})
        lines = {part: kept[part] for part in kept if part.startswith("AddressLine")}
        parts = {part: kept.get(part, "") for part in ("City", "Region", "PostalCode", "Country")}
        attention = {"AttentionTo": kept["AttentionTo"]} if "AttentionTo" in kept else {}
        shown.append({"AddressType": kind, **lines, **parts, **attention})
    return shown


def _phones(contact: Record, order: tuple[str, ...]) -> list[Record]:
    names = ("PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")
    slots = contact["Phones"]
    return [{"PhoneType": kind, **{name: slots.get(kind, {}).get(name, "") for name in names}} for kind in order]
