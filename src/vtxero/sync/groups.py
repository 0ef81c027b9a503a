"""How a module's plan is cut into writes: neighbours of one target and kind, no more than a batch of it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vtxero.domain.sides import Side
from vtxero.sync.state import Action

SENT = frozenset({"create", "update"})
"""The kinds of a plan's lines that go to a service; the others settle something here."""


def groups(actions: Iterable[Action], size: Callable[[Action], int]) -> Iterator[list[Action]]:
    """Cut the plan, in its order; `size` tells how many of an action's kind are carried out together."""
    group: list[Action] = []
    for action in actions:
        if group and (_kind(action) != _kind(group[0]) or len(group) >= size(group[0])):
            yield group
            group = []
        group.append(action)
    if group:
        yield group


def _kind(action: Action) -> tuple[Side, str]:
    if action.write in SENT:
        return action.target, action.write
    return Side.XERO, ""
