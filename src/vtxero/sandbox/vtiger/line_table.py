"""The table of line items, with an index by invoice: real books have too many lines to look through for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtxero.sandbox.vtiger.state import Line


class LineTable(dict[int, "Line"]):
    """Lines by their numbers, which rise. They come by `[]`, go by `del`, `pop` or `clear`, and keep their invoice."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        super().__init__()
        self._by_parent: dict[str, dict[int, Line]] = {}
        for line in lines:
            self[line.number] = line

    def of(self, parent: str) -> list[Line]:
        """Give an invoice's lines."""
        return list(self._by_parent.get(parent, {}).values())

    def next_number(self) -> int:
        """Give one more than the highest, so that numbers of deleted lines come back."""
        return next(reversed(self), 0) + 1

    def __setitem__(self, number: int, line: Line) -> None:
        super().__setitem__(number, line)
        self._by_parent.setdefault(line.parent, {})[number] = line

    def __delitem__(self, number: int) -> None:
        self.pop(number)

    def clear(self) -> None:
        """Take all lines out."""
        super().clear()
        self._by_parent.clear()

    def pop(self, number: int) -> Line:  # type: ignore[override] # no default: nobody takes what is not there
        """Take a line out."""
        line = super().pop(number)
        rest = self._by_parent[line.parent]
        del rest[number]
        if not rest:
            del self._by_parent[line.parent]
        return line
