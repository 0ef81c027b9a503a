"""The log of runs: what each did, record by record, and what waits now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from vtxero.domain.sides import Direction
from vtxero.store.codec import dump_result, load_result
from vtxero.store.packed import PackedResults
from vtxero.sync.records import Outcome
from vtxero.sync.report import ModuleCount, RecordResult, RunReport, RunSummary

RUN = "run, command, status, exit_code, started_at, finished_at, seconds, calls, messages, errors"
WAITING = (Outcome.SKIPPED, Outcome.CONFLICT, Outcome.FAILED)


_WAITS = (
    "EXISTS (SELECT 1 FROM records r WHERE r.module = o.module AND r.side = '{side}' AND r.id = o.{side}_id"
    " AND r.raw IS NOT NULL)"
)


class SqliteRuns:
    """Writes and reads the log over one open database. Implements `sync.report.RunLog`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def start(self, run: str, command: str, started_at: datetime) -> None:
        """Note that a run begins. Runs that never ended are shown as interrupted."""
        self._db.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
        self._db.execute(
            "INSERT INTO runs (run, command, status, started_at) VALUES (?, ?, 'running', ?)",
            (run, command, started_at.isoformat()),
        )

    def add(self, run: str, result: RecordResult) -> None:
        """Note a record's outcome; a second one for the same record in the same run takes the first one's place."""
        self._db.execute(
            "INSERT OR REPLACE INTO outcomes (run, module, vtiger_id, xero_id, outcome, result)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                run,
                result.module,
                result.vtiger_id or "",
                result.xero_id or "",
                result.outcome,
                dump_result(result),
            ),
        )

    def add_changes(self, run: str, later: RecordResult) -> None:
        """Add the changes of a later write to what is noted of the record already."""
        rows = self._db.execute(
            "SELECT seq, result FROM outcomes WHERE run = ? AND module = ? AND vtiger_id = ?",
            (run, later.module, later.vtiger_id or ""),
        ).fetchall()
        for seq, text in rows:
            self._db.execute(
                "UPDATE outcomes SET result = ? WHERE seq = ?", (dump_result(load_result(text).and_then(later)), seq)
            )

    def add_unchanged(self, run: str, module: str, direction: Direction, number: int) -> None:
        """Note how many records were seen and say nothing new."""
        self._count(run, module, direction, Outcome.UNCHANGED, number)

    def finish(self, report: RunReport, finished_at: datetime) -> None:
        """Note how a run ended."""
        self._db.execute(
            "UPDATE runs SET status = ?, exit_code = ?, finished_at = ?, seconds = ?, calls = ?, messages = ?,"
            " errors = ?"
            " WHERE run = ?",
            (
                report.status,
                report.exit_code,
                finished_at.isoformat(),
                report.seconds,
                json.dumps(dict(report.calls)),
                json.dumps(list(report.messages)),
                json.dumps(list(report.errors)),
                report.run,
            ),
        )

    def counts(self, run: str, modules: Iterable[tuple[str, Direction]] = ()) -> tuple[ModuleCount, ...]:
        """A run's outcomes per module and direction; `modules` are shown even when nothing was seen."""
        table: dict[tuple[str, str], dict[Outcome, int]] = {
            (module, direction.value): dict.fromkeys(Outcome, 0) for module, direction in modules
        }
        stored = self._db.execute("SELECT module, direction, outcome, n FROM counts WHERE run = ?", (run,)).fetchall()
        listed = self._db.execute(
            "SELECT module, json_extract(result, '$.direction'), outcome, count(*) FROM outcomes WHERE run = ?"
            " GROUP BY 1, 2, 3",
            (run,),
        ).fetchall()
        for module, direction, outcome, number in (*stored, *listed):
            row = table.setdefault((module, direction), dict.fromkeys(Outcome, 0))
            row[Outcome(outcome)] += number
        return tuple(ModuleCount(module, Direction(direction), row) for (module, direction), row in table.items())

    def results(self, run: str) -> Sequence[RecordResult]:
        """A run's records that are not unchanged, in the order in which they were settled."""
        rows = self._db.execute("SELECT result FROM outcomes WHERE run = ? ORDER BY seq", (run,))
        return PackedResults(text for (text,) in rows)

    # sync.report.RunLog

    def runs(self, limit: int = 20) -> list[RunSummary]:
        """The latest runs, newest first."""
        rows = self._db.execute(f"SELECT {RUN} FROM runs ORDER BY started_at DESC, run DESC LIMIT ?", (limit,))  # noqa: S608 - column names of our own
        return [self._summary(row) for row in rows.fetchall()]

    def summary(self, run: str) -> RunSummary | None:
        """One run as it is listed, None when there is no such run."""
        row = self._db.execute(f"SELECT {RUN} FROM runs WHERE run = ?", (run,)).fetchone()  # noqa: S608 - column names of our own
        return self._summary(row) if row else None

    def writing_since(self, runs: int) -> datetime | None:
        """When the last so many runs began of those whose writes are known; None when there were fewer."""
        row = self._db.execute(
            "SELECT started_at FROM runs WHERE EXISTS (SELECT 1 FROM effects WHERE effects.run = runs.run)"
            " ORDER BY started_at DESC LIMIT 1 OFFSET ?",
            (runs - 1,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def report(self, run: str) -> RunReport | None:
        """A run's report, None when there is no such run. `last` names the newest."""
        order = "ORDER BY started_at DESC, run DESC LIMIT 1"
        where, values = (order, ()) if run == "last" else (f"WHERE run = ? {order}", (run,))
        row = self._db.execute(f"SELECT {RUN} FROM runs {where}", values).fetchone()  # noqa: S608 - texts of our own
        if row is None:
            return None
        name, _, status, exit_code, started_at, _, seconds, calls, messages, errors = row
        return RunReport(
            name,
            dry_run=False,
            status=status,
            exit_code=exit_code if exit_code is not None else 1,
            started_at=datetime.fromisoformat(started_at),
            seconds=seconds,
            modules=self.counts(name),
            records=self.results(name),
            calls=json.loads(calls),
            messages=tuple(json.loads(messages)),
            errors=tuple(json.loads(errors)),
        )

    def waiting(self) -> list[RecordResult]:
        """Every record that waits now (skipped, failed or in conflict), each once, as last judged."""
        rows = self._db.execute(
            "SELECT o.outcome, o.result FROM outcomes o WHERE"  # noqa: S608 - texts of our own
            " (o.vtiger_id <> '' AND o.seq IN (SELECT max(seq) FROM outcomes GROUP BY module, vtiger_id)"
            " OR o.vtiger_id = '' AND o.seq IN (SELECT max(seq) FROM outcomes GROUP BY module, xero_id))"
            f" AND ({_WAITS.format(side='vtiger')} OR {_WAITS.format(side='xero')}) ORDER BY o.seq"
        )
        return [load_result(text) for outcome, text in rows if Outcome(outcome) in WAITING]

    def _count(self, run: str, module: str, direction: Direction, outcome: Outcome, number: int) -> None:
        self._db.execute(
            "INSERT INTO counts VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, module, direction, outcome)"
            " DO UPDATE SET n = n + excluded.n",
            (run, module, direction, outcome, number),
        )

    def _summary(self, row: tuple[str, ...]) -> RunSummary:
        run, command, status, exit_code, started_at, finished_at, _, calls, *_ = row
        totals: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        for count in self.counts(run):
            for outcome, number in count.counts.items():
                totals[outcome] += number
        return RunSummary(
            run,
            command,
            status,
            int(exit_code) if exit_code is not None else None,
            datetime.fromisoformat(started_at),
            datetime.fromisoformat(finished_at) if finished_at else None,
            totals,
            _calls(calls),
        )


def _calls(text: str) -> Mapping[str, int]:
    return {str(side): int(number) for side, number in json.loads(text).items()}
