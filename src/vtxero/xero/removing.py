"""Taking records away from Xero again: drafts deleted, approved invoices voided, contacts archived. Nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from vtxero.domain.sides import Side
from vtxero.errors import NotModelledError
from vtxero.sync.records import Answer, Removal
from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import endpoint
from vtxero.xero.source import IDS_AT_ONCE, XeroSource
from vtxero.xero.summaries import living_documents

WAYS: Mapping[str, tuple[str, frozenset[str]]] = {
    "Invoices": ("Status", frozenset({"DELETED", "VOIDED"})),
    "Contacts": ("ContactStatus", frozenset({"ARCHIVED"})),
}
"""The field that ends a record, and what it may be set to. Whatever is not here is never taken away."""


class XeroRemover:
    """Implements `sync.ports.Remover`."""

    side = Side.XERO

    def __init__(self, client: XeroClient, source: XeroSource) -> None:
        self._client = client
        self._source = source

    def users(self, module: str, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Give the living invoices and bills of these contacts, forty contacts a call; nothing refers to the rest."""
        if endpoint(module).plural != "Contacts":
            return {}
        found: dict[str, list[str]] = defaultdict(list)
        for start in range(0, len(ids), IDS_AT_ONCE):
            spelt = {each.lower(): each for each in ids[start : start + IDS_AT_ONCE]}
            for element in living_documents(self._client, list(spelt)):
                contact = str((element.value.get("Contact") or {}).get("ContactID") or "").lower()
                if contact in spelt:
                    found[spelt[contact]].append(str(element.value.get("InvoiceID") or "").lower())
        return {contact: list(dict.fromkeys(invoices)) for contact, invoices in found.items()}

    def remove(self, module: str, removals: Sequence[Removal], key: str) -> list[Answer]:
        """Give each record its last status, in one request.

        Raises:
            NotModelledError: Xero would lose something by it that is no draft.
            ReplyLostError: some of them may have been changed.
        """
        place = endpoint(module)
        field, allowed = WAYS.get(place.plural, ("", frozenset()))
        strange = next((each for each in removals if each.way not in allowed), None)
        if strange:
            raise NotModelledError(f"vtxero does not set {place.plural} of Xero to {strange.way!r}.")
        return self._source.update(module, [{place.id_field: each.id, field: each.way} for each in removals], key)
