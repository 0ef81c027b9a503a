"""Reading what undoing a run needs, and judging it: nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Protocol

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.sides import Side
from vtxero.sync.effects import CREATED, LINKED, Effect, EffectLog
from vtxero.sync.environment import Environment, RunState
from vtxero.sync.ports import Remover
from vtxero.sync.records import Snapshot
from vtxero.sync.slice import MovesOthers
from vtxero.sync.state import Link
from vtxero.sync.undo import Kind, Scene, UndoRules, UndoStep, group_effects, judge, spare_used


class UndoState(RunState, EffectLog, Protocol):
    """The state, and what undoing reads and notes in it."""


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """What is to be taken back: one run, or (`run` blank) all that runs made on the side away from `origin`."""

    run: str
    origin: Side | None = None
    dry_run: bool = False
    command: str = "undo"


@dataclass(frozen=True, slots=True)
class UndoTools:
    """What an undo works with besides a run's environment; `state` is the same one.

    `words` are said beforehand where anything of Xero's is taken back, `earlier` of what another undo took back of the
    same run, `nothing` where there is nothing left of it.
    """

    env: Environment
    state: UndoState
    rules: Mapping[str, UndoRules]
    removers: Mapping[Side, Remover]
    words: tuple[str, ...] = ()
    earlier: str = ""
    nothing: str = "There is nothing to take back."


def plan_undo(tools: UndoTools, request: UndoRequest) -> list[UndoStep]:
    """Judge every record that the effects name; those that later runs wrote to are not even read."""
    groups = group_effects(_effects(tools.state, request))
    later = {group[-1].seq: _later(tools.state, group) for group in groups} if request.run else {}
    begun = set(tools.state.begun_removals())
    wanted = [group for group in groups if not later.get(group[-1].seq)]
    now = read(tools, ((group[0].module, group[0].side, group[0].id) for group in wanted))
    moved = _moved(tools, groups)
    steps = []
    for group in groups:
        place = (group[0].module, group[0].side, group[0].id)
        linked = any(link_of(tools.state, effect) for effect in group)
        times = frozenset(moved.get(place, ()))
        scene = Scene(group, now.get(place), later.get(group[-1].seq, ""), place in begun, linked, times)
        steps.append(_judge(tools, scene))
    return spare_used(steps, _users(tools, steps), lambda side, record_id: _name(tools, steps, side, record_id))


def _moved(tools: UndoTools, groups: Iterable[Sequence[Effect]]) -> dict[tuple[str, Side, str], set[str]]:
    """Give the records that others moved which the same runs made, with the times of that: a payment, its invoice."""
    found: dict[tuple[str, Side, str], set[str]] = defaultdict(set)
    for effect in chain.from_iterable(groups):
        slice_ = tools.env.slices.get(effect.module)
        if isinstance(slice_, MovesOthers) and effect.write == CREATED and effect.after:
            found[slice_.moves, effect.side, slice_.moved(slice_.decode(effect.after))].add(effect.modified)
    return found


def link_of(state: RunState, effect: Effect) -> Link | None:
    """Give the link of an effect's pair, None where there is none any more, or one of them has another partner."""
    known = effect.vtiger_id and effect.xero_id
    link = state.link(effect.module, Side.VTIGER, effect.vtiger_id) if known else None
    return link if link and link.xero_id == effect.xero_id else None


def read(tools: UndoTools, places: Iterable[tuple[str, Side, str]]) -> dict[tuple[str, Side, str], Snapshot[Any]]:
    """Read records as they are now, module by module and side by side."""
    ids: dict[tuple[str, Side], list[str]] = defaultdict(list)
    for module, side, record_id in places:
        if record_id and module in tools.env.slices:
            ids[module, side].append(record_id)
    found: dict[tuple[str, Side, str], Snapshot[Any]] = {}
    for (module, side), wanted in ids.items():
        tools.env.should_stop()
        tools.env.progress.phase(f"Looking at {module} in {side.label}")
        for page in tools.env.sources[side].fetch_ids(module, list(dict.fromkeys(wanted))):
            for snapshot in tools.env.slices[module].mappers[side].parse(page.raw):
                found[module, side, snapshot.id] = snapshot
    return found


def _effects(state: UndoState, request: UndoRequest) -> Sequence[Effect]:
    if request.run:
        return state.effects_of(request.run)
    return state.effects_made_in(request.origin.other) if request.origin else ()


def _later(state: UndoState, group: Sequence[Effect]) -> str:
    """Name the latest run that wrote to the record afterwards; a mere link is in nobody's way."""
    if all(effect.write == LINKED for effect in group):
        return ""
    found = state.effects_after(group[-1])
    return found[-1].run if found else ""


def _judge(tools: UndoTools, scene: Scene) -> UndoStep:
    effect = scene.effects[0]
    slice_, rules = tools.env.slices.get(effect.module), tools.rules.get(effect.module)
    if slice_ is None or rules is None:
        text = f"The module {effect.module} is not to be had in this Vtiger."
        return UndoStep(Kind.LEAVE, scene.effects, reasons=(finding(Code.UNDO_STAYS, text),))
    return judge(slice_, rules, scene)


def _users(tools: UndoTools, steps: Iterable[UndoStep]) -> dict[tuple[str, Side, str], Sequence[str]]:
    ids: dict[tuple[str, Side], list[str]] = defaultdict(list)
    for step in steps:
        for module, side, record_id in step.goes:
            ids[module, side].append(record_id)
    return {
        (module, side, record_id): users
        for (module, side), wanted in ids.items()
        for record_id, users in tools.removers[side].users(module, wanted).items()
    }


def _name(tools: UndoTools, steps: Iterable[UndoStep], side: Side, record_id: str) -> str:
    """Name a record that stands in the way: by its label where it is known, else by its id."""
    label = next((step.effect.label for step in steps if step.effect.id_on(side) == record_id), "")
    rows = (tools.state.record(module, side, record_id) for module in tools.env.slices)
    return label or next((row.label for row in rows if row and row.label), "") or record_id


def with_others(tools: UndoTools, steps: Sequence[UndoStep]) -> list[UndoStep]:
    """Add, to what will be done, the records of the other side: they wait for the next sync from then on."""
    places = [other_place(step) for step in steps if step.kind is not Kind.LEAVE]
    found = read(tools, places)
    return [replace(step, other=found.get(other_place(step))) for step in steps]


def other_place(step: UndoStep) -> tuple[str, Side, str]:
    """Give module, side and id of the record on the other side, the id blank where there is none."""
    module, side, _ = step.place
    return module, side.other, next((e.id_on(side.other) for e in step.effects if e.id_on(side.other)), "")
