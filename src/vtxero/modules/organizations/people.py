"""Persons across: who on the one side is who on the other, and what becomes of those known to one side only.

Nobody is ever taken away: persons that only one side knows survive there, and are added on the other side, unless
they were removed there (`removed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, note
from vtxero.domain.sides import Side
from vtxero.domain.text import collapse_blanks, match_key
from vtxero.domain.words import quoted
from vtxero.modules.organizations.record import NOBODY, Organization, Person
from vtxero.rules.contact_texts import VTIGER_EMAIL, VTIGER_FIRST, VTIGER_LAST, XERO_NAME, email_too_long
from vtxero.rules.texts import composed, same_email, text_notes, vtiger_text, xero_email

MAX_PEOPLE = 5
"""Xero holds five ContactPersons besides the primary person (developer.xero.com: Accounting API, Contacts)."""
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Crossing:
    """Persons as the other side would hold them, with what has to be said about them."""

    primary: Person
    people: tuple[Person, ...]
    findings: tuple[Finding, ...] = ()


def vtiger_persons(record: Organization) -> tuple[Person, ...]:
    """Give all persons of a record on Vtiger's side: its contacts, with what `primary` and `people` say over them."""
    known = {person.id: person for person in record.contacts}
    named = [person for person in (record.primary, *record.people) if person != NOBODY]
    changed = {person.id: person for person in named if person.id and known.get(person.id) != person}
    new = [person for person in named if not person.id]
    return (*(changed.pop(person.id, person) for person in record.contacts), *changed.values(), *new)


def to_xero(source: Organization, current: Organization | None) -> Crossing:
    """Give Vtiger's persons as Xero would hold them, over those that Xero has now."""
    ours = vtiger_persons(source)
    held = current or Organization()
    theirs = xero_persons(held)
    pairs = match_persons(ours, held)
    found = {theirs_at: as_xero(ours[at], theirs[theirs_at]) for at, theirs_at in pairs.items()}
    loose = [person for at, person in enumerate(ours) if at not in pairs]
    further = [ours[at] for at, theirs_at in pairs.items() if theirs_at or held.primary == NOBODY]
    others = [found.get(at, person) for at, person in enumerate(theirs)]
    primary = NOBODY
    if held.primary != NOBODY:
        primary = others.pop(0)
    elif loose:
        primary = as_xero(loose.pop(0), NOBODY)
    room = max(MAX_PEOPLE - len(others), 0)
    people = others + [as_xero(person, NOBODY) for person in loose[:room]]
    findings = _left_out(loose[room:]) + _bad_addresses([*further, *loose[:room]])
    return Crossing(replace(primary, email=""), sorted_people(people), findings)


def to_vtiger(source: Organization, current: Organization | None) -> Crossing:
    """Give Xero's persons as Vtiger would hold them, over the contacts that Vtiger has now."""
    held = current or Organization()
    ours = vtiger_persons(held)
    theirs = xero_persons(source)
    pairs = {theirs_at: at for at, theirs_at in match_persons(ours, source).items()}
    has_primary = source.primary != NOBODY
    primary, changed, new = held.primary, dict[str, Person](), list[Person]()
    notes: tuple[Finding, ...] = ()
    for at, one in enumerate(theirs):
        is_primary = has_primary and at == 0
        mine = ours[pairs[at]] if at in pairs else NOBODY
        person = replace(one, email=source.email) if is_primary and mine == NOBODY else one
        wanted, said = as_vtiger(person, mine, is_primary=is_primary)
        notes += said
        if wanted == mine:
            continue
        if is_primary:
            primary = wanted
        elif wanted.id:
            changed[wanted.id] = wanted
        else:
            new.append(wanted)
    people = [changed.pop(person.id, person) for person in held.people]
    return Crossing(primary, (*people, *changed.values(), *new), notes)


def match_persons(ours: Sequence[Person], record: Organization) -> dict[int, int]:
    """Pair Vtiger's persons with those of a Xero record, by position. Each is paired once, the surest reason first.

    The same full name, and of two such persons the one with the same address; the same address and a similar name; a
    similar name and no address that speaks against it. The contact's address is its primary person's, but may as well
    be the whole organization's, so it speaks for her and not against.
    """
    silent = xero_persons(record)
    theirs = silent
    if record.primary != NOBODY:
        theirs = (replace(record.primary, email=record.email), *record.people)
    tests = ((_same_in_all, theirs), (_same_name, theirs), (_same_address, theirs), (_similar, silent))
    pairs: dict[int, int] = {}
    for test, others in tests:
        for at, one in enumerate(ours):
            free = (n for n, other in enumerate(others) if n not in pairs.values() and test(one, other))
            found = next(free, None) if at not in pairs else None
            if found is not None:
                pairs[at] = found
    return pairs


def known_pairs(vtiger: Organization, xero: Organization) -> list[tuple[Person, Person]]:
    """Give the persons whom two records both know, as each has them."""
    ours, theirs = vtiger_persons(vtiger), xero_persons(xero)
    return [(ours[mine], theirs[at]) for mine, at in match_persons(ours, xero).items()]


