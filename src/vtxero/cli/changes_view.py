"""What a run creates and changes, field by field: as a plan, and as the log of what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vtxero.cli.advice import typed
from vtxero.cli.layout import Fit, Flow
from vtxero.cli.naming import STYLES, TITLES, View, addresses_of, full_text, in_order, indented, name_of
from vtxero.cli.text import clean, shortened
from vtxero.domain.sides import Direction
from vtxero.domain.words import called
from vtxero.sync.records import LINK_TO_GONE, FieldChange, Outcome
from vtxero.sync.report import RecordResult

PLANNED = 10
"""Records of a plan shown per module before the rest is only counted."""
MAX_CHANGES = 8
MAX_VALUE = 60
LEAST = 30
"""Columns that a change needs beside the name of its record."""
STAND_IN = "made for lines that name no product; it never goes to Xero"
"""What is said of a record without a counterpart: the placeholder product (`invoices.placeholder_product`)."""
DONE = {"unlink": "unlinked", "delete": "deleted", "archive": "archived"}
UNLINKED = "both stay, and are linked no more"
GONE = "was taken away by somebody before"
WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED)


def crosses_in_part(record: RecordResult) -> bool:
    """Tell whether some fields of a record cross and others do not: in conflict, barred, or the run ended between."""
    return bool(record.changes and record.reasons)


def plan_parts(records: Iterable[RecordResult], view: View) -> Iterator[RenderableType]:
    """Give what a plan would create and change, module by module."""
    groups = _written_by_module(records)
    for (module, direction), items in groups.items():
        shown = _shown(items, view)
        yield Text("")
        yield Text(f"{module}, {TITLES[direction]}", style="bold")
        yield Fit((_planned_table(shown), Group(*(line for record in shown for line in _planned_lines(record)))))
        if len(items) > len(shown):
            where = f": {typed(view.whole)}" if view.whole else "; `-o json` shows them all"
            yield indented(Text(f"... and {len(items) - len(shown)} more{where}"), 2)
    whole = f"With all that is cut at … here: {typed(view.whole) or 'the same with `-o json`'}"
    yield from _hint_of_cuts((record for items in groups.values() for record in _shown(items, view)), whole)


def _shown(items: list[RecordResult], view: View) -> list[RecordResult]:
    return items if view.cap is None else items[:PLANNED]


def _hint_of_cuts(shown: Iterable[RecordResult], text: str) -> Iterator[RenderableType]:
    """Say where values can be seen whole, if any is cut."""
    if any(_is_cut(record) for record in shown):
        yield Text("")
        yield Text(text, style="dim")


def _is_cut(record: RecordResult) -> bool:
    if _undone(record):
        return False
    return len(record.changes) > MAX_CHANGES or any(
        len(clean(value or "")) > MAX_VALUE for change in record.changes for value in (change.before, change.after)
    )


def _planned_table(records: Iterable[RecordResult]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=32)
    table.add_column(overflow="fold", min_width=LEAST)
    for record in records:
        table.add_row(_verb(record), name_of(record), changes_of(record))
    return Padding(table, (0, 0, 0, 2))


def _planned_lines(record: RecordResult) -> Iterator[RenderableType]:
    """Give a record of a plan in lines of its own."""
    yield Flow(Text.assemble(_verb(record), " ", name_of(record)), indent=2, hang=2)
    yield Flow(changes_of(record), indent=6)


def _verb(record: RecordResult) -> Text:
    verb = {Outcome.CREATED: "create", Outcome.LINKED: "link"}.get(record.outcome, "change")
    if undone := _undone(record):
        verb = undone[0]
    return Text(verb, style=STYLES[record.outcome])


def _undone(record: RecordResult) -> tuple[str, str] | None:
    """Say what an undo does to a record other than setting fields back: the verb, and what it means."""
    match record.changes:
        case (FieldChange(field="link", before=before),):
            return "unlink", f"{GONE}, and is linked no more" if before == LINK_TO_GONE else UNLINKED
        case (change,):
            return _taken_away(change)
    return None


def _taken_away(change: FieldChange) -> tuple[str, str] | None:
    """Say how an undo takes a record away, where no field's name does."""
    match change:
        case FieldChange(field="record"):
            return "delete", "goes to Vtiger's recycle bin"
        case FieldChange(field="status", before="there", after="ARCHIVED"):
            return "archive", "stays in Xero, archived"
    return None


