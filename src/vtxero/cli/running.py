"""Does one run, with progress on stderr, and prints its report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from vtxero.cli.exitcodes import CHANGES, INTERRUPTED, NOBODY_NEEDED
from vtxero.cli.session import Output, Session
from vtxero.errors import SignalError

if TYPE_CHECKING:
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport
    from vtxero.sync.request import RunRequest

STOPPED_AT_ONCE = "Stopped at once. The next run finds out what became of a write that was under way."
LEAVES_A_REPORT = frozenset({0, 3, 8, CHANGES})


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
