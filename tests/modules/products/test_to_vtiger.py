"""Xero's items as Vtiger products and services."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from modules.products.builders import Taxes, a_slice, from_vtiger, from_xero, read
from modules.small_reference import PRODUCTS
from vtxero.domain.codes import Code
from vtxero.domain.lookups import PartnerState, symbol
from vtxero.domain.sides import Side
from vtxero.errors import ConfigError


def to_vtiger(slice_, source, current=None):
    return slice_.mappers[Side.VTIGER].project(source, current)


def element(slice_, wanted, current=None):
    (step,) = slice_.mappers[Side.VTIGER].payload(wanted, current, "14x8" if current else "", "i-1")["steps"]
    assert step["op"] == ("revise" if current else "create")
    return step["module"], step["element"]


def codes(findings):
    return [item.code for item in findings]


SALES = {"UnitPrice": Decimal("10.5"), "AccountCode": "200", "TaxType": "OUTPUTX"}


def test_creation_when_sent_is_an_active_product_with_its_tax():
    slice_ = a_slice(write_back=True)
    wanted = to_vtiger(slice_, from_xero(slice_, sales=SALES, Description="Long")).record
    assert element(slice_, wanted) == (
        "Products",
        {
            "productname": "Pipe",
            "productcode": "P-1",
            "description": "Long",
            "unit_price": "10.5",
            "purchase_cost": "0",
            "currency_id": "21x1",
            "cf_913": "200 - Sales",
            "cf_911": "i-1",
            "discontinued": "1",
            "assigned_user_id": "19x1",
            "tax1": "15",
            "source": "XERO i-1",
        },
    )
    assert wanted.tax_fields == ("tax1",)


def test_creation_when_vtiger_answers_equals_what_was_projected():
    slice_ = a_slice()
    wanted = to_vtiger(slice_, from_xero(slice_, sales=SALES)).record
    module, row = element(slice_, wanted)
    assert read(slice_, Side.VTIGER, {"module": module, "row": {"id": "14x8", **row}}).record == replace(
        wanted, quantity=Decimal(0)
    )


def test_name_when_xero_has_none_is_the_code():
    slice_ = a_slice()
    wanted = to_vtiger(slice_, from_xero(slice_, Name="")).record
    assert (wanted.name, wanted.code) == ("P-1", "P-1")
    source = from_vtiger(slice_, productname="P-1")
    assert slice_.mappers[Side.XERO].project(source, from_xero(slice_, Name="").record).record.name == ""


def test_names_when_name_is_code_go_to_each_others_place():
    slice_ = a_slice(name_is="code")
    _, row = element(slice_, to_vtiger(slice_, from_xero(slice_)).record)
    assert (row["productname"], row["productcode"]) == ("P-1", "Pipe")


@pytest.mark.parametrize("fields", [{"Name": "🥝"}, {"Code": "🥝"}])
def test_name_or_code_when_vtiger_would_spoil_it_stops_the_item(fields):
    slice_ = a_slice()
    assert codes(to_vtiger(slice_, from_xero(slice_, **fields)).blockers) == [Code.TEXT_UNSUPPORTED]


def test_name_when_too_long_for_the_part_number_is_refused_on_update():
    slice_ = a_slice(name_is="code")
    held = from_vtiger(slice_).record
    check = slice_.mappers[Side.VTIGER].check_update
    assert codes(check(held, replace(held, name="x" * 41))) == [Code.TEXT_UNSUPPORTED]
    assert check(held, replace(held, description="x")) == ()


@pytest.mark.parametrize(
    ("decimals", "prices", "barred"),
    [
        (2, {"unit_price": "0.0375"}, True),
        (4, {"unit_price": "0.0375"}, False),
        (None, {"unit_price": "0.0375"}, False),
        (2, {"unit_price": "7.50000000"}, False),
        (2, {"unit_price": "7.5", "currency2": "0.0375"}, True),
    ],
)
def test_write_that_would_round_a_price_that_it_carries_is_barred(decimals, prices, barred):
    slice_ = a_slice(decimals=decimals)
    held = from_vtiger(slice_, currency1="12", **prices).record
    check = slice_.mappers[Side.VTIGER].check_update

    assert codes(check(held, replace(held, description="x"))) == [Code.DECIMALS] * barred


def test_price_that_the_write_itself_changes_may_be_rounded_for_xero_keeps_the_full_one():
    slice_ = a_slice(decimals=2)
    held = from_vtiger(slice_, unit_price="0.0375").record
    assert slice_.mappers[Side.VTIGER].check_update(held, replace(held, sales_price=Decimal("0.0412"))) == ()


def test_update_when_a_name_changes_carries_price_currency_and_taxes():
    slice_ = a_slice()
    held = from_vtiger(
        slice_, tax1="15.000", tax2="10.000", unit_price="7.5", currency_id="21x2", currency1="12", currency2=7.5
    ).record
    assert element(slice_, replace(held, name="Tube"), held) == (
        "Products",
        {
            "id": "14x8",
            "productname": "Tube",
            "unit_price": "7.5",
            "currency_id": "21x2",
            "currency1": "12",
            "tax1": "15",
            "tax2": "10",
        },
    )


def test_update_when_the_tax_changes_detaches_the_old_one_only():
    slice_ = a_slice()
    held = from_vtiger(slice_, tax1="15.000", tax5="20.000").record
    wanted = replace(held, tax=to_vtiger(slice_, from_xero(slice_, sales={"TaxType": "ZERO"}), held).record.tax)
    _, row = element(slice_, wanted, held)
    assert {name: row[name] for name in row if name.startswith("tax")} == {"tax1": "", "tax3": "0", "tax5": "20"}


@pytest.mark.parametrize(
    ("tax_type", "present", "expected"),
    [
        ("OUTPUTX", {"tax1": "15.000"}, "tax1"),
        ("NONE", {"tax1": "15.000"}, ""),
        ("TAX012", {"tax1": "15.000"}, "tax1"),
        ("ZERO", {"tax1": "15.000", "tax2": "10.000"}, "tax1+tax2"),
        ("OUTPUTX", {}, "tax1"),
        ("", {"tax1": "15.000"}, "tax1"),
    ],
)
def test_tax_when_it_crosses_keeps_what_means_the_same_or_cannot_be_held(tax_type, present, expected):
    slice_ = a_slice()
    held = from_vtiger(slice_, **present).record
    assert to_vtiger(slice_, from_xero(slice_, sales={"TaxType": tax_type}), held).record.tax == expected


def test_tax_when_vtiger_has_none_such_is_noted_on_creation():
    slice_ = a_slice()
    found = to_vtiger(slice_, from_xero(slice_, sales={"TaxType": "TAX012"}))
    assert codes(found.notes) == [Code.PRD_TAX]
    assert "GST plus City" in found.notes[0].message


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("1.23456789", "1.2346", "1.23456789"),
        ("1.23", "1.2345", "1.23"),
        ("1.23", "1.24", "1.24"),
        ("1.2345", "1.23", "1.23"),
        ("5", None, "0"),
    ],
)
def test_price_when_it_means_the_same_is_kept(ours, theirs, expected):
    slice_ = a_slice()
    held = from_vtiger(slice_, unit_price=ours).record
    sales = {"UnitPrice": Decimal(theirs)} if theirs else {}
    assert to_vtiger(slice_, from_xero(slice_, sales=sales), held).record.sales_price == Decimal(expected)


def test_price_when_the_product_is_priced_in_another_currency_is_left_alone():
    slice_ = a_slice()
    held = from_vtiger(slice_, currency_id="21x2").record
    assert to_vtiger(slice_, from_xero(slice_, sales=SALES), held).record.sales_price is None


@pytest.mark.parametrize(
    ("present", "code", "expected"),
    [
        ("Sales", "200", "Sales"),
        ("200", "260", "260 - Freight"),
        ("", "200", "200 - Sales"),
        ("200", "", ""),
        ("", "300", "300 - Purchases"),
        ("", "999", "999"),
    ],
)
def test_account_when_it_crosses_is_spelled_as_the_picklist_does(present, code, expected):
    slice_ = a_slice()
    held = from_vtiger(slice_, cf_913=present).record
    assert to_vtiger(slice_, from_xero(slice_, sales={"AccountCode": code}), held).record.sales_account == expected


@pytest.mark.parametrize(("marks", "expected", "noted"), [("p", "260 - Freight", [Code.PRD_ACCOUNT]), ("", "260", [])])
def test_account_when_the_field_has_no_values_is_spelled_as_a_picklists_will_be_and_in_text_as_the_code(
    marks, expected, noted
):
    fields = PRODUCTS.replace("Account||200 - Sales,260 - Freight", f"Account|{marks}")
    slice_ = a_slice(specs={"Products": fields})

    found = to_vtiger(slice_, from_xero(slice_, sales={"AccountCode": "260"}))

    assert (found.record.sales_account, codes(found.notes)) == (expected, noted)


@pytest.mark.parametrize(("field", "side"), [("sales_account", "sales"), ("purchase_account", "purchase")])
def test_account_when_it_is_the_configs_leaves_a_blank_field_blank_but_is_named_on_a_new_product(field, side):
    slice_ = a_slice(**{field: "200"})
    source = from_xero(slice_, **{side: {"AccountCode": "200"}})

    assert getattr(to_vtiger(slice_, source, from_vtiger(slice_).record).record, field) == ""
    assert getattr(to_vtiger(slice_, source).record, field).startswith("200")


def test_account_when_a_service_keeps_it_as_text_is_the_code():
    slice_ = a_slice()
    held = from_vtiger(slice_, "Services").record
    found = to_vtiger(slice_, from_xero(slice_, Code="X", sales={"AccountCode": "260"}), held).record
    assert (found.sales_account, found.code) == ("260", "SER1")
    module, row = element(slice_, replace(held, name="Hours"), held)
    assert (module, "service_no" in row, row["servicename"]) == ("Services", False, "Hours")


def test_quantity_when_asked_for_comes_from_tracked_items_only():
    slice_ = a_slice(fields={"quantity": "to-vtiger"})
    held = from_vtiger(slice_, qtyinstock="3.000").record
    tracked = from_xero(slice_, IsTrackedAsInventory=True, QuantityOnHand=5)
    found = to_vtiger(slice_, tracked, held).record
    assert element(slice_, found, held)[1]["qtyinstock"] == "5"
    assert to_vtiger(slice_, from_xero(slice_, QuantityOnHand=5), held).record.quantity == 3
    assert "quantity" in slice_.fields
    assert "quantity" not in a_slice().fields


def test_mandatory_fields_when_xero_has_no_value_are_named_unless_a_default_fills_them():
    specs = {"Products": PRODUCTS + "productcategory|Product Category|m\n"}
    slice_ = a_slice(specs=specs)
    assert codes(to_vtiger(slice_, from_xero(slice_)).blockers) == [Code.MANDATORY_FIELD]
    filled = a_slice(specs=specs, defaults={"Product Category": "Hardware"})
    found = to_vtiger(filled, from_xero(filled))
    assert not found.blockers
    assert element(filled, found.record)[1]["productcategory"] == "Hardware"


def test_description_when_vtiger_escaped_or_cannot_hold_it_is_understood():
    slice_ = a_slice()
    held = from_vtiger(slice_, description="&lt;b&gt;x").record
    assert to_vtiger(slice_, from_xero(slice_, Description="<b>x"), held).record.description == "&lt;b&gt;x"
    found = to_vtiger(slice_, from_xero(slice_, Description="x 🥝"))
    assert found.record.description == "x "
    assert codes(found.notes) == [Code.TEXT_UNSUPPORTED]


def test_placeholder_when_invoices_need_it_has_every_tax():
    slice_ = a_slice()
    ((name, seed),) = slice_.seeds.items()
    assert name == symbol("products", "??????")
    module, row = element(slice_, seed)
    assert (module, row["productname"]) == ("Products", "??????")
    assert {name: row[name] for name in row if name.startswith("tax")} == {
        "tax1": "15",
        "tax2": "10",
        "tax3": "0",
        "tax4": "3",
    }


def test_config_when_it_names_a_field_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="no field named or labelled 'Nowhere'"):
        a_slice(fields={"sales_account": {"vtiger": "Nowhere"}})
    with pytest.raises(ConfigError, match="cannot be switched off"):
        a_slice(fields={"code": "off"})


@pytest.mark.parametrize(
    "lookups",
    [Taxes(PartnerState.PLANNED), Taxes(PartnerState.LINKED, ours="12.5", theirs="25")],
    ids=["made by this run", "given Xero's rate by this run"],
)
def test_tax_when_this_run_writes_it_the_item_waits_for_the_next_one(lookups):
    slice_ = a_slice(lookups=lookups)
    source = from_xero(slice_, sales={"TaxType": "TAX012"})
    held = from_vtiger(slice_, tax1="15.000").record

    assert codes(to_vtiger(slice_, source).blockers) == [Code.DEPENDENCY]
    present = to_vtiger(slice_, source, held)
    assert (codes(present.blockers), present.record.tax != held.tax) == ([Code.DEPENDENCY], True)


def test_tax_when_it_is_linked_at_the_same_rate_and_still_unknown_is_noted():
    slice_ = a_slice(lookups=Taxes(PartnerState.LINKED, ours="15.474", theirs="15.4738"))
    found = to_vtiger(slice_, from_xero(slice_, sales={"TaxType": "TAX012"}))
    assert (codes(found.notes), found.blockers) == ([Code.PRD_TAX], ())
