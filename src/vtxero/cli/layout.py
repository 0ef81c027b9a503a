"""Lays out text and tables so that nothing is cut: a narrow screen gets another layout, never half a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from vtxero.cli.advice import glued, line_starts

LEAST = 20
"""Columns that a text has, however far it is set in."""
UNLIMITED = 100_000


@dataclass(frozen=True, slots=True)
class Flow:
    """A text broken between words, set in by `indent`, and all lines after a paragraph's first by `hang` more.

    Commands are not broken: see `advice`.
    """

    text: Text
    indent: int = 0
    hang: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the lines."""
        del console
        text = self.text.copy()
        text.plain = glued(text.plain)
        for paragraph in text.split("\n", allow_blank=True):
            yield from self._lines(paragraph, options.max_width)

    def _lines(self, paragraph: Text, width: int) -> Iterator[Text]:
        room = max(width - self.indent, self.hang + LEAST)
        starts = line_starts(paragraph.plain, room, hang=self.hang, measure=cell_len)
        for number, line in enumerate(paragraph.divide(starts)):
            line.rstrip()
            blanks = self.indent + (self.hang if number else 0)
            yield Text.assemble(" " * blanks, line, no_wrap=True, overflow="ignore")


@dataclass(frozen=True, slots=True)
class Fit:
    """Several layouts of the same, widest first: the first one that the screen holds is shown, else the last."""

    layouts: tuple[RenderableType, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the one that fits."""
        *tables, last = self.layouts
        for table in tables:
            if Measurement.get(console, options.update_width(UNLIMITED), table).minimum <= options.max_width:
                yield table
                return
        yield last
