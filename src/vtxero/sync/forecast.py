"""How many calls, and how long, carrying a plan out takes: looks before writes, the writes, what is read again.

It is right where nobody edits anything meanwhile and nothing goes wrong. What planning itself takes is not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from vtxero.domain.sides import Side
from vtxero.sync.doubt import proof
from vtxero.sync.follow import AT_ONCE as FOLLOWED_AT_ONCE
from vtxero.sync.groups import SENT, groups
from vtxero.sync.ports import RowSource
from vtxero.sync.records import Payload
from vtxero.sync.slice import Slice
from vtxero.sync.state import Action, State
from vtxero.sync.write_back import lacks_id

SETTLED_AT_ONCE = 500
"""Lines that need no call and are settled together; as good as any other number here."""
SOME_ID = "00000000-0000-0000-0000-000000000000"
"""Stands for the id that Xero will give a new record."""


class Forecast:
    """Counts the calls of a plan, module by module, in the groups in which they would leave."""

    def __init__(self, state: State, sources: Mapping[Side, RowSource], slices: Mapping[str, Slice[Any]]) -> None:
        self._state = state
        self._sources = sources
        self._slices = slices
        self._calls: Counter[Side] = Counter()

    @property
    def calls(self) -> dict[str, int]:
        """The calls by side; a side that needs none is left out."""
        return {side.value: self._calls[side] for side in Side if self._calls[side]}

    def seconds(self, spent: float) -> float:
        """Estimate how long it all takes, the reading of this plan once more included.

        `spent` is what planning took: calls to come are taken to be as slow as those of the plan were on that side, and
        a service's own limits are kept.
        """
        calling = sum(source.pace * self._calls[side] for side, source in self._sources.items())
        held_up = max(source.held_up(source.calls + self._calls[side]) for side, source in self._sources.items())
        return round(max(spent + calling, held_up), 1)

    def add(self, module: str, actions: Iterable[Action]) -> None:
        """Count a module's plan, given in the order in which it is carried out."""
        slice_ = self._slices[module]
        lacking: list[Action] = []
        for group in groups(actions, lambda action: self._size(action, module)):
            if group[0].write in SENT:
                self._count(slice_, group)
            lacking += [action for action in group if self._will_lack_id(slice_, action)]
            if len(lacking) >= SETTLED_AT_ONCE:
                self._count_write_back(slice_, lacking)
                lacking = []
        self._count_write_back(slice_, lacking)

    def add_follow_ups(self, module: str, actions: Iterator[Action]) -> None:
        """Count what records need once other modules were written: Xero is asked of each, then Vtiger is told."""
        while portion := list(islice(actions, FOLLOWED_AT_ONCE)):
            self._calls[Side.XERO] += self._sources[Side.XERO].calls_to_read(module, len(portion))
            self.add(module, portion)

    def _count(self, slice_: Slice[Any], group: Sequence[Action]) -> None:
        first = group[0]
        source = self._sources[first.target]
        if first.write == "update":
            self._calls[first.target] += source.calls_to_look(slice_.name, len(group))
            self._calls[first.target] += source.calls_to_read(slice_.name, self._doubtful(group))
        payloads = [self._payload(slice_, action) for action in group]
        self._calls[first.target] += source.calls_to_write(slice_.name, payloads)

    def _doubtful(self, group: Sequence[Action]) -> int:
        """Count the records that are read whole before they are written, for their time proves nothing."""
        known = (self._state.modified(each.module, each.target, each.target_id) for each in group)
        return sum(moment is not None and proof(moment) is None for moment in known)

    def _payload(self, slice_: Slice[Any], action: Action) -> Payload:
        """Make what would be sent; references to records that the plan makes stay symbols, which changes no count."""
        current = slice_.decode(action.current) if action.current else None
        return slice_.mappers[action.target].payload(
            slice_.decode(action.wanted), current, action.vtiger_id, action.xero_id
        )

    def _size(self, action: Action, module: str) -> int:
        return self._sources[action.target].batch_size(module) if action.write in SENT else SETTLED_AT_ONCE

    # Xero's ids, written into Vtiger's records afterwards

    def _will_lack_id(self, slice_: Slice[Any], action: Action) -> bool:
        is_joined = action.write == "link" or (action.write in SENT and action.target is Side.XERO)
        if not is_joined:
            return False
        record, xero_id = self._in_vtiger(slice_, action), action.xero_id or SOME_ID
        return lacks_id(self._state, slice_, record, action.vtiger_id, xero_id)

    def _count_write_back(self, slice_: Slice[Any], actions: Sequence[Action]) -> None:
        vtiger = self._sources[Side.VTIGER]
        for action in actions:
            self._calls[Side.VTIGER] += vtiger.calls_to_read(slice_.name, 1)
            self._calls[Side.VTIGER] += vtiger.calls_to_write(slice_.name, [self._id_payload(slice_, action)])

    def _id_payload(self, slice_: Slice[Any], action: Action) -> Payload:
        record = self._in_vtiger(slice_, action)
        mapper = slice_.mappers[Side.VTIGER]
        return mapper.payload(record, record, action.vtiger_id, action.xero_id or SOME_ID)

    @staticmethod
    def _in_vtiger(slice_: Slice[Any], action: Action) -> Any:
        """Give the record as Vtiger has it."""
        return slice_.decode(action.source if action.target is Side.XERO else action.current)
