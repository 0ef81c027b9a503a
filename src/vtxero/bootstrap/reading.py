"""The log of a profile, opened for reading, and which of its runs is under way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta

from vtxero.config.lock import held_since
from vtxero.config.settings import Settings
from vtxero.store import SqliteRuns, open_database
from vtxero.sync.report import RunLog, RunSummary

CLOCKS = timedelta(seconds=1)
"""How much the clock of files may differ from ours."""


@contextmanager
def open_log(settings: Settings) -> Iterator[RunLog]:
    """Open the log of this profile for reading.

    Raises:
        StateError: the state database is unreadable or from a newer vtxero.
    """
    with closing(open_database(settings.database)) as database:
        yield SqliteRuns(database)


def under_way(settings: Settings, runs: Sequence[RunSummary]) -> str:
    """Name the run that is under way, of these, newest first; blank when none is.

    A run that was stopped hard looks the same but for the lock; a dry run that holds it now took it after that.
    """
    if not runs or runs[0].status != "running":
        return ""
    since = held_since(settings.lock_file)
    return runs[0].run if since and runs[0].started_at >= since - CLOCKS else ""
