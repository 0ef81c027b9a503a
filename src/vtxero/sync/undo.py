"""What taking a run back means for each record: removed, set back, unlinked, or left alone and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.domain.words import all_called
from vtxero.sync.effects import CREATED, LINKED, UPDATED, Effect
from vtxero.sync.records import LINK, LINK_TO_GONE, FieldChange, Presence, Snapshot
from vtxero.sync.settle import found_note
from vtxero.sync.slice import Slice

UNLINKED = FieldChange(LINK, "linked", None)
"""What is shown of a pair that has no link afterwards, though both of it stay."""

FORGOTTEN = FieldChange(LINK, LINK_TO_GONE, None)
"""What is shown of a pair that has no link afterwards, of which somebody has taken away what the run made."""

DELETE = "deleted"
"""How a record leaves Vtiger: to the recycle bin."""

WHILE_SAVED = timedelta(seconds=1)
"""How long a service may take from saving a record until it has saved what that moves."""

SHOWN = 3
"""How many users of a record are named."""

Way: TypeAlias = str | Finding
"""How a record is taken away (in Xero the status that it is given), or why it stays."""


def always(way: str) -> Callable[[Any], Way]:
    """Take every record away in the same way."""
    return lambda _: way


def stays(message: str) -> Callable[[Any], Way]:
    """Let every record stay."""
    return lambda _: finding(Code.UNDO_STAYS, message)


def no_parts(before: Any | None, after: Any) -> Mapping[str, str]:
    """Say that records of this module are one row each."""
    del before, after
    return {}


@dataclass(frozen=True, slots=True)
class UndoRules:
    """How a module's records are taken away again.

    `ways` say how a record of a side goes. `derived` are fields that writes of other records move. `parts` gives the
    further Vtiger records that a write made along with the record, from its state before (None: made) and after: what
    people call them, by their ids. They belong to the module `parts_of`, and `part_fields` are the fields that show
    them. `words` tell people beforehand what is special about a way (or, under `stays`, about staying); `{n}` is the
    number of records.
    """

    ways: Mapping[Side, Callable[[Any], Way]]
    derived: frozenset[str] = frozenset()
    parts: Callable[[Any | None, Any], Mapping[str, str]] = no_parts
    parts_of: str = ""
    part_fields: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)


class Kind(StrEnum):
    """What becomes of a record."""

    REMOVE = "remove"
    RESTORE = "update"
    UNLINK = "unlink"
    DONE = "done"
    """It is already as it should be: only our notes are put right."""
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One record's part of the plan. `effects` are taken back with it, the first one first in time.

    `now` and `other` are the pair's records as read for this plan, None where there is none. `way` is how a record
    goes, `wanted` the record that is written, `parts` what is deleted in Vtiger along with it (of the module
    `parts_of`), `users` the records of the same side that refer to any of these. `notes` are said of what an
    interrupted undo has done already. `moved` tells that others which are taken back move the record in going.
    """

    kind: Kind
    effects: tuple[Effect, ...]
    now: Snapshot[Any] | None = None
    other: Snapshot[Any] | None = None
    way: str = ""
    wanted: Any = None
    fields: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    parts_of: str = ""
    users: tuple[str, ...] = ()
    reasons: tuple[Finding, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    notes: tuple[Finding, ...] = ()
    moved: bool = False

    @property
    def effect(self) -> Effect:
        """The first effect: it knows how the record was before."""
        return self.effects[0]

    @property
    def makes_strangers(self) -> bool:
        """Whether the pair has no link afterwards: one of it goes, or it had none before."""
        return self.effect.write == CREATED or any(effect.made_link for effect in self.effects)

    @property
    def place(self) -> tuple[str, Side, str]:
        """The record that it is about."""
        return self.effect.module, self.effect.side, self.effect.id

    @property
    def goes(self) -> Mapping[tuple[str, Side, str], str]:
        """What is taken away with this step, the record itself (if it goes) and its parts, each as people call it."""
        own = {self.place: "It"} if self.kind is Kind.REMOVE else {}
        return own | {(self.parts_of, Side.VTIGER, each): name for each, name in self.parts.items()}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of one record when it is judged. `later` names a run that wrote to it afterwards, or is blank.

    `begun` tells that an interrupted undo had already sent this record's removal, `linked` that the pair has a link.
    `moved` are the times at which other records that are taken back as well were made, and moved this one.
    """

    effects: tuple[Effect, ...]
    now: Snapshot[Any] | None
    later: str = ""
    begun: bool = False
    linked: bool = False
    moved: frozenset[str] = frozenset()


def group_effects(effects: Iterable[Effect]) -> list[tuple[Effect, ...]]:
    """Gather what happened to each record, the record touched last first: what refers to others goes before them."""
    groups: dict[tuple[str, Side, str], list[Effect]] = {}
    for effect in effects:
        groups.setdefault((effect.module, effect.side, effect.id), []).append(effect)
    found = [tuple(group) for group in groups.values()]
    return sorted(found, key=lambda group: -group[0].seq)


def judge(slice_: Slice[Any], rules: UndoRules, scene: Scene) -> UndoStep:
    """Say what becomes of one record."""
    step = UndoStep(Kind.LEAVE, scene.effects, scene.now, moved=bool(scene.moved))
    first = scene.effects[0]
    if scene.later:
        text = f"The run {scene.later} wrote to it as well."
        remedy = f"Take that one back first: `vtxero undo {scene.later}`."
        return _left(step, finding(Code.UNDO_LATER, text, remedy=remedy))
    if all(effect.write == LINKED for effect in scene.effects):
        return replace(step, kind=Kind.UNLINK, changes=(UNLINKED,))
    if first.write == CREATED:
        return _judge_removal(slice_, rules, scene, step)
    return _judge_setback(slice_, rules, scene, step)


def _judge_removal(slice_: Slice[Any], rules: UndoRules, scene: Scene, step: UndoStep) -> UndoStep:
    first = scene.effects[0]
    if scene.now is None:
        return _gone(scene, step, FieldChange("record", "there", DELETE))
    way, status = rules.ways[first.side](scene.now.record), _status(scene.now.record)
    if first.side is Side.XERO and (status == way or scene.now.presence is Presence.GONE):
        was = _status(slice_.decode(first.after)) if first.after else None
        ended = status if isinstance(way, Finding) else way
        return _gone(scene, replace(step, way=ended), FieldChange("status", was or None, ended))
    if isinstance(way, Finding):
        return _left(step, way)
    touched = _touched(slice_, rules, scene)
    if touched:
        return _left(step, touched)
    parts = rules.parts(None, scene.now.record) if first.side is Side.VTIGER else {}
    shown = FieldChange("status" if first.side is Side.XERO else "record", status or "there", way)
    return replace(step, kind=Kind.REMOVE, way=way, parts=parts, parts_of=rules.parts_of, changes=(shown,))


def _judge_setback(slice_: Slice[Any], rules: UndoRules, scene: Scene, step: UndoStep) -> UndoStep:
    writes = [effect for effect in scene.effects if effect.write == UPDATED]
    fields = tuple(dict.fromkeys(name for effect in writes for name in effect.fields))
    if scene.now is None:
        return _left(step, finding(Code.GONE, f"It is gone in {writes[0].side.label}."))
    before, now = slice_.decode(writes[0].before), scene.now.record
    wanted = replace(now, **{name: getattr(before, name) for name in fields})
    step = replace(step, wanted=wanted, fields=fields)
    moving = tuple(name for name in fields if getattr(before, name) != getattr(now, name))
    unlinked = (UNLINKED,) if step.makes_strangers else ()
    if not moving and unlinked and not scene.begun:
        return replace(step, kind=Kind.UNLINK, changes=unlinked)
    if not moving:
        after = slice_.decode(writes[-1].after) if writes[-1].after else before
        back = [name for name in fields if getattr(after, name) != getattr(now, name)]
        return _done(scene, step, *(FieldChange(n, slice_.show(n, after), slice_.show(n, now)) for n in back))
    touched = _touched(slice_, rules, scene)
    barred = touched or (scene.now.findings and scene.now.findings[0])
    if barred:
        return _left(step, barred)
    refused = slice_.mappers[writes[0].side].check_update(now, wanted)
    if refused:
        return replace(step, reasons=(_kept(slice_.name, moving), *refused))
    parts = rules.parts(before, now) if writes[0].side is Side.VTIGER else {}
    changes = tuple(FieldChange(name, slice_.show(name, now), slice_.show(name, wanted)) for name in moving)
    changes += unlinked
    return replace(step, kind=Kind.RESTORE, parts=parts, parts_of=rules.parts_of, changes=changes)


def _gone(scene: Scene, step: UndoStep, change: FieldChange) -> UndoStep:
    """Say that what the run made is there no more: an interrupted undo has seen to it, or a person has."""
    return forgotten(step) if scene.linked and not scene.begun else _done(scene, step, change)


def forgotten(step: UndoStep) -> UndoStep:
    """Say that all that is left to do of a record which somebody took away is to drop its link."""
    return replace(step, kind=Kind.UNLINK, changes=(FORGOTTEN,))


def _done(scene: Scene, step: UndoStep, *changes: FieldChange) -> UndoStep:
    """Say that a record is as it should be; the doing of an interrupted undo, whose answer nobody noted, is told."""
    step = replace(step, kind=Kind.DONE)
    if not scene.begun or not changes:
        return step
    return replace(step, changes=changes, notes=(found_note(step.effect.side),))


def _kept(module: str, fields: Sequence[str]) -> Finding:
    return finding(Code.UNDO_STAYS, f"It cannot be set back: {all_called(module, fields)}.")


def _touched(slice_: Slice[Any], rules: UndoRules, scene: Scene) -> Finding | None:
    """Say that the record is not as the runs left it."""
    now = scene.now
    if now is None:
        return None
    left_out = rules.derived | (rules.part_fields if scene.begun else frozenset())
    last = [effect for effect in scene.effects if effect.write != LINKED][-1]
    if not last.after:
        return finding(Code.UNDO_TOUCHED, "Nobody saw how the run left it, so whether it was changed is unknown.")
    after = slice_.decode(last.after)
    changed = [
        name for name in slice_.fields if name not in left_out and getattr(after, name) != getattr(now.record, name)
    ]
    if changed:
        return finding(Code.UNDO_TOUCHED, f"Changed since: {all_called(slice_.name, changed)}.", field=changed[0])
    known = now.modified == last.modified or any(_is_just_after(now.modified, time) for time in scene.moved)
    if last.modified and not known and not scene.begun:
        return finding(Code.UNDO_TOUCHED, f"It was saved again after the run, at {now.modified}.")
    return _touched_between(slice_, left_out, scene.effects)


def _is_just_after(modified: str, moved: str) -> bool:
    """Tell whether a record's time is that of another's creation: a service saves that one first, then this one."""
    try:
        passed = datetime.fromisoformat(modified) - datetime.fromisoformat(moved)
    except (ValueError, TypeError):
        return False
    return timedelta(0) <= passed <= WHILE_SAVED


def moved_on(slice_: Slice[Any], rules: UndoRules, step: UndoStep, now: Snapshot[Any]) -> UndoStep | None:
    """Give a step over its record as it is once what moved it was taken back; None where something else differs."""
    fields = [name for name in slice_.fields if name not in rules.derived]
    if step.now is None or any(getattr(step.now.record, name) != getattr(now.record, name) for name in fields):
        return None
    back = {name: getattr(step.wanted, name) for name in step.fields}
    return replace(step, now=now, wanted=replace(now.record, **back) if back else step.wanted)


def _touched_between(slice_: Slice[Any], left_out: frozenset[str], effects: Sequence[Effect]) -> Finding | None:
    """Say that somebody changed the record between two writes of ours: only what we wrote ourselves may go."""
    writes = [effect for effect in effects if effect.write != LINKED and effect.after]
    for earlier, later in pairwise(writes):
        then, found = slice_.decode(earlier.after), slice_.decode(later.before)
        changed = [
            name for name in slice_.fields if name not in left_out and getattr(then, name) != getattr(found, name)
        ]
        saved = bool(later.known and earlier.modified and later.known != earlier.modified)
        if changed or saved:
            what = f": {all_called(slice_.name, changed)}" if changed else ""
            return finding(Code.UNDO_TOUCHED, f"Somebody changed it between two runs{what}.")
    return None


def _status(record: Any) -> str:
    return str(getattr(record, "status", ""))


def _left(step: UndoStep, reason: Finding) -> UndoStep:
    return replace(step, kind=Kind.LEAVE, reasons=(reason,))


def spare_used(
    steps: Sequence[UndoStep], users: Mapping[tuple[str, Side, str], Sequence[str]], names: Callable[[Side, str], str]
) -> list[UndoStep]:
    """Leave what others still use, and note who of the plan must go first for the rest.

    `users` give, by record, the ids of the records on its side that refer to it; `names` names one for people.
    """
    judged = list(steps)
    while True:
        free = {
            (step.effect.side, step.effect.id)
            for step in judged
            if step.kind in {Kind.REMOVE, Kind.RESTORE}
            or (step.kind in {Kind.DONE, Kind.UNLINK} and step.effect.write == CREATED)
        }
        spared = [_spared(step, users, free, names) for step in judged]
        if spared == judged:
            return judged
        judged = spared


def _spared(
    step: UndoStep,
    users: Mapping[tuple[str, Side, str], Sequence[str]],
    free: Collection[tuple[Side, str]],
    names: Callable[[Side, str], str],
) -> UndoStep:
    if step.kind not in {Kind.REMOVE, Kind.RESTORE}:
        return step
    side = step.effect.side
    for place, what in step.goes.items():
        others = [each for each in users.get(place, ()) if (side, each) not in free]
        if others:
            shown = ", ".join(names(side, each) for each in others[:SHOWN])
            more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
            return _left(step, finding(Code.UNDO_STAYS, f"{what} is still used by {shown}{more}."))
    return replace(step, users=tuple(dict.fromkeys(each for place in step.goes for each in users.get(place, ()))))


def announce(steps: Sequence[UndoStep], rules: Mapping[str, UndoRules]) -> list[str]:
    """Say, before anything is done, what cannot be taken back, and what comes after."""
    texts: list[str] = []
    counts: dict[tuple[str, str], int] = {}
    for step in steps:
        if step.kind is Kind.REMOVE:
            key = (step.effect.module, step.way)
        elif step.reasons and step.reasons[0].code is Code.UNDO_STAYS and step.effect.write == CREATED:
            key = (step.effect.module, f"stays in {step.effect.side.value}")
        else:
            continue
        counts[key] = counts.get(key, 0) + 1
    for (module, way), number in counts.items():
        words = rules[module].words.get(way) if module in rules else None
        if words:
            texts.append(words.format(n=number))
    touched = sum(1 for step in steps if step.reasons and step.reasons[0].code is Code.UNDO_TOUCHED)
    if touched:
        texts.append(f"Records that somebody changed since, and that are left alone: {touched}.")
    if any(step.kind in {Kind.REMOVE, Kind.RESTORE, Kind.UNLINK} for step in steps):
        texts.append(
            "What caused the run is still there: the next `vtxero sync` would make, change and link these records"
            " again, or say why it cannot. Switch off its cron job, or mend the cause first."
        )
    return texts
