"""Progress on stderr: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from vtxero.cli.text import clean, is_plain

_log = logging.getLogger("vtxero")

NARROW = 80
"""Columns below which a terminal does not hold all that is told of a run's progress."""


class _Rate(ProgressColumn):
    """Records a second."""

    def __init__(self) -> None:
        super().__init__(Column(no_wrap=True))

    def render(self, task: Task) -> Text:
        """Show the rate once there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "", style="dim")


class _CallsLeft(ProgressColumn):
    """The calls that Xero still allows today."""

    def __init__(self, left: Callable[[], int | None]) -> None:
        super().__init__(Column(no_wrap=True))
        self._left = left

    def render(self, task: Task) -> Text:
        """Show the calls left once Xero has told them."""
        del task
        left = self._left()
        return Text("" if left is None else f"{left} calls left", style="dim")


class RunProgress:
    """Shows phases and steps of a run: a bar, how fast it goes, how long it takes, and the calls left."""

    def __init__(self, stream: TextIO, *, shown: bool, no_color: bool) -> None:
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        self._left: Callable[[], int | None] = lambda: None
        if shown and not is_plain(stream, no_color=no_color):
            console = Console(file=stream, highlight=False, markup=False, emoji=False)
            self._bars = Progress(*self._columns(console.width), console=console, transient=True)

    def _columns(self, width: int) -> list[ProgressColumn]:
        """Give what is shown: on a narrow terminal only what it holds without cutting a figure."""
        count = MofNCompleteColumn(table_column=Column(no_wrap=True))
        named: list[ProgressColumn] = [
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
        ]
        if width < NARROW:
            return [*named, count]
        time = TimeRemainingColumn(compact=True, elapsed_when_finished=True, table_column=Column(no_wrap=True))
        return [*named, BarColumn(bar_width=None), count, _Rate(), time, _CallsLeft(self._calls_left)]

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def watch_calls(self, left: Callable[[], int | None]) -> None:
        """Be told how to ask for the calls left."""
        self._left = left

    def _calls_left(self) -> int | None:
        return self._left()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bars away while a person is spoken with."""
        if self._bars:
            self._end_bar()
            self._bars.stop()
        yield
        if self._bars:
            self._bars.start()

    def phase(self, text: str) -> None:
        """Begin a bar for a new phase; `-v` and the log file tell it as well."""
        _log.info("%s.", text)
        if self._bars:
            self._end_bar()
            self._task = self._bars.add_task(clean(text), total=None)

    def step(self, module: str, done: int, total: int | None) -> None:
        """Move the bar."""
        if self._bars:
            if self._task is None:
                self._task = self._bars.add_task(clean(module), total=total)
            self._bars.update(self._task, completed=done, total=total)

    def _end_bar(self) -> None:
        if self._bars and self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