def match_known(ours: Sequence[Person], record: Organization, past: Sequence[tuple[Person, Person]]) -> dict[int, int]:
    """Pair as `match_persons` does, and besides whom the `past` pairs: one got a new name, the other a new address."""
    pairs, theirs = match_persons(ours, record), xero_persons(record)
    for mine, other in past:
        at = next((n for n, one in enumerate(ours) if one.id == mine.id and is_same_person(one, mine)), None)
        free = (n for n, one in enumerate(theirs) if n not in pairs.values() and is_same_person(one, other))
        found = next(free, None)
        if at is not None and at not in pairs and found is not None and _alike(ours[at], theirs[found]):
            pairs[at] = found
    return pairs


def sorted_people(people: Sequence[Person]) -> tuple[Person, ...]:
    """Put Xero's further persons in an order of their own: Xero's order may change by itself."""
    return tuple(
        sorted(people, key=lambda one: (match_key(one.full), one.email.casefold(), one.first, one.last, one.email))
    )


def xero_persons(record: Organization) -> tuple[Person, ...]:
    """Xero's persons, the primary first where there is one."""
    return (record.primary, *record.people) if record.primary != NOBODY else record.people


def is_same_person(one: Person, other: Person) -> bool:
    """Tell whether two entries on one side are the same person's, one of them from earlier."""
    return _same_name(one, other) or _same_address(one, other)


def _same_in_all(one: Person, other: Person) -> bool:
    return _same_name(one, other) and same_email(one.email, other.email)


def _same_name(one: Person, other: Person) -> bool:
    return bool(one.full) and match_key(one.full) == match_key(other.full)


def _same_address(one: Person, other: Person) -> bool:
    if not one.email or not same_email(one.email, other.email):
        return False
    return _alike(one, other) or not other.full


def _similar(one: Person, other: Person) -> bool:
    contradicted = bool(one.email and other.email) and not same_email(one.email, other.email)
    return not contradicted and _alike(one, other)


def _alike(one: Person, other: Person) -> bool:
    """Tell whether two names may be one person's: a new surname, or a few letters mended."""
    if one.first and match_key(one.first) == match_key(other.first):
        return True
    names = match_key(one.full), match_key(other.full)
    return all(names) and SequenceMatcher(None, *names, autojunk=False).ratio() >= _ALIKE


def as_xero(person: Person, present: Person) -> Person:
    """Give a Vtiger person as Xero would hold it. A blank address never wipes Xero's."""
    first, last = (composed(collapse_blanks(part))[:XERO_NAME].rstrip() for part in (person.first, person.last))
    if present != NOBODY and _means(present, person):
        first, last = present.first, present.last
    email = xero_email(person.email)
    if not email or same_email(email, present.email):
        email = present.email
    return Person(first, last, email, in_emails=present.in_emails)


def _means(xero: Person, vtiger: Person) -> bool:
    """Tell whether Vtiger's name is what Vtiger would hold of Xero's: cut, or with the first name as the last."""
    fitted, _ = _vtiger_name(xero)
    return composed(collapse_blanks(vtiger.full)) == xero.full or fitted == (vtiger.first, vtiger.last)


def as_vtiger(person: Person, present: Person, *, is_primary: bool) -> tuple[Person, tuple[Finding, ...]]:
    """Give a Xero person as Vtiger would hold it; the primary's address crosses with the organization's."""
    (first, last), notes = _vtiger_name(person)
    if present != NOBODY and _means(person, present):
        (first, last), notes = (present.first, present.last), ()
    email = person.email
    if len(email) > VTIGER_EMAIL:
        email = ""
        notes = notes if is_primary else (*notes, email_too_long(person.email, "people"))
    if present != NOBODY and (is_primary or not email or same_email(email, present.email)):
        email = present.email
    return Person(first, last, email, present.id), notes


def _vtiger_name(person: Person) -> tuple[tuple[str, str], tuple[Finding, ...]]:
    """Give first and last name for Vtiger, whose last name is mandatory: else the first name, else the address."""
    first, last = person.first, person.last
    if not last:
        first, last = "", first or person.email
    fitted = vtiger_text(first, VTIGER_FIRST), vtiger_text(last, VTIGER_LAST)
    notes = text_notes("contact's first name", first, fitted[0], Side.VTIGER)
    return fitted, notes + text_notes("contact's last name", last, fitted[1], Side.VTIGER)


def _left_out(people: Sequence[Person]) -> tuple[Finding, ...]:
    if not people:
        return ()
    names = ", ".join(person.full or person.email for person in people)
    return (
        note(
            Code.ORG_PEOPLE_MAX,
            f"Xero holds five people besides the primary person; left out: {names}.",
            field="people",
        ),
    )


def _bad_addresses(people: Sequence[Person]) -> tuple[Finding, ...]:
    """Say which persons' addresses Xero would refuse ("Email address must be valid."); they cross without."""
    return tuple(
        note(
            Code.TEXT_UNSUPPORTED,
            f"{person.full}: Xero refuses the email address {quoted(person.email)}.",
            field="people",
        )
        for person in people
        if person.email.strip() and not xero_email(person.email)
    )