def done(record: RecordResult) -> Text:
    """Say in a word what a run did with a record, or that it did not."""
    undone = _undone(record)
    return Text(DONE[undone[0]] if undone else record.outcome.value, style=STYLES[record.outcome])


def changes_of(record: RecordResult, *, whole: bool = False) -> Text:
    """A creation in one line, a change with before and after, a line each; `whole`: however much that is."""
    if undone := _undone(record):
        return Text(undone[1])
    is_new = record.outcome is Outcome.CREATED
    if is_new and not record.changes and not record.xero_id:
        return Text(STAND_IN, style="dim")
    shown = record.changes if whole else record.changes[:MAX_CHANGES]
    parts = [_change(record.module, change, is_new=is_new, whole=whole) for change in shown]
    if len(record.changes) > len(shown):
        parts.append(Text(f"and {len(record.changes) - len(shown)} more fields", style="dim"))
    return Text(", " if is_new else "\n").join(parts)


def _change(module: str, change: FieldChange, *, is_new: bool, whole: bool) -> Text:
    if change.field == "link":
        why = f"one of both {GONE}" if change.before == LINK_TO_GONE else UNLINKED
        return Text(f"and it is unlinked: {why}", style="dim")
    if gone := _taken_away(change):
        return Text(gone[1])
    name = clean(called(module, change.field) + change.where)
    after = _value(change.after, whole=whole)
    if is_new:
        return Text.assemble((f"{name} ", "dim"), after)
    return Text.assemble((f"{name}: ", "dim"), _value(change.before, whole=whole), " → ", after)


def _value(value: str | None, *, whole: bool) -> str:
    text = clean(value or "")
    return (text if whole else shortened(text, MAX_VALUE)) or "(blank)"


def crossed(record: RecordResult, *, whole: bool = False, undoes: bool = False) -> Text:
    """The changes of a record of the log; of one that crossed in part, with that these are the ones that did."""
    changes = changes_of(record, whole=whole)
    return Text.assemble(f"{what_else(undoes=undoes)}: ", changes) if crosses_in_part(record) else changes


def what_else(*, undoes: bool, planned: bool = False) -> str:
    """Head the changes of a record that is told under a reason."""
    if undoes:
        return f"What else the run changed {'is' if planned else 'was'} set back"
    return f"What else was changed {'crosses' if planned else 'crossed'}"


def changed_parts(records: Iterable[RecordResult], view: View) -> Iterator[RenderableType]:
    """Give records that were created, linked or updated, if only in part: what changed, and where to find them."""
    groups = _written_by_module(records)
    for (module, direction), items in groups.items():
        yield Text("")
        yield Text(f"{module}, {TITLES[direction]}: {len(items)}", style="bold")
        for record in items:
            yield indented(Text.assemble(done(record), "  ", name_of(record)), 2)
            if crosses_in_part(record):
                for item in record.reasons:
                    yield indented(Text(f"{item.code.value}: {clean(item.message)}"), 6)
            if record.changes:
                yield indented(crossed(record, undoes=view.undoes), 6)
            for item in record.notes:
                yield indented(full_text(item, view.command), 6)
            if view.is_plain:
                yield from addresses_of(record, 6)
    text = f"`{view.command} log KIND:ID` shows a record with all that is cut at … here."
    yield from _hint_of_cuts(chain.from_iterable(groups.values()), text)


def _written_by_module(
    records: Iterable[RecordResult],
) -> dict[tuple[str, Direction], list[RecordResult]]:
    groups: dict[tuple[str, Direction], list[RecordResult]] = {}
    for record in records:
        if record.outcome in WRITTEN or crosses_in_part(record):
            groups.setdefault((record.module, record.direction), []).append(record)
    return {key: groups[key] for key in sorted(groups, key=lambda key: in_order(key[0]))}
