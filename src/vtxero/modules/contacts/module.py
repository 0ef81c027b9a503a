"""The contacts slice: people in Vtiger who belong to no organization, and Xero's contacts that are theirs."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import ContactOptions
from vtxero.domain.reasons import Code
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.contacts.record import FIELDS, Person
from vtxero.modules.contacts.vtiger import MOVABLE, VtigerPeople
from vtxero.modules.contacts.xero import XeroPeople
from vtxero.rules.addresses import Address, show_address
from vtxero.rules.common import FieldRules
from vtxero.rules.people import claims_of
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import Mapper

_RECORD = TypeAdapter(Person)


class ContactsSlice:
    """People without an organization, opened over a run's reference data and options.

    Raises:
        ConfigError: `modules.contacts.fields` names a field that is not there, or asks what it cannot do.
    """

    def __init__(self, reference: Reference, options: ContactOptions, lookups: Lookups) -> None:
        self._options = options
        self._lookups = lookups
        self._claims = claims_of(reference, lookups, everyone=options.everyone)
        people = reference.vtiger.modules["Contacts"]
        has_kind = bool(people.by_label(MOVABLE["kind"])) or "kind" in options.fields
        fields = tuple(name for name in FIELDS if name != "kind" or has_kind)
        self._rules = FieldRules(self.name, options, fields, movable=MOVABLE, fixed=("name", "first", "last"))
        self._rules.check_places(people)
        self._vtiger = VtigerPeople(reference=reference.vtiger, options=options, rules=self._rules)
        xero = XeroPeople(options=options, rules=self._rules, lookups=lookups)
        self._mappers: Mapping[Side, Mapper[Person]] = {Side.VTIGER: self._vtiger, Side.XERO: xero}

    @property
    def name(self) -> str:
        return "contacts"

    @property
    def fields(self) -> tuple[str, ...]:
        return self._rules.active

    @property
    def unions(self) -> frozenset[str]:
        return frozenset()

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        return ()

    @property
    def once(self) -> frozenset[str]:
        """Xero makes a contact a customer by its first invoice, often one of ours: that must not echo."""
        return frozenset({"kind"}) if self._options.types == "new" else frozenset()

    @property
    def duplicate_code(self) -> Code | None:
        """Two people may have one name and be two: none stands for the other."""
        return None

    @property
    def taken_code(self) -> Code:
        return Code.AMBIGUOUS

    @property
    def identity(self) -> tuple[str, ...]:
        return ("name",)

    @property
    def seeds(self) -> Mapping[str, Person]:
        return {}

    def unneeded(self, record: Person) -> tuple[Finding, ...]:
        """Say that a person crosses only when an invoice names them."""
        if record.invoiced or self._options.everyone:
            return ()
        return (finding(Code.ORG_NOT_INVOICED),)

    def belongs(self, side: Side, row: Snapshot[Person]) -> bool:
        """Tell whether a row is a person's without an organization, or of one who crossed before getting one."""
        if side is Side.VTIGER:
            return not row.record.organization or self._lookups.is_linked(self.name, side, row.id)
        return self._claims.is_persons(row.id, row.marker, row.record.name)

    @property
    def writes_back(self) -> bool:
        return self._options.write_back

    def lacks_id(self, record: Person, marker: str, xero_id: str) -> bool:
        del marker  # it may come from elsewhere; what counts is the field
        return self._vtiger.lacks_id(record, xero_id)

    def check_match(self, wanted: Person, found: Person) -> tuple[Finding, ...]:
        """Say nothing: only contacts that are this person's, or that have their name, are looked at."""
        del wanted, found
        return ()

    @property
    def mappers(self) -> Mapping[Side, Mapper[Person]]:
        return self._mappers

    def encode(self, record: Person) -> str:
        return _RECORD.dump_json(record).decode()

    def decode(self, text: str) -> Person:
        return _RECORD.validate_json(text)

    def show(self, field: str, record: Person) -> str | None:
        value = getattr(record, field)
        return (show_address(value) if isinstance(value, Address) else str(value)) or None

    def is_blank(self, field: str, record: Person) -> bool:
        value = getattr(record, field)
        return value.is_blank if isinstance(value, Address) else not value.strip()
