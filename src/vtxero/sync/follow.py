"""What a run's own writes move elsewhere, settled at once: a payment made in Xero pays its invoice there.

Without this the next run would carry the invoice's new status, and would not be a quiet one. What follows is planned
with everything else, so that it is seen beforehand; afterwards the records are read again, and of what they need then
only what was planned is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeAlias

from vtxero.domain.lookups import is_symbol, read_symbol
from vtxero.domain.sides import Direction, Side
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.fetch import reread
from vtxero.sync.merge import Pair, merge
from vtxero.sync.pair import PairTerms, judge_pair
from vtxero.sync.plan import Terms
from vtxero.sync.records import Outcome, Presence, Snapshot
from vtxero.sync.slice import MovedByOthers, MovesOthers, Slice
from vtxero.sync.state import Action, Link

TermsOf: TypeAlias = Callable[[ModulePlan], Terms]

AT_ONCE = 500
"""Records that are read again together, so that those of large books need not all be in memory."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record stands in a run before its follow-up.

    `is_told`: it has an outcome that stays (made, updated, left alone). `rests_in`: the direction in whose row it is
    counted as unchanged, None where it is not counted.
    """

    is_told: bool = False
    rests_in: Direction | None = None


class Standings:
    """Knows how the records of a module stand. `unread` are its pairs that were read and say nothing new."""

    def __init__(
        self, env: Environment, module: str, terms: Terms, unread: Mapping[str, Side], ids: Collection[str]
    ) -> None:
        self._found = {
            vtiger_id: Standing(rests_in=Direction.towards(terms.counted_for(unread[vtiger_id])))
            for vtiger_id in ids
            if vtiger_id in unread
        }
        for action in env.state.actions(module) if ids else ():
            if action.vtiger_id in ids and action.counted:
                is_told = action.outcome is not Outcome.UNCHANGED
                self._found[action.vtiger_id] = Standing(is_told, None if is_told else action.direction)

    def of(self, vtiger_id: str) -> Standing:
        """Tell how a record stands."""
        return self._found.get(vtiger_id, Standing())


# beforehand


def foresee(env: Environment, modules: Sequence[ModulePlan], terms_of: TermsOf) -> None:
    """Add to the plan what its new records at Xero will ask of the records that they move."""
    for mover, other in _movers(env, modules):
        slice_ = env.slices[mover.name]
        coming: dict[str, list[int]] = {}
        for action in _new_at_xero(env, mover.name):
            coming.setdefault(_moved(slice_, action.wanted), []).append(action.seq)
        for moved, lines in coming.items():
            movers = [slice_.decode(env.state.line(seq).wanted) for seq in lines]
            with env.transaction():
                for action in _foreseen(env, other.name, terms_of(other), moved, movers):
                    env.state.add_follow_up(action)


def _foreseen(env: Environment, name: str, terms: Terms, moved: str, movers: Sequence[Any]) -> Iterator[Action]:
    """Judge a pair as it will be: as the plan leaves it, and then moved. `moved` is Xero's id, or the symbol for it."""
    slice_ = env.slices[name]
    if not isinstance(slice_, MovedByOthers):
        raise TypeError(f"{name} does not say how others move it")
    side, record_id = (Side.VTIGER, read_symbol(moved)[1]) if is_symbol(moved) else (Side.XERO, moved)
    lines, link = env.state.lines_of(name, side, record_id), env.state.link(name, side, record_id)
    pair = link or next(iter(lines), None)
    vtiger, xero = _planned_pair(env, name, pair) if pair else (None, None)
    if pair is None or vtiger is None or xero is None:
        return
    held = set.intersection(*(set(line.hold) for line in lines)) if lines else set[str]()
    then: Any = slice_.after(xero.record, movers)
    then = replace(then, **{field: getattr(xero.record, field) for field in held})
    meeting: Pair[Any] = Pair(vtiger, replace(xero, record=then), vtiger.record, xero.record)
    merged = merge(slice_, meeting, terms.direction, terms.policy, leader=terms.leader)
    judged = judge_pair(slice_, meeting, merged, PairTerms(pair.author, terms.counted_for(pair.author), is_new=False))
    yield from (action for action in judged if action.outcome is not Outcome.UNCHANGED)


def _planned_pair(
    env: Environment, name: str, pair: Link | Action
) -> tuple[Snapshot[Any], Snapshot[Any]] | tuple[None, None]:
    """Give both records as the plan leaves them, None where one was never read."""
    found: dict[Side, Any] = {}
    for side, record_id in ((Side.VTIGER, pair.vtiger_id), (Side.XERO, pair.xero_id)):
        partner_id = pair.xero_id if side is Side.VTIGER else pair.vtiger_id
        planned = env.lookups.planned(name, side.other, partner_id) if partner_id else None
        found[side] = planned or env.lookups.record(name, side, record_id)
    if None in found.values():
        return None, None
    stored = env.state.record(name, Side.VTIGER, pair.vtiger_id)
    label = stored.label if stored else ""
    return (
        Snapshot(pair.vtiger_id, label, "", found[Side.VTIGER], ""),
        Snapshot(pair.xero_id, label, "", found[Side.XERO], ""),
    )


# afterwards


