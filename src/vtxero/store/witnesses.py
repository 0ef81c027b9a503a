"""Which records the state takes for present, and forgetting all of them."""

from __future__ import annotations

from collections.abc import Iterable

from vtxero.domain.sides import Side
from vtxero.store.database import Database

_PAIRS = ("records", "keys", "links", "aliases", "cursors", "intents", "plan", "plan_needs")

_THERE = (
    "FROM records r WHERE side = ? AND module <> 'taxes' AND presence <> 'GONE' AND NOT EXISTS (SELECT 1 FROM intents i"
    " WHERE i.closed = 0 AND i.write = 'remove' AND i.target = r.side AND i.target_id = r.id)"
)
"""Not found gone, and not being removed by an undo that was interrupted."""


def newest_vtiger_ids(database: Database, limit: int) -> list[str]:
    """Give the newest records that were not found gone, the newest first: numbers are one sequence over all modules."""
    rows = database.execute(f"SELECT id {_THERE} ORDER BY number DESC LIMIT ?", (Side.VTIGER, limit))
    return [str(record_id) for (record_id,) in rows.fetchall()]


def still_there(database: Database, side: Side, module: str, ids: Iterable[str]) -> set[str]:
    """Give those of the ids that the state knows as records of a module and has not found gone."""
    asked = f"SELECT id {_THERE} AND module = ? AND id = ?"
    found = (database.execute(asked, (side, module, each)).fetchone() for each in ids)
    return {str(row[0]) for row in found if row}


def forget_pairs(database: Database) -> None:
    """Forget all records and links; what was pinned, and the log, stay. To be called within a transaction."""
    for table in _PAIRS:
        database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
