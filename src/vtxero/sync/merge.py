"""The three-way merge, field by field, against two bases. Pure.

Each side's change is looked at as the *other* side would hold it: what a side cannot carry is projected away and
never echoes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from vtxero.domain.findings import Finding
from vtxero.domain.options import ConflictPolicy
from vtxero.domain.sides import Direction, Side
from vtxero.sync.records import Presence, Projection, Snapshot
from vtxero.sync.slice import (
    EditingMembers,
    MeetsLeniently,
    Members,
    Slice,
    Uniting,
    followed_fields,
    going_with,
    moving_alone,
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Pair(Generic[R]):
    """Both present records of a pair, and their bases; no bases at a first meeting."""

    vtiger: Snapshot[R]
    xero: Snapshot[R]
    vtiger_base: R | None = None
    xero_base: R | None = None
    unsettled: frozenset[str] = frozenset()

    def on(self, side: Side) -> Snapshot[R]:
        """The present record of a side."""
        return self.vtiger if side is Side.VTIGER else self.xero

    def base(self, side: Side) -> R | None:
        """The base of a side."""
        return self.vtiger_base if side is Side.VTIGER else self.xero_base


@dataclass(frozen=True, slots=True)
class Merge(Generic[R]):
    """What became of each field: written to a side, in conflict, held back by the direction, or at rest.

    `waiting` are fields that would be written, beside others that are in conflict.
    """

    to_vtiger: tuple[str, ...]
    to_xero: tuple[str, ...]
    conflicts: tuple[str, ...]
    one_way: tuple[str, ...]
    waiting: tuple[str, ...]
    as_vtiger: Projection[R]
    as_xero: Projection[R]
    removed: tuple[Finding, ...] = ()
    """Members of a union that both bases know and one side has no more: not made anew, and the unions' bases stay."""

    def to(self, side: Side) -> tuple[str, ...]:
        """The fields to be written to a side."""
        return self.to_vtiger if side is Side.VTIGER else self.to_xero

    @property
    def written(self) -> tuple[str, ...]:
        """The fields to be written to either side."""
        return (*self.to_xero, *self.to_vtiger)

    def projected(self, side: Side) -> Projection[R]:
        """The other side's record as `side` would hold it."""
        return self.as_vtiger if side is Side.VTIGER else self.as_xero


def merge(
    slice_: Slice[R],
    pair: Pair[R],
    direction: Direction,
    policy: ConflictPolicy,
    *,
    forced: frozenset[str] = frozenset(),
    leader: Side | None = None,
) -> Merge[R]:
    """Decide each field of a pair.

    `forced` fields go from Xero to Vtiger whatever the bases say: a record only half made there is completed. Where one
    side leads, the other takes whatever differs, whoever changed it: there are no conflicts.
    """
    both_gone = all(pair.on(side).presence is Presence.GONE for side in Side)
    followed = followed_fields(slice_)
    keeps_track = not leader and not forced & slice_.unions
    members = _members(slice_, pair, policy) if keeps_track else Members(pair.vtiger.record, pair.xero.record)
    seen = {side: _view(slice_, pair, side, members, keeps_track=keeps_track) for side in Side}
    lists: dict[str, list[str]] = {"to_vtiger": [], "to_xero": [], "conflicts": [], "one_way": [], "waiting": []}
    for field in () if both_gone else slice_.fields:
        if field in forced:
            targets = [Side.VTIGER]
        elif leader:
            targets = [leader.other] if _differs(pair, seen, leader.other, field) else []
        elif field in followed:
            targets = _follow(slice_, pair, seen[Side.VTIGER], field)
        else:
            targets = _targets(slice_, pair, seen, field)
        if field in members.disputed:
            lists["conflicts"].append(field)
            continue
        if len(targets) == 2 and field not in slice_.unions:
            if policy == "report":
                lists["conflicts"].append(field)
                continue
            loser = Side(policy).other
            targets = [loser] if field not in followed or loser is Side.VTIGER else []
        for side in targets:
            lists[f"to_{side}" if direction.reaches(side) else "one_way"].append(field)
    for group in slice_.groups:
        _move_together(lists, group, lambda side, field: _differs(pair, seen, side, field))
    _let_wait(lists, going_with(slice_))
    return Merge(
        **{name: tuple(fields) for name, fields in lists.items()},
        as_vtiger=seen[Side.VTIGER].now,
        as_xero=seen[Side.XERO].now,
        removed=(*seen[Side.XERO].removed, *seen[Side.VTIGER].removed),
    )


def _move_together(lists: dict[str, list[str]], group: frozenset[str], differs: Callable[[Side, str], bool]) -> None:
    """Let the fields of a sum move as one: a part from one state and a part from another would give a third total."""
    moving = [side for side in Side if group.intersection(lists[f"to_{side}"])]
    if not moving:
        return
    if len(moving) == 2 or group.intersection((*lists["conflicts"], *lists["one_way"])):
        for side in moving:
            lists["conflicts"] += [field for field in lists[f"to_{side}"] if field in group]
            lists[f"to_{side}"] = [field for field in lists[f"to_{side}"] if field not in group]
        lists["conflicts"] = list(dict.fromkeys(lists["conflicts"]))
        return
    place = lists[f"to_{moving[0]}"]
    place += [field for field in sorted(group) if field not in place and differs(moving[0], field)]


def _let_wait(lists: dict[str, list[str]], fields: Mapping[str, frozenset[str]]) -> None:
    """Write fields to no side beside others in conflict: a person decides first about those."""
    for field, others in fields.items():
        for place in (lists["to_vtiger"], lists["to_xero"]):
            if field in place and others.intersection(lists["conflicts"]):
                place.remove(field)
                lists["waiting"].append(field)


