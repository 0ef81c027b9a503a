"""A run with payments that dies when an answer is in and not noted: the log tells each write once, all the same."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.payments.paying import pay, settle
from machine.dying import Killed, at_note
from vtxero.bootstrap.reading import open_log

NOTES = 4
"""A contact, an item, an invoice and its payment go to Xero; what follows in Vtiger is the last."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    with open_cloud(tmp_path_factory.mktemp("calm")) as company:
        fill(company)
        return told(company, company.sync().run)


def fill(company):
    """An invoice that is new in Vtiger and paid there, and one on both sides that is paid in Xero."""
    settle(company)
    company.new = company.invoice(company.acme, *lines(company))
    pay(company, "10.45", invoice=company.new)
    company.xero.pay(company.sale_id, "4.50")


def lines(company):
    return [{"productid": company.widget, "quantity": "1", "listprice": "10", "tax1": "4.5"}]


def told(company, *runs):
    """The fields that runs tell as carried, with the side; each as often as it is told."""
    found = []
    with open_log(company.settings) as log:
        for run in runs:
            for record in log.report(run).records:
                for change in record.changes:
                    side = change.side or record.direction.end
                    found.append((record.module, f"to-{side}", change.field))
    return sorted(found)


@pytest.mark.parametrize("number", range(NOTES))
def test_run_killed_before_it_noted_an_answer_tells_all_it_did_after_the_next(tmp_path, calm, number):
    with open_cloud(tmp_path) as company:
        fill(company)
        with pytest.raises(Killed), at_note(number):
            company.sync()
        with open_log(company.settings) as log:
            killed = log.runs(1)[0].run

        found = company.sync()

        assert found.exit_code == 0, found.messages
        assert told(company, killed, found.run) == calm
        company.quiet()
        shown = company.undo(killed, dry_run=True)
        assert shown.exit_code == 0
