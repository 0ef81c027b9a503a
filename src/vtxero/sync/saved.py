"""A saved plan: what was shown is what may be sent, and nothing else. Stale lines are refused one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.sync.records import Outcome
from vtxero.sync.state import FOLLOW, Action, State

WRITES = frozenset({"create", "update", "link"})


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One line of a saved plan. `digest` sums up both records as they were and what is to be sent."""

    module: str
    target: str
    write: str
    vtiger_id: str
    xero_id: str
    label: str
    digest: str

    @property
    def place(self) -> tuple[str, str, str]:
        """The record that it is about."""
        return self.module, self.vtiger_id, self.xero_id


def planned_write(action: Action) -> PlannedWrite:
    """Sum up a line of the plan."""
    parts = (action.source, action.wanted, action.current, *action.fields, "", *action.hold)
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return PlannedWrite(
        action.module, action.target.value, action.write, action.vtiger_id, action.xero_id, action.label, digest
    )


def planned_follow_up(action: Action) -> PlannedWrite:
    """Sum up what a record will need once other lines of the plan are carried out."""
    return replace(planned_write(action), write=FOLLOW)


def keep_approved(state: State, modules: Iterable[str], approved: Iterable[PlannedWrite]) -> int:
    """Leave in the plan only what was approved; returns how many approved lines are needed no longer.

    A line whose records have moved since becomes a conflict: it is for a person to look at again.
    """
    lines = set(approved)
    places = {line.place for line in lines}
    met: set[tuple[str, str, str]] = set()
    for module in modules:
        for action in list(state.actions(module)):
            line = planned_write(action)
            met.add(line.place)
            if line in lines:
                continue
            state.drop_action(action.seq)
            if action.counted and line.place in places:
                state.add_action(_stale(action))
        met |= _keep_follow_ups(state, module, lines)
    return len(places - met)


def _keep_follow_ups(state: State, module: str, lines: Collection[PlannedWrite]) -> set[tuple[str, str, str]]:
    """Leave what was approved; gives the records that have any.

    Nothing is said of one that was approved and is another now: its record moved, or the lines that it would follow
    did, and these say so themselves.
    """
    met = set()
    for action in list(state.follow_ups(module)):
        line = planned_follow_up(action)
        met.add(line.place)
        if line not in lines:
            state.drop_action(action.seq)
    return met


def _stale(action: Action) -> Action:
    text = "It has changed since the plan was saved."
    remedy = "Make a new plan with `vtxero plan --out FILE`, look at it, and apply that one."
    reasons = (finding(Code.MOVED, text, remedy=remedy),)
    # Of a linked pair that needs no write anyway, what both sides agree on is still noted: else it would be news later.
    write = action.write if action.write == "link" and action.vtiger_base else ""
    return replace(action, outcome=Outcome.CONFLICT, write=write, reasons=reasons, changes=(), needs=(), required=True)
