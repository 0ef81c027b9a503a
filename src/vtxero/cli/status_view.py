"""How a profile stands, and one record's story, as tables and text. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vtxero.bootstrap.standing import FieldStory, ModuleStanding, RecordStory, Standing
from vtxero.cli.advice import typed
from vtxero.cli.layout import Fit, Flow
from vtxero.cli.log_view import named, outcome_parts, runs_list, undo_parts, unended_parts
from vtxero.cli.naming import STYLES, indented, whole
from vtxero.cli.text import clean, linked, safe_url
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Side
from vtxero.domain.words import all_called, called, counted
from vtxero.sync.records import Outcome

NAMES = {Side.VTIGER: "Vtiger", Side.XERO: "Xero"}
WHICH = {
    Outcome.SKIPPED: ("Which were left alone", "--skipped"),
    Outcome.FAILED: ("Which failed", "--failed"),
    Outcome.CONFLICT: ("Which are in conflict", "--conflicts"),
}
LEAST = 24
"""Columns that a text needs beside others to be read with ease."""
MAX_VALUE = 600
"""Characters of a value; of a longer one it is said how much is left out."""


def standing_parts(found: Standing, command: str, profile: str) -> Iterator[RenderableType]:
    """Give the last runs, the modules, and what waits."""
    pair = f": {clean(found.vtiger)} and {clean(found.organisation)}" if found.vtiger else ""
    yield Text(f"Profile {profile}{pair}", style="bold")
    if not found.runs:
        yield Text(f"No runs yet. The first one: {typed(f'{command} sync --dry-run')}")
        return
    yield Text("")
    yield runs_list(found.runs)
    yield from undo_parts(found.runs)
    yield from unended_parts(found.runs, command, found.under_way)
    yield Text("")
    yield Fit((_modules(found), Group(*(_module_lines(item) for item in found.modules))))
    yield Flow(Text("Read to: the newest change that was read there. It stays where nobody works.", style="dim"))
    yield from _waiting(found.modules, command)
    if found.open_writes:
        yield Text("")
        yield Text(_open_writes(found.open_writes), "yellow")
    if found.calls_left:
        yield Text("")
    for left in found.calls_left:
        yield Text(f"{NAMES[left.side]} had {left.left} calls left for the day at {_time(left.as_of)}.", style="dim")


def _open_writes(number: int) -> str:
    if number == 1:
        return "1 write that was sent has no known end: the next run looks what became of it."
    return f"{number} writes that were sent have no known end: the next run looks what became of them."


def _modules(found: Standing) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("module", no_wrap=True)
    table.add_column("links", justify="right", no_wrap=True)
    table.add_column("waiting", justify="right", no_wrap=True)
    for name in NAMES.values():
        table.add_column(typed(f"{name} read to"), no_wrap=True)
    for item in found.modules:
        waits = sum(item.waiting.values())
        name = _name(item)
        cells = [Text(typed(_time(item.cursors[side]) or "-")) for side in NAMES]
        table.add_row(name, str(item.links), Text(str(waits), style="yellow" if waits else "dim"), *cells)
    return table


def _name(item: ModuleStanding) -> str:
    return item.name if item.enabled else typed(f"{item.name} (off)")


def _module_lines(item: ModuleStanding) -> RenderableType:
    """Give a module's row in words."""
    read = (f"{name} read to {_time(item.cursors[side])}" for side, name in NAMES.items() if item.cursors[side])
    told = [counted(item.links, "link"), f"{sum(item.waiting.values())} waiting", *read]
    return Flow(Text(f"{_name(item)}: {', '.join(typed(each) for each in told)}"), hang=2)


def _time(moment: str) -> str:
    """Show a moment of either service's notation, and of ours, in one: both services tell UTC."""
    return f"{moment[:10]} {moment[11:19]} UTC" if moment else ""


