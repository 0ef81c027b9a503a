"""Planning a whole run, module by module in dependency order, before its first write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from vtxero.domain.lookups import read_symbol
from vtxero.domain.sides import Direction, Side
from vtxero.errors import StopError, TemporaryError
from vtxero.sync.environment import ModulePlan
from vtxero.sync.fetch import Fetcher, reread
from vtxero.sync.follow import Standing, Standings, foresee
from vtxero.sync.gone import Deletions
from vtxero.sync.guards import ModuleFacts, check_guards, check_mapping
from vtxero.sync.mapping import Remapping
from vtxero.sync.parting import part
from vtxero.sync.plan import Planner, Terms
from vtxero.sync.records import Outcome
from vtxero.sync.run_context import RunContext
from vtxero.sync.saved import keep_approved
from vtxero.sync.selection import Selection
from vtxero.sync.slice import Slice, WritingBack
from vtxero.sync.state import Action
from vtxero.sync.write_back import LACKS_ID, asked_for, mark_lacking

MAPPED = "mapped options"
DOUBTFUL = "doubtful"
FIELDS = "fields of "


class RunPlanner:
    """Reads both sides and judges everything; the plan lies in the state."""

    def __init__(self, run: RunContext) -> None:
        self._run, self._env = run, run.env
        self._deletions = Deletions(self._env.state, self._env.sources)
        told = self._env.state.get_meta(MAPPED)
        self._remapping = Remapping.since(told, self._env.mapped, self._plannable(), run.scope.chosen)
        self.fetchers: dict[str, Fetcher] = {}
        """What was read, by module."""

    @property
    def places(self) -> Mapping[str, str]:
        """Where the next run goes on looking for deletions, by the names under which the state keeps them."""
        return self._deletions.places

    def plan(self) -> list[ModulePlan]:
        """Plan every module that can be planned, and guard the whole. Gives the planned modules."""
        self._check_mapping()
        stopped: set[str] = set()
        planned, facts, seeds = [], [], set()
        for module in self._run.scope.modules:
            if module.barred:
                self._run.ledger.note(module.barred)
            if module.barred or stopped.intersection(module.depends_on):
                stopped.add(module.name)
                continue
            try:
                fact, asked = self._plan_module(module)
            except TemporaryError as error:
                self._run.ledger.note(error, self._left_out(module))
                stopped.add(module.name)
                continue
            planned.append(module)
            facts.append(fact)
            seeds |= asked
        self._plan_seeds(seeds)
        self._drop_unneeded()
        foresee(self._env, planned, self._run.scope.terms)
        self._keep_approved(planned)
        self._guard(facts)
        return planned

    def _left_out(self, first: ModulePlan) -> str:
        """Say that a module was not synced, and which others were not because they depend on it."""
        out = {first.name}
        for module in self._run.scope.modules:
            if out.intersection(module.depends_on):
                out.add(module.name)
        others = [module.name for module in self._run.scope.modules if module.name in out - {first.name}]
        because = f", nor what depends on them ({', '.join(others)})" if others else ""
        return f"{first.name} were not synced{because}"

    def unread(self) -> dict[str, Mapping[str, Side]]:
        """Give, by module, the Vtiger ids and authors of the pairs that were read and counted as saying nothing new."""
        return {name: each.unchanged for name, each in self.fetchers.items() if name in self._run.scope.chosen}

    def follow_ups(self, modules: list[ModulePlan]) -> Iterator[tuple[Action, Standing]]:
        """Give what was foreseen, and how each record stands before it."""
        for name, standings in self.standings(modules).items():
            for action in self._env.state.follow_ups(name):
                yield action, standings.of(action.vtiger_id)

    def standings(self, modules: Iterable[ModulePlan]) -> dict[str, Standings]:
        """Tell, by module, how the records stand of which something was foreseen."""
        unread, found = self.unread(), {}
        for module in modules:
            ids = {action.vtiger_id for action in self._env.state.follow_ups(module.name)}
            terms = self._run.scope.terms(module)
            found[module.name] = Standings(self._env, module.name, terms, unread.get(module.name, {}), ids)
        return found

    def note_mapping(self) -> None:
        """Note under which mapping the records were judged: what is still to come of it is in the state by now."""
        scope, planned = self._run.scope, self.fetchers.keys()
        whole = {name for name in planned if name in scope.chosen and not scope.selection(name).is_partial}
        with self._env.transaction():
            self._env.state.set_meta(MAPPED, self._remapping.note(whole, planned - whole))

    def _plannable(self) -> list[str]:
        """Name the modules that neither are barred nor depend on one that is."""
        barred: set[str] = set()
        for module in self._run.scope.modules:
            if module.barred or barred.intersection(module.depends_on):
                barred.add(module.name)
        return [module.name for module in self._run.scope.modules if module.name not in barred]

    def _check_mapping(self) -> None:
        """Stop when the mapping changed."""
        try:
            check_mapping(self._remapping.changes, self._run.request.allow)
        except StopError as error:
            self._stop(error)

    def _guard(self, facts: list[ModuleFacts]) -> None:
        """Stop before harm."""
        try:
            check_guards(facts, self._deletions.count, self._env.guards, self._run.request.allow)
        except StopError as error:
            self._deletions.take_back()
            self._stop(error)

    def _stop(self, error: StopError) -> None:
        """A dry run harms nothing, and shows what the guard is about."""
        if not self._run.request.dry_run:
            raise error
        self._run.ledger.say(f"A real run would stop here. {error.told}")

    # one module

    def _plan_module(self, module: ModulePlan) -> tuple[ModuleFacts, set[str]]:
        env, slice_ = self._env, self._env.slices[module.name]
        self._welcome_fields(module.name)
        remapped = [field for field in slice_.fields if field in self._remapping.fields(module.name)]
        fetcher, missing = self._fetch(module.name, afresh=bool(remapped))
        env.progress.phase(f"Comparing {module.name}")
        env.lookups.forget()
        terms, selection = self._run.scope.terms(module), self._run.scope.selection(module.name)
        planner = Planner(
            env.state,
            slice_,
            terms,
            tell=self._run.ledger.record_late,
            known_seeds=self._seeds(),
            selection=selection,
            remapped=remapped,
        )
        with env.transaction():
            judged = planner.plan()
            part(env.state, env.slices.values(), env.sources[Side.VTIGER], module.name, planner.parted)
            if self._run.scope.comes_for_its_links(module.name):
                self._keep_links(module.name)
        self.fetchers[module.name] = fetcher
        self._count_unread(module.name, terms, fetcher, judged)
        updates = sum(1 for action in env.state.actions(module.name) if action.write == "update")
        updates += self._announce_ids(slice_, selection)
        return ModuleFacts(module.name, missing, updates, env.state.count_links(module.name)), planner.seeds

    def _fetch(self, name: str, *, afresh: bool) -> tuple[Fetcher, dict[Side, int]]:
        """Read both sides; also gives how many linked records those lack that were read whole and showed nothing."""
        env = self._env
        selection = self._run.scope.selection(name)
        check = self._run.check_budget
        fetcher = Fetcher(
            env.state, env.slices[name], dict(env.sources), env.progress, selection=selection, check=check
        )
        full, missing = self._run.request.full or self._run.request.resync, {}
        for side in Side:
            self._run.check_budget()
            is_whole = full or afresh or env.state.cursor(name, side) is None
            before = env.clock.monotonic()
            fetcher.fetch(side, full=full, afresh=afresh)
            fetcher.seconds[side] = env.clock.monotonic() - before
            if is_whole and not fetcher.read[side]:
                # What this very run has found gone was there until now.
                missing[side] = env.state.count_links(name, present_on=side) + self._deletions.found(name, side)
        self._look_for_deletions(name, fetcher, full=full)
        for side in Side:
            reread(env.state, env.slices[name], env.sources[side], self._deletions.returned.pop((name, side), ()))
        return fetcher, missing

    def _keep_links(self, name: str) -> None:
        for action in list(self._env.state.actions(name)):
            if action.write in {"create", "update"}:
                self._env.state.drop_action(action.seq)

    def _welcome_fields(self, name: str) -> None:
        """A field that was switched on since the last run meets for the first time, in every pair.

        So does Xero's id, which stands among the fields where it is written back, once the module itself is asked for.
        """
        state, slice_ = self._env.state, self._env.slices[name]
        noted = state.get_meta(f"{FIELDS}{name}")
        before = frozenset((noted or "").split())
        writes_back = isinstance(slice_, WritingBack) and slice_.writes_back
        with_ids = writes_back and (name in self._run.scope.chosen or LACKS_ID in before)
        with self._env.transaction():
            if noted is not None:
                state.unsettle(name, [field for field in slice_.fields if field not in before])
            if with_ids and LACKS_ID not in before:
                mark_lacking(state, slice_)
            state.set_meta(f"{FIELDS}{name}", " ".join((*slice_.fields, *((LACKS_ID,) if with_ids else ()))))

    def _announce_ids(self, slice_: Slice[Any], selection: Selection) -> int:
        """Say into how many records that were linked before Xero's id is to be written."""
        if not isinstance(slice_, WritingBack) or not slice_.writes_back or self._run.request.approved is not None:
            return 0
        vtiger = self._env.sources[Side.VTIGER]
        links = islice(asked_for(self._env.state, slice_, vtiger, selection), selection.limit)
        lacking = sum(1 for _ in links)
        if lacking:
            text = f"Records in Vtiger that lack Xero's id, into which it is written ({slice_.name}): {lacking}."
            self._run.ledger.say(text)
        return lacking

    def _look_for_deletions(self, name: str, fetcher: Fetcher, *, full: bool) -> None:
        """Look up what a whole read of both sides did not need to show, or the next hundred records."""
        for side in Side:
            if fetcher.is_timeless(side):
                self._deletions.compare(name, side, fetcher.timeless[side])
            elif self._env.sources[side].may_vanish(name) and (full or self._is_doubtful(name, side)):
                self._deletions.look_at_all(name, side)
        if full:
            return
        if name == self._run.scope.modules[0].name:
            self._deletions.look_further([module.name for module in self._env.modules])

    def _is_doubtful(self, name: str, side: Side) -> bool:
        """Tell whether the last run had a write to Xero refused that refers to this module: its partner may be gone.

        Of what vanishes in Vtiger nothing refused tells: Vtiger takes any reference.
        """
        return side is Side.XERO and name in (self._env.state.get_meta(DOUBTFUL) or "").split()

    def _count_unread(self, name: str, terms: Terms, fetcher: Fetcher, judged: set[str]) -> None:
        """Count the pairs that were read and say nothing new, unless they were judged for another reason."""
        if name not in self._run.scope.chosen:
            return
        for vtiger_id, author in fetcher.unchanged.items():
            if vtiger_id not in judged:
                self._run.ledger.rest(name, Direction.towards(terms.counted_for(author)))

    # the plan as a whole

    def _seeds(self) -> frozenset[str]:
        return frozenset(symbol for slice_ in self._env.slices.values() for symbol in slice_.seeds)

    def _plan_seeds(self, seeds: set[str]) -> None:
        """Plan the records that slices need in Vtiger and that have no counterpart (the placeholder product)."""
        for seed in sorted(seeds):
            module, name = read_symbol(seed)
            if self._env.lookups.seed(module, name) is None:
                slice_ = self._env.slices[module]
                wanted = slice_.encode(slice_.seeds[seed])
                self._env.state.add_action(
                    Action(module, Side.VTIGER, Outcome.CREATED, "create", "", "", name, wanted=wanted)
                )

    def _drop_unneeded(self) -> None:
        """Leave out what nothing needs: records of modules that only came along, and those said to be spare."""
        state = self._env.state
        with self._env.transaction():
            for action in state.unneeded():
                state.drop_action(action.seq)
                if action.spare and action.module in self._run.scope.chosen:
                    skipped = replace(
                        action, outcome=Outcome.SKIPPED, write="", reasons=action.spare, changes=(), notes=()
                    )
                    state.add_action(replace(skipped, needs=(), required=True))

    def _keep_approved(self, planned: list[ModulePlan]) -> None:
        """Under a saved plan, send nothing that it does not hold."""
        if self._run.request.approved is None:
            return
        with self._env.transaction():
            spared = keep_approved(self._env.state, [module.name for module in planned], self._run.request.approved)
        if spared:
            self._run.ledger.say(f"Records of the plan that need nothing any more: {spared}.")
