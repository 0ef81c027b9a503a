"""Reads Vtiger's taxes: a plain table of a few rows, without modification times and without the deleted ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vtxero.vtiger.composites import Reader
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.paging import PAGE, select
from vtxero.vtiger.rows import Row, text

TAX = "Tax"
EDITED = "edited"


@dataclass(frozen=True, slots=True)
class TaxReader(Reader):
    """Taxes, whole every time: one query. `seen` holds the rows of this run, to tell an edit by their content."""

    seen: dict[str, Row] = field(default_factory=dict)

    def everything(self, fresh: Freshness) -> Iterator[Row]:  # noqa: ARG002 - nothing proves a row unchanged
        """Read all."""
        rows = self._rows()
        self.seen.update({text(row, "id"): row for row in rows})
        return iter(rows)

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:  # noqa: ARG002 - there are no times
        """Read all."""
        return self.everything(fresh)

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these taxes."""
        wanted = set(ids)
        found = [row for row in self._rows() if text(row, "id") in wanted]
        self.seen.update({text(row, "id"): row for row in found})
        return iter(found)

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Give the taxes that are still there: blank, or a word where one is not as it was read."""
        there = {text(row, "id"): row for row in self._rows()}
        return {
            each: "" if self.seen.get(each, there[each]) == there[each] else EDITED for each in ids if each in there
        }

    def _rows(self) -> list[Row]:
        """Ask once where that is all: of a plain table no rows are dropped behind the limit, whoever asks."""
        rows = self.client.query(select(TAX, (), order="id"))
        return rows if len(rows) < PAGE else [row for page in self.lists.by_id(TAX, ()) for row in page]
