"""A duplicate that got a name of its own stands for itself: what named it went to its former holder's partner.

Each of these records is judged anew, as if somebody had just put the one in the other's place there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from vtxero.domain.sides import Side
from vtxero.sync.fetch import reread
from vtxero.sync.ports import RowSource
from vtxero.sync.slice import Naming, Slice
from vtxero.sync.state import Link, State

PAGE = 500


def part(
    state: State, slices: Iterable[Slice[Any]], vtiger: RowSource, module: str, holders: Mapping[str, str]
) -> None:
    """Have the records judged that name former duplicates of a module; `holders` are those who stood for them.

    Vtiger's base of each gets the holder in the duplicate's place, which is what Xero's says, and its row is read, so
    that it waits whichever modules this run is about. To be called within a transaction.
    """
    for slice_ in slices if holders else ():
        if not isinstance(slice_, Naming):
            continue
        parted = []
        for link in _links(state, slice_.name):
            base = slice_.decode(link.vtiger_base)
            former = slice_.naming(base, module, holders)
            if former != base:
                parted.append(replace(link, vtiger_base=slice_.encode(former)))
        for link in parted:
            state.put_link(link)
        reread(state, slice_, vtiger, [link.vtiger_id for link in parted])


def _links(state: State, module: str) -> Iterator[Link]:
    """Give all links of a module, a page at a time: those of large books would not fit in memory."""
    after = ""
    while ids := state.linked_after(module, Side.VTIGER, after, PAGE):
        yield from state.links(module, Side.VTIGER, ids).values()
        after = ids[-1]
