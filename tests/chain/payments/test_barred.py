"""What bars a payment from Xero, and from which side it is mended."""

from __future__ import annotations

from datetime import date

import pytest

from chain.company import line, reasons
from chain.payments.paying import number, pay, settle, taken


@pytest.mark.parametrize("status", ["Pending", "In Progress", "Failure", "Refunded", "Paid"])
def test_payment_that_is_not_received_waits_with_pay_status(settled, status):
    payment = pay(settled, paymentsstatus=status)

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-STATUS"]}
    assert taken(settled) == []
    settled.quiet()


def test_payment_of_an_invoice_that_is_not_approved_in_vtiger_is_pay_invoice_status(company):
    settle(company, invoicestatus="Sent")
    payment = pay(company)

    report = company.sync()

    assert reasons(report) == {number(company, payment): ["PAY-INVOICE-STATUS"]}
    assert taken(company) == []


@pytest.mark.parametrize("how", ["draft", "voided"])
def test_payment_of_an_invoice_that_is_not_authorised_in_xero_is_pay_invoice_status(company, how):
    if how == "draft":
        company.configure("invoices", create_as="draft")
    settle(company)
    if how == "voided":
        company.xero.void(company.sale_id)
    payment = pay(company)

    report = company.sync()

    assert "PAY-INVOICE-STATUS" in reasons(report)[number(company, payment)]
    assert taken(company) == []


def test_payment_of_no_invoice_is_pay_invoice_status(settled):
    payment = pay(settled, related_to="")

    assert reasons(settled.sync()) == {number(settled, payment): ["PAY-INVOICE-STATUS"]}


@pytest.mark.parametrize("account", ["", "200", "999", "610"])
def test_payment_to_an_account_that_takes_none_is_pay_account(settled, account):
    settled.configure("payments", account=account)
    payment = pay(settled)

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-ACCOUNT"]}
    assert taken(settled) == []
    settled.configure("payments", account="090")
    assert reasons(settled.sync()) == {}
    assert len(taken(settled)) == 1


def test_payment_of_more_than_is_due_is_pay_amount(settled):
    first, second = pay(settled, "100"), pay(settled, "100")

    report = settled.sync()

    assert reasons(report) == {number(settled, second): ["PAY-AMOUNT"]}
    assert [each["Reference"] for each in taken(settled)] == [number(settled, first)]
    settled.quiet()


def test_payment_of_an_invoice_that_a_credit_note_has_settled_is_pay_amount(settled):
    settled.xero.credit(settled.sale_id, "104.50")
    payment = pay(settled)

    report = settled.sync()

    assert reasons(report)[number(settled, payment)] == ["PAY-AMOUNT"]
    assert taken(settled) == []


def test_payment_before_the_lock_date_is_inv_lock_date(settled):
    settled.xero.set_lock_dates(period=date(2026, 11, 10))
    first, second = pay(settled, "20"), pay(settled, "20", datereceived="2026-11-11")

    report = settled.sync(full=True)

    assert reasons(report) == {number(settled, first): ["INV-LOCK-DATE"]}
    assert [each["Reference"] for each in taken(settled)] == [number(settled, second)]


def test_payment_whose_invoice_was_skipped_is_dependency(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"), hdnDiscountAmount="5")
    payment = pay(company, "20")

    found = reasons(company.sync())

    assert found[company.number_of(company.sale)] == ["INV-GROUP-DISCOUNT"]
    assert found[number(company, payment)] == ["DEPENDENCY"]
