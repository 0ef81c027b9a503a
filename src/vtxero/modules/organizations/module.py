"""The organizations slice: Vtiger organizations with their contacts, and Xero contacts with their people."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.reasons import Code
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.organizations import removed
from vtxero.modules.organizations.record import FIELDS, NOBODY, Organization, Person
from vtxero.modules.organizations.vtiger import MOVABLE, TAX_NUMBER_LABELS, VtigerOrganizations
from vtxero.modules.organizations.xero import XeroOrganizations
from vtxero.rules.addresses import Address, show_address
from vtxero.rules.common import FieldRules
from vtxero.rules.people import claims_of
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import Mapper

_RECORD = TypeAdapter(Organization)


class OrganizationsSlice:
    """Organizations, opened over a run's reference data and options.

    Raises:
        ConfigError: `modules.organizations.fields` names a field that is not there, or asks what it cannot do.
    """

    def __init__(
        self,
        reference: Reference,
        options: OrganizationOptions,
        lookups: Lookups,
    ) -> None:
        self._writes_back = options.write_back
        self._claims = claims_of(reference, lookups)
        self._types = options.types
        accounts = reference.vtiger.modules["Accounts"]
        tax_number = options.tax_number_field or accounts.by_label(*TAX_NUMBER_LABELS)
        fields = tuple(name for name in FIELDS if name != "account_number" or options.account_number)
        self._rules = FieldRules(
            self.name, options, fields, movable=MOVABLE | {"tax_number": tax_number}, fixed=("name",)
        )
        self._rules.check_places(accounts)
        self._vtiger = VtigerOrganizations(reference=reference.vtiger, options=options, rules=self._rules)
        xero = XeroOrganizations(
            options=options, rules=self._rules, lookups=lookups, has_tax_number=self._vtiger.has_tax_number
        )
        self._mappers: Mapping[Side, Mapper[Organization]] = {Side.VTIGER: self._vtiger, Side.XERO: xero}

    @property
    def name(self) -> str:
        return "organizations"

    @property
    def fields(self) -> tuple[str, ...]:
        return self._rules.active

    @property
    def unions(self) -> frozenset[str]:
        return frozenset({"primary", "people"})

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        return ()

    @property
    def once(self) -> frozenset[str]:
        """Xero makes a contact a customer by its first invoice, often one of ours: that must not echo."""
        return frozenset({"kind"}) if self._types == "new" else frozenset()

    @property
    def duplicate_code(self) -> Code | None:
        return Code.ORG_DUPLICATE

    @property
    def taken_code(self) -> Code:
        return Code.AMBIGUOUS

    @property
    def identity(self) -> tuple[str, ...]:
        return ("name",)

    @property
    def seeds(self) -> Mapping[str, Organization]:
        return {}

    def unneeded(self, record: Organization) -> tuple[Finding, ...]:
        """Every one crosses by itself."""
        del record
        return ()

    def check_match(self, wanted: Organization, found: Organization) -> tuple[Finding, ...]:
        """Say nothing: names are unique on both sides, so the same name is the same organization."""
        del wanted, found
        return ()

    @property
    def mappers(self) -> Mapping[Side, Mapper[Organization]]:
        return self._mappers

    def belongs(self, side: Side, row: Snapshot[Organization]) -> bool:
        """Tell whether a row is an organization's: in Xero, a contact may be a person's without one."""
        return side is Side.VTIGER or not self._claims.is_persons(row.id, row.marker, row.record.name)

    @property
    def writes_back(self) -> bool:
        return self._writes_back

    def lacks_id(self, record: Organization, marker: str, xero_id: str) -> bool:
        del marker  # it may come from elsewhere; what counts is the field
        return self._vtiger.lacks_id(record, xero_id)

    def without_removed(
        self, side: Side, source: Organization, present: Organization, bases: tuple[Organization, Organization]
    ) -> tuple[Organization, tuple[Finding, ...]]:
        return removed.without_removed(side, source, present, bases)

    def encode(self, record: Organization) -> str:
        return _RECORD.dump_json(record).decode()

    def decode(self, text: str) -> Organization:
        return _RECORD.validate_json(text)

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
