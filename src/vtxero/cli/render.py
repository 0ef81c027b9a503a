"""A run's report as tables and text. Pure: report in, renderable parts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vtxero.cli.advice import as_typed, typed
from vtxero.cli.changes_view import WRITTEN, plan_parts
from vtxero.cli.exitcodes import CHANGES, CONFLICT
from vtxero.cli.layout import Fit, Flow
from vtxero.cli.naming import SHORT, TITLES, View, in_order, indented, number, outcome_words
from vtxero.cli.reasons_view import attention_parts, note_parts
from vtxero.cli.text import clean, clean_lines, plain
from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Direction
from vtxero.domain.words import counted
from vtxero.errors import BudgetError
from vtxero.sync.records import Outcome
from vtxero.sync.report import ModuleCount, RunReport, was_moved


def run_parts(report: RunReport, view: View) -> Iterator[RenderableType]:
    """Give a whole run: counts, plan, what needs attention, what to do next."""
    kind = "Plan" if report.dry_run else "Run"
    suffix = " (dry run: nothing was written)" if report.dry_run else ""
    yield Text(f"{kind} {clean(report.run)}{suffix}", style="bold")
    yield from count_tables(report.modules)
    if view.advice and any(count.seen for count in report.modules):
        seen = "Seen is what was read: changes since just before the last run, and what waits."
        if "--only" in view.part:
            seen = "Seen is what was asked for, as far as it changed since the last run or waits."
        yield Text(seen, style="dim")
    if report.dry_run:
        yield from plan_parts(report.records, view)
    if view.reasons:
        run = None if report.dry_run else report.run
        folds = not (view.undoes and report.dry_run) and _folds(view.part)
        yield from attention_parts(report.records, view, run=run, folds=folds)
        yield from note_parts(report.records, view, run=run)
    yield from message_parts(report, errors=view.errors)
    yield Text("")
    yield _calls_line(report)
    closing = view.closing or (closing_line(report, view.command, part=view.part) if view.advice else "")
    if closing:
        yield Text(closing, style="bold")


def _folds(part: str) -> bool:
    """Tell whether what was told before is only counted: who asks for records by name wants to read of them."""
    return "--only" not in part


def count_tables(counts: Sequence[ModuleCount]) -> Iterator[RenderableType]:
    """Give one table per direction; all outcomes fit in 80 columns, and each row adds up to `seen`."""
    for direction in Direction:
        rows = sorted((count for count in counts if count.direction is direction), key=lambda row: in_order(row.module))
        if not rows:
            continue
        title = TITLES[direction]
        tables = (_count_table(title, rows, names) for names in ({o: o.value for o in Outcome}, SHORT))
        yield Text("")
        yield Fit((*tables, Group(Text(title, style="bold"), *map(_count_line, rows))))


def _count_table(title: str, rows: Iterable[ModuleCount], names: Mapping[Outcome, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=0, header_style="bold")
    table.add_column(Text(typed(title)), min_width=13, no_wrap=True)
    for name in (*names.values(), "seen"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        numbers = [number(outcome, row.counts.get(outcome, 0)) for outcome in Outcome]
        table.add_row(clean(row.module), *numbers, Text(str(row.seen)))
    return table


def _count_line(row: ModuleCount) -> RenderableType:
    """Give a row in words, without what did not happen."""
    told = [*outcome_words(row.counts), Text(typed(f"{row.seen} seen"))]
    return Flow(Text.assemble(f"{clean(row.module)}: ", Text(", ").join(told)), indent=2, hang=2)


def reason_list(codes: Iterable[Code], command: str) -> Iterator[RenderableType]:
    """Give reasons with their summaries, and how to read on."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for code in codes:
        table.add_row(Text(code.value, style="bold"), REASONS[code].summary)
    yield table
    yield Text("")
    yield Text(f"How one comes about, and what to do: {typed(f'{command} explain CODE')}")


def reason_parts(code: Code, command: str, explanation: str = "", *, gap: bool = False) -> Iterator[RenderableType]:
    """Give a reason with how it comes about and its remedy; `gap`: it follows another one."""
    if gap:
        yield Text("")
    yield Text(code.value, style="bold")
    yield indented(Text(REASONS[code].summary), 2)
    if explanation:
        yield indented(Text(f"\n{clean_lines(explanation)}\n"), 2)
    yield indented(Text.assemble(("What to do: ", "bold"), as_typed(REASONS[code].remedy, command)), 2)


