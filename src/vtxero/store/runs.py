"""The log of runs: how each went, and for how long that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from vtxero.domain.sides import Direction
from vtxero.store.outcomes import LATEST_THAT_WAIT, SqliteOutcomes
from vtxero.sync.records import Outcome
from vtxero.sync.report import ModuleCount, RunReport, RunSummary

RUN = "run, command, status, exit_code, started_at, finished_at, seconds, calls, messages, errors"
FORGOTTEN = "log is kept since"
STOPPED = 130
"""The exit code that is told of a run without an end: what its process gave nobody could note."""
NO_END = "This run has no end: it is under way, or was stopped hard. The next run finds out what became of its writes."
STOPPED_HARD = "This run was stopped hard."
"""What is certain once another run has begun."""


class SqliteRuns(SqliteOutcomes):
    """Writes and reads the log over one open database. Implements `sync.report.RunLog`."""

    def start(self, run: str, command: str, started_at: datetime) -> None:
        """Note that a run begins. Runs that never ended are shown as interrupted."""
        self._db.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
        self._db.execute(
            "INSERT INTO runs (run, command, status, started_at) VALUES (?, ?, 'running', ?)",
            (run, command, started_at.isoformat()),
        )

    def add_unchanged(self, run: str, module: str, direction: Direction, number: int) -> None:
        """Note how many records were seen and say nothing new."""
        self._judge(run, module)
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
        for module, direction, outcome, number in (*stored, *self._counted(run)):
            row = table.setdefault((module, direction), dict.fromkeys(Outcome, 0))
            row[Outcome(outcome)] += number
        return tuple(ModuleCount(module, Direction(direction), row) for (module, direction), row in table.items())

    # sync.report.RunLog

    def runs(self, limit: int = 20) -> list[RunSummary]:
        """The latest runs, newest first."""
        rows = self._db.execute(f"SELECT {RUN} FROM runs ORDER BY rowid DESC LIMIT ?", (limit,))  # noqa: S608 - column names of our own
        return [self._summary(row) for row in rows.fetchall()]

    def summary(self, run: str) -> RunSummary | None:
        """One run as it is listed, None when there is no such run."""
        row = self._db.execute(f"SELECT {RUN} FROM runs WHERE run = ?", (run,)).fetchone()  # noqa: S608 - column names of our own
        return self._summary(row) if row else None

    def named_like(self, beginning: str) -> list[str]:
        """The latest runs whose names begin so, at most three, newest first."""
        rows = self._db.execute(
            "SELECT run FROM runs WHERE substr(run, 1, length(?1)) = ?1 ORDER BY rowid DESC LIMIT 3", (beginning,)
        )
        return [run for (run,) in rows]

    def writing_since(self, runs: int) -> datetime | None:
        """When the last so many runs began of those whose writes are known; None when there were fewer."""
        row = self._db.execute(
            "SELECT started_at FROM runs WHERE EXISTS (SELECT 1 FROM effects WHERE effects.run = runs.run)"
            " ORDER BY rowid DESC LIMIT 1 OFFSET ?",
            (runs - 1,),
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def report(self, run: str) -> RunReport | None:
        """A run's report, None when there is no such run. `last` names the newest."""
        order = "ORDER BY rowid DESC LIMIT 1"
        where, values = (order, ()) if run == "last" else (f"WHERE run = ? {order}", (run,))
        row = self._db.execute(f"SELECT {RUN} FROM runs {where}", values).fetchone()  # noqa: S608 - texts of our own
        if row is None:
            return None
        name, command, status, exit_code, started_at, _, seconds, calls, messages, errors = row
        has_ended = exit_code is not None
        if not has_ended:
            told = NO_END if status == "running" else f"{STOPPED_HARD} {self._found_out(name, command)}"
            status, exit_code, messages = "error", STOPPED, json.dumps([told])
        return RunReport(
            name,
            dry_run=False,
            status=status,
            exit_code=exit_code,
            started_at=datetime.fromisoformat(started_at),
            seconds=seconds,
            modules=self.counts(name),
            records=self.results(name),
            calls=json.loads(calls),
            messages=tuple(json.loads(messages)),
            errors=tuple(json.loads(errors)),
            command=command,
            has_ended=has_ended,
        )

    def _found_out(self, run: str, command: str) -> str:
        """Say how much is known of the writes of a run that was stopped hard."""
        if command.startswith("undo"):
            return "The same undo again finds out what it had done, and goes on."
        row = self._db.execute("SELECT count(*) FROM intents WHERE run = ? AND closed = 0", (run,)).fetchone()
        if row[0]:
            return "The next run over all records finds out what became of its last writes."
        return "A later run found out what became of its last writes: what arrived is told here."

    def has_forgotten(self, run: str) -> bool:
        """Tell whether a run is unknown because its log was forgotten; a run's name begins with its start."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (FORGOTTEN,)).fetchone()
        began = _start_of(run)
        if row is None or began is None or self.summary(run):
            return False
        return began < datetime.fromisoformat(row[0])

    # forgetting

    def started(self, latest: int) -> datetime | None:
        """When the last so many runs began; None when there were fewer."""
        row = self._db.execute("SELECT started_at FROM runs ORDER BY rowid DESC LIMIT 1 OFFSET ?", (latest - 1,))
        found = row.fetchone()
        return datetime.fromisoformat(found[0]) if found else None

    def forget_runs(self, before: datetime, undoable: datetime | None) -> None:
        """Forget the log of runs that began before a moment; to be called within a transaction.

        Those that can be undone stay (`undoable`: what runs did is remembered since then; None: of all runs), and the
        last outcome of what still waits.
        """
        since = undoable.isoformat() if undoable else ""
        self._db.execute(
            "DELETE FROM runs WHERE started_at < ? AND (started_at < ? OR NOT EXISTS"
            " (SELECT 1 FROM effects e WHERE e.run = runs.run))",
            (before.isoformat(), since),
        )
        self._db.execute("DELETE FROM counts WHERE run NOT IN (SELECT run FROM runs)")
        self._db.execute(
            "DELETE FROM outcomes WHERE NOT EXISTS (SELECT 1 FROM judged j JOIN runs USING (run)"  # noqa: S608 - texts of our own
            " WHERE j.module = outcomes.module AND j.seq BETWEEN outcomes.first AND outcomes.last)"
            f" AND seq NOT IN (SELECT o.seq {LATEST_THAT_WAIT})"
        )
        self._db.execute(
            "DELETE FROM judged WHERE run NOT IN (SELECT run FROM runs) AND NOT EXISTS"
            " (SELECT 1 FROM outcomes o WHERE o.module = judged.module AND o.last = judged.seq)"
        )
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (FORGOTTEN, before.isoformat()))

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


def _start_of(run: str) -> datetime | None:
    try:
        return datetime.strptime(run[:20], "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
