"""The effects of runs over SQLite: `sync.effects.EffectLog`, and how they are noted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from vtxero.domain.sides import Side
from vtxero.store.columns import id_column
from vtxero.store.transactions import Transactions
from vtxero.sync.effects import Effect

COLUMNS = (
    "module, side, write, vtiger_id, xero_id, label, fields, before, after, known, modified, vtiger_base,"
    " xero_base, unsettled, run, seq"
)
OLD = "run NOT IN (SELECT run FROM runs WHERE started_at >= ?)"
"""Of runs that began before a moment, or that the log knows no more."""
OF_OUR_RECORDS = (
    "side = 'vtiger' AND undone = '' AND write <> 'link' AND EXISTS (SELECT 1 FROM effects made WHERE"
    " made.module = effects.module AND made.vtiger_id = effects.vtiger_id AND made.side = 'vtiger'"
    " AND made.write = 'create' AND made.undone = '')"
)
"""What was written of records that runs made in Vtiger."""


class SqliteEffects(Transactions):
    """What writes did, run by run. Those that were taken back are kept, and never given."""

    def add_effect(self, effect: Effect) -> None:
        """Note an effect of the run that it names, of the present one where it names none."""
        self._db.execute(
            "INSERT INTO effects (module, side, write, vtiger_id, xero_id, label, fields, before, after, known,"
            " modified, vtiger_base, xero_base, unsettled, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                effect.module,
                effect.side,
                effect.write,
                effect.vtiger_id,
                effect.xero_id,
                effect.label,
                " ".join(effect.fields),
                effect.before,
                effect.after,
                effect.known,
                effect.modified,
                effect.vtiger_base,
                effect.xero_base,
                " ".join(effect.unsettled),
                effect.run or self._run,
            ),
        )

    def effects_of(self, run: str) -> list[Effect]:
        """The effects of a run that still stand, in order."""
        return self._read_effects("WHERE run = ? AND undone = '' ORDER BY seq", (run,))

    def taken_back_by(self, run: str) -> list[str]:
        """The undos that took back effects of a run, in that order."""
        rows = self._db.execute(
            "SELECT undone FROM effects WHERE run = ? AND undone <> '' GROUP BY undone ORDER BY min(seq)", (run,)
        )
        return [name for (name,) in rows]

    def effects_made_in(self, side: Side) -> list[Effect]:
        """The effects on records that were made on a side."""
        own = id_column(side)
        return self._read_effects(
            "WHERE side = ? AND undone = '' AND EXISTS (SELECT 1 FROM effects made WHERE made.module = effects.module"  # noqa: S608 - texts of our own
            f" AND made.{own} = effects.{own} AND made.side = effects.side AND made.write = 'create'"
            " AND made.undone = '') ORDER BY seq",
            (side,),
        )

    def effects_after(self, effect: Effect) -> list[Effect]:
        """The later effects of other runs on the same record."""
        return self._read_effects(
            f"WHERE module = ? AND {id_column(effect.side)} = ? AND side = ? AND seq > ? AND run <> ? AND undone = ''"
            " AND write <> 'link' ORDER BY seq",
            (effect.module, effect.id, effect.side, effect.seq, effect.run),
        )

    def mark_undone(self, seqs: Collection[int]) -> None:
        """Note that these were taken back by the present run."""
        self._db.executemany("UPDATE effects SET undone = ? WHERE seq = ?", [(self._run, seq) for seq in seqs])

    def narrow(self, effect: Effect, fields: Collection[str], after: str, modified: str) -> None:
        """Let these fields alone stand of an effect."""
        self._db.execute(
            "UPDATE effects SET fields = ?, after = ?, modified = ? WHERE seq = ?",
            (" ".join(fields), after, modified, effect.seq),
        )

    def set_back_at(self, undone: Effect, modified: str) -> None:
        """Let the effect before it stand as of this time, unless somebody else had saved the record in between."""
        if undone.known:
            self._db.execute(
                f"UPDATE effects SET modified = ? WHERE module = ? AND {id_column(undone.side)} = ? AND side = ?"  # noqa: S608 - texts of our own
                " AND seq < ? AND undone = '' AND modified = ?",
                (modified, undone.module, undone.id, undone.side, undone.seq, undone.known),
            )

    def saved_again(self, module: str, side: Side, record_id: str, before: str, after: str) -> None:
        """Let the effects on a record stand as of a later time, unless somebody else had saved it in between."""
        self._db.execute(
            f"UPDATE effects SET modified = ? WHERE module = ? AND {id_column(side)} = ? AND side = ? AND undone = ''"  # noqa: S608 - texts of our own
            " AND modified = ?",
            (after, module, record_id, side, before),
        )

    def forget_effects(self, before: datetime) -> None:
        """Forget what runs did that began before a moment: they cannot be undone any more.

        Of a record that was made in Vtiger one effect stays: `undo --origin xero` takes it away after any time, and
        must know how we left it.
        """
        with self.transaction():
            changes = self._db.execute(
                f"SELECT seq FROM effects WHERE {OLD} AND side = 'vtiger' AND write = 'update' AND undone = ''"  # noqa: S608 - texts of our own
                " ORDER BY seq",
                (before.isoformat(),),
            )
            for (seq,) in changes.fetchall():
                self._fold(seq)
            self._db.execute(
                f"DELETE FROM effects WHERE {OLD} AND NOT ({OF_OUR_RECORDS})",  # noqa: S608 - texts of our own
                (before.isoformat(),),
            )

    def _fold(self, seq: int) -> None:
        """Let a change of a Vtiger record be part of the write before it, unless somebody edited it in between."""
        [later] = self._read_effects("WHERE seq = ?", (seq,))
        before = self._read_effects(
            "WHERE module = ? AND vtiger_id = ? AND side = 'vtiger' AND seq < ? AND undone = '' AND write <> 'link'"
            " ORDER BY seq DESC LIMIT 1",
            (later.module, later.vtiger_id, seq),
        )
        for earlier in before:
            saved = later.known and earlier.modified and later.known != earlier.modified
            if earlier.after == later.before and not saved:
                values = (later.after, later.modified, earlier.seq)
                self._db.execute("UPDATE effects SET after = ?, modified = ? WHERE seq = ?", values)
                self._db.execute("DELETE FROM effects WHERE seq = ?", (seq,))

    def begun_removals(self) -> set[tuple[str, Side, str]]:
        """The records whose removal left in an earlier run, with no known end."""
        rows = self._db.execute(
            "SELECT module, target, target_id FROM intents WHERE closed = 0 AND write IN ('remove', 'restore')"
        )
        return {(module, Side(target), target_id) for module, target, target_id in rows}

    def _read_effects(self, where: str, values: Iterable[object]) -> list[Effect]:
        rows = self._db.execute(f"SELECT {COLUMNS} FROM effects {where}", tuple(values))  # noqa: S608 - texts of our own
        return [_effect(row) for row in rows.fetchall()]


def _effect(row: tuple[str, ...]) -> Effect:
    module, side, write, vtiger_id, xero_id, label, fields, *rest = row
    before, after, known, modified, vtiger_base, xero_base, unsettled, run, seq = rest
    return Effect(
        module,
        Side(side),
        write,
        vtiger_id,
        xero_id,
        label,
        tuple(fields.split()),
        before,
        after,
        known,
        modified,
        vtiger_base,
        xero_base,
        tuple(unsettled.split()),
        run,
        int(seq),
    )
