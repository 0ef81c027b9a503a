"""Both services' arithmetic, and the rounding between them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.invoices.books import CHARGE, CITY, GST, LEVY, RATES, VAT, Books, D, a_slice
from modules.invoices.papers import (
    cents,
    codes,
    from_vtiger,
    from_xero,
    to_vtiger,
    v_answer,
    v_line,
    v_row,
    x_answer,
    x_item,
    x_page,
    x_row,
)
from vtxero.domain.money import ZERO
from vtxero.domain.sides import Direction, Side
from vtxero.modules.invoices import Charge, Invoice, InvoiceLine, vtiger_math, xero_math
from vtxero.modules.invoices.rounding import settle_total
from vtxero.rules.taxes import effective_rate
from vtxero.sync.merge import Pair, merge

PERCENT = {item.tax_type: item.effective_rate for item in RATES}
TYPES = {(): "NONE", (GST,): "TAX001", (VAT,): "TAX002", (CITY,): "TAX003"}
FIELD_RATES = {GST: D(15), VAT: D("4.5"), CITY: D(10)}


def amounts(low, high, places):
    return st.decimals(low, high, places=places, allow_nan=False)


@st.composite
def vtiger_lines(draw):
    """Lines whose discount stays within the line."""
    quantity = draw(amounts("0", "40", 3))
    price = draw(amounts("0", "900", draw(st.integers(0, 8))))
    percent = draw(st.just(ZERO) | amounts("0", "100", 3))
    field = draw(st.sampled_from(["", GST, VAT]))
    return InvoiceLine(
        product="14x2",
        quantity=quantity,
        unit_price=price,
        discount_percent=percent,
        taxes=((field, FIELD_RATES[field]),) if field else (),
    )


def as_row(lines, mode="individual", **header):
    record = Invoice(lines=lines, tax_mode=mode)
    total = vtiger_math.total(record, {LEVY: (GST,)})
    rows = [
        v_line(
            line.product,
            str(line.quantity),
            f"{line.unit_price:f}",
            discount_percent=str(line.discount_percent),
            **{name: str(percent) for name, percent in line.taxes},
        )
        for line in lines
    ]
    return v_row(*rows, total=f"{total:.8f}", mode=mode, **header), total


# -- Vtiger's --------------------------------------------------------------------------------------------------


def line(price, *taxes, quantity=1, **more):
    return InvoiceLine(quantity=D(quantity), unit_price=D(price), taxes=tuple(taxes), **more)


def test_individual_total_ignores_compounding():
    record = Invoice(lines=(line(100, (GST, D(15)), (LEVY, D(10))),), tax_mode="individual")
    assert vtiger_math.total(record, {LEVY: (GST,)}) == D(125)


def test_group_total_takes_compound_tax_on_the_tax_below():
    record = Invoice(lines=(line(100, (GST, D(15)), (LEVY, D(10))),), tax_mode="group")
    assert vtiger_math.total(record, {LEVY: (GST,)}) == D("126.5")


def test_group_total_takes_taxes_on_what_the_discount_leaves():
    lines = (line(200, (GST, D(15))),)
    charge = Charge(D(25), taxes=((f"{CHARGE}_shtax1", D("4.5")), (f"{CHARGE}_shtax2", D(10))))
    record = Invoice(lines=lines, tax_mode="group", group_discount=D(10), shipping=charge)
    assert vtiger_math.total(record, {}) == D("247.125")


def test_individual_total_takes_the_discount_from_the_taxed_sum():
    record = Invoice(lines=(line(100, (GST, D(15))),), tax_mode="individual", group_discount=D("11.5"))
    assert vtiger_math.total(record, {}) == D("103.5")


def test_line_discount_amount_wins_over_the_percentage():
    both = InvoiceLine(unit_price=D(100), discount_percent=D(50), discount_amount=D(7))
    assert vtiger_math.net(both) == D(93)


def test_group_of_lines_with_different_taxes_is_individual():
    lines = (line(100, (GST, D(15))), line(100))
    assert vtiger_math.mode_of(Invoice(lines=lines, tax_mode="group")) == "individual"


@given(amounts("-9999", "9999", 4), st.lists(st.sampled_from(sorted(FIELD_RATES)), unique=True), amounts("0", "30", 2))
def test_group_tax_is_the_effective_rate_of_its_parts(base, fields, levy):
    taxes = [(name, FIELD_RATES[name]) for name in fields]
    parts = [(percent, False) for _, percent in taxes] + [(levy, True)]
    expected = base * effective_rate(parts) / 100
    found = vtiger_math.group_tax(base, [*taxes, (LEVY, levy)], {LEVY: tuple(fields) or ("tax0",)})
    assert abs(found - expected) < D("0.0000001")


# -- Xero's ----------------------------------------------------------------------------------------------------


def test_three_lines_at_15_percent_are_taxed_line_by_line():
    lines = tuple(InvoiceLine(unit_price=D(price), tax_type="TAX001") for price in ("25.06", "25.61", "25.63"))
    assert xero_math.total(Invoice(lines=lines), PERCENT) == D("76.30") + D("11.44")


@pytest.mark.parametrize(("amount", "tax"), [("0.10", "0.02"), ("-0.10", "-0.02"), ("0.09", "0.01")])
def test_half_a_cent_of_tax_is_rounded_away_from_zero(amount, tax):
    assert xero_math.rate_tax(D(amount), D(15)) == D(tax)


@given(amounts("0", "500", 4), amounts("-500", "500", 4), amounts("0.01", "100", 2), st.sampled_from(sorted(PERCENT)))
def test_line_amount_and_tax_are_within_half_a_cent(quantity, price, percent, tax_type):
    one = InvoiceLine(quantity=quantity, unit_price=price, discount_percent=percent, tax_type=tax_type)
    amount = xero_math.line_amount(one)
    assert abs(amount - quantity * price * (1 - percent / 100)) <= D("0.005")
    assert abs(xero_math.line_tax(one, PERCENT) - amount * PERCENT[tax_type] / 100) <= D("0.005")


# -- between them ----------------------------------------------------------------------------------------------


@given(st.lists(vtiger_lines(), min_size=1, max_size=9), st.sampled_from(["tax", "line"]))
def test_total_in_xero_is_the_one_vtiger_shows_and_the_answer_equals_the_plan(lines, way):
    slice_ = a_slice(rounding=way)
    row, exact = as_row(tuple(lines))
    source = from_vtiger(slice_, row)
    xero = slice_.mappers[Side.XERO]
    projection = xero.project(source, None)
    assert not projection.blockers
    answer = x_answer(xero.payload(projection.record, None, "7x1", ""))
    assert answer["Total"] == cents(exact) == projection.record.total
    read = xero.parse(x_page(answer))[0].record
    for name in slice_.fields:
        assert getattr(read, name) == getattr(projection.record, name)
    assert_quiet(slice_, source, from_xero(slice_, answer))


@given(st.lists(vtiger_lines(), min_size=1, max_size=6), st.sets(st.sampled_from([GST, VAT, CITY]), max_size=1))
def test_group_invoice_crosses_to_the_cent(lines, fields):
    taxes = tuple((name, FIELD_RATES[name]) for name in fields)
    slice_ = a_slice()
    row, exact = as_row(tuple(replace(each, taxes=taxes) for each in lines), "group")
    projection = slice_.mappers[Side.XERO].project(from_vtiger(slice_, row), None)
    assert not projection.blockers
    assert xero_math.total(projection.record, PERCENT) == cents(exact)
    assert {each.tax_type for each in projection.record.lines} == {TYPES[tuple(fields)]}


@given(st.lists(vtiger_lines(), min_size=1, max_size=9))
def test_difference_is_never_more_than_the_bound(lines):
    slice_ = a_slice(rounding="accept")
    row, exact = as_row(tuple(lines))
    projection = slice_.mappers[Side.XERO].project(from_vtiger(slice_, row), None)
    assert abs(projection.record.total - cents(exact)) <= xero_math.rounding_bound(len(lines))


@st.composite
def xero_items(draw):
    """Lines as people write them in Xero."""
    code, tax = draw(
        st.sampled_from([("P1", "TAX001"), ("P2", "TAX002"), ("P3", "ZERORATED"), ("P4", "NONE"), ("P4", "TAX001")])
        | st.sampled_from([("", "TAX003"), ("", "EXEMPTOUTPUT"), ("P5", "TAX001")])
    )
    more = {"DiscountRate": draw(amounts("0.01", "100", 2))} if draw(st.booleans()) else {}
    quantity, price = draw(amounts("0", "50", 4)), draw(amounts("0", "500", 4))
    text = draw(st.sampled_from(["Pump & hose", "Agreed", "Nice \U0001f600", "two\nlines"]))
    return x_item(code, str(quantity), str(price), text=text, tax=tax, **more)


@given(st.lists(xero_items(), min_size=1, max_size=7), st.none() | amounts("0.01", "90", 2))
def test_invoice_made_in_xero_crosses_to_the_cent_and_is_quiet_afterwards(items, charge):
    books = Books()
    books.add_placeholder()
    slice_ = a_slice(books=books)
    charges = [] if charge is None else [x_item("", "1", str(charge), text="Charges", tax="TAX003", account="260")]
    row = x_row(*items, *charges)
    projection = to_vtiger(slice_, row)
    assert not projection.blockers
    vtiger = slice_.mappers[Side.VTIGER]
    element = vtiger.payload(projection.record, None, "", "x-inv")["steps"][0]["element"]
    made = from_vtiger(slice_, v_answer(books, element))
    assert made.record.total == row["Total"] == projection.record.total
    assert made.marker == "x-inv"
    assert not vtiger.check_answer(projection.record, made.record)
    for name in slice_.fields:
        assert getattr(made.record, name) == getattr(projection.record, name)
    assert_quiet(slice_, made, from_xero(slice_, row))


def assert_quiet(slice_, vtiger, xero):
    for bases in ((None, None), (vtiger.record, xero.record)):
        merged = merge(slice_, Pair(vtiger, xero, *bases), Direction.BOTH, "report")
        assert (merged.to_vtiger, merged.to_xero, merged.conflicts) == ((), (), ())


def taxed(price, tax_type="TAX001", **more):
    return InvoiceLine(unit_price=D(price), tax_type=tax_type, **more)


def settle(lines, wanted, way="tax", **more):
    record = Invoice(lines=tuple(lines), **more)
    return settle_total(record, D(wanted), way, PERCENT, lambda amount: Charge(amount, tax_type="NONE", account="210"))


def test_rounding_goes_into_the_tax_of_the_largest_taxed_line():
    settled = settle([taxed(10), taxed(200), taxed(900, "NONE")], "1141.51")
    assert [each.tax_amount for each in settled.record.lines] == [None, D("30.01"), None]
    assert settled.finding.is_note


def test_rounding_when_charges_are_the_largest_taxed_line_goes_there():
    settled = settle([taxed(1)], "24.16", shipping=Charge(D(20), tax_type="TAX001"))
    assert settled.record.shipping.tax_amount == D("3.01")


def test_rounding_when_no_line_is_taxed_becomes_a_line():
    settled = settle([taxed("10.11", "NONE")], "10.10")
    assert settled.record.rounding == Charge(D("-0.01"), tax_type="NONE", account="210")
    assert xero_math.total(settled.record, PERCENT) == D("10.10")


def test_rounding_when_the_tax_would_exceed_the_line_becomes_a_line():
    settled = settle([taxed("0.04", tax_amount=D("0.04"))], "0.09")
    assert settled.record.rounding is not None


def test_rounding_when_configured_as_line_leaves_the_taxes_alone():
    settled = settle([taxed(10)], "11.49", "line")
    assert settled.record.lines[0].tax_amount is None
    assert settled.record.rounding.amount == D("-0.01")


def test_rounding_when_accepted_leaves_the_total_as_xero_has_it():
    settled = settle([taxed(10)], "11.49", "accept")
    assert settled.record.total == D("11.50")
    assert settled.finding.is_note


def test_rounding_when_skipped_stops_the_invoice():
    settled = settle([taxed(10)], "11.49", "skip")
    assert codes([settled.finding]) == ["INV-TOTAL"]
    assert not settled.finding.is_note


@pytest.mark.parametrize(("wanted", "stops"), [("11.51", False), ("11.52", True)])
def test_rounding_of_one_line_is_at_most_a_cent_and_a_half(wanted, stops):
    assert settle([taxed(10)], wanted).finding.is_note is not stops


def test_rounding_when_there_is_none_says_nothing():
    assert settle([taxed(10)], "11.50").finding is None


def test_bound_grows_with_the_lines():
    assert [xero_math.rounding_bound(count) for count in (1, 2, 10)] == [D("0.015"), D("0.025"), Decimal("0.105")]
