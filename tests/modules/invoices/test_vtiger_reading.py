"""Which taxes and discounts Vtiger counted, read from its rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from modules.invoices.books import CHARGE, CITY, GST, LEVY, VAT, WITHHELD, ZERO_RATED, Books, D, a_reference, a_slice
from modules.invoices.papers import from_vtiger, v_line, v_row
from vtxero.domain.money import ZERO
from vtxero.modules.invoices import needs_retrieve


def read(row, **kwargs):
    return from_vtiger(a_slice(**kwargs), row).record


def test_line_tax_when_attached_to_the_product_is_counted():
    record = read(v_row(v_line(tax4="15.000"), total="115.00000000", pre_tax="100"))
    assert record.lines[0].taxes == ((GST, D(15)),)
    assert record.tax_mode == "individual"


def test_line_tax_when_not_attached_to_the_product_is_not_counted():
    record = read(v_row(v_line("14x4", tax4="15.000"), total="100", pre_tax="100"))
    assert record.lines[0].taxes == ()


def test_line_tax_when_set_to_zero_on_the_line_is_not_applied():
    record = read(v_row(v_line(), total="100", pre_tax="100"))
    assert record.lines[0].taxes == ()


def test_line_tax_when_attached_after_the_invoice_was_made_is_read_from_the_total():
    record = read(v_row(v_line(tax4="15.000"), v_line("14x2", tax4="15.000"), total="215", pre_tax="200"))
    assert sorted(len(line.taxes) for line in record.lines) == [0, 1]


def test_line_tax_when_the_product_is_gone_is_read_from_the_total():
    taxed = read(v_row(v_line("", tax4="15.000"), total="115", pre_tax="100"))
    untaxed = read(v_row(v_line("", tax4="15.000"), total="100", pre_tax="100"))
    assert (len(taxed.lines[0].taxes), len(untaxed.lines[0].taxes)) == (1, 0)


def test_zero_rated_tax_when_the_product_has_it_is_named():
    record = read(v_row(v_line("14x3"), total="100", pre_tax="100"))
    assert record.lines[0].taxes == ((ZERO_RATED, ZERO),)


def test_zero_rated_tax_when_on_the_placeholder_is_not_named():
    books = Books()
    record = read(v_row(v_line(books.add_placeholder()), total="100", pre_tax="100"), books=books)
    assert record.lines[0].taxes == ()


@pytest.mark.parametrize("mode", ["group", ""])
def test_group_tax_when_only_on_the_first_line_counts_for_all(mode):
    row = v_row(v_line(tax4="15.000"), v_line("14x4"), total="230", pre_tax="200", mode=mode)
    record = read(row)
    assert [line.taxes for line in record.lines] == [((GST, D(15)),)] * 2
    assert record.tax_mode == "group"


def test_group_tax_when_only_on_a_later_line_does_not_count():
    record = read(v_row(v_line("14x4"), v_line(tax4="15.000"), total="200", pre_tax="200", mode="group"))
    assert {line.taxes for line in record.lines} == {()}


def test_group_with_a_compound_tax_is_explained():
    row = v_row(v_line(tax4="15.000", tax7="10.000"), total="126.5", pre_tax="100", mode="group", retrieved=False)
    assert read(row).lines[0].taxes == ((GST, D(15)), (LEVY, D(10)))
    assert not needs_retrieve(row["header"], row["lines"], a_reference())


def test_tax_type_when_spelt_with_a_capital_is_individual():
    row = v_row(v_line(tax4="15.000"), total="115", pre_tax="115", mode="Individual", retrieved=False)
    record = read(row)
    assert (record.tax_mode, record.group_discount) == ("individual", ZERO)


def test_header_discount_when_retrieved_as_percentage_is_taken_of_the_taxed_sum():
    row = v_row(v_line(tax4="15.000"), total="103.5", pre_tax="88.5", hdnDiscountPercent="10.000")
    assert read(row).group_discount == D("11.5")


def test_header_discount_when_not_retrieved_is_the_gap_to_the_pre_tax_total():
    row = v_row(v_line(tax4="15.000"), total="103.5", pre_tax="88.5", retrieved=False)
    assert read(row).group_discount == D("11.5")
    assert not needs_retrieve(row["header"], row["lines"], a_reference())


def test_totals_of_the_web_ui_when_rounded_at_each_step_are_no_discount():
    lines = [
        v_line(quantity="0.333", price="39.36", tax4="15.000"),
        v_line(quantity="1.25", price="9.99", tax4="15.000"),
    ]
    row = v_row(*lines, total="29.44", pre_tax="25.60", retrieved=False, source="CRM")
    record = read(row)
    assert record.group_discount == ZERO
    assert not needs_retrieve(row["header"], row["lines"], a_reference())


@pytest.mark.parametrize(("rate", "total"), [("-20.000", "95"), ("20.000", "135")])
def test_deducted_tax_in_a_group_is_told_apart(rate, total):
    record = read(v_row(v_line(tax4="15.000", tax6=rate), total=total, pre_tax="100", mode="group"))
    assert record.deducted == ((WITHHELD, D(rate)),)
    assert record.lines[0].taxes == ((GST, D(15)),)


def test_deducted_tax_when_vtiger_ignored_it_is_told_all_the_same():
    record = read(v_row(v_line(tax4="15.000", tax6="-20.000"), total="115", pre_tax="100"))
    assert record.deducted


def test_charges_when_retrieved_have_their_taxes():
    charges = {"hdnS_H_Amount": "25.00000000", CHARGE: "25", f"{CHARGE}_shtax1": "4.5", f"{CHARGE}_shtax2": 0}
    record = read(v_row(v_line(tax4="15.000"), total="141.125", pre_tax="125", **charges))
    assert record.shipping is not None
    assert (record.shipping.amount, record.shipping.taxes) == (D(25), ((f"{CHARGE}_shtax1", D("4.5")),))


@pytest.mark.parametrize(("total", "taxed"), [("242.50", [0, 1]), ("257.50", [1, 1]), ("227.50", [0, 0])])
def test_line_tax_when_charges_are_taxed_too_is_read_from_what_their_tax_leaves_of_the_total(total, taxed):
    charges = {"hdnS_H_Amount": "25", CHARGE: "25", f"{CHARGE}_shtax2": "10"}
    lines = (v_line(tax4="15.000"), v_line("14x2", tax4="15.000"))

    record = read(v_row(*lines, total=total, pre_tax="225", **charges))

    assert sorted(len(line.taxes) for line in record.lines) == taxed
    assert record.group_discount == ZERO


def test_needs_retrieve_when_there_are_charges_is_true():
    row = v_row(v_line(tax4="15.000"), total="140", pre_tax="125", hdnS_H_Amount="25", retrieved=False)
    assert needs_retrieve(row["header"], row["lines"], a_reference())


def test_needs_retrieve_when_the_total_is_not_explained_is_true():
    row = v_row(v_line(tax4="15.000"), total="117", pre_tax="100", retrieved=False)
    assert needs_retrieve(row["header"], row["lines"], a_reference())


def test_needs_retrieve_when_a_number_cannot_be_read_is_true():
    row = v_row(v_line(quantity="many"), total="100", retrieved=False)
    assert needs_retrieve(row["header"], row["lines"], a_reference())


def test_record_when_read_from_a_list_or_retrieved_is_the_same():
    line = v_line("14x2", "3", "33.33", discount_percent="5.000", tax1="4.500", tax4="15.000")
    total = "113.50531575"
    listed = read(v_row(line, total=total, pre_tax="94.9905", retrieved=False))
    assert replace(listed, carried=()) == replace(read(v_row(line, total=total, pre_tax="94.9905")), carried=())


def test_total_is_rounded_half_up_to_cents():
    assert read(v_row(v_line(price="571.7650"), total="571.76500000", pre_tax="571.765")).total == D("571.77")


def test_number_that_cannot_be_read_becomes_a_finding_with_the_number_named():
    snapshot = from_vtiger(a_slice(), v_row(v_line(quantity="many"), total="1"))
    assert "quantity" in snapshot.findings[0].message
    assert snapshot.label == "INV1"


def test_date_that_is_no_date_becomes_a_finding():
    assert from_vtiger(a_slice(), v_row(v_line(), total="100", invoicedate="soon")).findings


def test_date_of_zeros_is_none():
    assert read(v_row(v_line(), total="100", duedate="0000-00-00")).due_on is None


def test_many_doubtful_lines_are_read_in_reasonable_time():
    lines = [v_line("", "1", str(10 + 7 * index), tax4="15.000") for index in range(14)]
    net = sum(Decimal(line["listprice"]) for line in lines)
    record = read(v_row(*lines, total=str(net), pre_tax=str(net)))
    assert {line.taxes for line in record.lines} == {()}


def test_raw_when_read_again_gives_the_same_record():
    slice_ = a_slice()
    charges = {"hdnS_H_Amount": "25", CHARGE: "25", f"{CHARGE}_shtax2": "10"}
    snapshot = from_vtiger(slice_, v_row(v_line("", tax4="15.000"), total="142.5", pre_tax="125", **charges))
    assert slice_.mappers["vtiger"].parse_one(snapshot.raw) == snapshot
    assert snapshot.record.shipping.taxes == ((f"{CHARGE}_shtax2", D(10)),)


def test_taxes_when_two_are_attached_are_both_read():
    record = read(v_row(v_line("14x2", tax1="4.500", tax4="15.000", tax2="10.000"), total="119.5", pre_tax="100"))
    assert [name for name, _ in record.lines[0].taxes] == [VAT, GST]
    assert CITY not in dict(record.lines[0].taxes)
