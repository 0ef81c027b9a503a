"""Xero's side of organizations: Contacts (developer.xero.com: Accounting API, Contacts; version of November 2026)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import quoted
from vtxero.modules.organizations import people
from vtxero.modules.organizations.record import NOBODY, Organization, Person
from vtxero.modules.organizations.rules import (
    answer_findings,
    primary_email_findings,
)
from vtxero.modules.organizations.vtiger import LIMITS
from vtxero.rules import addresses
from vtxero.rules.addresses import Address
from vtxero.rules.contact_texts import email_to_xero, text_to_xero, xero_name, xero_name_findings
from vtxero.rules.fields import FieldRules
from vtxero.rules.people import ORGANIZATIONS, PEOPLE
from vtxero.rules.phones import NUMBER_LIMIT, join_phone
from vtxero.rules.rows import read_json
from vtxero.rules.taken import taken_name_findings
from vtxero.rules.texts import composed
from vtxero.rules.xero_contacts import (
    KINDS,
    XeroContact,
    XeroPerson,
    address_element,
    phone_elements,
    phone_slots,
    read_contact,
    read_place,
)
from vtxero.sync.records import Payload, Projection, Snapshot

PHONES = {"phone": "DEFAULT", "direct_phone": "DDI", "fax": "FAX"}
ADDRESSES = {"billing": "POBOX", "shipping": "STREET"}
_TAX_NUMBER, _ACCOUNT_NUMBER = 50, 50


class XeroOrganizations:
    """Reads and writes Xero's contacts."""

    def __init__(
        self, *, options: OrganizationOptions, rules: FieldRules, lookups: Lookups, has_tax_number: bool
    ) -> None:
        """Open the mapper; `has_tax_number` tells whether Vtiger has a field for it."""
        self._options = options
        self._rules = rules
        self._lookups = lookups
        self._has_tax_number = has_tax_number

    @property
    def side(self) -> Side:
        return Side.XERO

    def parse(self, page: bytes) -> list[Snapshot[Organization]]:
        return [_read(row) for row in read_json(page).get("Contacts") or []]

    def parse_one(self, raw: str) -> Snapshot[Organization]:
        return _read(read_json(raw))

    def project(self, source: Snapshot[Organization], current: Organization | None) -> Projection[Organization]:
        record, held = source.record, current or Organization()
        persons = people.to_xero(record, current)
        name = xero_name(record.name)
        findings = list(xero_name_findings(name) + persons.findings)
        texts, notes = self._texts(record, held)
        findings += notes
        places: dict[str, Any] = {}
        for field in ADDRESSES:
            places[field], said = addresses.to_xero(getattr(record, field), getattr(held, field), field)
            findings += said
        wanted = replace(held, name=name, primary=persons.primary, people=persons.people, **texts, **places)
        if current is None:
            findings += primary_email_findings(wanted, record)
            findings += self._namesakes(name)
            wanted = replace(wanted, marker=source.id if self._options.contact_number else "")
        wanted = self._rules.hold_back(wanted, held, Side.XERO, needed=() if current else ("name",))
        return Projection(wanted, tuple(findings))

    def check_update(self, current: Organization, wanted: Organization) -> tuple[Finding, ...]:
        found = xero_name_findings(wanted.name) if wanted.name != current.name else ()
        found += taken_name_findings(self._lookups, ORGANIZATIONS, wanted, current)
        if wanted.people != current.people or (current.email and not wanted.email):
            found += primary_email_findings(wanted)
        return found

    def payload(self, wanted: Organization, current: Organization | None, vtiger_id: str, xero_id: str) -> Payload:
        held = current or Organization()
        simple = {
            "Name": (wanted.name, held.name),
            "EmailAddress": (wanted.email, held.email),
            "FirstName": (wanted.primary.first, held.primary.first),
            "LastName": (wanted.primary.last, held.primary.last),
            "TaxNumber": (wanted.tax_number, held.tax_number),
            "AccountNumber": (wanted.account_number, held.account_number),
        }
        element: dict[str, Any] = {key: now for key, (now, before) in simple.items() if now != before}
        if any(getattr(wanted, field) != getattr(held, field) for field in PHONES):
            element["Phones"] = _phones(wanted, held)
        changed = [field for field in ADDRESSES if getattr(wanted, field) != getattr(held, field)]
        if changed:
            element["Addresses"] = [address_element(ADDRESSES[field], getattr(wanted, field)) for field in changed]
        if wanted.people != held.people:
            element["ContactPersons"] = [_person(one) for one in wanted.people]
        if current is None:
            if self._options.contact_number and vtiger_id:
                element["ContactNumber"] = vtiger_id
            return element
        return {"ContactID": xero_id, **element}

    def check_answer(self, wanted: Organization, answered: Organization) -> tuple[Finding, ...]:
        return answer_findings(replace(wanted, website="", kind=""), answered, Side.XERO)

    def _namesakes(self, name: str) -> tuple[Finding, ...]:
        """Say that a person has this name in Xero, where names are unique."""
        if not name or self._lookups.find_by_key(PEOPLE, Side.XERO, "name", match_key(name)) is None:
            return ()
        text = (
            f"Xero's contact {quoted(name)} is that of a person without an organization, and Xero's names are unique."
        )
        remedy = (
            "Give the person this organization in Vtiger and archive the contact in Xero, or rename one of the two."
        )
        return (finding(Code.AMBIGUOUS, text, field="name", remedy=remedy),)

    def _texts(self, record: Organization, held: Organization) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Give the simple fields; what Xero's API cannot be told (website, type) stays as Xero has it."""
        texts: dict[str, Any] = {}
        email, notes = email_to_xero(record.email, held.email)
        for field in PHONES:
            texts[field], said = text_to_xero(
                getattr(record, field), getattr(held, field), field, (LIMITS[field], NUMBER_LIMIT)
            )
            notes += said
        texts["tax_number"] = held.tax_number
        if self._has_tax_number:
            texts["tax_number"], said = text_to_xero(
                record.tax_number, held.tax_number, "tax_number", (LIMITS["tax_number"], _TAX_NUMBER)
            )
            notes += said
        if self._options.account_number:
            texts["account_number"] = composed(record.account_number)[:_ACCOUNT_NUMBER]
        return {**texts, "email": email}, notes


