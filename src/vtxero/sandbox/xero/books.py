"""The organisation's books as the stand-in keeps them: records, ids, clock, and the caches that make reads quick."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vtxero.sandbox.xero.wire import Record, dumps

Clock = Callable[[], datetime]

ZONES = {
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "GMTSTANDARDTIME": "Europe/London",
    "EASTERNSTANDARDTIME": "America/New_York",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "UTC": "UTC",
}
"""A few of Xero's own zone names; the rest count as UTC."""

RATES = {
    "NZD": Decimal("1.000000"),
    "AUD": Decimal("0.918200"),
    "USD": Decimal("0.603400"),
    "EUR": Decimal("0.553100"),
    "GBP": Decimal("0.471900"),
    "INR": Decimal("50.750000"),
    "CAD": Decimal("0.826500"),
    "SGD": Decimal("0.806100"),
}
"""Units of each currency for one NZD: invented day rates, fixed so that sums can be repeated."""


CACHE_SIZE = 20_000
"""Rendered records kept; beyond that reads are only slower."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Books:
    """Every record of one organisation, keyed by its id, in the order of creation."""

    def __init__(self, *, clock: Clock = utc_now, seed: int | None = None) -> None:
        """Start empty; `seed` makes the ids repeatable, without it they are fresh in every start."""
        self.clock = clock
        self.lock = threading.RLock()
        self.organisation: Record = {}
        self.currencies: list[Record] = []
        self.accounts: dict[str, Record] = {}
        self.tax_rates: dict[str, Record] = {}
        self.contacts: dict[str, Record] = {}
        self.items: dict[str, Record] = {}
        self.invoices: dict[str, Record] = {}
        self.payments: dict[str, Record] = {}
        self.credits: dict[str, Record] = {}
        self.batches: dict[str, Record] = {}
        self.attachments: dict[str, dict[str, Record]] = {}
        self.tracking: dict[str, Record] = {}
        self.groups: dict[str, Record] = {}
        self.notes: dict[str, list[Record]] = {}
        self.by_number: dict[tuple[str, str], dict[str, None]] = {}
        self.by_contact_name: dict[str, dict[str, None]] = {}
        self.by_contact_number: dict[str, str] = {}
        self.by_item_code: dict[str, str] = {}
        self.by_account_code: dict[str, str] = {}
        self.payments_of: dict[str, list[str]] = {}
        self.credits_of: dict[str, list[str]] = {}
        self.made_by_app: set[str] = set()
        self.versions: dict[str, int] = {}
        self.next_number = 1
        self._random = random.Random(seed) if seed is not None else None  # noqa: S311 - ids, not secrets
        self._cache: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}

    def new_id(self) -> str:
        """Make an id: random, or repeatable when a seed was given."""
        if self._random is None:
            return str(uuid.uuid4())
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def now(self) -> datetime:
        """Tell the time to the second: Xero's modification times count for no more."""
        return self.clock().replace(microsecond=0)

    def today(self) -> date:
        """Tell the organisation's date, which is the default of every document date."""
        return self.clock().astimezone(self.zone()).date()

    def zone(self) -> tzinfo:
        name = ZONES.get(str(self.organisation.get("Timezone", "")), "UTC")
        try:
            return ZoneInfo(name)
        except ZoneInfoNotFoundError:
            return UTC

    def touch(self, record_id: str, record: Record, *, moved: bool = True) -> None:
        """Note that a record changed; `moved=False` is for Xero's blind spots, which leave UpdatedDateUTC alone."""
        self.versions[record_id] = self.versions.get(record_id, 0) + 1
        if moved:
            record["UpdatedDateUTC"] = self.now()

    def rendered(self, record_id: str, view: str, others: Iterable[str], build: Callable[[], Record]) -> str:
        """Give a record's JSON, built anew only when it or one of the records shown in it has changed."""
        versions = self.versions
        stamp = (versions.get(record_id, 0), *[versions.get(other, 0) for other in others])
        kept = self._cache.get((record_id, view))
        if kept is not None and kept[0] == stamp:
            return kept[1]
        text = dumps(build())
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[record_id, view] = (stamp, text)
        return text

    @property
    def base_currency(self) -> str:
        return str(self.organisation["BaseCurrency"])

    @property
    def branding_theme(self) -> str:
        """Give the one branding theme that this organisation has."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.organisation['OrganisationID']}:theme"))

    @property
    def has_many_currencies(self) -> bool:
        """Whether the organisation's plan allows foreign currencies: it does where it is subscribed to one."""
        return len(self.currencies) > 1

    def has_currency(self, code: str) -> bool:
        return any(currency["Code"] == code for currency in self.currencies)

    def day_rate(self, code: str) -> Decimal:
        """Give units of `code` for one unit of the base currency, from the fixed table."""
        if code == self.base_currency:
            return Decimal("1.000000")
        if code not in RATES or self.base_currency not in RATES:
            return Decimal("1.250000")
        return (RATES[code] / RATES[self.base_currency]).quantize(Decimal("0.000001"))

    def account(self, code: str) -> Record | None:
        found = self.by_account_code.get(code)
        return None if found is None else self.accounts[found]

    def invoices_numbered(self, kind: str, number: str) -> list[Record]:
        """List the invoices with this number; sales numbers are unique but for deleted ones, bill numbers are not."""
        return [self.invoices[one] for one in self.by_number.get((kind, number.casefold()), ())]

    def item_coded(self, code: str) -> Record | None:
        """Find an item by its exact code."""
        found = self.by_item_code.get(code.casefold())
        return self.items[found] if found is not None and self.items[found]["Code"] == code else None

    def living_payments(self, document_id: str) -> list[Record]:
        """List the payments of an invoice or a credit that are not deleted."""
        own = [self.payments[one] for one in self.payments_of.get(document_id, ())]
        return [payment for payment in own if payment["Status"] != "DELETED"]

    def lock_date(self) -> tuple[date, str] | None:
        """Give the later of the two lock dates, with Xero's name for it."""
        found: list[tuple[date, str]] = []
        for key, name in (("PeriodLockDate", "period lock date"), ("EndOfYearLockDate", "end of year lock date")):
            if self.organisation.get(key):
                found.append((self.organisation[key], name))
        return max(found, default=None)

    def snapshot(self) -> dict[str, Any]:
        """Copy every record into plain values, to be compared with a later copy."""
        with self.lock:
            return deepcopy(
                {
                    "Organisation": self.organisation,
                    "Currencies": self.currencies,
                    "Accounts": self.accounts,
                    "TaxRates": self.tax_rates,
                    "Contacts": self.contacts,
                    "Items": self.items,
                    "Invoices": self.invoices,
                    "Payments": self.payments,
                    "Credits": self.credits,
                    "BatchPayments": self.batches,
                    "Attachments": self.attachments,
                    "TrackingCategories": self.tracking,
                    "ContactGroups": self.groups,
                    "Notes": self.notes,
                },
            )
