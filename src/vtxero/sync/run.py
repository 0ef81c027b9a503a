"""The main job: read, judge everything, guard, apply, move the cursors, report (`docs/architecture.md`)."""

from __future__ import annotations

from vtxero.domain.words import counted
from vtxero.errors import BudgetError, StateError, VtxeroError
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.forecast import Forecast
from vtxero.sync.report import RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.run_apply import RunApplier
from vtxero.sync.run_context import RunContext
from vtxero.sync.run_plan import RunPlanner
from vtxero.sync.run_report import RunLedger
from vtxero.sync.scope import Scope


class Run:
    """One invocation. `execute` always ends with a report; only an unusable state is raised."""

    def __init__(self, env: Environment, request: RunRequest) -> None:
        self._env = env
        self._request = request
        self._began = 0.0
        scope = Scope(env.modules, request)
        self._ledger = RunLedger(env, request, scope)
        self._forecast = Forecast(env.state, env.sources, env.slices)
        context = RunContext(env, request, scope, self._ledger, self._check_budget)
        self._planner = RunPlanner(context)
        self._applier = RunApplier(context)

    def execute(self) -> RunReport:
        """Plan, guard, apply, report."""
        env = self._env
        started_at, self._began = env.began()
        env.recorder.start(env.run, self._request.command, started_at)
        env.state.clear_plan()
        try:
            modules = self._planner.plan()
            if self._request.dry_run:
                self._show(modules)
            else:
                self._applier.apply(modules, self._planner)
        except StateError:
            raise
        except VtxeroError as error:
            self._ledger.note(error)
        return self._ledger.finish(started_at, env.clock.monotonic() - self._began, self._forecast)

    def _show(self, modules: list[ModulePlan]) -> None:
        for module in modules:
            for action in self._env.state.actions(module.name):
                self._ledger.forecast(action)
            self._forecast.add(module.name, self._env.state.actions(module.name))
        for action, standing in self._planner.follow_ups(modules):
            self._ledger.forecast_follow_up(action, standing)
        for module in modules:
            self._forecast.add_follow_ups(module.name, self._env.state.follow_ups(module.name))

    def _check_budget(self) -> None:
        """End the run between two steps when a signal came, or when its calls or its time are used up."""
        self._env.should_stop()
        calls = sum(source.calls for source in self._env.sources.values())
        if self._request.max_calls is not None and calls >= self._request.max_calls:
            raise BudgetError(
                f"The run has made {counted(calls, 'call')}; --max-calls allows {self._request.max_calls}."
            )
        seconds = self._env.clock.monotonic() - self._began
        if self._request.max_seconds is not None and seconds >= self._request.max_seconds:
            raise BudgetError(f"The run took {seconds:.0f} s; --max-duration allows {self._request.max_seconds:g} s.")
