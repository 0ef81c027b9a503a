"""The bases of a pair while somebody of its people waits: of all others both bases say what has crossed."""

from __future__ import annotations

from dataclasses import replace

from vtxero.domain.sides import Side
from vtxero.modules.organizations.edited import ADDRESS, NAME, Known, differs, known_to_both
from vtxero.modules.organizations.people import is_same_person, known_pairs, sorted_people, vtiger_persons, xero_persons
from vtxero.modules.organizations.record import NOBODY, Organization, Person


def settle_members(
    records: tuple[Organization, Organization],
    bases: tuple[Organization, Organization],
    kept: tuple[Organization, Organization],
) -> tuple[Organization, Organization]:
    """Give the bases `kept`, Vtiger's first, with the persons of whom both records say the same.

    Of the others they say what the former `bases` say. Who is new on one side, and has not crossed, is in neither; who
    was removed on one side is in both while the other one has them.
    """
    ours, theirs = vtiger_persons(records[0]), xero_persons(records[1])
    past = {mine.id: other for mine, other in known_pairs(*bases)}
    met = dict(known_to_both(*records, bases, ()))
    alone = [one for at, one in enumerate(theirs) if at not in met]
    in_vtiger = {one.id: one for one in vtiger_persons(bases[0]) if one.id}
    in_xero = {at: old for at, one in enumerate(theirs) if at not in met and (old := _found(one, bases[1]))}
    for at, known in met.items():
        mine, former = known.persons[Side.VTIGER], known.former
        if _agree(known):
            in_xero[at] = theirs[at]
            # A former name that Xero still has is to be known as this person's.
            if former is None or not _is_among(former[Side.XERO], alone):
                in_vtiger[mine.id] = mine
        elif former is not None:
            in_xero[at] = former[Side.XERO]
            in_vtiger[mine.id] = replace(former[Side.VTIGER], id=mine.id)
    here = {one.id for one in ours}
    gone = [key for key in in_vtiger if key not in here and not (key in past and _is_among(past[key], alone))]
    paired = {known.persons[Side.VTIGER].id for known in met.values()}
    missing = [old for key, old in past.items() if key in here and key not in paired and not _is_among(old, alone)]
    left = [in_vtiger[one.id] for one in ours if one.id in in_vtiger]
    left += [one for key, one in in_vtiger.items() if key not in here and key not in gone]
    return _vtiger_base(kept[0], left), _xero_base(kept[1], records[1], in_xero, missing)


def _agree(known: Known) -> bool:
    """Tell whether both sides say the same of a person, as far as they can hold it."""
    return not any(all(differs(known, part, side) for side in Side) for part in (NAME, ADDRESS))


def _found(person: Person, record: Organization) -> Person | None:
    return next((one for one in xero_persons(record) if is_same_person(one, person)), None)


def _is_among(person: Person, others: list[Person]) -> bool:
    return any(is_same_person(person, one) for one in others)


def _vtiger_base(kept: Organization, persons: list[Person]) -> Organization:
    return replace(kept, primary=persons[0] if persons else NOBODY, people=tuple(persons[1:]), contacts=tuple(persons))


def _xero_base(
    kept: Organization, present: Organization, persons: dict[int, Person], missing: list[Person]
) -> Organization:
    primary = persons.pop(0, NOBODY) if present.primary != NOBODY else NOBODY
    return replace(kept, primary=primary, people=sorted_people([*persons.values(), *missing]))
