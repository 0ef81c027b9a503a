"""A Vtiger invoice on its way to Xero: what crosses, as what."""

from __future__ import annotations

import pytest

from modules.invoices.books import CHARGE, Books, D, a_reference, a_slice
from modules.invoices.papers import TAXED, blockers, codes, crossed, from_xero, plain, to_xero, v_line, v_row
from vtxero.domain.lookups import PartnerState, symbol
from vtxero.domain.money import ZERO
from vtxero.domain.sides import Side


def only_line(row, **kwargs):
    projection = to_xero(a_slice(**kwargs), row)
    assert not projection.blockers
    (line,) = projection.record.lines
    return line


def test_invoice_when_nothing_speaks_against_it_crosses_whole():
    record = to_xero(a_slice(), plain()).record
    assert (record.party, record.reference, record.number, record.status) == ("x-11x1", "Pumps", "INV1", "AUTHORISED")
    assert (record.currency, record.total, record.amount_paid) == ("NZD", D(115), ZERO)


def test_line_when_without_comment_is_described_by_the_products_unescaped_name():
    line = only_line(plain())
    assert (line.product, line.description, line.tax_type, line.account) == ("P1", "Pump & hose", "TAX001", "200")


def test_line_when_commented_is_described_by_the_comment():
    assert only_line(v_row({**TAXED, "comment": " as\r\nagreed "}, total="115")).description == "as\nagreed"


def test_description_when_too_long_is_cut_with_a_note():
    projection = to_xero(a_slice(), v_row({**TAXED, "comment": "x" * 4001}, total="115"))
    assert len(projection.record.lines[0].description) == 4000
    assert "TEXT-UNSUPPORTED" in codes(projection.notes)


def test_party_when_there_is_only_a_contact_is_the_contact():
    assert to_xero(a_slice(), plain(account_id="", contact_id="12x1")).record.party == "x-12x1"


def test_party_when_planned_is_a_symbol():
    books = Books(states={"11x1": PartnerState.PLANNED})
    assert to_xero(a_slice(books=books), plain()).record.party == symbol("organizations", "11x1")


def test_negative_quantity_becomes_a_negative_price():
    row = v_row(TAXED, v_line(quantity="-2", price="10", tax4="15.000"), total="92")
    line = to_xero(a_slice(), row).record.lines[1]
    assert (line.quantity, line.unit_price) == (D(2), D(-10))


def test_negative_line_with_a_discount_is_folded_into_one_amount():
    row = v_row(TAXED, v_line(quantity="-2", price="10", discount_percent="10", tax4="15.000"), total="94.3")
    line = to_xero(a_slice(), row).record.lines[1]
    assert (line.quantity, line.unit_price, line.discount_percent) == (D(1), D(-18), ZERO)
    assert line.description.endswith("(-2 x 10 less 10 %)")


def test_price_of_more_than_four_decimals_becomes_the_lines_amount():
    line = only_line(v_row(v_line(quantity="3", price="33.33333", tax4="15.000"), total="115"))
    assert (line.quantity, line.unit_price) == (D(1), D(100))
    assert line.description == "Pump & hose (3 x 33.33333)"


def test_discount_percent_of_two_decimals_is_a_rate():
    line = only_line(v_row({**TAXED, "discount_percent": "12.250"}, total="100.9125"))
    assert (line.discount_percent, line.discount_amount) == (D("12.25"), ZERO)


def test_discount_percent_of_three_decimals_is_an_amount():
    line = only_line(v_row(v_line(price="200", discount_percent="33.335", tax4="15.000"), total="153.3295"))
    assert (line.discount_percent, line.discount_amount) == (ZERO, D("66.67"))


def test_discount_that_would_round_to_more_than_the_line_is_folded():
    line = only_line(v_row(v_line("14x4", "0.016", "3", discount_percent="93.751"), total="0.00299952"))
    assert (line.quantity, line.unit_price, line.discount_amount) == (D(1), ZERO, ZERO)


def test_discount_when_both_are_given_is_the_amount():
    line = only_line(v_row({**TAXED, "discount_percent": "50", "discount_amount": "5"}, total="109.25"))
    assert (line.discount_percent, line.discount_amount) == (ZERO, D(5))


def test_group_of_one_tax_is_that_tax_on_every_line():
    record = to_xero(a_slice(), v_row(TAXED, v_line("14x4"), total="230", pre_tax="200", mode="group")).record
    assert [line.tax_type for line in record.lines] == ["TAX001", "TAX001"]


@pytest.mark.parametrize(
    ("taxes", "total", "expected"),
    [({"tax4": "15", "tax2": "10"}, "125", "TAX005"), ({"tax4": "15", "tax7": "10"}, "126.5", "TAX004")],
)
def test_group_of_several_taxes_is_the_combined_rate(taxes, total, expected):
    assert only_line(v_row(v_line(**taxes), total=total, pre_tax="100", mode="group")).tax_type == expected


