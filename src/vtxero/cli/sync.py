"""`vtxero sync`: the main job."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from vtxero.cli import arguments, options
from vtxero.cli.exitcodes import FailOn, tuned
from vtxero.cli.running import carry_out, print_report
from vtxero.cli.session import Session
from vtxero.cli.watching import watched
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest

if TYPE_CHECKING:
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport


def sync(  # noqa: PLR0917 - Typer takes options as arguments
    ctx: typer.Context,
    modules: options.ModulesArgument = None,
    direction: options.DirectionOption = None,
    dry_run: options.DryRunOption = False,
    conflict: options.ConflictOption = None,
    full: options.FullOption = False,
    resync: options.ResyncOption = False,
    only: options.OnlyOption = None,
    since: options.SinceOption = None,
    limit: options.LimitOption = None,
    max_calls: options.MaxCallsOption = None,
    max_duration: options.MaxDurationOption = None,
    lock_timeout: options.LockTimeoutOption = None,
    allow: options.AllowOption = None,
    fail_on: options.FailOnOption = FailOn.FAILED,
    ping_url: options.PingUrlOption = None,
    yes: options.ResyncYesOption = False,
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
    settings = session.load(_flags(ping_url, lock_timeout)).settings
    if resync and not (yes or dry_run) and session.may_ask:
        typer.confirm("Read everything on both sides and rebuild the links?", abort=True, err=True)
    return _watched_run(session, settings, request, fail_on)


def _flags(ping_url: str | None, lock_timeout: str | None) -> dict[str, tuple[str, str]]:
    """Give the options that stand in for a setting."""
    flags = arguments.lock_flag(lock_timeout)
    if ping_url:
        flags["ping_url"] = ("--ping-url", ping_url)
    return flags


def _watched_run(session: Session, settings: Settings, request: RunRequest, fail_on: FailOn) -> int:
    """Do the run, tell the watcher of cron jobs and the user about it, and give the exit code."""
    with watched(settings, dry_run=request.dry_run) as ended_with:
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
