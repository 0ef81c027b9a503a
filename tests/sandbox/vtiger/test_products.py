"""Products, services, taxes and currencies."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import error, result

USD = {
    "currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$", "conversion_rate": "0.6",
    "currency_status": "Active", "defaultid": "0", "deleted": "0",
}  # fmt: skip


def product(caller, **fields):
    return caller.create("Products", **{"productname": "P", "assigned_user_id": "19x1", "unit_price": "100", **fields})


def test_discontinued_means_active_and_is_off_when_omitted(vtiger):
    assert product(vtiger)["discontinued"] == "0"
    assert product(vtiger, discontinued="1")["discontinued"] == "1"


def test_only_attached_taxes_are_shown(vtiger):
    made = product(vtiger, tax1="4.5", tax4="15", tax2="")

    assert {name: made[name] for name in made if name in {"tax1", "tax2", "tax3", "tax4"}} == {
        "tax1": "4.500",
        "tax4": "15.000",
    }


def test_prices_are_numbers_and_currency_id_follows_its_own(vtiger):
    vtiger.create("Currency", **USD)
    plain = product(vtiger, unit_price="100.12345")
    dollars = product(vtiger, unit_price="60", currency_id="21x2", currency1="99")

    assert list(plain)[-3:] == ["currency1", "currency_id", "currency2"]
    assert (plain["unit_price"], plain["currency1"]) == ("100.12000000", 100.12)
    assert (dollars["currency1"], dollars["currency2"], dollars["currency_id"]) == (99, 60, "21x2")


def test_a_small_revise_wipes_taxes_and_prices(vtiger):
    made = product(vtiger, tax4="15")
    answer = result(vtiger.post("revise", element={"id": made["id"], "productcode": "X"}))

    assert (answer["unit_price"], answer["currency1"]) == ("100.00000000", 0)
    assert "tax4" not in answer


def test_a_revise_that_carries_everything_keeps_it(vtiger):
    made = product(vtiger, tax4="15")
    element = {"id": made["id"], "tax4": "15", "unit_price": "100", "currency_id": "21x1"}
    answer = result(vtiger.post("revise", element=element))

    assert (answer["tax4"], answer["currency1"]) == ("15.000", 100)


def test_an_unknown_currency_is_called_inactive(vtiger):
    element = {"productname": "P", "assigned_user_id": "19x1", "currency_id": "21x9"}
    answer = vtiger.post("create", elementType="Products", element=element)

    assert error(answer) == ("CURRENCY_INACTIVE", "Provided Curreny is Inactive")


def test_product_names_need_not_be_unique(vtiger):
    assert product(vtiger)["id"] != product(vtiger)["id"]


def test_a_service_needs_only_its_name(vtiger):
    made = vtiger.create("Services", servicename="Consulting")

    assert (made["assigned_user_id"], made["service_no"]) == ("19x1", "SER1")


def test_a_new_tax_gets_the_next_column_whatever_name_is_sent(vtiger):
    made = vtiger.create("Tax", taxlabel="GST", percentage="15", taxname="mine")

    assert made == {
        "taxid": "5", "taxname": "tax5", "taxlabel": "GST", "percentage": "15.000", "deleted": "0",
        "method": "Simple", "type": "Fixed", "id": "34x5",
    }  # fmt: skip


def test_a_compound_tax_shows_its_formula(vtiger):
    made = vtiger.create("Tax", taxlabel="PST", percentage="8", formula="tax4")

    assert (made["method"], made["tax5_formula"]) == ("Compound", "tax4")


def test_updating_a_tax_with_a_duplicate_label_takes_the_others_column(vtiger):
    vtiger.create("Tax", taxlabel="GST", percentage="15")
    answer = result(vtiger.post("update", element={"id": "34x4", "taxlabel": "GST", "percentage": "15.5"}))

    assert (answer["taxname"], answer["percentage"]) == ("tax5", "15.500")


def test_a_deleted_tax_is_listed_no_more_but_can_be_retrieved(vtiger):
    result(vtiger.post("delete", id="34x4"))

    assert "34x4" not in {row["id"] for row in vtiger.query("select * from Tax;")}
    assert vtiger.retrieve("34x4")["deleted"] == "1"


@pytest.mark.parametrize("wire_id", ["34x99", "21x99", "33x99"])
def test_rows_of_plain_tables_that_are_not_there_are_denied(vtiger, wire_id):
    message = "Permission to perform the operation is denied"
    assert error(vtiger.get("retrieve", id=wire_id)) == ("ACCESS_DENIED", message)


def test_currencies_keep_five_decimals(vtiger):
    made = vtiger.create("Currency", **USD)
    answer = result(vtiger.post("revise", element={"id": made["id"], "conversion_rate": "0.61"}))

    assert (made["id"], answer["conversion_rate"]) == ("21x2", "0.61000")


def test_product_taxes_cannot_be_created(vtiger):
    answer = vtiger.post("create", elementType="ProductTaxes", element={"productid": "14x2", "taxid": "34x1"})

    assert error(answer)[0] == "RECORD_NOT_FOUND"
