"""Invoices without their lines: a thousand a call, and small answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import endpoint
from vtxero.xero.paging import page_arguments, read_rows
from vtxero.xero.wire import Element, Envelope, read_envelope, write_envelope

LIVING = ["DRAFT", "SUBMITTED", "AUTHORISED", "PAID"]

_INVOICES = endpoint("invoices")


def invoice_sums(client: XeroClient) -> Iterator[bytes]:
    """Read all sales invoices, page by page, as the API gives them.

    One that changes meanwhile comes twice, its later state last.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    for elements in _summaries(client, where=_INVOICES.listing["where"]):
        yield write_envelope(_INVOICES.plural, [element.text for element in elements])


def living_documents(client: XeroClient, contacts: Sequence[str]) -> Iterator[Element]:
    """Read the invoices and bills of these contacts that are neither deleted nor voided.

    Raises:
        AuthError, TemporaryError, BudgetError, NotModelledError: they could not be read.
    """
    for elements in _summaries(client, contact_i_ds=list(contacts), statuses=LIVING):
        yield from elements


def _summaries(client: XeroClient, **which: object) -> Iterator[list[Element]]:
    parse = partial(read_envelope, plural=_INVOICES.plural)

    def read(since: str | None, number: int) -> Envelope:
        arguments = {**which, "summary_only": "true", **page_arguments(since, number)}
        return client.read(_INVOICES.read, parse, **arguments)

    return read_rows(_INVOICES, None, read)
