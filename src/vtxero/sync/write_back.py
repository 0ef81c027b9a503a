"""Writing Xero's id into the Vtiger record, where the config asks for it and once both records exist.

A link whose Vtiger record lacks the id carries `LACKS_ID` among its unsettled fields. So nothing is forgotten when a
run ends between the two writes: the next one finds the link waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
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
"""Records that are read together just before they are written: few, so that each is fresh."""
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


def mark_lacking(state: State, slice_: Slice[Any]) -> int:
    """Have Xero's id written into every record of a module that lacks it. Gives how many they are."""
    found, after = 0, ""
    while ids := state.linked_after(slice_.name, Side.VTIGER, after, PORTION):
        for link in state.links(slice_.name, Side.VTIGER, ids).values():
            if LACKS_ID in link.unsettled:
                continue
            if lacks_id(state, slice_, slice_.decode(link.vtiger_base), link.vtiger_id, link.xero_id):
                state.put_link(replace(link, unsettled=(*link.unsettled, LACKS_ID)))
                found += 1
        after = ids[-1]
    return found


@dataclass(frozen=True, slots=True)
class WriteBack:
    """Writes the ids that a module's links lack, as far as they were asked for, and at most `limit` of them.

    `record` is told of what Vtiger refused.
    """

    state: State
    slice: Slice[Any]
    vtiger: RowSource
    run: str
    translate: Callable[[Side, str, tuple[str, ...]], tuple[Finding, ...]]
    record: Callable[[Action], None]
    should_stop: Callable[[], None]
    selection: Selection = EVERYTHING

    def carry_out(self) -> None:
        """Write them.

        Raises:
            TemporaryError: Vtiger could not be reached; what is left is done by the next run.
        """
        allowance = Allowance(self.selection.limit)
        waiting = (link for link in self.state.waiting_links(self.slice.name) if LACKS_ID in link.unsettled)
        while links := {link.vtiger_id: link for link in islice(waiting, AT_ONCE)}:
            for found in self._as_now(links):
                link = links[found.id]
                if not self._is_wanted(link, found):
                    continue
                if not allowance.take():
                    return
                self.should_stop()
                self._write(link, found)

    def _is_wanted(self, link: Link, found: Snapshot[Any]) -> bool:
        if not self.selection.asks_for(found, ids=(link.xero_id,)):
            return False
        return lacks_id(self.state, self.slice, found.record, link.vtiger_id, link.xero_id)

    def _as_now(self, links: Mapping[str, Link]) -> Iterator[Snapshot[Any]]:
        """Read the records once more: what is written carries some fields that Vtiger would otherwise reset."""
        for page in self.vtiger.fetch_ids(self.slice.name, list(links)):
            for found in self.slice.mappers[Side.VTIGER].parse(page.raw):
                if found.presence is Presence.ACTIVE and found.id in links:
                    yield found

    def _write(self, link: Link, found: Snapshot[Any]) -> None:
        payload = self.slice.mappers[Side.VTIGER].payload(found.record, found.record, link.vtiger_id, link.xero_id)
        text = self.slice.encode(found.record)
        action = self._action(link, found, text)
        key = f"{self.run}-id-{link.vtiger_id}"
        intents = self.state.open_intents([Departure(action, text, key, found.modified)])
        [answer] = self.vtiger.update(self.slice.name, [payload], key)
        with self.state.transaction():
            if isinstance(answer, Refused):
                self._tell(action, answer)
            else:
                self._settle(link, answer, found.modified, is_known=text == link.vtiger_base)
            self.state.close_intents(intents)

    def _settle(self, link: Link, answer: Accepted, before: str, *, is_known: bool) -> None:
        """Note that the id is there. What a person edited since the base was read waits for the next run."""
        answered = self.slice.mappers[Side.VTIGER].parse(answer.raw)[0]
        self.state.saved_again(self.slice.name, Side.VTIGER, link.vtiger_id, before, answered.modified)
        left = tuple(field for field in link.unsettled if field != LACKS_ID)
        base = self.slice.encode(answered.record) if is_known else link.vtiger_base
        self.state.put_link(replace(link, vtiger_base=base, unsettled=left))
        row = self.state.record(self.slice.name, Side.VTIGER, link.vtiger_id)
        keep(self.state, self.slice.name, Side.VTIGER, answered)
        if is_known and row is not None and row.raw is None:
            self.state.settle_record(self.slice.name, Side.VTIGER, link.vtiger_id)
        self.state.forget_modified(self.slice.name, Side.VTIGER, link.vtiger_id)

    def _tell(self, action: Action, answer: Refused) -> None:
        told = finding(Code.VTIGER_REFUSED, "Xero's id could not be written into the record in Vtiger.")
        reasons = self.translate(Side.VTIGER, self.slice.name, answer.messages)
        self.record(replace(action, outcome=Outcome.FAILED, reasons=in_order((told, *reasons))))

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