def plan_follow_ups(env: Environment, modules: Sequence[ModulePlan], terms_of: TermsOf) -> Iterator[ModulePlan]:
    """Read the records again that this run's writes have moved, and plan what was foreseen of them, module by module.

    A module's own plan is cleared for that: how its records stand has to be known before.
    """
    for mover, other in _movers(env, modules):
        slice_ = env.slices[mover.name]
        sent = (env.state.link(mover.name, Side.VTIGER, each.vtiger_id) for each in _new_at_xero(env, mover.name))
        moved = {_moved(slice_, link.xero_base) for link in sent if link}
        if moved:
            both = {Side.XERO: moved, Side.VTIGER: set(_moved_in_vtiger(env, mover.name))}
            _plan(env, other, terms_of(other), both)
            yield other


def _plan(
    env: Environment,
    module: ModulePlan,
    terms: Terms,
    moved: Mapping[Side, Collection[str]],
) -> None:
    """Make the module's plan anew of what was foreseen of the records that really were moved at Xero.

    `moved` gives the ids that this run's writes have moved on each side; in Vtiger they may be none.
    """
    name, state, slice_ = module.name, env.state, env.slices[module.name]
    env.progress.phase(f"Settling {name}")
    state.clear_actions(name)
    env.lookups.forget()
    lines = iter(state.follow_ups(name))
    while portion := list(islice(lines, AT_ONCE)):
        pairs = [(action, state.link(name, Side.VTIGER, action.vtiger_id)) for action in portion]
        due = [(action, link) for action, link in pairs if link and link.xero_id in moved[Side.XERO]]
        reread(state, slice_, env.sources[Side.XERO], [link.xero_id for _, link in due])
        # Those that this run wrote itself have no time to prove them unmoved.
        known = {link.vtiger_id: state.modified(name, Side.VTIGER, link.vtiger_id) for _, link in due}
        stale = [each for each, modified in known.items() if each in moved[Side.VTIGER] or not modified]
        reread(state, slice_, env.sources[Side.VTIGER], stale)
        with env.transaction():
            for action, link in due:
                follow_up = _come_true(env, slice_, terms, action, link)
                if follow_up:
                    state.add_action(follow_up)


def _come_true(env: Environment, slice_: Slice[Any], terms: Terms, action: Action, link: Link) -> Action | None:
    """Give what was foreseen of a pair as it can be carried out now, None where the pair is not as it was foreseen.

    What else a person changed on either side meanwhile, or nobody asked for, stays for the next run.
    """
    row = env.state.record(slice_.name, Side.XERO, link.xero_id)
    vtiger: Any = env.lookups.record(slice_.name, Side.VTIGER, link.vtiger_id)
    if row is None or row.raw is None or row.presence is Presence.GONE or vtiger is None:
        return None
    xero = slice_.mappers[Side.XERO].parse_one(row.raw)
    action = replace(action, vtiger_id=link.vtiger_id, xero_id=link.xero_id, author=link.author)
    if action.write != "update":
        then = slice_.decode(action.source if action.target is Side.VTIGER else action.current)
        same = all(getattr(then, field) == getattr(xero.record, field) for field in action.hold)
        return replace(action, write="") if same else None
    before, wanted = slice_.decode(action.current), slice_.decode(action.wanted)
    now = slice_.mappers[Side.VTIGER].project(xero, vtiger).record
    for field in action.fields:
        if getattr(vtiger, field) != getattr(before, field) or getattr(now, field) != getattr(wanted, field):
            return None
    held = _pending(slice_, terms, link, xero, vtiger) - set(action.fields)
    values = {field: getattr(wanted, field) for field in action.fields}
    return replace(
        action,
        source=slice_.encode(xero.record),
        current=slice_.encode(vtiger),
        wanted=slice_.encode(replace(vtiger, **values)),
        vtiger_base=link.vtiger_base,
        xero_base=link.xero_base,
        hold=tuple(sorted(held)),
        unsettled=tuple(field for field in link.unsettled if field in held),
    )


def _pending(slice_: Slice[Any], terms: Terms, link: Link, xero: Snapshot[Any], vtiger: Any) -> set[str]:
    """Name the fields of a pair that are still to be carried, or decided by a person."""
    bases = {side: slice_.decode(link.base(side)) for side in Side}
    pair = Pair(
        Snapshot(link.vtiger_id, "", "", vtiger, ""),
        xero,
        bases[Side.VTIGER],
        bases[Side.XERO],
        frozenset(link.unsettled),
    )
    merged = merge(slice_, pair, terms.direction, terms.policy, leader=terms.leader)
    return {*merged.to_vtiger, *merged.to_xero, *merged.conflicts, *merged.one_way, *merged.waiting}


# both


def _movers(env: Environment, modules: Sequence[ModulePlan]) -> Iterator[tuple[ModulePlan, ModulePlan]]:
    """Give the modules whose new records move others, with those that they move."""
    by_name = {module.name: module for module in modules}
    for module in modules:
        slice_ = env.slices[module.name]
        if isinstance(slice_, MovesOthers) and slice_.moves in by_name:
            yield module, by_name[slice_.moves]


def _new_at_xero(env: Environment, name: str) -> Iterator[Action]:
    for action in env.state.actions(name):
        if action.target is Side.XERO and action.write == "create":
            yield action


def _moved_in_vtiger(env: Environment, name: str) -> Iterator[str]:
    """Give the Vtiger ids that new records of a module have moved there: what Vtiger received grew."""
    for action in env.state.actions(name):
        is_new = action.target is Side.VTIGER and action.write == "create"
        link = env.state.link(name, Side.XERO, action.xero_id) if is_new else None
        if link:
            yield _moved(env.slices[name], link.vtiger_base)


def _moved(slice_: Slice[Any], record: str) -> str:
    if not isinstance(slice_, MovesOthers):
        raise TypeError(f"{slice_.name} moves nothing")
    return slice_.moved(slice_.decode(record))
