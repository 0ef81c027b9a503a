"""Ids as the services write them."""

from __future__ import annotations


def record_number(vtiger_id: str) -> int:
    """The bare record number of a Vtiger id (`11x7` -> 7), 0 where there is none. One sequence serves all modules."""
    tail = vtiger_id.rpartition("x")[2]
    return int(tail) if tail.isdigit() else 0
