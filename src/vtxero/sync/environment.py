"""What a run works with, put together by bootstrap: state, services, modules, clock, and where outcomes are noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from vtxero.domain.options import GuardOptions, ModuleOptions
from vtxero.domain.sides import Direction, Side
from vtxero.errors import VtxeroError
from vtxero.sync.apply import Translate
from vtxero.sync.lookup import StateLookups
from vtxero.sync.mapping import Mapped
from vtxero.sync.ports import Clock, Progress, RowSource
from vtxero.sync.report import ModuleCount, RecordResult, RunReport
from vtxero.sync.slice import Slice
from vtxero.sync.state import State


class RunRecorder(Protocol):
    """Where a run's outcomes are noted."""

    def start(self, run: str, command: str, started_at: datetime) -> None:
        """Note that a run begins."""
        ...

    def add(self, run: str, result: RecordResult) -> None:
        """Note a record's outcome; a second one for the same record takes the first one's place."""
        ...

    def add_late(self, run: str, result: RecordResult, *, is_second: bool) -> None:
        """Note, in the place of what an earlier run noted of a record, an outcome that it could not know.

        `is_second`: the second write of a pair, of which the first one's changes stay told.
        """
        ...

    def add_changes(self, run: str, later: RecordResult) -> None:
        """Add the changes of a later write to what is noted of the record already."""
        ...

    def add_reasons(self, run: str, later: RecordResult) -> None:
        """Add reasons to what is noted of the record already; where nothing is, note all of it."""
        ...

    def add_second(self, run: str, later: RecordResult) -> None:
        """Note what came of the second write of a pair; what the first one changed stays told."""
        ...

    def add_unchanged(self, run: str, module: str, direction: Direction, number: int) -> None:
        """Note how many records were seen and say nothing new."""
        ...

    def counts(self, run: str, modules: Sequence[tuple[str, Direction]] = ()) -> tuple[ModuleCount, ...]:
        """A run's outcomes per module and direction."""
        ...

    def results(self, run: str) -> Sequence[RecordResult]:
        """A run's records that are not unchanged."""
        ...

    def finish(self, report: RunReport, finished_at: datetime) -> None:
        """Note how a run ended."""
        ...


class RunState(State, Protocol):
    """The state, and what only a whole run does with it."""

    def close_all_intents(self, module: str) -> None:
        """Close what earlier runs left open."""
        ...

    def get_meta(self, name: str) -> str | None:
        """A noted value."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Note a value."""
        ...


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module of this run: what it depends on, its options, and why it cannot be synced now (None when it can).

    `only` is the one direction in which the module goes at all; the side that it comes from leads.
    """

    name: str
    depends_on: tuple[str, ...]
    options: ModuleOptions
    barred: VtxeroError | None = None
    only: Direction | None = None
    links_of: tuple[str, ...] = ()
    """Those it depends on that come along with their links alone: nothing of theirs is written unasked."""

    def goes(self, direction: Direction | None) -> bool:
        """Tell whether the module has anything to do in this direction (None: in its own)."""
        return self.only is None or direction in {None, Direction.BOTH, self.only}


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything a run works with, put together by bootstrap."""

    run: str
    state: RunState
    recorder: RunRecorder
    sources: Mapping[Side, RowSource]
    slices: Mapping[str, Slice[Any]]
    modules: tuple[ModulePlan, ...]
    lookups: StateLookups
    guards: GuardOptions
    tenant: str
    mapped: Mapped
    """Of the field maps and matching options: another one than last time is for a person to see first."""
    clock: Clock
    progress: Progress
    translate: Translate
    page_of: Callable[[str, Side, str], str | None]
    should_stop: Callable[[], None]
    transaction: Callable[[], AbstractContextManager[None]]
    messages: tuple[str, ...] = field(default=())
    opened_at: float | None = None
    """When looking at both services began, as the clock's `monotonic`; None where nothing came before the run."""

    def began(self) -> tuple[datetime, float]:
        """Give when the run began: the moment, and the clock's `monotonic`. What came before it counts."""
        now = self.clock.monotonic()
        opened_at = now if self.opened_at is None else self.opened_at
        return self.clock.now() - timedelta(seconds=now - opened_at), opened_at
