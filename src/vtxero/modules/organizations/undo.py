"""What writing an organization made in Vtiger besides it: its people."""

from __future__ import annotations

from vtxero.modules.organizations.record import Organization


def added_people(before: Organization | None, after: Organization) -> tuple[str, ...]:
    """Give the ids of the Vtiger contacts that the organization has now and had not before."""
    known = {person.id for person in before.contacts} if before else set()
    return tuple(person.id for person in after.contacts if person.id and person.id not in known)
