"""Contacts: what Xero checks and keeps when one is saved (developer.xero.com: Accounting API, Contacts)."""

from __future__ import annotations

import re

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.saving import Mode, Saved, check_tax_type, id_sent, index_add, index_drop, refuse_unmodelled
from vtxero.sandbox.xero.wire import Record, bool_in, is_guid, number_in, text_in

LENGTHS = {
    "Name": 255,
    "ContactNumber": 50,
    "AccountNumber": 50,
    "FirstName": 255,
    "LastName": 255,
    "EmailAddress": 255,
    "CompanyNumber": 50,
    "TaxNumber": 50,
}
ADDRESS_LENGTHS = {
    **{f"AddressLine{line}": 500 for line in range(1, 5)},
    "City": 255,
    "Region": 255,
    "PostalCode": 50,
    "Country": 50,
    "AttentionTo": 255,
}
PHONE_LENGTHS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
ADDRESS_TYPES = ("STREET", "POBOX")
PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")
TEXTS = (
    "ContactNumber", "AccountNumber", "FirstName", "LastName", "EmailAddress", "CompanyNumber", "TaxNumber",
    "TaxNumberType", "BankAccountDetails", "AccountsReceivableTaxType", "AccountsPayableTaxType", "DefaultCurrency",
    "SalesDefaultAccountCode", "PurchasesDefaultAccountCode",
)  # fmt: skip
NOT_MODELLED = {
    "BatchPayments", "BrandingTheme", "ContactGroups", "PurchasesTrackingCategories",
    "SalesTrackingCategories", "TrackingCategoryName", "TrackingCategoryOption", "XeroNetworkKey",
}  # fmt: skip
TERM_TYPES = {"DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"}
MAX_PERSONS = 5
_EMAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")

NOT_IDENTIFIED = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
NUMBER_TAKEN = "Another contact has this contact number. Please enter a different contact number."
NO_EMAIL = "Additional people cannot be added when the primary person has no email address set."
BAD_EMAIL = "Email address must be valid."


def normal(name: str) -> str:
    """Drop outer and double blanks, as Xero does before it compares or keeps a name."""
    return " ".join(name.split())


def find_named(books: Books, name: str, status: str = "ACTIVE") -> Record | None:
    """Find the contact of that name and status; active names are unique, letter case aside."""
    for contact_id in books.by_contact_name.get(normal(name).casefold(), ()):
        if books.contacts[contact_id]["ContactStatus"] == status:
            return books.contacts[contact_id]
    return None


def find_numbered(books: Books, number: str) -> Record | None:
    found = books.by_contact_number.get(number.casefold())
    return None if found is None else books.contacts[found]


def get_contact(books: Books, key: str) -> Record:
    """Get a contact by ContactID or ContactNumber.

    Raises:
        NotFoundError: there is none.
    """
    contact = books.contacts.get(key.lower()) if is_guid(key) else find_numbered(books, key)
    if contact is None:
        raise NotFoundError
    return contact


def save_contact(books: Books, element: Record, mode: Mode) -> Saved:
    """Create a contact, or merge into the one that ContactID, ContactNumber or Name points at.

    Raises:
        InvalidError: Xero would not take the element.
        NotFoundError: the ContactID is unknown.
    """
    refuse_unmodelled(element, NOT_MODELLED, "Contact")
    current = _matched(books, element, mode)
    if current is None and not text_in(element, "Name"):
        raise InvalidError("Contact name cannot be empty" if element.get("ContactNumber") else NOT_IDENTIFIED)
    if current is not None and current["ContactStatus"] != "ACTIVE" and not mode.person:
        raise InvalidError(ARCHIVED)
    draft = _merged(books, current, element, mode)
    _check(books, draft, current, element, person=mode.person)
    return _keep(books, draft, current, mode)


def _matched(books: Books, element: Record, mode: Mode) -> Record | None:
    """Find which record is meant: POST goes by id, then number, then name; PUT makes a new one."""
    contact_id = id_sent(element, "Contacts", mode)
    number, name = text_in(element, "ContactNumber"), text_in(element, "Name")
    if mode.create:
        return None
    if contact_id:
        return get_contact(books, contact_id)
    if number and (found := find_numbered(books, number)):
        return found
    return find_named(books, name) if name else None


def _merged(books: Books, current: Record | None, element: Record, mode: Mode) -> Record:
    """Lay the element over the record: what is absent or null stays, what is sent empty is emptied."""
    draft = dict(current) if current else _blank(books, element, mode)
    name = text_in(element, "Name")
    if name is not None:
        draft["Name"] = normal(name)
    for key in (*TEXTS, *(("Website",) if mode.person else ())):
        value = text_in(element, key)
        if value is not None:
            draft[key] = value.strip()
    if element.get("ContactPersons"):
        draft["ContactPersons"] = [_person(one) for one in element["ContactPersons"]]
    if element.get("Addresses"):
        draft["Addresses"] = {**draft["Addresses"], **_slots(element["Addresses"], "AddressType", ADDRESS_LENGTHS)}
    if element.get("Phones"):
        draft["Phones"] = _slots(element["Phones"], "PhoneType", PHONE_LENGTHS)
    if element.get("PaymentTerms"):
        draft["PaymentTerms"] = {**draft.get("PaymentTerms", {}), **_terms(element["PaymentTerms"])}
    draft["ContactStatus"] = text_in(element, "ContactStatus") or draft["ContactStatus"]
    return draft


