"""Answers to the slices' questions about records of other modules: from links, this plan, and rows read before."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from vtxero.domain.lookups import SYMBOL_END, SYMBOL_START, Partner, PartnerState, symbol
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.sync.records import MEMBER, Presence
from vtxero.sync.slice import Slice
from vtxero.sync.state import State

SYMBOLS = re.compile(f"{SYMBOL_START}[^{SYMBOL_END}]*{SYMBOL_END}")
"""Symbols in a text, a record's encoded one or one for people."""
CACHED = 5_000


class StateLookups:
    """`domain.lookups.Lookups` over the state. The slices are given afterwards: they are made with these lookups."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.slices: Mapping[str, Slice[Any]] = {}
        self._records: OrderedDict[tuple[str, Side, str], object | None] = OrderedDict()

    def partner(self, module: str, side: Side, record_id: str) -> Partner:
        """Find the counterpart, on the other side, of the record `record_id` of `side`."""
        label = ""
        if side is Side.VTIGER:
            record_id = self._state.alias_of(module, record_id) or record_id
        link = self._state.link(module, side, record_id)
        if link:
            return self._linked(module, side.other, link.id_on(side.other))
        stored = self._state.record(module, side, record_id)
        if stored is None:
            return Partner(PartnerState.UNKNOWN)
        label = stored.label
        known = self._state.planned_partner(module, side, record_id)
        if known is None:
            return Partner(PartnerState.BLOCKED, label=label)
        if known:
            return Partner(PartnerState.LINKED, known, label)
        return Partner(PartnerState.PLANNED, symbol(module, record_id), label)

    def _linked(self, module: str, side: Side, record_id: str) -> Partner:
        """A partner that is archived or deleted bars what would refer to it: the service would refuse it."""
        stored = self._state.record(module, side, record_id)
        if stored and stored.presence is Presence.GONE:
            return Partner(PartnerState.BLOCKED, label=stored.label)
        return Partner(PartnerState.LINKED, record_id)

    def record(self, module: str, side: Side, record_id: str) -> object | None:
        """Give the record as `side` last answered it, None when it was never read or is gone."""
        place = (module, side, record_id)
        if place in self._records:
            self._records.move_to_end(place)
            return self._records[place]
        found = self._read(module, side, record_id)
        self._records[place] = found
        if len(self._records) > CACHED:
            self._records.popitem(last=False)
        return found

    def planned(self, module: str, side: Side, record_id: str) -> object | None:
        """Give the counterpart, on the other side, of a record as this plan writes it, None when it does not."""
        action = self._state.planned_write(module, side, record_id)
        return self.slices[module].decode(action.wanted) if action and module in self.slices else None

    def find_by_key(self, module: str, side: Side, kind: str, key: str) -> str | None:
        """Find the id of the one record of `side` with this natural key, None for none or several."""
        hits = self._state.hits(module, side, kind, key)
        return hits[0].id if len(hits) == 1 else None

    def gone_with(self, module: str, side: Side, member: str) -> list[str]:
        """Give the ids of the records of `side` that are gone and are found by this member, oldest first."""
        hits = self._state.hits(module, side, MEMBER, member) if member else ()
        return [hit.id for hit in hits if hit.presence is Presence.GONE]

    def is_linked(self, module: str, side: Side, record_id: str) -> bool:
        """Tell whether a record has a link, or this plan gives it one."""
        if self._state.link(module, side, record_id) is not None:
            return True
        return self._state.planned_partner(module, side, record_id) is not None

    def seed(self, module: str, name: str) -> str | None:
        """Find a Vtiger record that has no counterpart and is known by its name: the placeholder product."""
        hits = self._state.hits(module, Side.VTIGER, "name", match_key(name))
        return hits[0].id if hits else None

    def forget(self) -> None:
        """Drop what was remembered: the state has changed."""
        self._records.clear()

    def _read(self, module: str, side: Side, record_id: str) -> object | None:
        slice_ = self.slices.get(module)
        if slice_ is None:
            return None
        stored = self._state.record(module, side, record_id)
        if stored and stored.raw is not None:
            found: object = slice_.mappers[side].parse_one(stored.raw).record
            return found
        link = self._state.link(module, side, record_id)
        return slice_.decode(link.base(side)) if link else None
