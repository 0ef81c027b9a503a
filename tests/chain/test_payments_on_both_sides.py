"""A payment that was entered in Vtiger and in Xero between two runs: what both sides know of is no conflict."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, open_company, reasons
from vtxero.vtiger.source import VtigerSource

D = Decimal


def billed(company):
    """An approved invoice of 104.50 that is on both sides."""
    company.sale = company.invoice(company.organization(), line(company.product(), "10"))
    assert company.sync().exit_code == 0
    [sent] = company.invoices().values()
    company.sale_id = sent["InvoiceID"]
    return company


@pytest.fixture
def company(tmp_path):
    with open_company(tmp_path) as running:
        yield billed(running)


@pytest.fixture
def cloud(tmp_path):
    with open_cloud(tmp_path) as running:
        yield billed(running)


def pay(company, amount, day="2026-11-10"):
    element = {"related_to": company.sale, "amount": amount, "paymentsstatus": "Received", "paymentsmode": "Cash"}
    return company.vtiger.add("Payments", element | {"datereceived": day})


def money(company):
    row = company.row(company.sale)
    return row["invoicestatus"], D(row["received"]), D(row["balance"])


@pytest.mark.parametrize("status", ["Approved", "Sent", "Paid"])
def test_payment_noted_in_vtiger_without_payments_and_made_in_xero_makes_the_invoice_paid(company, status):
    noted = {"received": "104.50", "balance": "0", "invoicestatus": status}
    company.vtiger.edit(company.sale, **noted)
    company.xero.pay(company.sale_id, "104.50")

    report = company.sync()

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert money(company) == ("Paid", D("104.5"), 0)
    company.quiet()


def test_payment_noted_in_vtiger_after_xero_was_paid_asks_for_no_lower_status_there(tmp_path):
    with open_company(tmp_path) as company:
        company.configure("invoices", fields={"amount_paid": "off", "status": "to-xero"})
        billed(company)
        company.xero.pay(company.sale_id, "104.50")
        company.sync()
        company.vtiger.edit(company.sale, received="104.50", balance="0")

        assert reasons(company.sync()) == {}
        company.quiet()


def test_status_changed_in_vtiger_while_xero_was_paid_is_a_conflict_still(company):
    company.vtiger.edit(company.sale, invoicestatus="Credit Invoice")
    company.xero.pay(company.sale_id, "104.50")

    assert reasons(company.sync()) == {company.number_of(company.sale): ["CONFLICT"]}


def test_payment_entered_on_both_sides_is_one_and_its_invoice_is_paid(cloud):
    pay(cloud, "104.50")
    cloud.xero.pay(cloud.sale_id, "104.50", day="2026-11-10")

    report = cloud.sync()

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert (money(cloud), len(cloud.vtiger.records("Payments"))) == (("Paid", D("104.5"), 0), 1)
    cloud.quiet()


def test_parts_entered_on_either_side_settle_the_invoice_in_one_run(cloud):
    pay(cloud, "50")
    cloud.xero.pay(cloud.sale_id, "54.50", day="2026-11-12")

    report = cloud.sync()

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert money(cloud) == ("Paid", D("104.5"), 0)
    cloud.quiet()


def test_parts_entered_on_either_side_when_vtiger_is_edited_meanwhile_leave_that_edit_alone(cloud, monkeypatch):
    pay(cloud, "50")
    cloud.xero.pay(cloud.sale_id, "54.50", day="2026-11-12")
    real = VtigerSource.create

    def edited_meanwhile(source, module, payloads, key):
        answers = real(source, module, payloads, key)
        cloud.vtiger.edit(cloud.sale, invoicestatus="Sent", duedate="2026-12-24")
        return answers

    monkeypatch.setattr(VtigerSource, "create", edited_meanwhile)

    cloud.sync()

    assert (money(cloud)[0], cloud.row(cloud.sale)["duedate"]) == ("Sent", "2026-12-24")


def in_part_in_vtiger_and_whole_in_xero(company):
    company.vtiger.edit(company.sale, received="50", balance="54.50")
    company.xero.pay(company.sale_id, "104.50")


def test_amounts_in_conflict_hold_back_the_status_that_goes_with_them(company):
    in_part_in_vtiger_and_whole_in_xero(company)

    report = company.sync()

    assert reasons(report) == {company.number_of(company.sale): ["CONFLICT"]}
    assert money(company) == ("Approved", D(50), D("54.5"))
    assert reasons(company.sync()) == {company.number_of(company.sale): ["CONFLICT"]}
    assert money(company) == ("Approved", D(50), D("54.5"))


def test_status_follows_when_the_amount_is_mended_by_hand(company):
    in_part_in_vtiger_and_whole_in_xero(company)
    company.sync()
    company.vtiger.edit(company.sale, received="104.50", balance="0")

    report = company.sync()

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert money(company) == ("Paid", D("104.5"), 0)
    company.quiet()


def test_status_and_amounts_go_together_where_xero_is_to_decide(company):
    in_part_in_vtiger_and_whole_in_xero(company)
    company.sync()

    report = company.sync(conflict="xero")

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert money(company) == ("Paid", D("104.5"), 0)
    company.quiet()
