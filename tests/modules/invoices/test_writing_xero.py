"""What is sent to Xero, what may be changed there, and how its answers are judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import Books, D, a_reference, a_slice
from modules.invoices.papers import ROW, codes, crossed, from_vtiger, from_xero, v_line, v_row, x_answer, x_item, x_row
from vtxero.domain.sides import Side
from vtxero.modules.invoices import Invoice


def xero_payload(slice_, wanted, current):
    return slice_.mappers[Side.XERO].payload(wanted, current, "7x1", "x-inv")


def test_creation_holds_what_xero_needs_and_nothing_that_changes_the_contact(world):
    slice_, source, _, _ = world
    record = slice_.mappers[Side.XERO].project(from_vtiger(slice_, ROW), None).record
    payload = xero_payload(slice_, record, None)
    assert payload["Type"] == "ACCREC"
    assert payload["Contact"] == {"ContactID": "x-11x1"}
    assert payload["LineAmountTypes"] == "Exclusive"
    assert (payload["Date"], payload["DueDate"]) == ("2026-05-01", "2026-05-15")
    assert (payload["InvoiceNumber"], payload["Status"]) == (source.number, "AUTHORISED")
    assert set(payload["LineItems"][0]) == {
        "Description",
        "Quantity",
        "UnitAmount",
        "ItemCode",
        "AccountCode",
        "TaxType",
    }


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("https://crm.example.com/{module}/{id}", "https://crm.example.com/Invoice/1"),
        ("https://crm.example.com/xErO/{id}", None),
        ("/crm/{id}", None),
    ],
)
def test_url_is_the_records_page_where_xero_takes_it(page, sent):
    slice_ = a_slice(reference=a_reference(page=page))
    assert xero_payload(slice_, Invoice(lines=(), number="I"), None).get("Url") == sent


def test_marker_is_the_vtiger_id_that_the_url_names(world):
    slice_, _, _, answer = world
    assert from_xero(slice_, answer).marker == "7x1"
    assert from_xero(slice_, answer | {"Url": answer["Url"] + "&x=1"}).marker == ""
    assert from_xero(slice_, answer | {"Url": "https://elsewhere.example/7"}).marker == ""


def test_change_of_the_reference_sends_that_and_both_dates_only(world):
    slice_, _, current, _ = world
    payload = xero_payload(slice_, replace(current, reference="New"), current)
    assert payload == {"InvoiceID": "x-inv", "Date": "2026-05-01", "DueDate": "2026-05-15", "Reference": "New"}


def test_change_of_a_line_sends_all_lines_with_their_ids_and_tracking(world):
    slice_, _, current, _ = world
    first = replace(current.lines[0], quantity=D(2), tracking=(("Region", "North"),))
    payload = xero_payload(slice_, replace(current, lines=(first, *current.lines[1:])), current)
    assert [row["LineItemID"] for row in payload["LineItems"]] == ["l-0", "l-1"]
    assert payload["LineItems"][0]["Tracking"] == [{"Name": "Region", "Option": "North"}]
    assert payload["LineAmountTypes"] == "Exclusive"


def test_end_of_an_invoice_sends_the_status_only(world):
    slice_, _, current, _ = world
    payload = xero_payload(slice_, replace(current, status="VOIDED"), current)
    assert payload == {"InvoiceID": "x-inv", "Status": "VOIDED"}


def test_text_only_line_is_sent_as_text_only():
    books = Books()
    placeholder = books.add_placeholder()
    slice_ = a_slice(books=books)
    row = v_row(v_line(tax4="15.000"), v_line(placeholder, price="0", comment="Thank you"), total="115")
    _, xero, answer = crossed(slice_, row)
    assert set(answer["LineItems"][1]) == {"LineItemID", "Description", "LineAmount", "TaxAmount"}
    assert xero.record.lines[1].quantity == 0


def test_inclusive_invoice_when_its_lines_change_is_sent_without_tax():
    slice_ = a_slice()
    line = x_item(quantity="3", price="10", LineAmount=D(30), TaxAmount=D("3.91"))
    other = x_item(price="115", LineAmount=D(115), TaxAmount=D(15))
    row = x_row(x_item()) | {"LineAmountTypes": "Inclusive", "LineItems": [line, other], "Total": D(145)}
    current = from_xero(slice_, row).record
    changed = replace(current, lines=(current.lines[0], replace(current.lines[1], unit_price=D(200))))
    rows = xero_payload(slice_, changed, current)["LineItems"]
    assert (rows[0]["Quantity"], rows[0]["UnitAmount"]) == (D(1), D("26.09"))
    assert rows[1]["UnitAmount"] == D(200)
    assert x_answer({"LineItems": rows})["Total"] == D(30) + D(230)


@pytest.mark.parametrize(
    ("status", "paid", "options", "expected"),
    [
        ("DRAFT", 0, {}, []),
        ("SUBMITTED", 0, {}, []),
        ("AUTHORISED", 0, {}, ["INV-CLOSED"]),
        ("AUTHORISED", 0, {"edit_approved": True}, []),
        ("AUTHORISED", 5, {"edit_approved": True}, ["INV-CLOSED"]),
        ("PAID", 215, {"edit_approved": True}, ["INV-CLOSED"]),
        ("VOIDED", 0, {"edit_approved": True}, ["INV-CLOSED"]),
        ("DELETED", 0, {}, ["INV-CLOSED"]),
    ],
)
def test_change_is_allowed_while_xero_allows_it(world, status, paid, options, expected):
    _, _, current, _ = world
    current = replace(current, status=status, amount_paid=D(paid))
    mapper = a_slice(**options).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, reference="New"))) == expected


@pytest.mark.parametrize(
    ("status", "wanted", "void", "expected"),
    [
        ("DRAFT", "DELETED", False, ["INV-STATUS"]),
        ("DRAFT", "DELETED", True, []),
        ("AUTHORISED", "VOIDED", True, []),
        ("AUTHORISED", "VOIDED", False, ["INV-STATUS"]),
        ("PAID", "VOIDED", True, ["INV-CLOSED"]),
        ("AUTHORISED", "DRAFT", True, ["INV-STATUS"]),
        ("DRAFT", "AUTHORISED", False, []),
    ],
)
def test_status_changes_only_as_far_as_allowed(world, status, wanted, void, expected):
    _, _, current, _ = world
    current = replace(current, status=status, amount_paid=D(215 if status == "PAID" else 0))
    mapper = a_slice(void=void).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, status=wanted))) == expected


def test_void_of_a_part_paid_invoice_is_refused(world):
    _, _, current, _ = world
    current = replace(current, amount_paid=D(5))
    mapper = a_slice(void=True).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, status="VOIDED"))) == ["INV-CLOSED"]


def test_answer_of_xero_is_held_against_the_plan(world):
    slice_, _, current, _ = world
    check = slice_.mappers[Side.XERO].check_answer
    assert not check(current, current)
    assert codes(check(current, replace(current, total=D("215.01")))) == ["INV-TOTAL"]
    other = replace(current.lines[0], quantity=D(2))
    assert codes(check(current, replace(current, total=D(330), lines=(other, *current.lines[1:])))) == ["INV-TOTAL"]
    assert codes(check(current, replace(current, lines=current.lines[:1]))) == ["INV-LINES"]
