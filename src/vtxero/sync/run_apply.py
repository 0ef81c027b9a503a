"""Carrying out a whole run's plan, module after module, and moving the cursors behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding, in_order
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.errors import VtxeroError
from vtxero.sync.apply import Applier, not_written
from vtxero.sync.cursors import COMPLETE, Sighting, cursor_after
from vtxero.sync.environment import ModulePlan
from vtxero.sync.fetch import Fetcher
from vtxero.sync.follow import Standings, plan_follow_ups
from vtxero.sync.records import Outcome
from vtxero.sync.run_context import RunContext
from vtxero.sync.run_plan import DOUBTFUL, RunPlanner
from vtxero.sync.selection import Selection
from vtxero.sync.state import Action
from vtxero.sync.write_back import WriteBack


class RunApplier:
    """Applies what was planned; every line gets an outcome, also when the run ends early."""

    def __init__(self, run: RunContext) -> None:
        self._run, self._env = run, run.env

    def apply(self, modules: list[ModulePlan], planner: RunPlanner) -> None:
        """Carry out the plan that `planner` made."""
        env = self._env
        planner.note_mapping()
        for place, module in enumerate(modules):
            env.lookups.forget()
            applier = self._applier(module, unseen=planner.fetchers[module.name].unseen)
            try:
                applier.apply()
                self._write_back(module)
            except VtxeroError:
                self._leave_for_later(applier.left())
                for later in modules[place + 1 :]:
                    self._leave_for_later(env.state.actions(later.name))
                self._leave_follow_ups(planner.standings(modules))
                raise
            self._move_cursors(module.name, planner.fetchers[module.name], applier.newest)
        self._follow(modules, planner)
        doubtful = {dep for module in modules if module.name in self._run.ledger.refused for dep in module.depends_on}
        with env.transaction():
            for name, value in planner.places.items():
                env.state.set_meta(name, value)
            env.state.set_meta(DOUBTFUL, " ".join(sorted(doubtful)))

    def _follow(self, modules: list[ModulePlan], planner: RunPlanner) -> None:
        """Settle what this run's own writes moved in other modules."""
        standings = planner.standings(modules)
        ahead = dict(standings)
        try:
            for module in plan_follow_ups(self._env, modules, self._run.scope.terms):
                ahead.pop(module.name, None)
                record = partial(self._record_follow_up, standings[module.name])
                applier = self._applier(module, record)
                try:
                    applier.apply()
                except VtxeroError:
                    for action in applier.left():
                        record(_not_come_to(action))
                    raise
        except VtxeroError:
            self._leave_follow_ups(ahead)
            raise

    def _leave_follow_ups(self, standings: Mapping[str, Standings]) -> None:
        """Say of the records that this run's writes were to move in other modules that it did not come to them."""
        for name, each in standings.items():
            for action in self._env.state.follow_ups(name):
                self._record_follow_up(each, _not_come_to(action))

    def _record_follow_up(self, standings: Standings, action: Action) -> None:
        self._run.ledger.record_follow_up(action, standings.of(action.vtiger_id))

    def _applier(
        self,
        module: ModulePlan,
        record: Callable[[Action], None] | None = None,
        unseen: Mapping[Side, Collection[str]] | None = None,
    ) -> Applier:
        env = self._env
        return Applier(
            env.state,
            env.slices[module.name],
            env.sources,
            env.lookups,
            tenant=env.tenant,
            run=env.run,
            translate=env.translate,
            record=record or self._run.ledger.record,
            tell=self._run.ledger.record_late,
            should_stop=self._run.check_budget,
            progress=env.progress,
            unseen=unseen,
        )

    def _write_back(self, module: ModulePlan) -> None:
        """Write Xero's ids into the Vtiger records that lack them."""
        if self._run.request.limit == 0:
            return
        env, slice_ = self._env, self._env.slices[module.name]
        vtiger = env.sources[Side.VTIGER]
        WriteBack(
            env.state,
            slice_,
            vtiger,
            env.run,
            env.translate,
            self._run.ledger.record_id,
            self._run.check_budget,
            self._ids_asked_for(module.name),
        ).carry_out()

    def _ids_asked_for(self, name: str) -> Selection:
        """Tell into which records ids may be written: under a saved plan, those that it is about."""
        approved = self._run.request.approved
        if approved is None:
            return self._run.scope.selection(name)
        ids = (each for line in approved if line.module == name for each in (line.vtiger_id, line.xero_id) if each)
        return Selection(frozenset(map(match_key, ids)))

    def _leave_for_later(self, actions: Iterable[Action]) -> None:
        """Give every record that the run did not come to an outcome; what needed no write has its own already."""
        for action in actions:
            self._run.ledger.record(_not_come_to(action) if action.write else action)

    def _move_cursors(self, name: str, fetcher: Fetcher, written: Mapping[Side, str]) -> None:
        """The fetch was whole and every action is recorded: the next run starts from here.

        A run that left records out moves nothing, and leaves open what an interrupted run may have made of them.
        """
        if self._run.scope.selection(name).is_partial or self._run.request.approved is not None:
            return
        with self._env.transaction():
            self._env.state.close_all_intents(name)
            for side, high in fetcher.high.items():
                if high:
                    self._move_cursor(name, side, high, fetcher)
                self._sight(name, side, max(high or "", written.get(side, "")))

    def _move_cursor(self, name: str, side: Side, high: str, fetcher: Fetcher) -> None:
        state, clock, seconds = self._env.state, fetcher.clock[side], fetcher.seconds[side]
        sighting = Sighting.read(state.cursor(_sighting(name), side))
        # The row that bears the largest time may have been left out of the list, as proven unchanged.
        newest = max(high, sighting.newest) if sighting else high
        if state.cursor(name, side) == f"{newest}{COMPLETE}":
            return
        if sighting and clock is not None and sighting.proves(newest, clock - seconds):
            state.set_cursor(name, side, f"{newest}{COMPLETE}")
        else:
            state.set_cursor(name, side, cursor_after(newest, seconds))

    def _sight(self, name: str, side: Side, newest: str) -> None:
        """Keep when the largest time of a side was known first, by the side's own clock."""
        state, clock = self._env.state, self._env.sources[side].clock()
        before = Sighting.read(state.cursor(_sighting(name), side))
        if newest and clock is not None and (before is None or before.newest < newest):
            state.set_cursor(_sighting(name), side, str(Sighting(newest, clock)))


def _not_come_to(action: Action) -> Action:
    return not_written(action, Outcome.SKIPPED, in_order((*action.reasons, finding(Code.RUN_ENDED))))


def _sighting(name: str) -> str:
    """Name where a module's sightings are kept: with the cursors, which are forgotten together."""
    return f"newest of {name}"
