"""Payments of Xero that go to the cloud edition; and what an instance without the module gets instead."""

from __future__ import annotations

from decimal import Decimal

from chain.cloud_company import open_cloud
from chain.company import reasons, xero_line
from chain.payments.paying import received, settle, taken
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction

D = Decimal


def test_payments_in_xero_are_made_in_vtiger_which_raises_what_was_received(settled):
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12", reference="deposit")
    settled.sync()
    [first] = received(settled)
    assert settled.row(settled.sale)["invoicestatus"] == "Approved"
    settled.xero.pay(settled.sale_id, "100", day="2026-11-13")

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert (first["related_to"], D(first["amount"]), first["datereceived"]) == (settled.sale, D("4.5"), "2026-11-12")
    assert (first["paymentsstatus"], first["relatedorganization"]) == ("Received", settled.acme)
    assert first["cf_payments_xeroaccount"] == "090 - Business Bank Account"
    row = settled.row(settled.sale)
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", D("104.5"), 0)
    settled.quiet()


def test_payment_of_an_invoice_that_comes_from_xero_in_the_same_run_comes_with_it(company):
    contact = company.xero.add_contact(Name="Nova Pty")
    sale = company.xero_invoice(contact, xero_line("80"))
    company.xero.pay(sale, "80", day="2026-11-05")

    report = company.sync()

    assert reasons(report) == {}
    [row] = company.vtiger.records("Invoice")
    assert (row["invoicestatus"], D(row["received"]), D(row["balance"])) == ("Paid", 80, 0)
    assert len(received(company)) == 1
    company.quiet()


def test_credit_in_xero_is_not_taken_for_a_payment(settled):
    settled.xero.credit(settled.sale_id, "104.50")

    settled.sync()

    assert received(settled) == []
    assert settled.row(settled.sale)["invoicestatus"] == "Paid"
    settled.quiet()


def test_payment_of_a_bill_stays_in_xero(settled):
    supplier = settled.xero.add_contact(Name="Supplier")
    bill = settled.xero_invoice(supplier, xero_line("10", AccountCode="300"), Type="ACCPAY")
    settled.xero.pay(bill, "10", day="2026-11-05")

    settled.sync()

    assert received(settled) == []
    settled.quiet()


def test_payment_deleted_in_xero_is_left_for_a_person_to_reverse(settled):
    settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [payment] = received(settled)
    [deleted] = taken(settled)
    settled.xero.remove_payment(deleted["PaymentID"])

    report = settled.sync()

    assert reasons(report) == {payment["paymentsno"]: ["PAY-CHANGED"]}
    assert len(received(settled)) == 1
    assert settled.row(settled.sale)["invoicestatus"] == "Approved"
    assert reasons(settled.sync()) == {payment["paymentsno"]: ["PAY-CHANGED"]}
    settled.vtiger.edit(payment["id"], paymentsstatus="Refunded")
    assert reasons(settled.sync()) == {}
    assert taken(settled) == []
    settled.quiet()


def test_payment_made_anew_in_xero_crosses_once_the_old_one_is_reversed(settled):
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-11")
    again = settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [old] = [each for each in received(settled) if each["datereceived"] == "2026-11-12"]
    settled.xero.remove_payment(again)
    settled.xero.pay(settled.sale_id, day="2026-11-13")

    report = settled.sync()

    assert sorted(code for codes in reasons(report).values() for code in codes) == ["PAY-AMOUNT", "PAY-CHANGED"]
    settled.vtiger.delete(old["id"])
    assert reasons(settled.sync(full=True)) == {}
    assert [each["datereceived"] for each in received(settled)] == ["2026-11-11", "2026-11-13"]
    settled.quiet()


def test_part_payment_made_anew_in_xero_waits_until_the_old_one_is_reversed(settled):
    """Neither is more than what is due: together they would count the same money twice."""
    again = settled.xero.pay(settled.sale_id, "50", day="2026-11-12")
    settled.sync()
    [old] = received(settled)
    settled.xero.remove_payment(again)
    settled.xero.pay(settled.sale_id, "40", day="2026-11-12")

    report = settled.sync()

    assert sorted(code for codes in reasons(report).values() for code in codes) == ["PAY-AMOUNT", "PAY-CHANGED"]
    said = [item for each in report.records for item in each.reasons if item.code is Code.PAY_AMOUNT]
    assert [(item.message, item.remedy) for item in said] == [
        (
            f"It is 40, and {old['paymentsno']} of its invoice, taken back in Xero, stands in Vtiger.",
            f"Take {old['paymentsno']} back in Vtiger first.",
        )
    ]
    assert D(settled.row(settled.sale)["received"]) == 50
    settled.vtiger.delete(old["id"])
    assert reasons(settled.sync(full=True)) == {}
    assert [D(each["amount"]) for each in received(settled)] == [40]
    assert D(settled.row(settled.sale)["received"]) == 40
    settled.quiet()


def test_mode_of_a_payment_from_xero_is_the_one_that_has_its_account(tmp_path):
    with open_cloud(tmp_path, accounts={"Cheque": "090", "Cash": "092"}) as company:
        settle(company)
        company.xero.pay(company.sale_id, "5", day="2026-11-12")
        company.sync()
        [payment] = received(company)
        assert payment["paymentsmode"] == "Cheque"


def test_instance_without_payments_says_so_once_and_carries_them_into_the_invoice(tmp_path):
    with open_cloud(tmp_path, with_payments=False) as company:
        settle(company)
        company.xero.pay(company.sale_id, "4.50", day="2026-11-12")

        report = company.sync()

        assert [text.partition(":")[0] for text in report.messages] == ["PAY-NO-MODULE"]
        assert report.exit_code == 0
        row = company.row(company.sale)
        assert (D(row["received"]), D(row["balance"])) == (D("4.5"), 100)
        assert company.sync(direction=Direction.TO_VTIGER).messages == ()
        assert company.sync(modules=("invoices",)).messages == ()
        assert len(company.sync(modules=("payments",)).messages) == 1
        company.quiet()
