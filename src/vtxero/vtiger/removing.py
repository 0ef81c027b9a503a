"""Taking records away from Vtiger again: to its recycle bin, from where a person can fetch them back.

An invoice comes back from there without its lines: what is deleted by the API loses them for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from vtxero.domain.reference import VtigerReference
from vtxero.domain.sides import Side
from vtxero.errors import RefusedError
from vtxero.sync.records import Accepted, Answer, Refused, Removal
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.invoices import lines_in
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import any_of, in_chunks
from vtxero.vtiger.rows import number_of, text

USERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "organizations": (
        ("Invoice", "account_id", "id"),
        ("Quotes", "account_id", "id"),
        ("SalesOrder", "account_id", "id"),
        ("Potentials", "related_to", "id"),
    ),
    "contacts": (
        ("Invoice", "contact_id", "id"),
        ("Quotes", "contact_id", "id"),
        ("SalesOrder", "contact_id", "id"),
        ("Potentials", "contact_id", "id"),
    ),
    "products": (("LineItem", "productid", "parent_id"),),
    "invoices": (("Payments", "related_to", "id"),),
}
"""Who refers to a module's records: Vtiger's module, its field, and the column that names the one who refers.

Deleting an organization deletes its opportunities and quotes as well, so these keep it from being deleted.
Lines are those of quotes and orders too.
"""


class VtigerRemover:
    """Implements `sync.ports.Remover`."""

    side = Side.VTIGER

    def __init__(self, client: VtigerClient, reference: VtigerReference) -> None:
        self._client = client
        self._reference = reference
        self._types: frozenset[str] | None = None

    def users(self, module: str, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Look for those who refer to these records, a hundred records a call and more calls only for many answers."""
        found: dict[str, list[str]] = defaultdict(list)
        for other, field, name in USERS.get(module, ()):
            if ids and other in self._known_types():
                for record_id, user in self._referring(other, field, name, ids):
                    found[record_id].append(user)
        return {each: list(dict.fromkeys(found[each])) for each in ids if each in found}

    def remove(self, module: str, removals: Sequence[Removal], key: str) -> list[Answer]:  # noqa: ARG002 - no such keys
        """Delete one after the other, first what goes along with a record, then the record (none: its parts only)."""
        return [self._remove(each) for each in removals]

    def _remove(self, removal: Removal) -> Answer:
        try:
            for record_id in (*removal.parts, *((removal.id,) if removal.id else ())):
                self._client.delete(record_id)
        except RefusedError as error:
            return Refused(error.messages)
        return Accepted(b"")

    def _known_types(self) -> frozenset[str]:
        """The modules that the user may see; one call."""
        if self._types is None:
            self._types = frozenset(self._client.list_types())
        return self._types

    def _referring(self, module: str, field: str, name: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give whom a record refers to, and its own id."""
        if self._client.edition is Edition.CLOUD:
            yield from self._referring_in_cloud(module, field, name, ids)
            return
        columns = tuple(dict.fromkeys(("id", field, name)))
        for chunk in in_chunks(ids):
            for page in lists_of(self._client).by_id(module, columns, f"{field} in {any_of(chunk)}"):
                yield from ((text(row, field), text(row, name)) for row in page)

    def _referring_in_cloud(self, module: str, field: str, name: str, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Do the same with what the cloud's lists can do: they do not list lines, and invoices come with theirs."""
        lists = lists_of(self._client)
        if module == "LineItem":
            for page in lists.by_id("Invoice", ()):
                yield from ((text(line, field), text(row, "id")) for row in page for line in lines_in(row))
            return
        pages = ([{"id": each} for each in chunk] for chunk in in_chunks(sorted(ids, key=number_of)))
        for parent, children in lists.with_children(pages, module, field, tuple(dict.fromkeys(("id", field, name)))):
            yield from ((text(parent, "id"), text(child, name)) for child in children)
