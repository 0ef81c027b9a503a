"""Tells whether this is still the organisation as it was left: a demo company is reset by Xero every 28 days.

It keeps its id then, and forgets what was written to it. Contacts are archived, never deleted; invoices are voided, or
marked as deleted, and stay listed. So one that was there and is not, or that was changed last earlier than it said
before, shows that the organisation was set back. One that still says what it said last proves that nothing was lost up
to then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vtxero.domain.witness import Witness, Witnesses, latest
from vtxero.xero.source import IDS_AT_ONCE, XeroSource

TOLERANCE = timedelta(minutes=5)
"""By so much a record's time may differ between two of Xero's answers."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """`doubt` says why the organisation was set back, blank as a rule. `now` are the records looked at, by module."""

    now: Mapping[str, Witnesses]
    doubt: str = ""


def recognise(source: XeroSource, seen: Mapping[str, Witnesses]) -> Recognition:
    """Compare Xero with the newest records known of it, by module: one call as a rule, one for each module at most."""
    now: dict[str, Witnesses] = {}
    known = {module: latest(rows, rows, IDS_AT_ONCE) for module, rows in seen.items() if rows}
    order = sorted(known, key=lambda module: seen[module][known[module][0]].modified, reverse=True)
    doubt = ""
    for place, module in enumerate(order):
        before, ids = seen[module], known[module]
        now[module] = found = {
            each: Witness("", modified) for each, modified in source.modified_now(module, ids).items()
        }
        doubt = _contradiction(module, before, found, ids)
        proven = max((witness.modified for each, witness in found.items() if before[each] == witness), default="")
        if doubt or all(proven >= seen[later][known[later][0]].modified for later in order[place + 1 :]):
            break
    return Recognition(now, doubt)


def _contradiction(module: str, before: Witnesses, found: Witnesses, ids: list[str]) -> str:
    missing = [each for each in ids if each not in found]
    if missing:
        some = f"{len(missing)} of the {module} known of it are" if len(missing) > 1 else f"one of its {module} is"
        return f"{some} not there ({', '.join(missing[:3])}), and Xero deletes none"
    for each in ids:
        then, today = before[each].modified, found[each].modified
        if _went_back(then, today):
            return f"one of its {module} ({each}) was changed last at {then}, and says {today} now"
    return ""


def _went_back(then: str, today: str) -> bool:
    try:
        return datetime.fromisoformat(today) < datetime.fromisoformat(then) - TOLERANCE
    except ValueError:
        return False
