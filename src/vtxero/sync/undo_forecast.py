"""How many calls taking a run back will cost, counted as `undo_run` sends them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from vtxero.domain.sides import Side
from vtxero.sync.environment import Environment
from vtxero.sync.records import Payload
from vtxero.sync.undo import Kind, UndoStep
from vtxero.sync.undo_plan import other_place


def calls_of_undo(env: Environment, steps: Sequence[UndoStep], together: int) -> Counter[Side]:
    """Count the calls by side: the records of the other side and those that others move, the looks, the writes.

    `together` is how many records are looked at at a time.
    """
    calls: Counter[Side] = Counter()
    read = [*{other_place(step) for step in steps if step.kind is not Kind.LEAVE}]
    read += [step.place for step in steps if step.moved and step.kind in {Kind.RESTORE, Kind.REMOVE}]
    for (module, side), number in Counter((module, side) for module, side, each in read if each).items():
        calls[side] += env.sources[side].calls_to_read(module, number)
    written: dict[tuple[str, Side, Kind], list[UndoStep]] = defaultdict(list)
    for step in steps:
        if step.kind in {Kind.RESTORE, Kind.REMOVE}:
            written[step.effect.module, step.effect.side, step.kind].append(step)
    for (module, side, _), own in written.items():
        for start in range(0, len(own), together):
            group = own[start : start + together]
            calls[side] += env.sources[side].calls_to_look(module, len(group)) + _calls_to_write(env, group)
    return calls


def restoring_payloads(env: Environment, steps: Sequence[UndoStep]) -> list[Payload]:
    """Give what sets these records back; they are all of one module and side."""
    module, side, _ = steps[0].place
    mapper = env.slices[module].mappers[side]
    return [
        mapper.payload(step.wanted, step.now.record, step.effect.vtiger_id, step.effect.xero_id)
        for step in steps
        if step.now is not None
    ]


def _calls_to_write(env: Environment, group: Sequence[UndoStep]) -> int:
    """Count the writes of one kind, with those of what goes along with a record."""
    module, side, _ = group[0].place
    source, parts = env.sources[side], sum(len(step.parts) for step in group)
    if group[0].kind is Kind.RESTORE:
        return parts + source.calls_to_write(module, restoring_payloads(env, group))
    return parts - (-len(group) // source.batch_size(module))
