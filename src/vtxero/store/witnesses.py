"""The newest Vtiger records that the state knows, and forgetting them all."""

from __future__ import annotations

from vtxero.store.database import Database

_PAIRS = ("records", "keys", "links", "aliases", "cursors", "intents", "plan", "plan_needs")


def newest_vtiger_ids(database: Database, limit: int) -> list[str]:
    """Give the newest records of one Vtiger module that were not found gone, the newest first.

    It is the module of the newest record of all: numbers are one sequence over all modules but the taxes'.
    """
    rows = database.execute(
        "SELECT id FROM records WHERE side = 'vtiger' AND module <> 'taxes' AND presence <> 'GONE'"
        " ORDER BY number DESC LIMIT ?",
        (limit,),
    ).fetchall()
    ids = [str(record_id) for (record_id,) in rows]
    return [each for each in ids if each.partition("x")[0] == ids[0].partition("x")[0]]


def forget_pairs(database: Database) -> None:
    """Forget all records and links; what was pinned, and the log, stay. To be called within a transaction."""
    for table in _PAIRS:
        database.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
