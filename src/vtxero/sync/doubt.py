"""Modification times that prove nothing: a service counts whole seconds, and one second may hold two edits.

A row that is read within the second of its last change keeps its time with a mark of doubt. Such a row is read again
instead of being taken for unchanged, and its content is compared before it is written.
"""

from __future__ import annotations

MARK = "?"


def in_doubt(modified: str) -> str:
    """Mark a time under which another change may still come."""
    return f"{modified}{MARK}" if modified else ""


def proof(modified: str | None) -> str | None:
    """Give a time that proves a record unchanged, None for one in doubt."""
    return None if modified and modified.endswith(MARK) else modified


def plain(modified: str | None) -> str:
    """Give the time itself, blank where none is known."""
    return (modified or "").removesuffix(MARK)
