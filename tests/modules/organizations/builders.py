"""Hand-made rows of both sides, and a slice over a small reference."""

from __future__ import annotations

import json
from typing import Any

from modules.small_reference import a_reference
from vtxero.domain.options import OrganizationOptions
from vtxero.domain.sides import Side
from vtxero.modules.organizations import Organization, OrganizationsSlice
from vtxero.sync.records import Snapshot


class NoLookups:
    """Nothing was read before."""

    def find_by_key(self, *_: object) -> None:
        return None

    def is_linked(self, *_: object) -> bool:
        return False


def a_slice(*, specs=None, **options) -> OrganizationsSlice:
    return OrganizationsSlice(a_reference(**(specs or {})), OrganizationOptions(**options), NoLookups())


def vtiger_row(*people: str, **fields: str) -> dict[str, Any]:
    """Make a composite row; a person is `first last <email>`, its id counts up from 12x101."""
    account = {"id": "11x7", "accountname": "Kea Ltd", "modifiedtime": "2026-01-01 00:00:00", **fields}
    contacts = []
    for number, person in enumerate(people, 101):
        name, _, email = person.partition("<")
        first, _, last = name.strip().rpartition(" ")
        row = {"id": f"12x{number}", "firstname": first, "lastname": last, "email": email.strip("> ")}
        contacts.append(row | {"modifiedtime": f"2026-02-0{number - 100} 00:00:00"})
    return {"account": account, "contacts": contacts}


def xero_row(*people: str, **fields: Any) -> dict[str, Any]:
    persons = []
    for person in people:
        name, _, email = person.partition("<")
        first, _, last = name.strip().rpartition(" ")
        persons.append({"FirstName": first, "LastName": last, "EmailAddress": email.strip("> ")})
    base = {"ContactID": "c-1", "Name": "Kea Ltd", "ContactStatus": "ACTIVE", "UpdatedDateUTC": "/Date(0)/"}
    return {**base, "ContactPersons": persons, **fields}


def read(slice_: OrganizationsSlice, side: Side, row: dict[str, Any]) -> Snapshot[Organization]:
    page = [row] if side is Side.VTIGER else {"Contacts": [row]}
    (snapshot,) = slice_.mappers[side].parse(json.dumps(page).encode())
    return snapshot


def from_vtiger(slice_: OrganizationsSlice, *people: str, **fields: str) -> Snapshot[Organization]:
    return read(slice_, Side.VTIGER, vtiger_row(*people, **fields))


def from_xero(slice_: OrganizationsSlice, *people: str, **fields: Any) -> Snapshot[Organization]:
    return read(slice_, Side.XERO, xero_row(*people, **fields))


def created_in_xero(slice_: OrganizationsSlice, source: Snapshot[Organization]) -> Snapshot[Organization]:
    """Give what Xero answers to the creation of `source`."""
    mapper = slice_.mappers[Side.XERO]
    payload = mapper.payload(mapper.project(source, None).record, None, source.id, "")
    return read(slice_, Side.XERO, {**xero_row(), "Name": "", **payload})
