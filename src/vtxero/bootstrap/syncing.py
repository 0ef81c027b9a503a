"""One run, from the settings to the report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Protocol, runtime_checkable

from vtxero.bootstrap.catalogue import Catalogue, bar, forget_catalogue, load_catalogue, note_problem
from vtxero.bootstrap.clock import SystemClock, new_run_id
from vtxero.bootstrap.former_accounts import remember_account
from vtxero.bootstrap.instance import ALLOW, Services, check_instance, remember
from vtxero.bootstrap.restored import NamedRuns, check_restored
from vtxero.bootstrap.retention import forget_old_runs
from vtxero.bootstrap.signals import NEXT_RUN, StopRequest, stop_on_signals
from vtxero.bootstrap.standing import note_calls_left
from vtxero.bootstrap.wires import SOCKETS, Wires
from vtxero.config.lock import RunLock
from vtxero.config.secrets import with_secrets
from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.options import ModuleOptions, ModuleSwitch
from vtxero.domain.reasons import REASONS
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError, StateError, StopError
from vtxero.registry import MODULES, ModuleEntry, needs_retrieve, open_slices, page_finder
from vtxero.rules.refusals import translate_refusal
from vtxero.store import Database, SqliteRuns, SqliteState, open_database
from vtxero.store.database import scratch_copy
from vtxero.store.stories import Stories
from vtxero.sync.budget import CallBudget
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.lookup import StateLookups
from vtxero.sync.mapping import Mapped, Reach
from vtxero.sync.ports import Clock, Progress, RowSource
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult, RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.run import Run
from vtxero.sync.severity import gravest
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.source import VtigerSource
from vtxero.xero.client import XeroClient
from vtxero.xero.source import XeroSource

_log = logging.getLogger("vtxero")

MAPPED_MODULES = ("contacts", "organizations", "products", "invoices", "payments")
MATCHING: Mapping[str, tuple[str, ...]] = {
    "organizations.email_from": ("email",),
    "organizations.tax_number_field": ("tax_number",),
    "products.name_is": ("code", "name"),
    "invoices.placeholder_product": ("lines",),
}
"""Options below `modules` that decide what belongs together, and the fields that each decides."""


def run_sync(
    settings: Settings,
    request: RunRequest,
    progress: Progress,
    *,
    clock: Clock | None = None,
    wires: Wires = SOCKETS,
) -> RunReport:
    """Carry out one run.

    What stops the run once it is under way is told in the report, with its exit code.

    Raises:
        ConfigError, AuthError, StateError, LockedError: the run could not begin.
        StopError, TemporaryError, BudgetError: the preflight failed.
    """
    _check_direction(request)
    limit, dry_run = request.max_calls, request.dry_run
    with opened(settings, progress, clock=clock, dry_run=dry_run, max_calls=limit, wires=wires) as tools:
        environment = prepare(tools, request)
        with witnessed(tools, environment):
            report = Run(environment, request).execute()
        report = _with_unknown(report, request, tools.database, tools.clock)
        as_of = tools.clock.now().isoformat(timespec="seconds")
        left = {Side.VTIGER: tools.vtiger.day_left, Side.XERO: tools.xero.limiter.day_remaining}
        note_calls_left(SqliteState(tools.kept, report.run), left, as_of)
        problem = _problem_of(environment)
        if problem is not None:
            note_problem(SqliteState(tools.database, report.run), problem.message)
            report = _with_problem(report, problem)
            environment.recorder.finish(report, tools.clock.now())
        if any(_may_have_changed_taxes(record) for record in report.records):
            forget_catalogue(SqliteState(tools.database, report.run))
        if not dry_run:
            state, runs = SqliteState(tools.database, report.run), SqliteRuns(tools.database)
            forget_old_runs(state, runs, settings.history, tools.clock.now())
        return report


@contextmanager
def opened(
    settings: Settings,
    progress: Progress,
    *,
    clock: Clock | None = None,
    dry_run: bool,
    max_calls: int | None = None,
    wires: Wires = SOCKETS,
    successor: str = NEXT_RUN,
) -> Iterator[Opened]:
    """Open all that a run works with, under the lock of its profile; a dry run works on a copy of the state.

    `successor` is what goes on where a signal ends it.

    Raises:
        ConfigError, AuthError, StateError, LockedError: the run cannot begin.
    """
    clock = clock or SystemClock()
    settings = with_secrets(settings, _log.warning)
    with ExitStack() as stack:
        stack.enter_context(RunLock(settings.lock_file, timeout=settings.lock_timeout))
        stop = stack.enter_context(stop_on_signals("" if dry_run else successor))
        database = kept = stack.enter_context(closing(open_database(settings.database)))
        if dry_run:
            database = stack.enter_context(closing(scratch_copy(kept)))
        budget = CallBudget(max_calls)
        vtiger = stack.enter_context(wires.open_vtiger(settings, budget))
        xero = stack.enter_context(wires.open_xero(settings, clock, _log.warning, budget))
        if isinstance(progress, WatchesCalls):
            progress.watch_calls(lambda: xero.limiter.day_remaining)
        yield Opened(settings, database, kept, vtiger, xero, clock, stop, progress, wires.xero_batch)


@runtime_checkable
class WatchesCalls(Protocol):
    """Progress that also shows how many calls Xero still allows."""

    def watch_calls(self, left: Callable[[], int | None]) -> None:
        """Be told how to ask for them."""
        ...


def _with_unknown(report: RunReport, request: RunRequest, database: Database, clock: Clock) -> RunReport:
    """Say which of the records asked for exist on neither side: a mistyped number must not look like a success."""
    stories = Stories(database)
    asked = (text.partition(":") for text in request.only)
    unknown = [f"{module}:{record_id}" for module, _, record_id in asked if not stories.find(module, record_id)]
    if not unknown or report.exit_code not in {0, 3, 8}:
        return report
    text = f"Neither side has {', '.join(unknown)}: give Vtiger's id, Xero's id, the number, code or name."
    told = _with_error(report, text, ConfigError.exit_code)
    SqliteRuns(database).finish(told, clock.now())
    return told


def _problem_of(environment: Environment) -> StopError | None:
    source = environment.sources[Side.VTIGER]
    return source.problem if isinstance(source, VtigerSource) else None


def _with_problem(report: RunReport, problem: StopError) -> RunReport:
    """End the report with what was only seen in the answer to its last write."""
    return _with_error(report, problem.told, gravest({report.exit_code, problem.exit_code}))


def _with_error(report: RunReport, text: str, exit_code: int) -> RunReport:
    """Let a report say, once, what else went wrong."""
    if text not in report.messages:
        report = replace(report, messages=(*report.messages, text), errors=(*report.errors, text))
    return replace(report, status="error", exit_code=exit_code)


def _may_have_changed_taxes(record: RecordResult) -> bool:
    """Tell whether Vtiger's taxes may be others now than the reference data of this run says."""
    if record.module != "taxes" or any(reason.code is Code.TAX_DENIED for reason in record.reasons):
        return False
    return record.outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.FAILED}


