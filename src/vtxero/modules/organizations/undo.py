"""What writing an organization made in Vtiger besides it: its people."""

from __future__ import annotations

from collections.abc import Mapping

from vtxero.modules.organizations.record import Organization


def added_people(before: Organization | None, after: Organization) -> Mapping[str, str]:
    """Give the Vtiger contacts that the organization has now and had not before: what to call them, by their ids."""
    known = {person.id for person in before.contacts} if before else set()
    return {
        person.id: f"The person {person.full or person.id}"
        for person in after.contacts
        if person.id and person.id not in known
    }
