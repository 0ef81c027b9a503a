"""What a run's own writes move elsewhere, settled at once: a payment made in Xero pays its invoice there.

Without this the next run would carry the invoice's new status, and would not be a quiet one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtxero.domain.sides import Direction, Side
from vtxero.domain.text import match_key
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.fetch import reread
from vtxero.sync.plan import Planner, Terms
from vtxero.sync.records import Outcome
from vtxero.sync.selection import Selection
from vtxero.sync.slice import MovesOthers
from vtxero.sync.state import Action


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A module of which some records are to be settled once more; the plan holds those lines and no others.

    `told` are the Vtiger ids of records that have an outcome in this run which stays: made, updated, left alone.
    `rested` are the directions of those that were counted as unchanged and are updated after all.
    """

    module: ModulePlan
    told: frozenset[str]
    rested: tuple[Direction, ...]

    def counts(self, action: Action) -> bool:
        """Tell whether an outcome is news."""
        if action.outcome in {Outcome.UNCHANGED, Outcome.LINKED}:
            return False
        return action.outcome is not Outcome.UPDATED or action.vtiger_id not in self.told


def plan_follow_ups(
    env: Environment,
    modules: Sequence[ModulePlan],
    terms_of: Callable[[ModulePlan], Terms],
    unread: Mapping[str, Mapping[str, Side]],
) -> Iterator[FollowUp]:
    """Read the records again that this run's writes have moved, and plan them.

    `unread` gives, by module, the Vtiger ids and authors of pairs that were read and said nothing new.
    """
    by_name = {module.name: module for module in modules}
    for mover in modules:
        slice_ = env.slices[mover.name]
        other = by_name.get(slice_.moves) if isinstance(slice_, MovesOthers) else None
        if other is None or not isinstance(slice_, MovesOthers):
            continue
        ids = _moved(env, mover.name, slice_)
        if ids:
            yield _plan(env, other, terms_of(other), ids, unread.get(other.name, {}))


def _moved(env: Environment, name: str, slice_: MovesOthers) -> list[str]:
    """Name the records of the other module that this run's new records at Xero have changed."""
    decode = env.slices[name].decode
    links = (
        env.state.link(name, Side.VTIGER, action.vtiger_id)
        for action in env.state.actions(name)
        if action.target is Side.XERO and action.write == "create"
    )
    return list(dict.fromkeys(slice_.moved(decode(link.xero_base)) for link in links if link))


def _plan(
    env: Environment, module: ModulePlan, terms: Terms, ids: Sequence[str], unread: Mapping[str, Side]
) -> FollowUp:
    env.progress.phase(f"Settling {module.name}")
    links = env.state.links(module.name, Side.XERO, ids)
    wanted = {link.vtiger_id for link in links.values()}
    before = {action.vtiger_id: action for action in env.state.actions(module.name) if action.vtiger_id in wanted}
    reread(env.state, env.slices[module.name], env.sources[Side.XERO], ids)
    env.state.clear_plan()
    env.lookups.forget()
    selection = Selection(frozenset(match_key(each) for each in ids))
    with env.transaction():
        Planner(env.state, env.slices[module.name], terms, selection=selection).plan()
    updated = {action.vtiger_id for action in env.state.actions(module.name) if action.outcome is Outcome.UPDATED}
    resting = {each for each in updated if each in before and before[each].outcome is Outcome.UNCHANGED}
    rested = [before[each].direction for each in resting]
    rested += [Direction.towards(terms.counted_for(unread[each])) for each in updated - set(before) if each in unread]
    return FollowUp(module, frozenset(set(before) - resting), tuple(rested))
