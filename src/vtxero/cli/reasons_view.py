"""Why records did not cross, and what to do: grouped by reason. Notes on those that did. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from vtxero.cli.advice import as_typed, typed
from vtxero.cli.changes_view import changes_of, crosses_in_part, what_else
from vtxero.cli.naming import STYLES, TITLES, View, addresses_of, full_text, in_order, indented, name_of
from vtxero.cli.text import clean
from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult, was_moved

FAILED, CONFLICT, SKIPPED = "Failed", "In conflict", "Skipped"
MOVED = "Changed meanwhile"
IN_PART = "Crossed in part"
STYLED_AS = {
    FAILED: Outcome.FAILED,
    CONFLICT: Outcome.CONFLICT,
    MOVED: Outcome.CONFLICT,
    IN_PART: Outcome.SKIPPED,
    SKIPPED: Outcome.SKIPPED,
}
"""What is told of records that did not cross, or not whole, in this order, with the outcomes in whose colours."""
NEEDS_SOMEBODY = frozenset({Outcome.FAILED, Outcome.CONFLICT})
OF_OUTCOMES = {Outcome.FAILED: FAILED, Outcome.CONFLICT: CONFLICT, Outcome.SKIPPED: SKIPPED}


def attention_parts(
    records: Iterable[RecordResult], view: View, *, run: str | None = "", folds: bool = False
) -> Iterator[RenderableType]:
    """Give what did not cross, grouped by reason: how many, why, what to do, and which.

    `run` is where the rest of a long group can be seen; None for a dry run, of which nothing is kept. With `folds`,
    what was skipped before for the same reasons is only counted: it was told then.
    """
    everything = list(records)
    known = [record for record in everything if folds and record.outcome is Outcome.SKIPPED and record.repeated]
    if known:
        everything = [record for record in everything if record.outcome is not Outcome.SKIPPED or not record.repeated]
    for heading, outcome in STYLED_AS.items():
        found = [record for record in everything if _heading(record) == heading]
        if not found:
            continue
        yield Text("")
        more = " new" if heading == SKIPPED and known else ""
        yield Text(f"{heading}: {len(found)}{more}", style=f"bold {STYLES[outcome]}")
        for (code, module, direction), group in _by_reason(found).items():
            yield from _group(code, group, f"{_counted(len(group), module)}, {TITLES[direction]}", view, run)

    yield from _known_parts(known, view, run)


def _heading(record: RecordResult) -> str:
    """Under which heading a record is told; blank for one that crossed whole."""
    if was_moved(record.reasons):
        return MOVED
    return OF_OUTCOMES.get(record.outcome, IN_PART if record.reasons else "")


def _known_parts(known: Sequence[RecordResult], view: View, run: str | None) -> Iterator[RenderableType]:
    """Count what waits as it did before, by reason. What an undo leaves alone waits for no run: its own log has it."""
    if not known:
        return
    numbers = Counter(record.reasons[0].code if record.reasons else None for record in known)
    counted = [f"{code.value} {number}" for code, number in numbers.items() if code]
    yield Text("")
    yield Text(f"Skipped as before: {len(known)}", style=f"bold {STYLES[Outcome.SKIPPED]}")
    yield indented(Text(", ".join(sorted(counted))), 2)
    where = f"log {clean(run or '')} --skipped" if view.undoes else "log --skipped"
    yield indented(Text(f"Each with what to do: {typed(f'{view.command} {where}')}"), 2)


def _group(
    code: Code | None, group: Sequence[RecordResult], what: str, view: View, run: str | None
) -> Iterator[RenderableType]:
    yield Text.assemble("  ", (code.value if code else "no reason given", "bold"), f"  {what}")
    if code:
        yield indented(Text(REASONS[code].summary), 4)
        yield indented(
            Text.assemble(("What to do: ", "bold"), clean(_remedy([record.reasons[0] for record in group], view))), 4
        )
    shown = group if view.cap is None else group[: view.cap]
    for record in shown:
        yield from _record_lines(record, view, run)
    if len(group) > len(shown):
        yield indented(Text(f"... and {len(group) - len(shown)} more: {_where(code, view, run)}"), 6)


def _where(code: Code | None, view: View, run: str | None) -> str:
    """Where the rest of a long group can be seen."""
    if run is None:
        return typed(view.whole) if view.whole else "with -o json"
    return typed(f"{view.command} log {clean(run)}".strip() + (f" --reason {code.value}" if code else ""))


def _remedy(firsts: Sequence[Finding], view: View) -> str:
    """The remedy once: the records' own where they agree, else the catalogue's. Its commands can be typed as shown."""
    own = {finding.remedy for finding in firsts}
    remedy = own.pop() if len(own) == 1 else REASONS[firsts[0].code].remedy
    return as_typed(remedy, view.command)


def _record_lines(record: RecordResult, view: View, run: str | None) -> Iterator[RenderableType]:
    """A record and its particulars; in full, with its further reasons and, where links cannot be clicked, addresses."""
    if view.cap is not None:
        yield from _short_lines(record, view, run)
        return
    first, *further = record.reasons or (None,)
    yield indented(_line_of(record, first), 6)
    for item in (*further, *record.notes):
        if item:
            yield indented(full_text(item, view.command), 8)
    if view.is_plain:
        yield from addresses_of(record, 8)


def _short_lines(record: RecordResult, view: View, run: str | None) -> Iterator[RenderableType]:
    """A record with what it says of the reason that it stands under, and the codes of its other ones."""
    first, *further = record.reasons or (None,)
    alike = [item for item in further if item and first and item.code is first.code]
    others = dict.fromkeys(item.code.value for item in further if item and item not in alike)
    line = _line_of(record, first)
    if others:
        line.append(f" (also {', '.join(others)})", style="dim")
    yield indented(line, 6)
    for item in alike:
        yield indented(Text(clean(item.message)), 8)
    if crosses_in_part(record):
        heading = what_else(undoes=view.undoes, planned=run is None)
        yield indented(Text.assemble(f"{heading}: ", changes_of(record)), 8)
    if view.is_plain and record.outcome in NEEDS_SOMEBODY:
        yield from addresses_of(record, 8)


def _line_of(record: RecordResult, first: Finding | None) -> Text:
    line = name_of(record)
    if first and _says_more(first):
        line.append(f": {clean(first.message)}")
    return line


def _says_more(finding: Finding) -> bool:
    """Whether the message tells more than the group's heading does."""
    return bool(finding.message) and finding.message != REASONS[finding.code].summary


