"""`sync.state.State` over SQLite. Every method commits by itself unless a transaction is open."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from vtxero.domain.ids import record_number
from vtxero.domain.lookups import SYMBOL_END, SYMBOL_START
from vtxero.domain.sides import Side
from vtxero.store.codec import dump_action, load_action
from vtxero.store.effects import SqliteEffects
from vtxero.sync.effects import Effect
from vtxero.sync.records import Presence
from vtxero.sync.state import Action, Intent, KeyHit, Link, StoredRecord

CHUNK = 500
RECORD = "module, side, id, modified, label, marker, presence, raw"
TO_JUDGE = "(raw IS NOT NULL OR presence = 'GONE')"
LINK = "module, vtiger_id, xero_id, author, vtiger_base, xero_base, unsettled"


class SqliteState:
    """The engine's memory over one open database."""

    def __init__(self, connection: sqlite3.Connection, run: str) -> None:
        self._db = connection
        self._run = run
        self._depth = 0
        self._effects = SqliteEffects(connection, run)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything inside together, or not at all. May be nested; the outermost one commits."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            self._depth -= 1

    # facts about the profile

    def get_meta(self, name: str) -> str | None:
        """A noted value (the pinned tenant, a cached catalogue)."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Note a value."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # what was read

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
        return self._hits(module, side, "WHERE r.marker = ? AND", (marker,)) if marker else []

    def _hits(self, module: str, side: Side, where: str, values: tuple[str, ...]) -> list[KeyHit]:
        own = "vtiger_id" if side is Side.VTIGER else "xero_id"
        rows = self._db.execute(
            f"SELECT r.id, r.presence,"  # noqa: S608 - texts of our own
            f" EXISTS (SELECT 1 FROM links l WHERE l.module = r.module AND l.{own} = r.id)"
            f" OR EXISTS (SELECT 1 FROM plan p WHERE p.module = r.module AND p.{own} = r.id AND p.write <> '')"
            f" FROM records r {where} r.module = ? AND r.side = ? ORDER BY r.number, r.modified, r.id",
            (*values, module, side),
        )
        return [KeyHit(record_id, bool(linked), Presence[presence]) for record_id, presence, linked in rows]

    def count_links(self, module: str) -> int:
        """How many links a module has."""
        return int(self._db.execute("SELECT count(*) FROM links WHERE module = ?", (module,)).fetchone()[0])

    def highest_number(self) -> int:
        """The largest Vtiger record number read or written so far, 0 at first."""
        return int(self._db.execute("SELECT coalesce(max(number), 0) FROM records").fetchone()[0])

    def linked_after(self, module: str, side: Side, after: str, limit: int) -> list[str]:
        """The next ids of linked records of a side, in a fixed order, beginning after one of them."""
        own = "vtiger_id" if side is Side.VTIGER else "xero_id"
        rows = self._db.execute(
            f"SELECT {own} FROM links WHERE module = ? AND {own} > ? ORDER BY {own} LIMIT ?",  # noqa: S608 - column names of our own
            (module, after, limit),
        )
        return [record_id for (record_id,) in rows]

    def mark_gone(self, module: str, side: Side, record_id: str) -> bool:
        """Note that a linked record is not there any more; tells whether that is new."""
        changed = self._db.execute(
            "UPDATE records SET presence = 'GONE' WHERE module = ? AND side = ? AND id = ? AND presence <> 'GONE'",
            (module, side, record_id),
        )
        return changed.rowcount > 0

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

    # links

    def links(self, module: str, side: Side, ids: Iterable[str]) -> dict[str, Link]:
        """Links by the ids of one side."""
        wanted, found = list(ids), {}
        own = "vtiger_id" if side is Side.VTIGER else "xero_id"
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            places = ",".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {LINK} FROM links WHERE module = ? AND {own} IN ({places})",  # noqa: S608 - texts of our own
                (module, *part),
            )
            for row in rows:
                link = _link(row)
                found[link.id_on(side)] = link
        return found

    def link(self, module: str, side: Side, record_id: str) -> Link | None:
        """The link of one record, aliases not followed."""
        return self.links(module, side, [record_id]).get(record_id)

    def put_link(self, link: Link) -> None:
        """Make or replace a link; one that a deleted namesake had with the same partner ends."""
        with self.transaction():
            for side in Side:
                self._end_link_with_gone(link, side)
            self._put_link(link)

    def _end_link_with_gone(self, link: Link, side: Side) -> None:
        """End the link that the other side's record has with a record of `side` that is gone, and forget that one."""
        old = self.link(link.module, side.other, link.id_on(side.other))
        if old is None or old.id_on(side) == link.id_on(side):
            return
        dead = self.record(link.module, side, old.id_on(side))
        if dead and dead.presence is Presence.GONE:
            self._db.execute("DELETE FROM links WHERE module = ? AND vtiger_id = ?", (link.module, old.vtiger_id))
            self.drop_record(link.module, side, dead.id)

    def _put_link(self, link: Link) -> None:
        self._db.execute(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (module, vtiger_id) DO UPDATE SET xero_id = excluded.xero_id, author = excluded.author,"
            " vtiger_base = excluded.vtiger_base, xero_base = excluded.xero_base, unsettled = excluded.unsettled",
            (
                link.module,
                link.vtiger_id,
                link.xero_id,
                link.author,
                link.vtiger_base,
                link.xero_base,
                " ".join(link.unsettled),
            ),
        )
        self.drop_alias(link.module, link.vtiger_id)

    def unsettle(self, module: str, fields: Iterable[str]) -> None:
        """Note for every link of a module that these fields never had a common value."""
        for field in fields:
            self._db.execute(
                "UPDATE links SET unsettled = trim(unsettled || ' ' || ?) WHERE module = ?"
                " AND ' ' || unsettled || ' ' NOT LIKE '% ' || ? || ' %'",
                (field, module, field),
            )

    def drop_link(self, module: str, vtiger_id: str) -> None:
        """Forget that two records are one."""
        self._db.execute("DELETE FROM links WHERE module = ? AND vtiger_id = ?", (module, vtiger_id))

    def alias_of(self, module: str, vtiger_id: str) -> str | None:
        """The Vtiger record that stands for this duplicate."""
        row = self._db.execute(
            "SELECT holder FROM aliases WHERE module = ? AND vtiger_id = ?", (module, vtiger_id)
        ).fetchone()
        return row[0] if row else None

    def put_alias(self, module: str, vtiger_id: str, holder: str) -> None:
        """Note a duplicate."""
        self._db.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", (module, vtiger_id, holder))

    def drop_alias(self, module: str, vtiger_id: str) -> None:
        """Forget that a record was a duplicate."""
        self._db.execute("DELETE FROM aliases WHERE module = ? AND vtiger_id = ?", (module, vtiger_id))

    # what is to be judged

    def waiting_links(self, module: str) -> Iterator[Link]:
        """Links with a waiting row on either side, or unsettled fields, in the order of their Vtiger record numbers."""
        rows = self._db.execute(
            "SELECT l.vtiger_id FROM links l LEFT JOIN records v"  # noqa: S608 - column names of our own
            " ON v.module = l.module AND v.side = 'vtiger' AND v.id = l.vtiger_id"
            " WHERE l.module = :module AND (l.unsettled <> '' OR l.vtiger_id IN"
            f" (SELECT id FROM records WHERE module = :module AND side = 'vtiger' AND {TO_JUDGE})"
            f" OR l.xero_id IN (SELECT id FROM records WHERE module = :module AND side = 'xero' AND {TO_JUDGE}))"
            " ORDER BY v.number, l.vtiger_id",
            {"module": module},
        )
        for (vtiger_id,) in rows.fetchall():  # ids alone: the rows of large books would not fit in memory
            link = self.link(module, Side.VTIGER, vtiger_id)
            if link:
                yield link

    def unlinked(self, module: str, side: Side) -> Iterator[StoredRecord]:
        """Waiting rows without a link, oldest first."""
        own = "vtiger_id" if side is Side.VTIGER else "xero_id"
        rows = self._db.execute(
            "SELECT id FROM records r WHERE module = ? AND side = ? AND raw IS NOT NULL"  # noqa: S608 - texts of our own
            f" AND NOT EXISTS (SELECT 1 FROM links l WHERE l.module = r.module AND l.{own} = r.id)"
            " ORDER BY number, modified, id",
            (module, side),
        )
        for (record_id,) in rows.fetchall():
            record = self.record(module, side, record_id)
            if record:
                yield record

    # the plan

    def clear_plan(self) -> None:
        """Forget the plan of an earlier run."""
        with self.transaction():
            self._db.execute("DELETE FROM plan")
            self._db.execute("DELETE FROM plan_needs")

    def add_action(self, action: Action) -> None:
        """Append to the plan."""
        with self.transaction():
            cursor = self._db.execute(
                "INSERT INTO plan (module, target, write, vtiger_id, xero_id, required, action)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    action.module,
                    action.target,
                    action.write,
                    action.vtiger_id,
                    action.xero_id,
                    action.required,
                    dump_action(action),
                ),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO plan_needs VALUES (?, ?)", [(need, cursor.lastrowid) for need in action.needs]
            )

    def planned_partner(self, module: str, side: Side, record_id: str) -> str | None:
        """The counterpart that this plan gives a record: its id, blank when it is created, None when there is none."""
        own, other = ("vtiger_id", "xero_id") if side is Side.VTIGER else ("xero_id", "vtiger_id")
        row = self._db.execute(
            f"SELECT {other} FROM plan WHERE module = ? AND {own} = ? AND write <> ''",  # noqa: S608 - column names of our own
            (module, record_id),
        ).fetchone()
        return row[0] if row else None

    def planned_write(self, module: str, side: Side, record_id: str) -> Action | None:
        """The write of this plan that makes or changes the counterpart, on the other side, of a record."""
        own = "vtiger_id" if side is Side.VTIGER else "xero_id"
        row = self._db.execute(
            f"SELECT action FROM plan WHERE module = ? AND {own} = ? AND target = ?"  # noqa: S608 - column names of our own
            " AND write IN ('create', 'update')",
            (module, record_id, side.other),
        ).fetchone()
        return load_action(row[0]) if row else None

    def actions(self, module: str) -> Iterator[Action]:
        """A module's plan: what needs no write first, then creations and updates, Xero before Vtiger, each in order."""
        rows = self._db.execute(
            "SELECT seq FROM plan WHERE module = ? ORDER BY write IN ('create', 'update'),"
            " target = 'vtiger', write, seq",
            (module,),
        )
        for (seq,) in rows.fetchall():
            row = self._db.execute("SELECT action FROM plan WHERE seq = ?", (seq,)).fetchone()
            if row:
                yield replace(load_action(row[0]), seq=seq)

    def count_actions(self, module: str) -> int:
        """How many lines a module's plan has."""
        return int(self._db.execute("SELECT count(*) FROM plan WHERE module = ?", (module,)).fetchone()[0])

    def unneeded(self) -> list[Action]:
        """The lines that are not required and that nothing in the plan refers to."""
        rows = self._db.execute(
            "SELECT seq, action FROM plan WHERE NOT required AND NOT (write = 'create' AND EXISTS"
            " (SELECT 1 FROM plan_needs n WHERE n.symbol = ? || plan.module || ':' ||"
            " CASE target WHEN 'xero' THEN plan.vtiger_id ELSE plan.xero_id END || ?)) ORDER BY seq",
            (SYMBOL_START, SYMBOL_END),
        )
        return [replace(load_action(text), seq=seq) for seq, text in rows.fetchall()]

    def drop_action(self, seq: int) -> None:
        """Take a line out of the plan."""
        with self.transaction():
            self._db.execute("DELETE FROM plan WHERE seq = ?", (seq,))
            self._db.execute("DELETE FROM plan_needs WHERE seq = ?", (seq,))

    # what runs did

    def add_effect(self, effect: Effect) -> None:
        """Note what a write did."""
        self._effects.add(effect)

    def saved_again(self, module: str, side: Side, record_id: str, before: str, after: str) -> None:
        """Note that a write of ours, which is no effect of its own, moved a record's time."""
        self._effects.saved_again(module, side, record_id, before, after)

    def effects_of(self, run: str) -> list[Effect]:
        """The effects of a run, in the order in which they happened."""
        return self._effects.of_run(run)

    def effects_made_in(self, side: Side) -> list[Effect]:
        """The effects on all records that runs made on a side."""
        return self._effects.made_in(side)

    def effects_after(self, effect: Effect) -> list[Effect]:
        """The later effects of other runs on the same record."""
        return self._effects.after(effect)

    def mark_undone(self, seqs: Collection[int]) -> None:
        """Note that these were taken back by the present run."""
        self._effects.mark_undone(seqs)

    def set_back_at(self, undone: Effect, modified: str) -> None:
        """Let the effect before it stand as of this time."""
        self._effects.set_back_at(undone, modified)

    def begun_removals(self) -> set[tuple[str, Side, str]]:
        """The records whose removal left in an earlier run, with no known end."""
        return self._effects.begun_removals()

    # the journal

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

    def close_all_intents(self, module: str) -> None:
        """Close what earlier runs left open: what was found is linked now, the rest never arrived."""
        self._db.execute(
            "UPDATE intents SET closed = 1 WHERE module = ? AND closed = 0 AND run <> ?", (module, self._run)
        )


def _stored(row: tuple[str, ...]) -> StoredRecord:
    module, side, record_id, modified, label, marker, presence, raw = row
    return StoredRecord(module, Side(side), record_id, modified, label, marker, Presence[presence], raw)


def _link(row: tuple[str, ...]) -> Link:
    module, vtiger_id, xero_id, author, vtiger_base, xero_base, unsettled = row
    return Link(module, vtiger_id, xero_id, Side(author), vtiger_base, xero_base, tuple(unsettled.split()))
