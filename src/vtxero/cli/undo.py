"""`vtxero undo`: takes a run back, after it has said what it can and what it cannot."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli import options
from vtxero.cli.advice import typed
from vtxero.cli.exitcodes import DONE, FAILED, INTERRUPTED, FailOn, tuned
from vtxero.cli.running import in_one_place, print_report
from vtxero.cli.session import Session
from vtxero.domain.sides import Side
from vtxero.errors import ConfigError, DeclinedError, SignalError
from vtxero.sync.records import Outcome
from vtxero.sync.undo_plan import UndoRequest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport

DRY = " --dry-run"
STOPPED_AT_ONCE = "Stopped at once. The same undo again finds out what became of a write that was under way."
NO_ONE_TO_ASK = "`vtxero undo` asks before it writes, and there is nobody to ask."


def undo(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The run to take back, as `vtxero log` lists it.")
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(metavar="xero", help="Instead of one run: remove from Vtiger all that syncing brought from Xero."),
    ] = None,
    dry_run: options.DryRunOption = False,
    fail_on: options.FailOnOption = FailOn.FAILED,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> int:
    """Take back what a run did, as far as that can be done.

    In Xero, drafts are deleted, approved invoices voided, contacts archived; in Vtiger, records go to the recycle bin;
    changed fields get their old values again on both sides. What somebody changed since is left alone. What cannot be
    taken back is said first.

    \b
    Examples:
      vtxero undo 2026-11-22T15-12-16Z-3f9c --dry-run
      vtxero undo 2026-11-22T15-12-16Z-3f9c
      vtxero undo --origin xero --yes
    """
    from vtxero.bootstrap.undoing import check_undo

    session: Session = ctx.obj
    request = _request(run, origin, dry_run=dry_run)
    settings = session.load().settings
    check_undo(settings, request)
    if not (yes or dry_run or session.may_ask):
        raise ConfigError(NO_ONE_TO_ASK, remedy="Look at it with --dry-run, then run it with --yes.")
    report, announced = _carry_out(session, settings, request, ask=not yes)
    totals: Counter[Outcome] = Counter()
    for count in report.modules:
        totals.update(count.counts)
    exit_code = tuned(report.exit_code, skipped=totals[Outcome.SKIPPED], fail_on=fail_on)
    report = replace(report, exit_code=exit_code)
    if not session.wants_json and in_one_place():
        report = replace(report, messages=tuple(text for text in report.messages if text not in announced))
    closing = _closing(session, report, request, totals)
    print_report(session, report, advice=False, closing=closing, undoes=True)
    return exit_code


def _closing(session: Session, report: RunReport, request: UndoRequest, totals: Counter[Outcome]) -> str:
    """Say, in one line, how it stands and what to do next."""
    again = typed(f"{session.command} {request.command.removesuffix(DRY)}")
    halves = _halves(report)
    done, left = totals[Outcome.UPDATED] + halves, totals[Outcome.SKIPPED] - halves
    if report.exit_code not in {DONE, FAILED}:
        return f"The undo ended early (exit code {report.exit_code}): see above. To go on: {again}"
    if request.dry_run:
        return f"To carry this out: {again}" if done else "Nothing can be taken back."
    if totals[Outcome.FAILED]:
        return f"Taken back: {done}, not yet: {totals[Outcome.FAILED]}. To try those again: {again}"
    if left or halves:
        why = typed(f"{session.command} log {report.run} --skipped")
        alone = f". Left alone: {left}" if left else ""
        return f"Taken back: {done or 'nothing'}{_in_part(halves)}{alone}; why, and what to do: {why}"
    return f"Taken back: {done}." if done else "Nothing was taken back."


def _halves(report: RunReport) -> int:
    """Count the pairs of which one side's half is taken back and the other's is left alone."""
    return sum(1 for record in report.records if record.outcome is Outcome.SKIPPED and record.changes)


def _in_part(halves: int) -> str:
    return f", of {halves} only a part" if halves else ""


def _request(run: str | None, origin: str | None, *, dry_run: bool) -> UndoRequest:
    suffix = DRY if dry_run else ""
    if run and origin:
        raise ConfigError("RUN and --origin exclude each other.", remedy="Give one of them.")
    if run:
        return UndoRequest(run.strip(), dry_run=dry_run, command=f"undo {run.strip()}{suffix}")
    if origin is None:
        raise ConfigError("Which run is to be taken back?", remedy="Name it; `vtxero log` lists the runs.")
    if origin.strip().lower() != Side.XERO:
        raise ConfigError(
            f"--origin: {origin!r} cannot be undone as a whole.",
            remedy="Only xero can: what came from there is removed from Vtiger. In Xero, take back run by run.",
        )
    return UndoRequest("", Side.XERO, dry_run=dry_run, command=f"undo --origin xero{suffix}")


def _carry_out(
    session: Session, settings: Settings, request: UndoRequest, *, ask: bool
) -> tuple[RunReport, tuple[str, ...]]:
    """Carry it out; also gives what was said beforehand."""
    from vtxero.bootstrap.undoing import run_undo
    from vtxero.cli.progress import RunProgress

    shown = not session.options.quiet
    announced: list[str] = []
    with RunProgress(sys.stderr, shown=shown, no_color=session.options.no_color) as progress:

        def announce(preview: RunReport) -> None:
            asks = ask and any(record.outcome is Outcome.UPDATED or record.changes for record in preview.records)
            with progress.paused():
                if asks:
                    session.complain_in_full(asked_parts(session, preview, request))
                for line in announcement(preview):
                    (session.complain if asks else session.say)(session.with_command(line))
                if preview.records and (asks or shown):
                    announced.extend(preview.messages)
                if asks and not _agrees():
                    raise DeclinedError("Nothing was taken back.")

        try:
            return run_undo(settings, request, progress, announce), tuple(announced)
        except KeyboardInterrupt:
            raise SignalError(STOPPED_AT_ONCE, exit_code=INTERRUPTED) from None


def _agrees() -> bool:
    from vtxero.bootstrap.signals import stop_at_once

    with stop_at_once():
        return typer.confirm("Take it back?", err=True)


def asked_parts(session: Session, preview: RunReport, request: UndoRequest) -> Iterator[RenderableType]:
    """Give, for who is asked, what will become of the records; of many the first ones, and how to see all."""
    from vtxero.cli.changes_view import plan_parts
    from vtxero.cli.naming import View
    from vtxero.cli.reasons_view import attention_parts
    from vtxero.cli.text import is_plain

    whole = f"{session.command} {request.command} --dry-run -o json"
    plain = is_plain(sys.stderr, no_color=session.options.no_color)
    view = View(session.command, is_plain=plain, whole=whole, undoes=True)
    yield from plan_parts(preview.records, view)
    yield from attention_parts(preview.records, view, run=None)


def announcement(preview: RunReport) -> Iterator[str]:
    """Say how many records will be written and left alone, and what is special about it; of none, nothing."""
    if not preview.records:
        return
    totals = Counter(record.outcome for record in preview.records)
    calls = ", ".join(f"{side.capitalize()} {number}" for side, number in preview.planned_calls.items()) or "none"
    halves = _halves(preview)
    yield (
        f"Records to take back: {totals[Outcome.UPDATED] + halves}{_in_part(halves)},"
        f" to leave alone: {totals[Outcome.SKIPPED] - halves};"
        f" calls that this takes, about: {calls}."
    )
    for message in preview.messages:
        yield f"! {message}"
