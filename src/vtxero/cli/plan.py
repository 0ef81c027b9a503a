"""`vtxero plan` and `vtxero apply`: the main job in two steps, with a look in between."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vtxero.cli import arguments, options
from vtxero.cli.advice import typed
from vtxero.cli.exitcodes import CHANGES, CONFLICT
from vtxero.cli.run_options import RunOptions, takes_run_options
from vtxero.cli.running import carry_out, part_of, print_report
from vtxero.cli.session import Session
from vtxero.domain.codes import Code
from vtxero.errors import ConfigError
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest

if TYPE_CHECKING:
    from vtxero.cli.plan_file import PlanFile
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport

WRITES = (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED)


@takes_run_options
def plan(
    ctx: typer.Context,
    *,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Save the plan for `vtxero apply`.")] = None,
    run: RunOptions,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 10 when there is anything to do.")
    ] = False,
) -> int:
    """Show what a sync would do, with every field's before and after; send nothing.

    \b
    Examples:
      vtxero plan
      vtxero plan invoices --out friday.json
      vtxero plan --detailed-exitcode --quiet
    """
    session: Session = ctx.obj
    request = run.request("plan", dry_run=True)
    settings = session.load(run.settings()).settings
    report = carry_out(session, settings, request)
    if out is not None and report.exit_code == 0:
        from vtxero.cli.plan_file import save_plan

        save_plan(out, report, request, profile=settings.profile, places=_places(settings))
        session.say(f"The plan is saved: {out}")
    elif out is not None:
        session.warn(f"The plan is not whole (exit code {report.exit_code}), and is not saved: {out}")
    closing = _closing_of_plan(session, report, out)
    if detailed_exitcode and report.exit_code == 0 and _has_changes(report):
        report = replace(report, exit_code=CHANGES)
    print_report(session, report, part=part_of(request), closing=closing)
    return report.exit_code


def _closing_of_plan(session: Session, report: RunReport, out: Path | None) -> str:
    """Say how the plan is carried out; blank where that is not what has to be said."""
    if report.exit_code or not _has_changes(report):
        return ""
    if out is not None:
        return f"To carry this out: {typed(f'{session.command} apply {shlex.quote(str(out))}')}"
    return "To carry this out, run the same with `sync` in the place of `plan`."


def _has_changes(report: RunReport) -> bool:
    """Tell whether anything would be done; noting that a pair was read again is nothing that people would see."""
    return any(count.counts.get(outcome, 0) for count in report.modules for outcome in WRITES)


def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan made with `vtxero plan --out`.")],
    max_calls: options.MaxCallsOption = None,
    max_duration: options.MaxDurationOption = None,
    lock_timeout: options.LockTimeoutOption = None,
) -> int:
    """Carry out a saved plan: exactly its lines; those whose records have moved since are refused one by one.

    \b
    Example:
      vtxero apply friday.json
    """
    from vtxero.cli.plan_file import load_plan

    session: Session = ctx.obj
    max_seconds, flags = arguments.time_limit(max_duration), arguments.lock_flag(lock_timeout)
    saved, settings = load_plan(file), session.load(flags).settings
    if (saved.profile, saved.vtiger, saved.xero) != (settings.profile, *_places(settings)):
        raise ConfigError(
            f"{file} was made for the profile {saved.profile} with {saved.vtiger} and {saved.xero}.",
            remedy="Apply it with the same config and profile, or make a new plan.",
        )
    request = RunRequest(
        modules=saved.modules,
        direction=saved.direction,
        conflict=saved.conflict,
        allow=("changes",),
        approved=saved.writes,
        max_calls=max_calls,
        max_seconds=max_seconds,
        command=f"apply {file.name}",
    )
    report = carry_out(session, settings, request)
    print_report(session, report, closing=_closing_of_apply(session, saved, report))
    return report.exit_code


def _closing_of_apply(session: Session, saved: PlanFile, report: RunReport) -> str:
    """Say how the plan was carried out; blank where something went wrong that a run says as well.

    A plan knows its own lines only: whether both sides are in step is for a sync to say.
    """
    if report.exit_code not in {0, CONFLICT}:
        return ""
    totals = Counter({outcome: sum(count.counts.get(outcome, 0) for count in report.modules) for outcome in Outcome})
    new = typed(f"{session.command} plan")
    moved = sum(1 for record in report.records if any(item.code is Code.MOVED for item in record.reasons))
    if moved:
        again = typed(f"{session.command} plan --out FILE")
        return f"Lines of the plan refused, as their records were changed since: {moved}. A new plan: {again}"
    if totals[Outcome.CONFLICT]:
        return ""
    if not saved.writes:
        return f"This plan held nothing to do. What is to be done now: {new}"
    if not sum(totals[outcome] for outcome in WRITES):
        return f"Nothing in this plan was left to do. What is to be done now: {new}"
    return f"The plan is carried out. What else is to be done now: {new}"


def _places(settings: Settings) -> tuple[str, str]:
    """What a plan is bound to: the Vtiger, and the app or organisation at Xero."""
    return settings.vtiger.url, settings.xero.tenant_id or settings.xero.client_id