@dataclass(frozen=True, slots=True)
class _View(Generic[R]):
    """The opposite side's present record and base as one side would hold them."""

    now: Projection[R]
    base: R | None
    removed: tuple[Finding, ...] = ()


def _members(slice_: Slice[R], pair: Pair[R], policy: ConflictPolicy) -> Members[R]:
    """Give both records without what the other side has removed, each with as much of its members as is to cross."""
    both = {side: _left(slice_, pair, side.other, pair.on(side).record)[0] for side in Side}
    records = (both[Side.VTIGER], both[Side.XERO])
    if not isinstance(slice_, EditingMembers):
        return Members(*records)
    vtiger, xero = pair.vtiger_base, pair.xero_base
    bases = None if vtiger is None or xero is None else (vtiger, xero)
    return slice_.decide_members(records, bases, pair.unsettled, None if policy == "report" else Side(policy))


def _left(slice_: Slice[R], pair: Pair[R], side: Side, source: R) -> tuple[R, tuple[Finding, ...]]:
    """Leave out of the other side's record what `side` has removed since the bases."""
    base, own = pair.base(side.other), pair.base(side)
    if base is None or own is None or not isinstance(slice_, Uniting):
        return source, ()
    left, removed = slice_.without_removed(side, source, pair.on(side).record, (base, own))
    return left, removed


def _view(slice_: Slice[R], pair: Pair[R], side: Side, members: Members[R], *, keeps_track: bool) -> _View[R]:
    """Look at the opposite side as `side` would hold it; `keeps_track`: without what `side` has removed since."""
    mapper, source, base = slice_.mappers[side], pair.on(side.other), pair.base(side.other)
    current = pair.on(side).record
    record, known, removed = members.on(side.other), base, tuple[Finding, ...]()
    if keeps_track and base is not None:
        _, removed = _left(slice_, pair, side, source.record)
        known = _left(slice_, pair, side, base)[0]
    now = mapper.project(replace(source, record=record), current)
    if known is None:
        return _View(now, None)
    if known == record:
        return _View(now, now.record, removed)
    before = mapper.project(replace(source, record=known), current).record
    if alone := moving_alone(slice_):
        unmoved = _with_fields(record, alone, known)
        before = _with_fields(before, alone, mapper.project(replace(source, record=unmoved), current).record)
    return _View(now, before, removed)


def _targets(slice_: Slice[R], pair: Pair[R], seen: dict[Side, _View[R]], field: str) -> list[Side]:
    """Name the sides that the field is to be written to; both of them is a conflict, except in a union."""
    open_sides = [side for side in Side if _differs(pair, seen, side, field)]
    if field in pair.unsettled or any(seen[side].base is None for side in Side):
        return _first_meeting(slice_, pair, seen, field, open_sides)
    if field in slice_.once:
        return []
    moved = [side for side in Side if _get(seen[side].now.record, field) != _get(seen[side].base, field)]
    if len(moved) == 2 and field not in slice_.unions:
        return open_sides if len(open_sides) == 2 else []
    return [side for side in moved if side in open_sides]


def _first_meeting(
    slice_: Slice[R], pair: Pair[R], seen: dict[Side, _View[R]], field: str, open_sides: list[Side]
) -> list[Side]:
    """Judge a field that never had a common value: the filled side counts, and two that differ are a conflict."""
    if field in slice_.unions:
        return open_sides
    if isinstance(slice_, MeetsLeniently) and slice_.says_same(field, pair.vtiger.record, seen[Side.VTIGER].now.record):
        return []
    blank = [side for side in open_sides if _is_to_fill(slice_, pair, side, field)]
    if len(blank) == 1:
        return blank
    return open_sides if len(open_sides) == 2 else []


def _follow(slice_: Slice[R], pair: Pair[R], seen: _View[R], field: str) -> list[Side]:
    """Judge a field that only Xero sets: Vtiger takes over a new value where it still holds Xero's former one.

    Whatever else it holds was put there by a person, and Xero's new value against it is a conflict.
    """
    held = _get(pair.vtiger.record, field)
    if _get(seen.now.record, field) == held:
        return []
    if seen.base is None or field in pair.unsettled:
        if slice_.is_blank(field, seen.now.record):
            return []
        return [Side.VTIGER] if slice_.is_blank(field, pair.vtiger.record) else list(Side)
    if _get(seen.now.record, field) == _get(seen.base, field):
        return []
    return [Side.VTIGER] if held == _get(seen.base, field) else list(Side)


def _differs(pair: Pair[R], seen: dict[Side, _View[R]], side: Side, field: str) -> bool:
    """Tell whether a side holds something else than the other side's record says."""
    return bool(_get(seen[side].now.record, field) != _get(pair.on(side).record, field))


def _is_to_fill(slice_: Slice[R], pair: Pair[R], side: Side, field: str) -> bool:
    """Tell whether a field is blank on one side and filled on the other: at a first meeting the filled one counts."""
    return slice_.is_blank(field, pair.on(side).record) and not slice_.is_blank(field, pair.on(side.other).record)


def _with_fields(record: R, fields: Iterable[str], other: R) -> R:
    """Give a record with these fields of another one."""
    values = {field: _get(other, field) for field in fields}
    changed: R = replace(record, **values)  # type: ignore[type-var]
    return changed


def _get(record: object, field: str) -> Any:
    return getattr(record, field)
