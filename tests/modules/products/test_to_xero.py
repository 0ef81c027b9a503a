"""Vtiger products and services as Xero's items."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from modules.products.builders import a_slice, created_in_xero, from_vtiger, from_xero, read
from modules.small_reference import PRODUCTS, SERVICES
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side


def to_xero(slice_, source, current=None):
    return slice_.mappers[Side.XERO].project(source, current)


def payload(slice_, source):
    return slice_.mappers[Side.XERO].payload(to_xero(slice_, source).record, None, source.id, "")


def codes(findings):
    return [item.code for item in findings]


def test_creation_when_sent_carries_prices_accounts_and_the_one_tax():
    slice_ = a_slice()
    source = from_vtiger(
        slice_,
        productcode=" P-1 ",
        unit_price="10.12345678",
        purchase_cost="4.50000000",
        description="Two\r\nlines ",
        cf_913="200 - Sales",
        cf_915="300",
        tax1="15.000",
    )
    assert payload(slice_, source) == {
        "Code": "P-1",
        "Name": "Pipe",
        "Description": "Two\nlines",
        "SalesDetails": {"UnitPrice": Decimal("10.1235"), "AccountCode": "200", "TaxType": "OUTPUTX"},
        "PurchaseDetails": {"UnitPrice": Decimal("4.5"), "AccountCode": "300"},
    }


def test_service_when_sent_has_its_number_as_the_code():
    slice_ = a_slice()
    source = from_vtiger(slice_, "Services")
    assert (source.id, source.label, source.record.kind) == ("26x9", "Hour", "Services")
    assert payload(slice_, source)["Code"] == "SER1"


def test_service_when_its_item_has_a_code_of_its_own_leaves_that():
    slice_ = a_slice()
    held = from_xero(slice_, Code="HOUR", Name="Hour").record
    assert to_xero(slice_, from_vtiger(slice_, "Services"), held).record.code == "HOUR"
    swapped = a_slice(name_is="code")
    found = to_xero(swapped, from_vtiger(swapped, "Services"), replace(held, name="Mine")).record
    assert (found.code, found.name) == ("Hour", "Mine")


def test_names_when_name_is_code_change_places():
    slice_ = a_slice(name_is="code")
    assert {"Code": "Pipe", "Name": "P-1"}.items() <= payload(slice_, from_vtiger(slice_)).items()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"productcode": " "}, Code.PRD_CODE),
        ({"productcode": "x" * 31}, Code.PRD_CODE_LONG),
        ({"productname": "x" * 51}, Code.PRD_NAME_LONG),
        ({"cf_913": "999 - Gone"}, Code.PRD_ACCOUNT),
        ({"cf_913": "270"}, Code.PRD_ACCOUNT),
        ({"cf_913": "Receivables"}, Code.PRD_ACCOUNT),
        ({"cf_915": "Petty Cash"}, Code.PRD_ACCOUNT),
        ({"productname": "??????", "productcode": "?"}, Code.PRD_PLACEHOLDER),
    ],
)
def test_product_when_xero_would_refuse_it_is_stopped(fields, code):
    slice_ = a_slice()
    assert codes(to_xero(slice_, from_vtiger(slice_, **fields)).blockers) == [code]


def test_inactive_product_when_no_invoice_needs_it_is_spared_unless_the_config_wants_it():
    slice_ = a_slice()
    inactive = from_vtiger(slice_, discontinued="0")
    assert codes(slice_.unneeded(inactive.record)) == [Code.PRD_INACTIVE]
    assert slice_.unneeded(from_vtiger(slice_).record) == ()
    assert a_slice(inactive=True).unneeded(inactive.record) == ()
    assert not to_xero(slice_, inactive).blockers


def test_account_when_the_product_names_none_is_the_configs():
    slice_ = a_slice(sales_account="Sales", purchase_account="300")
    assert payload(slice_, from_vtiger(slice_))["SalesDetails"]["AccountCode"] == "200"
    assert "PurchaseDetails" not in payload(slice_, from_vtiger(slice_))
    bought = payload(slice_, from_vtiger(slice_, purchase_cost="1"))["PurchaseDetails"]
    assert bought == {"UnitPrice": Decimal(1), "AccountCode": "300"}


def test_account_when_vtiger_has_no_field_for_it_stays_as_xero_has_it():
    spec = PRODUCTS.replace("Xero Sales Account", "Other")
    slice_ = a_slice(specs={"Products": spec, "Services": SERVICES.replace("Xero Sales Account", "Other")})
    held = from_xero(slice_, sales={"AccountCode": "260"}).record
    assert to_xero(slice_, from_vtiger(slice_), held).record.sales_account == "260"


def test_price_when_in_another_currency_crosses_without_and_says_so():
    slice_ = a_slice()
    source = from_vtiger(slice_, currency_id="21x2")
    found = to_xero(slice_, source)
    assert found.record.sales_price is None
    assert "priced in USD" in found.notes[0].message
    assert not found.blockers
    held = from_xero(slice_, sales={"UnitPrice": 7}).record
    assert to_xero(slice_, source, held).record.sales_price == Decimal(7)


def test_price_when_vtigers_is_none_leaves_xeros_absent_one():
    slice_ = a_slice()
    held = from_xero(slice_).record
    assert to_xero(slice_, from_vtiger(slice_, unit_price="0"), held).record.sales_price is None
    assert to_xero(slice_, from_vtiger(slice_, unit_price="0")).record.sales_price == 0


def test_taxes_when_several_cross_without_and_keep_xeros():
    slice_ = a_slice()
    source = from_vtiger(slice_, tax1="15.000", tax2="10.000", cf_913="200")
    assert codes(to_xero(slice_, source).notes) == [Code.PRD_TAX]
    held = from_xero(slice_, sales={"TaxType": "TAX012"}).record
    assert to_xero(slice_, source, held).record.tax == "TAX012"


@pytest.mark.parametrize(
    ("fields", "expected", "noted"),
    [
        ({"tax1": "15.000"}, "OUTPUTX", False),
        ({"tax1": "12.500"}, "", True),
        ({"tax4": "3.000"}, "", True),
        ({"tax3": "0.000"}, "ZERO", False),
        ({}, "NONE", False),
        ({"tax5": "20.000"}, "NONE", False),
        ({"tax9": "1.000"}, "NONE", False),
        ({"tax3": "0.000", "cf_915": "300"}, "ZERO", False),
    ],
)
def test_tax_when_the_product_has_one_is_found_by_name_and_rate(fields, expected, noted):
    slice_ = a_slice()
    found = to_xero(slice_, from_vtiger(slice_, **fields))
    assert found.record.tax == expected
    assert bool(found.notes) == noted


def test_tax_when_it_does_not_fit_the_account_stays_the_accounts_with_a_note():
    slice_ = a_slice()
    found = to_xero(slice_, from_vtiger(slice_, tax3="0.000", cf_913="300"))
    assert found.record.tax == "INPUTX"
    assert "cannot be used with its sales account" in found.notes[0].message


def test_item_when_not_sold_or_tracked_keeps_those_sides():
    slice_ = a_slice()
    unsold = from_xero(slice_, IsSold=False, purchase={"UnitPrice": 2, "AccountCode": "300"}).record
    source = from_vtiger(slice_, cf_913="200", cf_915="300", purchase_cost="3", description="x")
    found = to_xero(slice_, source, unsold).record
    assert (found.sales_price, found.sales_account, found.description, found.purchase_price) == (None, "", "", 3)
    tracked = from_xero(
        slice_, IsTrackedAsInventory=True, QuantityOnHand=5, purchase={"COGSAccountCode": "310", "UnitPrice": 2}
    ).record
    found = to_xero(slice_, source, tracked).record
    assert (found.purchase_account, found.quantity) == ("", 5)
    element = slice_.mappers[Side.XERO].payload(found, tracked, "14x8", "i-1")
    assert element["PurchaseDetails"] == {"UnitPrice": 3, "COGSAccountCode": "310"}


def test_update_when_only_the_price_differs_sends_code_and_the_whole_side():
    slice_ = a_slice()
    held = from_xero(slice_, sales={"UnitPrice": 1, "AccountCode": "200", "TaxType": "OUTPUTX"}).record
    element = slice_.mappers[Side.XERO].payload(replace(held, sales_price=Decimal(2)), held, "14x8", "i-1")
    assert element == {
        "ItemID": "i-1",
        "Code": "P-1",
        "SalesDetails": {"UnitPrice": Decimal(2), "AccountCode": "200", "TaxType": "OUTPUTX"},
    }
    cleared = slice_.mappers[Side.XERO].payload(replace(held, sales_account=""), held, "14x8", "i-1")
    assert cleared["SalesDetails"]["AccountCode"] == ""


def test_update_when_the_code_would_go_is_refused():
    slice_ = a_slice()
    held = from_xero(slice_).record
    check = slice_.mappers[Side.XERO].check_update
    assert codes(check(held, replace(held, code=""))) == [Code.PRD_CODE]
    assert check(held, replace(held, sales_price=Decimal(1))) == ()


def test_description_when_too_long_or_escaped_by_vtiger_is_understood():
    slice_ = a_slice()
    long = to_xero(slice_, from_vtiger(slice_, description="x" * 4001))
    assert len(long.record.description) == 4000
    assert codes(long.notes) == [Code.TEXT_UNSUPPORTED]
    held = from_xero(slice_, Description="<b>x</b>").record
    escaped = from_vtiger(slice_, description="&lt;b&gt;x&lt;/b&gt;")
    assert to_xero(slice_, escaped, held).record.description == "<b>x</b>"


def test_item_when_it_has_no_tax_of_its_own_has_its_accounts():
    slice_ = a_slice()
    found = from_xero(slice_, sales={"AccountCode": "200"})
    assert found.record.tax == "OUTPUTX"
    assert found.keys == (("code", "p-1"), ("name", "pipe"))
    assert found.marker == "P-1"


def test_match_when_codes_differ_is_another_item():
    slice_ = a_slice()
    held = from_xero(slice_, Code="OTHER").record
    wanted = to_xero(slice_, from_vtiger(slice_), held).record
    assert codes(slice_.check_match(wanted, held)) == [Code.AMBIGUOUS]
    assert slice_.check_match(replace(wanted, code=""), held) == ()
    assert slice_.check_match(replace(wanted, code="other"), held) == ()


def test_answer_when_xero_rounds_a_price_is_noted():
    slice_ = a_slice()
    source = from_vtiger(slice_, unit_price="1.2345")
    wanted, answered = to_xero(slice_, source).record, created_in_xero(slice_, source).record
    check = slice_.mappers[Side.XERO].check_answer
    assert check(wanted, answered) == ()
    (said,) = check(wanted, replace(answered, sales_price=Decimal("1.23")))
    assert said.is_note
    assert "1.23 for 1.2345" in said.message


@pytest.mark.parametrize("side", list(Side))
def test_row_when_unreadable_becomes_a_snapshot_that_says_why(side):
    slice_ = a_slice()
    bad = {"unit_price": "ten"} if side is Side.VTIGER else {"sales": {"UnitPrice": "ten"}}
    found = from_vtiger(slice_, **bad) if side is Side.VTIGER else from_xero(slice_, **bad)
    assert found.findings[0].code is (Code.VTIGER_REFUSED if side is Side.VTIGER else Code.XERO_REFUSED)
    assert found.id
    unknown = read(slice_, Side.VTIGER, {"module": "Assets", "row": {"id": "5x1"}})
    assert unknown.findings
