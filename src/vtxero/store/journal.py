"""The journal: each write is noted before it leaves, and its end once it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from vtxero.domain.sides import Side
from vtxero.store.codec import dump_action, load_action
from vtxero.store.records import SqliteRecords
from vtxero.sync.state import Departure, Intent

CLOSED = "closed = 1, action = ''"
"""What is set of an intent whose end is known: the action was kept for those alone that have none."""


class SqliteJournal(SqliteRecords):
    """The intents. Each knows the newest record there was, so that what it made can be told from older ones."""

    def open_intents(self, writes: Iterable[Departure]) -> list[int]:
        """Journal writes about to leave; committed before it returns."""
        highest, ids = self.highest_number(), []
        opened = datetime.now(UTC).isoformat(timespec="seconds")
        with self.transaction():
            for write in writes:
                action = write.action
                cursor = self._db.execute(
                    "INSERT INTO intents (run, module, target, write, source_id, target_id, source, wanted, highest,"
                    " key, hash, opened_at, known, action) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        self._run,
                        action.module,
                        action.target,
                        action.write,
                        action.source_id,
                        action.target_id,
                        action.source,
                        write.wanted,
                        highest,
                        write.key,
                        hashlib.sha256(write.wanted.encode()).hexdigest(),
                        opened,
                        write.known,
                        dump_action(action),
                    ),
                )
                ids.append(int(cursor.lastrowid or 0))
        return ids

    def close_intents(self, ids: Iterable[int]) -> None:
        """Note that the end of these writes is known."""
        self._db.executemany(f"UPDATE intents SET {CLOSED} WHERE id = ?", [(number,) for number in ids])  # noqa: S608 - texts of our own

    def find_intents(self, module: str) -> Mapping[tuple[Side, str], Intent]:
        """Open creations of a module by target and source id; the latest counts."""
        found = self._read_intents("module = ? AND write = 'create' ORDER BY id", (module,))
        return {(intent.target, intent.source_id): intent for intent in found}

    def open_changes(self, module: str) -> list[Intent]:
        """Changes of existing records that earlier runs sent, with no known end, the latest first."""
        where = "module = ? AND write = 'update' AND action <> '' AND run <> ? ORDER BY id DESC"
        return self._read_intents(where, (module, self._run))

    def sent_creation(self, module: str, vtiger_id: str, xero_id: str) -> Intent | None:
        """The creation, sent by an earlier run, that a new link of these two shows to have arrived."""
        where = (
            "module = ? AND write = 'create' AND run <> ?"
            " AND ((target = 'xero' AND source_id = ?) OR (target = 'vtiger' AND source_id = ?)) ORDER BY id DESC"
        )
        found = self._read_intents(where, (module, self._run, vtiger_id, xero_id))
        return found[0] if found else None

    def _read_intents(self, where: str, values: Iterable[str]) -> list[Intent]:
        """Read intents that are open still; an older version kept no action with them."""
        rows = self._db.execute(
            "SELECT id, module, target, write, source_id, target_id, source, wanted, highest, key, run, known, action"  # noqa: S608 - texts of our own
            f" FROM intents WHERE closed = 0 AND {where}",
            tuple(values),
        )
        return [_intent(row) for row in rows.fetchall()]

    def unknown_writes(self) -> int:
        """How many writes of syncs left of which nobody has noted yet what became of them."""
        row = self._db.execute(
            "SELECT count(*) FROM intents WHERE closed = 0 AND (write = 'create' OR write = 'update' AND action <> '')"
        ).fetchone()
        return int(row[0])

    def forget_intents(self, before: datetime) -> None:
        """Forget the writes that left before a moment and whose end is known."""
        moment = before.isoformat(timespec="seconds")
        self._db.execute("DELETE FROM intents WHERE closed = 1 AND opened_at < ?", (moment,))

    def close_all_intents(self, module: str) -> None:
        """Close what earlier runs left open: what was found is linked now, the rest never arrived."""
        self._db.execute(
            f"UPDATE intents SET {CLOSED} WHERE module = ? AND closed = 0 AND run <> ?",  # noqa: S608 - texts of our own
            (module, self._run),
        )


def _intent(row: tuple[Any, ...]) -> Intent:
    number, module, target, write, source_id, target_id, source, wanted, highest, key, run, known, action = row
    place = (number, module, Side(target), write, source_id, target_id)
    return Intent(*place, source, wanted, highest, key, run, known, load_action(action) if action else None)
