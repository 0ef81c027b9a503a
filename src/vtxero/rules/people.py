"""Whose a Xero contact is: a person's without an organization, or an organization's. Never both.

Every contact of Xero's is an organization's, unless it was made for a person, or is linked with one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol, cast

from vtxero.domain.lookups import Lookups
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key

PEOPLE, ORGANIZATIONS = "contacts", "organizations"
XERO_ID = "xero_id"
"""The key under which a Vtiger person is found by the content of `Xero Contact ID`."""


class PersonView(Protocol):
    """What has to be known of a person: whether an invoice names them."""

    @property
    def invoiced(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Claims:
    """Tells the contacts of people from those of organizations. `everyone`: also people whom no invoice names."""

    lookups: Lookups
    prefix: str
    everyone: bool = False

    def is_persons(self, xero_id: str, marker: str, name: str) -> bool:
        """Tell whether a Xero contact with this ContactNumber and name is a person's."""
        lookups = self.lookups
        if lookups.is_linked(PEOPLE, Side.XERO, xero_id):
            return True
        if lookups.is_linked(ORGANIZATIONS, Side.XERO, xero_id):
            return False
        if self.is_person_id(marker):
            return True
        return bool(lookups.find_by_key(PEOPLE, Side.VTIGER, XERO_ID, xero_id)) or self._is_namesake(name)

    def is_person_id(self, marker: str) -> bool:
        """Tell whether a ContactNumber is the id of a Vtiger contact."""
        return bool(self.prefix) and re.fullmatch(rf"{self.prefix}x\d+", marker) is not None

    def _is_namesake(self, name: str) -> bool:
        """Tell whether the one person of this name has to cross, and has no partner yet."""
        person = self.lookups.find_by_key(PEOPLE, Side.VTIGER, "name", match_key(name)) if name else None
        if person is None or self.lookups.is_linked(PEOPLE, Side.VTIGER, person):
            return False
        view = cast("PersonView | None", self.lookups.record(PEOPLE, Side.VTIGER, person))
        return self.everyone or (view is not None and view.invoiced)


def claims_of(reference: Reference, lookups: Lookups, *, everyone: bool) -> Claims:
    """Make the claims of a run."""
    people = reference.vtiger.modules.get("Contacts")
    return Claims(lookups, people.id_prefix if people else "", everyone)
