"""Invoices that somebody pays in Xero with one batch payment, and what becomes of them when the batch is deleted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import line, open_company
from chain.payments.paying import received, settle
from vtxero.domain.codes import Code

D = Decimal


def settled_amounts(company, sale):
    row = company.row(sale)
    return row["invoicestatus"], D(row["received"] or 0), D(row["balance"])


@pytest.fixture
def two(settled):
    """Two approved invoices of 104.50 on both sides; gives Xero's ids."""
    settled.second = settled.invoice(settled.acme, line(settled.widget, "10"))
    settled.sync()
    return [settled.invoices()[settled.number_of(one)]["InvoiceID"] for one in (settled.sale, settled.second)]


def test_batch_in_xero_is_a_payment_of_each_invoice_in_vtiger(settled, two):
    settled.xero.pay_batch(*two, day="2026-11-12")

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert sorted(D(row["amount"]) for row in received(settled)) == [D("104.5"), D("104.5")]
    for sale in (settled.sale, settled.second):
        assert settled_amounts(settled, sale) == ("Paid", D("104.5"), 0)
    settled.quiet()


def test_batch_deleted_in_xero_leaves_its_payments_for_a_person_to_reverse(settled, two):
    batch = settled.xero.pay_batch(*two, day="2026-11-12")
    settled.sync()
    settled.xero.remove_batch(batch)

    report = settled.sync()

    told = [item.code for record in report.records if record.module == "payments" for item in record.reasons]
    assert told == [Code.PAY_CHANGED] * 2
    assert len(received(settled)) == 2


def test_batch_in_xero_settles_the_invoices_of_a_vtiger_without_payments_and_opens_them_again(tmp_path):
    with open_company(tmp_path) as company:
        settle(company)
        batch = company.xero.pay_batch(company.sale_id, day="2026-11-12")
        assert company.sync().exit_code == 0
        assert settled_amounts(company, company.sale) == ("Paid", D("104.5"), 0)
        company.quiet()
        company.xero.remove_batch(batch)

        assert company.sync().exit_code == 0

        assert settled_amounts(company, company.sale) == ("Approved", 0, D("104.5"))
        company.quiet()
