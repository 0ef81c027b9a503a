"""What became of what an interrupted run sent: found out by what the service holds, before any judging.

A record that was made of another is found by its marker or key (`plan`). One that was changed bears no sign of whose
change it was: each field that now says what was sent, and did not before, arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vtxero.domain.findings import in_order
from vtxero.domain.ids import record_number
from vtxero.domain.sides import Side
from vtxero.domain.words import all_called
from vtxero.sync.doubt import plain
from vtxero.sync.effects import CREATED, UPDATED, Effect
from vtxero.sync.records import Presence, Snapshot
from vtxero.sync.settle import Tell, bases_after, edited_beside, found_note
from vtxero.sync.slice import Slice, WritingBack
from vtxero.sync.state import Action, Intent, Link, State


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the written side shows: the fields that arrived, those that did not, and what is somebody else's."""

    arrived: tuple[str, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]


class Recovery:
    """Settles the writes of one module that left without a known end. To be called within a transaction."""

    def __init__(self, state: State, slice_: Slice[Any], tell: Tell) -> None:
        self._state = state
        self._slice = slice_
        self._tell = tell

    def settle_changes(self) -> None:
        """Settle them all: what arrived is noted for the run that sent it, what did not is judged again."""
        for intent in self._state.open_changes(self._slice.name):
            if intent.action is not None:
                self._settle(intent, intent.action)
            self._state.close_intents([intent.id])

    def settle_seed(self) -> None:
        """Settle the creation of a record without a counterpart (the placeholder product): no link shows it."""
        intent = self._state.find_intents(self._slice.name).get((Side.VTIGER, ""))
        if intent is None:
            return
        sent = self._slice.decode(intent.wanted)
        for row in self._state.unlinked(self._slice.name, Side.VTIGER):
            if row.raw is None or record_number(row.id) <= intent.highest:
                continue
            found = self._slice.mappers[Side.VTIGER].parse_one(row.raw)
            if all(getattr(found.record, name) == getattr(sent, name) for name in self._slice.identity):
                self._note_seed(intent, found)
                self._state.close_intents([intent.id])
                return

    def _note_seed(self, intent: Intent, found: Snapshot[Any]) -> None:
        effect = Effect(
            self._slice.name,
            Side.VTIGER,
            CREATED,
            found.id,
            "",
            found.label,
            after=self._slice.encode(found.record),
            modified=found.modified,
            run=intent.run,
        )
        self._state.add_effect(effect)
        if intent.action is not None:
            self._tell_of(intent, replace(intent.action, vtiger_id=found.id), ())

    def _settle(self, intent: Intent, action: Action) -> None:
        if not action.fields:
            self._settle_id(intent, action)
            return
        present = self._present(action)
        if present is None:
            return
        link = self._state.link(action.module, Side.VTIGER, action.vtiger_id)
        found = self._look(intent, action, present)
        if found.arrived and self._belong_together(action, link):
            self._note(intent, action, present, found, link)

    def _present(self, action: Action) -> Snapshot[Any] | None:
        """Give the changed record as this run has read it; one that was not read again is as it was before."""
        row = self._state.record(action.module, action.target, action.target_id)
        if row is None or row.raw is None:
            return None
        return self._slice.mappers[action.target].parse_one(row.raw)

    def _belong_together(self, action: Action, link: Link | None) -> bool:
        """Tell whether the two records are still one; those that the write was to join must be free and there."""
        if link is not None:
            return link.xero_id == action.xero_id
        rows = (
            self._state.record(action.module, action.target.other, action.source_id),
            self._state.record(action.module, action.target, action.target_id),
        )
        is_free = self._state.link(action.module, Side.XERO, action.xero_id) is None
        return is_free and all(row is not None and row.presence is not Presence.GONE for row in rows)

    def _look(self, intent: Intent, action: Action, present: Snapshot[Any]) -> _Findings:
        before, wanted, now = self._slice.decode(action.current), self._slice.decode(intent.wanted), present.record
        source = Snapshot(action.source_id, action.label, "", self._slice.decode(action.source), "")
        # What the service adds by itself, as the ids of new lines, is in the projection on what is there now.
        meant = self._slice.mappers[action.target].project(source, now).record
        arrived, missing, foreign = list[str](), list[str](), list[str]()
        for name in action.fields:
            value = getattr(now, name)
            if value == getattr(before, name) != getattr(wanted, name):
                missing.append(name)
            elif value in (getattr(wanted, name), getattr(meant, name)):
                arrived.append(name)
            else:
                foreign.append(name)
        if all(getattr(before, name) == getattr(wanted, name) for name in arrived):
            arrived.clear()  # no proof that anything of it arrived
        return _Findings(tuple(arrived), tuple(missing), tuple(foreign))

    def _note(
        self, intent: Intent, action: Action, present: Snapshot[Any], found: _Findings, link: Link | None
    ) -> None:
        """Note effect and outcome for the run that sent it, and let both bases know what has arrived."""
        rest = (*found.missing, *found.foreign)
        sure = replace(action, fields=found.arrived, hold=tuple(dict.fromkeys((*action.hold, *rest))))
        beside = edited_beside(self._slice, replace(sure, fields=action.fields), present.record)
        self._add_effect(intent, sure, present, self._as_left(intent, present, found.foreign, beside), link)
        bases = bases_after(self._slice, sure, present, beside, link)
        unsettled = [name for name in (link or action).unsettled if name not in found.arrived]
        if link is None:
            unsettled += [name for name in rest if name not in unsettled]
        self._state.put_link(
            Link(
                action.module,
                action.vtiger_id,
                action.xero_id,
                link.author if link else action.author,
                self._slice.encode(bases[Side.VTIGER]),
                self._slice.encode(bases[Side.XERO]),
                tuple(unsettled),
            )
        )
        self._tell_of(intent, sure, rest)

    def _as_left(self, intent: Intent, present: Snapshot[Any], foreign: Iterable[str], beside: dict[str, Any]) -> Any:
        """Give the record as the run left it: without what a person has changed in it since."""
        wanted = self._slice.decode(intent.wanted)
        return replace(present.record, **{name: getattr(wanted, name) for name in foreign}, **beside)

    def _add_effect(
        self, intent: Intent, action: Action, present: Snapshot[Any], after: Any, link: Link | None
    ) -> None:
        effect = Effect(
            action.module,
            action.target,
            UPDATED,
            action.vtiger_id,
            action.xero_id,
            action.label,
            action.fields,
            before=action.current,
            after=self._slice.encode(after),
            known=intent.known,
            modified=present.modified,
            vtiger_base=link.vtiger_base if link else "",
            xero_base=link.xero_base if link else "",
            unsettled=link.unsettled if link else (),
            run=intent.run,
        )
        self._state.add_effect(effect)

    def _tell_of(self, intent: Intent, action: Action, rest: Iterable[str]) -> None:
        """Tell what the run would have told, as far as it is known to have happened."""
        rest = tuple(rest)
        told = found_note(action.target, all_called(action.module, rest))
        changes = tuple(change for change in action.changes if change.field not in rest)
        self._tell(intent.run, replace(action, changes=changes, notes=in_order((*action.notes, told))))

    def _settle_id(self, intent: Intent, action: Action) -> None:
        """A write of Xero's id into the Vtiger record is no effect; it moved the record's time, and that was us."""
        row = self._state.record(action.module, Side.VTIGER, action.vtiger_id)
        link = self._state.link(action.module, Side.VTIGER, action.vtiger_id)
        if row is None or link is None or not isinstance(self._slice, WritingBack):
            return
        modified = plain(row.modified)
        if row.raw is None:
            # Read again, it said what its base says, and lacked no id.
            is_ours = link.vtiger_base == intent.wanted
        else:
            found, sent = self._slice.mappers[Side.VTIGER].parse_one(row.raw), self._slice.decode(intent.wanted)
            has_id = not self._slice.lacks_id(found.record, found.marker, link.xero_id)
            is_ours = has_id and all(getattr(found.record, f) == getattr(sent, f) for f in self._slice.fields)
        if is_ours and modified:
            self._state.saved_again(action.module, Side.VTIGER, action.vtiger_id, intent.known, modified)
