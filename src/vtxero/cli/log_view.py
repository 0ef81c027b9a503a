"""Runs and their records as `vtxero log` shows them. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vtxero.cli.advice import typed
from vtxero.cli.changes_view import changed_parts, crossed, crosses_in_part, done
from vtxero.cli.document import moment
from vtxero.cli.layout import Fit, Flow
from vtxero.cli.naming import SHORT, TITLES, View, full_text, indented, name_of, number, outcome_words
from vtxero.cli.reasons_view import attention_parts
from vtxero.cli.render import count_tables, message_parts
from vtxero.cli.text import clean, plain
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome
from vtxero.sync.report import HistoryEntry, RecordResult, RunReport, RunSummary, taken_back


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are wanted; nothing named means all."""

    outcomes: frozenset[Outcome] = frozenset()
    module: str | None = None
    reason: Code | None = None

    def wants(self, record: RecordResult) -> bool:
        """Tell whether a record is wanted; a reason may be any of the record's, notes included.

        One that crossed in part is both: among those that were changed, and among those that a rule left alone.
        """
        is_both = bool(self.outcomes & {Outcome.SKIPPED, Outcome.UPDATED}) and crosses_in_part(record)
        return (
            (not self.outcomes or record.outcome in self.outcomes or is_both)
            and (self.module is None or record.module == self.module)
            and (self.reason is None or self.reason in {item.code for item in (*record.reasons, *record.notes)})
        )


def latest_each(records: Iterable[RecordResult]) -> list[RecordResult]:
    """Keep each record once, as it comes first; give runs newest first."""
    kept: dict[tuple[str, str, str], RecordResult] = {}
    for record in records:
        kept.setdefault((record.module, record.vtiger_id or "", record.xero_id or ""), record)
    return list(kept.values())


def runs_list(summaries: Sequence[RunSummary]) -> RenderableType:
    """Give runs as a table, or where a screen does not hold that, two lines each."""
    tables = (_runs_table(summaries, names=names) for names in (True, False))
    return Fit((*tables, Group(*(line for item in summaries for line in _run_lines(item)))))


def undo_parts(summaries: Sequence[RunSummary]) -> Iterator[RenderableType]:
    """Say of each undo what it was to take back."""
    for item in summaries:
        if item.takes_back:
            verb = "took back" if item.totals.get(Outcome.UPDATED) else "took nothing back of"
            yield Flow(Text(f"{clean(item.run)} {verb} {_taken(item.takes_back)}"), hang=2)


def _taken(name: str) -> str:
    return clean(name).replace("--origin xero", "what came from Xero")


