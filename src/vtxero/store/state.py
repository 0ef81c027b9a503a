"""`sync.state.State` over SQLite, put together from its parts."""

from __future__ import annotations

from vtxero.store.effects import SqliteEffects
from vtxero.store.journal import SqliteJournal
from vtxero.store.links import SqliteLinks
from vtxero.store.plan import SqlitePlan


class SqliteState(SqliteLinks, SqlitePlan, SqliteJournal, SqliteEffects):
    """The engine's memory over one open database, and noted facts about its profile."""

    def get_meta(self, name: str) -> str | None:
        """A noted value (the pinned tenant, a cached catalogue)."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Note a value."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