def _waiting(modules: tuple[ModuleStanding, ...], command: str) -> Iterator[RenderableType]:
    rows = [(item.name, key, number) for item in modules for key, number in item.waiting.items()]
    if not rows:
        return
    yield Text("")
    yield Text("What waits", style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", min_width=LEAST)
    lines: list[RenderableType] = []
    for name, (outcome, code), number in rows:
        summary = REASONS[code].summary if code else ""
        coloured = (code.value if code else "", STYLES[outcome])
        table.add_row(str(number), name, Text.assemble(coloured), summary)
        lines.append(Flow(Text.assemble(typed(f"{number} {name}"), " ", coloured, f": {summary}"), hang=2))
    yield Fit((table, Group(*lines)))
    for outcome, (which, flag) in WHICH.items():
        if any(key[0] is outcome for _, key, _ in rows):
            yield Text(f"{which}, and what to do: {typed(f'{command} log {flag}')}")


def story_parts(story: RecordStory, command: str) -> Iterator[RenderableType]:
    """Give one record: where it is, whether it is linked, its fields on both sides, and what became of it."""
    yield Text(f"{story.module}: {clean(story.label)}", style="bold")
    for side, record_id, url in (
        (Side.VTIGER, story.vtiger_id, story.vtiger_url),
        (Side.XERO, story.xero_id, story.xero_url),
    ):
        gone = "  (gone)" if side in story.gone else ""
        label = clean(story.labels.get(side, story.label))
        called_there = f", {label}" if label != clean(story.label) else ""
        yield Text.assemble(f"  {NAMES[side]}: ", linked(record_id or "not there yet", url), called_there, gone)
        if address := safe_url(url):
            yield whole(f"    {address}")
    yield indented(Text(_standing_of(story)), 2)
    for run, side in story.sent:
        text = f"The run {run} sent a write to {NAMES[side]} and noted no answer; the next run looks what became of it."
        yield indented(Text(text, "yellow"), 2)
    if story.fields:
        yield Text("")
        yield Fit((_fields(story), Group(*(line for item in story.fields for line in _field_lines(story, item)))))
    yield Text("")
    if not story.history:
        yield Text("No run has written it or left it alone: it is as both sides had it.")
        return
    yield Text("What became of it", style="bold")
    for entry in story.history:
        yield from outcome_parts(entry, command)
    every = typed(f"{command} log {named(story.history[0].result)}")
    if len(story.history) < story.told:
        yield Text(f"These are the latest {len(story.history)} of {story.told}.", style="bold")
    yield Text(f"All of it, with what was changed: {every}")
    yield Text(f"A run as a whole: {typed(f'{command} log {story.history[0].run}')}", style="dim")


def _standing_of(story: RecordStory) -> str:
    """Say, in a sentence, why it is as it is."""
    if story.alias_of:
        return f"A duplicate: {story.alias_of} stands for it in Vtiger, and what refers to it follows that one."
    waits = " and ".join(NAMES[side] for side in story.waits)
    if not story.linked:
        return "Not linked: the next run looks at it again." if waits else "Not linked."
    maker = f"Linked; made in {NAMES[Side(story.author)]}."
    if story.gone:
        gone = " and ".join(NAMES[side] for side in story.gone)
        return f"{maker} It is gone in {gone}: what the other side says is left alone."
    if story.unsettled:
        fields = all_called(story.module, story.unsettled)
        return f"{maker} The two never agreed on {fields}: make them equal, or choose a side."
    if waits:
        verb = "says" if len(story.waits) == 1 else "say"
        return f"{maker} What {waits} {verb} now has not been carried over yet; the next run looks at it again."
    return f"{maker} Nothing waited when the last run ended; this shows both sides as they were then."


def _fields(story: RecordStory) -> Table:
    """A row per field: each side's base, and what was read since where that differs."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("field", no_wrap=True)
    for name in NAMES.values():
        table.add_column(name, overflow="fold", ratio=1, min_width=LEAST)
    for item in story.fields:
        table.add_row(typed(called(story.module, item.field)), *_cells(item))
    return table


def _field_lines(story: RecordStory, item: FieldStory) -> Iterator[RenderableType]:
    """Give a field's row in lines of its own."""
    yield Text(called(story.module, item.field), style="bold")
    cells = _cells(item)
    if cells[0] == cells[1]:
        yield Flow(Text.assemble("both sides: ", cells[0]), indent=2, hang=2)
        return
    for name, cell in zip(NAMES.values(), cells, strict=True):
        yield Flow(Text.assemble(f"{name}: ", cell if cell.plain else "(blank)"), indent=2, hang=2)


def _cells(item: FieldStory) -> tuple[Text, Text]:
    pairs = ((item.vtiger, item.vtiger_now), (item.xero, item.xero_now))
    cells = [_cell(base, now) for base, now in pairs]
    return cells[0], cells[1]


def _cell(base: str | None, now: str | None) -> Text:
    """The base; where something else was read since, that behind an arrow."""
    if now is None or now == base:
        return Text(_short(base))
    if base is None:
        return Text(_short(now), style="yellow")
    return Text.assemble(_short(base), " → ", (_short(now), "yellow"))


def _short(value: str | None) -> str:
    text = clean(value or "")
    more = len(text) - MAX_VALUE
    return f"{text[:MAX_VALUE]}… (and {counted(more, 'more character')}; `-o json` has all)" if more > 0 else text
