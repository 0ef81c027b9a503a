"""Taking a run back, from the settings to the report."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from vtxero.bootstrap.catalogue import load_catalogue
from vtxero.bootstrap.retention import check_remembered
from vtxero.bootstrap.syncing import Opened, opened, prepare, witnessed
from vtxero.bootstrap.wires import SOCKETS, Wires
from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.domain.words import did_you_mean
from vtxero.errors import ConfigError, StopError
from vtxero.registry import undo_rules
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.sync.environment import Environment
from vtxero.sync.ports import Clock, Progress, Remover
from vtxero.sync.report import RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.run import Run
from vtxero.sync.undo_plan import UndoRequest, UndoTools
from vtxero.sync.undo_run import Announce, UndoRun
from vtxero.vtiger.removing import VtigerRemover
from vtxero.xero.removing import XeroRemover
from vtxero.xero.source import XeroSource

SETTLING = "sync (before undo)"
SAME_UNDO = "the same undo again"
NOTHING = "There is nothing to take back."
IDS_STAY = "Xero's ids that were written into Vtiger's records (write_back) stay in their fields."
GOOD_ENOUGH = frozenset({0, 3, 8})


def run_undo(
    settings: Settings,
    request: UndoRequest,
    progress: Progress,
    announce: Announce,
    *,
    clock: Clock | None = None,
    wires: Wires = SOCKETS,
) -> RunReport:
    """Carry out one undo. `announce` is told what is going to happen before the first write, and may raise.

    Raises:
        ConfigError: there is no such run, or it is an undo itself.
        AuthError, StateError, LockedError: it could not begin.
        StopError, TemporaryError, BudgetError: the preflight failed.
    """
    dry_run = request.dry_run
    with opened(settings, progress, clock=clock, dry_run=dry_run, wires=wires, successor=SAME_UNDO) as tools:
        _check_run(SqliteRuns(tools.database), SqliteState(tools.database, ""), request)
        _settle_unknown(tools)
        environment = prepare(tools, RunRequest(dry_run=dry_run), tells_absences=False)
        with witnessed(tools, environment):
            earlier, nothing = _told_of(SqliteRuns(tools.database), SqliteState(tools.database, ""), request.run)
        undo_tools = replace(_tools_for(tools, environment), earlier=earlier, nothing=nothing)
        return UndoRun(undo_tools, request, announce).execute()


def check_undo(settings: Settings, request: UndoRequest) -> None:
    """Refuse what cannot be undone, before anything is asked of anybody.

    Raises:
        ConfigError: there is no such run, or it is an undo itself.
        StateError: the state database is unreadable or from a newer vtxero.
    """
    with closing(open_database(settings.database)) as database:
        _check_run(SqliteRuns(database), SqliteState(database, ""), request)


def _told_of(runs: SqliteRuns, state: SqliteState, run: str) -> tuple[str, str]:
    """Say what another undo took back of a run before, and what is said where nothing of it is left."""
    if not run:
        return "", NOTHING
    names = state.taken_back_by(run)
    if not names:
        return "", f"The run {run} wrote nothing, so there is nothing to take back."
    found = ((name, runs.summary(name)) for name in names)
    told = " and ".join(
        f"the run {name}{f' on {at.started_at:%Y-%m-%d at %H:%M:%S} UTC' if at else ''}" for name, at in found
    )
    return f"The run {run} was taken back before, by {told}: this is about what was left of it.", (
        f"The run {run} was already taken back, by {told}. There is nothing left to take back."
    )


def _check_run(runs: SqliteRuns, state: SqliteState, request: UndoRequest) -> None:
    if not request.run:
        return
    summary = runs.summary(request.run)
    if summary is None and runs.has_forgotten(request.run):
        text = f"The run {request.run} can no longer be undone: it is too old to be known."
        raise ConfigError(text, remedy="history.undo_days in the config says how long later runs can be undone.")
    if summary is None:
        raise ConfigError(
            f"There is no run {request.run!r}.{did_you_mean(runs.named_like(request.run))}",
            remedy="`vtxero log` lists the runs.",
        )
    if summary.command.startswith("undo"):
        text = f"{request.run} was an undo itself, and what it removed is not made again by undoing it."
        raise ConfigError(text, remedy="`vtxero sync` carries the records over again.")
    check_remembered(state, summary)


def _settle_unknown(tools: Opened) -> None:
    """Find out first what became of the writes that an interrupted run sent: they are its doing as well.

    A sync that may write nothing does that: what it finds is known from then on as made or changed by that run.

    Raises:
        StopError: it cannot be found out now.
    """
    if not SqliteState(tools.database, "").unknown_writes():
        return
    request = RunRequest(limit=0, command=SETTLING)
    report = Run(prepare(tools, request), request).execute()
    if report.exit_code not in GOOD_ENOUGH:
        words = " ".join(report.messages)
        raise StopError(
            f"A run was interrupted, and what became of its last write could not be found out. {words}",
            code=Code.RUN_ENDED,
            remedy="Mend that, or let `vtxero sync` end well once, and undo again.",
        )


def _tools_for(tools: Opened, environment: Environment) -> UndoTools:
    state = environment.state
    if not isinstance(state, SqliteState):
        raise TypeError("a run of ours works on SQLite")
    reference = _reference(tools, state)
    removers: dict[Side, Remover] = {
        Side.VTIGER: VtigerRemover(tools.vtiger, reference.vtiger),
        Side.XERO: XeroRemover(tools.xero, XeroSource(tools.xero)),
    }
    options = (getattr(tools.settings.modules, module.name) for module in environment.modules)
    words = (IDS_STAY,) if any(getattr(each, "write_back", False) for each in options) else ()
    return UndoTools(environment, state, undo_rules(reference), removers, words)


def _reference(tools: Opened, state: SqliteState) -> Reference:
    """The run's own reference data: just read, so it comes from the state."""
    return load_catalogue(state, tools.vtiger, tools.xero, tools.clock, tools.settings, fresh=False).reference