def test_no_tax_is_the_configured_tax_free_rate():
    assert only_line(v_row(v_line("14x4"), total="100")).tax_type == "NONE"


def test_zero_rated_product_has_its_own_tax():
    assert only_line(v_row(v_line("14x3"), total="100")).tax_type == "ZERORATED"


def test_charges_become_a_line_of_their_own_with_their_tax():
    charges = {"hdnS_H_Amount": "20", CHARGE: "20", f"{CHARGE}_shtax1": "4.5"}
    _, xero, answer = crossed(a_slice(), v_row(TAXED, total="135.9", pre_tax="120", **charges))
    assert answer["LineItems"][1]["Description"] == "Charges"
    assert (xero.record.shipping.amount, xero.record.shipping.tax_type) == (D(20), "TAX002")
    assert xero.record.shipping.account == "260"


def test_charges_of_less_than_half_a_cent_are_no_line_in_xero_and_stay_in_vtiger():
    slice_ = a_slice()
    vtiger, xero, answer = crossed(
        slice_, v_row(v_line("14x3"), total="100.004", hdnS_H_Amount="0.004", **{CHARGE: "0.004"})
    )
    assert len(answer["LineItems"]) == 1
    assert xero.record.shipping is None
    back = slice_.mappers[Side.VTIGER].project(from_xero(slice_, answer), vtiger.record)
    assert back.record.shipping == vtiger.record.shipping


def test_invoice_of_nothing_but_charges_of_less_than_half_a_cent_has_no_lines():
    assert blockers(v_row(total="0", pre_tax="0", hdnS_H_Amount="0.004", **{CHARGE: "0.004"})) == ["INV-LINES"]


def test_adjustment_becomes_a_line_on_the_configured_account():
    _, xero, answer = crossed(a_slice(), v_row(TAXED, total="114.5", txtAdjustment="-0.50000000"))
    assert answer["LineItems"][1]["Description"] == "Adjustment"
    assert (xero.record.adjustment.amount, xero.record.adjustment.account) == (D("-0.5"), "210")


def test_amounts_in_another_currency_cross_without_a_rate():
    slice_ = a_slice()
    row = plain(currency_id="21x2", conversion_rate="0.600")
    payload = slice_.mappers[Side.XERO].payload(to_xero(slice_, row).record, None, "7x1", "")
    assert payload["CurrencyCode"] == "USD"
    assert "CurrencyRate" not in payload


def test_paid_in_vtiger_crosses_with_a_note():
    projection = to_xero(a_slice(), plain(invoicestatus="Paid"))
    assert codes(projection.notes) == ["INV-PAID-ELSEWHERE"]
    assert not projection.blockers


def test_line_of_a_deleted_product_crosses_under_its_name_with_a_note():
    projection = to_xero(a_slice(), v_row({**TAXED, "productid": "", "product_name": "Old &amp; gone"}, total="115"))
    line = projection.record.lines[0]
    assert (line.product, line.description, line.account) == ("", "Old & gone", "200")
    assert codes(projection.notes) == ["INV-PRODUCT"]


def test_line_of_a_product_without_code_crosses_without_item_and_with_a_note():
    projection = to_xero(a_slice(), v_row(v_line("14x5", tax4="15.000"), total="115"))
    assert projection.record.lines[0].product == ""
    assert codes(projection.notes) == ["PRD-CODE"]


def test_line_of_a_skipped_product_crosses_without_item_and_names_it():
    books = Books(states={"14x1": PartnerState.BLOCKED})
    projection = to_xero(a_slice(books=books), plain())
    assert projection.record.lines[0].product == ""
    assert "Pump & hose" in projection.notes[0].message


def test_line_of_a_product_that_was_never_read_crosses_without_item():
    projection = to_xero(a_slice(), v_row(v_line("14x77", tax4="15.000", comment="Thing"), total="115"))
    assert codes(projection.notes) == ["DEPENDENCY"]
    assert not projection.blockers


def test_line_of_a_planned_product_has_its_code_and_needs_it():
    books = Books(states={"14x1": PartnerState.PLANNED})
    slice_ = a_slice(books=books)
    record = to_xero(slice_, plain()).record
    assert (record.lines[0].product, record.needs) == ("P1", (symbol("products", "14x1"),))
    assert slice_.decode(slice_.encode(record)).needs == record.needs


def test_placeholder_product_is_no_item_and_no_note():
    books = Books()
    projection = to_xero(a_slice(books=books), v_row(v_line(books.add_placeholder(), comment="Text"), total="100"))
    assert projection.record.lines[0].product == ""
    assert not projection.findings


def test_account_is_the_products_before_the_default():
    assert only_line(v_row(v_line("14x2", tax4="15.000"), total="115")).account == "210"


def test_account_is_the_lines_own_before_the_products():
    reference = a_reference(line_fields=("Xero Sales Account",))
    row = v_row({**v_line("14x2", tax4="15.000"), "cf_Xero Sales Account": "260 - Freight"}, total="115")
    assert only_line(row, reference=reference).account == "260"
