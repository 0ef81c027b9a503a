"""`vtxero sync`: the main job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from vtxero.cli import options
from vtxero.cli.exitcodes import FailOn, tuned
from vtxero.cli.run_options import RunOptions, takes_run_options
from vtxero.cli.running import carry_out, part_of, print_report
from vtxero.cli.session import Session
from vtxero.cli.watching import watched
from vtxero.domain.codes import Code
from vtxero.errors import DeclinedError
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest

if TYPE_CHECKING:
    from vtxero.config.settings import Settings
    from vtxero.sync.report import RunReport


@takes_run_options
def sync(
    ctx: typer.Context,
    *,
    dry_run: options.DryRunOption = False,
    run: RunOptions,
    resync: options.ResyncOption = False,
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
    switches = ("--dry-run",) if dry_run else ()
    request = run.request("sync", *switches, dry_run=dry_run, resync=resync)
    flags = run.settings()
    if ping_url:
        flags["ping_url"] = ("--ping-url", ping_url)
    settings = session.load(flags).settings
    if resync and not (yes or dry_run) and session.may_ask:
        _ask_about_links()
    return _watched_run(session, settings, request, fail_on)


def _ask_about_links() -> None:
    """Raise DeclinedError where the person at the terminal wants no `--resync`."""
    if not typer.confirm("Read everything on both sides and rebuild the links?", err=True):
        raise DeclinedError("Nothing was read, and nothing was written.")


def _watched_run(session: Session, settings: Settings, request: RunRequest, fail_on: FailOn) -> int:
    """Do the run, tell the watcher of cron jobs and the user about it, and give the exit code."""
    with watched(settings, dry_run=request.dry_run) as ended_with:
        report = carry_out(session, settings, request)
        report = replace(report, exit_code=tuned(report.exit_code, skipped=_skipped(report, fail_on), fail_on=fail_on))
        ended_with(report.exit_code)
        print_report(session, report, part=part_of(request))
    return report.exit_code


def _skipped(report: RunReport, fail_on: FailOn) -> int:
    """Count all that was left alone, told before or not: who asks for a sign wants it until the cause is mended.

    The placeholder product has none that anybody could mend, and must not keep the sign up for ever.
    """
    total = sum(count.counts.get(Outcome.SKIPPED, 0) for count in report.modules)
    if not total or fail_on is not FailOn.SKIP:
        return total  # a report may hold a hundred thousand records, and reads each when it is asked for
    skipped = (record for record in report.records if record.outcome is Outcome.SKIPPED)
    return total - sum(1 for record in skipped if {item.code for item in record.reasons} == {Code.PRD_PLACEHOLDER})
