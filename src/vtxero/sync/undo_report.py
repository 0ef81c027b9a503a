"""What an undo says of itself, in the form of every run's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, in_order
from vtxero.domain.sides import Direction, Side
from vtxero.errors import SignalError, VtxeroError
from vtxero.sync.environment import Environment
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import RecordResult, RunReport
from vtxero.sync.severity import gravest
from vtxero.sync.undo import Kind, UndoStep

Pair: TypeAlias = tuple[str, str | None, str | None]
"""Module and both ids: the two writes of one pair are told in one row."""


class UndoReport:
    """Collects what an undo did."""

    def __init__(self, env: Environment, command: str, *, dry_run: bool) -> None:
        self._env = env
        self._dry_run = dry_run
        self._codes: set[int] = {0}
        self._messages: list[str] = list(env.messages)
        self._errors: list[str] = []
        self._planned: Counter[Side] = Counter()
        self._told: set[Pair] = set()
        self._unchanged: dict[Pair, Direction] = {}
        self._started_at, self._began = env.began()
        env.recorder.start(env.run, command, self._started_at)

    @property
    def started_at(self) -> datetime:
        """When the run began."""
        return self._started_at

    def say(self, *texts: str) -> None:
        """Say something of the run as a whole."""
        self._messages += [text for text in texts if text not in self._messages]

    def note(self, error: VtxeroError) -> None:
        """Say what went wrong, and let it decide the exit code."""
        (self.say if isinstance(error, SignalError) else self._fail)(error.told)
        self._codes.add(error.exit_code)

    def plan(self, calls: Counter[Side]) -> None:
        """Note the calls that carrying it out will take."""
        self._planned += calls

    def count(
        self,
        step: UndoStep,
        outcome: Outcome | None = None,
        reasons: tuple[Finding, ...] = (),
        took: tuple[FieldChange, ...] = (),
    ) -> None:
        """Note a record's outcome: the planned one, or what became of it instead, with the changes that it took."""
        chosen = outcome or (Outcome.UPDATED if step.notes and not self._dry_run else _planned_outcome(step))
        result = self._result(step, chosen, reasons or step.reasons)
        result = replace(result, changes=took) if took else result
        pair = _pair_of(result)
        if chosen is Outcome.UNCHANGED:
            self._unchanged.setdefault(pair, result.direction)
            return
        note = self._env.recorder.add_second if pair in self._told else self._env.recorder.add
        self._told.add(pair)
        note(self._env.run, result)

    def preview(self, steps: Iterable[UndoStep]) -> RunReport:
        """Give what is going to happen as a report, with nothing noted yet."""
        found: dict[Pair, RecordResult] = {}
        for step in steps:
            result = self._result(step, _planned_outcome(step), step.reasons)
            if result.outcome is not Outcome.UNCHANGED:
                pair = _pair_of(result)
                found[pair] = found[pair].with_second(result) if pair in found else result
        return self._report("success", 0, tuple(found.values()))

    def stopped(self) -> None:
        """Note that a person stopped it before the first write."""
        self._codes.add(6)
        self._fail("It was stopped before anything was written.")

    def _fail(self, text: str) -> None:
        """Say what went wrong."""
        self.say(text)
        self._errors += [text] if text not in self._errors else []

    def finish(self) -> RunReport:
        """Close the run in the log and give its report."""
        for pair, direction in self._unchanged.items():
            if pair not in self._told:
                self._env.recorder.add_unchanged(self._env.run, pair[0], direction, 1)
        counts = self._env.recorder.counts(self._env.run)
        if any(count.counts.get(Outcome.FAILED) for count in counts):
            self._codes.add(3)
        exit_code = gravest(self._codes)
        status = "success" if exit_code == 0 else "partial" if exit_code == 3 else "error"
        report = self._report(status, exit_code, self._env.recorder.results(self._env.run))
        self._env.recorder.finish(report, self._env.clock.now())
        return report

    def _report(self, status: str, exit_code: int, records: Sequence[RecordResult]) -> RunReport:
        env = self._env
        return RunReport(
            env.run,
            self._dry_run,
            status,
            exit_code,
            self._started_at,
            round(env.clock.monotonic() - self._began, 3),
            env.recorder.counts(env.run),
            records,
            {side.value: env.sources[side].calls for side in Side},
            tuple(self._messages),
            {side.value: self._planned[side] for side in Side if self._planned[side]},
            errors=tuple(self._errors),
        )

    def _result(self, step: UndoStep, outcome: Outcome, reasons: tuple[Finding, ...]) -> RecordResult:
        effect, page = step.effect, self._env.page_of
        vtiger_id = next((each.vtiger_id for each in step.effects if each.vtiger_id), None)
        xero_id = next((each.xero_id for each in step.effects if each.xero_id), None)
        return RecordResult(
            effect.module,
            Direction.towards(effect.side),
            outcome,
            effect.label,
            vtiger_id,
            xero_id,
            page(effect.module, Side.VTIGER, vtiger_id) if vtiger_id else None,
            page(effect.module, Side.XERO, xero_id) if xero_id else None,
            in_order(reasons),
            step.notes,
            step.changes if outcome is Outcome.UPDATED else (),
        )


def _pair_of(result: RecordResult) -> Pair:
    return result.module, result.vtiger_id, result.xero_id


def _planned_outcome(step: UndoStep) -> Outcome:
    if step.kind is Kind.LEAVE:
        return Outcome.SKIPPED
    return Outcome.UNCHANGED if step.kind is Kind.DONE else Outcome.UPDATED


def refused(side: Side) -> Code:
    """The code under which a side's own words are told."""
    return Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED
