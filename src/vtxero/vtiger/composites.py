"""Reads contacts, organizations, products and invoices as composite rows: a record with what belongs to it.

contacts        {"contact": row, "invoiced": bool}   whether an invoice without an organization names the person
organizations   {"account": row, "contacts": [row, ...]}       contacts by their record number
products        {"module": "Products"|"Services", "row": row}  as `retrieve` gives it, for its taxes
invoices        {"header": row, "lines": [row, ...], "retrieved": bool}   lines in their sequence
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vtxero.domain.reference import VtigerReference
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.columns import header_columns, module_of
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.listing import lists_of
from vtxero.vtiger.paging import Lists
from vtxero.vtiger.rows import Row, number_of, prefix_of, text

NeedsRetrieve = Callable[[Mapping[str, object], Sequence[Mapping[str, object]], VtigerReference], bool]
"""Tells of an invoice's header and lines whether its discount or charges must be read from the record itself."""

LINE_KEYS = ("LineItems", "lineItems")
STAMP = ("id", "modifiedtime")
_MOST_KEPT = 5_000
"""Contacts kept in memory between two modules of a run; some fifteen megabytes."""

_FRESH = 60.0
"""Seconds for which a list that was read may be used again, well within the overlap of five minutes."""


@dataclass(frozen=True, slots=True)
class Reader(ABC):
    """Reads one module of ours."""

    client: VtigerClient
    reference: VtigerReference

    @property
    def lists(self) -> Lists:
        """The client's lists."""
        return lists_of(self.client)

    @abstractmethod
    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all records, by rising record number."""

    @abstractmethod
    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the records modified at or after `moment`, without those that are proven unchanged."""

    @abstractmethod
    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these records; those that are gone are missing."""

    @abstractmethod
    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Read when these records were modified last; those that are gone are missing."""

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Name those of these records that still exist."""
        return set(self.modified(ids))

    def _columns(self, module: str) -> tuple[str, ...]:
        return self.lists.columns(module_of(self.reference, module))


@dataclass(slots=True)
class PeopleRead:
    """The contacts that a run has read, unless they are too many to keep: organizations need them as well."""

    start: str = ""
    at: float = 0.0
    rows: list[Row] | None = None

    def serves(self, moment: str, now: float) -> bool:
        """Tell whether the list begins early enough and is fresh: what is edited later lies in the lists' overlap."""
        # Two looks at the server's clock, which tells whole seconds: the later one may seem the earlier.
        return self.rows is not None and self.start <= moment and abs(now - self.at) <= _FRESH


