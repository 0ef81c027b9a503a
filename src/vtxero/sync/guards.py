"""Stops between the plan and its first write. Each names the flag that lets it through."""

from __future__ import annotations

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


def check_mapping(changes: Mapping[str, tuple[str, str]], allowed: Collection[str]) -> None:
    """Raise StopError when the mapping is another one than that of the last run.

    `changes` are the options that changed, each with its value as it was and as it is.
    """
    if not changes or "config" in allowed:
        return
    shown = [f"{name} was {before} and is {now}" for name, (before, now) in list(changes.items())[:MOST_SHOWN]]
    more = [f"and {len(changes) - MOST_SHOWN} more"] if len(changes) > MOST_SHOWN else []
    told = "; ".join((*shown, *more))
    text = f"The field maps or matching options in the config changed since the last run: {told}."
    raise _stop(Code.RUN_GUARD_CONFIG, text, "config")


def _stop(code: Code, text: str, allow: str) -> StopError:
    return StopError(text, code=code.value, remedy=REASONS[code].remedy, allow=allow)
