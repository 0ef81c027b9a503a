"""Finding what was deleted: a self-hosted Vtiger does not tell, nor does Xero of its items; Vtiger's cloud does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from vtxero.domain.sides import Side
from vtxero.sync.cursors import moment_of
from vtxero.sync.environment import RunState
from vtxero.sync.ports import RowSource, TellsDeletions
from vtxero.sync.records import Presence
from vtxero.sync.state import StoredRecord

LOOK_UP = 100
ROTATION = "rotation"
HEARD_LAST = "module heard of last"
HEARD = "heard of "
HEARD_FROM = "heard of from "


class Deletions:
    """Looks up the records that are linked or wait, and marks those that are gone.

    The marks can be taken back when a guard stops the run. They end by themselves when a record is there again: who
    takes one out of Vtiger's recycle bin does not move its time of change, so that no list shows it.
    """

    def __init__(self, state: RunState, sources: Mapping[Side, RowSource]) -> None:
        self._state = state
        self._sources = sources
        self._marked: list[tuple[str, Side, str]] = []
        self._vanished: list[StoredRecord] = []
        self.returned: dict[tuple[str, Side], list[str]] = defaultdict(list)
        """Records known to be gone that are there again, by module and side; they are to be read anew."""
        self.places: dict[str, str] = {}
        """Where the next run goes on looking, for the state to keep once this run has acted on what was found."""

    @property
    def count(self) -> int:
        """How many records this run found newly gone."""
        return len(self._marked) + len(self._vanished)

    def found(self, module: str, side: Side) -> int:
        """How many linked records of a module this run found newly gone on a side."""
        return sum(1 for marked in self._marked if marked[:2] == (module, side))

    def look_at_all(self, module: str, side: Side) -> None:
        """Look up every record of a side that is linked or waits."""
        after = ""
        while portion := self._state.known_after(module, side, after, LOOK_UP):
            self._look_up(module, side, portion)
            after = portion[-1]

    def look_further(self, modules: Sequence[str]) -> None:
        """Look where the last run stopped: at a hundred Vtiger records, and at what Vtiger tells of one module."""
        self.places[ROTATION] = self._look_at_next(modules, self._state.get_meta(ROTATION) or "")
        self._hear_of_next(modules)

    def _look_at_next(self, modules: Sequence[str], place: str) -> str:
        """Look up a hundred records; gives the place to go on from."""
        module, _, after = place.partition(" ")
        start = modules.index(module) if module in modules else 0
        for name in (*modules[start:], *modules[: start + 1]):
            portion = self._state.known_after(name, Side.VTIGER, after, LOOK_UP)
            if portion:
                self._look_up(name, Side.VTIGER, portion)
                return f"{name} {portion[-1]}"
            after = ""
        return ""

    def _hear_of_next(self, modules: Sequence[str]) -> None:
        """Ask what was deleted of the module after the one asked about last, of those that have cursors and tell."""
        source = self._sources[Side.VTIGER]
        if not isinstance(source, TellsDeletions):
            return
        self._begin_hearing(modules)
        last = self._state.get_meta(HEARD_LAST) or ""
        start = modules.index(last) + 1 if last in modules else 0
        for name in (*modules[start:], *modules[:start]):
            since = self._state.get_meta(HEARD_FROM + name)
            told = since and source.deleted(name, since, self._state.get_meta(HEARD + name) or "")
            if told:
                self._look_up(name, Side.VTIGER, self._news(name, told.ids))
                self.places |= {HEARD_LAST: name, HEARD + name: told.place}
                return

    def _begin_hearing(self, modules: Sequence[str]) -> None:
        """Note each module's first cursor: by its first turn the cursor may have passed a deletion that nobody saw."""
        for name in modules:
            cursor = self._state.cursor(name, Side.VTIGER)
            if cursor and self._state.get_meta(HEARD_FROM + name) is None:
                with self._state.transaction():
                    self._state.set_meta(HEARD_FROM + name, moment_of(cursor))

    def _news(self, module: str, ids: Collection[str]) -> list[str]:
        """Leave the records that are linked or wait, and are not known to be gone."""
        linked = self._state.links(module, Side.VTIGER, ids)
        rows = ((each, self._state.record(module, Side.VTIGER, each)) for each in ids)
        return sorted(
            each
            for each, row in rows
            if (each in linked or (row and row.raw)) and (row is None or row.presence is not Presence.GONE)
        )

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
        """Take back what this run believed to be gone: nothing is believed until a person says so."""
        with self._state.transaction():
            for module, side, record_id in self._marked:
                self._state.mark_present(module, side, record_id)
            for row in self._vanished:
                self._state.mark_waiting(row)
        self._marked.clear()
        self._vanished.clear()

    def _look_up(self, module: str, side: Side, ids: Sequence[str]) -> None:
        if not ids:
            return
        self._mark(module, side, ids, self._sources[side].existing(module, ids))

    def _mark(self, module: str, side: Side, ids: Sequence[str], found: Collection[str]) -> None:
        with self._state.transaction():
            linked = self._state.links(module, side, ids)
            for record_id in ids:
                if record_id in found:
                    self._welcome(module, side, record_id)
                elif record_id not in linked:
                    self._let_go(module, side, record_id)
                elif self._state.mark_gone(module, side, record_id):
                    self._marked.append((module, side, record_id))

    def _welcome(self, module: str, side: Side, record_id: str) -> None:
        row = self._state.record(module, side, record_id)
        if row and row.presence is Presence.GONE and self._sources[side].may_vanish(module):
            self.returned[module, side].append(record_id)

    def _let_go(self, module: str, side: Side, record_id: str) -> None:
        """Let a record wait no more, unless an interrupted run may have made its counterpart: that is found first."""
        row = self._state.record(module, side, record_id)
        if row and row.raw is not None and (side.other, record_id) not in self._state.find_intents(module):
            self._vanished.append(row)
            self._state.mark_vanished(module, side, record_id)
