"""Reads the cloud edition's invoices: its lists give an invoice with all of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vtxero.vtiger.composites import STAMP
from vtxero.vtiger.invoices import LINE_KEYS, InvoiceReader, line_place, split_invoice, was_rewritten
from vtxero.vtiger.paging import in_chunks
from vtxero.vtiger.rows import Row, text


@dataclass(frozen=True, slots=True)
class CloudInvoiceReader(InvoiceReader):
    """Lists ids and times, reads those invoices a hundred a call, and retrieves one only where its sums need it.

    What a limit counts where lines come along is not documented; so invoices are asked for by their ids, and one that
    does not come is retrieved.
    """

    def _headers(self) -> tuple[str, ...]:
        return STAMP

    def _whole(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        for page in pages:
            for chunk in in_chunks(text(row, "id") for row in page):
                found = {text(row, "id"): row for rows in self.lists.of_ids("Invoice", (), chunk) for row in rows}
                for each in chunk:
                    row = self._composed(found[each]) if each in found else None
                    row = row or self.retrieved(each)
                    if row is not None:
                        yield row

    def _composed(self, row: Row) -> Row | None:
        """Give the composite row, None where the record itself must be asked."""
        if not any(name in row for name in LINE_KEYS):
            return None
        composite = split_invoice(row, retrieved=False)
        header, lines = composite["header"], sorted(composite["lines"], key=line_place)
        if was_rewritten(lines) or self.needs_retrieve(header, lines, self.reference):
            return None
        return {**composite, "lines": lines}
