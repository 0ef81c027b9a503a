"""The main job: read, judge everything, guard, apply, move the cursors, report (`design.md` §4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

from vtxero.domain.findings import finding, in_order
from vtxero.domain.lookups import SYMBOL_START, read_symbol
from vtxero.domain.options import ConflictPolicy
from vtxero.domain.reasons import Code
from vtxero.domain.sides import Direction, Side
from vtxero.errors import BudgetError, StateError, StopError, TemporaryError, VtxeroError
from vtxero.sync.apply import Applier
from vtxero.sync.cursors import cursor_after
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.fetch import Fetcher
from vtxero.sync.follow import FollowUp, plan_follow_ups
from vtxero.sync.gone import Deletions
from vtxero.sync.guards import ModuleFacts, check_fingerprint, check_guards
from vtxero.sync.lookup import SYMBOLS
from vtxero.sync.plan import Planner, Terms
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import RecordResult, RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.saved import WRITES, PlannedWrite, keep_approved, planned_write
from vtxero.sync.selection import EVERYTHING, Selection, only_of
from vtxero.sync.severity import gravest
from vtxero.sync.slice import WritingBack
from vtxero.sync.state import Action
from vtxero.sync.write_back import WriteBack

FINGERPRINT = "fingerprint"
ROTATION = "rotation"
DOUBTFUL = "doubtful"
FIELDS = "fields of "


class Run:
    """One invocation. `execute` always ends with a report; only an unusable state is raised."""

    def __init__(self, env: Environment, request: RunRequest) -> None:
        self._env = env
        self._request = request
        self._began = 0.0
        self._fetchers: dict[str, Fetcher] = {}
        self._deletions = Deletions(env.state, env.sources)
        self._rotation = ""
        self._codes: set[int] = {0}
        self._messages: list[str] = list(env.messages)
        self._planned: Counter[str] = Counter()
        self._lines: list[PlannedWrite] = []
        self._unchanged: Counter[tuple[str, Direction]] = Counter()
        self._refused: set[str] = set()
        """Modules of which a write to Xero failed."""
        self._chosen = tuple(item.name for item in env.modules if self._is_chosen(item))

    def execute(self) -> RunReport:
        """Plan, guard, apply, report."""
        started_at, self._began = self._env.clock.now(), self._env.clock.monotonic()
        self._env.recorder.start(self._env.run, self._request.command, started_at)
        self._env.state.clear_plan()
        try:
            modules = self._plan_all()
            if self._request.dry_run:
                self._forecast(modules)
            else:
                self._apply_all(modules)
        except StateError:
            raise
        except VtxeroError as error:
            self._note(error)
        return self._finish(started_at)

    # planning

    def _plan_all(self) -> list[ModulePlan]:
        modules = self._wanted_modules()
        allowed = (*self._request.allow, "config") if self._request.dry_run else self._request.allow
        check_fingerprint(self._env.state.get_meta(FINGERPRINT), self._env.fingerprint, allowed)
        stopped: set[str] = set()
        planned, facts, seeds = [], [], set()
        for module in modules:
            if module.barred:
                self._note(module.barred)
            if module.barred or stopped.intersection(module.depends_on):
                stopped.add(module.name)
                continue
            try:
                fact, asked = self._plan_module(module)
            except TemporaryError as error:
                self._note(error, f"{module.name} was not synced")
                stopped.add(module.name)
                continue
            planned.append(module)
            facts.append(fact)
            seeds |= asked
        self._plan_seeds(seeds)
        self._drop_unneeded()
        self._keep_approved(planned)
        self._guard(facts)
        return planned

    def _guard(self, facts: list[ModuleFacts]) -> None:
        """Stop before harm; a dry run harms nothing and shows what the guard is about."""
        try:
            check_guards(facts, self._deletions.count, self._env.guards, self._request.allow)
        except StopError as error:
            self._deletions.take_back()
            if not self._request.dry_run:
                raise
            self._messages.append(f"A real run would stop here. {error.message} {error.remedy}")

    def _wanted_modules(self) -> list[ModulePlan]:
        """The chosen modules, and those that they depend on, in dependency order."""
        by_name = {item.name: item for item in self._env.modules}
        names = {*self._chosen, *(d for name in self._chosen for d in by_name[name].depends_on)}
        return [item for item in self._env.modules if item.name in names]

    def _is_chosen(self, module: ModulePlan) -> bool:
        asked = self._request.asks_for(module.name, enabled=module.options.enabled)
        return asked and module.goes(self._request.direction)

    def _terms(self, module: ModulePlan) -> Terms:
        direction = module.only or self._request.direction or module.options.direction
        policy: ConflictPolicy = self._request.conflict or module.options.conflict
        leader = None
        if module.only:
            leader = Side.VTIGER if module.only is Direction.TO_XERO else Side.XERO
        return Terms(direction, policy, required=module.name in self._chosen, leader=leader)

    def _plan_module(self, module: ModulePlan) -> tuple[ModuleFacts, set[str]]:
        env, slice_ = self._env, self._env.slices[module.name]
        fetcher = Fetcher(env.state, slice_, dict(env.sources), env.progress)
        full = self._request.full or self._request.resync
        links, whole = env.state.count_links(module.name), {}
        self._welcome_fields(module.name)
        for side in Side:
            self._check_budget()
            is_whole = full or env.state.cursor(module.name, side) is None
            before = env.clock.monotonic()
            fetcher.fetch(side, full=full)
            fetcher.seconds[side] = env.clock.monotonic() - before
            if is_whole:
                whole[side] = fetcher.read[side]
        self._look_for_deletions(module.name, fetcher, full=full)
        env.progress.phase(f"Comparing {module.name}")
        env.lookups.forget()
        terms = self._terms(module)
        planner = Planner(env.state, slice_, terms, known_seeds=self._seeds(), selection=self._selection(module.name))
        with env.transaction():
            judged = planner.plan()
            if self._comes_for_its_links(module.name):
                self._keep_links(module.name)
        self._fetchers[module.name] = fetcher
        self._count_unread(module.name, terms, fetcher, judged)
        updates = sum(1 for action in env.state.actions(module.name) if action.write == "update")
        return ModuleFacts(module.name, links, whole, updates), planner.seeds

    def _comes_for_its_links(self, name: str) -> bool:
        """Tell whether a module was not chosen, and those that were want no more of it than its links."""
        wanting = [item for item in self._env.modules if item.name in self._chosen and name in item.depends_on]
        return name not in self._chosen and all(name in item.links_of for item in wanting)

    def _keep_links(self, name: str) -> None:
        for action in list(self._env.state.actions(name)):
            if action.write in {"create", "update"}:
                self._env.state.drop_action(action.seq)

    def _welcome_fields(self, name: str) -> None:
        """A field that was switched on since the last run meets for the first time, in every pair."""
        state, fields = self._env.state, self._env.slices[name].fields
        before = state.get_meta(f"{FIELDS}{name}")
        with self._env.transaction():
            if before is not None:
                state.unsettle(name, [field for field in fields if field not in before.split()])
            state.set_meta(f"{FIELDS}{name}", " ".join(fields))

    def _look_for_deletions(self, name: str, fetcher: Fetcher, *, full: bool) -> None:
        """Look up what a whole read of both sides did not need to show, or the next hundred records."""
        state = self._env.state
        for side in Side:
            if fetcher.is_timeless(side):
                self._deletions.compare(name, side, fetcher.timeless[side])
            elif self._env.sources[side].may_vanish(name) and (full or self._is_doubtful(name, side)):
                self._deletions.look_at_all(name, side)
        if full:
            return
        if name == self._wanted_modules()[0].name:
            names = [module.name for module in self._env.modules]
            self._rotation = self._deletions.look_at_next(names, state.get_meta(ROTATION) or "")

    def _is_doubtful(self, name: str, side: Side) -> bool:
        """Tell whether the last run had a write to Xero refused that refers to this module: its partner may be gone.

        Of what vanishes in Vtiger nothing refused tells: Vtiger takes any reference.
        """
        return side is Side.XERO and name in (self._env.state.get_meta(DOUBTFUL) or "").split()

    def _count_unread(self, name: str, terms: Terms, fetcher: Fetcher, judged: set[str]) -> None:
        """Count the pairs that were read and say nothing new, unless they were judged for another reason."""
        if name not in self._chosen:
            return
        for vtiger_id, author in fetcher.unchanged.items():
            if vtiger_id not in judged:
                self._unchanged[name, Direction.towards(terms.counted_for(author))] += 1

    def _check_budget(self) -> None:
        """End the run between two steps when a signal came, or when its calls or its time are used up."""
        self._env.should_stop()
        calls = sum(source.calls for source in self._env.sources.values())
        if self._request.max_calls is not None and calls >= self._request.max_calls:
            raise BudgetError(f"The run has made {calls} calls; --max-calls allows {self._request.max_calls}.")
        seconds = self._env.clock.monotonic() - self._began
        if self._request.max_seconds is not None and seconds >= self._request.max_seconds:
            raise BudgetError(
                f"The run took {seconds:.0f} seconds; --max-duration allows {self._request.max_seconds:g}."
            )

    def _selection(self, name: str) -> Selection:
        """What was asked for of a module; what it depends on is looked at whole, and only what is needed stays."""
        if name not in self._chosen:
            return EVERYTHING
        request = self._request
        return Selection(only_of(name, request.only), request.since or "", request.limit)

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
                if action.spare and action.module in self._chosen:
                    skipped = replace(
                        action, outcome=Outcome.SKIPPED, write="", reasons=action.spare, changes=(), notes=()
                    )
                    state.add_action(replace(skipped, needs=(), required=True))

    def _keep_approved(self, planned: list[ModulePlan]) -> None:
        """Under a saved plan, send nothing that it does not hold."""
        if self._request.approved is None:
            return
        with self._env.transaction():
            spared = keep_approved(self._env.state, [module.name for module in planned], self._request.approved)
        if spared:
            self._messages.append(f"{spared} of the plan's records need nothing any more.")

    # doing

    def _forecast(self, modules: list[ModulePlan]) -> None:
        for module in modules:
            for action in self._env.state.actions(module.name):
                self._record(action)
                if action.write in WRITES:
                    self._lines.append(planned_write(action))
                if action.write in {"create", "update"}:
                    self._planned[f"{action.target}:{module.name}:{action.write}"] += 1
                if action.write == "create" and action.target is Side.XERO and self._writes_back(module.name):
                    self._planned[f"{Side.VTIGER}:{module.name}:update"] += 1

    def _writes_back(self, name: str) -> bool:
        slice_ = self._env.slices[name]
        return isinstance(slice_, WritingBack) and slice_.writes_back

    def _apply_all(self, modules: list[ModulePlan]) -> None:
        env = self._env
        for place, module in enumerate(modules):
            env.lookups.forget()
            applier = self._applier(module)
            try:
                applier.apply()
                self._write_back(module)
            except VtxeroError:
                self._leave_for_later(applier.left())
                for later in modules[place + 1 :]:
                    self._leave_for_later(env.state.actions(later.name))
                raise
            self._move_cursors(module.name)
        self._follow(modules)
        doubtful = {dep for module in modules if module.name in self._refused for dep in module.depends_on}
        with env.transaction():
            env.state.set_meta(FINGERPRINT, env.fingerprint)
            env.state.set_meta(ROTATION, self._rotation)
            env.state.set_meta(DOUBTFUL, " ".join(sorted(doubtful)))

    def _follow(self, modules: list[ModulePlan]) -> None:
        """Settle what this run's own writes moved in other modules."""
        unread = {name: fetcher.unchanged for name, fetcher in self._fetchers.items()}
        for item in plan_follow_ups(self._env, modules, self._terms, unread):
            self._unchanged.subtract((item.module.name, direction) for direction in item.rested)
            self._applier(item.module, partial(self._record_news, item)).apply()

    def _record_news(self, item: FollowUp, action: Action) -> None:
        if item.counts(action):
            self._record(action)

    def _applier(self, module: ModulePlan, record: Callable[[Action], None] | None = None) -> Applier:
        env = self._env
        return Applier(
            env.state,
            env.slices[module.name],
            env.sources,
            env.lookups,
            tenant=env.tenant,
            run=env.run,
            translate=env.translate,
            record=record or self._record,
            should_stop=self._check_budget,
            progress=env.progress,
        )

    def _write_back(self, module: ModulePlan) -> None:
        """Write Xero's ids into the Vtiger records that lack them."""
        if self._request.limit == 0:
            return
        env, slice_ = self._env, self._env.slices[module.name]
        vtiger = env.sources[Side.VTIGER]
        WriteBack(env.state, slice_, vtiger, env.run, env.translate, self._record, self._check_budget).carry_out()

    def _leave_for_later(self, actions: Iterable[Action]) -> None:
        """Give every record that the run did not come to an outcome; what needed no write has its own already."""
        for action in actions:
            if action.counted and action.write:
                reasons = in_order((*action.reasons, finding(Code.RUN_ENDED)))
                action = replace(action, outcome=Outcome.SKIPPED, reasons=reasons, changes=())  # noqa: PLW2901
            self._record(action)

    def _move_cursors(self, name: str) -> None:
        """The fetch was whole and every action is recorded: the next run starts from here.

        A run that left records out moves nothing, and leaves open what an interrupted run may have made of them.
        """
        if self._selection(name).is_partial or self._request.approved is not None:
            return
        with self._env.transaction():
            self._env.state.close_all_intents(name)
            fetcher = self._fetchers[name]
            for side, high in fetcher.high.items():
                if high:
                    self._env.state.set_cursor(name, side, cursor_after(high, fetcher.seconds[side]))

    def _record(self, action: Action) -> None:
        if action.outcome is Outcome.FAILED and action.target is Side.XERO:
            self._refused.add(action.module)
        if action.outcome is Outcome.UNCHANGED:
            self._unchanged[action.module, action.direction] += 1
            return
        if not action.counted and action.outcome is Outcome.UPDATED:
            return
        self._env.recorder.add(self._env.run, self._result(action))

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

    # reporting

    def _note(self, error: VtxeroError, what: str = "") -> None:
        text = f"{what}: {error.message}" if what else error.message
        if error.remedy:
            text = f"{text} {error.remedy}"
        if text not in self._messages:
            self._messages.append(text)
        self._codes.add(error.exit_code)
        if isinstance(error.__cause__, BudgetError):
            # A write of several calls that ran out of calls half way: its fate is open, and the budget is why.
            self._codes.add(error.__cause__.exit_code)

    def _finish(self, started_at: datetime) -> RunReport:
        env = self._env
        for (name, direction), number in self._unchanged.items():
            env.recorder.add_unchanged(env.run, name, direction, number)
        rows = [(m.name, d) for m in self._wanted_modules() if m.name in self._chosen for d in self._directions(m)]
        counts = env.recorder.counts(env.run, rows)
        outcomes = {outcome for count in counts for outcome, number in count.counts.items() if number}
        self._codes |= {8} if Outcome.CONFLICT in outcomes and not self._request.dry_run else set()
        self._codes |= {3} if Outcome.FAILED in outcomes else set()
        exit_code = gravest(self._codes)
        status = "success" if exit_code == 0 else "partial" if exit_code in {3, 8} else "error"
        report = RunReport(
            env.run,
            self._request.dry_run,
            status,
            exit_code,
            started_at,
            round(env.clock.monotonic() - self._began, 3),
            counts,
            env.recorder.results(env.run),
            {side.value: env.sources[side].calls for side in Side},
            tuple(self._messages),
            self._write_calls(),
            tuple(self._lines),
        )
        env.recorder.finish(report, env.clock.now())
        return report

    def _directions(self, module: ModulePlan) -> tuple[Direction, ...]:
        direction = self._terms(module).direction
        return (Direction.TO_XERO, Direction.TO_VTIGER) if direction is Direction.BOTH else (direction,)

    def _write_calls(self) -> dict[str, int]:
        """The write calls that the plan costs: batches at Xero, one by one at Vtiger."""
        calls: Counter[str] = Counter()
        for place, number in self._planned.items():
            side, module, _ = place.split(":")
            size = self._env.sources[Side(side)].batch_size(module)
            calls[side] += -(-number // size)
        return dict(calls)
