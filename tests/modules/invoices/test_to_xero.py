"""A Vtiger invoice on its way to Xero: what crosses, as what, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from modules.invoices.world import (
    CHARGE,
    RATES,
    Books,
    D,
    Product,
    a_reference,
    a_slice,
    codes,
    crossed,
    from_vtiger,
    from_xero,
    to_xero,
    v_line,
    v_row,
    x_answer,
)
from vtxero.domain.lookups import PartnerState, symbol
from vtxero.domain.money import ZERO
from vtxero.domain.sides import Side

TAXED = v_line(tax4="15.000")


def plain(**header):
    return v_row(TAXED, total="115", pre_tax="100", **header)


def blockers(row, **kwargs):
    return codes(to_xero(a_slice(**kwargs), row).blockers)


def only_line(row, **kwargs):
    projection = to_xero(a_slice(**kwargs), row)
    assert not projection.blockers
    (line,) = projection.record.lines
    return line


# -- what crosses ----------------------------------------------------------------------------------------------


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


def test_charges_of_two_taxes_need_a_combined_rate():
    charges = {"hdnS_H_Amount": "20", CHARGE: "20", f"{CHARGE}_shtax1": "4.5", f"{CHARGE}_shtax2": "10"}
    assert blockers(v_row(TAXED, total="137.9", pre_tax="120", **charges)) == ["INV-TAX-COMBINED"]


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


# -- products that do not cross --------------------------------------------------------------------------------


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


# -- accounts --------------------------------------------------------------------------------------------------


def test_account_is_the_products_before_the_default():
    assert only_line(v_row(v_line("14x2", tax4="15.000"), total="115")).account == "210"


def test_account_is_the_lines_own_before_the_products():
    reference = a_reference(line_fields=("Xero Sales Account",))
    row = v_row({**v_line("14x2", tax4="15.000"), "cf_Xero Sales Account": "260 - Freight"}, total="115")
    assert only_line(row, reference=reference).account == "260"


@pytest.mark.parametrize("account", ["999", "270 - Old income", "610", ""])
def test_account_when_unusable_stops_with_the_line_and_the_account_named(account):
    books = Books()
    books.products["14x1"] = Product("P1", "Pump", account, ("tax4",))
    projection = to_xero(a_slice(books=books, sales_account=""), plain())
    assert codes(projection.blockers) == ["INV-ACCOUNT"]
    assert projection.blockers[0].message.startswith("Line 1: ")


def test_tax_that_does_not_fit_the_account_stops():
    slice_ = a_slice(sales_account="300")
    assert codes(to_xero(slice_, v_row(v_line("14x3"), total="100")).blockers) == ["INV-TAX-ACCOUNT"]


# -- reasons ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"account_id": ""}, "INV-PARTY"),
        ({"account_id": "11x77"}, "DEPENDENCY"),
        ({"duedate": ""}, "INV-DATE"),
        ({"invoicedate": ""}, "INV-DATE"),
        ({"currency_id": "21x9"}, "INV-CURRENCY"),
        ({"invoicestatus": "Cancel"}, "INV-STATUS"),
        ({"invoicestatus": "Credit Invoice"}, "INV-STATUS"),
        ({"invoicestatus": "On hold"}, "INV-STATUS"),
        ({"invoicestatus": ""}, "INV-STATUS"),
        ({"hdnDiscountAmount": "5", "hdnGrandTotal": "110"}, "INV-GROUP-DISCOUNT"),
        ({"hdnGrandTotal": "117"}, "INV-TOTAL"),
    ],
)
def test_header_that_xero_cannot_take_stops_for_that_reason_alone(header, expected):
    assert blockers(plain(**header)) == [expected]


@pytest.mark.parametrize(
    ("line", "total", "mode", "expected"),
    [
        (v_line("14x2", tax4="15", tax1="4.5"), "119.5", "individual", "INV-TAX-SEVERAL"),
        (v_line(tax4="12.5"), "112.5", "individual", "INV-TAX-UNKNOWN"),
        (v_line(tax4="12.5"), "112.5", "group", "INV-TAX-UNKNOWN"),
        (v_line(tax4="15", tax1="4.5"), "119.5", "group", "INV-TAX-COMBINED"),
        (v_line(tax4="15", tax6="-20"), "95", "group", "INV-DEDUCTED-TAX"),
        (v_line(price="5", discount_amount="6", tax4="15"), "-1.15", "individual", "INV-DISCOUNT"),
        (v_line(price="99999999999", tax4="15"), "114999999998.85", "individual", "INV-TOO-BIG"),
        (v_line(price="-5", tax4="15"), "-5.75", "individual", "INV-NEGATIVE"),
    ],
)
def test_line_that_xero_cannot_take_stops_for_that_reason(line, total, mode, expected):
    found = blockers(v_row(line, total=total, mode=mode))
    assert expected in found
    assert set(found) <= {expected, "INV-NEGATIVE", "INV-TOO-BIG"}


def test_party_that_was_left_alone_is_named():
    projection = to_xero(a_slice(books=Books(states={"11x1": PartnerState.BLOCKED})), plain())
    assert codes(projection.blockers) == ["DEPENDENCY"]
    assert "the organization 11x1" in projection.blockers[0].message


@pytest.mark.parametrize(("locked", "stops"), [(date(2026, 5, 1), True), (date(2026, 4, 30), False)])
def test_lock_date_is_locked_itself(locked, stops):
    assert blockers(plain(), reference=a_reference(locked=locked)) == (["INV-LOCK-DATE"] if stops else [])


def test_currency_that_xero_does_not_have_stops():
    assert blockers(plain(currency_id="21x2"), reference=a_reference(currencies=("NZD",))) == ["INV-CURRENCY"]


def test_adjustment_without_an_account_stops():
    row = v_row(TAXED, total="115.5", txtAdjustment="0.5")
    assert blockers(row, adjustment_account="") == ["INV-ADJUSTMENT"]


def test_no_tax_when_xero_has_no_tax_free_rate_stops():
    reference = a_reference(rates=tuple(item for item in RATES if item.tax_type != "NONE"))
    assert blockers(v_row(v_line("14x4"), total="100"), reference=reference) == ["INV-TAX-UNKNOWN"]


def test_invoice_without_lines_stops():
    assert blockers(v_row(total="0")) == ["INV-LINES"]


def test_all_reasons_come_at_once_in_the_catalogues_order():
    row = plain(duedate="", hdnDiscountPercent="10", hdnGrandTotal="103.5", invoicestatus="Cancel", account_id="11x77")
    assert blockers(row) == ["INV-DATE", "INV-GROUP-DISCOUNT", "INV-STATUS", "DEPENDENCY"]


def test_one_reason_on_several_lines_is_said_once_with_all_lines():
    row = v_row(v_line(tax4="12.5"), TAXED, v_line(tax4="12.5"), total="340")
    (found,) = to_xero(a_slice(), row).blockers
    assert found.message == "Lines 1, 3: Xero has no active tax GST 12.5 %."


def test_total_that_is_not_explained_names_both_figures():
    (found,) = to_xero(a_slice(), plain(hdnGrandTotal="117")).blockers
    assert "117" in found.message
    assert "115" in found.message


def test_too_many_lines_for_a_request_stop():
    lines = [v_line("14x4", comment="x" * 3900) for _ in range(450)]
    assert blockers(v_row(*lines, total="45000")) == ["INV-TOO-BIG"]


# -- with an invoice that is there -----------------------------------------------------------------------------


def after(slice_, row, **changes):
    """Cross a row, let people change Xero's record, and give the present snapshots."""
    source, xero, _ = crossed(slice_, row)
    return source, replace(xero.record, **changes)


