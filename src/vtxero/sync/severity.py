"""Which exit code counts when several apply: a signal before all, then a bug, the state, a guard."""

from __future__ import annotations

from collections.abc import Iterable

GRAVEST_FIRST = (143, 130, 1, 12, 6, 4, 7, 5, 8, 3, 0)


def gravest(codes: Iterable[int]) -> int:
    """Choose the code that counts; one that is not in the order counts before all others."""
    known = {code: index for index, code in enumerate(GRAVEST_FIRST)}
    return min(codes, key=lambda code: known.get(code, -1), default=0)