def note_parts(records: Iterable[RecordResult], view: View, *, run: str | None = "") -> Iterator[RenderableType]:
    """Give the notes of records that crossed, one paragraph per code; `run` as above."""
    by_code: dict[Code, list[tuple[RecordResult, Finding]]] = {}
    for record in records:
        if _heading(record):
            continue
        for code, item in {item.code: item for item in record.notes}.items():
            by_code.setdefault(code, []).append((record, item))
    if not by_code:
        return
    yield Text("")
    yield Text("Would cross, with a note" if run is None else "Crossed, with a note", style="bold")
    for code, found in by_code.items():
        yield from _note_group(code, found, view, run)


def _note_group(
    code: Code, found: Sequence[tuple[RecordResult, Finding]], view: View, run: str | None
) -> Iterator[RenderableType]:
    """A note's records: a line each where they differ in what is said, one line of names where they do not."""
    yield Text.assemble("  ", (code.value, "bold"), f"  {_counted(len(found), found[0][0].module)}")
    told = [item for _, item in found if _says_more(item)]
    if not told:
        yield indented(Text(REASONS[code].summary), 4)
    yield indented(Text.assemble(("What to do: ", "bold"), clean(_remedy([item for _, item in found], view))), 4)
    shown = found if view.cap is None else found[: view.cap]
    if told:
        for record, item in shown:
            yield indented(Text.assemble(name_of(record), f": {clean(item.message)}"), 6)
    else:
        yield indented(Text(", ").join([name_of(record) for record, _ in shown]), 6)
    if len(found) > len(shown):
        yield indented(Text(f"... and {len(found) - len(shown)} more: {_where(code, view, run)}"), 6)


def _by_reason(
    records: Iterable[RecordResult],
) -> dict[tuple[Code | None, str, Direction], list[RecordResult]]:
    """Group by the first reason, in the order of the catalogue, DEPENDENCY last."""
    groups: dict[tuple[Code | None, str, Direction], list[RecordResult]] = {}
    for record in records:
        code = record.reasons[0].code if record.reasons else None
        groups.setdefault((code, record.module, record.direction), []).append(record)
    order = {code: index for index, code in enumerate(REASONS)}
    keys = sorted(groups, key=lambda key: (order[key[0]] if key[0] else -1, in_order(key[1])))
    return {key: groups[key] for key in keys}


def _counted(number: int, module: str) -> str:
    return f"{number} {clean(module).removesuffix('s') if number == 1 else clean(module)}"