def test_account_changed_in_xero_is_kept():
    slice_ = a_slice()
    source, current = after(slice_, plain())
    current = replace(current, lines=(replace(current.lines[0], account="260", tracking=(("Region", "North"),)),))
    line = slice_.mappers[Side.XERO].project(source, current).record.lines[0]
    assert (line.account, line.line_id, line.tracking) == ("260", "l-0", (("Region", "North"),))


def test_line_ids_stay_with_their_lines_when_one_is_put_before_them():
    slice_ = a_slice()
    _, current = after(slice_, v_row(TAXED, v_line("14x4"), total="215"))
    changed = from_vtiger(slice_, v_row(v_line("14x2", tax4="15.000"), TAXED, v_line("14x4"), total="330"))
    lines = slice_.mappers[Side.XERO].project(changed, current).record.lines
    assert [line.line_id for line in lines] == ["", "l-0", "l-1"]


def test_tax_free_kind_chosen_in_xero_is_kept():
    slice_ = a_slice()
    source, current = after(slice_, v_row(v_line("14x4"), total="100"))
    current = replace(current, lines=(replace(current.lines[0], tax_type="EXEMPTOUTPUT"),))
    assert slice_.mappers[Side.XERO].project(source, current).record.lines[0].tax_type == "EXEMPTOUTPUT"


@pytest.mark.parametrize(
    ("vtiger", "xero", "expected"),
    [
        ("Created", "SUBMITTED", "SUBMITTED"),
        ("Created", "AUTHORISED", "DRAFT"),
        ("Approved", "DRAFT", "AUTHORISED"),
        ("Sent", "AUTHORISED", "AUTHORISED"),
        ("Overdue", "PAID", "PAID"),
        ("Paid", "AUTHORISED", "AUTHORISED"),
        ("Cancel", "DRAFT", "DELETED"),
        ("Cancel", "AUTHORISED", "VOIDED"),
        ("Cancel", "VOIDED", "VOIDED"),
        ("On hold", "SUBMITTED", "skip"),
    ],
)
def test_status_when_xero_has_one_is_kept_if_it_means_the_same(vtiger, xero, expected):
    slice_ = a_slice()
    source, current = after(slice_, plain(), status=xero)
    changed = replace(source, record=replace(source.record, status=vtiger))
    assert slice_.mappers[Side.XERO].project(changed, current).record.status == expected