def _check_direction(request: RunRequest) -> None:
    """Refuse to be asked by name for a module that does not go that way; without a name it is left out."""
    for entry in MODULES:
        goes = {None, Direction.BOTH, entry.only}
        if entry.only and entry.name in request.modules and request.direction not in goes:
            raise ConfigError(
                f"{entry.name} go {entry.only} only.", remedy="Leave --direction out, or name other modules."
            )


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened for one run. `database` is a copy in a dry run, `kept` the one on the disk."""

    settings: Settings
    database: Database
    kept: Database
    vtiger: VtigerClient
    xero: XeroClient
    clock: Clock
    stop: StopRequest
    progress: Progress
    xero_batch: int


def prepare(tools: Opened, request: RunRequest, *, tells_absences: bool = True) -> Environment:
    """Put a new run together; `tells_absences`: it says what this edition of Vtiger cannot do.

    Raises:
        StopError, AuthError, TemporaryError, BudgetError, NotModelledError: the preflight failed.
    """
    settings, opened_at = tools.settings, tools.clock.monotonic()
    run = new_run_id(tools.clock.now())
    state = SqliteState(tools.database, run)
    tools.progress.phase("Checking both services")
    fresh, moved = request.full or request.resync, ALLOW in request.allow
    catalogue = load_catalogue(state, tools.vtiger, tools.xero, tools.clock, settings, fresh=fresh, moved=moved)
    reference = catalogue.reference
    xero = XeroSource(tools.xero, batch=tools.xero_batch)
    told = check_restored(tools.database, state, settings.last_run_file, request)
    told += check_instance(Services(tools.database, state, tools.vtiger, xero, reference.vtiger), request)
    lookups = StateLookups(state)
    accounts = remember_account(state, settings.modules.invoices.adjustment_account)
    slices = open_slices(reference, settings.modules, settings.taxes, lookups, former_accounts=accounts)
    lookups.slices = slices
    sources: dict[Side, RowSource] = {
        Side.VTIGER: VtigerSource(
            tools.vtiger,
            reference.vtiger,
            needs_retrieve=lambda header, lines, _: needs_retrieve(header, lines, reference),
        ),
        Side.XERO: xero,
    }
    return Environment(
        run=run,
        state=state,
        recorder=SqliteRuns(tools.database) if request.dry_run else NamedRuns(tools.database, settings.last_run_file),
        sources=sources,
        slices=slices,
        modules=tuple(
            _plan_of(entry, settings, request, catalogue) for entry in MODULES if not entry.is_absent(reference)
        ),
        lookups=lookups,
        guards=settings.guards,
        tenant=reference.xero.organisation.organisation_id,
        mapped=mapped(settings),
        clock=tools.clock,
        progress=tools.progress,
        translate=translate_refusal,
        page_of=page_finder(reference, settings.xero.site),
        should_stop=tools.stop.check,
        transaction=state.transaction,
        messages=(*told, *(_absences(reference, settings, request) if tells_absences else ())),
        opened_at=opened_at,
    )


@contextmanager
def witnessed(tools: Opened, environment: Environment) -> Iterator[None]:
    """Keep what a run learns of both services' newest records, however it ends: by it the next knows them again."""
    source = environment.sources[Side.XERO]
    if not isinstance(source, XeroSource):
        raise TypeError("a run of ours reads Xero")
    try:
        yield
    finally:
        # Where the state cannot be used, the run has said so already, or the next one will.
        with suppress(StateError):
            remember(SqliteState(tools.database, environment.run), tools.vtiger, source)


