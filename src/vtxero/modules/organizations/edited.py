"""Persons whom both sides know: a name or an address crosses where one side changed it, and is disputed where both did.

It is decided for each person as the engine decides fields (`sync.merge`). What is not to arrive on a side is said as
that side has it already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vtxero.domain.sides import Side
from vtxero.modules.organizations.people import (
    as_vtiger,
    as_xero,
    is_same_person,
    known_pairs,
    match_known,
    vtiger_persons,
    xero_persons,
)
from vtxero.modules.organizations.record import NOBODY, Organization, Person
from vtxero.rules.texts import same_email
from vtxero.sync.slice import Members

NAME, ADDRESS = ("first", "last"), ("email",)


@dataclass(frozen=True, slots=True)
class Known:
    """A person on both sides, and as both bases have them; `places` are the fields where they stand.

    `leads` tells Xero's primary person, whose address is the organization's and crosses with that.
    """

    persons: Mapping[Side, Person]
    former: Mapping[Side, Person] | None
    places: Mapping[Side, str]
    leads: bool

    def arriving(self, side: Side, source: Person) -> Person:
        """Give the other side's person as `side` would hold it over its own."""
        own = self.persons[side]
        return as_xero(source, own) if side is Side.XERO else as_vtiger(source, own, is_primary=self.leads)[0]

    def said_in_xero(self, part: tuple[str, ...]) -> Person:
        """Give Vtiger's person in Xero's spelling; an address that Xero would refuse stays as it is."""
        person = self.persons[Side.VTIGER]
        return person if part == ADDRESS else self.arriving(Side.XERO, person)


def decide_members(
    records: tuple[Organization, Organization],
    bases: tuple[Organization, Organization] | None,
    unsettled: Collection[str],
    may_cross: Callable[[str, Side], bool],
    winner: Side | None,
) -> Members[Organization]:
    """Decide the persons whom both records know, Vtiger's first; `winner` is whose word counts where both changed one.

    `may_cross` tells whether a field may be carried towards a side.
    """
    vtiger, xero = records
    ours, theirs, disputed = dict[str, Person](), dict[int, Person](), set[str]()
    for at, known in known_to_both(vtiger, xero, bases, unsettled):
        open_to = [side for side in Side if may_cross(known.places[side], side)]
        for part in (NAME,) if known.leads else (NAME, ADDRESS):
            targets = _targets(known, part, open_to)
            if len(targets) > 1:
                if winner is None:
                    disputed.update(known.places.values())
                targets = [winner.other] if winner else []
            person = known.persons[Side.VTIGER]
            if _stays(known, part, Side.XERO, targets):
                ours[person.id] = _with_part(ours.get(person.id, person), part, known.persons[Side.XERO])
            if _stays(known, part, Side.VTIGER, targets):
                theirs[at] = _with_part(theirs.get(at, known.persons[Side.XERO]), part, known.said_in_xero(part))
    return Members(_with_contacts(vtiger, ours), _with_persons(xero, theirs), frozenset(disputed))


def known_to_both(
    vtiger: Organization,
    xero: Organization,
    bases: tuple[Organization, Organization] | None,
    unsettled: Collection[str],
) -> Iterator[tuple[int, Known]]:
    """Give the persons whom both records have, by their place among Xero's."""
    ours, theirs = vtiger_persons(vtiger), xero_persons(xero)
    past = known_pairs(*bases) if bases else []
    for mine, at in match_known(ours, xero, past).items():
        leads = xero.primary != NOBODY and at == 0
        places = {
            Side.VTIGER: "primary" if ours[mine] == vtiger.primary else "people",
            Side.XERO: "primary" if leads else "people",
        }
        former = None
        if not any(place in unsettled for place in places.values()):
            former = _find_former(ours[mine], past)
        yield at, Known({Side.VTIGER: ours[mine], Side.XERO: theirs[at]}, former, places, leads)


def _find_former(person: Person, past: Iterable[tuple[Person, Person]]) -> Mapping[Side, Person] | None:
    """Find a person of Vtiger's in the past; whom an interrupted run sent had no id by then."""
    alike: Mapping[Side, Person] | None = None
    for mine, other in past:
        if mine.id == person.id:
            return {Side.VTIGER: mine, Side.XERO: other}
        if not mine.id and alike is None and is_same_person(mine, person):
            alike = {Side.VTIGER: mine, Side.XERO: other}
    return alike


def _targets(known: Known, part: tuple[str, ...], open_to: Iterable[Side]) -> list[Side]:
    """Name the sides that a part is to be written to; both of them is a dispute."""
    open_sides = [side for side in open_to if differs(known, part, side)]
    if known.former is None:
        blank = [side for side in open_sides if _is_blank(known.persons[side], part)]
        return blank or (open_sides if len(open_sides) > 1 else [])
    moved = [side for side in open_to if _has_moved(known, known.former, part, side)]
    if len(moved) > 1:
        return open_sides if len(open_sides) > 1 else []
    return [side for side in moved if side in open_sides]


def differs(known: Known, part: tuple[str, ...], side: Side) -> bool:
    """Tell whether a side would hold something else if the other side's word arrived."""
    own, now = known.persons[side], known.arriving(side, known.persons[side.other])
    return not _is_same(now, own, part)


def _has_moved(known: Known, former: Mapping[Side, Person], part: tuple[str, ...], side: Side) -> bool:
    """Tell whether the other side changed a part, as far as `side` can see that."""
    now, before = (known.arriving(side, each[side.other]) for each in (known.persons, former))
    return not _is_same(now, before, part)


def _stays(known: Known, part: tuple[str, ...], side: Side, targets: Collection[Side]) -> bool:
    """Tell whether a side is to keep its own though the other one says something else."""
    return side not in targets and differs(known, part, side)


def _is_same(one: Person, other: Person, part: tuple[str, ...]) -> bool:
    if part == ADDRESS:
        return same_email(one.email, other.email)
    return all(getattr(one, name) == getattr(other, name) for name in part)


def _is_blank(person: Person, part: tuple[str, ...]) -> bool:
    return not any(getattr(person, name) for name in part)


def _with_part(person: Person, part: tuple[str, ...], other: Person) -> Person:
    return replace(person, **{name: getattr(other, name) for name in part})


def _with_contacts(record: Organization, changed: Mapping[str, Person]) -> Organization:
    """Give Vtiger's record with these persons, by their ids."""
    people, contacts = (
        tuple(changed.get(one.id, one) for one in persons) for persons in (record.people, record.contacts)
    )
    return replace(record, primary=changed.get(record.primary.id, record.primary), people=people, contacts=contacts)


def _with_persons(record: Organization, changed: Mapping[int, Person]) -> Organization:
    """Give Xero's record with these persons, by their place among all."""
    persons = [changed.get(at, one) for at, one in enumerate(xero_persons(record))]
    primary = persons.pop(0) if record.primary != NOBODY else NOBODY
    return replace(record, primary=primary, people=tuple(persons))
