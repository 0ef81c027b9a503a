"""What a run says of itself: outcomes as they come, what was said of the run as a whole, and the report at its end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from vtxero.domain.lookups import SYMBOL_START, read_symbol
from vtxero.domain.sides import Direction, Side
from vtxero.errors import BudgetError, SignalError, VtxeroError
from vtxero.sync.environment import Environment
from vtxero.sync.follow import Standing
from vtxero.sync.forecast import Forecast
from vtxero.sync.lookup import SYMBOLS
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import RecordResult, RunReport, was_left, was_moved
from vtxero.sync.request import RunRequest
from vtxero.sync.saved import WRITES, PlannedWrite, planned_follow_up, planned_write
from vtxero.sync.scope import Scope
from vtxero.sync.severity import gravest
from vtxero.sync.state import Action


class RunLedger:
    """Collects what a run did, or would do."""

    def __init__(self, env: Environment, request: RunRequest, scope: Scope) -> None:
        self._env = env
        self._request = request
        self._scope = scope
        self._codes: set[int] = {0}
        self._messages: list[str] = list(env.messages)
        self._errors: list[str] = []
        self._lines: list[PlannedWrite] = []
        self._unchanged: Counter[tuple[str, Direction]] = Counter()
        self._waits_for_a_person = False
        self.refused: set[str] = set()
        """Modules of which a write to Xero failed."""

    def say(self, text: str) -> None:
        """Say something of the run as a whole."""
        self._messages.append(text)

    def note(self, error: VtxeroError, what: str = "") -> None:
        """Say what went wrong, and let it decide the exit code."""
        text = f"{what}: {error.told}" if what else error.told
        if text not in self._messages:
            self._messages.append(text)
            if not isinstance(error, SignalError):  # somebody asked for that
                self._errors.append(text)
        self._codes.add(error.exit_code)
        if isinstance(error.__cause__, BudgetError):
            # A write of several calls that ran out of calls half way: its fate is open, and the budget is why.
            self._codes.add(error.__cause__.exit_code)

    # outcomes

    def record(self, action: Action) -> None:
        """Note a record's outcome."""
        if action.outcome is Outcome.FAILED and action.target is Side.XERO:
            self.refused.add(action.module)
        if action.outcome is Outcome.UNCHANGED:
            self.rest(action.module, action.direction)
            return
        # What was edited during a sync needs nobody: the next one looks at it anew. A saved plan has no next one.
        if action.outcome is Outcome.CONFLICT and (not was_moved(action.reasons) or self._request.approved is not None):
            self._waits_for_a_person = True
        note = self._env.recorder.add if action.counted else self._env.recorder.add_second
        note(self._env.run, self._result(action))

    def record_id(self, action: Action) -> None:
        """Note why Xero's id could not be written into a Vtiger record; what else became of the record stays told."""
        self._codes |= {3} if action.outcome is Outcome.FAILED else set()
        self._env.recorder.add_reasons(self._env.run, self._result(action))

    def record_late(self, run: str, action: Action) -> None:
        """Note for an earlier run what became of a record: it had sent a write and never saw an answer."""
        self._env.recorder.add_late(run, self._result(action), is_second=not action.counted)

    def rest(self, module: str, direction: Direction) -> None:
        """Count a record that says nothing new."""
        self._unchanged[module, direction] += 1

    def record_follow_up(self, action: Action, standing: Standing) -> None:
        """Note what became of a record once more: what was told of it stays told, that it rested does not."""
        if action.outcome in {Outcome.UNCHANGED, Outcome.LINKED}:
            return
        if standing.is_told and action.outcome is Outcome.UPDATED:
            self._env.recorder.add_changes(self._env.run, self._result(action))
        elif standing.is_told and was_left(action.reasons):
            self._env.recorder.add_reasons(self._env.run, self._result(action))
        elif not standing.is_told or action.outcome is Outcome.FAILED:
            if standing.rests_in and action.counted:
                self._unchanged[action.module, standing.rests_in] -= 1
            self.record(action)

    def forecast(self, action: Action) -> None:
        """Note what a dry run would do with a record."""
        self.record(action)
        self._plan(action, planned_write(action))

    def forecast_follow_up(self, action: Action, standing: Standing) -> None:
        """Note what a dry run would do with a record afterwards."""
        self.record_follow_up(action, standing)
        self._plan(action, planned_follow_up(action))

    def _plan(self, action: Action, line: PlannedWrite) -> None:
        if action.write in WRITES:
            self._lines.append(line)

    def _result(self, action: Action) -> RecordResult:
        vtiger_id, xero_id = action.vtiger_id or None, action.xero_id or None
        page = self._env.page_of
        return RecordResult(
            action.module,
            action.direction,
            action.outcome,
            action.label,
            vtiger_id,
            xero_id,
            page(action.module, Side.VTIGER, vtiger_id) if vtiger_id else None,
            page(action.module, Side.XERO, xero_id) if xero_id else None,
            action.reasons,
            action.notes,
            tuple(self._named(change) for change in action.changes),
        )

    def _named(self, change: FieldChange) -> FieldChange:
        """Show people the name of a record that this plan makes, not the symbol that stands for its id."""
        if change.after is None or SYMBOL_START not in change.after:
            return change
        return replace(change, after=SYMBOLS.sub(lambda match: self._label_of(match.group(0)), change.after))

    def _label_of(self, text: str) -> str:
        module, record_id = read_symbol(text)
        rows = (self._env.state.record(module, side, record_id) for side in Side)
        return next((row.label for row in rows if row), record_id)

    # the report

    def finish(self, started_at: datetime, seconds: float, forecast: Forecast) -> RunReport:
        """Close the run in the log and give its report; `forecast` is of what a dry run would carry out."""
        env, scope = self._env, self._scope
        for (name, direction), number in self._unchanged.items():
            env.recorder.add_unchanged(env.run, name, direction, number)
        rows = [(each.name, d) for each in scope.modules if each.name in scope.chosen for d in scope.directions(each)]
        counts = env.recorder.counts(env.run, rows)
        outcomes = {outcome for count in counts for outcome, number in count.counts.items() if number}
        self._codes |= {8} if self._waits_for_a_person and not self._request.dry_run else set()
        self._codes |= {3} if Outcome.FAILED in outcomes else set()
        exit_code = gravest(self._codes)
        status = "success" if exit_code == 0 else "partial" if exit_code in {3, 8} else "error"
        report = RunReport(
            env.run,
            self._request.dry_run,
            status,
            exit_code,
            started_at,
            round(seconds, 3),
            counts,
            env.recorder.results(env.run),
            {side.value: env.sources[side].calls for side in Side},
            tuple(self._messages),
            forecast.calls,
            forecast.seconds(seconds) if self._request.dry_run else None,
            tuple(self._lines),
            tuple(self._errors),
        )
        env.recorder.finish(report, env.clock.now())
        return report
