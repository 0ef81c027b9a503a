"""The state database: links and bases, rows that wait, the plan, the journal, the log. The only user of sqlite3."""

from __future__ import annotations

from vtxero.store.database import Database, open_database
from vtxero.store.runs import SqliteRuns
from vtxero.store.state import SqliteState

__all__ = ["Database", "SqliteRuns", "SqliteState", "open_database"]
