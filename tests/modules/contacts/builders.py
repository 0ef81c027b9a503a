"""Hand-made rows of a person in Vtiger and of a person's contact in Xero, and a slice over a small reference."""

from __future__ import annotations

import json
from typing import Any

from modules.small_reference import a_reference
from vtxero.domain.options import ContactOptions
from vtxero.domain.sides import Side
from vtxero.modules.contacts import ContactsSlice

SPEC = """
firstname|First Name
lastname|Last Name|m
email|Primary Email
phone|Office Phone
mobile|Mobile Phone
fax|Fax
mailingstreet|Mailing Street
mailingcity|Mailing City
account_id|Organization Name
assigned_user_id|Assigned To|m
cf_901|Xero Contact ID
"""


class Known:
    """What other modules read: `names` are organizations by side, `linked` those of them that have partners."""

    def __init__(self, names=(), linked=()):
        self.names, self.linked = dict(names), linked

    def find_by_key(self, module, side, kind, key):
        assert (module, kind) == ("organizations", "name")
        return self.names.get((side, key))

    def is_linked(self, module, side, record_id):
        assert module == ("organizations" if side is Side.XERO else "contacts")
        return record_id in self.linked


def a_slice(*, known=None, spec=SPEC, **options) -> ContactsSlice:
    return ContactsSlice(a_reference(Contacts=spec), ContactOptions(**options), known or Known())


def vtiger_row(**fields: str) -> dict[str, Any]:
    contact = {"id": "12x7", "firstname": "Jane", "lastname": "Doe", "modifiedtime": "2026-01-01 00:00:00", **fields}
    return {"contact": contact, "invoiced": True}


def xero_row(**fields: Any) -> dict[str, Any]:
    base = {"ContactID": "c-1", "Name": "Jane Doe", "FirstName": "Jane", "LastName": "Doe", "ContactNumber": "12x7"}
    return {**base, "ContactStatus": "ACTIVE", "UpdatedDateUTC": "/Date(0)/", **fields}


def from_vtiger(slice_, **fields):
    return slice_.mappers[Side.VTIGER].parse(json.dumps([vtiger_row(**fields)]).encode())[0]


def from_xero(slice_, **fields):
    return slice_.mappers[Side.XERO].parse(json.dumps({"Contacts": [xero_row(**fields)]}).encode())[0]


def to_xero(slice_, source, current=None):
    return slice_.mappers[Side.XERO].project(source, current)


def to_vtiger(slice_, source, current):
    return slice_.mappers[Side.VTIGER].project(source, current)


def codes(findings) -> list[str]:
    return [item.code.value for item in findings]
