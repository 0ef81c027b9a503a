"""Reading what changed on a side into the state: rows that say what their link's base says need nothing further."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from vtxero.domain.sides import Side
from vtxero.sync.cursors import moment_of
from vtxero.sync.doubt import in_doubt, proof
from vtxero.sync.ports import Progress, RowSource, TellsMembers
from vtxero.sync.records import MEMBER, Page, Presence, Snapshot
from vtxero.sync.selection import EVERYTHING, Selection
from vtxero.sync.slice import Slice, WritingBack, belongs
from vtxero.sync.state import Link, State, StoredRecord


class Fetcher:
    """Fetches one module from both sides.

    `unchanged` collects the pairs that were read, asked for and say nothing new, with their authors; `timeless` the
    rows without a modification time, of which no list but a whole one can be had.
    """

    def __init__(
        self,
        state: State,
        slice_: Slice[Any],
        sources: dict[Side, RowSource],
        progress: Progress,
        *,
        selection: Selection = EVERYTHING,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """`check` raises what is to end the run: it is asked after each page, for large books are read for long."""
        self._selection = selection
        self._check = check
        self._state = state
        self._slice = slice_
        self._sources = sources
        self._progress = progress
        self.unchanged: dict[str, Side] = {}
        self.read: dict[Side, int] = {}
        self.high: dict[Side, str | None] = {}
        self.seconds: dict[Side, float] = {}
        self.clock: dict[Side, float | None] = {}
        """The service's own clock when the read had ended."""
        self.timeless: dict[Side, set[str]] = {}
        self.unseen: dict[Side, set[str]] = {}
        """The records that waited before the read and were not in it: they may have been deleted since."""

    def fetch(self, side: Side, *, full: bool, afresh: bool = False) -> None:
        """Read a side whole, or since its cursor. The cursor itself moves later (law 8 in `docs/laws.md`).

        `afresh`: whole, with what is proven unchanged, and all of it is kept to be judged: it means something else now.
        """
        module = self._slice.name
        since = None if full or afresh else self._state.cursor(module, side)
        self.high[side] = moment_of(self._state.cursor(module, side) or "") or None
        self.read[side] = 0
        self.timeless[side] = set()
        self.unseen[side] = self._state.waiting_ids(module, side)
        self._progress.phase(f"Reading {module} from {side.label}")

        def known(record_id: str) -> str | None:
            return None if afresh else proof(self._state.modified(module, side, record_id))

        self._take_pages(side, self._sources[side].fetch(module, since, known), afresh=afresh)
        if left := self._left(side):
            self._take_pages(side, self._sources[side].fetch_ids(module, left), afresh=afresh)
        self.clock[side] = self._sources[side].clock()

    def _take_pages(self, side: Side, pages: Iterable[Page], *, afresh: bool) -> None:
        for page in pages:
            with self._state.transaction():
                self._take(side, self._slice.mappers[side].parse(page.raw), afresh=afresh)
            self._progress.step(self._slice.name, self.read[side], None)
            self._check()

    def _left(self, side: Side) -> list[str]:
        """Give the records that a part of theirs has left: nothing but that part tells of it."""
        source, module = self._sources[side], self._slice.name
        members = source.members(module) if isinstance(source, TellsMembers) else {}
        left = (
            hit.id
            for part, owner in members.items()
            for hit in self._state.hits(module, side, MEMBER, part)
            if hit.id != owner and hit.presence is Presence.ACTIVE
        )
        return list(dict.fromkeys(left))

    def is_timeless(self, side: Side) -> bool:
        """Tell whether no row of a side ever had a modification time: then it was read whole, as it always is."""
        return bool(self.read[side]) and self.high[side] is None

    def _take(self, side: Side, snapshots: list[Snapshot[Any]], *, afresh: bool) -> None:
        links = self._state.links(self._slice.name, side, [item.id for item in snapshots])
        newest = max((item.modified for item in snapshots), default="")
        self.high[side] = max(self.high[side] or "", newest) or None
        self.read[side] += len(snapshots)
        self.unseen[side].difference_update(item.id for item in snapshots)
        snapshots = [item for item in snapshots if item.id in links or self._is_ours(side, item)]
        self.timeless[side].update(item.id for item in snapshots if not item.modified)
        for item in (_with_doubt(self._sources[side], each, newest) for each in snapshots):
            link = links.get(item.id)
            if link and not afresh and self._says_nothing_new(item, link, side):
                self._state.touch(self._slice.name, side, item.id, item.modified)
                if self._selection.asks_for(item, ids=(link.vtiger_id, link.xero_id)):
                    self.unchanged[link.vtiger_id] = link.author
            else:
                keep(self._state, self._slice.name, side, item)

    def _is_ours(self, side: Side, item: Snapshot[Any]) -> bool:
        """Leave a row without a link to the module that it belongs to; it may have waited here before."""
        if belongs(self._slice, side, item):
            return True
        self._state.drop_record(self._slice.name, side, item.id)
        return False

    def _says_nothing_new(self, item: Snapshot[Any], link: Link, side: Side) -> bool:
        if item.presence is not Presence.ACTIVE or item.findings:
            return False
        slice_ = self._slice
        if side is Side.VTIGER and isinstance(slice_, WritingBack):
            return not slice_.lacks_id(item.record, item.marker, link.xero_id) and self._equals_base(item, link, side)
        return self._equals_base(item, link, side)

    def _equals_base(self, item: Snapshot[Any], link: Link, side: Side) -> bool:
        return self._slice.encode(item.record) == link.base(side)


def keep(state: State, module: str, side: Side, item: Snapshot[Any]) -> None:
    """Keep a row that waits to be judged."""
    row = StoredRecord(module, side, item.id, item.modified, item.label, item.marker, item.presence, item.raw)
    state.put_record(row, (*item.keys, *item.alike, *((MEMBER, part) for part in item.members)))


def reread(state: State, slice_: Slice[Any], source: RowSource, ids: Iterable[str]) -> None:
    """Read these records again and keep them for the next judgement."""
    wanted = list(ids)
    if not wanted:
        return
    for page in source.fetch_ids(slice_.name, wanted):
        found = slice_.mappers[source.side].parse(page.raw)
        newest = max((item.modified for item in found), default="")
        for item in found:
            keep(state, slice_.name, source.side, _with_doubt(source, item, newest))


def _with_doubt(source: RowSource, item: Snapshot[Any], newest: str) -> Snapshot[Any]:
    """Mark the time of a row whose second was not over; `newest` is the largest one that was read with it."""
    return item if source.is_settled(item.modified, newest) else replace(item, modified=in_doubt(item.modified))
