"""The pages of the Xero stand-in's records, under the paths of the real one's, also behind its short links."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from vtxero.sandbox.pages import Page, as_text, listing, readable, titled
from vtxero.sandbox.xero.state import XeroState

SHORT_LINK = "/organisationlogin/default.aspx"
PARTS = frozenset({"Addresses", "Phones", "ContactPersons", "LineItems"})
ADDRESSES = {"POBOX": "postal", "STREET": "street"}
COLUMNS = (
    *("ItemCode", "Description", "Quantity", "UnitAmount", "DiscountRate", "DiscountAmount"),
    *("LineAmount", "AccountCode", "TaxType", "TaxAmount"),
)


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
                    return _page(state, kind, getattr(state, kind.records)[record_id], record_id, save[kind.records])
        return None

    return find


def _links(state: XeroState) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for record_id, record in getattr(state, kind.records).items():
            where = f"?{kind.parameter}={record_id}" if kind.parameter else record_id
            yield f"{kind.records[:-1].capitalize()}: {record.get(kind.label, '')}", f"{kind.start}{where}"


def _page(state: XeroState, kind: _Kind, record: Mapping[str, Any], record_id: str, save: Callable[..., None]) -> Page:
    editable = {name: as_text(record.get(name)) for name in kind.editable}
    rest = {name: value for name, value in record.items() if name not in editable and name not in PARTS}
    contact = state.contacts.get(str(record.get("ContactID", ""))) if kind.records != "contacts" else None
    return Page(
        f"{record.get(kind.label, '')} ({kind.records[:-1]}, stand-in for Xero)",
        editable,
        {"Contact": as_text(contact["Name"]) if contact else ""}
        | {titled(name): readable(value) for name, value in rest.items()}
        | dict(_parts(record)),
        lambda changed: save(record_id, **changed),
        words={name: titled(name) for name in editable},
        lines=[{titled(name): readable(line.get(name)) for name in COLUMNS} for line in record.get("LineItems") or ()],
    )


def _parts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Show what consists of parts, a line each."""
    for kind, parts in (record.get("Addresses") or {}).items():
        lines = [text for part in parts.values() if (text := readable(part))]
        yield f"Address ({ADDRESSES.get(kind, kind)})", ", ".join(lines)
    for kind, parts in (record.get("Phones") or {}).items():
        numbers = [readable(parts.get(name)) for name in ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")]
        yield f"Phone ({kind.lower()})", " ".join(text for text in numbers if text)
    for number, person in enumerate(record.get("ContactPersons") or (), start=1):
        known = [readable(person.get(name)) for name in ("FirstName", "LastName", "EmailAddress")]
        yield f"Person {number}", " ".join(text for text in known if text)