@pytest.mark.parametrize(("current", "expected"), [("", "DRAFT"), ("DRAFT", "DRAFT"), ("AUTHORISED", "AUTHORISED")])
def test_status_when_drafts_are_held_back_never_approves(current, expected):
    slice_ = a_slice(create_as="draft")
    source, present = after(slice_, plain(), status=current)
    now = slice_.mappers[Side.XERO].project(source, present if current else None)
    assert now.record.status == expected


def test_small_adjustment_that_only_rounds_is_taken_as_xeros_own():
    slice_ = a_slice(adjustment_account="")
    _, current = after(slice_, plain())
    changed = from_vtiger(slice_, v_row(TAXED, total="115.01", txtAdjustment="0.01"))
    projection = slice_.mappers[Side.XERO].project(changed, current)
    assert not projection.blockers
    assert (projection.record.adjustment, projection.record.total) == (None, D("115.01"))


def test_group_discount_given_later_is_seen_as_a_change_and_stops():
    slice_ = a_slice()
    _, current = after(slice_, plain())
    changed = from_vtiger(slice_, plain(hdnDiscountAmount="5", hdnGrandTotal="110"))
    projection = slice_.mappers[Side.XERO].project(changed, current)
    assert projection.record.group_discount != current.group_discount
    assert codes(projection.blockers) == ["INV-GROUP-DISCOUNT"]


def test_product_renamed_after_crossing_changes_nothing_unless_the_invoice_does():
    books = Books()
    slice_ = a_slice(books=books)
    source, current = after(slice_, plain())
    books.products["14x1"].name = "Pump Mk 2"
    xero = slice_.mappers[Side.XERO]
    assert xero.project(source, current).record == xero.project(replace(source), current).record


def test_description_of_a_deleted_product_is_kept_from_xero():
    slice_ = a_slice()
    named = {**TAXED, "productid": "", "product_name": "Old thing"}
    _, xero, _ = crossed(slice_, v_row(named, total="115"))
    listed = from_vtiger(slice_, v_row({**TAXED, "productid": ""}, total="115", pre_tax="100", retrieved=False))
    assert slice_.mappers[Side.XERO].project(listed, xero.record).record.lines == xero.record.lines


def test_record_that_xero_answers_equals_the_planned_one():
    slice_ = a_slice()
    charges = {"hdnS_H_Amount": "12.5", CHARGE: "12.5", f"{CHARGE}_shtax2": "10", "txtAdjustment": "-0.02"}
    lines = [
        v_line(quantity="0.333", price="39.36", tax4="15.000"),
        v_line("14x2", "1.25", "9.123456", tax1="4.500", comment="Agreed"),
        v_line("14x3", "3", "10.5", discount_percent="12.5"),
        v_line("14x4", "-1", "2", discount_amount="0.5"),
    ]
    total = "65.78292640"
    source = from_vtiger(slice_, v_row(*lines, total=total, **charges))
    planned = slice_.mappers[Side.XERO].project(source, None).record
    _, xero, answer = crossed(slice_, v_row(*lines, total=total, **charges))
    for name in slice_.fields:
        assert getattr(planned, name) == getattr(xero.record, name)
    assert answer["Total"] == source.record.total == D("65.78")
    assert from_xero(slice_, answer).record == xero.record


def test_line_of_no_amount_keeps_the_account_and_tax_that_a_bookkeeper_gave_it():
    slice_, row = a_slice(), v_row(v_line("", "1", "0", comment="a note"), v_line("14x4"), total="100")
    source, _, answer = crossed(slice_, row)
    answer["LineItems"][0] |= {"Quantity": D(1), "UnitAmount": D(0), "AccountCode": "210", "TaxType": "NONE"}
    current = from_xero(slice_, answer).record

    again = slice_.mappers[Side.XERO].project(source, current).record

    assert (again.lines[0].account, again.lines[0].tax_type, again.lines[0].quantity) == ("210", "NONE", D(1))
    assert again.lines == current.lines


def test_line_of_rounding_that_also_holds_what_vtiger_shows_of_an_earlier_one_is_known_again():
    slice_, row = a_slice(), v_row(v_line("14x4", "1", "0"), total="0")
    _, current, answer = crossed(slice_, row)
    source = from_vtiger(slice_, v_row(v_line("14x4", "1", "0"), total="0.03", txtAdjustment="0.03"))
    xero = slice_.mappers[Side.XERO]
    wanted = xero.project(source, current.record).record
    changed = xero.payload(wanted, current.record, "7x1", current.id)

    answered = from_xero(slice_, x_answer(changed, answer)).record

    assert (answered.rounding.amount, answered.total) == (D("0.03"), D("0.03"))
    assert answered.lines == wanted.lines
