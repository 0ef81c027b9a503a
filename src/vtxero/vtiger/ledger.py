"""Vtiger's invoices without their lines, for comparing sums: a hundred a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.rows import dump_page


def invoice_sums(client: VtigerClient, columns: Sequence[str]) -> Iterator[bytes]:
    """Read these columns of all of them, page by page, as JSON arrays.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    for page in lists_of(client).by_id("Invoice", columns):
        yield dump_page(page)
