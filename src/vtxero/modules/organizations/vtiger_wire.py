"""The composite rows of Vtiger's organizations, as they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from vtxero.domain.ids import record_number
from vtxero.domain.sides import Side
from vtxero.domain.text import mended
from vtxero.modules.organizations.record import Organization, Person
from vtxero.rules.addresses import Address
from vtxero.rules.rows import VtigerRow, WireModel, unreadable_finding, write_json
from vtxero.sync.records import Snapshot

ACCOUNT_FILLED = frozenset({"accountname", "assigned_user_id"})
CONTACT_FILLED = frozenset({"lastname", "account_id", "assigned_user_id"})
"""The fields that every account and every contact has which is made here."""


class VtigerOrganizationRow(WireModel):
    """A composite row: the account and its contacts."""

    account: VtigerRow
    contacts: list[VtigerRow] = Field(default_factory=list)


def record_order(record_id: str) -> tuple[int, str]:
    """Order ids by their record number, which Vtiger counts up."""
    return record_number(record_id), record_id


def unreadable(row: Mapping[str, Any], problem: ValidationError) -> Snapshot[Organization]:
    """Make a snapshot of a row that is not as Vtiger's rows are."""
    found = unreadable_finding(Side.VTIGER, "organization", problem)
    account = row.get("account")
    fields: Mapping[str, Any] = account if isinstance(account, Mapping) else {}
    name = mended(str(fields.get("accountname") or ""))
    return Snapshot(str(fields.get("id") or ""), name, "", Organization(name=name), write_json(row), findings=(found,))


def read_person(row: VtigerRow) -> Person:
    """Read a contact."""
    return Person(row.text("firstname"), row.text("lastname"), row.text("email").strip(), row.id)


def read_address(row: VtigerRow, prefix: str) -> Address:
    """Read the address whose fields begin with `prefix`."""
    return Address(
        street=row.text(f"{prefix}_street"),
        pobox=row.text(f"{prefix}_pobox"),
        city=row.text(f"{prefix}_city"),
        region=row.text(f"{prefix}_state"),
        postal_code=row.text(f"{prefix}_code"),
        country=row.text(f"{prefix}_country"),
    )
