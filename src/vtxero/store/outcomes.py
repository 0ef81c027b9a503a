"""What became of each record, run by run. What waits says the same in run after run: it is kept once for all of them.

`judged` numbers, in order, the runs that judged records of a module. An outcome holds from one such number to another,
so that a run in which nothing is new adds nothing, however much waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeAlias

from vtxero.domain.findings import in_order
from vtxero.domain.sides import Side
from vtxero.store.codec import dump_result, load_result
from vtxero.store.packed import PackedResults
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult

WAITING = (Outcome.SKIPPED, Outcome.CONFLICT, Outcome.FAILED)
WRITTEN = (Outcome.CREATED, Outcome.UPDATED, Outcome.LINKED)

OF_RUN = "FROM judged j JOIN outcomes o ON o.module = j.module AND o.last >= j.seq AND o.first <= j.seq WHERE j.run = ?"
_ROW = "EXISTS (SELECT 1 FROM records r WHERE r.module = o.module AND r.side = '{}' AND r.id = o.{}_id AND r.{})"
_GONE_IN_VTIGER, _GONE_IN_XERO = (_ROW.format(side, side, "presence = 'GONE'") for side in Side)
_WAITING_ROWS = " OR ".join(_ROW.format(side, side, "raw IS NOT NULL") for side in Side)
_LINK = "EXISTS (SELECT 1 FROM links l WHERE l.module = o.module AND l.vtiger_id = o.vtiger_id{})"
_LINKED, _UNSETTLED = _LINK.format(""), _LINK.format(" AND l.unsettled <> ''")
LATEST_THAT_WAIT = (
    "FROM outcomes o"  # noqa: S608 - texts of our own
    " WHERE (o.vtiger_id <> '' AND o.seq IN (SELECT max(seq) FROM outcomes GROUP BY module, vtiger_id)"
    " OR o.vtiger_id = '' AND o.seq IN (SELECT max(seq) FROM outcomes GROUP BY module, xero_id))"
    f" AND ({_WAITING_ROWS} OR {_UNSETTLED} OR {_LINKED} AND {_GONE_IN_VTIGER} <> {_GONE_IN_XERO})"
)
"""The last outcome of each record that waits now: it is to be judged again, or one of a pair of which one is gone."""

_EARLIER = (
    "SELECT max(q.seq) FROM outcomes q INDEXED BY outcomes_{side} WHERE q.module = o.module"
    " AND q.vtiger_id = o.vtiger_id AND q.xero_id = o.xero_id AND q.seq < o.seq"
)
_REPEATED = (
    "o.outcome IN ('skipped', 'conflict') AND EXISTS (SELECT 1 FROM outcomes p"  # noqa: S608 - texts of our own
    " JOIN judged k ON k.module = p.module AND k.seq BETWEEN p.first AND p.last LEFT JOIN runs r ON r.run = k.run"
    f" WHERE p.seq IN (o.seq, CASE o.vtiger_id WHEN '' THEN ({_EARLIER.format(side='xero')})"
    f" ELSE ({_EARLIER.format(side='vtiger')}) END)"
    " AND p.outcome = o.outcome AND json_extract(p.result, '$.reasons') = json_extract(o.result, '$.reasons')"
    " AND k.seq < j.seq AND (r.run IS NULL OR r.exit_code IS NOT NULL))"
)
"""That a run before this one, which came to its end and so told it, left the record alone for the same reasons."""

Place: TypeAlias = tuple[str, str, str]
"""Module and both ids of a record, blank where there is none."""


@dataclass(frozen=True, slots=True)
class _Told:
    seq: int
    first: int
    last: int
    result: str


class SqliteOutcomes:
    """The outcomes over one open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, run: str, result: RecordResult) -> None:
        """Note a record's outcome; a second one for the same record in the same run takes the first one's place."""
        place, text = (result.module, result.vtiger_id or "", result.xero_id or ""), dump_result(result)
        with self._together():
            now, before = self._judge(run, result.module)
            old = self._latest(place)
            if old and old.last == now:
                self._take_out(old, now, before)
                old = self._latest(place)
            if old and old.last == before and old.result == text and result.outcome in WAITING:
                self._db.execute("UPDATE outcomes SET last = ? WHERE seq = ?", (now, old.seq))
            else:
                self._insert(place, now, result.outcome, text)

    def add_late(self, run: str, result: RecordResult, *, is_second: bool) -> None:
        """Note an outcome of an earlier run, in the place of all that is told of the record in that run.

        Where that is a write as well, it was an earlier one, and the changes and notes of this one are added to it;
        so are those of the second write of a pair, always.
        """
        vtiger_id, xero_id = result.vtiger_id or "", result.xero_id or ""
        with self._together():
            now, before = self._judge(run, result.module)
            rows = self._db.execute(
                "SELECT seq, first, last, result, outcome FROM outcomes WHERE module = ? AND first <= ? AND last >= ?"
                " AND (vtiger_id = ? AND vtiger_id <> '' AND xero_id IN ('', ?)"
                " OR xero_id = ? AND xero_id <> '' AND vtiger_id IN ('', ?))",
                (result.module, now, now, vtiger_id, xero_id, xero_id, vtiger_id),
            ).fetchall()
            for *told, outcome in rows:
                self._take_out(_Told(*told), now, before)
                earlier = load_result(told[-1])
                if Outcome(outcome) in WRITTEN or (is_second and Outcome(outcome) is not Outcome.FAILED):
                    result = earlier.and_then(result)
                elif is_second:
                    result = replace(earlier.and_then(result), outcome=result.outcome, reasons=result.reasons)
            self._insert((result.module, vtiger_id, xero_id), now, result.outcome, dump_result(result))

    def add_changes(self, run: str, later: RecordResult) -> None:
        """Add the changes of a later write to what is noted of the record already."""
        with self._together():
            now, before = self._judge(run, later.module)
            rows = self._db.execute(
                "SELECT seq, first, last, result FROM outcomes WHERE module = ? AND vtiger_id = ? AND last = ?",
                (later.module, later.vtiger_id or "", now),
            )
            for old in [_Told(*row) for row in rows]:
                known = load_result(old.result)
                self._take_out(old, now, before)
                place = (known.module, known.vtiger_id or "", known.xero_id or "")
                self._insert(place, now, known.outcome, dump_result(known.and_then(later)))

    def add_reasons(self, run: str, later: RecordResult) -> None:
        """Add reasons to what is noted of the record already; where nothing is, note all of it."""
        with self._together():
            now, _ = self._judge(run, later.module)
            old = self._latest((later.module, later.vtiger_id or "", later.xero_id or ""))
            if old and old.last == now:
                known = load_result(old.result)
                later = replace(known, reasons=in_order(dict.fromkeys((*known.reasons, *later.reasons))))
            self.add(run, later)

    def add_second(self, run: str, later: RecordResult) -> None:
        """Note what came of the second write of a pair; what the first one changed stays told."""
        with self._together():
            now, before = self._judge(run, later.module)
            place = (later.module, later.vtiger_id or "", later.xero_id or "")
            old = self._latest(place)
            if old and old.last == now:
                later = load_result(old.result).with_second(later)
                self._take_out(old, now, before)
            self._insert(place, now, later.outcome, dump_result(later))

    def results(self, run: str) -> Sequence[RecordResult]:
        """A run's records that are not unchanged: what waited before it first, then in the order of settling."""
        rows = self._db.execute(
            f"SELECT CASE WHEN {_REPEATED} THEN json_set(o.result, '$.repeated', json('true')) ELSE o.result END"
            f" {OF_RUN} ORDER BY o.seq",
            (run,),
        )
        return PackedResults(text for (text,) in rows)

    def waiting(self) -> list[RecordResult]:
        """Every record that waits now (skipped, failed, in conflict, or crossed in part), each once, as last judged."""
        rows = self._db.execute(f"SELECT o.result {LATEST_THAT_WAIT} ORDER BY o.seq")
        return [result for (text,) in rows if (result := load_result(text)).outcome in WAITING or result.reasons]

    def _counted(self, run: str) -> Iterable[tuple[str, str, str, int]]:
        """Count a run's outcomes by module and direction."""
        return self._db.execute(
            f"SELECT o.module, json_extract(o.result, '$.direction'), o.outcome, count(*) {OF_RUN} GROUP BY 1, 2, 3",
            (run,),
        ).fetchall()

    def _judge(self, run: str, module: str) -> tuple[int, int]:
        """Number a run of a module; also gives the number of the one before it, 0 where there is none."""
        self._db.execute("INSERT OR IGNORE INTO judged (run, module) VALUES (?, ?)", (run, module))
        [now] = self._db.execute("SELECT seq FROM judged WHERE run = ? AND module = ?", (run, module)).fetchone()
        [before] = self._db.execute(
            "SELECT coalesce(max(seq), 0) FROM judged WHERE module = ? AND seq < ?", (module, now)
        ).fetchone()
        return now, before

    def _latest(self, place: Place) -> _Told | None:
        index = "outcomes_vtiger" if place[1] else "outcomes_xero"  # not the one in which half of all ids are blank
        row = self._db.execute(
            f"SELECT seq, first, last, result FROM outcomes INDEXED BY {index}"  # noqa: S608 - names of our own
            " WHERE module = ? AND vtiger_id = ? AND xero_id = ? ORDER BY seq DESC LIMIT 1",
            place,
        ).fetchone()
        return _Told(*row) if row else None

    def _take_out(self, told: _Told, now: int, before: int) -> None:
        """Let an outcome not be one of this run's; later runs may have told it as well."""
        if told.first == told.last == now:
            self._db.execute("DELETE FROM outcomes WHERE seq = ?", (told.seq,))
        elif told.first == now:
            self._db.execute("UPDATE outcomes SET first = ? WHERE seq = ?", (now + 1, told.seq))
        else:
            if told.last > now:
                self._db.execute(
                    "INSERT INTO outcomes (module, vtiger_id, xero_id, first, last, outcome, result)"
                    " SELECT module, vtiger_id, xero_id, ?, last, outcome, result FROM outcomes WHERE seq = ?",
                    (now + 1, told.seq),
                )
            self._db.execute("UPDATE outcomes SET last = ? WHERE seq = ?", (before, told.seq))

    def _insert(self, place: Place, now: int, outcome: Outcome, text: str) -> None:
        self._db.execute(
            "INSERT INTO outcomes (module, vtiger_id, xero_id, first, last, outcome, result)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*place, now, now, outcome, text),
        )

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Keep everything inside together, within whatever transaction is open."""
        self._db.execute("SAVEPOINT outcome")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:  # a full disk has ended it
                self._db.execute("ROLLBACK TO outcome")
                self._db.execute("RELEASE outcome")
            raise
        self._db.execute("RELEASE outcome")
