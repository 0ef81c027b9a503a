"""Runs over payments alone, one way, or dry; and what many payments cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chain.company import line, only, reasons
from chain.payments.paying import number, pay, received, settle, taken
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

LOGINS = ("me", "POST /connect/token")


def test_sync_payments_alone_wants_a_linked_invoice_and_makes_none(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"))
    payment = pay(company)

    report = company.sync(modules=("payments",))

    assert reasons(report) == {number(company, payment): ["DEPENDENCY"]}
    assert company.writes("xero") == []
    company.sync(modules=("invoices",))
    report = company.sync(modules=("payments",))
    assert reasons(report) == {}
    assert len(taken(company)) == 1
    company.quiet()


@pytest.mark.parametrize("direction", [Direction.TO_XERO, Direction.TO_VTIGER])
def test_direction_lets_payments_go_one_way_only(settled, direction):
    pay(settled, "20")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")

    settled.sync(direction=direction)

    assert (len(taken(settled)), len(received(settled))) == ((2, 1) if direction is Direction.TO_XERO else (1, 2))


def test_dry_run_shows_payments_and_sends_nothing(settled):
    pay(settled, "20")
    before = len(settled.writes())

    report = settled.sync(dry_run=True)

    assert [(each.outcome, each.changes[1].after) for each in only(report, "payments")] == [(Outcome.CREATED, "20")]
    assert settled.writes()[before:] == []


def test_many_payments_cost_one_write_call_and_a_quiet_run_few(company):
    # Nothing was edited in the last seconds, as in every quiet run.
    company.vtiger.clock = lambda: datetime.now(UTC) - timedelta(seconds=427)
    settle(company)
    for place in range(30):
        pay(company, "1", datereceived=f"2026-11-{place % 28 + 1:02}")
    company.sync()
    puts = [entry for entry in company.apps["xero"].journal.entries if entry.write and "/Payments" in entry.path]
    assert len(puts) == 1
    company.sync()
    company.sync()
    marks = {side: len(app.journal.entries) for side, app in company.apps.items()}

    company.sync()

    company.writes()
    served = {side: app.journal.entries[marks[side] :] for side, app in company.apps.items()}
    calls = {side: sum(entry.operation not in LOGINS for entry in entries) for side, entries in served.items()}
    assert calls["xero"] <= 8
    assert calls["vtiger"] <= 12, [entry.operation for entry in served["vtiger"]]
