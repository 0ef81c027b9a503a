"""Vtiger's rows for the engine: lists, single records, and writes, over one client."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import isnan

from vtxero.domain.reference import VtigerReference
from vtxero.domain.sides import Side
from vtxero.errors import NotModelledError, StopError
from vtxero.sync.ports import KnownModified
from vtxero.sync.records import Answer, Deleted, Page, Payload
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.cloud_deletions import deleted_in_cloud
from vtxero.vtiger.cloud_invoices import CloudInvoiceReader
from vtxero.vtiger.composites import Reader
from vtxero.vtiger.freshness import Freshness, less_overlap
from vtxero.vtiger.invoices import InvoiceReader, NeedsRetrieve
from vtxero.vtiger.paging import PAGE
from vtxero.vtiger.payments import PaymentReader
from vtxero.vtiger.people import ContactReader, OrganizationReader, PeopleRead
from vtxero.vtiger.products import ProductReader
from vtxero.vtiger.rows import Row, dump_page
from vtxero.vtiger.taxes import TaxReader
from vtxero.vtiger.writing import Writer, amounts_changed, calls_of_steps


class VtigerSource:
    """Implements `sync.ports.RowSource`, `TellsDeletions` and `TellsMembers` for all modules: taxes, contacts, ...

    Times are Vtiger's own (`2026-11-30 18:00:00`, in the server's zone). `known` must give for an organization the
    latest time of its account and contacts, as its snapshots do.
    """

    side = Side.VTIGER

    def __init__(self, client: VtigerClient, reference: VtigerReference, *, needs_retrieve: NeedsRetrieve) -> None:
        self._client = client
        self._fresh: Freshness | None = None
        self._reference = reference
        self._needs_retrieve = needs_retrieve
        people = PeopleRead()
        self._readers: Mapping[str, Reader] = {
            "taxes": TaxReader(client, reference),
            "contacts": ContactReader(client, reference, people),
            "organizations": OrganizationReader(client, reference, people),
            "products": ProductReader(client, reference),
            "payments": PaymentReader(client, reference),
        }
        self._writer = Writer(client, reference, self._read_again)

    @property
    def calls(self) -> int:
        """Requests sent so far, logins included."""
        return self._client.calls

    @property
    def problem(self) -> StopError | None:
        """Why nothing more may be written: Vtiger did not keep an amount as it was sent."""
        return amounts_changed(self._writer.changed[0]) if self._writer.changed else None

    def fetch(self, module: str, since: str | None, known: KnownModified) -> Iterator[Page]:
        """Read all rows, or those modified since, less five minutes of overlap.

        Organizations and invoices that are proven unchanged are left out of an incremental read; products, which cost
        a call each, out of a full one as well, where the newest comes in any case.
        """
        reader = self._reader(module)
        self._fresh = fresh = Freshness(known, self._client.server_now())
        if since is None:
            return _pages(reader.everything(fresh))
        return _pages(reader.changed(less_overlap(since), fresh))

    def fetch_ids(self, module: str, ids: Sequence[str]) -> Iterator[Page]:
        """Read these rows as they are now."""
        return _pages(self._reader(module).of_ids(ids))

    def members(self, module: str) -> Mapping[str, str]:
        """Give the contacts that the last fetch of organizations saw changed."""
        return self._reader(module).members()

    def existing(self, module: str, ids: Sequence[str]) -> Collection[str]:
        """Give those of the ids that still exist, a call for a hundred."""
        return self._reader(module).existing(ids)

    def modified_now(self, module: str, ids: Sequence[str]) -> Mapping[str, str]:
        """Read when these records were modified last, about a call for a hundred (two for organizations)."""
        return self._reader(module).modified(ids)

    def clock(self) -> float | None:
        """Vtiger's own clock, in seconds since 1970; None where its answers tell none."""
        now = self._client.server_now()
        return None if isnan(now) else now

    def is_settled(self, modified: str, newest: str) -> bool:  # noqa: ARG002 - the server's clock says more
        """Tell whether the row's second was over, by the server's clock, when the read began."""
        return not modified or self._fresh is None or self._fresh.is_settled(modified)

    def may_vanish(self, module: str) -> bool:
        """Whatever is deleted goes to the recycle bin, which the API does not show."""
        return bool(module)

    def deleted(self, module: str, since: str, place: str) -> Deleted | None:
        """Ask what was deleted, where the edition says: a call for a hundred changes."""
        return deleted_in_cloud(self._client, self._reference.modules, module, since, place)

    def batch_size(self, module: str) -> int:  # noqa: ARG002 - the web service has no bulk writes
        """One: the web service writes single records."""
        return 1

    def calls_to_read(self, module: str, number: int) -> int:
        """As the module's reader asks for them."""
        return self._reader(module).calls_to_read(number)

    def calls_to_look(self, module: str, number: int) -> int:
        """As the module's reader asks for them."""
        return self._reader(module).calls_to_look(number)

    def calls_to_write(self, module: str, payloads: Sequence[Payload]) -> int:
        """A call for each step, what a step has to know first, and the record read again at the end."""
        # An invoice comes back whole from the record itself; everything else is read as it is read by id.
        again = 1 if module == "invoices" else self.calls_to_read(module, 1)
        return sum(calls_of_steps(payload) + again for payload in payloads)

    @property
    def pace(self) -> float:
        """Seconds that a call took on average."""
        return self._client.pace

    def held_up(self, calls: int) -> float:  # noqa: ARG002 - the cloud names its limits only as it answers
        """Not known beforehand."""
        return 0.0

    def create(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:  # noqa: ARG002 - no such keys
        """Carry out the payloads one after the other; Vtiger knows no idempotency keys."""
        self._reader(module)
        return [self._writer.write(module, payload) for payload in payloads]

    def update(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Do the same with existing records."""
        return self.create(module, payloads, key)

    def _reader(self, module: str) -> Reader:
        if module == "invoices":
            return self._invoices()
        try:
            return self._readers[module]
        except KeyError:
            raise NotModelledError(f"vtxero does not read {module} from Vtiger.") from None

    def _invoices(self) -> InvoiceReader:
        """Give the reader that fits the edition, which may have to be found out."""
        kind = CloudInvoiceReader if self._client.edition is Edition.CLOUD else InvoiceReader
        return kind(self._client, self._reference, self._needs_retrieve)

    def _read_again(self, module: str, record_id: str) -> Row | None:
        if module == "invoices":
            return self._invoices().retrieved(record_id)
        return next(iter(self._reader(module).of_ids([record_id])), None)


def _pages(rows: Iterable[Row]) -> Iterator[Page]:
    """Gather rows to pages of a hundred, so that no more are ever held."""
    page: list[Row] = []
    for row in rows:
        page.append(row)
        if len(page) == PAGE:
            yield Page(dump_page(page), len(page))
            page = []
    if page:
        yield Page(dump_page(page), len(page))
