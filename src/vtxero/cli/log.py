"""`vtxero log`: what runs did, and what waits."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli import arguments
from vtxero.cli.session import Output, Session
from vtxero.domain.words import did_you_mean
from vtxero.errors import ConfigError
from vtxero.sync.records import Outcome

if TYPE_CHECKING:
    from vtxero.cli.log_view import Filter
    from vtxero.cli.naming import View
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RecordResult, RunLog, RunReport, RunSummary

WAITING = frozenset({Outcome.SKIPPED, Outcome.FAILED, Outcome.CONFLICT})
MANY = 1_000_000


def log(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN|KIND:ID", help="A run's name, or one record; none: all runs, or what waits."),
    ] = None,
    last: Annotated[bool, typer.Option("--last", help="The latest run.")] = False,
    skipped: Annotated[bool, typer.Option("--skipped", help="Records that a rule left alone.")] = False,
    failed: Annotated[bool, typer.Option("--failed", help="Records that a service refused.")] = False,
    conflicts: Annotated[bool, typer.Option("--conflicts", help="Records changed on both sides.")] = False,
    created: Annotated[bool, typer.Option("--created", help="Records made by a run.")] = False,
    updated: Annotated[bool, typer.Option("--updated", help="Records changed by a run.")] = False,
    module: Annotated[str | None, typer.Option(metavar="MODULE", help="Only this module.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only runs since then.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="CODE", help="Only records with this reason.")] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many runs are listed.")] = 20,
) -> None:
    """Show runs, the records of one, or what waits now.

    Without RUN, --skipped, --failed and --conflicts show everything that waits now, each record once, with its reasons,
    what to do, and where to find it on both sides.

    \b
    Examples:
      vtxero log
      vtxero log --skipped --module invoices
      vtxero log --last --created
      vtxero log invoices:INV12
      vtxero log --since 2026-11-01 --reason INV-GROUP-DISCOUNT
    """
    from vtxero.bootstrap.reading import open_log

    session: Session = ctx.obj
    if run and last:
        raise ConfigError("RUN and --last exclude each other.", remedy="Give one of them.")
    switches = {
        Outcome.SKIPPED: skipped,
        Outcome.FAILED: failed,
        Outcome.CONFLICT: conflicts,
        Outcome.CREATED: created,
        Outcome.UPDATED: updated,
    }
    wanted = _filter({outcome for outcome, is_on in switches.items() if is_on}, module, reason)
    moment = arguments.moment(since, "--since") if since else None
    settings = session.load().settings
    if run and ":" in run:
        _show_record(session, settings, run, wanted)
        return
    with open_log(settings) as book:
        if run or last:
            _show_run(session, book, "last" if last else str(run), wanted)
        elif moment and _is_set(wanted):
            _show_records(session, _records_since(book, moment, wanted))
        elif wanted.outcomes - WAITING:
            _show_run(session, book, "last", wanted)
        elif _is_set(wanted):
            _show_records(session, [record for record in book.waiting() if wanted.wants(record)])
        else:
            _show_runs(session, settings, _runs_since(book, moment, min(limit, MANY)), since=since)


def _filter(outcomes: set[Outcome], module: str | None, reason: str | None) -> Filter:
    from vtxero.cli.log_view import Filter

    return Filter(
        frozenset(outcomes),
        arguments.module(module) if module else None,
        arguments.reason(reason) if reason else None,
    )


def _is_set(wanted: Filter) -> bool:
    return bool(wanted.outcomes or wanted.module or wanted.reason)


def _runs_since(book: RunLog, moment: str | None, limit: int) -> list[RunSummary]:
    if moment is None:
        return book.runs(limit)
    start = arguments.as_datetime(moment)
    return [item for item in book.runs(MANY) if item.started_at >= start][:limit]


def _records_since(book: RunLog, moment: str, wanted: Filter) -> list[RecordResult]:
    """The records of all runs since then, each as the newest of them left it."""
    from vtxero.cli.log_view import latest_each

    reports = (book.report(item.run) for item in _runs_since(book, moment, MANY))
    records = (record for report in reports if report for record in report.records if wanted.wants(record))
    return latest_each(records)


def _show_record(session: Session, settings: Settings, text: str, wanted: Filter) -> None:
    """Show all that became of one record."""
    from vtxero.bootstrap.standing import record_stories
    from vtxero.cli import document, log_view

    module, _, record_id = arguments.records([text], ())[0].partition(":")
    stories = record_stories(settings, module, record_id, latest=None)
    told = dict.fromkeys(entry for story in stories for entry in story.history if wanted.wants(entry.result))
    history = sorted(told, key=lambda entry: entry.run.rpartition("-")[0], reverse=True)  # that is when the run began
    documents = [document.history_document(entry) for entry in history]
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": document.VERSION, "records": documents})
        case Output.JSONL:
            session.print_lines(documents)
        case Output.TABLE:
            session.show(log_view.history_parts(history, _view(session)))


def _no_such_run(name: str, likely: Sequence[str]) -> ConfigError:
    if arguments.is_day(name):
        return ConfigError(f"{name} is a day, not a run.", remedy=f"The runs since then: `vtxero log --since {name}`.")
    if likely:
        return ConfigError(f"There is no run {name!r}.{did_you_mean(likely)}", remedy="`vtxero log` lists the runs.")
    invoice = shlex.quote(f"invoices:{name}")
    return ConfigError(
        f"There is no run {name!r}.",
        remedy=f"`vtxero log` lists the runs. Is it an invoice? `vtxero log {invoice}` tells what became of it.",
    )


def _show_run(session: Session, book: RunLog, name: str, wanted: Filter) -> None:
    report = book.report(name)
    if report is None:
        if name == "last":
            raise ConfigError("There are no runs yet.", remedy="Start with `vtxero sync --dry-run`.")
        if book.has_forgotten(name):
            text = f"The log of the run {name} is no longer kept: it is older than history.log_days in the config."
            raise ConfigError(text, remedy="`vtxero log` lists the runs that are kept.")
        raise _no_such_run(name, book.named_like(name))
    kept: RunReport = replace(report, records=tuple(record for record in report.records if wanted.wants(record)))
    from vtxero.cli import document, log_view

    match session.options.output:
        case Output.JSON:
            session.print_json(document.run_document(kept))
        case Output.JSONL:
            session.print_lines(document.record_document(record) for record in kept.records)
        case Output.TABLE:
            session.show(log_view.report_parts(kept, wanted, _view(session)))


def _show_records(session: Session, records: Sequence[RecordResult]) -> None:
    from vtxero.cli import document, log_view

    match session.options.output:
        case Output.JSON:
            session.print_json(document.records_document(records))
        case Output.JSONL:
            session.print_lines(document.record_document(record) for record in records)
        case Output.TABLE:
            session.show(log_view.record_parts(records, _view(session)))


def _show_runs(session: Session, settings: Settings, summaries: Sequence[RunSummary], *, since: str | None) -> None:
    from vtxero.bootstrap.reading import under_way
    from vtxero.cli import document, log_view

    now = under_way(settings, summaries)
    documents = [document.summary_document(item, under_way=now) for item in summaries]
    match session.options.output:
        case Output.JSON:
            session.print_json({"version": document.VERSION, "runs": documents})
        case Output.JSONL:
            session.print_lines(documents)
        case Output.TABLE:
            session.show(log_view.runs_parts(summaries, session.command, since=since, under_way=now))


def _view(session: Session) -> View:
    from vtxero.cli.naming import View
    from vtxero.cli.text import is_plain

    return View(session.command, cap=None, is_plain=is_plain(sys.stdout, no_color=session.options.no_color))
