"""What is kept of an action once its end is known: the link with its two bases, and the effect that undo reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from vtxero.domain.sides import Side
from vtxero.sync.doubt import plain
from vtxero.sync.effects import CREATED, LINKED, Effect
from vtxero.sync.fetch import keep
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import Slice, moved_by_each_other
from vtxero.sync.state import Action, Link, State
from vtxero.sync.write_back import LACKS_ID, lacks_id


class Settler:
    """Settles the actions of one module. To be called within a transaction."""

    def __init__(self, state: State, slice_: Slice[Any]) -> None:
        self._state = state
        self._slice = slice_

    def settle(self, action: Action) -> None:
        """Keep an action that needed no write: both bases get the present values, but for the held fields."""
        if self._state.link(self._slice.name, Side.VTIGER, action.vtiger_id) is None:
            self._note_effect(action, None)
        texts = {action.target: action.current, action.target.other: action.source}
        present = {side: self._slice.decode(text) for side, text in texts.items()}
        bases = {side: self._keep_held(action, side, now, action.hold) for side, now in present.items()}
        self._put_link(action, bases)

    def settle_answer(self, action: Action, snapshot: Snapshot[Any]) -> None:
        """Keep what a side answered to a write. The action has the ids of both records by now."""
        self._note_effect(action, snapshot)
        keep(self._state, self._slice.name, action.target, snapshot)
        if action.source:
            beside = self._edited_beside(action, snapshot.record)
            self._put_link(action, self._bases_after(action, snapshot, beside), is_settled=not beside)
        self._state.forget_modified(self._slice.name, action.target, snapshot.id)

    def _note_effect(self, action: Action, answered: Snapshot[Any] | None) -> None:
        """Keep what taking this write back needs; nothing was answered where two records were only linked."""
        link = self._state.link(action.module, Side.VTIGER, action.vtiger_id) if action.vtiger_id else None
        effect = Effect(
            action.module,
            action.target,
            action.write if answered else LINKED,
            action.vtiger_id,
            action.xero_id,
            action.label,
            action.fields,
            before="" if action.write == CREATED else action.current if answered else action.source,
            after=self._slice.encode(answered.record) if answered else action.current,
            known=plain(self._state.modified(action.module, action.target, answered.id)) if answered else "",
            modified=answered.modified if answered else "",
            vtiger_base=link.vtiger_base if link else "",
            xero_base=link.xero_base if link else "",
            unsettled=link.unsettled if link else (),
        )
        self._state.add_effect(effect)

    def _edited_beside(self, action: Action, answered: Any) -> dict[str, Any]:
        """Give, as they were judged, the fields that the answer to an update shows changed though we sent none of them.

        A person was there between our last look and our write. With the answer as their base the edit would be known,
        and never cross.
        """
        if not action.current:
            return {}
        judged, sent = self._slice.decode(action.current), {*action.fields, *action.hold}
        sent = sent.union(*(group for group in moved_by_each_other(self._slice) if group & sent))
        others = (name for name in self._slice.fields if name not in sent)
        return {name: getattr(judged, name) for name in others if getattr(judged, name) != getattr(answered, name)}

    def _bases_after(self, action: Action, snapshot: Snapshot[Any], beside: Mapping[str, Any]) -> dict[Side, Any]:
        """Both bases after a write: what the target answered, and what was read from the other side."""
        side = action.target
        source_now = self._slice.decode(action.source)
        link = self._state.link(self._slice.name, side, snapshot.id)
        if link and not action.counted:
            source_base = self._second_base(link, action, source_now)
        else:
            source_base = self._keep_held(action, side.other, source_now, action.hold)
        target_base = replace(self._keep_held(action, side, snapshot.record, action.hold), **beside)
        return {side: target_base, side.other: source_base}

    def _second_base(self, link: Link, action: Action, source_now: Any) -> Any:
        """After a pair's second write: the first one has set this base already, only the carried fields are added."""
        base = self._slice.decode(link.base(action.target.other))
        carried = (field for field in action.fields if field not in action.hold)
        return replace(base, **{field: getattr(source_now, field) for field in carried})

    def _keep_held(self, action: Action, side: Side, now: Any, held: Iterable[str]) -> Any:
        text = action.vtiger_base if side is Side.VTIGER else action.xero_base
        if not text:
            return now
        old = self._slice.decode(text)
        return replace(now, **{field: getattr(old, field) for field in held})

    def _put_link(self, action: Action, bases: Mapping[Side, Any], *, is_settled: bool = True) -> None:
        module, ids = self._slice.name, (action.vtiger_id, action.xero_id)
        lacking = (LACKS_ID,) if lacks_id(self._state, self._slice, bases[Side.VTIGER], *ids) else ()
        self._state.put_link(
            Link(
                module,
                *ids,
                action.author,
                self._slice.encode(bases[Side.VTIGER]),
                self._slice.encode(bases[Side.XERO]),
                (*action.unsettled, *lacking),
            )
        )
        if is_settled and not action.hold and not action.reasons:
            for side, record_id in ((Side.VTIGER, action.vtiger_id), (Side.XERO, action.xero_id)):
                self._state.settle_record(module, side, record_id)
