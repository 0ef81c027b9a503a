"""Ids as the services write them."""

from __future__ import annotations


def record_number(vtiger_id: str) -> int:
    """The bare record number of a Vtiger id (`11x7` -> 7), 0 where there is none. One sequence serves all modules."""
    tail = vtiger_id.rpartition("x")[2]
    return int(tail) if tail.isdecimal() else 0


def is_vtiger_id(text: str) -> bool:
    """Tell whether a text is written like an id of Vtiger's (`11x7`)."""
    module, _, number = text.partition("x")
    return module.isdecimal() and number.isdecimal()
