"""A Xero invoice that crossed before: what Vtiger has stays as it is, but for what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import CITY, Books, D, a_reference, a_slice
from modules.invoices.papers import DAY, codes, crossed, from_vtiger, from_xero, to_vtiger, v_line, v_row, x_item, x_row


def pair(row, **kwargs):
    slice_ = a_slice(**kwargs)
    source, _, answer = crossed(slice_, row)
    return slice_, source.record, answer


def test_what_vtiger_holds_already_is_kept_as_it_is():
    lines = [
        v_line(quantity="3", price="33.33333", tax4="15.000"),
        v_line("14x5", "-1", "5", tax4="15.000", comment=" as\r\nagreed "),
        v_line("", "2", "7.5", comment="no product"),
        v_line("14x3", "0.333", "39.36", discount_percent="33.335"),
    ]
    row = v_row(*lines, total="132.50769", txtAdjustment="-0.48")
    slice_, source, answer = pair(row)
    projection = to_vtiger(slice_, answer, source)
    assert not projection.blockers
    for name in ("party", "reference", "lines", "shipping", "adjustment", "currency", "invoice_on", "due_on", "status"):
        assert getattr(projection.record, name) == getattr(from_vtiger(slice_, row).record, name)


def test_group_invoice_stays_a_group_while_all_lines_are_taxed_alike():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), v_line("14x4"), total="230", mode="group"))
    answer["LineItems"][1] |= {"Quantity": D(2), "LineAmount": D(200), "TaxAmount": D(30)}
    projection = to_vtiger(slice_, answer | {"Total": D(345)}, source)
    assert (projection.record.tax_mode, projection.record.total) == ("group", D(345))


def test_group_invoice_becomes_individual_when_a_line_is_taxed_otherwise():
    books = Books()
    placeholder = books.add_placeholder()
    slice_, source, answer = pair(
        v_row(v_line("14x4", tax4="15.000"), v_line(), total="230", mode="group"), books=books
    )
    answer["LineItems"][1] |= {"TaxType": "NONE", "TaxAmount": D(0)}
    projection = to_vtiger(slice_, answer | {"Total": D(215)}, source)
    assert (projection.record.tax_mode, projection.record.lines[0].product) == ("individual", placeholder)
    assert projection.record.lines[0].description == "Untaxed tile"
    assert projection.record.total == D(215)


def test_line_put_in_between_leaves_the_others_alone():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000", comment="a"), v_line("14x4"), total="215"))
    answer["LineItems"].insert(1, x_row(x_item("P2", text="Tile"))["LineItems"][0] | {"LineItemID": "new"})
    record = to_vtiger(slice_, answer | {"Total": D(330)}, source).record
    assert [line.product for line in record.lines] == ["14x1", "14x2", "14x4"]
    assert record.lines[0] == source.lines[0]


def test_reference_cleared_in_xero_leaves_the_subject():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115"))
    assert to_vtiger(slice_, answer | {"Reference": ""}, source).record.reference == "Pumps"


@pytest.mark.parametrize(
    ("xero", "vtiger", "expected"),
    [
        ("DRAFT", "AutoCreated", "AutoCreated"),
        ("DRAFT", "Approved", "Created"),
        ("AUTHORISED", "Sent", "Sent"),
        ("AUTHORISED", "Overdue", "Overdue"),
        ("AUTHORISED", "Created", "Approved"),
        ("AUTHORISED", "Paid", "Approved"),
        ("PAID", "Sent", "Paid"),
        ("PAID", "Paid", "Paid"),
        ("VOIDED", "Sent", "Cancel"),
        ("DELETED", "Cancel", "Cancel"),
    ],
)
def test_status_is_kept_where_vtigers_already_means_it(xero, vtiger, expected):
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115"))
    projection = to_vtiger(slice_, answer | {"Status": xero}, replace(source, status=vtiger))
    assert projection.record.status == expected


def test_status_when_drafts_are_held_back_is_not_taken_back_by_xero():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115", invoicestatus="Paid"), create_as="draft")
    for status in ("DRAFT", "AUTHORISED", "PAID"):
        assert to_vtiger(slice_, answer | {"Status": status}, source).record.status == "Paid"


def test_status_that_is_mapped_to_nothing_is_kept_and_stops_only_new_ones():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115"), status_to_vtiger={"PAID": "Paid"})
    assert to_vtiger(slice_, answer, source).record.status == "Approved"
    assert codes(to_vtiger(slice_, answer).blockers) == ["INV-STATUS"]


def test_credits_reduce_what_is_due_and_are_not_taken_for_payments():
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115"))
    paid = answer | {"AmountPaid": D(15), "AmountCredited": D(20)}
    record = to_vtiger(slice_, paid, source).record
    assert (record.amount_paid, record.credited) == (D(15), D(20))


def test_amount_paid_is_left_alone_where_vtiger_has_payments():
    reference = a_reference(payments=True)
    slice_, source, answer = pair(v_row(v_line(tax4="15.000"), total="115", received="5"), reference=reference)
    assert to_vtiger(slice_, answer | {"AmountPaid": D(15)}, source).record.amount_paid == D(5)


def test_dates_are_calendar_dates_however_xero_writes_them():
    row = x_row(x_item())
    row |= {"DateString": None, "Date": "/Date(1777593600000+0000)/"}
    assert from_xero(a_slice(), row).record.invoice_on == DAY


def test_price_changed_in_xero_when_vtiger_has_a_ui_total_comes_out_to_the_cent():
    slice_, source, answer = pair(
        v_row(v_line(quantity="0.333", price="39.36", tax4="15.000"), total="15.08", pre_tax="13.11", source="CRM")
    )
    answer["LineItems"][0] |= {"UnitAmount": D(50), "LineAmount": D("16.65"), "TaxAmount": D("2.50")}
    projection = to_vtiger(slice_, answer | {"Total": D("19.15")}, source)
    assert not projection.blockers
    assert projection.record.total == D("19.15")
    assert CITY not in dict(projection.record.lines[0].taxes)


def test_line_when_its_code_is_no_items_any_more_keeps_the_product_that_vtiger_has():
    slice_ = a_slice()
    source, _, answer = crossed(slice_, v_row(v_line(tax4="15.000"), total="115"))
    old = {**answer, "LineItems": [{**answer["LineItems"][0], "ItemCode": "P1-OLD", "Quantity": D(3)}]}
    other = {**old, "LineItems": [{**old["LineItems"][0], "Description": "something else"}]}

    kept, replaced = (to_vtiger(slice_, row, source.record).record.lines[0] for row in (old, other))

    assert (kept.product, kept.quantity) == (source.record.lines[0].product, D(3))
    assert replaced.product != kept.product
