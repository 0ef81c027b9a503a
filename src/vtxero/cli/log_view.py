"""Runs and their records as `vtxero log` shows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from vtxero.cli.changes_view import changed_parts
from vtxero.cli.document import moment
from vtxero.cli.naming import STYLES, View
from vtxero.cli.reasons_view import attention_parts
from vtxero.cli.render import count_tables, message_parts
from vtxero.cli.text import clean, plain
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult, RunReport, RunSummary

SHORT = {
    Outcome.CREATED: "new",
    Outcome.UPDATED: "upd",
    Outcome.LINKED: "link",
    Outcome.UNCHANGED: "same",
    Outcome.SKIPPED: "skip",
    Outcome.CONFLICT: "conf",
    Outcome.FAILED: "fail",
}
"""Headings short enough for six digits each, beside a run's name, in 80 columns."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are wanted; nothing named means all."""

    outcomes: frozenset[Outcome] = frozenset()
    module: str | None = None
    reason: Code | None = None

    def wants(self, record: RecordResult) -> bool:
        """Tell whether a record is wanted; a reason may be any of the record's, notes included."""
        return (
            (not self.outcomes or record.outcome in self.outcomes)
            and (self.module is None or record.module == self.module)
            and (self.reason is None or self.reason in {item.code for item in (*record.reasons, *record.notes)})
        )


def latest_each(records: Iterable[RecordResult]) -> list[RecordResult]:
    """Keep each record once, as it comes first; give runs newest first."""
    kept: dict[tuple[str, str, str], RecordResult] = {}
    for record in records:
        kept.setdefault((record.module, record.vtiger_id or "", record.xero_id or ""), record)
    return list(kept.values())


def runs_table(summaries: Sequence[RunSummary]) -> Table:
    """Give a table of runs; it fits in 80 columns."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0, header_style="bold")
    table.add_column("run", no_wrap=True)
    table.add_column("exit", justify="right", no_wrap=True)
    for outcome in Outcome:
        table.add_column(SHORT[outcome], justify="right", no_wrap=True)
    for item in summaries:
        numbers = [item.totals.get(outcome, 0) for outcome in Outcome]
        cells = [
            Text(str(number), style=STYLES[o] if number else "dim") for o, number in zip(Outcome, numbers, strict=True)
        ]
        code = "-" if item.exit_code is None else str(item.exit_code)
        table.add_row(plain(item.run), code, *cells)
    return table


def runs_parts(summaries: Sequence[RunSummary], command: str, *, since: str | None = None) -> Iterator[RenderableType]:
    """Give the runs, since a day where one was named, and how to see more of one."""
    if not summaries and since:
        yield Text(f"No runs since {clean(since)}. All of them: {command} log")
        return
    if not summaries:
        yield Text(f"No runs yet. The first one: {command} sync --dry-run")
        return
    yield runs_table(summaries)
    yield Text("")
    if any(item.exit_code is None for item in summaries):
        yield Text("Exit -: the run was interrupted; the next one settles what it left.")
    yield Text(f"The records of one: {command} log RUN, or --last. What waits now: {command} log --skipped")


def report_parts(report: RunReport, wanted: Filter, view: View) -> Iterator[RenderableType]:
    """Give one run with those of its records that are wanted."""
    head = f"Run {clean(report.run)}, {moment(report.started_at)}, {report.seconds:.1f} s, exit code {report.exit_code}"
    yield Text(head, style="bold")
    yield from count_tables(report.modules)
    yield from message_parts(report)
    yield from record_parts([record for record in report.records if wanted.wants(record)], view, report.run)


def record_parts(records: Sequence[RecordResult], view: View, run: str = "") -> Iterator[RenderableType]:
    """Give records in full: what crossed with its changes, what did not with its reasons."""
    if not records:
        yield Text("No such records.")
        return
    yield from changed_parts(records, view)
    yield from attention_parts(records, view, run=run)
    yield Text("")
    yield Text(f"The whole story of one: {view.command} status {clean(_named(records[0]))}")


def _named(record: RecordResult) -> str:
    """Name a record as `status` takes it."""
    return f"{record.module}:{record.vtiger_id or record.xero_id or record.label}"
