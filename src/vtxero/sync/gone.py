"""Finding what was deleted: there is no feed of deletions in a self-hosted Vtiger, nor for Xero's items."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from vtxero.domain.sides import Side
from vtxero.sync.ports import RowSource
from vtxero.sync.state import State

LOOK_UP = 100


class Deletions:
    """Looks up linked records and marks those that are gone; the marks can be taken back when a guard stops the run."""

    def __init__(self, state: State, sources: Mapping[Side, RowSource]) -> None:
        self._state = state
        self._sources = sources
        self._marked: list[tuple[str, Side, str]] = []

    @property
    def count(self) -> int:
        """How many records this run found newly gone."""
        return len(self._marked)

    def found(self, module: str, side: Side) -> int:
        """How many records of a module this run found newly gone on a side."""
        return sum(1 for marked in self._marked if marked[:2] == (module, side))

    def look_at_all(self, module: str, side: Side) -> None:
        """Look up every linked record of a side."""
        after = ""
        while portion := self._state.linked_after(module, side, after, LOOK_UP):
            self._look_up(module, side, portion)
            after = portion[-1]

    def look_at_next(self, modules: Sequence[str], place: str) -> str:
        """Look up a hundred Vtiger records, where the last run stopped; returns the place to go on from next time."""
        module, _, after = place.partition(" ")
        start = modules.index(module) if module in modules else 0
        for name in (*modules[start:], *modules[: start + 1]):
            portion = self._state.linked_after(name, Side.VTIGER, after, LOOK_UP)
            if portion:
                self._look_up(name, Side.VTIGER, portion)
                return f"{name} {portion[-1]}"
            after = ""
        return ""

    def compare(self, module: str, side: Side, listed: Collection[str]) -> None:
        """Take a list for all that is there: linked records that it lacks are gone, others are forgotten."""
        after = ""
        while portion := self._state.linked_after(module, side, after, LOOK_UP):
            self._mark(module, side, portion, listed)
            after = portion[-1]
        with self._state.transaction():
            for row in list(self._state.unlinked(module, side)):
                if row.id not in listed:
                    self._state.drop_record(module, side, row.id)

    def take_back(self) -> None:
        """Unmark what this run marked: nothing is believed until a person says so."""
        with self._state.transaction():
            for module, side, record_id in self._marked:
                self._state.mark_present(module, side, record_id)
        self._marked.clear()

    def _look_up(self, module: str, side: Side, ids: Sequence[str]) -> None:
        self._mark(module, side, ids, self._sources[side].existing(module, ids))

    def _mark(self, module: str, side: Side, ids: Sequence[str], found: Collection[str]) -> None:
        with self._state.transaction():
            for record_id in ids:
                if record_id not in found and self._state.mark_gone(module, side, record_id):
                    self._marked.append((module, side, record_id))
