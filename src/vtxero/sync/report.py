"""What a run says of itself: a value that the command line prints as tables or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, in_order
from vtxero.domain.sides import Direction
from vtxero.sync.records import LINK, FieldChange, Outcome
from vtxero.sync.saved import PlannedWrite

GRAVE = (Outcome.FAILED, Outcome.CONFLICT, Outcome.SKIPPED)
"""What counts before all else where the writes of a pair came to different ends, in this order."""

UNDO = "undo "
"""How the commands of undos begin in the log."""


@dataclass(frozen=True, slots=True)
class RecordResult:
    """One record's outcome, with its reasons in order; the first is *the* reason."""

    module: str
    direction: Direction
    outcome: Outcome
    label: str
    vtiger_id: str | None
    xero_id: str | None
    vtiger_url: str | None = None
    xero_url: str | None = None
    reasons: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    repeated: bool = False
    """Skipped or in conflict, and for the very reasons that the last run gave that looked at it: nothing new."""

    def and_then(self, later: RecordResult) -> RecordResult:
        """Add the changes and notes of a later write to the same record, or to its counterpart: then they say so."""
        side = None if later.direction is self.direction else later.direction.end
        changes = {(change.field, change.side): change for change in self.changes}
        for change in later.changes:
            place = None if change.field == LINK else side
            before = changes.get((change.field, place), change).before
            changes[change.field, place] = replace(change, before=before, side=place)
        notes = tuple(dict.fromkeys((*self.notes, *later.notes)))
        link_last = sorted(changes.values(), key=lambda change: change.field == LINK)
        return replace(self, changes=tuple(link_last), notes=notes)

    def with_second(self, second: RecordResult) -> RecordResult:
        """Add what came of the pair's second write: the graver outcome counts, and the reasons of both are told."""
        both = (self.outcome, second.outcome)
        otherwise = self.outcome if second.outcome is Outcome.UPDATED else second.outcome
        outcome = next((each for each in GRAVE if each in both), otherwise)
        reasons = in_order(dict.fromkeys((*self.reasons, *second.reasons)))
        return replace(self.and_then(second), outcome=outcome, reasons=reasons)


def was_moved(reasons: Sequence[Finding]) -> bool:
    """Tell whether a record is left for the next run because somebody edited it during this one."""
    return bool(reasons) and reasons[0].code is Code.MOVED


def was_left(reasons: Iterable[Finding]) -> bool:
    """Tell whether a write did not come about for want of nothing but the next run."""
    return any(item.code in {Code.MOVED, Code.RUN_ENDED} for item in reasons)


@dataclass(frozen=True, slots=True)
class ModuleCount:
    """A module's outcomes in one direction (to-xero or to-vtiger)."""

    module: str
    direction: Direction
    counts: Mapping[Outcome, int]

    @property
    def seen(self) -> int:
        """The sum of all outcomes."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run, as it ended. `records` holds every record that is not unchanged."""

    run: str
    dry_run: bool
    status: str
    exit_code: int
    started_at: datetime
    seconds: float
    modules: tuple[ModuleCount, ...]
    records: Sequence[RecordResult]
    calls: Mapping[str, int]
    messages: tuple[str, ...] = field(default=())
    """What was said about the run as a whole, in order: a module that was stopped, a guard, a note as PAY-NO-MODULE."""
    planned_calls: Mapping[str, int] = field(default_factory=dict)
    """Calls that carrying the plan out costs besides making it again, by side; for dry runs and plans."""
    planned_seconds: float | None = None
    """How long making the plan again and carrying it out takes, roughly; None for a run that carried it out."""
    planned: tuple[PlannedWrite, ...] = ()
    """What a dry run would send, to be saved and applied later."""
    errors: tuple[str, ...] = ()
    """Those of `messages` that say what went wrong; the others are notes."""
    command: str = ""
    """What was typed, where the log tells the run; blank for the run that has just been carried out."""
    has_ended: bool = True
    """False for one that is under way, or was stopped hard: nobody noted how long it took, nor its exit code."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One outcome of a record, with the last run that told it and that run's command."""

    run: str
    command: str
    result: RecordResult

    @property
    def takes_back(self) -> str:
        """What the run took back, if it was an undo: a run's name or `--origin SIDE`; blank for any other run."""
        return taken_back(self.command)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as `vtxero log` lists it. `finished_at` is None for a run that was interrupted."""

    run: str
    command: str
    status: str
    exit_code: int | None
    started_at: datetime
    finished_at: datetime | None
    totals: Mapping[Outcome, int]
    calls: Mapping[str, int]

    @property
    def takes_back(self) -> str:
        """What an undo was to take back, a run's name or `--origin SIDE`; blank for any other run."""
        return taken_back(self.command)


def taken_back(command: str) -> str:
    """Read from a run's command what it was to take back; blank where it was no undo."""
    return command.removeprefix(UNDO) if command.startswith(UNDO) else ""


class RunLog(Protocol):
    """What the log commands read."""

    def runs(self, limit: int = 20) -> list[RunSummary]:
        """The latest runs, newest first."""
        ...

    def report(self, run: str) -> RunReport | None:
        """A run's report, None when there is no such run. `last` names the newest."""
        ...

    def named_like(self, beginning: str) -> list[str]:
        """The latest runs whose names begin so, at most three, newest first."""
        ...

    def has_forgotten(self, run: str) -> bool:
        """Tell whether a run is unknown because it is too old."""
        ...

    def waiting(self) -> list[RecordResult]:
        """Every record that waits now (skipped, failed or in conflict), each once, as last judged."""
        ...
