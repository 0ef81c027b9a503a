"""The plan of the present run, line by line: it may be larger than memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace

from vtxero.domain.lookups import SYMBOL_END, SYMBOL_START
from vtxero.domain.sides import Side
from vtxero.store.codec import dump_action, load_action
from vtxero.store.columns import id_column
from vtxero.store.transactions import Transactions
from vtxero.sync.state import FOLLOW, Action


class SqlitePlan(Transactions):
    """The lines of the plan, and what they need of each other.

    An id is asked for as `= ? AND ... <> ''`: SQLite takes an index of the ids that are not blank for nothing less.
    """

    def clear_plan(self) -> None:
        """Forget the plan of an earlier run."""
        with self.transaction():
            self._db.execute("DELETE FROM plan")
            self._db.execute("DELETE FROM plan_needs")

    def clear_actions(self, module: str) -> None:
        """Forget a module's lines; its follow-ups stay."""
        with self.transaction():
            where = "FROM plan WHERE module = ? AND write <> ?"
            self._db.execute(f"DELETE FROM plan_needs WHERE seq IN (SELECT seq {where})", (module, FOLLOW))  # noqa: S608 - texts of our own
            self._db.execute(f"DELETE {where}", (module, FOLLOW))

    def add_action(self, action: Action) -> None:
        """Append to the plan."""
        self._add(action, action.write)

    def add_follow_up(self, action: Action) -> None:
        """Append what a record will need once other lines of the plan are carried out: no line of its module's own."""
        self._add(action, FOLLOW)

    def _add(self, action: Action, write: str) -> None:
        with self.transaction():
            cursor = self._db.execute(
                "INSERT INTO plan (module, target, write, vtiger_id, xero_id, required, action)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    action.module,
                    action.target,
                    write,
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
        own, other = id_column(side), id_column(side.other)
        row = self._db.execute(
            f"SELECT {other} FROM plan WHERE module = ? AND {own} = ? AND {own} <> '' AND write <> ''",  # noqa: S608 - column names of our own
            (module, record_id),
        ).fetchone()
        return row[0] if row else None

    def planned_write(self, module: str, side: Side, record_id: str) -> Action | None:
        """The write of this plan that makes or changes the counterpart, on the other side, of a record."""
        own = id_column(side)
        row = self._db.execute(
            f"SELECT action FROM plan WHERE module = ? AND {own} = ? AND {own} <> '' AND target = ?"  # noqa: S608 - column names of our own
            " AND write IN ('create', 'update')",
            (module, record_id, side.other),
        ).fetchone()
        return load_action(row[0]) if row else None

    def actions(self, module: str) -> Iterator[Action]:
        """A module's plan: what needs no write first, then updates and creations, Xero before Vtiger, each in order.

        A record that gets another name gives up its former one before a new record gets it.
        """
        rows = self._db.execute(
            "SELECT seq FROM plan WHERE module = ? AND write <> ? ORDER BY write IN ('create', 'update'),"
            " target = 'vtiger', write = 'create', seq",
            (module, FOLLOW),
        )
        return self._each(rows)

    def follow_ups(self, module: str) -> Iterator[Action]:
        """The follow-ups of a module's records."""
        rows = self._db.execute("SELECT seq FROM plan WHERE module = ? AND write = ? ORDER BY seq", (module, FOLLOW))
        return self._each(rows)

    def _each(self, rows: Iterable[tuple[int]]) -> Iterator[Action]:
        """Read lines one at a time: those of large books would not fit in memory. One dropped meanwhile is left out."""
        return self._read_each(array("q", (seq for (seq,) in rows)))

    def _read_each(self, seqs: Iterable[int]) -> Iterator[Action]:
        for seq in seqs:
            row = self._db.execute("SELECT action FROM plan WHERE seq = ?", (seq,)).fetchone()
            if row:
                yield replace(load_action(row[0]), seq=seq)

    def line(self, seq: int) -> Action:
        """One line of the plan."""
        (text,) = self._db.execute("SELECT action FROM plan WHERE seq = ?", (seq,)).fetchone()
        return replace(load_action(text), seq=seq)

    def lines_of(self, module: str, side: Side, record_id: str) -> list[Action]:
        """The lines about a record, follow-ups left out."""
        own = id_column(side)
        rows = self._db.execute(
            f"SELECT seq, action FROM plan WHERE module = ? AND {own} = ? AND {own} <> '' AND write <> ? ORDER BY seq",  # noqa: S608 - column names of our own
            (module, record_id, FOLLOW),
        )
        return [replace(load_action(text), seq=seq) for seq, text in rows.fetchall()]

    def count_actions(self, module: str) -> int:
        """How many lines a module's plan has."""
        row = self._db.execute("SELECT count(*) FROM plan WHERE module = ? AND write <> ?", (module, FOLLOW)).fetchone()
        return int(row[0])

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
