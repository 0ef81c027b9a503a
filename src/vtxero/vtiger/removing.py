"""Taking records away from Vtiger again: to its recycle bin, from where a person can fetch them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from vtxero.domain.reference import VtigerReference
from vtxero.domain.sides import Side
from vtxero.errors import RefusedError
from vtxero.sync.records import Accepted, Answer, Refused, Removal
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import any_of, in_chunks
from vtxero.vtiger.rows import Row, text

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

Deleting an organization deletes its opportunities and quotes as well (facts §8), so these keep it from being deleted.
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
                for row in self._referring(other, field, name, ids):
                    found[text(row, field)].append(text(row, name))
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

    def _referring(self, module: str, field: str, name: str, ids: Sequence[str]) -> Iterator[Row]:
        lists = lists_of(self._client)
        columns = tuple(dict.fromkeys(("id", field, name)))
        for chunk in in_chunks(ids):
            last, wanted = "", set(chunk)
            while True:
                after = f"{field} in {any_of(chunk)}" + (f" and id > '{last}'" if last else "")
                rows = self._client.query(
                    f"select {','.join(columns)} from {module} where {after} order by id limit 100;"  # noqa: S608 - ids only
                )
                yield from (row for row in rows if text(row, field) in wanted)
                if lists.is_end(rows):
                    break
                last = text(rows[-1], "id")
