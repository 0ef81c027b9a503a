"""Payments of the cloud edition that go to Xero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, reasons
from chain.payments.paying import number, pay, received, settle, taken
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

D = Decimal


def test_payment_received_in_vtiger_is_made_in_xero_and_the_invoice_is_paid_on_both_sides(settled):
    payment = pay(settled)

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    [made] = taken(settled)
    assert (made["Amount"], str(made["Date"])[:10]) == (D("104.50"), "2026-11-10")
    assert made["Reference"] == number(settled, payment)
    assert settled.invoices()[settled.number_of(settled.sale)]["Status"] == "PAID"
    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", D("104.5"), 0)
    assert [(each.module, each.outcome) for each in report.records] == [
        ("payments", Outcome.CREATED),
        ("invoices", Outcome.UPDATED),
    ]
    settled.quiet()


def test_payment_of_an_invoice_that_crosses_in_the_same_run_goes_with_it(company):
    company.sale = company.invoice(company.organization(), line(company.product(), "10"))
    pay(company, "50")
    pay(company, "54.50")

    report = company.sync()

    assert report.exit_code == 0, report.messages
    assert sorted(each["Amount"] for each in taken(company)) == [50, D("54.50")]
    assert company.row(company.sale)["invoicestatus"] == "Paid"
    [counts] = [each for each in report.modules if each.module == "invoices" and each.direction is Direction.TO_XERO]
    assert counts.counts[Outcome.CREATED] == 1
    company.quiet()


def test_payment_of_a_draft_that_is_approved_in_the_same_run_goes_after_it(company):
    settle(company, invoicestatus="Created")
    company.vtiger.edit(company.sale, invoicestatus="Approved")
    pay(company)

    report = company.sync()

    assert reasons(report) == {}
    assert len(taken(company)) == 1
    company.quiet()


def test_equal_payments_of_one_invoice_on_one_day_both_cross(settled):
    pay(settled, "20")
    pay(settled, "20")
    settled.sync()
    pay(settled, "20")
    settled.sync()

    assert [each["Amount"] for each in taken(settled)] == [20, 20, 20]
    settled.quiet()


def test_payment_in_part_leaves_the_status_alone(settled):
    pay(settled, "4.50")

    settled.sync()

    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Approved", D("4.5"), 100)
    assert settled.invoices()[settled.number_of(settled.sale)]["AmountDue"] == 100
    settled.quiet()


def test_payment_of_an_invoice_in_a_foreign_currency_is_in_that_currency(company):
    currency = {"currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$"}
    currency |= {"conversion_rate": "0.6", "currency_status": "Active", "defaultid": "0", "deleted": "0"}
    company.vtiger.actors["Currency"][2] = {"id": "21x2", **currency}
    company.sale = company.invoice(
        company.organization(), line(company.product(), "10"), currency_id="21x2", conversion_rate="0.6"
    )
    pay(company, "4.50")
    company.sync()
    sale = company.invoices()[company.number_of(company.sale)]
    company.xero.pay(sale["InvoiceID"], "100", day="2026-11-12")

    report = company.sync()

    assert reasons(report) == {}
    assert (sale["CurrencyCode"], [each["Amount"] for each in taken(company)]) == ("USD", [D("4.50"), 100])
    assert sorted(D(each["amount"]) for each in received(company)) == [D("4.5"), 100]
    row = company.row(company.sale)
    assert (row["invoicestatus"], D(row["balance"]), row["conversion_rate"]) == ("Paid", 0, "0.60000")
    company.quiet()


def test_account_is_the_payments_own_else_the_modes_else_the_default(tmp_path):
    with open_cloud(tmp_path, accounts={"Cheque": "880"}) as company:
        for code, name, kind, klass in (("091", "Second Bank", "BANK", "ASSET"), ("880", "Owner", "EQUITY", "EQUITY")):
            more = {"EnablePaymentsToAccount": True} if kind == "EQUITY" else {}
            company.xero.add_account(Code=code, Name=name, Type=kind, Class=klass, TaxType="NONE", **more)
        settle(company)
        own = {"paymentsmode": "Cheque", "cf_payments_xeroaccount": "091 - Second Bank"}
        for amount, fields in (("1", {}), ("2", {"paymentsmode": "Cheque"}), ("3", own)):
            pay(company, amount, **fields)

        report = company.sync()

        assert reasons(report) == {}
        codes = {row["AccountID"]: row["Code"] for row in company.xero.snapshot()["Accounts"].values()}
        assert {int(each["Amount"]): codes[each["AccountID"]] for each in taken(company)} == {
            1: "090", 2: "880", 3: "091",
        }  # fmt: skip
        company.quiet()


def test_payment_crosses_once_it_is_received(settled):
    payment = pay(settled, paymentsstatus="Pending")
    settled.sync()
    settled.vtiger.edit(payment, paymentsstatus="Received")

    report = settled.sync()

    assert reasons(report) == {}
    assert len(taken(settled)) == 1
    settled.quiet()


@pytest.mark.parametrize("way", ["deleted", "Refunded"])
def test_part_payment_made_anew_in_vtiger_waits_until_the_old_one_is_taken_back_in_xero(settled, way):
    old = pay(settled, "50")
    settled.sync()
    [crossed] = taken(settled)
    if way == "deleted":
        settled.vtiger.delete(old)
    else:
        settled.vtiger.edit(old, paymentsstatus=way)
    new = pay(settled, "40")
    label = number(settled, new)

    report = settled.sync(full=True)

    assert reasons(report)[label] == ["PAY-AMOUNT"]
    assert [row["Amount"] for row in taken(settled)] == [50]
    settled.xero.remove_payment(crossed["PaymentID"])
    assert reasons(settled.sync()) == {}
    assert [row["Amount"] for row in taken(settled)] == [40]
    settled.quiet()


def test_payment_changed_in_vtiger_after_it_crossed_is_pay_changed_and_nothing_is_sent(settled):
    payment = pay(settled, "50")
    settled.sync()
    before = len(settled.writes())
    settled.vtiger.edit(payment, amount="60")

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-CHANGED"]}
    assert settled.writes()[before:] == []
    assert [each["Amount"] for each in taken(settled)] == [50]
    settled.vtiger.edit(payment, amount="50")
    assert reasons(settled.sync()) == {}


@pytest.mark.parametrize("policy", ["xero", "vtiger"])
def test_payment_changed_when_a_side_wins_conflicts_is_still_not_edited(settled, policy):
    payment = pay(settled, "50")
    settled.sync()
    before = len(settled.writes())
    settled.vtiger.edit(payment, datereceived="2026-11-11", paymentsstatus="Pending")

    report = settled.sync(conflict=policy)

    assert set(reasons(report)[number(settled, payment)]) == {"PAY-CHANGED"}
    assert settled.writes()[before:] == []
