"""Xero's rows for the engine: the RowSource of this side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from vtxero.domain.sides import Side
from vtxero.domain.text import is_broken
from vtxero.domain.witness import Memory, Witness
from vtxero.errors import NotModelledError
from vtxero.sync.cursors import is_complete, moment_of
from vtxero.sync.ports import KnownModified
from vtxero.sync.records import Answer, Page, Payload
from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import BATCH, Endpoint, Operation, endpoint
from vtxero.xero.errors import AddressTooLongError
from vtxero.xero.limits import PER_MINUTE, WINDOW
from vtxero.xero.paging import is_last, modified_of, page_arguments, read_rows
from vtxero.xero.wire import Element, Envelope, parse_moment, read_envelope, stamp, write_envelope
from vtxero.xero.writing import Writing, id_of

OVERLAP = timedelta(seconds=300)
"""What is read again before the largest time read: Xero may show a change a little after the time it writes on it."""
PAGES_KEPT = 2
"""A list that begins at many records changed in one second, as an import leaves them, is soon more than a page."""
IDS_AT_ONCE = 40
"""Ids in one address; Xero's servers refuse longer ones."""


LASTING: Mapping[str, str] = {"organizations": "Contacts", "invoices": "Invoices"}
"""What Xero lists for ever, by a module of ours: contacts are archived, invoices voided or marked as deleted."""


