"""What reading a Vtiger costs: pages of a hundred, one look at each product, and at those invoices that need one."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from math import ceil

import pytest

from chain.company import line

ACCOUNTS, PEOPLE, PRODUCTS, SERVICES, INVOICES = 130, 215, 24, 6, 121
MORNING = datetime(2026, 11, 2, 6, tzinfo=UTC)
OFTEN = {"charge": 10, "group_discount": 7, "adjustment": 8, "by_hand": 9}
"""One invoice of so many has it."""


@pytest.fixture
def books(company):
    """Books like a small company's: some invoices have charges, discounts on the whole, adjustments, odd taxes."""
    # Records are made on the full minute, and read half a minute off: none looks like one of this very second.
    times = count(int(MORNING.timestamp()), 60)
    company.vtiger.clock = lambda: datetime.fromtimestamp(next(times), UTC)
    accounts = [company.organization(f"Customer {n}", accounttype="Customer") for n in range(ACCOUNTS)]
    for n in range(PEOPLE):
        company.person(accounts[n % 90], f"Person {n}")
    goods = [company.product(f"Product {n}", f"P-{n}") for n in range(PRODUCTS)]
    for n in range(SERVICES):
        fields = {"servicename": f"Service {n}", "unit_price": "80", "discontinued": "1", "tax1": "4.5"}
        goods.append(company.vtiger.add("Services", fields))
    company.dear = [invoice(company, accounts, goods, n) for n in range(INVOICES)].count("dear")
    company.vtiger.clock = lambda: MORNING + timedelta(days=2, seconds=30)
    return company


def invoice(company, accounts, goods, n):
    rows = [line(goods[(n + k) % len(goods)], str(k + 1), "19.99") for k in range(1 + n % 6)]
    fields = {"hdnTaxType": "group" if n % 3 else "individual"}
    if not n % OFTEN["charge"]:
        fields |= {"shipping_&_handling": "25", "shipping_&_handling_shtax1": "4.5"}
    elif not n % OFTEN["group_discount"]:
        fields["hdnDiscountPercent"] = "10"
    elif not n % OFTEN["adjustment"]:
        fields["txtAdjustment"] = "-1.5"
    if n and not n % OFTEN["by_hand"]:
        rows = [{name: each[name] for name in ("productid", "quantity", "listprice")} for each in rows]
        company.vtiger.add_invoice_as_ui({"subject": "By hand", "account_id": accounts[n % 100]}, rows)
        return "plain"
    company.invoice(accounts[n % 100], *rows, **fields)
    return "plain" if n % OFTEN["charge"] else "dear"


def calls(company, **request):
    """Count what a run asks of Vtiger, its login and catalogue apart."""
    entries = company.apps["vtiger"].journal.entries
    before = len(entries)
    report = company.sync(dry_run=True, **request)
    assert report.exit_code == 0, report.messages
    asked = Counter(str(entry.operation).partition(" x")[0] for entry in entries[before:])
    retrieved = Counter(name.partition("x")[0] for name in asked if name.startswith("retrieve"))
    lists = {name.removeprefix("query "): n for name, n in asked.items() if name.startswith("query")}
    return lists, retrieved, asked, report


def test_first_read_costs_a_query_for_a_hundred_and_one_look_at_what_lists_do_not_tell(books):
    lists, retrieved, asked, _ = calls(books)

    described = [n for name, n in asked.items() if name.startswith("describe")]
    rows = {
        "Accounts": ACCOUNTS,
        "Contacts": PEOPLE,
        "Products": PRODUCTS,
        "Services": SERVICES,
        "Invoice": INVOICES,
        "LineItem": len(books.vtiger.lines),
    }
    assert set(described) == {1}
    for module, number in rows.items():
        # Contacts are listed twice: those of organizations, and those without one.
        times = 2 if module == "Contacts" else 1
        assert lists.pop(module) <= times * (ceil(number / 100) + 1), module
    # Taxes and currencies belong to the catalogue, the API user's settings too.
    assert lists == {"Tax": 1, "Currency": 1, "Users": 1}
    assert (retrieved["retrieve 14"], retrieved["retrieve 26"]) == (PRODUCTS, SERVICES)
    assert retrieved["retrieve 7"] <= books.dear
    assert retrieved["retrieve 7"]


def test_quiet_run_costs_twelve_calls_at_most_however_large_the_books(books):
    books.sync()
    books.sync()
    entries = books.apps["vtiger"].journal.entries
    before = len(entries)

    report = books.sync()

    asked = [str(entry.operation) for entry in entries[before:] if entry.operation not in {"getchallenge", "login"}]
    assert report.exit_code == 0
    assert len(asked) <= 12, asked
    assert [name for name in asked if not name.startswith("query")] == []
