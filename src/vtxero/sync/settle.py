"""What is kept of an action once its end is known: the link with its two bases, and the effect that undo reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, in_order, note
from vtxero.domain.sides import Side
from vtxero.sync.doubt import plain
from vtxero.sync.effects import CREATED, LINKED, UPDATED, Effect
from vtxero.sync.fetch import keep
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import EditingMembers, Slice, moved_by_each_other, with_fields
from vtxero.sync.state import Action, Link, State
from vtxero.sync.write_back import LACKS_ID, lacks_id

Tell: TypeAlias = Callable[[str, Action], None]
"""Notes the outcome of a record for an earlier run, which could not note it itself."""

FOUND = "No answer came when it was sent; a later run found in {side} that it was carried out."
FOUND_IN_PART = "No answer came when it was sent; a later run found this much of it in {side}, and not {rest}."


def found_note(side: Side, rest: str = "") -> Finding:
    """Say of a write that it was found carried out afterwards; `rest` names the fields that were not found so."""
    text = FOUND_IN_PART if rest else FOUND
    return note(Code.ANSWER_LOST, text.format(side=side.label, rest=rest), remedy="Nothing needs to be done.")


class Settler:
    """Settles the actions of one module. To be called within a transaction."""

    def __init__(self, state: State, slice_: Slice[Any], tell: Tell) -> None:
        self._state = state
        self._slice = slice_
        self._tell = tell

    def settle(self, action: Action) -> None:
        """Keep an action that needed no write: both bases get the present values, but for the held fields."""
        if self._state.link(self._slice.name, Side.VTIGER, action.vtiger_id) is None:
            self._note_effect(action, None)
        texts = {action.target: action.current, action.target.other: action.source}
        present = {side: self._slice.decode(text) for side, text in texts.items()}
        bases = {side: keep_held(self._slice, action, side, now) for side, now in present.items()}
        former = {Side.VTIGER: action.vtiger_base, Side.XERO: action.xero_base}
        self._put_link(action, settle_members(self._slice, action, present, former, bases))

    def settle_answer(self, action: Action, snapshot: Snapshot[Any]) -> None:
        """Keep what a side answered to a write. The action has the ids of both records by now."""
        self._note_effect(action, snapshot)
        keep(self._state, self._slice.name, action.target, snapshot)
        if action.source:
            beside = edited_beside(self._slice, action, snapshot.record)
            link = self._state.link(self._slice.name, action.target, snapshot.id)
            self._put_link(action, bases_after(self._slice, action, snapshot, beside, link), is_settled=not beside)
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
        if effect.made_link and effect.write != CREATED:
            self._note_first(effect, is_certain=not action.differed)
        else:
            self._state.add_effect(effect)

    def _note_first(self, effect: Effect, *, is_certain: bool) -> None:
        """Note what made a link; where an interrupted run has sent one of the two, it is that run's creation.

        Where it holds something else than was sent it may be a person's, which no undo may take away.
        """
        ids = (effect.module, effect.vtiger_id, effect.xero_id)
        sent = self._state.sent_creation(*ids)
        if sent is None or not is_certain:
            self._state.add_effect(replace(effect, before="", after="") if effect.write == LINKED else effect)
            self._state.close_intents([sent.id] if sent else [])
            return
        created = _as_created(effect, sent.target)
        written = effect.fields if effect.side is sent.target else ()
        self._state.add_effect(replace(created, after=self._as_sent(created.after, sent.wanted, written), run=sent.run))
        if effect.write == UPDATED and effect.side is not sent.target:
            self._state.add_effect(effect)
        self._state.close_intents([sent.id])
        if sent.action is not None:
            notes = in_order((*sent.action.notes, found_note(sent.target)))
            self._tell(sent.run, replace(sent.action, vtiger_id=ids[1], xero_id=ids[2], notes=notes))

    def _as_sent(self, found: str, sent: str, written: Collection[str]) -> str:
        """Give a record as the run that sent it left it: what it says otherwise was edited since, and stays.

        `found` is how a later run saw it, blank where none did, after it had `written` fields itself.
        """
        if not found:
            return ""
        now, meant = self._slice.decode(found), self._slice.decode(sent)
        others = (name for name in self._slice.fields if name not in written)
        edited = {name: getattr(meant, name) for name in others if self._differs(name, now, meant)}
        return self._slice.encode(replace(now, **edited)) if edited else found

    def _differs(self, name: str, now: Any, meant: Any) -> bool:
        """Tell two values apart; members of a union have ids by now, which nobody could send."""
        if name in self._slice.unions:
            return self._slice.show(name, now) != self._slice.show(name, meant)
        return bool(getattr(now, name) != getattr(meant, name))

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


def _as_created(effect: Effect, side: Side) -> Effect:
    """Say that the record of a side was made. A link knows both records, an update its own side's only."""
    if side is effect.side:
        return replace(effect, write=CREATED, before="", fields=())
    after = effect.before if effect.write == LINKED else ""
    return replace(effect, side=side, write=CREATED, before="", after=after, modified="", fields=())


