"""Many invoices pushed within Xero's limits: as few calls as can be, never too many at once, none refused, none twice.

Time is simulated: it moves on when everybody who may call is waiting for it, so a minute's wait costs nothing, and what
a real minute would hold is known to the second.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from vtxero.errors import ReplyLostError
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState, create_app
from vtxero.sync.records import Accepted
from vtxero.xero.source import XeroSource
from wire.xero.scripted import AT_ONCE, PER_MINUTE, machine_access, opened

BATCH = 50
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SPOILS = ("429", "503", "drop-after-commit", "drop-before")
"""What the same key mends; an HTTP 500 is stored under it."""
SIZES = [pytest.param(500, 115, id="500"), pytest.param(10_000, 0, id="10000", marks=pytest.mark.soak)]
"""Invoices, and look-ups before them: without these, so few writes would meet no limit."""


class SharedClock:
    """Time for several threads: it jumps to the next one's waking when all who can call are asleep."""

    def __init__(self, workers: int) -> None:
        self._now = 0.0
        self._awake_at: list[float] = []
        self._workers = workers
        self._changed = threading.Condition()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._now)

    __call__ = now

    def monotonic(self) -> float:
        return self._now

    def leave(self) -> None:
        """Say that a worker is done and will neither call nor sleep any more."""
        with self._changed:
            self._workers -= 1
            self._jump()

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self._now + max(seconds, 0.001)
            self._awake_at.append(until)
            self._jump()
            while self._now < until:
                self._changed.wait()

    def _jump(self) -> None:
        """Only as many as may be in flight can be waiting for time; the others wait for them."""
        if self._awake_at and len(self._awake_at) >= min(self._workers, AT_ONCE):
            self._now = max(self._now, min(self._awake_at))
            self._awake_at = [until for until in self._awake_at if until > self._now]
            self._changed.notify_all()


class Pushing:
    """One push by several threads that share a client, and what the stand-in saw of it."""

    def __init__(self, app, state, clock) -> None:
        self.app = app
        self.state = state
        self.clock = clock
        self.answers = []

    @property
    def most_at_once(self):
        return self.app.app.limits.most_in_flight

    @property
    def calls(self):
        return [entry for entry in self.app.journal.entries if entry.path.startswith("/api.xro")]

    @property
    def writes(self):
        return [entry for entry in self.calls if entry.method == "PUT"]

    def stored(self):
        rows = self.state.snapshot()["Invoices"].values()
        return sorted((row["InvoiceNumber"], str(row["Total"]), row["Status"]) for row in rows)


def invoice(number, contact):
    return {
        "Type": "ACCREC",
        "InvoiceNumber": f"INV{number}",
        "Contact": {"ContactID": contact},
        "Date": "2026-11-01",
        "DueDate": "2026-11-20",
        "Status": "AUTHORISED",
        "LineItems": [{"Description": "Oak", "Quantity": "1", "UnitAmount": f"{number % 97}.25", "AccountCode": "200"}],
    }


def push(count, lookups, *, workers=8, spoil=()):
    """Push `count` invoices in batches, from more threads than may call at once."""
    clock = SharedClock(workers)
    state = XeroState.new(clock=clock, seed=1)
    contact = state.add_contact(Name="Acme Ltd")
    app = create_app(state, per_day=5000, latency=0.002)
    app.faults.add(*spoil)
    pushing = Pushing(app, state, clock)
    jobs = [("look", number) for number in range(lookups)]
    jobs += [("push", range(at, min(at + BATCH, count))) for at in range(0, count, BATCH)]
    queue = iter(jobs)
    lock = threading.Lock()

    def take():
        with lock:
            return next(queue, None)

    def work(source):
        try:
            while job := take():
                if job[0] == "look":
                    source.modified_now("organizations", [contact])
                else:
                    rows = [invoice(number, contact) for number in job[1]]
                    pushing.answers += create(source, rows, f"key-{job[1].start}")
        finally:
            clock.leave()

    with ServerThread(app) as server:
        access = machine_access(server.url, tenant_id=state.organisation["OrganisationID"])
        with opened(access, clock, clock.sleep) as client, ThreadPoolExecutor(workers) as pool:
            for future in [pool.submit(work, XeroSource(client)) for _ in range(workers)]:
                future.result()
    return pushing


def create(source, rows, key):
    """Push a batch as the engine does: after a lost reply, look first and send what is missing under a new key."""
    try:
        return source.create("invoices", rows, key)
    except ReplyLostError:
        return source.create("invoices", rows, key)


def refused_by(pushing):
    """Give the 429s that were earned, not injected."""
    return [entry for entry in pushing.calls if entry.status == 429 and entry.fault is None]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("count", "lookups"), SIZES)
def test_invoices_when_pushed_take_no_more_calls_and_time_than_the_limit_allows(count, lookups):
    pushing = push(count, lookups)

    calls = math.ceil(count / BATCH) + lookups
    assert len(pushing.writes) == math.ceil(count / BATCH)
    assert len(pushing.calls) == calls
    assert refused_by(pushing) == []
    assert 1 < pushing.most_at_once <= AT_ONCE
    assert all(isinstance(answer, Accepted) for answer in pushing.answers)
    assert len(pushing.stored()) == count
    allowed = (math.ceil(calls / PER_MINUTE) - 1) * 60
    assert pushing.clock.monotonic() <= allowed * 1.05


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("count", "lookups"), SIZES)
def test_invoices_when_answers_are_spoilt_end_up_the_same_and_once(count, lookups):
    clean = push(count, lookups)
    writes = math.ceil(count / BATCH)
    spoilt = max(len(SPOILS), math.ceil(writes / 100))
    rules = [
        {"path": "/Invoices", "method": "PUT", "do": SPOILS[turn % len(SPOILS)], "nth": 1 + turn * writes // spoilt}
        for turn in range(spoilt)
    ]
    rules += [{"path": "/Contacts", "do": deed, "nth": 7} for deed in ("429", "500", "503")]
    rules += [{"path": "/Invoices", "method": "PUT", "do": "503", "after_commit": True, "nth": writes // 2}]

    pushing = push(count, lookups, spoil=rules)

    happened = Counter(entry.fault for entry in pushing.calls if entry.fault)
    assert set(happened) >= set(SPOILS)
    assert sum(happened.values()) >= len(pushing.calls) / 100
    assert refused_by(pushing) == []
    assert pushing.most_at_once <= AT_ONCE
    assert all(isinstance(answer, Accepted) for answer in pushing.answers)
    assert pushing.stored() == clean.stored()
