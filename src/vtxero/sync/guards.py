"""Stops between the plan and its first write. Each names the flag that lets it through."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vtxero.domain.codes import Code
from vtxero.domain.options import GuardOptions
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Side
from vtxero.domain.words import counted
from vtxero.errors import StopError

LAST = 1
"""Where one record was all that there was, somebody deleted it: that is no emptied side."""
UNSET = "not set"
MOST_SHOWN = 5
FEW = 20
"""So many changes are no wave, whatever share of small books they are."""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the guards look at: planned updates, the links that there are, and what a side lacks that gave no row.

    `missing` counts, for a side that was read whole and gave none, the linked records which it had until now; those
    known to be gone are not among them.
    """

    module: str
    missing: Mapping[Side, int]
    updates: int
    links: int


def check_guards(facts: Collection[ModuleFacts], gone: int, options: GuardOptions, allowed: Collection[str]) -> None:
    """Raise StopError for the first guard that finds harm and is not allowed by name."""
    for item in facts:
        for side, count in item.missing.items():
            if count > LAST and "emptied" not in allowed:
                text = f"{side.label} shows no {item.module} at all, and {count} of them are linked."
                raise _stop(Code.RUN_GUARD_EMPTIED, text, "emptied")
    if gone > options.max_deletions and "deletions" not in allowed:
        lost = counted(gone, "linked or waiting record")
        text = f"{lost} disappeared; guards.max_deletions allows {options.max_deletions}."
        raise _stop(Code.RUN_GUARD_DELETIONS, text, "deletions")
    updates = sum(item.updates for item in facts)
    if updates > options.max_changes and "changes" not in allowed:
        changed = counted(updates, "existing record")
        text = f"The run would change {changed}; guards.max_changes allows {options.max_changes}."
        raise _stop(Code.RUN_GUARD_CHANGES, text, "changes")
    for item in facts:
        is_wave = item.updates > FEW and item.updates > options.max_share * item.links
        if item.links and is_wave and "changes" not in allowed:
            text = (
                f"The run would change {item.updates} of {item.links} {item.module}; guards.max_share allows a share"
                f" of {options.max_share}."
            )
            raise _stop(Code.RUN_GUARD_CHANGES, text, "changes")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What decides which records and fields belong together: summed up, and option by option with its value as text."""

    fingerprint: str
    options: Mapping[str, str]


def check_mapping(before: str | None, told: str | None, now: Mapped, allowed: Collection[str]) -> None:
    """Raise StopError when the mapping is another one than that of the last run.

    `before` is that run's fingerprint, `told` its options as JSON, None where it kept none.
    """
    if before is None or before == now.fingerprint or "config" in allowed:
        return
    text = "The field maps or matching options in the config changed since the last run"
    changes = _changes(json.loads(told), now.options) if told else ""
    raise _stop(Code.RUN_GUARD_CONFIG, f"{text}: {changes}." if changes else f"{text}.", "config")


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    names = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    shown = [f"{name} was {before.get(name, UNSET)} and is {now.get(name, UNSET)}" for name in names[:MOST_SHOWN]]
    more = [f"and {len(names) - MOST_SHOWN} more"] if len(names) > MOST_SHOWN else []
    return "; ".join((*shown, *more))


def _stop(code: Code, text: str, allow: str) -> StopError:
    return StopError(text, code=code.value, remedy=REASONS[code].remedy, allow=allow)
