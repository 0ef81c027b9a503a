"""What a person has taken away of a run's records is done: its undo says so, and asks for nothing more."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, reasons
from chain.payments.paying import pay, taken
from machine.nearby import open_nearby
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def told(report):
    return [(record.label, record.outcome, [(c.field, c.before, c.after) for c in record.changes]) for record in report]


def test_undo_that_forgets_a_record_which_somebody_deleted_says_so_and_what_comes_after(company):
    company.xero.add_contact(Name="Doe")
    run = company.sync().run
    company.time.pass_by(600)
    [doe] = [company.vtiger.wire_id(found) for found in company.vtiger.live("Accounts")]
    company.vtiger.delete(doe)
    before = company.writes()

    planned = company.undo(run, dry_run=True)
    done = company.undo(run)
    again = company.undo(run)

    for report in (planned, done):
        assert told(report.records) == [("Doe", Outcome.UPDATED, [("link", "gone", None)])]
        assert any("would make, change and link these records again" in text for text in report.messages)
    assert again.records == ()
    assert company.writes() == before
    company.time.pass_by(600)
    assert [record.outcome for record in company.sync().records] == [Outcome.CREATED]


def test_what_somebody_deleted_at_the_last_moment_is_told_as_gone(company):
    company.xero.add_contact(Name="Doe")
    run = company.sync().run
    company.time.pass_by(600)
    [doe] = [company.vtiger.wire_id(found) for found in company.vtiger.live("Accounts")]

    report = company.undo(run, announce=lambda _: company.vtiger.delete(doe))

    assert told(report.records) == [("Doe", Outcome.UPDATED, [("link", "gone", None)])]


def test_undo_is_complete_once_a_person_has_taken_the_payment_back_in_xero(tmp_path):
    with open_cloud(tmp_path) as company:
        company.sale = company.invoice(company.organization(), line(company.product(), "10"))
        payment = pay(company)
        run = company.sync().run
        number = company.row(payment)["paymentsno"]
        assert reasons(company.undo(run))[number] == ["UNDO-STAYS"]
        [paid] = taken(company)
        company.xero.remove_payment(paid["PaymentID"])

        second, third = company.undo(run), company.undo(run)

    for report in (second, third):
        assert number not in reasons(report)
        assert not any("Payments that stay" in text for text in report.messages)
    assert (number, Outcome.UPDATED, [("link", "gone", None)]) in told(second.records)
    assert "payments" not in [record.module for record in third.records]


def test_undo_says_beforehand_that_an_invoice_in_vtigers_bin_has_lost_its_lines(company):
    company.xero_invoice(company.xero.add_contact(Name="Doe"))
    run = company.sync().run
    [sale] = [company.vtiger.wire_id(found) for found in company.vtiger.live("Invoice")]
    planned = company.undo(run, dry_run=True)
    company.undo(run)

    company.vtiger.restore(sale)

    assert company.row(sale)["LineItems"] == []
    [text] = [each for each in planned.messages if each.startswith("Invoices that go to Vtiger's recycle bin: 1.")]
    assert "Their lines are deleted for good" in text
