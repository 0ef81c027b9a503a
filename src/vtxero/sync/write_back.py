"""Writing Xero's id into the Vtiger record, where the config asks for it and once both records exist.

A link whose Vtiger record lacks the id carries `LACKS_ID` among its unsettled fields. So nothing is forgotten when a
run ends between the two writes: the next one finds the link waiting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.sides import Side
from vtxero.sync.fetch import keep
from vtxero.sync.ports import RowSource
from vtxero.sync.records import Accepted, Outcome, Presence, Refused, Snapshot
from vtxero.sync.selection import EVERYTHING, Allowance, Selection
from vtxero.sync.slice import Slice, WritingBack
from vtxero.sync.state import Action, Departure, Link, State

LACKS_ID = "*xero-id"
"""No field's name: what stands for the id among a link's unsettled fields."""
AT_ONCE = 20
"""Records that are looked at together to tell which of them were asked for."""
SAVED = frozenset({"modifiedtime", "modifiedby"})
"""Fields of Vtiger's rows that every write moves."""
PORTION = 500
"""Links that are looked through together."""


def lacks_id(state: State, slice_: Slice[Any], record: Any, vtiger_id: str, xero_id: str) -> bool:
    """Tell whether Xero's id is still to be written into a Vtiger record: not where either record is gone."""
    if not isinstance(slice_, WritingBack) or not slice_.writes_back:
        return False
    ours, theirs = (
        state.record(slice_.name, side, each) for side, each in ((Side.VTIGER, vtiger_id), (Side.XERO, xero_id))
    )
    are_there = all(row is None or row.presence is Presence.ACTIVE for row in (ours, theirs))
    return are_there and slice_.lacks_id(record, ours.marker if ours else "", xero_id)


def mark_lacking(state: State, slice_: Slice[Any]) -> None:
    """Have Xero's id written into every record of a module that lacks it."""
    after = ""
    while ids := state.linked_after(slice_.name, Side.VTIGER, after, PORTION):
        for link in state.links(slice_.name, Side.VTIGER, ids).values():
            if LACKS_ID in link.unsettled:
                continue
            if lacks_id(state, slice_, slice_.decode(link.vtiger_base), link.vtiger_id, link.xero_id):
                state.put_link(replace(link, unsettled=(*link.unsettled, LACKS_ID)))
        after = ids[-1]


def only_ours(before: str, after: str, xero_id: str) -> bool:
    """Tell whether a row of Vtiger's was changed by nobody but us: only the id came, and what every write moves."""
    return _only_ours(json.loads(before), json.loads(after), xero_id)


def _only_ours(before: Any, after: Any, xero_id: str) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        names = {*before, *after} - SAVED
        return all(_only_ours(before.get(name), after.get(name), xero_id) for name in names)
    if isinstance(before, list) and isinstance(after, list):
        pairs = zip_longest(before, after)
        return all(_only_ours(*pair, xero_id) for pair in pairs)
    return after in (before, xero_id)


def asked_for(state: State, slice_: Slice[Any], vtiger: RowSource, selection: Selection) -> Iterator[Link]:
    """Give the links that lack the id; records are looked at where it takes that to tell which are meant."""
    waiting = (link for link in state.waiting_links(slice_.name) if LACKS_ID in link.unsettled)
    if selection.ids is None and not selection.since:
        yield from waiting
        return
    while links := {link.vtiger_id: link for link in islice(waiting, AT_ONCE)}:
        for found in _as_now(slice_, vtiger, list(links)):
            if selection.asks_for(found, ids=(links[found.id].xero_id,)):
                yield links[found.id]


