"""A real process that is killed while it carries payments both ways: the next run finishes, and none exists twice."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.payments.paying import pay, received, settle, taken
from chain.processes import config_file, kill_among_writes

TO_XERO, TO_VTIGER = 60, 6


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        yield settle(running)


@pytest.mark.parametrize(("side", "number"), [("xero", 1), ("xero", 2), ("vtiger", 1), ("vtiger", 4)])
def test_run_killed_among_payments_is_finished_by_the_next(company, tmp_path, side, number):
    for _ in range(TO_XERO):
        pay(company, "1")
    for _ in range(TO_VTIGER):
        company.xero.pay(company.sale_id, "1", day="2026-11-12")

    output = kill_among_writes(company, config_file(company, tmp_path), side, number)

    assert output["exit_code"] == 0, output["messages"]
    assert (len(taken(company)), len(received(company))) == (TO_XERO + TO_VTIGER, TO_XERO + TO_VTIGER)
    references = [each["Reference"] for each in taken(company) if each["Reference"]]
    assert len(references) == len(set(references)) == TO_XERO
    assert float(company.row(company.sale)["received"]) == TO_XERO + TO_VTIGER
    company.quiet()
