"""The contacts slice: people in Vtiger who belong to no organization, and Xero's contacts that are theirs."""

from __future__ import annotations

from pydantic import TypeAdapter

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import ContactOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.contacts.record import FIELDS, Person
from vtxero.modules.contacts.vtiger import MOVABLE, VtigerPeople
from vtxero.modules.contacts.xero import XeroPeople
from vtxero.rules.addresses import Address, show_address
from vtxero.rules.fields import FieldRules
from vtxero.rules.people import claims_of
from vtxero.rules.slices import PlainSlice, WritesIdBack
from vtxero.sync.records import Snapshot


def field_rules(options: ContactOptions, *, has_kind: bool = True) -> FieldRules:
    """Read `modules.contacts.fields`; raises OptionError."""
    fields = tuple(name for name in FIELDS if name != "kind" or has_kind)
    return FieldRules("contacts", options, fields, movable=MOVABLE, fixed=("name", "first", "last"))


class ContactsSlice(PlainSlice[Person], WritesIdBack):
    """People without an organization, opened over a run's reference data and options.

    Two people may have one name and be two, so none stands for the other.

    Raises:
        ConfigError: `modules.contacts.fields` names a field that is not there, or asks what it cannot do.
    """

    name = "contacts"
    composed = (frozenset({"name", "first", "last"}),)
    _codec = TypeAdapter(Person)

    def __init__(self, reference: Reference, options: ContactOptions, lookups: Lookups) -> None:
        self._options = options
        self._lookups = lookups
        self._claims = claims_of(reference, lookups, everyone=options.everyone)
        people = reference.vtiger.modules["Contacts"]
        has_kind = bool(people.by_label(MOVABLE["kind"])) or "kind" in options.fields
        rules = field_rules(options, has_kind=has_kind)
        rules.check_places(people)
        self._vtiger = VtigerPeople(reference=reference.vtiger, options=options, rules=rules)
        self.fields = rules.active
        # Xero makes a contact a customer by its first invoice, often one of ours: that must not echo.
        self.once = frozenset({"kind"}) if options.types == "new" else frozenset()
        xero = XeroPeople(options=options, rules=rules, lookups=lookups)
        self.mappers = {Side.VTIGER: self._vtiger, Side.XERO: xero}

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

    def show(self, field: str, record: Person) -> str | None:
        value = getattr(record, field)
        return (show_address(value) if isinstance(value, Address) else str(value)) or None

    def is_blank(self, field: str, record: Person) -> bool:
        value = getattr(record, field)
        return value.is_blank if isinstance(value, Address) else not value.strip()
