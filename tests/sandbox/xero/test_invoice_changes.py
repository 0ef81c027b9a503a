"""Invoices: how they move through their statuses, and what can be changed in each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sandbox.xero.lines import line

NOT_MODIFIABLE = "Invoice not of valid status for modification"

HAS_PAYMENT = "This document cannot be edited as it has a payment or credit note allocated to it."


def test_post_when_the_number_exists_overwrites_that_invoice(xero, sale):
    (made,) = xero.put("Invoices", sale(InvoiceNumber="A"))
    (changed,) = xero.post("Invoices", sale(line(UnitAmount=7), InvoiceNumber="A"))

    assert (changed["InvoiceID"], changed["SubTotal"]) == (made["InvoiceID"], Decimal(7))


@pytest.mark.parametrize(
    ("start", "wanted", "allowed"),
    [
        ("DRAFT", "SUBMITTED", True),
        ("DRAFT", "AUTHORISED", True),
        ("DRAFT", "DELETED", True),
        ("DRAFT", "VOIDED", False),
        ("DRAFT", "PAID", False),
        ("SUBMITTED", "DRAFT", True),
        ("SUBMITTED", "AUTHORISED", True),
        ("SUBMITTED", "DELETED", True),
        ("SUBMITTED", "VOIDED", False),
        ("AUTHORISED", "VOIDED", True),
        ("AUTHORISED", "DELETED", False),
        ("AUTHORISED", "DRAFT", False),
        ("AUTHORISED", "SUBMITTED", False),
        ("AUTHORISED", "PAID", False),
    ],
)
def test_status_when_changed_follows_xeros_table(xero, sale, start, wanted, allowed):
    (made,) = xero.put("Invoices", sale(Status=start))
    change = {"InvoiceID": made["InvoiceID"], "Status": wanted}
    if allowed:
        assert xero.post("Invoices", change)[0]["Status"] == wanted
    else:
        assert xero.errors("Invoices", change, method="POST") == [NOT_MODIFIABLE]


@pytest.mark.parametrize(("start", "final"), [("AUTHORISED", "VOIDED"), ("DRAFT", "DELETED")])
def test_invoice_when_voided_or_deleted_is_final_and_still_listed(xero, sale, start, final):
    (made,) = xero.put("Invoices", sale(Status=start))
    xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "Status": final})
    change = {"InvoiceID": made["InvoiceID"], "Reference": "x"}

    assert xero.errors("Invoices", change, method="POST") == [NOT_MODIFIABLE]
    (read,) = xero.rows("Invoices?page=1")
    assert (read["Status"], read["AmountDue"]) == (final, Decimal(115))


def test_update_when_lines_are_sent_replaces_them_and_keeps_the_ids_sent(xero, sale):
    (made,) = xero.put("Invoices", sale(line(), line(Description="Elm")))
    first, second = (one["LineItemID"] for one in made["LineItems"])
    (changed,) = xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": [
        line(LineItemID=second, UnitAmount=7), line(Description="New")]})  # fmt: skip

    assert changed["LineItems"][0]["LineItemID"] == second
    assert changed["LineItems"][1]["LineItemID"] not in {first, second}
    assert changed["SubTotal"] == Decimal(107)


def test_update_when_lines_are_absent_keeps_them(xero, sale):
    (made,) = xero.put("Invoices", sale(line(TaxAmount=14.9)))
    (changed,) = xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "Date": "2026-09-14", "Reference": "x"})

    assert (changed["LineItems"], changed["Total"]) == (made["LineItems"], Decimal("114.90"))
    assert changed["Reference"] == "x"


def test_update_when_the_amounts_change_their_type_is_computed_anew(xero, sale):
    (made,) = xero.put("Invoices", sale(line(TaxAmount=14.9, DiscountRate=12.345)))
    own = {"InvoiceID": made["InvoiceID"], "Date": "2026-09-14"}
    (same,) = xero.post("Invoices", {**own, "LineAmountTypes": "Exclusive"})
    (changed,) = xero.post("Invoices", {**own, "LineAmountTypes": "NoTax"})

    assert (same["LineItems"], same["Total"]) == (made["LineItems"], made["Total"])
    assert (changed["TotalTax"], changed["LineItems"][0]["TaxType"]) == (0, "NONE")


def test_update_when_the_id_is_unknown_is_refused(xero, sale):
    gone = sale(InvoiceID="11111111-1111-4111-8111-111111111111")

    assert xero.errors("Invoices", gone, method="POST") == [
        "An existing invoice with the specified ID could not be found"
    ]


def test_paid_invoice_when_changed_is_refused_but_for_its_due_date(xero, state, sale, clock):
    (made,) = xero.put("Invoices", sale(Status="AUTHORISED"))
    state.pay(made["InvoiceID"], "15")
    before = state.invoices[made["InvoiceID"]]["UpdatedDateUTC"]
    clock.forward(minutes=1)
    own = {"InvoiceID": made["InvoiceID"]}

    assert xero.errors("Invoices", {**own, "Reference": "x"}, method="POST") == [HAS_PAYMENT]
    assert xero.errors("Invoices", {**own, "Status": "VOIDED"}, method="POST") == [HAS_PAYMENT]
    assert xero.post("Invoices", {**own, "DueDate": "2026-12-01"})[0]["DueDateString"] == "2026-12-01T00:00:00"
    assert state.invoices[made["InvoiceID"]]["UpdatedDateUTC"] == before


@pytest.mark.parametrize(("lock", "shown"), [
    ({"period": date(2026, 9, 14)}, "period lock date, currently set at 14-09-2026"),
    ({"year_end": date(2026, 9, 30)}, "end of year lock date, currently set at 30-Sep-2026"),
])  # fmt: skip
def test_lock_date_when_the_document_is_before_it_refuses_making_and_changing(xero, state, sale, lock, shown):
    (made,) = xero.put("Invoices", sale())
    state.set_lock_dates(**lock)

    assert xero.errors("Invoices", sale()) == [f"The document date cannot be before the {shown}"]
    (found,) = xero.errors("Invoices", {"InvoiceID": made["InvoiceID"], "Status": "DELETED"}, method="POST")
    assert "The document cannot be edited as it is currently dated before the" in found
    organisation = xero.get("Organisation")["Organisations"][0]
    dates = {"period": "PeriodLockDate", "year_end": "EndOfYearLockDate"}
    assert set(dates.values()) & set(organisation) == {dates[name] for name in lock}
