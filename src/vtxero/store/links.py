"""Which records are one: links with their two bases, and the aliases of duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vtxero.domain.sides import Side
from vtxero.store.columns import id_column
from vtxero.store.records import SqliteRecords
from vtxero.sync.records import Presence
from vtxero.sync.state import Link

CHUNK = 500
LINK = "module, vtiger_id, xero_id, author, vtiger_base, xero_base, unsettled"

WAITING = """
SELECT vtiger_id FROM links WHERE module = :module AND unsettled <> ''
UNION SELECT id FROM records WHERE module = :module AND side = 'vtiger' AND raw IS NOT NULL
UNION SELECT id FROM records WHERE module = :module AND side = 'vtiger' AND presence = 'GONE'
UNION SELECT l.vtiger_id FROM records r JOIN links l ON l.module = r.module AND l.xero_id = r.id
  WHERE r.module = :module AND r.side = 'xero' AND r.raw IS NOT NULL
UNION SELECT l.vtiger_id FROM records r JOIN links l ON l.module = r.module AND l.xero_id = r.id
  WHERE r.module = :module AND r.side = 'xero' AND r.presence = 'GONE'
"""
"""Each part has an index of its own, so that what rests is not looked at."""


class SqliteLinks(SqliteRecords):
    """Links over the records that they join."""

    def links(self, module: str, side: Side, ids: Iterable[str]) -> dict[str, Link]:
        """Links by the ids of one side."""
        wanted, found = list(ids), {}
        own = id_column(side)
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            places = ",".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT {LINK} FROM links WHERE module = ? AND {own} IN ({places})",  # noqa: S608 - texts of our own
                (module, *part),
            )
            for row in rows:
                link = _link(row)
                found[link.id_on(side)] = link
        return found

    def link(self, module: str, side: Side, record_id: str) -> Link | None:
        """The link of one record, aliases not followed."""
        return self.links(module, side, [record_id]).get(record_id)

    def put_link(self, link: Link) -> None:
        """Make or replace a link; one that a deleted namesake had with the same partner ends."""
        with self.transaction():
            for side in Side:
                self._end_link_with_gone(link, side)
            self._put_link(link)

    def _end_link_with_gone(self, link: Link, side: Side) -> None:
        """End the link that the other side's record has with a record of `side` that is gone, and forget that one."""
        old = self.link(link.module, side.other, link.id_on(side.other))
        if old is None or old.id_on(side) == link.id_on(side):
            return
        dead = self.record(link.module, side, old.id_on(side))
        if dead and dead.presence is Presence.GONE:
            self._db.execute("DELETE FROM links WHERE module = ? AND vtiger_id = ?", (link.module, old.vtiger_id))
            self.drop_record(link.module, side, dead.id)

    def _put_link(self, link: Link) -> None:
        self._db.execute(
            "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (module, vtiger_id) DO UPDATE SET xero_id = excluded.xero_id, author = excluded.author,"
            " vtiger_base = excluded.vtiger_base, xero_base = excluded.xero_base, unsettled = excluded.unsettled",
            (
                link.module,
                link.vtiger_id,
                link.xero_id,
                link.author,
                link.vtiger_base,
                link.xero_base,
                " ".join(link.unsettled),
            ),
        )
        self.drop_alias(link.module, link.vtiger_id)

    def unsettle(self, module: str, fields: Iterable[str]) -> None:
        """Note for every link of a module that these fields never had a common value."""
        for field in fields:
            self._db.execute(
                "UPDATE links SET unsettled = trim(unsettled || ' ' || ?) WHERE module = ?"
                " AND ' ' || unsettled || ' ' NOT LIKE '% ' || ? || ' %'",
                (field, module, field),
            )

    def drop_link(self, module: str, vtiger_id: str) -> None:
        """Forget that two records are one."""
        self._db.execute("DELETE FROM links WHERE module = ? AND vtiger_id = ?", (module, vtiger_id))

    def count_links(self, module: str, *, present_on: Side | None = None) -> int:
        """How many links a module has; of those, with a side, whose record there is not known to be gone."""
        if present_on is None:
            found = self._db.execute("SELECT count(*) FROM links WHERE module = ?", (module,))
        else:
            own = id_column(present_on)
            found = self._db.execute(
                f"SELECT count(*) FROM links WHERE module = :module AND {own} NOT IN"  # noqa: S608 - a column of our own
                " (SELECT id FROM records WHERE module = :module AND side = :side AND presence = 'GONE')",
                {"module": module, "side": present_on},
            )
        return int(found.fetchone()[0])

    def linked_after(self, module: str, side: Side, after: str, limit: int) -> list[str]:
        """The next ids of linked records of a side, in a fixed order, beginning after one of them."""
        own = id_column(side)
        rows = self._db.execute(
            f"SELECT {own} FROM links WHERE module = ? AND {own} > ? ORDER BY {own} LIMIT ?",  # noqa: S608 - column names of our own
            (module, after, limit),
        )
        return [record_id for (record_id,) in rows]

    def known_after(self, module: str, side: Side, after: str, limit: int) -> list[str]:
        """The same of records that are linked or wait, or were found gone while they waited."""
        found = set(self.linked_after(module, side, after, limit))
        for sort in ("raw IS NOT NULL", "presence = 'GONE'"):
            rows = self._db.execute(
                # The plus keeps SQLite from the index of all records; those of what waits and what is gone are short.
                f"SELECT id FROM records WHERE module = ? AND side = ? AND {sort} AND +id > ? ORDER BY +id LIMIT ?",  # noqa: S608 - texts of our own
                (module, side, after, limit),
            )
            found.update(record_id for (record_id,) in rows)
        return sorted(found)[:limit]

    def waiting_links(self, module: str) -> Iterator[Link]:
        """Links with a waiting row on either side, or unsettled fields, in the order of their Vtiger record numbers."""
        rows = self._db.execute(
            "SELECT l.vtiger_id FROM links l LEFT JOIN records v"  # noqa: S608 - texts of our own
            " ON v.module = l.module AND v.side = 'vtiger' AND v.id = l.vtiger_id"
            f" WHERE l.module = :module AND l.vtiger_id IN ({WAITING}) ORDER BY v.number, l.vtiger_id",
            {"module": module},
        )
        ids = [vtiger_id for (vtiger_id,) in rows]  # alone: the rows of large books would not fit in memory
        for vtiger_id in ids:
            link = self.link(module, Side.VTIGER, vtiger_id)
            if link:
                yield link

    def alias_of(self, module: str, vtiger_id: str) -> str | None:
        """The Vtiger record that stands for this duplicate."""
        row = self._db.execute(
            "SELECT holder FROM aliases WHERE module = ? AND vtiger_id = ?", (module, vtiger_id)
        ).fetchone()
        return row[0] if row else None

    def put_alias(self, module: str, vtiger_id: str, holder: str) -> None:
        """Note a duplicate."""
        self._db.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", (module, vtiger_id, holder))

    def drop_alias(self, module: str, vtiger_id: str) -> None:
        """Forget that a record was a duplicate."""
        self._db.execute("DELETE FROM aliases WHERE module = ? AND vtiger_id = ?", (module, vtiger_id))


def _link(row: tuple[str, ...]) -> Link:
    module, vtiger_id, xero_id, author, vtiger_base, xero_base, unsettled = row
    return Link(module, vtiger_id, xero_id, Side(author), vtiger_base, xero_base, tuple(unsettled.split()))
