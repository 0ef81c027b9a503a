"""Vtiger's side of people without an organization: Contacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.options import ContactOptions
from vtxero.domain.reference import VtigerReference
from vtxero.domain.sides import Side
from vtxero.domain.text import collapse_blanks, match_key, mended
from vtxero.modules.contacts.names import joined, names_for_vtiger, vtiger_name_findings
from vtxero.modules.contacts.record import LIMITS, NOBODY, Person
from vtxero.rules import addresses, labels
from vtxero.rules.addresses import Address
from vtxero.rules.contact_texts import VTIGER_FIRST, VTIGER_LAST, email_to_vtiger, xero_name
from vtxero.rules.fields import FieldRules, cleared_findings, with_mandatory
from vtxero.rules.people import XERO_ID
from vtxero.rules.rows import VtigerRow, WireModel, noted_id, read_json, unreadable_finding, write_json
from vtxero.rules.texts import composed, kept_otherwise, text_notes, vtiger_text
from vtxero.rules.xero_contacts import kind_for_vtiger
from vtxero.sync.records import Payload, Presence, Projection, Snapshot

KIND_LABEL = "Contact Type"
MOVABLE = {"email": "email", "phone": "phone", "mobile": "mobile", "fax": "fax", "kind": KIND_LABEL}
"""The fields that the config may keep in another Vtiger field."""
_ADDRESS = {
    "street": "mailingstreet",
    "pobox": "mailingpobox",
    "city": "mailingcity",
    "region": "mailingstate",
    "postal_code": "mailingzip",
    "country": "mailingcountry",
}


class VtigerContactRow(WireModel):
    """A composite row: the contact, and whether an invoice without an organization names it."""

    contact: VtigerRow
    invoiced: bool = False


class VtigerPeople:
    """Reads and changes Vtiger's contacts; it makes none, for from Xero every contact comes as an organization."""

    def __init__(self, *, reference: VtigerReference, options: ContactOptions, rules: FieldRules) -> None:
        self._options = options
        self._rules = rules
        self._contacts = reference.modules["Contacts"]
        self._marker = self._contacts.by_label(labels.CONTACT_ID)
        self._names = {"first": "firstname", "last": "lastname"}
        self._names |= {field: rules.vtiger_field(field, self._contacts) for field in MOVABLE}

    @property
    def side(self) -> Side:
        return Side.VTIGER

    def parse(self, page: bytes) -> list[Snapshot[Person]]:
        return [self._read(row) for row in read_json(page)]

    def parse_one(self, raw: str) -> Snapshot[Person]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Person], current: Person | None) -> Projection[Person]:
        if current is None:
            return Projection(source.record, (_orphaned(source),))
        record, held = source.record, current
        (first, last), notes = _names(record, held)
        name = held.name if xero_name(held.name) == record.name else record.name
        texts: dict[str, Any] = {}
        for field, limit in LIMITS.items():
            ours, theirs = getattr(held, field), getattr(record, field)
            texts[field] = ours
            if self._names[field] and composed(collapse_blanks(ours)) != theirs:
                texts[field] = vtiger_text(theirs, limit)
                notes += text_notes(field, theirs, texts[field], Side.VTIGER)
        texts["email"], said = email_to_vtiger(record.email, held.email)
        notes += said
        billing, said = addresses.to_vtiger(record.billing, held.billing, "billing", addresses.PERSON)
        kind = kind_for_vtiger(self._contacts.field(self._names["kind"]), record.kind, held.kind, self._options.types)
        wanted = replace(held, name=name, first=first, last=last, billing=billing, kind=kind, **texts)
        return Projection(self._rules.hold_back(wanted, held, Side.VTIGER), (*notes, *said))

    def check_update(self, current: Person, wanted: Person) -> tuple[Finding, ...]:
        first, last = names_for_vtiger(wanted, current)
        found = vtiger_name_findings(first, last) if (first, last) != (current.first, current.last) else ()
        changed = {name: value for name, value in self._changed(wanted, current).items() if name != "lastname"}
        return found + cleared_findings(changed, self._contacts, self._options.defaults)

    def payload(self, wanted: Person, current: Person | None, vtiger_id: str, xero_id: str) -> Payload:
        held = current or NOBODY
        element = with_mandatory(self._changed(wanted, held), self._contacts, self._options.defaults)
        if self.lacks_id(wanted, xero_id):
            element[self._marker] = xero_id
        # What differs may be nothing that Vtiger can be told. It still has to answer, so that the bases are settled.
        element = element or {"lastname": held.last}
        return {"steps": [{"op": "revise", "module": "Contacts", "element": {"id": vtiger_id, **element}}]}

    def check_answer(self, wanted: Person, answered: Person) -> tuple[Finding, ...]:
        return tuple(
            kept_otherwise(Code.TEXT_UNSUPPORTED, ("contacts", field), "Vtiger", kept, sent)
            for field in ("name", "email", *LIMITS, "kind")
            if (sent := getattr(wanted, field)) and (kept := getattr(answered, field)) != sent
        )

    @property
    def keeps_id(self) -> bool:
        """Whether Xero's id is kept in a field of Vtiger's: it is asked for, and there is one."""
        return self._options.write_back and bool(self._marker)

    def lacks_id(self, record: Person, xero_id: str) -> bool:
        """Tell whether Xero's id is to be written into the field for it."""
        return self.keeps_id and bool(xero_id) and record.marker != xero_id

    def _changed(self, wanted: Person, held: Person) -> dict[str, str]:
        first, last = names_for_vtiger(wanted, held)
        now, before = self._fields(replace(wanted, first=first, last=last)), self._fields(held)
        return {name: value for name, value in now.items() if value != before[name]}

    def _fields(self, record: Person) -> dict[str, str]:
        pairs = {self._names[field]: getattr(record, field) for field in self._rules.last_counts(self._names)}
        pairs.pop("", None)
        return pairs | {name: getattr(record.billing, part) for part, name in _ADDRESS.items()}

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Person]:
        try:
            parsed = VtigerContactRow.model_validate(row)
        except ValidationError as problem:
            return _unreadable(row, problem)
        record = self._record(parsed)
        keys = [(XERO_ID, record.marker)] if record.marker else []
        keys += [("name", match_key(record.name))] if record.name else []
        left = _left(record) if record.organization else ()
        return Snapshot(
            id=parsed.contact.id,
            label=collapse_blanks(record.name),
            modified=parsed.contact.text("modifiedtime"),
            record=record,
            raw=write_json(row),
            keys=tuple(keys),
            marker=record.marker,
            presence=Presence.GONE if left else Presence.ACTIVE,
            findings=left,
        )

    def _record(self, row: VtigerContactRow) -> Person:
        contact = row.contact
        texts: dict[str, Any] = {field: contact.text(name) for field, name in self._names.items()}
        return Person(
            **texts | {"email": texts["email"].strip()},
            name=joined(texts["first"], texts["last"]),
            billing=Address(**{part: contact.text(name) for part, name in _ADDRESS.items()}),
            organization=contact.text("account_id"),
            invoiced=row.invoiced,
            marker=noted_id(contact.text(self._marker)),
        )


