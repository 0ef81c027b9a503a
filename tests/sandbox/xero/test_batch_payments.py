"""Batch payments: several invoices paid in one go, or none of them."""

from __future__ import annotations

from decimal import Decimal

import pytest


@pytest.fixture
def owed(xero, sale):
    """Two approved sales invoices of 115.00 each."""
    made = xero.put("Invoices", *(sale(Status="AUTHORISED", InvoiceNumber=f"S-{n}") for n in (1, 2)))
    return [one["InvoiceID"] for one in made]


def batch(*paid, **fields):
    rows = [{"Invoice": {"InvoiceID": invoice}, "Amount": amount} for invoice, amount in paid]
    return {"Account": {"Code": "090"}, "Date": "2026-09-15", "Reference": "Friday", "Payments": rows, **fields}


def statuses(state, ids):
    return [state.invoices[one]["Status"] for one in ids]


def test_batch_pays_every_invoice_and_is_read_back(xero, state, owed):
    (made,) = xero.put("BatchPayments", batch((owed[0], 115), (owed[1], 15)))

    assert (made["Type"], made["Status"], made["TotalAmount"], made["Reference"]) == (
        "RECBATCH", "AUTHORISED", Decimal("130.00"), "Friday",
    )  # fmt: skip
    assert statuses(state, owed) == ["PAID", "AUTHORISED"]
    assert [one["Invoice"]["InvoiceID"] for one in made["Payments"]] == owed
    payments = xero.rows("Payments")
    assert {(one["BatchPaymentID"], one["Reference"], one["PaymentType"]) for one in payments} == {
        (made["BatchPaymentID"], "Friday", "ACCRECPAYMENT")
    }
    shown = {**made}
    shown.pop("StatusAttributeString")
    assert xero.rows("BatchPayments") == xero.rows(f"BatchPayments/{made['BatchPaymentID']}") == [shown]
    assert xero.rows('BatchPayments?where=Status=="DELETED"') == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Payments": []}, "One or more payments must be specified"),
        ({"Account": {"Code": "200"}}, "Account type is invalid for making a payment to/from"),
        ({"Account": {"Code": "nope"}}, "Account could not be found"),
        ({"Particulars": "x" * 13}, "The Particulars field exceeds the maximum length of 12 characters."),
    ],
)
def test_batch_when_something_is_wrong_pays_nothing(xero, state, owed, change, said):
    assert said in xero.errors("BatchPayments", batch((owed[0], 1), (owed[1], 1), **change))

    assert state.payments == {}
    assert statuses(state, owed) == ["AUTHORISED", "AUTHORISED"]


@pytest.mark.parametrize(("first", "second"), [(1, 116), (60, 60)])
def test_batch_when_one_payment_is_too_large_pays_nothing(xero, state, owed, first, second):
    """Together they may be too much, too, where both are for one invoice."""
    paid = [(owed[0], first), (owed[0] if first == second else owed[1], second)]

    said = xero.errors("BatchPayments", batch(*paid))

    assert said == ["Payment amount exceeds the amount outstanding on this document"]
    assert state.payments == {}


def test_batch_of_a_sale_and_a_bill_is_refused(xero, sale, owed):
    (bill,) = xero.put("Invoices", sale(Type="ACCPAY", Status="AUTHORISED"))

    assert "not of both" in xero.errors("BatchPayments", batch((owed[0], 1), (bill["InvoiceID"], 1)))[0]


@pytest.mark.parametrize("path", ["BatchPayments", "BatchPayments/{id}"])
def test_batch_when_deleted_opens_its_invoices_again(xero, state, owed, path):
    (made,) = xero.put("BatchPayments", batch((owed[0], 115), (owed[1], 115)))
    key = made["BatchPaymentID"]
    body = {"Status": "DELETED"} if "{id}" in path else {"BatchPaymentID": key, "Status": "DELETED"}

    answer = xero.api("POST", path.format(id=key), body)

    shown = answer.json()["BatchPayments"][0]
    assert (answer.status_code, shown["Status"], shown["Payments"]) == (200, "DELETED", [])
    assert statuses(state, owed) == ["AUTHORISED", "AUTHORISED"]
    assert {one["Status"] for one in xero.rows("Payments")} == {"DELETED"}
    assert xero.api("POST", path.format(id=key), body).status_code == 400


def test_payment_of_a_batch_cannot_be_deleted_alone(xero, state, owed):
    xero.put("BatchPayments", batch((owed[0], 1)))
    (payment,) = state.payments

    answer = xero.api("POST", f"Payments/{payment}", {"Status": "DELETED"})

    assert answer.status_code == 400
    assert "Payments within a batch cannot be deleted." in answer.text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("BatchPayments", {"Status": "DELETED"}, 400),
        ("BatchPayments", {"BatchPaymentID": "99999999-0000-4000-8000-000000000000", "Status": "DELETED"}, 404),
        ("BatchPayments/99999999-0000-4000-8000-000000000000", {"Status": "DELETED"}, 404),
        ("BatchPayments/99999999-0000-4000-8000-000000000000", {"Status": "AUTHORISED"}, 501),
    ],
)
def test_batch_when_it_is_not_there_or_the_change_is_another_says_so(xero, path, body, status):
    assert xero.api("POST", path, body).status_code == status


def test_batch_needs_the_scope_of_payments(xero):
    xero.login("accounting.settings accounting.invoices")

    assert xero.api("GET", "BatchPayments").status_code == 401
