"""What a first sync costs in calls, and the runs after it in which nobody has edited anything."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from math import ceil

import pytest

from chain.company import line
from machine.nearby import open_nearby

ITEMS = 20
MOST = {"xero": 8, "vtiger": 12}
NOT_COUNTED = {"getchallenge", "login", "POST /connect/token"}
SIZES = [240, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]


@pytest.fixture
def batch(size, monkeypatch):
    """How many invoices a call takes to Xero; small books have small pages, so that they have as many as large ones."""
    if size >= 1000:
        return 50
    monkeypatch.setattr("vtxero.xero.paging.PAGE_SIZE", 20)
    return 10


@pytest.fixture
def company(batch):
    """Every request takes a third of a second: what is written in a row bears different times."""
    with open_nearby(batch=batch) as company:

        def gate(request, forward):
            company.time.pass_by(1 / 3)
            return forward(request)

        company.net.gate = gate
        yield company


def fill_vtiger(company, size):
    accounts = []
    for n in range(size // 10):
        company.time.pass_by(1)
        accounts.append(company.organization(f"Customer {n}", accounttype="Customer"))
    goods = [company.product(f"Part {n}", f"P-{n}") for n in range(ITEMS)]
    for n in range(size):
        company.time.pass_by(1)
        company.invoice(
            accounts[n % len(accounts)], line(goods[n % ITEMS], str(n % 5 + 1)), line(goods[(n + 7) % ITEMS])
        )


def fill_xero(company, size):
    contacts = []
    for n in range(size // 10):
        company.time.pass_by(1)  # what was changed in the last second of all is read anew by every run
        contacts.append(company.xero.add_contact(Name=f"Customer {n}"))
    for n in range(ITEMS):
        company.xero.add_item(Code=f"P-{n}", Name=f"Part {n}", SalesDetails={"UnitPrice": 10, "AccountCode": "200"})
    for n in range(size):
        company.time.pass_by(1)
        row = {"ItemCode": f"P-{n % ITEMS}", "Description": f"Part {n % ITEMS}", "Quantity": 1, "UnitAmount": 10}
        row |= {"AccountCode": "200", "TaxType": "NONE"}
        contact = contacts[n % len(contacts)]
        company.xero.add_invoice(contact, [row], Date="2026-11-01", DueDate="2026-11-30", Status="AUTHORISED")


def calls(company, **request):
    """Run, and count what each side was asked, by what was asked; logins are not counted."""
    before = {side: len(app.journal.entries) for side, app in company.apps.items()}
    report = company.sync(**request)
    assert report.exit_code == 0, report.messages
    asked = {}
    for side, app in company.apps.items():
        names = [str(entry.operation) for entry in app.journal.entries[before[side] :]]
        asked[side] = Counter(" ".join(name.split()[:2]) for name in names if name not in NOT_COUNTED)
    return asked


def check_quiet_runs(company):
    """Nothing is edited: one run may read the first one's writes once more, all others cost next to nothing."""
    company.time.pass_by(3600)
    once_more = calls(company)
    assert not [name for asked in once_more.values() for name in asked if name.startswith(("PUT", "POST", "create"))]
    for _ in range(3):
        company.time.pass_by(600)  # within the hour for which catalogues are kept
        quiet = calls(company)
        assert {side: asked.total() for side, asked in quiet.items() if asked.total() > MOST[side]} == {}, quiet


@pytest.mark.parametrize("size", SIZES)
def test_first_sync_to_xero_costs_a_call_for_fifty_and_quiet_runs_next_to_nothing(company, size, batch):
    fill_vtiger(company, size)

    first = calls(company)

    written = {name: n for name, n in first["xero"].items() if name.startswith(("PUT", "POST"))}
    assert written == {
        "PUT Contacts": ceil(size / 10 / batch),
        "PUT Items": ceil(ITEMS / batch),
        "PUT Invoices": ceil(size / batch),
    }
    assert first["xero"].total() - sum(written.values()) <= MOST["xero"]
    assert len(company.invoices()) == size
    lists = {"Accounts": size // 10, "Products": ITEMS, "Invoice": size, "LineItem": 2 * size}
    for module, number in lists.items():
        assert first["vtiger"][f"query {module}"] <= ceil(number / 100) + 1, first
    check_quiet_runs(company)


@pytest.mark.parametrize("size", SIZES)
def test_first_sync_to_vtiger_costs_a_write_each_and_quiet_runs_next_to_nothing(company, size):
    fill_xero(company, size)

    first = calls(company, allow=("changes",))

    asked = first["vtiger"]
    assert asked["create Invoice"] == size
    assert sum(number for name, number in asked.items() if name.startswith("retrieve 7x")) == size
    assert (asked["create Accounts"], asked["create Products"]) == (size // 10, ITEMS)
    assert len(company.vtiger.records("Invoice")) == size
    check_quiet_runs(company)


@pytest.mark.parametrize("size", [30])
def test_slow_read_when_followed_by_quiet_runs_leaves_no_stretch_that_is_read_again(company):
    """A read of more than a minute takes the cursor back; what lies between is proven unchanged and not given again."""
    fill_vtiger(company, 30)

    def slowly(request, forward):
        company.time.pass_by(40)
        return forward(request)

    company.net.gate = slowly
    newest = max(row["modifiedtime"] for row in company.vtiger.records("Invoice"))
    cursors = []
    for _ in range(3):
        calls(company)
        cursors.append(cursor(company))
        company.time.pass_by(600)

    assert cursors[0] < newest
    assert cursors[1:] == [f"{newest}!", f"{newest}!"]


def cursor(company):
    with closing(sqlite3.connect(company.settings.database)) as database:
        sql = "SELECT value FROM cursors WHERE module = 'invoices' AND side = 'vtiger'"
        return database.execute(sql).fetchone()[0]


def test_seconds_of_a_run_and_its_time_limit_begin_with_the_checking_of_both_services():
    with open_nearby() as company:
        company.organization()

        def gate(request, forward):
            company.time.pass_by(1)
            return forward(request)

        company.net.gate = gate
        began = company.time.now()

        report = company.sync()

        assert report.seconds == company.time.passed >= sum(report.calls.values())
        assert report.started_at == began
        company.organization("Late Ltd")
        assert company.sync(max_seconds=3).exit_code == 7
        assert len(company.contacts()) == 1
