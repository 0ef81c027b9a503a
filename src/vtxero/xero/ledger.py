"""Xero's sales invoices without their lines, for comparing sums: a thousand a call, and small answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import endpoint
from vtxero.xero.paging import read_rows
from vtxero.xero.source import ORDER, PAGE_SIZE
from vtxero.xero.wire import Envelope, read_envelope, write_envelope


def invoice_sums(client: XeroClient) -> Iterator[bytes]:
    """Read all of them, page by page, as the API gives them; one that changes meanwhile comes twice, its later last.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    place = endpoint("invoices")

    def read(since: str | None, number: int) -> Envelope:
        arguments: dict[str, Any] = {
            "where": place.listing["where"],
            "summary_only": "true",
            "page": number,
            "page_size": PAGE_SIZE,
            "order": ORDER,
        }
        if since:
            arguments["if_modified_since"] = since
        return client.read(place.read, partial(read_envelope, plural=place.plural), **arguments)

    for elements in read_rows(place, None, read):
        yield write_envelope(place.plural, [element.text for element in elements])
