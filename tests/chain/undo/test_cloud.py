"""Taking runs back on Vtiger's cloud edition, payments among them."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, reasons
from chain.payments.paying import pay, received, settle, taken
from vtxero.domain.sides import Side


@pytest.fixture
def settled(tmp_path):
    """An approved invoice of 104.50 that is on both sides."""
    with open_cloud(tmp_path) as company:
        yield settle(company)


def bill_in_xero(company):
    """Bring an invoice that was made in Xero, and its customer, to Vtiger."""
    beta = company.xero.add_contact(Name="Beta Ltd", EmailAddress="hello@beta.example")
    company.xero_invoice(beta)
    company.sync()


def test_payment_made_in_vtiger_by_a_run_is_taken_back(settled):
    settled.xero.pay(settled.sale_id)
    run = settled.sync()
    assert len(received(settled)) == 1

    report = settled.undo(run.run)

    assert report.exit_code == 0, report.messages
    assert received(settled) == []
    assert len(taken(settled)) == 1


def test_law_6_payment_made_in_xero_stays_and_so_does_its_invoice(settled):
    payment = pay(settled)
    run = settled.sync()
    writes = settled.writes("xero")

    report = settled.undo(run.run)

    assert len(taken(settled)) == 1
    assert reasons(report)[settled.row(payment)["paymentsno"]] == ["UNDO-STAYS"]
    assert settled.writes("xero") == writes
    assert any("Payments that stay in Xero: 1." in text for text in report.messages)


def test_what_came_from_xero_is_removed_from_the_cloud(settled):
    bill_in_xero(settled)
    assert len(settled.vtiger.records("Invoice")) == 2

    report = settled.undo(origin=Side.XERO)

    assert report.exit_code == 0, report.messages
    assert [row["id"] for row in settled.vtiger.records("Invoice")] == [settled.sale]
    assert [row["accountname"] for row in settled.vtiger.records("Accounts")] == ["Acme Ltd"]
    assert [row["productname"] for row in settled.vtiger.records("Products")] == ["Widget"]


def test_law_3_placeholder_that_somebody_uses_on_an_invoice_stays(settled):
    bill_in_xero(settled)
    [stand_in] = [row["id"] for row in settled.vtiger.records("Products") if row["productname"] == "??????"]
    settled.invoice(settled.acme, line(stand_in))

    report = settled.undo(origin=Side.XERO)

    assert reasons(report)["??????"] == ["UNDO-STAYS"]
    assert stand_in in {row["id"] for row in settled.vtiger.records("Products")}
