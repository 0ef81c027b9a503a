"""Charges, adjustments and rounding of a Xero invoice on its way to Vtiger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import CHARGE, Books, D, a_reference, a_slice
from modules.invoices.papers import codes, created, from_xero, to_vtiger, x_item, x_row
from vtxero.domain.lookups import symbol
from vtxero.domain.money import ZERO
from vtxero.modules.invoices import Charge


def charges(amount="20", tax="TAX003", text="Charges"):
    return x_item("", price=amount, text=text, tax=tax, account="260")


def test_charges_line_becomes_shipping_with_its_tax():
    projection, element = created(x_row(x_item(), charges()))
    assert projection.record.shipping == Charge(D(20), taxes=((f"{CHARGE}_shtax2", D(10)),))
    assert (element[CHARGE], element[f"{CHARGE}_shtax1"], element[f"{CHARGE}_shtax2"]) == ("20", "0", "10")


def test_charges_go_into_the_field_that_this_vtiger_has_for_them():
    reference = a_reference()
    vtiger = replace(reference.vtiger, charge_taxes={"freight_shtax1": "VAT", "freight_shtax2": "City"})
    _, element = created(x_row(x_item(), charges()), reference=replace(reference, vtiger=vtiger))
    assert (element["freight"], element["freight_shtax1"], element["freight_shtax2"]) == ("20", "0", "10")
    assert CHARGE not in element


def test_charges_line_of_nothing_is_a_line_like_others_since_vtiger_has_no_charges_of_zero():
    books = Books()
    books.add_placeholder()
    projection, _ = created(x_row(x_item(), x_item("", price="0", text="Charges")), books=books)

    assert projection.record.shipping is None
    assert [line.description for line in projection.record.lines] == ["", "Charges"]


def test_charges_with_a_tax_that_vtiger_lacks_for_charges_stop():
    assert codes(to_vtiger(a_slice(), x_row(x_item(), charges(tax="TAX001"))).blockers) == ["INV-TAX-UNKNOWN"]


def test_two_charges_lines_are_lines_like_others():
    record = from_xero(a_slice(), x_row(x_item(), charges(), charges())).record
    assert (len(record.lines), record.shipping) == (3, None)


def test_invoice_of_nothing_but_charges_gets_a_placeholder_line_of_zero():
    projection, element = created(x_row(charges()))
    (line,) = projection.record.lines
    assert (line.product, line.unit_price) == (symbol("products", "??????"), ZERO)
    assert element["LineItems"][0]["listprice"] == "0"


def test_adjustment_line_on_the_configured_account_becomes_the_adjustment():
    row = x_row(x_item(), x_item("", price="-0.5", text="Adjustment", tax="NONE", account="210"))
    projection, element = created(row)
    assert projection.record.adjustment == Charge(D("-0.5"))
    assert element["txtAdjustment"] == "-0.5"


def test_adjustment_line_on_another_account_is_a_line():
    row = x_row(x_item(), x_item("", price="-0.5", text="Adjustment", tax="NONE", account="200"))
    assert len(to_vtiger(a_slice(), row).record.lines) == 2


def test_rounding_line_comes_back_as_nothing():
    row = x_row(x_item(), x_item("", price="0.01", text="Rounding", tax="NONE", account="210"))
    record = from_xero(a_slice(), row).record
    assert record.rounding.amount == D("0.01")
    projection = to_vtiger(a_slice(), row)
    assert len(projection.record.lines) == 1
    assert projection.record.total == D("115.01")


def test_large_line_called_rounding_is_a_line():
    row = x_row(x_item(), x_item("", price="5", text="Rounding", tax="NONE", account="210"))
    assert len(from_xero(a_slice(), row).record.lines) == 2


def test_line_called_rounding_that_is_the_only_one_is_what_the_invoice_is_for():
    books = Books()
    books.add_placeholder()
    projection, element = created(x_row(x_item("", price="0.01", text="Rounding", tax="NONE")), books=books)

    assert [(line.description, line.unit_price) for line in projection.record.lines] == [("Rounding", D("0.01"))]
    assert element["txtAdjustment"] == "0"


def test_rounding_of_xeros_taxes_goes_into_the_adjustment_with_a_note():
    row = x_row(*(x_item(price=price) for price in ("25.06", "25.61", "25.63")))
    projection, _ = created(row)
    assert row["Total"] == D("87.74")
    assert projection.record.total == D("87.74")
    assert projection.record.adjustment == Charge(D("-0.01"))
    assert codes(projection.notes) == ["INV-TOTAL"]


@pytest.mark.parametrize(("rounding", "blocked"), [("skip", ["INV-TOTAL"]), ("accept", [])])
def test_rounding_when_not_to_be_adjusted_is_told(rounding, blocked):
    row = x_row(*(x_item(price=price) for price in ("25.06", "25.61", "25.63")))
    projection = to_vtiger(a_slice(rounding=rounding), row)
    assert codes(projection.blockers) == blocked
    assert projection.record.adjustment is None
