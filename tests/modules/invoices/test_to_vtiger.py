"""A Xero invoice on its way to Vtiger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.world import (
    CHARGE,
    CITY,
    DAY,
    GST,
    VAT,
    ZERO_RATED,
    Books,
    D,
    Product,
    a_reference,
    a_slice,
    codes,
    crossed,
    from_vtiger,
    from_xero,
    to_vtiger,
    v_line,
    v_row,
    x_item,
    x_row,
)
from vtxero.domain.lookups import PartnerState, symbol
from vtxero.domain.money import ONE, ZERO
from vtxero.domain.sides import Side
from vtxero.modules.invoices import Charge


def created(row, **kwargs):
    slice_ = a_slice(**kwargs)
    projection = to_vtiger(slice_, row)
    assert not projection.blockers
    payload = slice_.mappers[Side.VTIGER].payload(projection.record, None, "", "x-inv")
    (step,) = payload["steps"]
    assert (step["op"], step["module"]) == ("create", "Invoice")
    return projection, step["element"]


def test_invoice_when_new_is_created_with_everything_vtiger_wants():
    projection, element = created(x_row(x_item()))
    assert projection.record.total == D(115)
    expected = {
        "subject": "PO 12",
        "account_id": "11x1",
        "assigned_user_id": "19x1",
        "bill_street": "1 High St",
        "ship_street": "1 High St",
        "productid": "14x1",
        "hdnTaxType": "individual",
        "currency_id": "21x1",
        "conversion_rate": "1",
        "invoicestatus": "Approved",
        "invoicedate": "2026-05-01",
        "duedate": "2026-05-15",
        "source": "XERO x-inv",
        "received": "0",
        "txtAdjustment": "0",
    }
    assert {name: element[name] for name in expected} == expected


def test_line_names_every_tax_so_that_vtiger_adds_none():
    _, element = created(x_row(x_item()))
    (line,) = element["LineItems"]
    assert {name: line[name] for name in line if name.startswith("tax")} == {
        "tax1": "0",
        "tax2": "0",
        "tax4": "15",
        "tax5": "0",
        "tax6": "0",
        "tax7": "0",
    }
    assert (line["productid"], line["comment"]) == ("14x1", "")


def test_address_when_the_organization_has_none_is_a_dash():
    books = Books()
    books.parties["11x1"].billing_fields = ()
    _, element = created(x_row(x_item()), books=books)
    assert (element["bill_street"], element["ship_street"]) == ("-", "-")


def test_party_when_planned_is_a_symbol_and_has_no_address_yet():
    books = Books(states={"11x1": PartnerState.PLANNED})
    _, element = created(x_row(x_item()), books=books)
    assert (element["account_id"], element["bill_street"]) == (symbol("organizations", "x-11x1"), "-")


def test_subject_when_there_is_no_reference_is_the_number():
    projection, _ = created(x_row(x_item(), Reference=""))
    assert projection.record.reference == "INV-0007"


def test_subject_when_too_long_or_with_emoji_is_fitted_with_a_note():
    projection, element = created(x_row(x_item(), Reference="😀" + "x" * 120))
    assert len(element["subject"]) == 100
    assert codes(projection.notes) == ["TEXT-UNSUPPORTED"]


def test_reference_when_placed_in_another_field_leaves_the_subject_to_the_number():
    fields = {"reference": {"vtiger": "Order Number"}}
    _, element = created(x_row(x_item()), fields=fields)
    assert (element["cf_po"], element["subject"]) == ("PO 12", "INV-0007")


def test_reference_when_switched_off_does_not_cross():
    _, element = created(x_row(x_item()), fields={"reference": "to-xero"})
    assert element["subject"] == "INV-0007"


def test_xero_number_and_id_go_into_their_fields_where_vtiger_has_them():
    reference = a_reference(custom=("Xero Invoice Number", "Xero Invoice ID"))
    _, element = created(x_row(x_item()), reference=reference)
    assert (element["cf_Xero Invoice Number"], element["cf_Xero Invoice ID"]) == ("INV-0007", "x-inv")


def test_rate_is_xeros_at_three_decimals():
    _, element = created(x_row(x_item(), CurrencyCode="USD", CurrencyRate=D("0.612390")))
    assert (element["currency_id"], element["conversion_rate"]) == ("21x2", "0.612")


def test_mandatory_field_is_filled_from_the_config_or_stops():
    reference = a_reference(mandatory=("Region",))
    assert codes(to_vtiger(a_slice(reference=reference), x_row(x_item())).blockers) == ["MANDATORY-FIELD"]
    _, element = created(x_row(x_item()), reference=reference, defaults={"Region": "North"})
    assert element["cf_Region"] == "North"


# -- lines -----------------------------------------------------------------------------------------------------


def test_line_without_item_gets_the_placeholder():
    books = Books()
    placeholder = books.add_placeholder()
    projection, _ = created(x_row(x_item("", text="Labour")), books=books)
    assert (projection.record.lines[0].product, projection.record.lines[0].description) == (placeholder, "Labour")


def test_line_without_item_when_there_is_no_placeholder_yet_asks_for_it():
    projection, _ = created(x_row(x_item("", text="Labour")))
    assert projection.record.lines[0].product == symbol("products", "??????")
    assert projection.record.needs == (symbol("products", "??????"),)


def test_line_whose_item_has_no_product_gets_the_placeholder_and_a_note():
    projection, _ = created(x_row(x_item("GONE", text="Lost thing")))
    assert projection.record.lines[0].description == "Lost thing"
    assert codes(projection.notes) == ["DEPENDENCY"]


def test_line_of_a_planned_product_is_a_symbol_when_it_will_have_the_tax():
    books = Books(states={"14x1": PartnerState.PLANNED})
    projection, _ = created(x_row(x_item()), books=books)
    assert projection.record.lines[0].product == symbol("products", "x-14x1")


def test_line_of_a_planned_product_that_will_lack_the_tax_gets_the_placeholder():
    books = Books(states={"14x1": PartnerState.PLANNED})
    books.products["14x1"] = Product("P1", "Pump", "", (), "")
    projection, _ = created(x_row(x_item()), books=books)
    assert projection.record.lines[0].product == symbol("products", "??????")


def test_tax_that_the_product_lacks_moves_the_line_to_the_placeholder_and_names_both():
    books = Books()
    placeholder = books.add_placeholder()
    projection, _ = created(x_row(x_item("P4", text="Untaxed tile")), books=books)
    line = projection.record.lines[0]
    assert (line.product, line.taxes, line.description) == (placeholder, ((GST, D(15)),), "Untaxed tile")
    (said,) = projection.notes
    assert "'Untaxed tile'" in said.message
    assert "GST 15 %" in said.remedy


def test_tax_that_even_the_placeholder_lacks_stops():
    books = Books()
    books.add_placeholder((VAT,))
    assert codes(to_vtiger(a_slice(books=books), x_row(x_item("P4"))).blockers) == ["INV-TAX-UNKNOWN"]


def test_tax_that_vtiger_does_not_know_stops():
    (found,) = to_vtiger(a_slice(), x_row(x_item(tax="OUTPUT2"))).blockers
    assert found.message == "Line 1: Vtiger has no tax 15% GST on Income at 15 %."


def test_tax_when_mapped_in_the_config_is_found():
    projection, _ = created(x_row(x_item(tax="OUTPUT2")), taxes={"GST": "OUTPUT2"})
    assert projection.record.lines[0].taxes == ((GST, D(15)),)


def test_tax_free_kind_that_vtiger_does_not_know_crosses_as_no_tax():
    projection, _ = created(x_row(x_item("P4", tax="EXEMPTOUTPUT")))
    assert projection.record.lines[0].taxes == ()


def test_zero_rated_line_shows_what_the_product_has():
    projection, _ = created(x_row(x_item("P3", tax="ZERORATED"), x_item("P3", tax="NONE")))
    assert [line.taxes for line in projection.record.lines] == [((ZERO_RATED, ZERO),)] * 2


def test_quantity_of_four_decimals_becomes_the_lines_amount():
    projection, _ = created(x_row(x_item(quantity="0.3333", price="30")))
    line = projection.record.lines[0]
    assert (line.quantity, line.unit_price, line.description) == (ONE, D(10), "Pump & hose (0.3333 x 30)")


def test_discounts_cross_as_they_are():
    row = x_row(x_item(DiscountRate=D("12.5")), x_item(DiscountAmount=D("5.55")))
    one, other = created(row)[0].record.lines
    assert (one.discount_percent, other.discount_amount) == (D("12.5"), D("5.55"))


def test_emoji_is_left_out_with_a_note():
    projection, _ = created(x_row(x_item(text="Nice 😀")))
    assert projection.record.lines[0].description == "Nice"
    assert codes(projection.notes) == ["TEXT-UNSUPPORTED"]


def test_text_only_line_is_a_line_of_nothing():
    books = Books()
    books.add_placeholder()
    slice_ = a_slice(books=books)
    projection = to_vtiger(slice_, x_row(x_item(), {"Description": "Thank you"}))
    line = projection.record.lines[1]
    assert (line.description, line.quantity, line.unit_price, line.taxes) == ("Thank you", ONE, ZERO, ())


def test_line_account_is_shown_where_lines_have_the_field():
    reference = a_reference(line_fields=("Xero Sales Account",))
    _, element = created(x_row(x_item(account="260")), reference=reference)
    assert element["LineItems"][0]["cf_Xero Sales Account"] == "260 - Freight"


def test_inclusive_prices_are_taken_apart():
    line = x_item(price="115", LineAmount=D(115), TaxAmount=D(15))
    row = x_row(x_item()) | {"LineAmountTypes": "Inclusive", "LineItems": [line], "Total": D(115)}
    projection, _ = created(row)
    assert (projection.record.lines[0].unit_price, projection.record.total) == (D(100), D(115))


def test_line_order_is_kept():
    projection, _ = created(x_row(x_item("P2", text="Tile"), x_item("P1")))
    assert [line.product for line in projection.record.lines] == ["14x2", "14x1"]


# -- charges, adjustment, rounding -----------------------------------------------------------------------------


def charges(amount="20", tax="TAX003", text="Charges"):
    return x_item("", price=amount, text=text, tax=tax, account="260")


def test_charges_line_becomes_shipping_with_its_tax():
    projection, element = created(x_row(x_item(), charges()))
    assert projection.record.shipping == Charge(D(20), taxes=((f"{CHARGE}_shtax2", D(10)),))
    assert (element[CHARGE], element[f"{CHARGE}_shtax1"], element[f"{CHARGE}_shtax2"]) == ("20", "0", "10")


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


def test_total_that_rounding_does_not_explain_stops():
    row = x_row(x_item(TaxAmount=D(14)))
    assert codes(to_vtiger(a_slice(), row).blockers) == ["INV-TOTAL"]


# -- reasons ---------------------------------------------------------------------------------------------------


def test_voided_invoice_that_never_was_in_vtiger_stays_out():
    assert codes(to_vtiger(a_slice(), x_row(x_item(), Status="VOIDED")).blockers) == ["INV-STATUS"]


def test_currency_that_vtiger_lacks_stops():
    assert codes(to_vtiger(a_slice(), x_row(x_item(), CurrencyCode="EUR")).blockers) == ["INV-CURRENCY"]


def test_version_that_cannot_create_invoices_stops_new_ones_only():
    slice_ = a_slice(reference=a_reference(version="8.3.0"))
    assert codes(to_vtiger(slice_, x_row(x_item())).blockers) == ["RUN-VTIGER-VERSION"]
    current = from_vtiger(slice_, v_row(v_line(tax4="15.000"), total="115")).record
    assert not to_vtiger(slice_, x_row(x_item()), current).blockers


@pytest.mark.parametrize(
    ("contact", "states", "expected"),
    [
        ("x-11x77", {}, "DEPENDENCY"),
        ("x-11x1", {"11x1": PartnerState.BLOCKED}, "DEPENDENCY"),
        ("x-12x1", {}, "MANDATORY-FIELD"),
        ("", {}, "INV-PARTY"),
    ],
)
def test_party_that_vtiger_cannot_have_stops(contact, states, expected):
    row = x_row(x_item(), Contact={"ContactID": contact})
    assert codes(to_vtiger(a_slice(books=Books(states=states)), row).blockers) == [expected]


# -- with an invoice that is there -----------------------------------------------------------------------------


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
