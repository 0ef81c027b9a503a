"""`vtxero sync`: the main job."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli import arguments
from vtxero.cli.exitcodes import CHANGES, INTERRUPTED, NOBODY_NEEDED, FailOn, tuned
from vtxero.cli.session import Output, Session
from vtxero.cli.watching import watched
from vtxero.domain.sides import Direction
from vtxero.errors import SignalError
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest

if TYPE_CHECKING:
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport

STOPPED_AT_ONCE = "Stopped at once. The next run finds out what became of a write that was under way."
LEAVES_A_REPORT = frozenset({0, 3, 8, CHANGES})


class Conflict(StrEnum):
    """What becomes of a field that both sides changed."""

    REPORT = "report"
    XERO = "xero"
    VTIGER = "vtiger"


def sync(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    modules: Annotated[
        list[str] | None,
        typer.Argument(metavar="MODULE", help=f"{', '.join(arguments.MODULES)}; none: all that the config enables."),
    ] = None,
    direction: Annotated[Direction | None, typer.Option(help="Which way; default: as the config says.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would be done, write nothing.")] = False,
    conflict: Annotated[
        Conflict | None, typer.Option(help="Who wins where both sides changed the same field; report: nobody.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read both sides whole, whatever was read before.")] = False,
    resync: Annotated[bool, typer.Option("--resync", help="Read everything and rebuild the links.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="KIND:ID", help="Only this record; may be given several times.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what changed since; moves no cursor.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Write at most N records per module; the rest waits.")
    ] = None,
    max_calls: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many calls.")] = None,
    max_duration: Annotated[str | None, typer.Option(metavar="T", help="At most so long: 90s, 10m, 1h30m.")] = None,
    lock_timeout: Annotated[
        str | None, typer.Option(metavar="T", help="Wait so long for another run to end; default: not at all.")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="GUARD", help=f"Let this guard through: {', '.join(arguments.GUARDS)}.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="From which outcome on the exit code is not 0.")] = FailOn.FAILED,
    ping_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Tell a watcher such as healthchecks.io how the run began and ended."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --resync.")] = False,
) -> int:
    """Sync records between Vtiger and Xero.

    Records that a rule leaves alone are shown with the reason and what to do about it.

    \b
    Examples:
      vtxero sync --dry-run
      vtxero sync invoices --direction to-xero
      vtxero sync --only invoices:INV12 --conflict vtiger
      vtxero sync --quiet --lock-timeout 10m        (for cron)
    """
    session: Session = ctx.obj
    names = arguments.modules(modules or ())
    request = RunRequest(
        modules=names,
        direction=direction,
        dry_run=dry_run,
        conflict=conflict.value if conflict else None,
        full=full,
        resync=resync,
        only=arguments.records(only or (), names),
        since=arguments.day(since, "--since") if since else None,
        limit=limit,
        max_calls=max_calls,
        max_seconds=arguments.duration(max_duration, "--max-duration") if max_duration else None,
        allow=tuple(dict.fromkeys(arguments.guard(text) for text in allow or ())),
        command=_command_line(names, dry_run=dry_run, direction=direction),
    )
    flags = {}
    if ping_url:
        flags["ping_url"] = ("--ping-url", ping_url)
    if lock_timeout:
        flags["lock_timeout"] = ("--lock-timeout", str(arguments.duration(lock_timeout, "--lock-timeout")))
    settings = session.load(flags).settings
    if resync and not (yes or dry_run) and session.may_ask:
        typer.confirm("Read everything on both sides and rebuild the links?", abort=True, err=True)
    with watched(settings, dry_run=dry_run) as ended_with:
        report = carry_out(session, settings, request)
        report = replace(report, exit_code=tuned(report.exit_code, skipped=_skipped(report), fail_on=fail_on))
        ended_with(report.exit_code)
        print_report(session, report, part=_part(request))
    return report.exit_code


def _part(request: RunRequest) -> str:
    """Name what a run was confined to, blank for one that looked at everything in both directions."""
    parts = {
        "--only": request.only,
        "--since": request.since,
        "--limit": request.limit,
        " and ".join(request.modules): request.modules,
        f"--direction {request.direction}": request.direction not in {None, Direction.BOTH},
    }
    return ", ".join(name for name, is_set in parts.items() if is_set)


def carry_out(session: Session, settings: Settings, request: RunRequest) -> RunReport:
    """Do one run, with progress on stderr."""
    from vtxero.bootstrap import run_sync
    from vtxero.cli.progress import RunProgress

    shown = not session.options.quiet
    with RunProgress(sys.stderr, shown=shown, no_color=session.options.no_color) as progress:
        try:
            return run_sync(settings, request, progress)
        except KeyboardInterrupt:
            raise SignalError(STOPPED_AT_ONCE, exit_code=INTERRUPTED) from None


def print_report(
    session: Session, report: RunReport, *, reasons: bool = True, advice: bool = True, part: str = ""
) -> None:
    """Print a run as asked for; with --quiet a table only when a person is needed. The switches are those of `View`.

    What went wrong is told once: on stderr, and in the table only where that goes elsewhere.
    """
    from vtxero.cli import document, render
    from vtxero.cli.naming import View
    from vtxero.cli.text import is_plain

    match session.options.output:
        case Output.JSON:
            session.print_json(document.run_document(report))
        case Output.JSONL:
            session.print_lines(document.record_document(record) for record in report.records)
        case Output.TABLE:
            if session.options.quiet and report.exit_code in NOBODY_NEEDED | {CHANGES}:
                return
            plain = is_plain(sys.stdout, no_color=session.options.no_color)
            view = View(session.command, is_plain=plain, reasons=reasons, advice=advice, part=part)
            failed = report.exit_code not in LEAVES_A_REPORT
            report = replace(report, messages=tuple(map(session.with_command, report.messages)))
            session.show(render.run_parts(report, replace(view, messages=not failed or _in_one_place())))
            if failed and _in_one_place():
                return
    if report.exit_code not in LEAVES_A_REPORT:
        if session.options.quiet and report.exit_code in NOBODY_NEEDED:
            return
        for message in report.messages:
            session.complain(f"Error: {session.with_command(message)}")


def _in_one_place() -> bool:
    """Tell whether stdout and stderr end up in the same place: one terminal, one mail of cron's."""
    try:
        places = [os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr)]
    except (OSError, ValueError):
        return False
    return (places[0].st_dev, places[0].st_ino) == (places[1].st_dev, places[1].st_ino)


def _skipped(report: RunReport) -> int:
    totals: Counter[Outcome] = Counter()
    for count in report.modules:
        totals.update(count.counts)
    return totals[Outcome.SKIPPED]


def _command_line(names: tuple[str, ...], *, dry_run: bool, direction: Direction | None) -> str:
    """How the log names this run."""
    parts = ["sync", *names]
    if direction:
        parts += ["--direction", direction.value]
    return " ".join([*parts, "--dry-run"] if dry_run else parts)
