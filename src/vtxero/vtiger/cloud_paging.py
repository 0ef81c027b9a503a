"""Lists of the cloud edition, read with nothing but what its query language is known to do.

It sorts by one key, and its `in` is said to be unreliable; so ids are joined by `or`, and rows that share a key are
paged by their ids. Its describe need not list columns as the open-source edition's does, so whole records are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtxero.domain.reference import VtigerModule
from vtxero.errors import NotModelledError
from vtxero.vtiger.paging import Lists, check_moves, in_chunks, quote, select
from vtxero.vtiger.rows import Row, is_id, number_of, text


def either(field: str, ids: Sequence[str]) -> str:
    """Write a condition that one of these ids fulfils; a hundred of them make about 3 kB of address.

    Raises:
        ValueError: one is no id. Vtiger puts the record number of an id into its SQL as it stands.
    """
    strange = next((each for each in ids if not is_id(each)), None)
    if strange is not None:
        raise ValueError(f"{strange!r} is no id of Vtiger's")
    return " or ".join(f"{field} = {quote(each)}" for each in ids)


@dataclass(frozen=True, slots=True)
class CloudLists(Lists):
    """Reads lists through a client, page by page."""

    def columns(self, module: VtigerModule) -> tuple[str, ...]:  # noqa: ARG002 - whatever the module
        """Name none: that asks for all."""
        return ()

    def since(self, module: str, fields: Sequence[str], moment: str) -> Iterator[list[Row]]:
        """Read the rows modified at or after `moment` in the order of their modification.

        Each page begins in the second in which the one before it ended, since that may have been cut; a second with
        more rows than a page holds is read by ids.
        """
        start, comparison, seen = moment, ">=", frozenset[str]()
        while True:
            where = f"modifiedtime {comparison} {quote(start)}"
            rows = self.client.query(select(module, fields, where=where, order="modifiedtime"))
            times = [text(row, "modifiedtime") for row in rows]
            check_moves(module, [start, *times], ties=True)
            fresh = [row for row in rows if text(row, "id") not in seen or text(row, "modifiedtime") != start]
            if fresh:
                yield fresh
            if self.is_end(rows):
                return
            if times[-1] == start:
                yield from self.by_id(module, fields, f"modifiedtime = {quote(start)}")
                comparison = ">"
                continue
            start, comparison = times[-1], ">="
            seen = frozenset(text(row, "id") for row in rows if text(row, "modifiedtime") == start)

    def of_ids(self, module: str, fields: Sequence[str], ids: Iterable[str]) -> Iterator[list[Row]]:
        """Read the rows of these ids that still exist, one query for a hundred."""
        for chunk in in_chunks(ids):
            wanted = set(chunk)
            rows = self.client.query(select(module, fields, where=either("id", chunk), order="id"))
            yield [row for row in rows if text(row, "id") in wanted]

    def with_children(
        self, parents: Iterable[Sequence[Row]], module: str, reference: str, fields: Sequence[str] = ()
    ) -> Iterator[tuple[Row, list[Row]]]:
        """Give each parent with the rows of `module` that refer to it, in the order of their ids.

        A page of parents costs a query for a hundred children, and one where there are none.
        """
        for page in parents:
            children = self._children([text(parent, "id") for parent in page], module, reference, fields)
            for parent in page:
                own = children.get(text(parent, "id"), {})
                yield parent, [own[each] for each in sorted(own, key=number_of)]

    def _children(
        self, parents: Sequence[str], module: str, reference: str, fields: Sequence[str]
    ) -> dict[str, dict[str, Row]]:
        """Read the children of these parents, by parent and id."""
        found: dict[str, dict[str, Row]] = {}
        left = sorted((each for each in parents if is_id(each)), key=number_of)
        while left:
            rows = self.client.query(select(module, fields, where=either(reference, left), order=reference))
            check_moves(module, [0, *(number_of(text(row, reference)) for row in rows)], ties=True)
            for row in rows:
                found.setdefault(text(row, reference), {})[text(row, "id")] = row
            if self.is_end(rows):
                return found
            last = text(rows[-1], reference)
            if last not in left:
                raise NotModelledError(f"Vtiger answers {module} of {last}, which was not asked for.")
            if last == left[0]:
                for page in self.by_id(module, fields, f"{reference} = {quote(last)}"):
                    found.setdefault(last, {}).update((text(row, "id"), row) for row in page)
                left = left[1:]
            else:
                left = left[left.index(last) :]
        return found
