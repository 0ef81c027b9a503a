"""What the state knows of single records, for people who ask: found by id, number, name or key; what became of them."""

from __future__ import annotations

import sqlite3

from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.store.codec import load_result
from vtxero.sync.report import HistoryEntry


class Stories:
    """Reads one open database; never writes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def find(self, module: str, text: str) -> list[tuple[Side, str]]:
        """Find records of a module by either side's id, else by number, code or name; linked pairs come twice."""
        by_id = self._db.execute(
            "SELECT side, id FROM records WHERE module = ? AND lower(id) = lower(?)"
            " UNION SELECT 'vtiger', vtiger_id FROM links WHERE module = ? AND lower(vtiger_id) = lower(?)"
            " UNION SELECT 'xero', xero_id FROM links WHERE module = ? AND lower(xero_id) = lower(?)",
            (module, text) * 3,
        ).fetchall()
        found = (
            by_id
            or self._db.execute(
                "SELECT side, id FROM records WHERE module = ? AND lower(label) = lower(?)"
                " UNION SELECT side, id FROM keys WHERE module = ? AND key = ?",
                (module, text, module, match_key(text)),
            ).fetchall()
        )
        return [(Side(side), record_id) for side, record_id in found]

    def history(self, module: str, vtiger_id: str, xero_id: str, limit: int | None = 5) -> list[HistoryEntry]:
        """Give the latest outcomes of a record (None: all), newest first."""
        rows = self._db.execute(
            "SELECT j.run, coalesce(r.command, ''), o.result FROM outcomes o JOIN judged j ON j.seq = o.last"
            " LEFT JOIN runs r ON r.run = j.run WHERE o.module = ?"
            " AND ((? <> '' AND o.vtiger_id = ?) OR (? <> '' AND o.xero_id = ?))"
            " ORDER BY o.last DESC, o.seq DESC LIMIT ?",
            (module, vtiger_id, vtiger_id, xero_id, xero_id, -1 if limit is None else limit),
        )
        return [HistoryEntry(run, command, load_result(text)) for run, command, text in rows]

    def count_history(self, module: str, vtiger_id: str, xero_id: str) -> int:
        """Count the outcomes of a record."""
        found = self._db.execute(
            "SELECT count(*) FROM outcomes o JOIN judged j ON j.seq = o.last WHERE o.module = ?"
            " AND ((? <> '' AND o.vtiger_id = ?) OR (? <> '' AND o.xero_id = ?))",
            (module, vtiger_id, vtiger_id, xero_id, xero_id),
        )
        return int(found.fetchone()[0])

    def open_writes_of(self, module: str, vtiger_id: str, xero_id: str) -> list[tuple[str, Side]]:
        """Name the runs that sent a write about a record without a known end, with the side it was sent to."""
        rows = self._db.execute(
            "SELECT run, target FROM intents WHERE module = ? AND closed = 0"
            " AND ((target = 'vtiger' AND (target_id <> '' AND target_id = ? OR source_id <> '' AND source_id = ?))"
            " OR (target = 'xero' AND (target_id <> '' AND target_id = ? OR source_id <> '' AND source_id = ?)))"
            " ORDER BY id",
            (module, vtiger_id, xero_id, xero_id, vtiger_id),
        )
        return [(run, Side(target)) for run, target in rows]

    def open_intents(self) -> int:
        """Count the writes whose end is not known: a run was stopped in the middle of them."""
        return int(self._db.execute("SELECT count(*) FROM intents WHERE closed = 0").fetchone()[0])
