"""A Vtiger invoice that does not cross to Xero, and every reason why not."""

from __future__ import annotations

from datetime import date

import pytest

from modules.invoices.books import CHARGE, RATES, Books, Product, a_reference, a_slice
from modules.invoices.papers import TAXED, blockers, codes, from_xero, plain, to_xero, v_line, v_row, x_item, x_row
from vtxero.domain.lookups import PartnerState


def test_charges_of_two_taxes_need_a_combined_rate():
    charges = {"hdnS_H_Amount": "20", CHARGE: "20", f"{CHARGE}_shtax1": "4.5", f"{CHARGE}_shtax2": "10"}
    assert blockers(v_row(TAXED, total="137.9", pre_tax="120", **charges)) == ["INV-TAX-COMBINED"]


@pytest.mark.parametrize("account", ["999", "270 - Old income", "610", ""])
def test_account_when_unusable_stops_with_the_line_and_the_account_named(account):
    books = Books()
    books.products["14x1"] = Product("P1", "Pump", account, ("tax4",))
    projection = to_xero(a_slice(books=books, sales_account=""), plain())
    assert codes(projection.blockers) == ["INV-ACCOUNT"]
    assert projection.blockers[0].message.startswith("Line 1: ")


def test_tax_that_does_not_fit_the_account_stops():
    slice_ = a_slice(sales_account="300")
    assert codes(to_xero(slice_, v_row(v_line("14x3"), total="100")).blockers) == ["INV-TAX-ACCOUNT"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"account_id": ""}, "INV-PARTY"),
        ({"account_id": "11x77"}, "DEPENDENCY"),
        ({"duedate": ""}, "INV-DATE"),
        ({"invoicedate": ""}, "INV-DATE"),
        ({"currency_id": "21x9"}, "INV-CURRENCY"),
        ({"invoicestatus": "Cancel"}, "INV-STATUS"),
        ({"invoicestatus": "Credit Invoice"}, "INV-STATUS"),
        ({"invoicestatus": "On hold"}, "INV-STATUS"),
        ({"invoicestatus": ""}, "INV-STATUS"),
        ({"hdnDiscountAmount": "5", "hdnGrandTotal": "110"}, "INV-GROUP-DISCOUNT"),
        ({"hdnGrandTotal": "117"}, "INV-TOTAL"),
    ],
)
def test_header_that_xero_cannot_take_stops_for_that_reason_alone(header, expected):
    assert blockers(plain(**header)) == [expected]


@pytest.mark.parametrize(
    ("line", "total", "mode", "expected"),
    [
        (v_line("14x2", tax4="15", tax1="4.5"), "119.5", "individual", "INV-TAX-SEVERAL"),
        (v_line(tax4="12.5"), "112.5", "individual", "INV-TAX-UNKNOWN"),
        (v_line(tax4="12.5"), "112.5", "group", "INV-TAX-UNKNOWN"),
        (v_line(tax4="15", tax1="4.5"), "119.5", "group", "INV-TAX-COMBINED"),
        (v_line(tax4="15", tax6="-20"), "95", "group", "INV-DEDUCTED-TAX"),
        (v_line(price="5", discount_amount="6", tax4="15"), "-1.15", "individual", "INV-DISCOUNT INV-NEGATIVE"),
        (v_line(price="99999999999", tax4="15"), "114999999998.85", "individual", "INV-TOO-BIG"),
        (v_line(price="-5", tax4="15"), "-5.75", "individual", "INV-NEGATIVE"),
    ],
)
def test_line_that_xero_cannot_take_stops_for_that_reason_alone(line, total, mode, expected):
    assert set(blockers(v_row(line, total=total, mode=mode))) == set(expected.split())


def test_party_that_was_left_alone_is_named():
    projection = to_xero(a_slice(books=Books(states={"11x1": PartnerState.BLOCKED})), plain())
    assert codes(projection.blockers) == ["DEPENDENCY"]
    assert "the organization 11x1" in projection.blockers[0].message


@pytest.mark.parametrize(("locked", "stops"), [(date(2026, 5, 1), True), (date(2026, 4, 30), False)])
def test_lock_date_is_locked_itself(locked, stops):
    assert blockers(plain(), reference=a_reference(locked=locked)) == (["INV-LOCK-DATE"] if stops else [])


def test_currency_that_xero_does_not_have_stops():
    assert blockers(plain(currency_id="21x2"), reference=a_reference(currencies=("NZD",))) == ["INV-CURRENCY"]


def test_adjustment_without_an_account_stops():
    row = v_row(TAXED, total="115.5", txtAdjustment="0.5")
    assert blockers(row, adjustment_account="") == ["INV-ADJUSTMENT"]


def test_no_tax_when_xero_has_no_tax_free_rate_stops():
    reference = a_reference(rates=tuple(item for item in RATES if item.tax_type != "NONE"))
    assert blockers(v_row(v_line("14x4"), total="100"), reference=reference) == ["INV-TAX-UNKNOWN"]


def test_invoice_without_lines_stops():
    assert blockers(v_row(total="0")) == ["INV-LINES"]


@pytest.mark.parametrize("adjustment", ["0", "0.004", "0.01"])
def test_invoice_of_nothing_but_the_empty_placeholder_stops(adjustment):
    """With an adjustment of a cent beside none in Xero there is a gap, and no line to put it on."""
    books = Books()
    filler = v_line(books.add_placeholder(), price="0")
    slice_ = a_slice(books=books)
    current = from_xero(slice_, x_row(x_item("", price="5", text="Work"))).record
    row = v_row(filler, total=adjustment, txtAdjustment=adjustment)
    assert codes(to_xero(slice_, row, current).blockers) == ["INV-LINES"]


def test_all_reasons_come_at_once_in_the_catalogues_order():
    row = plain(duedate="", hdnDiscountPercent="10", hdnGrandTotal="103.5", invoicestatus="Cancel", account_id="11x77")
    assert blockers(row) == ["INV-DATE", "INV-GROUP-DISCOUNT", "INV-STATUS", "DEPENDENCY"]


def test_one_reason_on_several_lines_is_said_once_with_all_lines():
    row = v_row(v_line(tax4="12.5"), TAXED, v_line(tax4="12.5"), total="340")
    (found,) = to_xero(a_slice(), row).blockers
    assert found.message == "Lines 1, 3: Xero has no active tax GST 12.5 %."


def test_total_that_is_not_explained_names_both_figures():
    (found,) = to_xero(a_slice(), plain(hdnGrandTotal="117")).blockers
    assert "117" in found.message
    assert "115" in found.message


def test_too_many_lines_for_a_request_stop():
    lines = [v_line("14x4", comment="x" * 3900) for _ in range(820)]
    assert blockers(v_row(*lines, total="82000")) == ["INV-TOO-BIG"]
    assert not blockers(v_row(*lines[:800], total="80000"))


def test_invoice_of_letters_that_take_six_bytes_each_is_too_big_before_xero_says_so():
    lines = [v_line("14x4", comment="長" * 4000) for _ in range(150)]
    assert blockers(v_row(*lines, total="15000")) == ["INV-TOO-BIG"]
    assert not blockers(v_row(*lines[:100], total="10000"))
