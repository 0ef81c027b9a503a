"""Taking runs back on Vtiger's cloud edition, payments among them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, reasons
from chain.payments.paying import pay, received, settle, taken
from machine.wires import Time
from vtxero.domain.sides import Side
from vtxero.sync.records import Outcome
from vtxero.vtiger.removing import VtigerRemover
from vtxero.vtiger.source import VtigerSource


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def settled(tmp_path, time):
    """An approved invoice of 104.50 that is on both sides."""
    with open_cloud(tmp_path, vtiger_clock=time.clock("vtiger")) as company:
        yield settle(company)


@pytest.fixture
def slow(time, monkeypatch):
    """Let a minute pass in Vtiger before each of our writes there."""
    for owner, name in ((VtigerSource, "create"), (VtigerSource, "update"), (VtigerRemover, "remove")):
        real = getattr(owner, name)

        def later(*args, real=real):
            time.pass_by(60)
            return real(*args)

        monkeypatch.setattr(owner, name, later)


def bill_in_xero(company, *, paid=""):
    """Bring an invoice that was made in Xero, and its customer, to Vtiger."""
    beta = company.xero.add_contact(Name="Beta Ltd", EmailAddress="hello@beta.example")
    bill = company.xero_invoice(beta)
    if paid:
        company.xero.pay(bill, paid)
    company.last_run = company.sync().run


def amount_of(row, field):
    return Decimal(row[field])


def test_payment_made_in_vtiger_by_a_run_is_taken_back(settled):
    settled.xero.pay(settled.sale_id)
    run = settled.sync()
    assert len(received(settled)) == 1

    report = settled.undo(run.run)

    assert report.exit_code == 0, report.messages
    assert received(settled) == []
    assert len(taken(settled)) == 1


@pytest.mark.usefixtures("slow")
def test_invoice_that_the_runs_own_payment_made_paid_is_open_again_after_one_undo(settled):
    settled.xero.pay(settled.sale_id)
    run = settled.sync()
    assert settled.row(settled.sale)["invoicestatus"] == "Paid"

    planned = settled.undo(run.run, dry_run=True)
    report = settled.undo(run.run)

    for each in (planned, report):
        assert [record.outcome for record in each.records] == [Outcome.UPDATED] * 2, reasons(each)
    row = settled.row(settled.sale)
    assert row["invoicestatus"] == "Approved"
    assert (amount_of(row, "received"), amount_of(row, "balance")) == (0, Decimal("104.5"))


@pytest.mark.parametrize("origin", [None, Side.XERO])
@pytest.mark.usefixtures("slow")
def test_paid_invoice_that_came_from_xero_goes_with_all_that_came_along(settled, origin):
    bill_in_xero(settled, paid="5")
    assert len(received(settled)) == 1

    report = settled.undo("" if origin else settled.last_run, origin=origin)

    assert [record.outcome for record in report.records] == [Outcome.UPDATED] * 4, reasons(report)
    assert received(settled) == []
    assert [row["id"] for row in settled.vtiger.records("Invoice")] == [settled.sale]
    assert [row["accountname"] for row in settled.vtiger.records("Accounts")] == ["Acme Ltd"]


@pytest.mark.usefixtures("slow")
def test_invoice_on_which_somebody_entered_a_payment_since_stays(settled, time):
    bill_in_xero(settled)
    time.pass_by(60)
    [bill] = [row["id"] for row in settled.vtiger.records("Invoice") if row["id"] != settled.sale]
    payment = pay(settled, "5", invoice=bill)

    report = settled.undo(settled.last_run)

    assert reasons(report)["INV-0001"] == ["UNDO-TOUCHED"]
    assert [row["id"] for row in received(settled)] == [payment]
    assert settled.row(bill)["account_id"]


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


@pytest.mark.usefixtures("slow")
def test_law_3_paid_invoice_that_somebody_saved_since_stays(settled, time):
    bill_in_xero(settled, paid="5")
    time.pass_by(60)
    [bill] = [row["id"] for row in settled.vtiger.records("Invoice") if row["id"] != settled.sale]
    settled.vtiger.edit(bill, description="by Kim")

    report = settled.undo(settled.last_run)

    assert reasons(report)["INV-0001"] == ["UNDO-TOUCHED"]
    assert settled.row(bill)["description"] == "by Kim"


@pytest.mark.usefixtures("slow")
def test_law_3_paid_invoice_that_somebody_edits_while_its_payment_goes_stays(settled, monkeypatch):
    bill_in_xero(settled, paid="5")
    [bill] = [row["id"] for row in settled.vtiger.records("Invoice") if row["id"] != settled.sale]
    real = VtigerRemover.remove

    def remove(self, module, *args):
        monkeypatch.setattr(VtigerRemover, "remove", real)
        settled.vtiger.edit(bill, subject="by Kim")
        return real(self, module, *args)

    monkeypatch.setattr(VtigerRemover, "remove", remove)

    report = settled.undo(settled.last_run)

    assert reasons(report)["INV-0001"] == ["UNDO-TOUCHED"]
    assert settled.row(bill)["subject"] == "by Kim"
