"""The pages of the Xero stand-in's records, under the paths of the real one's, also behind its short links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from vtxero.sandbox.pages import Page, as_text, listing
from vtxero.sandbox.xero.state import XeroState

SHORT_LINK = "/organisationlogin/default.aspx"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of record: where its page is, what names it, and what the form can change."""

    start: str
    parameter: str
    records: str
    label: str
    editable: tuple[str, ...]


KINDS = (
    _Kind("/contacts/view/", "", "contacts", "Name", ("Name", "EmailAddress", "FirstName", "LastName", "TaxNumber")),
    _Kind("/inventory/view.aspx", "itemID", "items", "Code", ("Code", "Name", "Description")),
    _Kind(
        "/accountsreceivable/view.aspx", "InvoiceID", "invoices", "InvoiceNumber", ("Reference", "DueDate", "Status")
    ),
)


def page_finder(state: XeroState) -> Callable[[str, Mapping[str, str]], Page | None]:
    """Give the function that finds a record's page."""
    save: dict[str, Callable[..., None]] = {
        "contacts": state.edit_contact,
        "items": state.edit_item,
        "invoices": state.edit_invoice,
    }

    def find(path: str, query: Mapping[str, str]) -> Page | None:
        if path == "/":
            with state.lock:
                return listing("A stand-in for Xero", tuple(_links(state)))
        if path.lower() == SHORT_LINK:
            target = urlsplit(query.get("redirecturl", ""))
            path, query = target.path, dict(parse_qsl(target.query))
        for kind in KINDS:
            if path.lower().startswith(kind.start):
                record_id = query.get(kind.parameter, "") if kind.parameter else path[len(kind.start) :]
                with state.lock:
                    return _page(kind, getattr(state, kind.records)[record_id], record_id, save[kind.records])
        return None

    return find


def _links(state: XeroState) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for record_id, record in getattr(state, kind.records).items():
            where = f"?{kind.parameter}={record_id}" if kind.parameter else record_id
            yield f"{kind.records[:-1]}: {record.get(kind.label, '')}", f"{kind.start}{where}"


def _page(kind: _Kind, record: Mapping[str, Any], record_id: str, save: Callable[..., None]) -> Page:
    shown = {name: as_text(value) for name, value in record.items()}
    editable = {name: shown.pop(name, "") for name in kind.editable}
    title = f"{record.get(kind.label, '')} ({kind.records[:-1]}, stand-in for Xero)"
    return Page(title, editable, shown, lambda changed: save(record_id, **changed))
