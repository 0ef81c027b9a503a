"""One open database and its transactions: what all parts of the state stand on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class Transactions:
    """A part of the state over one open database; what is noted is noted for `run`.

    Every method commits by itself unless a transaction is open.
    """

    def __init__(self, connection: sqlite3.Connection, run: str) -> None:
        self._db = connection
        self._run = run
        self._depth = 0

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
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite has ended it by itself where the disk is full
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1
