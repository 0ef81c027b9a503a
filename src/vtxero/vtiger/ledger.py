"""Vtiger's invoices without their lines, for comparing sums: a hundred a call."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.rows import dump_page, text

_NAMES: Mapping[str, tuple[str, ...]] = {"Accounts": ("accountname",), "Contacts": ("firstname", "lastname")}


def invoice_sums(client: VtigerClient, columns: Sequence[str]) -> Iterator[bytes]:
    """Read these columns of all of them, page by page, as JSON arrays.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    for page in lists_of(client).by_id("Invoice", columns):
        yield dump_page(page)


def party_names(client: VtigerClient, prefixes: Mapping[str, str], parties: Collection[str]) -> dict[str, str]:
    """Read the names of customers by their ids, a hundred a call; `prefixes` are the modules' in ids.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    found = dict[str, str]()
    for module, columns in _NAMES.items():
        ids = [each for each in parties if each.partition("x")[0] == prefixes.get(module)]
        for page in lists_of(client).of_ids(module, ("id", *columns), ids) if ids else ():
            found |= {text(row, "id"): " ".join(filter(None, (text(row, name) for name in columns))) for row in page}
    return found