def _runs_table(summaries: Sequence[RunSummary], *, names: bool) -> Table:
    """Give a table; with the `names` of the commands."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0, header_style="bold")
    table.add_column("run", no_wrap=True)
    if names:
        table.add_column("by", no_wrap=True)
    table.add_column("exit", justify="right", no_wrap=True)
    for outcome in Outcome:
        table.add_column(SHORT[outcome], justify="right", no_wrap=True)
    for item in summaries:
        numbers = (number(outcome, item.totals.get(outcome, 0)) for outcome in Outcome)
        table.add_row(plain(item.run), *([_name(item)] if names else []), _exit(item), *numbers)
    return table


def _name(item: RunSummary) -> str:
    return clean(item.command.partition(" ")[0])


def _run_lines(item: RunSummary) -> Iterator[RenderableType]:
    yield Text(f"{clean(item.run)}  {typed(f'{_name(item)}, exit {_exit(item)}')}")
    yield Flow(Text(", ").join(outcome_words(item.totals) or [Text("nothing to do")]), indent=2)


def _exit(item: RunSummary) -> str:
    return "-" if item.exit_code is None else str(item.exit_code)


def unended_parts(summaries: Sequence[RunSummary], command: str, under_way: str) -> Iterator[RenderableType]:
    """Say of each run without an exit code why it has none."""
    for item in summaries:
        if item.exit_code is not None:
            continue
        if item.run == under_way:
            yield Flow(Text(f"Exit -: {clean(item.run)} is under way."), hang=2)
        elif item.status == "running":
            yield Flow(Text(f"Exit -: {clean(item.run)} was interrupted; the next run settles what it left."), hang=2)
        else:
            told = typed(f"{command} log {clean(item.run)}")
            yield Flow(Text(f"Exit -: {clean(item.run)} was interrupted. What it had done: {told}"), hang=2)


def runs_parts(
    summaries: Sequence[RunSummary], command: str, *, since: str | None = None, under_way: str = ""
) -> Iterator[RenderableType]:
    """Give the runs, since a day where one was named, and how to see more of one; `under_way` names one of them."""
    if not summaries and since:
        yield Text(f"No runs since {clean(since)}. All of them: {typed(f'{command} log')}")
        return
    if not summaries:
        yield Text(f"No runs yet. The first one: {typed(f'{command} sync --dry-run')}")
        return
    yield runs_list(summaries)
    yield Text("")
    yield from undo_parts(summaries)
    yield from unended_parts(summaries, command, under_way)
    yield Text(f"The records of the latest: {typed(f'{command} log --last')}")
    yield Text(f"Those of another one: {typed(f'{command} log RUN')}")
    yield Text(f"What waits now, and what to do: {typed(f'{command} log --skipped --failed --conflicts')}")


def report_parts(report: RunReport, wanted: Filter, view: View) -> Iterator[RenderableType]:
    """Give one run with those of its records that are wanted."""
    end = f"{report.seconds:.1f} s, exit code {report.exit_code}" if report.has_ended else "without an end"
    yield Text(f"Run {clean(report.run)}, {moment(report.started_at)}, {end}", style="bold")
    view = replace(view, undoes=bool(taken_back(report.command)))
    if view.undoes:
        yield Text(f"An undo of {_taken(taken_back(report.command))}")
    yield from count_tables(report.modules)
    yield from message_parts(report)
    if not report.records and wanted == Filter():
        yield Text("It changed no record, and left none alone.")
        return
    yield from record_parts([record for record in report.records if wanted.wants(record)], view, report.run)


def history_parts(history: Sequence[HistoryEntry], view: View) -> Iterator[RenderableType]:
    """Give all that became of one record, newest first, each with its run, its changes and its reasons."""
    if not history:
        yield Text("Runs have told nothing of that kind about it.")
        return
    name = ""
    for entry in history:
        result = entry.result
        heading = Text.assemble(f"{result.module}: ", name_of(result), style="bold")
        if heading.plain != name:
            name = heading.plain
            yield heading
        yield from outcome_parts(entry, view.command)
        if result.changes:
            yield indented(crossed(result, whole=True, undoes=bool(entry.takes_back)), 4)
    yield Text("")
    yield Text(f"How it stands: {typed(f'{view.command} status {named(history[0].result)}')}")


def outcome_parts(entry: HistoryEntry, command: str) -> Iterator[RenderableType]:
    """Give what became of a record in a run, and why."""
    result = entry.result
    undone = f"  by an undo of {_taken(entry.takes_back)}" if entry.takes_back else ""
    where = f"  {typed(TITLES[result.direction])}{undone}"
    yield indented(Text.assemble(f"{clean(entry.run)}  ", done(result), where), 2)
    for item in (*result.reasons, *result.notes):
        yield indented(full_text(item, command), 4)


def record_parts(records: Sequence[RecordResult], view: View, run: str = "") -> Iterator[RenderableType]:
    """Give records in full: what crossed with its changes, what did not with its reasons."""
    if not records:
        yield Text("No record of this run is of that kind." if run else "No record of that kind waits now.")
        return
    yield from changed_parts(records, view)
    yield from attention_parts(records, view, run=run)
    yield Text("")
    story = typed(f"{view.command} status {named(records[0])}")
    yield Text(f"The whole story of one: {story}")


def named(record: RecordResult) -> str:
    """Name a record as `status` and `log` take it."""
    return shlex.quote(f"{record.module}:{clean(record.vtiger_id or record.xero_id or record.label)}")
