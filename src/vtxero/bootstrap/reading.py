"""The log of a profile, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from vtxero.config.settings import Settings
from vtxero.store import SqliteRuns, open_database
from vtxero.sync.report import RunLog


@contextmanager
def open_log(settings: Settings) -> Iterator[RunLog]:
    """Open the log of this profile for reading.

    Raises:
        StateError: the state database is unreadable or from a newer vtxero.
    """
    with closing(open_database(settings.database)) as database:
        yield SqliteRuns(database)