def _as_now(slice_: Slice[Any], vtiger: RowSource, ids: Sequence[str]) -> Iterator[Snapshot[Any]]:
    for page in vtiger.fetch_ids(slice_.name, ids):
        for found in slice_.mappers[Side.VTIGER].parse(page.raw):
            if found.presence is Presence.ACTIVE and found.id in ids:
                yield found


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Writes the ids that a module's links lack, as far as they were asked for, and at most `limit` of them.

    `tell` is told of what Vtiger refused, or would not keep as it is.
    """

    state: State
    slice: Slice[Any]
    vtiger: RowSource
    run: str
    translate: Callable[[Side, str, tuple[str, ...]], tuple[Finding, ...]]
    tell: Callable[[Action], None]
    should_stop: Callable[[], None]
    selection: Selection = EVERYTHING

    def carry_out(self) -> None:
        """Write them.

        Raises:
            TemporaryError: Vtiger could not be reached; what is left is done by the next run.
        """
        allowance = Allowance(self.selection.limit)
        for link in asked_for(self.state, self.slice, self.vtiger, self.selection):
            self.should_stop()
            # Just before the write: what is written carries some fields that Vtiger would otherwise reset.
            found = next(_as_now(self.slice, self.vtiger, [link.vtiger_id]), None)
            if found is None or not lacks_id(self.state, self.slice, found.record, link.vtiger_id, link.xero_id):
                continue
            if not allowance.take():
                return
            self._write(link, found)

    def _write(self, link: Link, found: Snapshot[Any]) -> None:
        mapper, text = self.slice.mappers[Side.VTIGER], self.slice.encode(found.record)
        action = self._action(link, found, text)
        barred = mapper.check_update(found.record, found.record)
        if barred:
            with self.state.transaction():
                self.tell(replace(action, outcome=Outcome.SKIPPED, reasons=in_order(barred)))
            return
        payload = mapper.payload(found.record, found.record, link.vtiger_id, link.xero_id)
        key = f"{self.run}-id-{link.vtiger_id}"
        intents = self.state.open_intents([Departure(action, text, key, found.modified)])
        [answer] = self.vtiger.update(self.slice.name, [payload], key)
        with self.state.transaction():
            if isinstance(answer, Refused):
                self._tell(action, answer)
            else:
                self._settle(link, answer, found, is_known=text == link.vtiger_base)
            self.state.close_intents(intents)

    def _settle(self, link: Link, answer: Accepted, found: Snapshot[Any], *, is_known: bool) -> None:
        """Note that the id is there. What a person edited since the base was read waits for the next run."""
        slice_, state = self.slice, self.state
        answered = slice_.mappers[Side.VTIGER].parse(answer.raw)[0]
        beside = {
            name: judged
            for name in slice_.fields
            if (judged := getattr(found.record, name)) != getattr(answered.record, name)
        }
        if only_ours(found.raw, answered.raw, link.xero_id):
            state.saved_again(slice_.name, Side.VTIGER, link.vtiger_id, found.modified, answered.modified)
        left = tuple(name for name in link.unsettled if name != LACKS_ID)
        base = slice_.encode(replace(answered.record, **beside)) if is_known else link.vtiger_base
        state.put_link(replace(link, vtiger_base=base, unsettled=left))
        row = state.record(slice_.name, Side.VTIGER, link.vtiger_id)
        keep(state, slice_.name, Side.VTIGER, answered)
        if is_known and not beside and row is not None and row.raw is None:
            state.settle_record(slice_.name, Side.VTIGER, link.vtiger_id)
        state.forget_modified(slice_.name, Side.VTIGER, link.vtiger_id)

    def _tell(self, action: Action, answer: Refused) -> None:
        told = finding(Code.VTIGER_REFUSED, "Xero's id could not be written into the record in Vtiger.")
        reasons = self.translate(Side.VTIGER, self.slice.name, answer.messages)
        self.tell(replace(action, outcome=Outcome.FAILED, reasons=in_order((told, *reasons))))

    def _action(self, link: Link, found: Snapshot[Any], text: str) -> Action:
        return Action(
            self.slice.name,
            Side.VTIGER,
            Outcome.UPDATED,
            "update",
            link.vtiger_id,
            link.xero_id,
            found.label,
            source=link.xero_base,
            wanted=text,
            current=text,
            author=link.author,
        )