def edited_beside(slice_: Slice[Any], action: Action, answered: Any) -> dict[str, Any]:
    """Give, as they were judged, the fields that the answer to an update shows changed though we sent none of them.

    A person was there between our last look and our write. With the answer as their base the edit would be known,
    and never cross.
    """
    if not action.current:
        return {}
    judged, sent = slice_.decode(action.current), {*action.fields, *action.hold}
    sent = sent.union(*(group for group in moved_by_each_other(slice_) if group & sent))
    others = (name for name in slice_.fields if name not in sent)
    return {name: getattr(judged, name) for name in others if getattr(judged, name) != getattr(answered, name)}


def bases_after(
    slice_: Slice[Any], action: Action, snapshot: Snapshot[Any], beside: Mapping[str, Any], link: Link | None
) -> dict[Side, Any]:
    """Both bases after a write: what the target answered, and what was read from the other side."""
    side = action.target
    source_now = slice_.decode(action.source)
    if link and not action.counted:
        source_base = _second_base(slice_, link, action, source_now)
    else:
        source_base = keep_held(slice_, action, side.other, source_now)
    target_base = keep_held(slice_, action, side, snapshot.record)
    if beside:
        target_base = with_fields(slice_, target_base, beside, slice_.decode(action.current))
    former = {Side.VTIGER: action.vtiger_base, Side.XERO: action.xero_base}
    if link and not action.counted:
        former = {each: link.base(each) for each in Side}
    present = {side: snapshot.record, side.other: source_now}
    return settle_members(slice_, action, present, former, {side: target_base, side.other: source_base})


def _second_base(slice_: Slice[Any], link: Link, action: Action, source_now: Any) -> Any:
    """After a pair's second write: the first one has set this base already, only the carried fields are added."""
    base = slice_.decode(link.base(action.target.other))
    carried = (field for field in action.fields if field not in action.hold)
    return with_fields(slice_, base, carried, source_now)


def settle_members(
    slice_: Slice[Any],
    action: Action,
    present: Mapping[Side, Any],
    former: Mapping[Side, str],
    bases: Mapping[Side, Any],
) -> dict[Side, Any]:
    """Give the bases with those members of unions that wait of whom both sides say the same.

    What waits may be one member, for long; another one that has crossed is not to be taken for changed on both sides.
    """
    waits = slice_.unions.intersection(action.hold)
    if not waits or not isinstance(slice_, EditingMembers) or not all(former.values()):
        return dict(bases)
    records, old, kept = (
        (each[Side.VTIGER], each[Side.XERO])
        for each in (present, {side: slice_.decode(text) for side, text in former.items()}, bases)
    )
    vtiger, xero = slice_.settle_members(records, old, kept)
    return {Side.VTIGER: vtiger, Side.XERO: xero}


def keep_held(slice_: Slice[Any], action: Action, side: Side, now: Any) -> Any:
    """Give a side's record with the held fields as its base has them."""
    text = action.vtiger_base if side is Side.VTIGER else action.xero_base
    if not text:
        return now
    return with_fields(slice_, now, action.hold, slice_.decode(text))
