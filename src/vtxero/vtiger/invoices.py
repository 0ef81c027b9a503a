"""Reads invoices with their lines, and the record itself only where that is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vtxero.domain.reference import VtigerReference
from vtxero.vtiger.columns import header_columns, module_of
from vtxero.vtiger.composites import Reader, by_number, pages_of
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.rows import Row, number_of, text

NeedsRetrieve = Callable[[Mapping[str, object], Sequence[Mapping[str, object]], VtigerReference], bool]
"""Tells of an invoice's header and lines whether its discount or charges must be read from the record itself."""

LINE_KEYS = ("LineItems", "lineItems")


@dataclass(frozen=True, slots=True)
class InvoiceReader(Reader):
    """Invoice headers, their lines in bulk, and the record itself only where its sums need it."""

    needs_retrieve: NeedsRetrieve

    def everything(self, fresh: Freshness) -> Iterator[Row]:  # noqa: ARG002 - a full read leaves nothing out
        """Read all."""
        return self._whole(self.lists.by_id("Invoice", self._headers()))

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for page in self.lists.since("Invoice", self._headers(), moment):
            rows = [row for row in page if not fresh.is_unchanged(text(row, "id"), text(row, "modifiedtime"))]
            yield from self._whole([by_number(rows)])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these invoices."""
        return self._whole(self.lists.of_ids("Invoice", self._headers(), ids))

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look the headers over."""
        return self._times("Invoice", ids)

    def calls_to_read(self, number: int) -> int:
        """Headers and lines; how many have to be retrieved besides is seen only then."""
        return 2 * pages_of(number)

    def retrieved(self, record_id: str) -> Row | None:
        """Read one invoice from the record itself."""
        row = self.client.find(record_id)
        return None if row is None else split_invoice(row)

    def _headers(self) -> tuple[str, ...]:
        return header_columns(module_of(self.reference, "Invoice"))

    def _whole(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        for header, rows in self.lists.with_children(pages, "LineItem", "parent_id"):
            lines = sorted(rows, key=line_place)
            if was_rewritten(lines) or self.needs_retrieve(header, lines, self.reference):
                row = self.retrieved(text(header, "id"))
                if row is not None:
                    yield row
            else:
                yield {"header": header, "lines": lines, "retrieved": False}


def split_invoice(row: Row, *, retrieved: bool = True) -> Row:
    """Give an invoice that came with its lines in the composite shape."""
    header = {name: value for name, value in row.items() if name not in LINE_KEYS and name != "LineItems_FinalDetails"}
    return {"header": header, "lines": lines_in(row), "retrieved": retrieved}


def lines_in(row: Row) -> list[Row]:
    """Give the lines that came with an invoice, in their order.

    `retrieve` calls them LineItems; the cloud's lists call them lineItems, give them as a list or as an object keyed
    by number, and an invoice without any as `[[]]`.
    """
    found = next((row[name] for name in LINE_KEYS if row.get(name)), ())
    if isinstance(found, Mapping):
        places = sorted(found, key=lambda key: (not key.isdecimal(), int(key) if key.isdecimal() else 0))
        found = [found[place] for place in places]
    return [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def line_place(line: Row) -> tuple[int, int]:
    """Give what lines are sorted by."""
    sequence = text(line, "sequence_no").partition(".")[0]
    return (int(sequence) if sequence.isdecimal() else 0, number_of(text(line, "id")))


def was_rewritten(lines: Sequence[Row]) -> bool:
    """Tell whether old and new lines were read together: saving an invoice replaces its lines by new ones."""
    places = [text(line, "sequence_no") for line in lines]
    return len(places) != len(set(places))
