"""Opening the database: WAL, migrated, and a scratch copy for dry runs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakSet

from vtxero.errors import StateError, TemporaryError
from vtxero.store.migrations import migrate

Database: TypeAlias = sqlite3.Connection
"""An open state database."""

REMEDY = "Restore the file from a backup, or move it away and run `vtxero sync --resync`: links are found again."
ROOM = "Make room on the disk, and the file and its folder writable for you; then run again. Do not move the file away."
OWNER = "Run vtxero as the user who owns the file, or make it and its folder writable for you. Do not move it away."
NO_ROOM = ("disk is full", "disk i/o error", "readonly", "unable to open")
"""What SQLite says of a disk or folder that takes nothing; moving the state away would be the wrong remedy."""

PATIENCE = 10.0
"""Seconds to wait for another program that has the file."""


class StateConnection(sqlite3.Connection):
    """A connection whose faults in the middle of a run are told as the house's own errors.

    Closing it ends the reads that are still under way: SQLite would keep the file open for them, and the locks on it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._name = _name(args[0])
        self._reads: WeakSet[sqlite3.Cursor] = WeakSet()

    def execute(self, *args: Any) -> sqlite3.Cursor:
        try:
            cursor = super().execute(*args)
        except (OSError, sqlite3.Error) as error:
            raise _as_own(self._name, error) from error
        if cursor.description:  # what gives no rows holds nothing
            self._reads.add(cursor)
        return cursor

    def close(self) -> None:
        """Close it, and every read from it."""
        for cursor in list(self._reads):
            cursor.close()
        super().close()

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        with _told(self._name):
            return super().executemany(*args)


def _name(path: object) -> str:
    return f"The state database {path}" if str(path) else "A dry run's copy of the state"


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell SQLite's faults and the disk's as the house's own errors.

    Raises:
        StateError, TemporaryError: what became of the file.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise _as_own(name, error) from error


def _as_own(name: str, error: OSError | sqlite3.Error) -> StateError | TemporaryError:
    if isinstance(error, OSError):
        remedy = OWNER if isinstance(error, PermissionError) else ROOM
        return StateError(f"{name} cannot be used: {error.strerror}.", remedy=remedy)
    if not isinstance(error, sqlite3.OperationalError):
        return StateError(f"{name} cannot be used: {error}.", remedy=REMEDY)
    said = str(error).lower()
    if "locked" in said or "busy" in said:
        text = f"{name} is in use by another program."
        return TemporaryError(text, remedy="Close that program, or run again later.")
    remedy = OWNER if "readonly" in said else ROOM if any(word in said for word in NO_ROOM) else REMEDY
    return StateError(f"{name} cannot be used: {error}.", remedy=remedy)


def open_database(path: Path | None) -> sqlite3.Connection:
    """Open a profile's state, made if missing; None keeps it in memory. Only its owner can read the file.

    Raises:
        StateError: unreadable, damaged, or written by a newer vtxero.
    """
    if path is None:
        return _prepare(sqlite3.connect(":memory:", isolation_level=None))
    try:
        with _told(_name(path)):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            return _prepare(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE, factory=StateConnection))
    except LookupError as error:
        raise StateError(
            f"The state database {path} was written by a newer vtxero ({error}).", remedy=REMEDY
        ) from error


def noted_in(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Read noted values of another profile's state; blank where that cannot be read, which is not for us to tell."""
    try:
        # Not read-only: SQLite needs its shared memory beside a database that keeps a write-ahead log.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)) as other:
            rows = dict(other.execute("SELECT name, value FROM meta").fetchall())
    except sqlite3.Error:
        return {}
    return {name: rows.get(name, "") for name in names}


def scratch_copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Copy the state for a dry run: everything is really read and compared, and nothing of it is kept."""
    copy = sqlite3.connect("", isolation_level=None, factory=StateConnection)
    with _told(_name("")):
        connection.backup(copy)
    return _prepare(copy)


def _prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16000")
    migrate(connection)
    return connection
