"""Reads the payments of an instance that has the module, as rows as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtxero.vtiger.composites import Reader
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.rows import Row, text

MODULE = "Payments"


@dataclass(frozen=True, slots=True)
class PaymentReader(Reader):
    """Payments: lists give all of them, about a call for a hundred."""

    def everything(self, fresh: Freshness) -> Iterator[Row]:  # noqa: ARG002 - a full read leaves nothing out
        """Read all."""
        for page in self.lists.by_id(MODULE, self._columns(MODULE)):
            yield from page

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for page in self.lists.since(MODULE, self._columns(MODULE), moment):
            yield from (row for row in page if not fresh.is_unchanged(text(row, "id"), text(row, "modifiedtime")))

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these payments."""
        for page in self.lists.of_ids(MODULE, self._columns(MODULE), ids):
            yield from page

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look them over, a hundred ids a call."""
        return self._times(MODULE, ids)
