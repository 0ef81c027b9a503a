"""Progress on stderr: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from vtxero.cli.text import clean, is_plain


class RunProgress:
    """Shows phases and steps of a run."""

    def __init__(self, stream: TextIO, *, shown: bool, no_color: bool) -> None:
        self._bars: Progress | None = None
        self._task: TaskID | None = None
        if shown and not is_plain(stream, no_color=no_color):
            self._bars = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(file=stream, highlight=False, markup=False, emoji=False),
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            self._bars.stop()

    def phase(self, text: str) -> None:
        """Begin a bar for a new phase."""
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
