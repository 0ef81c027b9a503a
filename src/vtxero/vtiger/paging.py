"""Lists of Vtiger's records: the query language's quoting, and paging that neither loses nor repeats rows.

A page holds at most 100 rows. Rows that the user may not read are dropped behind the limit, so a short page is not the
end; only administrators see every row, and for them it is. Pages follow a key (id, or time and id), never an offset,
which would shift under other people's writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from vtxero.domain.reference import VtigerModule
from vtxero.errors import NotModelledError
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.columns import own_columns
from vtxero.vtiger.rows import Row, is_id, number_of, text

PAGE = 100
MOST_PARENTS = 200
"""Ids in one `in (...)`: 200 of them make about 4 kB of the 8 kB that web servers take as an address."""


def quote(value: str) -> str:
    """Write a text for a query: quotes and backslashes doubled.

    Raises:
        ValueError: the text is empty. Vtiger's parser fails on '', and has no way to ask for blank.
    """
    if not value:
        raise ValueError("Vtiger's query language has no empty text")
    doubled = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def any_of(ids: Sequence[str]) -> str:
    """Write the list of an `in`.

    Raises:
        ValueError: one is no id. Vtiger puts the record number of an id into its SQL as it stands.
    """
    strange = next((each for each in ids if not is_id(each)), None)
    if strange is not None:
        raise ValueError(f"{strange!r} is no id of Vtiger's")
    return f"({','.join(quote(each) for each in ids)})"


def select(module: str, fields: Sequence[str], *, where: str = "", order: str = "") -> str:
    """Write a query for one page; no fields means all."""
    columns = ",".join(fields) or "*"
    condition = f" where {where}" if where else ""
    ordering = f" order by {order}" if order else ""
    return f"select {columns} from {module}{condition}{ordering} limit {PAGE};"  # noqa: S608 - values are quoted


def in_chunks(ids: Iterable[str], size: int = PAGE) -> Iterator[list[str]]:
    """Cut ids into lists of at most `size`, each once; what is no id can name no record and is dropped."""
    unique = list(dict.fromkeys(each for each in ids if is_id(each)))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]


@dataclass(frozen=True, slots=True)
class Lists:
    """Reads lists through a client, page by page."""

    client: VtigerClient

    def columns(self, module: VtigerModule) -> tuple[str, ...]:
        """Name the columns to ask for where the whole record is wanted."""
        return own_columns(module)

    def by_id(self, module: str, fields: Sequence[str], condition: str = "") -> Iterator[list[Row]]:
        """Read all rows, or those that fulfil a condition, by rising record number.

        It takes ceil(n/100) queries, and one more unless the end is proven.
        """
        last = ""
        while True:
            where = " and ".join(filter(None, (condition, f"id > {quote(last)}" if last else "")))
            rows = self.client.query(select(module, fields, where=where, order="id"))
            check_moves(module, [number_of(last), *(number_of(text(row, "id")) for row in rows)])
            if rows:
                yield rows
                last = text(rows[-1], "id")
            if self.is_end(rows):
                return

    def since(self, module: str, fields: Sequence[str], moment: str) -> Iterator[list[Row]]:
        """Read the rows modified at or after `moment` in the order of their modification; as many queries as `by_id`.

        A row that is modified meanwhile comes a second time, as it is then.
        """
        where, last = f"modifiedtime >= {quote(moment)}", ("", 0)
        while True:
            rows = self.client.query(select(module, fields, where=where, order="modifiedtime, id"))
            keys = [(text(row, "modifiedtime"), number_of(text(row, "id"))) for row in rows]
            check_moves(module, [last, *keys])
            if rows:
                yield rows
                last, then = keys[-1], quote(keys[-1][0])
                after = quote(text(rows[-1], "id"))
                where = f"modifiedtime > {then} or modifiedtime = {then} and id > {after}"
            if self.is_end(rows):
                return

    def of_ids(self, module: str, fields: Sequence[str], ids: Iterable[str]) -> Iterator[list[Row]]:
        """Read the rows of these ids that still exist by rising record number, one query for a hundred."""
        for chunk in in_chunks(sorted(ids, key=number_of)):
            wanted = set(chunk)
            rows = self.client.query(select(module, fields, where=f"id in {any_of(chunk)}", order="id"))
            # Vtiger compares ids by their number only, so another module's id could match.
            yield [row for row in rows if text(row, "id") in wanted]

    def with_children(
        self, parents: Iterable[Sequence[Row]], module: str, reference: str, fields: Sequence[str] = ()
    ) -> Iterator[tuple[Row, list[Row]]]:
        """Give each parent with the rows of `module` that refer to it, in the order of their ids.

        `parents` come in pages, by rising record number. The children are asked for by their parents' ids, and each
        answer frees the parents before its last row, so that no page of children is fetched for a few rows only: about
        ceil(children/100) queries, and one for every 100 parents where children are rare.
        """
        window = _Window(iter(parents))
        while window.refill():
            where = window.condition(reference)
            rows = self.client.query(select(module, fields, where=where, order=f"{reference}, id"))
            window.take(module, reference, rows)
            yield from window.release(everything=self.is_end(rows))

    def is_end(self, rows: Sequence[Row]) -> bool:
        """Tell whether no rows can follow."""
        return not rows or (len(rows) < PAGE and self.client.session.is_admin)


@dataclass(slots=True)
class _Window:
    """Parents that wait for their children; `last` is the key of the last child read, parent first."""

    pages: Iterator[Sequence[Row]]
    parents: deque[Row] = field(default_factory=deque)
    children: dict[str, list[Row]] = field(default_factory=dict)
    last: tuple[int, int] = (0, 0)
    last_ids: tuple[str, str] = ("", "")
    exhausted: bool = False

    def refill(self) -> bool:
        """Take more pages of parents while there is room; False when none is left."""
        while not self.exhausted and len(self.parents) <= MOST_PARENTS - PAGE:
            page = next(self.pages, None)
            self.exhausted = page is None
            self.parents.extend(page or ())
        return bool(self.parents)

    def condition(self, reference: str) -> str:
        """Ask for the children of the parents, those of the first one only from the last child read onwards."""
        ids = [text(parent, "id") for parent in self.parents]
        if ids[0] != self.last_ids[0]:
            return f"{reference} in {any_of(ids)}"
        rest = f" or {reference} in {any_of(ids[1:])}" if ids[1:] else ""
        return f"{reference} = {quote(ids[0])} and id > {quote(self.last_ids[1])}{rest}"

    def take(self, module: str, reference: str, rows: Sequence[Row]) -> None:
        """Sort the rows to their parents."""
        keys = [(number_of(text(row, reference)), number_of(text(row, "id"))) for row in rows]
        check_moves(module, [self.last, *keys])
        for row in rows:
            self.children.setdefault(text(row, reference), []).append(row)
        if rows:
            self.last, self.last_ids = keys[-1], (text(rows[-1], reference), text(rows[-1], "id"))

    def release(self, *, everything: bool) -> Iterator[tuple[Row, list[Row]]]:
        """Let go of the parents whose children are all read."""
        while self.parents and (everything or number_of(text(self.parents[0], "id")) < self.last[0]):
            parent = self.parents.popleft()
            yield parent, self.children.pop(text(parent, "id"), [])


def check_moves(module: str, keys: Sequence[Any], *, ties: bool = False) -> None:
    """Insist that the answer follows the order asked for: paging on it would lose rows, or never end, otherwise.

    Raises:
        NotModelledError: it does not.
    """
    for earlier, later in pairwise(keys):
        if not (earlier < later or (ties and earlier == later)):
            raise NotModelledError(
                f"Vtiger does not answer {module} in the order asked for ({later} after {earlier}).",
                remedy="Report this to vtxero with the version of Vtiger.",
            )
