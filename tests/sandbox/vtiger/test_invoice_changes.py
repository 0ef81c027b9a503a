"""Revising and updating invoices, where the traps are."""

from __future__ import annotations

import random

import pytest

from sandbox.vtiger.calling import Caller, invoice_element, result
from vtxero.sandbox.vtiger import VtigerState

LINE = {"productid": "14x2", "quantity": "2", "listprice": "100", "tax4": "15"}
NEW_LINE = {"productid": "14x2", "quantity": "5", "listprice": "10", "tax4": "15"}


@pytest.fixture
def shop(vtiger):
    vtiger.create("Products", productname="P", assigned_user_id="19x1", unit_price="80", tax4="15")
    return vtiger


def revise(caller, wire_id, **element):
    return result(caller.post("revise", element={"id": wire_id, **element}))


def update(caller, wire_id, *lines, **fields):
    element = invoice_element(caller, *lines, **fields) | {"id": wire_id, "productid": "14x2"}
    return result(caller.post("update", element=element))


def test_a_revise_without_the_rate_resets_it(shop):
    made = shop.invoice(LINE, conversion_rate="0.6")

    assert made["conversion_rate"] == "0.600"
    assert revise(shop, made["id"], invoicestatus="Sent")["conversion_rate"] == "1.000"
    assert revise(shop, made["id"], conversion_rate="0.6")["conversion_rate"] == "0.600"


def test_a_revise_answers_what_was_sent_first(shop):
    answer = revise(shop, shop.invoice(LINE)["id"], duedate="2026-04-01")

    assert list(answer)[:4] == ["id", "duedate", "conversion_rate", "subject"]
    assert "LineItems_FinalDetails" not in answer


def test_received_does_not_move_the_balance(shop):
    wire_id = shop.invoice(LINE)["id"]

    assert revise(shop, wire_id, received="100")["balance"] == "230.00000000"
    answer = revise(shop, wire_id, received="230", balance="0", invoicestatus="Paid")
    assert (answer["received"], answer["balance"]) == ("230.00000000", "0.00000000")


def test_money_columns_are_written_raw_and_nothing_is_recomputed(shop):
    wire_id = shop.invoice(LINE)["id"]
    answer = revise(shop, wire_id, hdnGrandTotal="1", txtAdjustment="5", hdnDiscountAmount="7")

    assert (answer["hdnGrandTotal"], answer["txtAdjustment"]) == ("1.00000000", "5.00000000")
    assert answer["hdnDiscountAmount"] == ""
    assert shop.retrieve(wire_id)["hdnSubTotal"] == "200.00000000"


def test_the_invoice_number_cannot_be_set(shop):
    assert revise(shop, shop.invoice(LINE, invoice_no="X-1")["id"], invoice_no="X-2")["invoice_no"] == "INV1"


def test_an_empty_list_of_lines_counts_as_not_sent(shop):
    wire_id = shop.invoice(LINE)["id"]
    revise(shop, wire_id, LineItems=[])

    assert len(shop.retrieve(wire_id)["LineItems"]) == 1


def test_a_revise_with_lines_replaces_them_and_loses_tax_type_and_charges(shop):
    wire_id = shop.invoice(LINE, hdnDiscountPercent="10", txtAdjustment="1", **{"shipping_&_handling": "20"})["id"]
    before = shop.retrieve(wire_id)["balance"]
    revise(shop, wire_id, LineItems=[NEW_LINE])
    read = shop.retrieve(wire_id)

    assert (read["hdnSubTotal"], read["hdnGrandTotal"]) == ("50.00000000", "51.75000000")
    assert (read["hdnTaxType"], read["shipping_&_handling"], read["hdnDiscountPercent"]) == ("", None, "10.000")
    assert (read["txtAdjustment"], read["balance"]) == ("0.00000000", before)


def test_an_update_with_lines_recomputes_the_balance(shop):
    wire_id = shop.invoice(LINE)["id"]
    answer = update(shop, wire_id, NEW_LINE, received="7.5")

    assert (answer["hdnGrandTotal"], answer["LineItems"]) == (57.5, [])
    assert answer["balance"] == "230.00000000"
    assert shop.retrieve(wire_id)["balance"] == "50.00000000"


def test_an_update_without_lines_is_a_revise(shop):
    wire_id = shop.invoice(LINE)["id"]
    answer = update(shop, wire_id, subject="Other")

    assert answer["subject"] == "Other"
    assert answer["hdnGrandTotal"] == "230.00000000"
    assert len(answer["LineItems"]) == 1


def test_sending_back_a_retrieved_invoice_kills_the_request_and_changes_nothing(shop):
    wire_id = shop.invoice(LINE)["id"]
    read = shop.retrieve(wire_id)

    assert shop.post("update", element=read).status_code == 500
    assert shop.retrieve(wire_id) == read


def test_ids_of_lines_are_used_again(shop):
    wire_id = shop.invoice(LINE, LINE)["id"]
    revise(shop, wire_id, LineItems=[NEW_LINE])

    assert [each["id"] for each in shop.retrieve(wire_id)["LineItems"]] == ["33x1"]


def test_a_cancelled_invoice_gives_its_stock_back(shop):
    wire_id = shop.invoice(LINE)["id"]
    assert shop.retrieve("14x2")["qtyinstock"] == "-2.000"
    revise(shop, wire_id, invoicestatus="Cancel")
    revise(shop, wire_id, invoicestatus="Cancel")

    assert shop.retrieve("14x2")["qtyinstock"] == "0.000"


def test_parallel_writers_lose_lines_and_share_numbers(clock):
    state = VtigerState.sample_empty(clock=clock, lose_lines=random.Random(7))
    caller = Caller(state).login()
    line = {"quantity": "1", "listprice": "1"}
    made = [caller.invoice(line, line, line) for _ in range(120)]
    lost = [each for each in made if len(each["LineItems"]) < 3]

    assert 10 < len(lost) < 40
    assert all(each["hdnGrandTotal"] == len(each["LineItems"]) for each in made)
    assert len({each["invoice_no"] for each in made}) < 120


def test_writing_line_items_directly_breaks_the_invoice(shop):
    wire_id = shop.invoice(LINE, LINE)["id"]

    revised = result(shop.post("revise", element={"id": "33x1", "quantity": "9"}))
    assert revised["quantity"] == "9.000"
    assert shop.retrieve(wire_id)["hdnGrandTotal"] == "460.00000000"

    element = {"id": "33x1", "parent_id": wire_id, "productid": "14x2", "quantity": "1"}
    answer = shop.post("update", element=element).json()
    assert answer["error"]["code"] == "RECORD_NOT_FOUND"
    assert shop.retrieve(wire_id)["LineItems"] == []


def test_deleting_a_line_item_zeroes_the_totals(shop):
    wire_id = shop.invoice(LINE, LINE)["id"]
    result(shop.post("delete", id="33x1"))

    assert shop.retrieve(wire_id)["hdnGrandTotal"] == "0.00000000"
