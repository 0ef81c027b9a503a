"""The add-on Payments of the cloud's stand-in: its numbers, and what a payment does to its invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.vtiger.calling import result
from sandbox.vtiger.cloud_calling import CloudCaller, error

D = Decimal


@pytest.fixture
def cloud(state):
    return CloudCaller(state)


@pytest.fixture
def sale(cloud):
    widget = cloud.product(tax1="4.5")
    line = {"productid": widget, "quantity": "10", "listprice": "10", "tax1": "4.5"}
    return cloud.invoice(line, hdnTaxType="individual", invoicestatus="Approved")["id"]


def pay(cloud, sale, amount="4.50", status="Received", **fields):
    element = {"related_to": sale, "amount": amount, "paymentsstatus": status, "assigned_user_id": "19x1"}
    return cloud.create("Payments", **element, datereceived="2026-11-10", **fields)


def sums(cloud, sale):
    row = cloud.retrieve(sale)
    return D(row["received"]), D(row["balance"]), row["invoicestatus"]


def test_payment_has_a_number_of_its_own_and_an_id_of_its_module(cloud, sale):
    first, second = pay(cloud, sale), pay(cloud, sale)
    assert [each["paymentsno"] for each in (first, second)] == ["PAY1", "PAY2"]
    assert first["id"].partition("x")[0] == result(cloud.get("describe", elementType="Payments"))["idPrefix"]
    assert first["amount"] == first["amount_currency_value"] == "4.50000000"


def test_payment_received_raises_what_the_invoice_received_and_leaves_its_status(cloud, sale):
    pay(cloud, sale)
    pay(cloud, sale, "100")
    assert sums(cloud, sale) == (D("104.5"), D(0), "Approved")


@pytest.mark.parametrize("status", ["Pending", "In Progress", "Failure", "Refunded", "Paid"])
def test_payment_that_is_not_received_moves_nothing(cloud, sale, status):
    pay(cloud, sale, status=status)
    assert sums(cloud, sale)[:2] == (D(0), D("104.5"))


def test_payment_that_is_completed_changed_or_deleted_moves_the_difference(cloud, sale):
    payment = pay(cloud, sale, "10", status="Pending")["id"]
    seen = []
    for change in ({"paymentsstatus": "Received"}, {"amount": "30"}, {"paymentsstatus": "Refunded"}):
        result(cloud.post("revise", element={"id": payment, **change}))
        seen.append(sums(cloud, sale)[0])
    result(cloud.post("revise", element={"id": payment, "paymentsstatus": "Received"}))
    result(cloud.post("delete", id=payment))
    assert (seen, sums(cloud, sale)[:2]) == ([10, 30, 0], (D(0), D("104.5")))


def test_payment_moves_the_invoices_time(cloud, sale, state):
    state.edit(sale, modifiedtime="2020-01-01 00:00:00")
    pay(cloud, sale)
    assert cloud.retrieve(sale)["modifiedtime"] > "2026"


def test_payment_by_a_person_counts_the_same(cloud, sale, state):
    fields = {"related_to": sale, "amount": "5", "paymentsstatus": "Received"}
    payment = state.add("Payments", fields)
    state.edit(payment, amount="6")
    assert sums(cloud, sale)[0] == 6
    state.delete(payment)
    assert sums(cloud, sale)[0] == 0


def test_payment_of_another_kind_of_record_is_refused_and_one_of_nothing_is_not(cloud, sale):
    element = {"amount": "5", "paymentsstatus": "Received", "assigned_user_id": "19x1", "related_to": cloud.account()}
    assert error(cloud.post("create", elementType="Payments", element=element))[1] == "REFERENCE_INVALID"
    pay(cloud, "")
    assert sums(cloud, sale)[0] == 0


def test_payments_are_listed_whole(cloud, sale):
    pay(cloud, sale)
    [row] = cloud.query("select * from Payments;")
    assert (row["paymentsno"], row["related_to"], row["paymentsstatus"]) == ("PAY1", sale, "Received")