def closing_line(report: RunReport, command: str, *, part: str = "") -> str:
    """Say, in one line, how it stands and what to do next; `part` is what the run was confined to."""
    totals = {outcome: sum(count.counts.get(outcome, 0) for count in report.modules) for outcome in Outcome}
    writes = _writes(report)
    if report.exit_code == BudgetError.exit_code:
        return f"Not finished: what was allowed is used up. What is done is saved; to go on: {typed(f'{command} sync')}"
    if report.exit_code not in {0, 3, 8, CHANGES}:
        kind, saved = ("plan", "Nothing was written") if report.dry_run else ("run", "What was done is saved")
        return f"The {kind} ended early (exit code {report.exit_code}): see above. {saved}."
    if report.dry_run:
        return (
            "To carry this out, run the same without --dry-run."
            if writes
            else _closing_of_idle_plan(report, totals, command, part)
        )
    moved = sum(1 for record in report.records if record.outcome is Outcome.CONFLICT and was_moved(record.reasons))
    if moved and moved == totals[Outcome.CONFLICT] and not totals[Outcome.FAILED]:
        return f"Done. What was edited meanwhile crosses in the next run: {typed(f'{command} sync')}"
    return _closing_of_run(totals, writes, command, part)


def waiting_as_before(report: RunReport, command: str) -> str:
    """Say, in one line, that only conflicts that were told before need a person; blank if anything else does."""
    known = [record for record in report.records if record.outcome is Outcome.CONFLICT]
    if report.exit_code != CONFLICT or not all(record.repeated for record in known):
        return ""
    if any(count.counts.get(Outcome.FAILED) for count in report.modules):
        return ""
    waits = "waits" if len(known) == 1 else "wait"
    how = typed(f"{command} log --conflicts")
    return f"{counted(len(known), 'conflict')} {waits} for your decision, as before: {how}"


def _closing_of_idle_plan(report: RunReport, totals: Mapping[Outcome, int], command: str, part: str) -> str:
    """Say what is left to people where a run would write nothing."""
    if totals[Outcome.CONFLICT]:
        return "Nothing would be written. Conflicts wait for your decision: see above."
    if totals[Outcome.SKIPPED]:
        told = not _folds(part) or any(r.outcome is Outcome.SKIPPED and not r.repeated for r in report.records)
        where = "see above" if told else typed(f"{command} log --skipped")
        return f"Nothing would be written. Records left alone, with what to do about them: {where}."
    return "There is nothing to do."


def _writes(report: RunReport) -> int:
    """How many records are written, or would be."""
    return sum(count.counts.get(outcome, 0) for count in report.modules for outcome in WRITTEN)


def _closing_of_run(totals: Mapping[Outcome, int], writes: int, command: str, part: str) -> str:
    """Say how a run stands that came to its end."""
    if totals[Outcome.FAILED]:
        return f"Some records failed; see them all: {typed(f'{command} log --failed')}"
    if totals[Outcome.CONFLICT]:
        return f"Conflicts wait for your decision: {typed(f'{command} log --conflicts')}"
    if totals[Outcome.SKIPPED]:
        start = "Done" if writes else "Nothing to do"
        return f"{start}. Records left alone, with what to do about them: {typed(f'{command} log --skipped')}"
    if part:
        start = "Done" if writes else "Nothing to do"
        return f"{start}, as far as {part} goes. All the rest: {typed(f'{command} sync')}"
    return "Done. Both sides are in step." if writes else "Nothing to do: both sides are in step."


def _calls_line(report: RunReport) -> Text:
    def listed(calls: Iterable[tuple[str, int]]) -> str:
        return ", ".join(f"{side.capitalize()} {number}" for side, number in calls)

    line = f"Calls: {listed(report.calls.items())}; {report.seconds:.1f} s." if report.calls else ""
    if report.dry_run and _writes(report):
        planned = listed(report.planned_calls.items())
        more = f"the same once more, and about {planned}" if planned else "no more than the same once more"
        seconds = f"; {rough_time(report.planned_seconds)} in all" if report.planned_seconds else ""
        line = f"{line} To carry it out: {more}{seconds}.".strip()
    return Text(line, style="dim")


def message_parts(report: RunReport, *, errors: bool = True) -> Iterator[RenderableType]:
    """Give what was said of the run as a whole: what went wrong, where `errors` are wanted, then the notes."""
    wrong = report.errors if errors else ()
    notes = [text for text in report.messages if text not in report.errors]
    if wrong or notes:
        yield Text("")
    for text in wrong:
        yield _hanging(Text("Error: ", style="red"), text)
    for text in notes:
        yield _hanging(Text("! ", style="yellow"), text)


def _hanging(mark: Text, message: str) -> RenderableType:
    return Flow(Text.assemble(mark, plain(message)), hang=len(mark))


def rough_time(seconds: float) -> str:
    """Say how long something takes, no more exactly than an estimate can be."""
    if seconds < 90:
        return f"some {max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"some {minutes} minutes" if minutes < 90 else f"some {round(minutes / 60)} hours"
