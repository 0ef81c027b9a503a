"""The organizations slice: Vtiger organizations with their contacts, and Xero contacts with their people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pydantic import TypeAdapter

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.organizations import edited, removed, settled
from vtxero.modules.organizations.record import FIELDS, NOBODY, Organization, Person
from vtxero.modules.organizations.vtiger import MOVABLE, TAX_NUMBER_LABELS, VtigerOrganizations
from vtxero.modules.organizations.xero import XeroOrganizations
from vtxero.rules.addresses import Address, show_address
from vtxero.rules.fields import FieldRules
from vtxero.rules.people import claims_of
from vtxero.rules.slices import PlainSlice, WritesIdBack
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import Members


def field_rules(options: OrganizationOptions, tax_number: str = "") -> FieldRules:
    """Read `modules.organizations.fields`; raises OptionError."""
    fields = tuple(name for name in FIELDS if name != "account_number" or options.account_number)
    movable = MOVABLE | {"tax_number": tax_number}
    return FieldRules("organizations", options, fields, movable=movable, fixed=("name",))


class OrganizationsSlice(PlainSlice[Organization], WritesIdBack):
    """Organizations, opened over a run's reference data and options.

    `everyone` tells that people cross whom no invoice names: their contacts are none of organizations.

    Raises:
        ConfigError: `modules.organizations.fields` names a field that is not there, or asks what it cannot do.
    """

    name = "organizations"
    unions = frozenset({"primary", "people"})
    duplicate_code = Code.ORG_DUPLICATE
    _codec = TypeAdapter(Organization)

    def __init__(
        self,
        reference: Reference,
        options: OrganizationOptions,
        lookups: Lookups,
        *,
        everyone: bool = False,
    ) -> None:
        self._claims = claims_of(reference, lookups, everyone=everyone)
        accounts = reference.vtiger.modules["Accounts"]
        tax_number = options.tax_number_field or accounts.by_label(*TAX_NUMBER_LABELS)
        rules = field_rules(options, tax_number)
        rules.check_places(accounts)
        self._may_cross = rules.crosses
        self._vtiger = VtigerOrganizations(reference=reference.vtiger, options=options, rules=rules)
        self.fields = rules.active
        # Xero makes a contact a customer by its first invoice, often one of ours: that must not echo.
        self.once = frozenset({"kind"}) if options.types == "new" else frozenset()
        xero = XeroOrganizations(
            options=options, rules=rules, lookups=lookups, has_tax_number=self._vtiger.has_tax_number
        )
        self.mappers = {Side.VTIGER: self._vtiger, Side.XERO: xero}

    def belongs(self, side: Side, row: Snapshot[Organization]) -> bool:
        """Tell whether a row is an organization's: in Xero, a contact may be a person's without one."""
        return side is Side.VTIGER or not self._claims.is_persons(row.id, row.marker, row.record.name)

    def without_removed(
        self, side: Side, source: Organization, present: Organization, bases: tuple[Organization, Organization]
    ) -> tuple[Organization, tuple[Finding, ...]]:
        return removed.without_removed(side, source, present, bases)

    def with_fields(self, record: Organization, fields: Collection[str], other: Organization) -> Organization:
        """Give a record with these fields of another one; its contacts are the persons whom it names then."""
        mixed = replace(record, **{name: getattr(other, name) for name in fields})
        return replace(mixed, contacts=tuple(one for one in (mixed.primary, *mixed.people) if one.id))

    def decide_members(
        self,
        records: tuple[Organization, Organization],
        bases: tuple[Organization, Organization] | None,
        unsettled: Collection[str],
        winner: Side | None,
    ) -> Members[Organization]:
        return edited.decide_members(records, bases, unsettled, self._may_cross, winner)

    def settle_members(
        self,
        records: tuple[Organization, Organization],
        bases: tuple[Organization, Organization],
        kept: tuple[Organization, Organization],
    ) -> tuple[Organization, Organization]:
        return settled.settle_members(records, bases, kept)

    def show(self, field: str, record: Organization) -> str | None:
        value = getattr(record, field)
        if isinstance(value, Address):
            text = show_address(value)
        elif isinstance(value, Person):
            text = _show_person(value)
        elif isinstance(value, tuple):
            text = ", ".join(_show_person(person) for person in value)
        else:
            text = str(value)
        return text or None

    def is_blank(self, field: str, record: Organization) -> bool:
        value = getattr(record, field)
        if isinstance(value, Address):
            return value.is_blank
        if isinstance(value, Person):
            return value == NOBODY
        return not value.strip() if isinstance(value, str) else not value


def _show_person(person: Person) -> str:
    return f"{person.full} <{person.email}>".strip() if person.email else person.full
