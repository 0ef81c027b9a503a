"""Which line of one side is which of the other, so that ids, accounts and tracking stay with their line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vtxero.modules.invoices.record import InvoiceLine

Key = Callable[[InvoiceLine], Any]

_KEYS: tuple[Key, ...] = (
    lambda line: line,
    lambda line: (line.product, line.description, line.quantity, line.unit_price),
    lambda line: (line.product, line.description) if line.product or line.description else None,
    lambda line: line.product or None,
    lambda line: line.description or None,
)
"""Likeness, the closest first; None is like nothing."""


def pair_lines(lines: Sequence[InvoiceLine], others: Sequence[InvoiceLine]) -> dict[int, int]:
    """Pair lines of one dialect by likeness, in order; in lists as long as each other what is left pairs by place."""
    found: dict[int, int] = {}
    free = dict.fromkeys(range(len(others)))
    for key in _KEYS:
        places: dict[Any, list[int]] = {}
        for index in free:
            if (value := key(others[index])) is not None:
                places.setdefault(value, []).append(index)
        for index, line in enumerate(lines):
            if index in found or not (candidates := places.get(key(line))):
                continue
            chosen = index if index in candidates else candidates[0]
            candidates.remove(chosen)
            found[index] = chosen
            del free[chosen]
    if len(lines) == len(others):
        found |= {index: index for index in free if index not in found}
    return found
