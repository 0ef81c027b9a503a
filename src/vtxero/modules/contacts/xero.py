"""Xero's side of people without an organization: Contacts (developer.xero.com: Accounting API, Contacts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import ContactOptions
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import quoted
from vtxero.modules.contacts.names import joined
from vtxero.modules.contacts.record import LIMITS, NOBODY, Person
from vtxero.rules import addresses
from vtxero.rules.contact_texts import email_to_xero, text_to_xero, xero_name, xero_name_findings
from vtxero.rules.fields import FieldRules
from vtxero.rules.people import ORGANIZATIONS
from vtxero.rules.phones import NUMBER_LIMIT, join_phone
from vtxero.rules.rows import read_json
from vtxero.rules.texts import kept_otherwise
from vtxero.rules.xero_contacts import (
    KINDS,
    XeroContact,
    address_element,
    phone_elements,
    phone_slots,
    read_contact,
    read_place,
)
from vtxero.sync.records import Payload, Projection, Snapshot

PHONES = {"phone": "DEFAULT", "mobile": "MOBILE", "fax": "FAX"}
ADDRESS = "POBOX"


class XeroPeople:
    """Reads and writes the Xero contacts that are people."""

    def __init__(self, *, options: ContactOptions, rules: FieldRules, lookups: Lookups) -> None:
        self._options = options
        self._rules = rules
        self._lookups = lookups

    @property
    def side(self) -> Side:
        return Side.XERO

    def parse(self, page: bytes) -> list[Snapshot[Person]]:
        return [_read(row) for row in read_json(page).get("Contacts") or []]

    def parse_one(self, raw: str) -> Snapshot[Person]:
        return _read(read_json(raw))

    def project(self, source: Snapshot[Person], current: Person | None) -> Projection[Person]:
        record, held = source.record, current or NOBODY
        name = xero_name(record.name)
        findings = list(xero_name_findings(name))
        email, notes = email_to_xero(record.email, held.email)
        texts: dict[str, Any] = {"email": email}
        for field in PHONES:
            limits = (LIMITS[field], NUMBER_LIMIT)
            texts[field], said = text_to_xero(getattr(record, field), getattr(held, field), field, limits)
            notes += said
        texts["billing"], said = addresses.to_xero(record.billing, held.billing, "billing", addresses.PERSON)
        names: dict[str, Any] = {"name": name, "first": xero_name(record.first), "last": xero_name(record.last)}
        if held.last == "" and held.first and xero_name(record.name) == held.first:
            names |= {"first": held.first, "last": ""}  # Vtiger's last name is mandatory: it holds the only name
        wanted = replace(held, **names, **texts)
        if current is None:
            findings += self._namesakes(name)
            wanted = replace(wanted, marker=source.id if self._options.contact_number else "")
        wanted = self._rules.hold_back(wanted, held, Side.XERO, needed=() if current else ("name",))
        return Projection(wanted, (*findings, *notes, *said))

    def check_update(self, current: Person, wanted: Person) -> tuple[Finding, ...]:
        return xero_name_findings(wanted.name) if wanted.name != current.name else ()

    def payload(self, wanted: Person, current: Person | None, vtiger_id: str, xero_id: str) -> Payload:
        held = current or NOBODY
        simple = {
            "Name": (wanted.name, held.name),
            "FirstName": (wanted.first, held.first),
            "LastName": (wanted.last, held.last),
            "EmailAddress": (wanted.email, held.email),
        }
        element: dict[str, Any] = {key: now for key, (now, before) in simple.items() if now != before}
        changed = {kind: field for field, kind in PHONES.items() if getattr(wanted, field) != getattr(held, field)}
        if changed:
            texts = {kind: getattr(wanted, field) for kind, field in changed.items()}
            element["Phones"] = phone_elements(held.phone_slots, texts)
        if wanted.billing != held.billing:
            element["Addresses"] = [address_element(ADDRESS, wanted.billing)]
        if current is not None:
            return {"ContactID": xero_id, **element}
        return {**element, "ContactNumber": vtiger_id} if self._options.contact_number and vtiger_id else element

    def check_answer(self, wanted: Person, answered: Person) -> tuple[Finding, ...]:
        return tuple(
            kept_otherwise(Code.TEXT_UNSUPPORTED, ("contacts", field), "Xero", kept, sent)
            for field in ("name", "first", "last", "email", *PHONES)
            if (sent := getattr(wanted, field)) and (kept := getattr(answered, field)) != sent
        )

    def _namesakes(self, name: str) -> tuple[Finding, ...]:
        """Say who has this name in Xero, where names are unique, or will have it."""
        key = match_key(name)
        contact = self._lookups.find_by_key(ORGANIZATIONS, Side.XERO, "name", key) if key else None
        company = self._lookups.find_by_key(ORGANIZATIONS, Side.VTIGER, "name", key) if key else None
        if contact is None and company is None:
            return ()
        if contact and not self._lookups.is_linked(ORGANIZATIONS, Side.XERO, contact):
            text = f"Xero has a contact {quoted(name)} already, and it is not sure that this is the person."
            remedy = (
                "If it is, run `vtxero sync --full`, which links the two once an invoice names the person; "
                "else give one of them another name."
            )
            return (finding(Code.AMBIGUOUS, text, field="name", remedy=remedy),)
        text = f"The organization {quoted(name)} has the same name in Vtiger, and Xero's names are unique."
        remedy = "Give the person or the invoice that organization in Vtiger, or one of the two another name."
        return (finding(Code.AMBIGUOUS, text, field="name", remedy=remedy),)


def _read(row: Mapping[str, Any]) -> Snapshot[Person]:
    return read_contact(row, _record, lambda name: Person(name=name))


def _record(contact: XeroContact) -> Person:
    slots = phone_slots(contact)
    numbers = {one.kind: join_phone(one) for one in slots}
    phones: dict[str, Any] = {field: numbers.get(kind, "") for field, kind in PHONES.items()}
    place = next((one for one in contact.addresses or () if one.kind == ADDRESS), None)
    first, last = xero_name(contact.first), xero_name(contact.last)
    return Person(
        name=xero_name(contact.name) or joined(first, last),
        first=first,
        last=last,
        email=contact.email.strip(),
        billing=read_place(place) if place else NOBODY.billing,
        kind=KINDS.get((bool(contact.is_customer), bool(contact.is_supplier)), ""),
        phone_slots=slots,
        marker=contact.number.strip(),
        **phones,
    )