class XeroSource:
    """Reads and writes contacts and organizations (Contacts), products (Items), sales invoices; reads taxes.

    Payments of sales invoices are read and made, never changed.
    """

    side = Side.XERO

    def __init__(self, client: XeroClient, *, batch: int = BATCH) -> None:
        self._client = client
        self._kept: dict[str, tuple[str | None, Sequence[Page]]] = {}
        """Short lists that this run has read, by endpoint, with the time they begin at: modules may share one."""
        self._batch = batch
        self._told_at: datetime | None = None
        self.memory: Mapping[str, Memory] = {plural: Memory() for plural in LASTING.values()}
        """The newest records that answers told of, of the kinds that Xero never loses."""

    @property
    def calls(self) -> int:
        """Requests sent so far, to the login server too."""
        return self._client.calls

    def clock(self) -> float | None:
        """Xero's own clock as its latest answer told it, in seconds since 1970."""
        return self._told_at.timestamp() if self._told_at else None

    def is_settled(self, modified: str, newest: str) -> bool:
        """Tell whether the row's second is over: a later time was read with it."""
        return modified < newest

    def may_vanish(self, module: str) -> bool:
        """Items are deleted for good; contacts are archived, invoices voided, and stay listed."""
        return module == "products"

    def batch_size(self, module: str) -> int:
        """How many elements one write call takes."""
        endpoint(module)
        return self._batch

    def calls_to_read(self, module: str, number: int) -> int:
        """Forty rows a call, or one list of all where Xero knows no list of ids."""
        return self._calls_by_id(module, number)

    def calls_to_look(self, module: str, number: int) -> int:
        """As many: only the answers are smaller."""
        return self._calls_by_id(module, number)

    def calls_to_write(self, module: str, payloads: Sequence[Payload]) -> int:
        """A call for fifty; records so large that bytes cut a batch are too rare to count."""
        endpoint(module)
        return -(-len(payloads) // BATCH)

    @property
    def pace(self) -> float:
        """Seconds that a call took on average."""
        return self._client.pace

    def held_up(self, calls: int) -> float:
        """Sixty pass at once, the others as the minutes pass."""
        return max(calls - 1, 0) // PER_MINUTE * WINDOW

    def _calls_by_id(self, module: str, number: int) -> int:
        if endpoint(module).naming is None:
            return min(number, 1)
        return -(-number // IDS_AT_ONCE)

    def fetch(self, module: str, since: str | None, known: KnownModified) -> Iterator[Page]:  # noqa: ARG002 - the port's
        """Read all rows, or those modified at or after `since` (UTC, `YYYY-MM-DDTHH:MM:SS`) less five minutes.

        Nothing is taken off a cursor under which nothing can come to light any more.

        Whole rows come with the pages, so `known` saves nothing here. A row that somebody changes meanwhile comes
        twice, its later state last; no row is left out (see `paging`).
        """
        place = endpoint(module)
        start = _less_overlap(since) if since and place.timed else None
        pages = _pages(place, self._all(place, start))
        if not place.paged:
            yield from pages
            return
        kept = self._kept.get(place.plural)
        if kept and (kept[0] is None or (start is not None and kept[0] <= start)):
            yield from kept[1]
            return
        yield from self._keep_short(place, start, pages)

    def _keep_short(self, place: Endpoint, start: str | None, pages: Iterator[Page]) -> Iterator[Page]:
        """Keep a short list, for whoever shares it; longer ones are read anew, for they would not fit in memory."""
        read: list[Page] = []
        for page in pages:
            read = [*read[:PAGES_KEPT], page]
            yield page
        if len(read) <= PAGES_KEPT:
            self._kept[place.plural] = (start, read or [Page(write_envelope(place.plural, []), 0)])

    def fetch_ids(self, module: str, ids: Sequence[str]) -> Iterator[Page]:
        """Read these rows as they are now; those that are gone are missing."""
        place = endpoint(module)
        yield from _pages(place, self._named(place, ids, place.naming))

    def existing(self, module: str, ids: Sequence[str]) -> Collection[str]:
        """Give those that still exist."""
        return self.modified_now(module, ids).keys()

    def modified_now(self, module: str, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the modification time of those that still exist, in the spelling of `ids`."""
        place = endpoint(module)
        spelt = {one.lower(): one for one in ids}
        found = [item for group in self._named(place, ids, place.looking) for item in group]
        return {spelt[id_of(place, item)]: modified_of(item) for item in found}

    def create(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Create; answers by position. Existing records are never touched: a PUT that meets one is refused.

        Raises:
            ReplyLostError: some of them may have been created.
        """
        place = endpoint(module)
        return self._write(place, place.create, payloads, key)

    def update(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Change existing records, named by their ids; answers by position.

        Raises:
            ReplyLostError: some of them may have been changed.
        """
        place = endpoint(module)
        return self._write(place, place.update, payloads, key)

    def _write(
        self, place: Endpoint, operation: Operation | None, payloads: Sequence[Payload], key: str
    ) -> list[Answer]:
        return Writing(self._client, place, _allowed(place, operation), self._reading(place)).run(payloads, key)

    def _all(self, place: Endpoint, since: str | None) -> Iterator[Sequence[Element]]:
        if not place.paged:
            yield self._read(place, since, None).elements
            return
        yield from read_rows(place, since, lambda after, number: self._read(place, after, number))

    def _read(self, place: Endpoint, since: str | None, number: int | None) -> Envelope:
        """Read one page, or the whole list where Xero knows no pages."""
        return self._get(place, {**place.listing, **page_arguments(since, number)})

    def _named(
        self, place: Endpoint, ids: Sequence[str], arguments: Mapping[str, str | int] | None
    ) -> Iterator[tuple[Element, ...]]:
        """Read rows by id; Items and Payments know no list of ids, so all are read and the others dropped."""
        spelt = {one.lower() for one in ids}
        wanted = sorted(spelt)
        if not wanted:
            return
        if place.naming is None:
            for group in self._all(place, None):
                yield tuple(item for item in group if id_of(place, item) in spelt)
            return
        for at in range(0, len(wanted), IDS_AT_ONCE):
            yield from self._of_ids(place, wanted[at : at + IDS_AT_ONCE], arguments or {})

    def _of_ids(
        self, place: Endpoint, ids: Sequence[str], arguments: Mapping[str, str | int]
    ) -> Iterator[tuple[Element, ...]]:
        """Read some rows by id, in halves where their ids make the address too long."""
        asked = {**arguments, "i_ds": list(ids)}
        try:
            page = self._get(place, {**asked, "page": 1})
        except AddressTooLongError:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            yield from self._of_ids(place, ids[:middle], arguments)
            yield from self._of_ids(place, ids[middle:], arguments)
            return
        left, number = set(ids), 1
        while found := tuple(item for item in page.elements if id_of(place, item) in left):
            yield found
            left -= {id_of(place, item) for item in found}
            if not left or is_last(page):
                return
            # Xero's pages hold more than that many, unless they are shorter than they were.
            number += 1
            page = self._get(place, {**asked, "page": number})

    def _get(self, place: Endpoint, arguments: Mapping[str, Any]) -> Envelope:
        found = self._client.read(place.read, self._reading(place), **arguments)
        if any(is_broken(id_of(place, item)) for item in found.elements):
            # No state can hold it, and without it nobody could say which record is left out.
            raise NotModelledError(f"{place.read}: Xero's answer has a {place.id_field} that is no text.")
        return found

    def _reading(self, place: Endpoint) -> Callable[[bytes], Envelope]:
        """Take answers apart, and note the time that they tell."""

        def read(body: bytes) -> Envelope:
            envelope = read_envelope(body, place.plural)
            self._told_at = envelope.told_at or self._told_at
            memory = self.memory.get(place.plural)
            if memory:
                for element in envelope.elements:
                    memory.note(id_of(place, element), Witness("", modified_of(element)))
            return envelope

        return read


def _allowed(place: Endpoint, operation: Operation | None) -> Operation:
    if operation is None:
        raise NotModelledError(f"vtxero reads {place.plural} from Xero and does not write them.")
    return operation


def _pages(place: Endpoint, groups: Iterable[Sequence[Element]]) -> Iterator[Page]:
    for group in groups:
        if group:
            yield Page(write_envelope(place.plural, [element.text for element in group]), len(group))


def _less_overlap(since: str) -> str:
    moment = parse_moment(moment_of(since))
    if moment is None:
        raise NotModelledError(f"{since!r} is no time that vtxero can ask Xero for.")
    return stamp(moment if is_complete(since) else moment - OVERLAP)
