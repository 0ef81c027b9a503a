"""Reads contacts, organizations, products and invoices as composite rows: a record with what belongs to it.

contacts        {"contact": row, "invoiced": bool}   whether an invoice without an organization names the person
organizations   {"account": row, "contacts": [row, ...]}       contacts by their record number
products        {"module": "Products"|"Services", "row": row}  as `retrieve` gives it, for its taxes
invoices        {"header": row, "lines": [row, ...], "retrieved": bool}   lines in their sequence
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtxero.domain.reference import VtigerReference
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.columns import module_of
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import PAGE, Lists
from vtxero.vtiger.rows import Row, number_of, text

STAMP = ("id", "modifiedtime")


@dataclass(frozen=True, slots=True)
class Reader(ABC):
    """Reads one module of ours."""

    client: VtigerClient
    reference: VtigerReference

    @property
    def lists(self) -> Lists:
        """The client's lists."""
        return lists_of(self.client)

    @abstractmethod
    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all records, by rising record number."""

    @abstractmethod
    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the records modified at or after `moment`, without those that are proven unchanged."""

    @abstractmethod
    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these records; those that are gone are missing."""

    @abstractmethod
    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Read when these records were modified last; those that are gone are missing."""

    def members(self) -> dict[str, str]:
        """Give the parts that the last list of changes had, each with its record's id; few records have such parts."""
        return {}

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Name those of these records that still exist."""
        return set(self.modified(ids))

    def calls_to_read(self, number: int) -> int:
        """How many calls `of_ids` takes for so many records."""
        return pages_of(number)

    def calls_to_look(self, number: int) -> int:
        """How many calls `modified` takes for so many records."""
        return pages_of(number)

    def _times(self, module: str, ids: Iterable[str]) -> dict[str, str]:
        """Look records of a Vtiger module over: when each was modified, a hundred ids a call."""
        pages = self.lists.of_ids(module, STAMP, ids)
        return {text(row, "id"): text(row, "modifiedtime") for page in pages for row in page}

    def _columns(self, module: str) -> tuple[str, ...]:
        return self.lists.columns(module_of(self.reference, module))


def pages_of(number: int) -> int:
    """How many queries it takes to read so many rows by their ids."""
    return -(-number // PAGE)


def by_number(rows: Iterable[Row]) -> list[Row]:
    """Sort by record number, the last of each id: a row that changed during the read is listed twice."""
    latest = {text(row, "id"): row for row in rows}
    return sorted(latest.values(), key=lambda row: number_of(text(row, "id")))
