"""Persons whom somebody removed on one side: they are named, and not made anew there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.modules.organizations.people import (
    is_same_person,
    known_pairs,
    match_known,
    vtiger_persons,
    xero_persons,
)
from vtxero.modules.organizations.record import NOBODY, Organization, Person


def without_removed(
    side: Side, source: Organization, present: Organization, bases: tuple[Organization, Organization]
) -> tuple[Organization, tuple[Finding, ...]]:
    """Leave out of the other side's record whom `side` has removed since the bases, which are the other side's and its.

    Who is found under another name in Vtiger now is left out as well: Xero's old name would come back as a new person.
    """
    if side is Side.XERO:
        gone = _removed_in_xero(source, present, bases)
        return _without(source, gone), tuple(_told(person, Side.XERO) for person in gone)
    gone, renamed = _removed_in_vtiger(source, present, bases)
    found = [_told(person, Side.VTIGER) for person in gone]
    found += [_told_of_name(person, now) for person, now in renamed]
    return _without(source, [*gone, *(person for person, _ in renamed)]), tuple(found)


def _removed_in_xero(
    source: Organization, present: Organization, bases: tuple[Organization, Organization]
) -> list[Person]:
    past = known_pairs(*bases)
    known = _by_id(past)
    ours, theirs = vtiger_persons(source), xero_persons(present)
    pairs = match_known(ours, present, past)
    free = [one for at, one in enumerate(theirs) if at not in pairs.values()]
    missing = [person for at, person in enumerate(ours) if at not in pairs and person.id in known]
    return [person for person in missing if not any(is_same_person(known[person.id], one) for one in free)]


def _removed_in_vtiger(
    source: Organization, present: Organization, bases: tuple[Organization, Organization]
) -> tuple[list[Person], list[tuple[Person, Person]]]:
    """Give those who are gone, and those who are there under another name, with that."""
    past = known_pairs(bases[1], bases[0])
    known = _by_id(past)
    ours = vtiger_persons(present)
    by_id = {person.id: person for person in ours}
    paired = set(match_known(ours, source, past).values())
    gone, renamed = list[Person](), list[tuple[Person, Person]]()
    for at, person in enumerate(xero_persons(source)):
        contact = next((key for key, one in known.items() if is_same_person(one, person)), None)
        if at in paired or contact is None:
            continue
        if contact in by_id:
            renamed.append((person, by_id[contact]))
        else:
            gone.append(person)
    return gone, renamed


def _by_id(past: Iterable[tuple[Person, Person]]) -> dict[str, Person]:
    """Give the persons that both bases know: Xero's by the id of Vtiger's contact."""
    return {ours.id: theirs for ours, theirs in past}


def _without(record: Organization, gone: Collection[Person]) -> Organization:
    def left(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(person for person in people if person not in gone)

    primary = NOBODY if record.primary in gone else record.primary
    return replace(record, primary=primary, people=left(record.people), contacts=left(record.contacts))


def _told(person: Person, side: Side) -> Finding:
    here, there = side.label, side.other.label
    return finding(
        Code.ORG_PEOPLE_REMOVED,
        f"{person.full or person.email} was removed in {here}, is still in {there}, and is not made anew.",
        field="people",
        remedy=f"Remove the person in {there} too, or enter the person in {here} again.",
    )


def _told_of_name(person: Person, now: Person) -> Finding:
    return finding(
        Code.ORG_PEOPLE_REMOVED,
        f"{person.full or person.email} is {now.full or now.email} in Vtiger now, and Xero has the old name still.",
        field="people",
        remedy="Remove the old name from the contact in Xero.",
    )