@dataclass(frozen=True, slots=True)
class ContactReader(Reader):
    """Contacts. All of them are given, also those of organizations: one who gets an organization has to be noticed."""

    read: PeopleRead = field(default_factory=PeopleRead)

    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all."""
        return self._whole(self._kept(self.lists.by_id("Contacts", self._columns("Contacts")), "", fresh))

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for page in self._kept(self.lists.since("Contacts", self._columns("Contacts"), moment), moment, fresh):
            rows = [row for row in page if not fresh.is_unchanged(text(row, "id"), text(row, "modifiedtime"))]
            yield from self._whole([rows])

    def _kept(self, pages: Iterable[list[Row]], start: str, fresh: Freshness) -> Iterator[list[Row]]:
        """Keep a list that is not too long for the memory."""
        self.read.rows, rows = None, list[Row]()
        number = 0
        for page in pages:
            number += len(page)
            rows = [*rows, *page] if number <= _MOST_KEPT else []
            yield page
        self.read.start, self.read.at = start, fresh.server_now
        self.read.rows = rows if number <= _MOST_KEPT else None

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these contacts."""
        return self._whole(self.lists.of_ids("Contacts", self._columns("Contacts"), ids))

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look them over, a hundred ids a call."""
        pages = self.lists.of_ids("Contacts", STAMP, ids)
        return {text(row, "id"): text(row, "modifiedtime") for page in pages for row in page}

    def _whole(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        for page in pages:
            named = self._invoiced([row for row in page if not text(row, "account_id")])
            for row in page:
                yield {"contact": row, "invoiced": text(row, "id") in named}

    def _invoiced(self, people: Sequence[Row]) -> set[str]:
        """Name those of the people whom an invoice without an organization names."""
        if not people or "Invoice" not in self.reference.modules:
            return set()
        columns = ("id", "account_id", "contact_id")
        invoices = self.lists.with_children([_by_number(people)], "Invoice", "contact_id", columns)
        return {text(one, "id") for one, rows in invoices if any(not text(row, "account_id") for row in rows)}


@dataclass(frozen=True, slots=True)
class OrganizationReader(Reader):
    """Accounts with their Contacts. An organization is modified when it or one of its contacts is.

    A contact that leaves an organization changes nothing that can be seen there; a full read finds that.
    """

    people: PeopleRead = field(default_factory=PeopleRead)

    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all: contacts that were deleted or moved away move no time, so nothing is left out."""
        pages = self.lists.by_id("Accounts", self._columns("Accounts"))
        if not self.people.serves("", fresh.server_now):
            return self._with_contacts(pages)
        return self._joined(pages, self.people.rows or ())

    @staticmethod
    def _joined(pages: Iterable[Sequence[Row]], people: Iterable[Row]) -> Iterator[Row]:
        """Join the accounts with the contacts that were just read."""
        of_account: dict[str, list[Row]] = {}
        for row in people:
            of_account.setdefault(text(row, "account_id"), []).append(row)
        for page in pages:
            for account in page:
                yield {"account": account, "contacts": of_account.get(text(account, "id"), [])}

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed accounts, and the accounts of changed contacts, each with all of its contacts."""
        given: set[str] = set()
        for page in self.lists.since("Accounts", self._columns("Accounts"), moment):
            accounts = [row for row in page if not fresh.is_covered(text(row, "id"), text(row, "modifiedtime"))]
            given.update(text(row, "id") for row in accounts)
            yield from self._with_contacts([_by_number(accounts)])
        for contacts in self._changed_people(moment, fresh):
            wanted = {
                text(row, "account_id")
                for row in contacts
                if text(row, "account_id") and not fresh.is_covered(text(row, "account_id"), text(row, "modifiedtime"))
            } - given
            given |= wanted
            yield from self.of_ids(sorted(wanted, key=number_of))

    def _changed_people(self, moment: str, fresh: Freshness) -> Iterable[Sequence[Row]]:
        if self.people.serves(moment, fresh.server_now):
            return [[row for row in self.people.rows or () if text(row, "modifiedtime") >= moment]]
        return self.lists.since("Contacts", ("id", "account_id", "modifiedtime"), moment)

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these organizations."""
        for page in self.lists.of_ids("Accounts", self._columns("Accounts"), ids):
            yield from self._with_contacts([page])

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Give the latest time of each account and its contacts."""
        latest: dict[str, str] = {}
        columns = ("id", "account_id", "modifiedtime")
        for page in self.lists.of_ids("Accounts", STAMP, ids):
            for account, contacts in self.lists.with_children([page], "Contacts", "account_id", columns):
                times = (text(row, "modifiedtime") for row in (account, *contacts))
                latest[text(account, "id")] = max(times)
        return latest

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Look at the accounts alone."""
        return {text(row, "id") for page in self.lists.of_ids("Accounts", ("id",), ids) for row in page}

    def _with_contacts(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        columns = self._columns("Contacts")
        for account, contacts in self.lists.with_children(pages, "Contacts", "account_id", columns):
            yield {"account": account, "contacts": contacts}


@dataclass(frozen=True, slots=True)
class ProductReader(Reader):
    """Products and Services, each retrieved: lists have neither taxes nor currency."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that this Vtiger has of the two."""
        return tuple(name for name in ("Products", "Services") if name in self.reference.modules)

    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all that are not proven unchanged, for each costs a call of its own, and the newest in any case.

        The newest shows that there are some, and how far the reading has come.
        """
        left_out: list[Row] = []
        newest = ""
        for module in self._some_module():
            for row in self._retrieved(module, self.lists.by_id(module, STAMP), fresh, left_out):
                newest = max(newest, text(row["row"], "modifiedtime"))
                yield row
        if left_out and text(left_out[0], "modifiedtime") > newest:
            yield from self.of_ids([text(left_out[0], "id")])

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for module in self._some_module():
            yield from self._retrieved(module, self.lists.since(module, STAMP, moment), fresh, [])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Retrieve each."""
        for each in dict.fromkeys(ids):
            module = self._module_of(each)
            row = self.client.find(each) if module else None
            if row is not None:
                yield {"module": module, "row": row}

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look both modules over, a hundred ids a call."""
        found: dict[str, str] = {}
        for module in self._some_module():
            own = [each for each in ids if self._module_of(each) == module]
            for page in self.lists.of_ids(module, STAMP, own):
                found |= {text(row, "id"): text(row, "modifiedtime") for row in page}
        return found

    def _some_module(self) -> tuple[str, ...]:
        return self.modules or (module_of(self.reference, "Products").name,)

    def _module_of(self, record_id: str) -> str:
        prefix = prefix_of(record_id)
        return next((name for name in self.modules if self.reference.modules[name].id_prefix == prefix), "")

    def _retrieved(
        self, module: str, pages: Iterator[list[Row]], fresh: Freshness, left_out: list[Row]
    ) -> Iterator[Row]:
        """Retrieve what may have changed; the newest of the others is kept in `left_out`."""
        for page in pages:
            for stamp in page:
                if fresh.is_unchanged(text(stamp, "id"), text(stamp, "modifiedtime")):
                    left_out[:] = [max([*left_out, stamp], key=_time)]
                    continue
                # It may have been deleted since the list was read.
                row = self.client.find(text(stamp, "id"))
                if row is not None:
                    yield {"module": module, "row": row}


@dataclass(frozen=True, slots=True)
class InvoiceReader(Reader):
    """Invoice headers, their lines in bulk, and the record itself only where its sums need it."""

    needs_retrieve: NeedsRetrieve

    def everything(self, fresh: Freshness) -> Iterator[Row]:  # noqa: ARG002 - a full read leaves nothing out
        """Read all."""
        return self._whole(self.lists.by_id("Invoice", self._headers()))

    def changed(self, moment: str, fresh: Freshness) -> Iterator[Row]:
        """Read the changed ones."""
        for page in self.lists.since("Invoice", self._headers(), moment):
            rows = [row for row in page if not fresh.is_unchanged(text(row, "id"), text(row, "modifiedtime"))]
            yield from self._whole([_by_number(rows)])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Row]:
        """Read these invoices."""
        return self._whole(self.lists.of_ids("Invoice", self._headers(), ids))

    def modified(self, ids: Sequence[str]) -> dict[str, str]:
        """Look the headers over."""
        pages = self.lists.of_ids("Invoice", STAMP, ids)
        return {text(row, "id"): text(row, "modifiedtime") for page in pages for row in page}

    def retrieved(self, record_id: str) -> Row | None:
        """Read one invoice from the record itself."""
        row = self.client.find(record_id)
        return None if row is None else split_invoice(row)

    def _headers(self) -> tuple[str, ...]:
        return header_columns(module_of(self.reference, "Invoice"))

    def _whole(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        for header, rows in self.lists.with_children(pages, "LineItem", "parent_id"):
            lines = sorted(rows, key=line_place)
            if was_rewritten(lines) or self.needs_retrieve(header, lines, self.reference):
                row = self.retrieved(text(header, "id"))
                if row is not None:
                    yield row
            else:
                yield {"header": header, "lines": lines, "retrieved": False}


def split_invoice(row: Row, *, retrieved: bool = True) -> Row:
    """Give an invoice that came with its lines in the composite shape."""
    header = {name: value for name, value in row.items() if name not in LINE_KEYS and name != "LineItems_FinalDetails"}
    return {"header": header, "lines": lines_in(row), "retrieved": retrieved}


def lines_in(row: Row) -> list[Row]:
    """Give the lines that came with an invoice, in their order.

    `retrieve` calls them LineItems; the cloud's lists call them lineItems, give them as a list or as an object keyed
    by number, and an invoice without any as `[[]]`.
    """
    found = next((row[name] for name in LINE_KEYS if row.get(name)), ())
    if isinstance(found, Mapping):
        places = sorted(found, key=lambda key: (not key.isdecimal(), int(key) if key.isdecimal() else 0))
        found = [found[place] for place in places]
    return [line for line in found if isinstance(line, dict)] if isinstance(found, list) else []


def _time(row: Row) -> str:
    return text(row, "modifiedtime")


def _by_number(rows: Iterable[Row]) -> list[Row]:
    """Sort by record number, the last of each id: a row that changed during the read is listed twice."""
    latest = {text(row, "id"): row for row in rows}
    return sorted(latest.values(), key=lambda row: number_of(text(row, "id")))


def line_place(line: Row) -> tuple[int, int]:
    """Give what lines are sorted by."""
    sequence = text(line, "sequence_no").partition(".")[0]
    return (int(sequence) if sequence.isdecimal() else 0, number_of(text(line, "id")))


def was_rewritten(lines: Sequence[Row]) -> bool:
    """Tell whether old and new lines were read together: saving an invoice replaces its lines by new ones."""
    places = [text(line, "sequence_no") for line in lines]
    return len(places) != len(set(places))
