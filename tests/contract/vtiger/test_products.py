"""Products and services: active or not, their taxes, and what a small revise loses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.vtiger.calling import refusal


@pytest.fixture
def tax(vtiger):
    return vtiger.taxes_of("Simple")[0]


def price_field(vtiger):
    return f"currency{vtiger.base_currency.rpartition('x')[2]}"


def test_discontinued_means_active_and_is_off_unless_sent(books):
    made = books.create("Products", productname=books.name(), assigned_user_id=books.me)
    assert made["discontinued"] == "0"
    assert books.product()["discontinued"] == "1"


def test_service_needs_its_name_only_and_belongs_to_the_user(books):
    made = books.create("Services", servicename=books.name(), discontinued="1")
    assert made["assigned_user_id"] == books.me
    assert "productcode" not in made


def test_only_attached_taxes_are_shown(vtiger, books, tax):
    row = vtiger.retrieve(books.product(**{tax: "12.5"})["id"])
    assert row[tax] == "12.500"
    assert {each["taxname"] for each in vtiger.taxes} & set(row) == {tax}


def test_deducted_tax_is_attached_unseen(vtiger, books):
    """A revise that carries what it sees would take it away; an individual invoice counts it (see there)."""
    found = vtiger.taxes_of("Deducted")
    if not found:
        pytest.skip("this Vtiger has no deducted tax")
    assert found[0] not in vtiger.retrieve(books.product(**{found[0]: "20"})["id"])


def test_blank_tax_is_not_attached_and_a_rate_of_0_is(vtiger, books, tax):
    other = vtiger.taxes_of("Simple")[1]
    row = vtiger.retrieve(books.product(**{tax: "", other: "0"})["id"])
    assert tax not in row
    assert row[other] == "0.000"


def test_price_comes_in_the_records_own_currency(vtiger, books):
    row = vtiger.retrieve(books.product(unit_price="12.34")["id"])
    assert Decimal(row["unit_price"]) == Decimal("12.34")
    assert row["currency_id"] == vtiger.base_currency
    assert Decimal(str(row[price_field(vtiger)])) == Decimal("12.34")


def test_unit_price_is_rounded_to_the_users_decimals(vtiger, books):
    (user,) = vtiger.query(f"select * from Users where user_name = '{vtiger.user}';")
    decimals = int(user["no_of_currency_decimals"] or 0)
    row = vtiger.retrieve(books.product(unit_price="100.123456789")["id"])
    assert Decimal(row["unit_price"]) == round(Decimal("100.123456789"), decimals)


@pytest.mark.parametrize("module", ["Products", "Services"])
def test_small_revise_wipes_taxes_and_price(vtiger, books, tax, module):
    name = "productname" if module == "Products" else "servicename"
    element = {name: books.name(), "assigned_user_id": books.me, "unit_price": "10", tax: "5", "discontinued": "1"}
    made = books.create(module, **element, currency_id=vtiger.base_currency)
    vtiger.revise(made["id"], **{name: books.name()})
    row = vtiger.retrieve(made["id"])
    assert Decimal(row["unit_price"]) == 10
    keeps = vtiger.keeps_taxes and module == "Products"
    assert (tax in row) is keeps
    assert row[price_field(vtiger)] == (10 if keeps else 0)


@pytest.mark.parametrize("operation", ["revise", "update"])
def test_write_that_carries_taxes_price_and_currency_loses_nothing(vtiger, books, tax, operation):
    made = books.product(unit_price="7.5", **{tax: "5"})
    kept = {tax: "5.000", "unit_price": made["unit_price"], "currency_id": vtiger.base_currency}
    wanted = {"productname": books.name(), "assigned_user_id": books.me} | kept
    getattr(vtiger, operation)(made["id"], **wanted)
    row = vtiger.retrieve(made["id"])
    assert (row["productname"], row[tax], row["currency_id"]) == (wanted["productname"], "5.000", vtiger.base_currency)
    assert Decimal(str(row[price_field(vtiger)])) == Decimal(row["unit_price"]) == Decimal("7.5")


def test_name_is_mandatory(vtiger, books):
    found = refusal(vtiger.post("create", elementType="Products", element={"assigned_user_id": books.me}))
    assert found == ("MANDATORY_FIELDS_MISSING", "productname does not have a value")
