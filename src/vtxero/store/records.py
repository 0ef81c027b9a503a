"""The records that were read from each side, how far was read, and what waits to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vtxero.domain.ids import record_number
from vtxero.domain.sides import Side
from vtxero.store.columns import id_column
from vtxero.store.transactions import Transactions
from vtxero.sync.records import Presence
from vtxero.sync.state import KeyHit, StoredRecord

RECORD = "module, side, id, modified, label, marker, presence, raw"


class SqliteRecords(Transactions):
    """Records as last read, their natural keys, and the cursors."""

    def cursor(self, module: str, side: Side) -> str | None:
        """The largest modification time read, None before the first whole fetch."""
        row = self._db.execute("SELECT value FROM cursors WHERE module = ? AND side = ?", (module, side)).fetchone()
        return row[0] if row else None

    def set_cursor(self, module: str, side: Side, value: str) -> None:
        """Note the largest modification time read."""
        self._db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (module, side, value))

    def modified(self, module: str, side: Side, record_id: str) -> str | None:
        """The modification time under which a record was last read."""
        row = self._db.execute(
            "SELECT modified FROM records WHERE module = ? AND side = ? AND id = ?", (module, side, record_id)
        ).fetchone()
        return row[0] if row else None

    def put_record(self, record: StoredRecord, keys: Iterable[tuple[str, str]]) -> None:
        """Keep a record and its natural keys, in place of what was kept before."""
        place = (record.module, record.side, record.id)
        number = record_number(record.id) if record.side is Side.VTIGER else 0
        with self.transaction():
            self._db.execute(
                f"INSERT OR REPLACE INTO records ({RECORD}, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - column names of our own
                (*place, record.modified, record.label, record.marker, record.presence.name, record.raw, number),
            )
            self._db.execute("DELETE FROM keys WHERE module = ? AND side = ? AND id = ?", place)
            self._db.executemany(
                "INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?)",
                [(record.module, record.side, kind, key, record.id) for kind, key in keys],
            )

    def touch(self, module: str, side: Side, record_id: str, modified: str) -> None:
        """Note that a linked record was read and says what its base says: nothing waits."""
        self._db.execute(
            "UPDATE records SET modified = ?, raw = NULL, presence = 'ACTIVE' WHERE module = ? AND side = ? AND id = ?"
            " AND (modified <> ? OR raw IS NOT NULL OR presence <> 'ACTIVE')",
            (modified, module, side, record_id, modified),
        )

    def forget_modified(self, module: str, side: Side, record_id: str) -> None:
        """Have a record that we wrote read once more: an edit in the same second as our write has the same time."""
        self._db.execute(
            "UPDATE records SET modified = '' WHERE module = ? AND side = ? AND id = ?", (module, side, record_id)
        )

    def settle_record(self, module: str, side: Side, record_id: str) -> None:
        """Drop the waiting row: the link's bases hold all of it."""
        self._db.execute(
            "UPDATE records SET raw = NULL WHERE module = ? AND side = ? AND id = ?", (module, side, record_id)
        )

    def record(self, module: str, side: Side, record_id: str) -> StoredRecord | None:
        """A record as last read."""
        row = self._db.execute(
            f"SELECT {RECORD} FROM records WHERE module = ? AND side = ? AND id = ?",  # noqa: S608 - column names of our own
            (module, side, record_id),
        ).fetchone()
        return _stored(row) if row else None

    def hits(self, module: str, side: Side, kind: str, key: str) -> list[KeyHit]:
        """The records of a side with this natural key, oldest first."""
        return self._hits(
            module, side, "JOIN keys k USING (module, side, id) WHERE k.kind = ? AND k.key = ? AND", (kind, key)
        )

    def marked(self, module: str, side: Side, marker: str) -> list[KeyHit]:
        """The records of a side that carry this marker."""
        return self._hits(module, side, "WHERE r.marker = ? AND r.marker <> '' AND", (marker,)) if marker else []

    def _hits(self, module: str, side: Side, where: str, values: tuple[str, ...]) -> list[KeyHit]:
        own = id_column(side)
        rows = self._db.execute(
            f"SELECT r.id, r.presence,"  # noqa: S608 - texts of our own
            f" EXISTS (SELECT 1 FROM links l WHERE l.module = r.module AND l.{own} = r.id)"
            f" OR EXISTS (SELECT 1 FROM plan p WHERE p.module = r.module AND p.{own} = r.id AND p.{own} <> ''"
            " AND p.write <> '')"
            f", r.raw IS NULL FROM records r {where} r.module = ? AND r.side = ? ORDER BY r.number, r.modified, r.id",
            (*values, module, side),
        )
        hits = ((KeyHit(record_id, bool(linked), Presence[here]), rests) for record_id, here, linked, rests in rows)
        return [hit for hit, rests in hits if hit.linked or not rests or hit.presence is not Presence.GONE]

    def unlinked(self, module: str, side: Side) -> Iterator[StoredRecord]:
        """Waiting rows without a link, oldest first."""
        own = id_column(side)
        rows = self._db.execute(
            "SELECT id FROM records r WHERE module = ? AND side = ? AND raw IS NOT NULL"  # noqa: S608 - texts of our own
            f" AND NOT EXISTS (SELECT 1 FROM links l WHERE l.module = r.module AND l.{own} = r.id)"
            " ORDER BY number, modified, id",
            (module, side),
        )
        ids = [record_id for (record_id,) in rows]
        for record_id in ids:
            record = self.record(module, side, record_id)
            if record:
                yield record

    def waiting_ids(self, module: str, side: Side) -> set[str]:
        """The ids of all records that wait to be judged: rows that were read, and pairs with open conflicts."""
        rows = self._db.execute(
            "SELECT id FROM records WHERE module = :module AND side = :side AND raw IS NOT NULL"  # noqa: S608 - names of our own
            f" UNION SELECT {side}_id FROM links WHERE module = :module AND unsettled <> ''",
            {"module": module, "side": side},
        )
        return {record_id for (record_id,) in rows}

    def highest_number(self) -> int:
        """The largest Vtiger record number read or written so far, 0 at first."""
        return int(self._db.execute("SELECT coalesce(max(number), 0) FROM records").fetchone()[0])

    def mark_gone(self, module: str, side: Side, record_id: str) -> bool:
        """Note that a linked record is not there any more; tells whether that is new."""
        changed = self._db.execute(
            "UPDATE records SET presence = 'GONE' WHERE module = ? AND side = ? AND id = ? AND presence <> 'GONE'",
            (module, side, record_id),
        )
        return changed.rowcount > 0

    def mark_vanished(self, module: str, side: Side, record_id: str) -> None:
        """Note that a record without a link is not there any more: it waits no longer, and nothing finds it."""
        self._db.execute(
            "UPDATE records SET presence = 'GONE', raw = NULL, modified = '' WHERE module = ? AND side = ? AND id = ?",
            (module, side, record_id),
        )

    def mark_waiting(self, record: StoredRecord) -> None:
        """Take that note back."""
        self._db.execute(
            "UPDATE records SET presence = ?, raw = ?, modified = ? WHERE module = ? AND side = ? AND id = ?",
            (record.presence.name, record.raw, record.modified, record.module, record.side, record.id),
        )

    def mark_present(self, module: str, side: Side, record_id: str) -> None:
        """Take that note back."""
        self._db.execute(
            "UPDATE records SET presence = 'ACTIVE' WHERE module = ? AND side = ? AND id = ?", (module, side, record_id)
        )

    def drop_record(self, module: str, side: Side, record_id: str) -> None:
        """Forget a record that has no link: it is not there any more."""
        place = (module, side, record_id)
        with self.transaction():
            self._db.execute("DELETE FROM records WHERE module = ? AND side = ? AND id = ?", place)
            self._db.execute("DELETE FROM keys WHERE module = ? AND side = ? AND id = ?", place)


def _stored(row: tuple[str, ...]) -> StoredRecord:
    module, side, record_id, modified, label, marker, presence, raw = row
    return StoredRecord(module, Side(side), record_id, modified, label, marker, Presence[presence], raw)
