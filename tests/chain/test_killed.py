"""A real process, really killed: the next run finishes what it began, and nothing exists twice."""

from __future__ import annotations

import json
import signal

import pytest

from chain.company import line
from chain.processes import config_file, kill_among_writes, start, wait_for_writes

SIZE = 60


def fill(company):
    for place in range(SIZE):
        account = company.organization(f"Org {place}", accounttype="Customer")
        company.invoice(account, line(company.product(f"Product {place}", f"P-{place}"), str(place + 1)))


@pytest.fixture
def config(company, tmp_path):
    return config_file(company, tmp_path)


@pytest.mark.parametrize("number", [1, 2, 4, 6])
def test_run_killed_after_so_many_writes_is_finished_by_the_next(company, config, number):
    fill(company)

    output = kill_among_writes(company, config, "xero", number)

    assert output["exit_code"] == 0, output["messages"]
    contacts = [row["Name"] for row in company.xero.snapshot()["Contacts"].values()]
    items = [row["Code"] for row in company.xero.snapshot()["Items"].values()]
    numbers = [row["InvoiceNumber"] for row in company.xero.snapshot()["Invoices"].values()]
    for found in (contacts, items, numbers):
        assert len(found) == len(set(found)) == SIZE
    company.quiet()


def test_ctrl_c_finishes_the_write_in_flight_and_exits_with_130(company, config):
    fill(company)
    slow = {"path": "/Contacts", "method": "PUT", "nth": "every", "do": "slow", "seconds": 0.5}
    company.apps["xero"].faults.add(slow)
    process = start(config)
    wait_for_writes(company, process, "xero", 1)
    process.send_signal(signal.SIGINT)
    output = json.loads(process.communicate(timeout=100)[0])

    assert (process.returncode, output["exit_code"]) == (130, 130)
    company.apps["xero"].faults.clear()
    assert json.loads(start(config).communicate(timeout=100)[0])["exit_code"] == 0
    assert len(company.contacts()) == SIZE
    company.quiet()