def _absences(reference: Reference, settings: Settings, request: RunRequest) -> tuple[str, ...]:
    """Say once what this edition cannot do, where the run was asked to do it."""
    found = []
    for entry in MODULES:
        options: ModuleSwitch = getattr(settings.modules, entry.name)
        if entry.absent and entry.is_absent(reference) and isinstance(options, ModuleOptions):
            direction = request.direction or options.direction
            if request.asks_for(entry.name, enabled=options.enabled) and direction.reaches(Side.XERO):
                reason = REASONS[entry.absent]
                found.append(f"{entry.absent}: {reason.summary} {reason.remedy}")
    return tuple(found)


def mapped(settings: Settings) -> Mapped:
    """Sum up the options that decide which records and fields belong together; accounts and policies may change."""
    modules = settings.modules
    fields = {name: getattr(modules, name).fields for name in MAPPED_MODULES}
    others = {name: attrgetter(name)(modules) for name in MATCHING}
    options = {f"modules.{name}.fields.{key}": rule for name, rules in fields.items() for key, rule in rules.items()}
    options |= {f"modules.{name}": value for name, value in others.items()}
    return Mapped({name: _in_words(value) for name, value in options.items()}, _reach)


def _reach(option: str) -> Reach:
    """Tell which fields such an option decides."""
    _, module, name, *field = option.split(".", 3)
    return Reach(module, tuple(field) if name == "fields" else MATCHING.get(f"{module}.{name}", ()))


def _in_words(value: object) -> str:
    """Write a value as it stands in the config."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {each}' for name, each in value.items())}}}"
    return f"{value}" if value not in {None, ""} else "blank"


def _plan_of(entry: ModuleEntry, settings: Settings, request: RunRequest, catalogue: Catalogue) -> ModulePlan:
    options: ModuleSwitch = getattr(settings.modules, entry.name)
    if not isinstance(options, ModuleOptions):
        options = ModuleOptions(enabled=options.enabled)
    direction = entry.only or request.direction or options.direction
    return ModulePlan(
        entry.name, entry.depends_on, options, bar(entry, direction, catalogue), entry.only, entry.links_of
    )
