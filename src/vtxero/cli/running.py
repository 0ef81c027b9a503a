"""Does one run, with progress on stderr, and prints its report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from vtxero.cli.exitcodes import CHANGES, INTERRUPTED, NOBODY_NEEDED
from vtxero.cli.session import Output, Session
from vtxero.domain.sides import Direction
from vtxero.errors import SignalError

if TYPE_CHECKING:
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport
    from vtxero.sync.request import RunRequest

NOTHING_WRITTEN = "Stopped at once; nothing was written."
STOPPED_AT_ONCE = "Stopped at once. The next run finds out what became of a write that was under way."


def carry_out(session: Session, settings: Settings, request: RunRequest) -> RunReport:
    """Do one run, with progress on stderr."""
    from vtxero.bootstrap.syncing import run_sync
    from vtxero.cli.progress import RunProgress

    shown = not session.options.quiet
    with RunProgress(sys.stderr, shown=shown, no_color=session.options.no_color) as progress:
        try:
            return run_sync(settings, request, progress)
        except KeyboardInterrupt:
            text = NOTHING_WRITTEN if request.dry_run else STOPPED_AT_ONCE
            raise SignalError(text, exit_code=INTERRUPTED) from None


def print_report(
    session: Session,
    report: RunReport,
    *,
    reasons: bool = True,
    advice: bool = True,
    part: str = "",
    closing: str = "",
    undoes: bool = False,
) -> None:
    """Print a run as asked for; with --quiet a table only when a person is needed. The switches are those of `View`.

    What went wrong is told once: on stderr, or in the table where both go to the same place.
    """
    quiet = session.options.quiet and report.exit_code in NOBODY_NEEDED | {CHANGES}
    if session.wants_json:
        _print_document(session, report)
    if quiet or (session.options.quiet and not session.wants_json and _told_before(session, report)):
        return
    errors = tuple(map(session.with_command, report.errors))
    if not session.wants_json:
        from vtxero.cli import render
        from vtxero.cli.naming import View
        from vtxero.cli.text import is_plain

        plain, together = is_plain(sys.stdout, no_color=session.options.no_color), in_one_place()
        view = View(
            session.command,
            is_plain=plain,
            reasons=reasons,
            advice=advice,
            part=part,
            errors=together,
            closing=closing,
            undoes=undoes,
        )
        shown = replace(report, messages=tuple(map(session.with_command, report.messages)), errors=errors)
        session.show(render.run_parts(shown, view))
        if together:
            return
    for text in errors:
        session.complain(f"Error: {text}")


def _told_before(session: Session, report: RunReport) -> bool:
    """Remind of conflicts in a line, where they are all that needs a person and were told in full by a run before."""
    from vtxero.cli.render import waiting_as_before

    line = waiting_as_before(report, session.command)
    if line:
        session.print_words(line)
    return bool(line)


def part_of(request: RunRequest) -> str:
    """Name what a run was confined to, blank for one that looked at everything in both directions."""
    parts = {
        "--only": request.only,
        "--since": request.since,
        "--limit": request.limit,
        " and ".join(request.modules): request.modules,
        f"--direction {request.direction}": request.direction not in {None, Direction.BOTH},
    }
    return ", ".join(name for name, is_set in parts.items() if is_set)


def _print_document(session: Session, report: RunReport) -> None:
    from vtxero.cli import document

    if session.options.output is Output.JSON:
        session.print_json(document.run_document(report))
    else:
        session.print_lines(document.record_document(record) for record in report.records)


def in_one_place() -> bool:
    """Tell whether stdout and stderr end up in the same place: one terminal, one mail of cron's."""
    try:
        places = [os.fstat(stream.fileno()) for stream in (sys.stdout, sys.stderr)]
    except (OSError, ValueError):
        return False
    return (places[0].st_dev, places[0].st_ino) == (places[1].st_dev, places[1].st_ino)
