"""Vtiger's side of organizations: Accounts with their Contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from vtxero.domain.findings import Finding
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.reference import VtigerModule, VtigerReference
from vtxero.domain.sides import Side
from vtxero.domain.text import collapse_blanks, match_key
from vtxero.modules.organizations import people
from vtxero.modules.organizations.record import NOBODY, Organization, Person
from vtxero.modules.organizations.rules import answer_findings, vtiger_name_findings
from vtxero.modules.organizations.vtiger_wire import (
    VtigerOrganizationRow,
    read_address,
    read_person,
    record_order,
    unreadable,
)
from vtxero.rules import addresses, labels
from vtxero.rules.addresses import vtiger_address
from vtxero.rules.contact_texts import email_to_vtiger, xero_name
from vtxero.rules.fields import (
    FieldRules,
    cleared_findings,
    mandatory_finding,
    missing_mandatory,
    with_defaults,
    with_mandatory,
)
from vtxero.rules.rows import marked_source, noted_id, read_json, source_of, write_json
from vtxero.rules.texts import composed, same_email, text_notes, vtiger_text, xero_email
from vtxero.rules.xero_contacts import kind_for_vtiger
from vtxero.sync.records import Payload, Projection, Snapshot

LIMITS = {"phone": 30, "direct_phone": 30, "fax": 30, "website": 100, "tax_number": 250}
"""Columns of a fresh Vtiger: phone, otherphone and fax are varchar(30), website 100; custom fields hold 250 here."""
_PREFIXES = {"billing": "bill", "shipping": "ship"}
_NAMES = {"name": "accountname", "kind": "accounttype", "account_number": "account_no"}
MOVABLE = {
    "email": "email1",
    "phone": "phone",
    "direct_phone": "otherphone",
    "fax": "fax",
    "website": "website",
    "kind": "accounttype",
}
"""The fields that the config may keep in another Vtiger field."""
TAX_NUMBER_LABELS = (
    *("GST", "GSTIN", "VAT", "ABN", "Tax Number"),
    *(
        "GST Number",
        "GST No",
        "VAT Number",
        "VAT No",
        "VAT ID",
        "VAT Reg No",
        "ABN Number",
        "Tax ID",
        "Tax No",
        "UST-ID",
    ),
)
CONTACT_KIND_LABEL = "Contact Type"


class VtigerOrganizations:
    """Reads and writes Vtiger's organizations with their contacts."""

    def __init__(self, *, reference: VtigerReference, options: OrganizationOptions, rules: FieldRules) -> None:
        self._user = reference.user_id
        self._options = options
        self._rules = rules
        self._accounts = reference.modules["Accounts"]
        self._contacts = reference.modules.get("Contacts")
        self._contact_kind = self._contacts.by_label(CONTACT_KIND_LABEL) if self._contacts else ""
        self._marker = self._accounts.by_label(labels.CONTACT_ID)
        self._names = _NAMES | {name: rules.vtiger_field(name, self._accounts) for name in (*MOVABLE, "tax_number")}

    @property
    def side(self) -> Side:
        return Side.VTIGER

    @property
    def has_tax_number(self) -> bool:
        """Whether this Vtiger has a field for the tax number."""
        return bool(self._names["tax_number"])

    def parse(self, page: bytes) -> list[Snapshot[Organization]]:
        return [self._read(row) for row in read_json(page)]

    def parse_one(self, raw: str) -> Snapshot[Organization]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Organization], current: Organization | None) -> Projection[Organization]:
        record, held = source.record, current or Organization()
        same_name = bool(held.name) and xero_name(held.name) == record.name
        name = held.name if same_name else record.name
        findings = [] if same_name else list(vtiger_name_findings(record.name))
        persons = people.to_vtiger(record, current)
        texts, notes = self._texts(record, held)
        findings += [*notes, *persons.findings]
        places: dict[str, Any] = {}
        for field in _PREFIXES:
            places[field], said = addresses.to_vtiger(getattr(record, field), getattr(held, field), field)
            findings += said
        wanted = replace(held, name=name, primary=persons.primary, people=persons.people, **texts, **places)
        if self._contacts is None:
            wanted = replace(wanted, primary=held.primary, people=held.people)
        wanted = self._rules.hold_back(wanted, held, Side.VTIGER, needed=() if current else ("name",))
        return Projection(wanted, (*findings, *self._mandatory(wanted, current)))

    def check_update(self, current: Organization, wanted: Organization) -> tuple[Finding, ...]:
        named = vtiger_name_findings(wanted.name) if wanted.name != current.name else ()
        cleared = {name: value for name, value in self._account(wanted, current).items() if name != "accountname"}
        return named + cleared_findings(cleared, self._accounts, self._options.defaults)

    def payload(self, wanted: Organization, current: Organization | None, vtiger_id: str, xero_id: str) -> Payload:
        account = self._account(wanted, current)
        if self.lacks_id(wanted, xero_id):
            account[self._marker] = xero_id
        steps: list[dict[str, Any]] = []
        if current is None:
            made = {"assigned_user_id": self._user, "source": source_of(xero_id)}
            element = with_defaults({**account, **made}, self._accounts, self._options.defaults)
            steps.append({"op": "create", "module": "Accounts", "element": element})
        elif account:
            element = with_mandatory(account, self._accounts, self._options.defaults)
            steps.append({"op": "revise", "module": "Accounts", "element": {"id": vtiger_id, **element}})
        steps += self._people_steps(wanted, current, vtiger_id or "$0")
        if not steps:
            # What differs is nothing that Vtiger can be told. It still has to answer, so that the bases are settled.
            steps = [{"op": "revise", "module": "Accounts", "element": {"id": vtiger_id, "accountname": wanted.name}}]
        return {"steps": steps}

    def check_answer(self, wanted: Organization, answered: Organization) -> tuple[Finding, ...]:
        return answer_findings(wanted, answered, Side.VTIGER)

    @property
    def keeps_id(self) -> bool:
        """Whether Xero's id is kept in a field of Vtiger's: it is asked for, and there is one."""
        return self._options.write_back and bool(self._marker)

    def lacks_id(self, record: Organization, xero_id: str) -> bool:
        """Tell whether Xero's id is to be written into the field for it."""
        return self.keeps_id and bool(xero_id) and record.marker != xero_id

    def _texts(self, record: Organization, held: Organization) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Give the simple fields. Vtiger's website cannot go to Xero, so a blank one there says nothing."""
        texts: dict[str, Any] = dict.fromkeys(LIMITS, "")
        notes: tuple[Finding, ...] = ()
        for field, limit in LIMITS.items():
            if not self._names[field]:
                continue
            ours, theirs = getattr(held, field), getattr(record, field)
            if composed(collapse_blanks(ours)) == theirs or (field == "website" and not theirs):
                texts[field] = ours
            else:
                texts[field] = vtiger_text(theirs, limit)
                notes += text_notes(field, theirs, texts[field], Side.VTIGER)
        texts["email"], said = email_to_vtiger(record.email, held.email)
        place = self._accounts.field(self._names["kind"])
        texts["kind"] = kind_for_vtiger(place, record.kind, held.kind, self._options.types)
        return texts, notes + said

    def _account(self, wanted: Organization, current: Organization | None) -> dict[str, str]:
        """Give the account's fields that differ from `current`, or, for a new one, that are filled."""
        now, before = self._account_fields(wanted), self._account_fields(current or Organization())
        changed = {name: value for name, value in now.items() if value != before[name]}
        if self._email_places(wanted, current)[0] and self._names["email"]:
            changed[self._names["email"]] = wanted.email
        return changed

    def _account_fields(self, record: Organization) -> dict[str, str]:
        pairs = [
            (self._names[field], getattr(record, field)) for field in self._rules.last_counts(("name", *LIMITS, "kind"))
        ]
        for field, prefix in _PREFIXES.items():
            pairs += vtiger_address(prefix, getattr(record, field))
        return {name: value for name, value in pairs if name}

    def _email_places(self, wanted: Organization, current: Organization | None) -> tuple[bool, bool]:
        """Tell whether a changed address is to be written to the organization, and to its oldest contact.

        It goes where the present one stands, on both if both have it; a first one to where the config takes it from.
        """
        if current is None:
            return bool(wanted.email), False
        if wanted.email == current.email:
            return False, False
        oldest = current.contacts[0] if current.contacts else None
        if current.email:
            at_contact = oldest is not None and same_email(oldest.email, current.email)
            return same_email(current.own_email, current.email) or not at_contact, at_contact
        to_contact = self._options.email_from == "primary_person" and oldest is not None
        return not to_contact, to_contact

    def _people_steps(
        self, wanted: Organization, current: Organization | None, account: str
    ) -> Iterable[dict[str, Any]]:
        before = {person.id: person for person in (current.contacts if current else ())}
        after = {person.id: person for person in (wanted.primary, *wanted.people) if _changed(person, before)}
        if current and current.contacts and self._email_places(wanted, current)[1]:
            oldest = current.contacts[0]
            after[oldest.id] = replace(after.get(oldest.id, oldest), email=wanted.email)
        elements = {person.id: _difference(person, before[person.id]) for person in after.values()}
        for contact, kind in self._kinds_to_set(wanted, current):
            elements.setdefault(contact, {})[self._contact_kind] = kind
        for contact, element in elements.items():
            yield {"op": "revise", "module": "Contacts", "element": {"id": contact, **element}}
        for person in (wanted.primary, *wanted.people):
            if person != NOBODY and not person.id and self._contacts is not None:
                element = self._new_contact(person, wanted.kind, self._contacts)
                yield {"op": "create", "module": "Contacts", "element": {**element, "account_id": account}}

    def _kinds_to_set(self, wanted: Organization, current: Organization | None) -> Iterable[tuple[str, str]]:
        """Give the contacts whose type follows the organization's, which is just written."""
        if current is None or wanted.kind == current.kind or not self._is_contact_kind(wanted.kind):
            return ()
        always = self._options.types == "always"
        return [(each, wanted.kind) for each, kind in current.contact_kinds if not kind or always]

    def _is_contact_kind(self, kind: str) -> bool:
        field = self._contacts.field(self._contact_kind) if self._contacts and self._contact_kind else None
        return field is not None and bool(kind) and kind in field.choices and self._options.types != "off"

    def _new_contact(self, person: Person, kind: str, module: VtigerModule) -> dict[str, str]:
        element = _difference(person, NOBODY) | {"assigned_user_id": self._user}
        if self._is_contact_kind(kind):
            element[self._contact_kind] = kind
        return with_defaults(element, module, self._options.defaults)

    def _mandatory(self, wanted: Organization, current: Organization | None) -> tuple[Finding, ...]:
        """Name the mandatory Vtiger fields that a new organization, or a new contact of it, would leave blank."""
        missing: list[str] = []
        if current is None:
            element = self._account(wanted, None) | {"assigned_user_id": self._user}
            filled = with_defaults(element, self._accounts, self._options.defaults)
            if self._marker and self._options.write_back:
                filled[self._marker] = "filled when written"
            missing += [
                label for label in missing_mandatory(filled, self._accounts) if wanted.name or label != self._label
            ]
        new = next((one for one in (wanted.primary, *wanted.people) if one != NOBODY and not one.id), None)
        if new is not None and self._contacts is not None:
            element = self._new_contact(new, wanted.kind, self._contacts) | {"account_id": "filled when written"}
            missing += [f"{label} (of contacts)" for label in missing_mandatory(element, self._contacts)]
        return tuple(mandatory_finding(label) for label in missing)

    @property
    def _label(self) -> str:
        """The name's label: a missing name is reported as such."""
        field = self._accounts.field("accountname")
        return field.label if field else ""

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Organization]:
        try:
            parsed = VtigerOrganizationRow.model_validate(row)
        except ValidationError as problem:
            return unreadable(row, problem)
        record = self._record(parsed)
        rows = (parsed.account, *parsed.contacts)
        key = match_key(record.name)
        return Snapshot(
            id=parsed.account.id,
            label=collapse_blanks(record.name),
            modified=max(one.text("modifiedtime") for one in rows),
            record=record,
            raw=write_json(row),
            keys=(("name", key),) if key else (),
            members=tuple(one.id for one in record.contacts),
            marker=record.marker or marked_source(parsed.account.text("source")),
        )

    def _record(self, row: VtigerOrganizationRow) -> Organization:
        account = row.account
        persons = tuple(read_person(one) for one in sorted(row.contacts, key=lambda one: record_order(one.id)))
        own = account.text(self._names["email"]).strip()
        kinds = ((one.id, one.text(self._contact_kind)) for one in row.contacts)
        texts: dict[str, Any] = {
            field: account.text(self._names[field]) for field in ("name", "kind", "account_number", *LIMITS)
        }
        return Organization(
            **texts,
            email=_chosen_email(own, persons[0].email if persons else "", self._options),
            billing=read_address(account, "bill"),
            shipping=read_address(account, "ship"),
            primary=persons[0] if persons else NOBODY,
            people=persons[1:],
            own_email=own,
            contacts=persons,
            contact_kinds=tuple(sorted(kinds)) if self._contact_kind else (),
            marker=noted_id(account.text(self._marker)),
        )


def _chosen_email(own: str, primary: str, options: OrganizationOptions) -> str:
    """Choose the address that Xero has one place for: as the config says, and when blank or none at all, the other."""
    both = (own, primary) if options.email_from == "organization" else (primary, own)
    return next((email for email in both if xero_email(email)), both[0] or both[1])


def _changed(person: Person, before: Mapping[str, Person]) -> bool:
    return person.id in before and before[person.id] != person


def _difference(person: Person, before: Person) -> dict[str, str]:
    """Give a contact's fields that differ, under Vtiger's names."""
    fields = {"firstname": "first", "lastname": "last", "email": "email"}
    return {
        name: getattr(person, field)
        for name, field in fields.items()
        if getattr(person, field) != getattr(before, field)
    }