def _names(record: Person, held: Person) -> tuple[tuple[str, str], tuple[Finding, ...]]:
    """Give Xero's names as Vtiger would hold them; its own where they mean the same, or Xero names no person."""
    first, last = record.first, record.last
    if not last and first == record.name:
        first, last = "", first
    if not last or (first, last) == (xero_name(held.first), xero_name(held.last)):
        return (held.first, held.last), ()
    fitted = vtiger_text(first, VTIGER_FIRST), vtiger_text(last, VTIGER_LAST)
    if fitted == (held.first, held.last):
        return fitted, ()
    notes = text_notes("first name", first, fitted[0], Side.VTIGER)
    return fitted, notes + text_notes("last name", last, fitted[1], Side.VTIGER)


def _left(record: Person) -> tuple[Finding, ...]:
    """Say that the person has an organization now: it is billed under its own contact in Xero from here on."""
    text = f"{record.name} belongs to Vtiger's organization {record.organization} now; the contact in Xero stays."
    return (finding(Code.ORG_PERSON_MOVED, text),)


def _orphaned(source: Snapshot[Person]) -> Finding:
    """Say that nobody is made in Vtiger for a contact that was made for a person."""
    who = f"the person {source.marker}" if source.marker else "a person of this name"
    text = f"Xero's contact is that of {who}, who is gone from Vtiger or has an organization there now."
    remedy = "Archive the contact in Xero, or merge it into the organization's."
    return finding(Code.GONE, text, remedy=remedy)


def _unreadable(row: Mapping[str, Any], problem: ValidationError) -> Snapshot[Person]:
    found = unreadable_finding(Side.VTIGER, "contact", problem)
    contact = row.get("contact")
    fields: Mapping[str, Any] = contact if isinstance(contact, Mapping) else {}
    name = mended(joined(str(fields.get("firstname") or ""), str(fields.get("lastname") or "")))
    return Snapshot(str(fields.get("id") or ""), name, "", Person(name=name), write_json(row), findings=(found,))