def _read(row: Mapping[str, Any]) -> Snapshot[Organization]:
    return read_contact(row, _record, lambda name: Organization(name=name))


def _record(contact: XeroContact) -> Organization:
    slots = phone_slots(contact)
    numbers = {one.kind: join_phone(one) for one in slots}
    places = {one.kind: read_place(one) for one in contact.addresses or ()}
    slotted: dict[str, Any] = {field: numbers.get(kind, "") for field, kind in PHONES.items()}
    slotted |= {field: places.get(kind, Address()) for field, kind in ADDRESSES.items()}
    persons = [_as_person(one) for one in contact.persons or ()]
    return Organization(
        name=xero_name(contact.name),
        email=contact.email.strip(),
        website=contact.website.strip(),
        tax_number=composed(contact.tax_number),
        kind=KINDS.get((bool(contact.is_customer), bool(contact.is_supplier)), ""),
        primary=Person(xero_name(contact.first), xero_name(contact.last)),
        people=people.sorted_people([one for one in persons if one != NOBODY]),
        account_number=composed(contact.account_number),
        phone_slots=slots,
        marker=contact.number.strip(),
        **slotted,
    )


def _as_person(one: XeroPerson) -> Person:
    return Person(xero_name(one.first), xero_name(one.last), one.email.strip(), in_emails=bool(one.in_emails))


def _phones(wanted: Organization, held: Organization) -> list[dict[str, str]]:
    changed = {
        kind: getattr(wanted, field) for field, kind in PHONES.items() if getattr(wanted, field) != getattr(held, field)
    }
    return phone_elements(held.phone_slots, changed)


def _person(one: Person) -> dict[str, Any]:
    return {
        "FirstName": one.first,
        "LastName": one.last,
        "EmailAddress": one.email,
        "IncludeInEmails": one.in_emails,
    }
