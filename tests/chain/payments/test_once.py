"""Each payment exists once: entered twice, replies lost, deleted on a side, the state lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import only, reasons
from chain.payments.paying import number, pay, received, taken

D = Decimal


def test_refund_of_an_invoice_in_vtiger_is_listed_and_never_taken_for_money_received(settled):
    refund = pay(settled, "20", paymenttype="Outgoing")

    report = settled.sync()

    assert reasons(report) == {number(settled, refund): ["PAY-STATUS"]}
    assert taken(settled) == []
    settled.quiet()


def test_refund_in_vtiger_is_not_the_twin_of_a_payment_in_xero(settled):
    pay(settled, "20", paymenttype="Outgoing")
    settled.xero.pay(settled.sale_id, "20", day="2026-11-10")

    settled.sync()

    assert sorted(each["paymenttype"] for each in received(settled)) == ["", "Outgoing"]
    settled.quiet()


def test_only_payment_when_it_is_deleted_in_vtiger_is_reported_and_stops_no_run(settled):
    settled.xero.pay(settled.sale_id, day="2026-11-12")
    settled.sync()
    [payment] = received(settled)
    settled.vtiger.delete(payment["id"])

    for _ in range(2):
        report = settled.sync(full=True)

        assert (report.exit_code, reasons(report)) == (0, {payment["paymentsno"]: ["GONE"]})
    assert len(taken(settled)) == 1


def test_payment_deleted_in_vtiger_is_never_made_again_nor_deleted_in_xero(settled):
    payment, other = pay(settled, "20"), pay(settled, "30")
    settled.sync()
    settled.vtiger.delete(payment)

    report = settled.sync(full=True)

    assert [each.reasons[0].code for each in only(report, "payments")] == ["GONE"]
    assert (len(taken(settled)), [each["id"] for each in received(settled)]) == (2, [other])
    settled.quiet()


def test_same_cash_entered_on_both_sides_is_one_payment(settled):
    pay(settled, "50", datereceived="2026-11-12")
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")

    report = settled.sync()

    assert reasons(report) == {}
    assert (len(taken(settled)), len(received(settled))) == (1, 1)
    settled.quiet()


@pytest.mark.parametrize("how", ["drop-after-commit", "drop-before", "500"])
def test_payment_to_xero_whose_reply_was_lost_exists_once(settled, how):
    pay(settled, "50")
    pay(settled, "50")
    settled.apps["xero"].faults.add({"path": "/Payments", "method": "PUT", "do": how})

    settled.sync()
    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert [each["Amount"] for each in taken(settled)] == [50, 50]
    assert len({each["Reference"] for each in taken(settled)}) == 2
    settled.quiet()


@pytest.mark.parametrize("how", ["drop-after-commit", "drop-before", "500"])
def test_payment_to_vtiger_whose_reply_was_lost_exists_once(settled, how):
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")
    settled.xero.pay(settled.sale_id, "50", day="2026-11-12")
    settled.apps["vtiger"].faults.add({"path": "/create", "do": how})

    settled.sync()
    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert [D(each["amount"]) for each in received(settled)] == [50, 50]
    assert D(settled.row(settled.sale)["received"]) == 100
    settled.quiet()


@pytest.mark.parametrize("side", ["xero", "vtiger"])
def test_equal_payments_whose_replies_were_all_lost_exist_once(settled, side):
    for _ in range(3):
        if side == "xero":
            pay(settled, "10")
        else:
            settled.xero.pay(settled.sale_id, "10", day="2026-11-12")
    place, method = ("/Payments", "PUT") if side == "xero" else ("/create", "POST")
    settled.apps[side].faults.add({"path": place, "do": "drop-after-commit", "nth": "every", "method": method})
    assert settled.sync().exit_code == 5
    settled.apps[side].faults.clear()

    report = settled.sync()

    assert report.exit_code == 0, report.messages
    assert (len(taken(settled)), len(received(settled))) == (3, 3)
    settled.quiet()


def test_payments_when_the_state_is_lost_are_linked_again(settled, tmp_path):
    pay(settled, "20")
    pay(settled, "20")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")
    settled.xero.pay(settled.sale_id, "4.50", day="2026-11-12")
    settled.sync()
    settled.settings = settled.settings.model_copy(update={"state_dir": tmp_path / "another"})

    report = settled.sync()

    assert reasons(report) == {}
    assert (len(taken(settled)), len(received(settled))) == (4, 4)
    settled.quiet()


def test_deleted_payment_when_the_state_is_lost_is_not_resurrected(settled, tmp_path):
    payment = pay(settled, "20")
    settled.sync()
    settled.xero.remove_payment(taken(settled)[0]["PaymentID"])
    settled.settings = settled.settings.model_copy(update={"state_dir": tmp_path / "another"})

    report = settled.sync()

    assert reasons(report) == {number(settled, payment): ["PAY-CHANGED"]}
    assert taken(settled) == []
