"""Tells whether this is still the same Vtiger: a copy, or a backup put back, has the same address and the same ids.

Vtiger has nothing that identifies an installation. But a record's creation never changes, its last change never goes
back, and numbers are given out in one sequence. A backup that was put back has lost all that was done after it was
made: the records changed last say an earlier time, the newest ones are missing, and others take their numbers later. So
a record that still says what it said last proves that nothing was lost up to then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vtxero.domain.reference import VtigerReference
from vtxero.domain.witness import Witness, Witnesses
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.cloud_deletions import MODULES, deleted_in_cloud
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import PAGE, any_of
from vtxero.vtiger.rows import number_of, prefix_of, text, witness_of

FEWEST_MISSING = 5
"""So many of the newest records gone at once are no longer taken for records that people deleted."""

TOLERANCE = timedelta(hours=2)
"""A server that does not keep UTC sets its clock back an hour in autumn."""

NEVER_ASKED = Witness("", "~")
"""Stands for a record of which no times are known: it may be newer than all of which they are."""


@dataclass(frozen=True, slots=True)
class Memories:
    """What is known of a Vtiger from before.

    `seen` are the newest records with their times. `there` are the newest ids that the state takes for present, with
    or without times; only these can be missed. `excused` were missing before.
    """

    seen: Witnesses
    there: Collection[str]
    excused: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a Vtiger was found: those of the records `asked` about that are there `now`.

    `doubt` says why this cannot be the Vtiger from before, blank as a rule; `unexplained` are new records that are
    missing, too few to doubt.
    """

    asked: Collection[str]
    now: Witnesses
    doubt: str = ""
    unexplained: tuple[str, ...] = ()


def recognise(client: VtigerClient, reference: VtigerReference, memories: Memories) -> Recognition:
    """Compare a Vtiger with what is known of it, by one query as a rule, by one for each module at most."""
    now: dict[str, Witness] = {}
    asked: list[str] = []
    missing: list[str] = []
    names = {module.id_prefix: name for name, module in reference.modules.items()}
    for rest, ids in _portions(memories, names):
        asked += ids
        now |= _look_at(client, names[prefix_of(ids[0])], ids)
        doubt = _contradiction(memories.seen, now)
        if doubt:
            return Recognition(asked, now, doubt)
        proven = max((w.modified for each, w in now.items() if memories.seen.get(each) == w), default="")
        missing = _newly_missing(memories, asked, now, proven)
        if proven >= rest and not missing:
            break
    doubt, unexplained = _judged(client, reference, memories, now, missing)
    return Recognition(asked, now, doubt, unexplained)


def _portions(memories: Memories, names: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Give ids of one module after the other, the one changed last first, with the latest time of those to come."""
    highest = max((number_of(each) for each in memories.seen), default=0)
    unknown = {each: NEVER_ASKED for each in memories.there if each not in memories.seen and number_of(each) > highest}
    known = {**memories.seen, **unknown}
    of_module: dict[str, list[str]] = defaultdict(list)
    for each in sorted(known, key=lambda each: (known[each].modified, number_of(each)), reverse=True):
        if prefix_of(each) in names:
            of_module[prefix_of(each)].append(each)
    portions = list(of_module.values())
    for place, ids in enumerate(portions):
        yield (known[portions[place + 1][0]].modified if place + 1 < len(portions) else ""), ids[:PAGE]


def _look_at(client: VtigerClient, module: str, ids: Iterable[str]) -> dict[str, Witness]:
    """Read the times of those records of a module that are there."""
    pages = lists_of(client).of_ids(module, ("id", "createdtime", "modifiedtime"), ids)
    return {text(row, "id"): witness_of(row) for rows in pages for row in rows}


def _contradiction(before: Witnesses, now: Witnesses) -> str:
    for record_id in sorted(before.keys() & now.keys(), key=number_of):
        then, today = before[record_id], now[record_id]
        if then.created != today.created:
            made = f"its record {record_id} was made at {today.created}"
            return f"{made}, and earlier runs read {then.created}"
        if _went_back(then.modified, today.modified):
            return f"its record {record_id} was changed last at {then.modified}, and says {today.modified} now"
    return ""


def _newly_missing(memories: Memories, asked: Iterable[str], now: Witnesses, proven: str) -> list[str]:
    """Give the missing records that a backup can have lost, the newest first.

    It can only have lost what was made after everything that it still has: other records were deleted by people.
    """
    highest = max((number_of(each) for each in now), default=0)
    absent = (set(asked) & set(memories.there)) - now.keys() - set(memories.excused)
    lost = (each for each in absent if number_of(each) > highest and not _made_before(memories.seen.get(each), proven))
    return sorted(lost, key=number_of, reverse=True)


def _made_before(witness: Witness | None, moment: str) -> bool:
    return witness is not None and bool(witness.created) and witness.created < moment


def _judged(
    client: VtigerClient, reference: VtigerReference, memories: Memories, now: Witnesses, missing: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """Doubt where too many are missing, nothing is left of several modules, or Vtiger never heard of what is missing.

    One module that was emptied is for the guards to judge.
    """
    if not missing:
        return "", ()
    deleted, unheard = _asked_after(client, reference, memories.seen, missing)
    rest = [each for each in missing if each not in deleted]
    span = f"{rest[-1]} to {rest[0]}" if len(rest) > 1 else "".join(rest)
    if len(rest) >= FEWEST_MISSING:
        return f"the newest {len(rest)} records known of it ({span}) are not there", ()
    if not now and len({prefix_of(each) for each in rest}) > 1:
        return f"none of the {len(rest)} records known of it ({span}) is there", ()
    if unheard:
        named = ", ".join(unheard)
        return f"it knows nothing of its newest records ({named}), not even that they were deleted", ()
    return "", tuple(rest)


def _asked_after(
    client: VtigerClient, reference: VtigerReference, seen: Witnesses, missing: Sequence[str]
) -> tuple[set[str], list[str]]:
    """Give the missing records that Vtiger tells were deleted, and those of which it would tell and does not."""
    if client.edition is Edition.CLOUD:
        return _deleted_by_feed(client, reference, seen, missing)
    invoices = reference.modules.get("Invoice")
    mine = [each for each in missing if invoices and prefix_of(each) == invoices.id_prefix]
    if not mine:
        return set(), []
    # Who deletes an invoice in the browser leaves its lines behind; every invoice has some.
    pages = lists_of(client).by_id("LineItem", ("id", "parent_id"), f"parent_id in {any_of(mine)}")
    deleted = {text(row, "parent_id") for rows in pages for row in rows}
    return deleted, [each for each in mine if each not in deleted]


def _deleted_by_feed(
    client: VtigerClient, reference: VtigerReference, seen: Witnesses, missing: Sequence[str]
) -> tuple[set[str], list[str]]:
    names = {module.id_prefix: name for name, module in reference.modules.items()}
    deleted, unheard = set[str](), list[str]()
    for module, kinds in MODULES.items():
        mine = [each for each in missing if names.get(prefix_of(each)) in kinds and each in seen]
        if not mine:
            continue
        told = deleted_in_cloud(client, reference.modules, module, min(seen[each].modified for each in mine), "")
        if told is not None:
            deleted |= told.ids & set(mine)
            unheard += [each for each in mine if each not in told.ids and each not in unheard]
    return deleted, [each for each in unheard if each not in deleted]


def _went_back(then: str, today: str) -> bool:
    try:
        return datetime.fromisoformat(today) < datetime.fromisoformat(then) - TOLERANCE
    except ValueError:
        return False
