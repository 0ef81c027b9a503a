"""Law 4 where a write moves another record: a payment made in Xero pays its invoice there, and Vtiger is told.

What a dry run says of that is what a run then does, and a saved plan holds it.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, only, reasons
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction, Side
from vtxero.sync.records import FieldChange, Outcome

PAID = (FieldChange("status", "Approved", "Paid"),)


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        running.sale = running.invoice(running.organization(), line(running.product(), "10"))
        yield running


@pytest.fixture
def settled(company):
    """An approved invoice of 104.50 that is on both sides."""
    assert company.sync().exit_code == 0
    company.quiet()
    return company


def pay(company, amount, mode="Cash"):
    element = {"related_to": company.sale, "amount": amount, "paymentsstatus": "Received", "paymentsmode": mode}
    return company.vtiger.add("Payments", element | {"datereceived": "2026-11-10"})


def status(company):
    return company.row(company.sale)["invoicestatus"]


def in_xero(company):
    return company.invoices()[company.number_of(company.sale)]


def told(report):
    """What a report says of each record."""
    return sorted((each.module, each.direction, each.outcome, each.label, each.changes) for each in report.records)


def seen(report):
    return {(each.module, each.direction): dict(each.counts) for each in report.modules}


def assert_dry_run_is_true(company, **request):
    """A dry run says of each record what the run then says, and counts alike."""
    forecast = company.sync(dry_run=True, **request)
    report = company.sync(**request)
    assert told(forecast) == told(report)
    assert seen(forecast) == seen(report)
    assert [each.seen for each in report.modules if each.module == "invoices" and each.seen] == [1]
    assert min(number for counts in seen(report).values() for number in counts.values()) >= 0
    return forecast


def test_law_4_dry_run_shows_that_a_payment_makes_its_invoice_paid_in_vtiger(settled):
    pay(settled, "104.50")

    forecast = assert_dry_run_is_true(settled)

    [invoice] = only(forecast, "invoices")
    assert (invoice.direction, invoice.outcome, invoice.changes) == (Direction.TO_VTIGER, Outcome.UPDATED, PAID)
    assert forecast.planned_calls["xero"] == 2, "the payment, and its invoice read again"
    # Looked at, changed, read again; what was read within the second of its change is read whole before (two calls).
    assert forecast.planned_calls["vtiger"] in {3, 5}
    assert status(settled) == "Paid"
    settled.quiet()


def test_law_4_dry_run_shows_two_payments_that_pay_an_invoice_together(settled):
    pay(settled, "100")
    pay(settled, "4.50")

    forecast = assert_dry_run_is_true(settled)

    assert [each.changes for each in only(forecast, "invoices")] == [PAID]
    settled.quiet()


def test_law_4_dry_run_shows_nothing_of_an_invoice_that_is_paid_in_part(settled):
    pay(settled, "100")

    forecast = assert_dry_run_is_true(settled)

    assert only(forecast, "invoices") == []
    settled.quiet()


def test_law_4_dry_run_shows_that_an_invoice_made_by_the_same_run_is_paid(company):
    pay(company, "104.50")

    forecast = assert_dry_run_is_true(company)

    [invoice] = only(forecast, "invoices")
    assert (invoice.outcome, invoice.direction) == (Outcome.CREATED, Direction.TO_XERO)
    assert FieldChange("status", "Approved", "Paid", Side.VTIGER) in invoice.changes
    assert status(company) == "Paid"
    company.quiet()


def test_law_4_dry_run_shows_that_an_invoice_approved_by_the_same_run_is_paid(company):
    company.vtiger.edit(company.sale, invoicestatus="Created")
    company.sync()
    company.vtiger.edit(company.sale, invoicestatus="Approved", duedate="2026-12-30")
    pay(company, "104.50")

    forecast = assert_dry_run_is_true(company)

    [invoice] = only(forecast, "invoices")
    assert [each.field + each.where for each in invoice.changes] == ["due_on", "status", "status in Vtiger"]
    assert status(company) == "Paid"
    company.quiet()


def test_law_4_invoice_approved_in_xero_and_paid_shows_both_in_one_change(company):
    company.vtiger.edit(company.sale, invoicestatus="Created")
    company.sync()
    company.xero.approve(in_xero(company)["InvoiceID"])
    company.sync()
    pay(company, "104.50")

    forecast = assert_dry_run_is_true(company)

    assert [each.changes for each in only(forecast, "invoices")] == [PAID]
    company.quiet()


@pytest.mark.parametrize("with_invoice", [True, False])
def test_law_4_direction_to_xero_leaves_vtiger_alone_and_says_so_beforehand(company, with_invoice):
    if not with_invoice:
        company.sync()
        company.quiet()
    pay(company, "104.50")

    forecast = assert_dry_run_is_true(company, direction=Direction.TO_XERO)

    [invoice] = only(forecast, "invoices")
    assert invoice.outcome is (Outcome.CREATED if with_invoice else Outcome.SKIPPED)
    assert [each.code for each in invoice.reasons] == ([] if with_invoice else [Code.ONE_WAY])
    assert status(company) == "Approved"
    company.sync()
    assert status(company) == "Paid"
    company.quiet()


def test_law_4_payments_alone_settle_the_status_and_leave_another_edit_for_later(settled):
    settled.xero.edit_invoice(in_xero(settled)["InvoiceID"], DueDate="2026-12-24")
    pay(settled, "104.50")

    forecast = assert_dry_run_is_true(settled, modules=("payments",))

    assert [each.changes for each in only(forecast, "invoices")] == [PAID]
    assert (status(settled), settled.row(settled.sale)["duedate"] == "2026-12-24") == ("Paid", False)
    settled.sync()
    assert settled.row(settled.sale)["duedate"] == "2026-12-24"
    settled.quiet()


def test_law_4_saved_plan_holds_the_status_that_follows_a_payment(settled):
    pay(settled, "104.50")
    plan = settled.sync(dry_run=True).planned

    report = settled.sync(approved=plan)

    assert [(each.module, each.write) for each in plan][-2:] == [("payments", "create"), ("invoices", "follow")]
    assert (report.exit_code, status(settled)) == (0, "Paid")
    settled.quiet()


def test_law_4_status_that_the_saved_plan_does_not_hold_waits_for_the_next_run(settled):
    pay(settled, "104.50")
    plan = tuple(each for each in settled.sync(dry_run=True).planned if each.write != "follow")

    report = settled.sync(approved=plan)

    assert (in_xero(settled)["Status"], status(settled)) == ("PAID", "Approved")
    assert only(report, "invoices") == []
    settled.sync()
    assert status(settled) == "Paid"
    settled.quiet()


def test_law_4_status_in_a_saved_plan_is_refused_when_its_invoice_moved(settled):
    pay(settled, "104.50")
    plan = settled.sync(dry_run=True).planned
    settled.vtiger.edit(settled.sale, duedate="2026-12-30")

    report = settled.sync(approved=plan)

    assert reasons(report) == {settled.number_of(settled.sale): ["MOVED"]}
    assert (report.exit_code, in_xero(settled)["Status"], status(settled)) == (8, "PAID", "Approved")
    settled.sync()
    assert status(settled) == "Paid"


def test_payment_that_xero_refuses_leaves_its_invoice_as_it_is(settled):
    payment = pay(settled, "104.50")
    settled.xero.edit_account("090", Status="ARCHIVED")

    report = settled.sync()

    assert [(each.label, each.outcome) for each in report.records] == [
        (settled.row(payment)["paymentsno"], Outcome.FAILED)
    ]
    assert status(settled) == "Approved"
    assert Decimal(in_xero(settled)["AmountDue"]) == Decimal("104.50")


def test_law_4_status_that_one_of_two_payments_should_have_brought_is_not_sent_when_xero_refuses_it(tmp_path):
    with open_cloud(tmp_path, accounts={"Cheque": "091"}) as company:
        company.xero.add_account(Code="091", Name="Cheques", Type="BANK", BankAccountNumber="1")
        company.sale = company.invoice(company.organization(), line(company.product(), "10"))
        company.sync()
        pay(company, "100")
        refused = pay(company, "4.50", mode="Cheque")
        company.xero.edit_account("091", Status="ARCHIVED")

        forecast = company.sync(dry_run=True)
        report = company.sync()

        assert [each.changes for each in only(forecast, "invoices")] == [PAID]
        assert reasons(report).keys() == {company.row(refused)["paymentsno"]}
        assert (in_xero(company)["Status"], status(company)) == ("AUTHORISED", "Approved")


@pytest.mark.parametrize("is_new", [False, True], ids=["edited in Xero", "made with its id written back"])
def test_law_4_status_follows_the_payment_where_the_same_run_wrote_the_invoice_in_vtiger_as_well(company, is_new):
    if is_new:
        company.configure("invoices", write_back=True)
    else:
        assert company.sync().exit_code == 0
        company.sync()
        company.xero.edit_invoice(in_xero(company)["InvoiceID"], DueDate="2026-12-24")
    pay(company, "104.50")

    assert_dry_run_is_true(company)

    assert status(company) == "Paid"
    company.quiet()


@pytest.mark.parametrize("short", range(2, 6))
def test_law_9_status_that_a_run_did_not_come_to_is_told_as_left(tmp_path, short):
    """The run's calls end before the payment leaves, behind it, or behind the look at what it moved."""
    with open_cloud(tmp_path) as company:
        company.sale = company.invoice(company.organization(), line(company.product(), "10"))
        company.sync()
        company.quiet()
        pay(company, "104.50")
        planned = company.sync(dry_run=True)
        needed = sum(planned.calls.values()) + sum(planned.planned_calls.values())

        report = company.sync(max_calls=needed - short)

        assert (report.exit_code, status(company)) == (7, "Approved")
        assert reasons(report)[company.number_of(company.sale)] == [Code.RUN_ENDED]
        assert [each.seen for each in report.modules if each.module == "invoices" and each.seen] == [1]
        company.sync()
        assert status(company) == "Paid"
        company.quiet()
