"""A Vtiger invoice that crossed before: what Xero has stays as it is, but for what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import CHARGE, Books, D, a_slice
from modules.invoices.papers import TAXED, codes, crossed, from_vtiger, from_xero, plain, v_line, v_row, x_answer
from vtxero.domain.sides import Direction, Side
from vtxero.sync.merge import Pair, merge


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


def test_account_is_the_new_products_when_the_line_sells_another():
    slice_ = a_slice()
    _, current = after(slice_, plain())
    current = replace(current, lines=(replace(current.lines[0], account="260"),))
    changed = from_vtiger(slice_, v_row(v_line("14x2", tax4="15.000"), total="115"))
    line = slice_.mappers[Side.XERO].project(changed, current).record.lines[0]
    assert (line.product, line.account, line.line_id) == ("P2", "210", "l-0")


def test_account_changed_in_xero_is_kept_when_the_products_code_was_changed():
    slice_ = a_slice(books=(books := Books()))
    _, current = after(slice_, plain())
    current = replace(current, lines=(replace(current.lines[0], account="260"),))
    books.products["14x1"] = replace(books.products["14x1"], code="PUMP")
    changed = from_vtiger(slice_, v_row(v_line("14x1", price="200", tax4="15.000"), total="230"))
    line = slice_.mappers[Side.XERO].project(changed, current).record.lines[0]
    assert (line.product, line.account) == ("PUMP", "260")


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


def test_product_renamed_after_crossing_changes_nothing_unless_the_invoices_lines_do():
    books = Books()
    slice_ = a_slice(books=books)
    source, xero, _ = crossed(slice_, plain())
    books.products["14x1"].name = "Pump Mk 2"

    still = merge(slice_, Pair(source, xero, source.record, xero.record), Direction.BOTH, "report")
    edited = from_vtiger(slice_, v_row({**TAXED, "quantity": "2"}, total="230", pre_tax="200"))
    sent = merge(slice_, Pair(edited, xero, source.record, xero.record), Direction.BOTH, "report")

    assert (still.to_vtiger, still.to_xero, still.conflicts) == ((), (), ())
    assert "lines" in sent.to_xero
    assert sent.as_xero.record.lines[0].description == "Pump Mk 2"


@pytest.mark.parametrize(("comment", "conflicts"), [("", ()), ("Agreed", ("lines",))])
def test_first_meeting_when_the_product_was_renamed_is_a_conflict_only_if_vtiger_has_a_comment(comment, conflicts):
    books = Books()
    slice_ = a_slice(books=books)
    _, xero, _ = crossed(slice_, plain())
    books.products["14x1"].name = "Pump Mk 2"
    source = from_vtiger(slice_, v_row({**TAXED, "comment": comment}, total="115", pre_tax="100"))

    met = merge(slice_, Pair(source, xero), Direction.BOTH, "report")

    assert (met.to_vtiger, met.to_xero, met.conflicts) == ((), (), conflicts)


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
