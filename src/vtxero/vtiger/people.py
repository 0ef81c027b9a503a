"""Reads contacts, and organizations with their contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vtxero.vtiger.composites import STAMP, Reader, by_number, pages_of
from vtxero.vtiger.freshness import Freshness
from vtxero.vtiger.rows import Row, number_of, text

_MOST_KEPT = 5_000
"""Contacts kept in memory between two modules of a run; some fifteen megabytes."""

_FRESH = 60.0
"""Seconds for which a list that was read may be used again, well within the overlap of five minutes."""


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
        return self._times("Contacts", ids)

    def calls_to_read(self, number: int) -> int:
        """Their invoices are asked for too."""
        return 2 * pages_of(number)

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
        invoices = self.lists.with_children([by_number(people)], "Invoice", "contact_id", columns)
        return {text(one, "id") for one, rows in invoices if any(not text(row, "account_id") for row in rows)}


@dataclass(frozen=True, slots=True)
class OrganizationReader(Reader):
    """Accounts with their Contacts. An organization is modified when it or one of its contacts is.

    A contact that leaves an organization changes nothing that can be seen there: it is told among the `members` where
    it is now. One that was deleted is told nowhere; a full read finds that.
    """

    people: PeopleRead = field(default_factory=PeopleRead)
    accounts_of: dict[str, str] = field(default_factory=dict)

    def everything(self, fresh: Freshness) -> Iterator[Row]:
        """Read all: contacts that were deleted or moved away move no time, so nothing is left out."""
        self.accounts_of.clear()
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
        self.accounts_of.clear()
        given: set[str] = set()
        for page in self.lists.since("Accounts", self._columns("Accounts"), moment):
            accounts = [row for row in page if not fresh.is_covered(text(row, "id"), text(row, "modifiedtime"))]
            given.update(text(row, "id") for row in accounts)
            yield from self._with_contacts([by_number(accounts)])
        for contacts in self._changed_people(moment, fresh):
            self.accounts_of.update((text(row, "id"), text(row, "account_id")) for row in contacts)
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

    def members(self) -> dict[str, str]:
        """Give the changed contacts, each with its account."""
        return dict(self.accounts_of)

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Look at the accounts alone."""
        return {text(row, "id") for page in self.lists.of_ids("Accounts", ("id",), ids) for row in page}

    def calls_to_read(self, number: int) -> int:
        """Accounts and their contacts."""
        return 2 * pages_of(number)

    def calls_to_look(self, number: int) -> int:
        """Accounts and their contacts."""
        return 2 * pages_of(number)

    def _with_contacts(self, pages: Iterable[Sequence[Row]]) -> Iterator[Row]:
        columns = self._columns("Contacts")
        for account, contacts in self.lists.with_children(pages, "Contacts", "account_id", columns):
            yield {"account": account, "contacts": contacts}
