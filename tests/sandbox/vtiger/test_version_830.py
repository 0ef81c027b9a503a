"""What 8.3.0 does otherwise."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import ACCOUNT, Caller, error, invoice_element, result
from vtxero.sandbox.vtiger import VtigerState

LINE = {"productid": "14x2", "quantity": "1", "listprice": "10", "tax1": "10"}
BAD_ID = ("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")


@pytest.fixture
def newer(clock):
    caller = Caller(VtigerState.sample_empty(version="8.3.0", clock=clock)).login()
    caller.create("Products", productname="P", assigned_user_id="19x1", unit_price="5", tax1="10")
    return caller


@pytest.fixture
def invoice(newer):
    account = newer.create("Accounts", **ACCOUNT)["id"]
    return newer.state.add_invoice_as_ui({"subject": "ui", "account_id": account}, [LINE])


def test_an_invoice_cannot_be_created_and_nothing_is_saved(newer):
    element = invoice_element(newer, LINE)

    assert error(newer.post("create", elementType="Invoice", element=element)) == BAD_ID
    assert newer.query("select id from Invoice;") == []


def test_a_header_revise_works_and_lines_show_their_true_parent(newer, invoice):
    answer = result(newer.post("revise", element={"id": invoice, "received": "3", "balance": "8"}))

    assert answer["received"] == "3.00000000"
    assert answer["LineItems"][0]["parent_id"] == invoice


def test_a_revise_with_lines_dies_after_replacing_them(newer, invoice):
    answer = newer.post("revise", element={"id": invoice, "LineItems": [{**LINE, "quantity": "4"}]})
    read = newer.retrieve(invoice)

    assert answer.status_code == 500
    assert read["LineItems"][0]["quantity"] == "4.000"
    assert read["hdnGrandTotal"] == "0.00000000"


def test_counting_entities_gives_nothing(newer):
    assert newer.query("select count(*) from Products;") == []
    assert newer.query("select count(*) from Currency;") == [{"count": "1"}]


def test_empty_references_are_null(newer):
    made = newer.create("Contacts", lastname="Lee", assigned_user_id="19x1")
    (row,) = newer.query("select account_id,birthday from Contacts;")

    assert (made["account_id"], made["birthday"]) == (None, "")
    assert (row["account_id"], row["birthday"]) == (None, None)


def test_malformed_ids_are_incorrect(newer):
    element = {"lastname": "Lee", "assigned_user_id": "19x1", "account_id": "abc"}

    assert error(newer.post("create", elementType="Contacts", element=element)) == BAD_ID
    assert error(newer.post("revise", element={"phone": "1"})) == BAD_ID


def test_bad_json_is_an_internal_error(newer):
    assert error(newer.post("create", elementType="Accounts", element="{"))[0] == "INTERNAL_SERVER_ERROR"


def test_a_product_keeps_taxes_and_prices(newer):
    answer = result(newer.post("revise", element={"id": "14x2", "productcode": "X"}))

    assert (answer["tax1"], answer["currency1"]) == ("10.000", 5)


def test_a_new_service_has_no_price_in_the_base_currency(newer):
    assert newer.create("Services", servicename="S", unit_price="9")["currency1"] == 0


def test_other_versions_are_not_offered():
    with pytest.raises(ValueError, match=r"only 8\.2\.0 and 8\.3\.0"):
        VtigerState.sample_empty(version="7.5.0")
