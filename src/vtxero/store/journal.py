"""The journal: each write is noted before it leaves, and its end once it is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from vtxero.domain.sides import Side
from vtxero.store.records import SqliteRecords
from vtxero.sync.state import Action, Intent


class SqliteJournal(SqliteRecords):
    """The intents. Each knows the newest record there was, so that what it made can be told from older ones."""

    def open_intents(self, actions: Iterable[tuple[Action, str, str]]) -> list[int]:
        """Journal writes about to leave, as (action, resolved wanted, idempotency key); committed before it returns."""
        highest, ids = self.highest_number(), []
        opened = datetime.now(UTC).isoformat(timespec="seconds")
        with self.transaction():
            for action, wanted, key in actions:
                target_id = action.vtiger_id if action.target is Side.VTIGER else action.xero_id
                cursor = self._db.execute(
                    "INSERT INTO intents (run, module, target, write, source_id, target_id, source, wanted, highest,"
                    " key, hash, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        self._run,
                        action.module,
                        action.target,
                        action.write,
                        action.source_id,
                        target_id,
                        action.source,
                        wanted,
                        highest,
                        key,
                        hashlib.sha256(wanted.encode()).hexdigest(),
                        opened,
                    ),
                )
                ids.append(int(cursor.lastrowid or 0))
        return ids

    def close_intents(self, ids: Iterable[int]) -> None:
        """Note that the end of these writes is known."""
        self._db.executemany("UPDATE intents SET closed = 1 WHERE id = ?", [(number,) for number in ids])

    def find_intents(self, module: str) -> Mapping[tuple[Side, str], Intent]:
        """Open creations of a module by target and source id; the latest counts."""
        rows = self._db.execute(
            "SELECT id, module, target, write, source_id, target_id, source, wanted, highest, key FROM intents"
            " WHERE module = ? AND closed = 0 AND write = 'create' ORDER BY id",
            (module,),
        )
        found = {}
        for number, name, target, *rest in rows:
            intent = Intent(number, name, Side(target), *rest)
            found[intent.target, intent.source_id] = intent
        return found

    def unknown_creations(self) -> int:
        """How many creations left of which nobody has noted yet what became of them."""
        row = self._db.execute("SELECT count(*) FROM intents WHERE closed = 0 AND write = 'create'").fetchone()
        return int(row[0])

    def forget_intents(self, before: datetime) -> None:
        """Forget the writes that left before a moment and whose end is known."""
        moment = before.isoformat(timespec="seconds")
        self._db.execute("DELETE FROM intents WHERE closed = 1 AND opened_at < ?", (moment,))

    def close_all_intents(self, module: str) -> None:
        """Close what earlier runs left open: what was found is linked now, the rest never arrived."""
        self._db.execute(
            "UPDATE intents SET closed = 1 WHERE module = ? AND closed = 0 AND run <> ?", (module, self._run)
        )
