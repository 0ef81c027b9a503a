"""Tells whether this is still the same Vtiger: a copy, or a backup put back, has the same address and the same ids.

Vtiger has nothing that identifies an installation. But a record's creation never changes, its last change never goes
back, and numbers are given out in one sequence: where a backup was put back, the newest records are missing, and
others take their numbers later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from vtxero.domain.reference import VtigerReference
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import PAGE
from vtxero.vtiger.rows import number_of, prefix_of, text

FEWEST_MISSING = 5
"""So many of the newest records gone at once are no longer taken for records that people deleted."""

TOLERANCE = timedelta(hours=2)
"""A server that does not keep UTC sets its clock back an hour in autumn."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A record's times as Vtiger told them, in its own notation."""

    created: str
    modified: str


Witnesses: TypeAlias = Mapping[str, Witness]
"""By id."""


def look_at(client: VtigerClient, reference: VtigerReference, ids: Iterable[str]) -> dict[str, Witness]:
    """Read the times of those records that are there: one query for each of their modules, of a hundred at most."""
    names = {module.id_prefix: name for name, module in reference.modules.items()}
    wanted: dict[str, list[str]] = {}
    for each in ids:
        if prefix_of(each) in names:
            wanted.setdefault(names[prefix_of(each)], []).append(each)
    found: dict[str, Witness] = {}
    for module, chosen in wanted.items():
        for rows in lists_of(client).of_ids(module, ("id", "createdtime", "modifiedtime"), chosen[:PAGE]):
            found |= {text(row, "id"): Witness(text(row, "createdtime"), text(row, "modifiedtime")) for row in rows}
    return found


def suspicion(before: Witnesses, now: Witnesses, newest: Sequence[str], excused: Collection[str] = ()) -> str:
    """Say why this cannot be the Vtiger that `before` was read from; blank when nothing speaks against it.

    `newest` are the ids known of it, the newest first; `excused` were missing before.
    """
    for record_id in sorted(before.keys() & now.keys(), key=number_of):
        then, today = before[record_id], now[record_id]
        if then.created != today.created:
            return f"its record {record_id} was made at {then.created}, runs before read; now it says {today.created}"
        if _went_back(then.modified, today.modified):
            return f"its record {record_id} was changed last at {then.modified}, and says {today.modified} now"
    missing = _missing_at_the_top([each for each in newest if each not in excused], now)
    if len(missing) < FEWEST_MISSING:
        return ""
    return f"the newest {len(missing)} records known of it ({missing[-1]} to {missing[0]}) are not there"


def _missing_at_the_top(newest: Sequence[str], now: Witnesses) -> list[str]:
    missing: list[str] = []
    for record_id in newest:
        if record_id in now:
            break
        missing.append(record_id)
    return missing


def _went_back(then: str, today: str) -> bool:
    try:
        return datetime.fromisoformat(today) < datetime.fromisoformat(then) - TOLERANCE
    except ValueError:
        return False