def _terms(source: Record) -> Record:
    """Read the payment terms of bills and of sales: a day, and what it counts from."""
    terms: Record = {}
    for side in ("Bills", "Sales"):
        sent = source.get(side)
        if sent:
            day, kind = number_in(sent, "Day"), text_in(sent, "Type")
            terms[side] = {"Day": int(day or 0), "Type": kind or ""}
    return terms


def _blank(books: Books, element: Record, mode: Mode) -> Record:
    kept = text_in(element, "ContactID") if mode.person else None
    return {
        "ContactID": kept or books.new_id(),
        "ContactStatus": "ACTIVE",
        "Addresses": {},
        "Phones": {},
        "ContactPersons": [],
        "IsSupplier": False,
        "IsCustomer": False,
    }


def _person(source: Record) -> Record:
    person: Record = {key: text_in(source, key) or "" for key in ("FirstName", "LastName", "EmailAddress")}
    return {**person, "IncludeInEmails": bool_in(source, "IncludeInEmails") or False}


def _slots(sources: list[Record], kind: str, parts: dict[str, int]) -> dict[str, Record]:
    """Read addresses or phones by their type; a slot that is sent is replaced whole."""
    known = ADDRESS_TYPES if kind == "AddressType" else PHONE_TYPES
    slots: dict[str, Record] = {}
    for source in sources:
        name = text_in(source, kind) or ""
        if name not in known:
            raise NotModelledError(f"{kind} {name!r} of a contact is not modelled by the stand-in")
        slots[name] = {part: value for part in parts if (value := text_in(source, part))}
    return slots


def _check(books: Books, draft: Record, current: Record | None, element: Record, *, person: bool) -> None:
    """Find everything that Xero would refuse in the record as it would become."""
    findings = Findings()
    findings.too_long(draft, LENGTHS)
    status = draft["ContactStatus"]
    if status != "ACTIVE" and not (status == "ARCHIVED" and (current is not None or person)):
        findings.add(f"The status '{status}' is not valid for contacts")
    _check_name(books, draft, findings)
    number = draft.get("ContactNumber")
    other = find_numbered(books, number) if number else None
    if other is not None and other["ContactID"] != draft["ContactID"]:
        findings.add(NUMBER_TAKEN if other["ContactStatus"] == "ACTIVE" else ARCHIVED)
    if draft.get("EmailAddress") and not _EMAIL.match(draft["EmailAddress"]):
        findings.add(BAD_EMAIL)
    _check_persons(draft, element, findings)
    for address in draft["Addresses"].values():
        findings.too_long(address, ADDRESS_LENGTHS)
    for phone in draft["Phones"].values():
        findings.too_long(phone, PHONE_LENGTHS)
    for terms in draft.get("PaymentTerms", {}).values():
        if terms["Type"] not in TERM_TYPES or not 0 <= terms["Day"] <= 31 * 12:
            findings.add("PaymentTerms must have a Day and a valid Type")
    _check_defaults(books, draft, findings)
    findings.stop()


def _check_name(books: Books, draft: Record, findings: Findings) -> None:
    name = draft.get("Name", "")
    if not name:
        findings.add("Contact name cannot be empty")
    if "<" in name or ">" in name:
        findings.add("The contact name cannot contain the characters < or >.")
    other = find_named(books, name)
    if draft["ContactStatus"] == "ACTIVE" and other is not None and other["ContactID"] != draft["ContactID"]:
        findings.add(
            f"The contact name {name} is already assigned to another contact. "
            "The contact name must be unique across all active contacts.",
        )


def _check_persons(draft: Record, element: Record, findings: Findings) -> None:
    persons = draft["ContactPersons"]
    if len(persons) > MAX_PERSONS:
        findings.add(f"A contact can have at most {MAX_PERSONS} contact persons.")
    if element.get("ContactPersons") and not draft.get("EmailAddress"):
        findings.add(NO_EMAIL)
    for person in persons:
        findings.too_long(person, LENGTHS)
        if person["EmailAddress"] and not _EMAIL.match(person["EmailAddress"]):
            findings.add(BAD_EMAIL)


def _check_defaults(books: Books, draft: Record, findings: Findings) -> None:
    currency = draft.get("DefaultCurrency")
    if currency and not books.has_currency(currency):
        findings.add(f"Organisation is not subscribed to currency {currency}")
    for key in ("AccountsReceivableTaxType", "AccountsPayableTaxType"):
        if draft.get(key):
            check_tax_type(books.tax_rates, draft[key], None, findings)
    for key in ("SalesDefaultAccountCode", "PurchasesDefaultAccountCode"):
        if draft.get(key) and books.account(draft[key]) is None:
            findings.add(f"Account code '{draft[key]}' is not a valid code for this document.")


def _keep(books: Books, draft: Record, current: Record | None, mode: Mode) -> Saved:
    contact_id = draft["ContactID"]
    if current is not None:
        index_drop(books.by_contact_name, current["Name"].casefold(), contact_id)
        if current.get("ContactNumber"):
            books.by_contact_number.pop(current["ContactNumber"].casefold(), None)
    books.contacts[contact_id] = draft
    index_add(books.by_contact_name, draft["Name"].casefold(), contact_id)
    if draft.get("ContactNumber"):
        books.by_contact_number[draft["ContactNumber"].casefold()] = contact_id
    if not mode.person and current is None:
        books.made_by_app.add(contact_id)
    books.touch(contact_id, draft)
    return Saved(contact_id, created=current is None)
