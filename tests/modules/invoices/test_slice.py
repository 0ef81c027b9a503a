"""How invoices are known again, stored, shown and paired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import D, a_reference, a_slice
from modules.invoices.papers import ROW, codes, from_vtiger, from_xero, v_line, v_row, x_item, x_page, x_row
from vtxero.domain.codes import Code
from vtxero.domain.findings import note
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError
from vtxero.modules.invoices import Charge, Invoice
from vtxero.modules.invoices.remarks import Remarks
from vtxero.sync.merge import Pair, merge


def test_xero_made_invoice_is_known_in_vtiger_by_its_source():
    slice_ = a_slice()
    snapshot = from_vtiger(slice_, v_row(v_line(tax4="15.000"), total="115", source="XERO x-9"))
    assert (snapshot.marker, snapshot.keys) == ("x-9", ())


def test_vtiger_made_invoice_is_known_by_its_number():
    assert from_vtiger(a_slice(), ROW).keys == (("number", "inv1"),)


def test_fields_for_xeros_number_and_id_are_read_where_there_are_any():
    reference = a_reference(custom=("Xero Invoice Number", "Xero Invoice ID"))
    row = v_row(v_line(), total="100", **{"cf_Xero Invoice Number": "INV-0009", "cf_Xero Invoice ID": "x-9"})
    snapshot = from_vtiger(a_slice(reference=reference), row)
    assert (snapshot.marker, snapshot.keys) == ("x-9", (("number", "inv-0009"),))


def test_bills_are_left_out():
    slice_ = a_slice()
    page = x_row(x_item()) | {"Type": "ACCPAY"}
    assert slice_.mappers[Side.XERO].parse(x_page(page)) == []


def test_modification_time_is_comparable_as_text():
    assert from_xero(a_slice(), x_row(x_item())).modified == "2026-09-14T00:00:00"


def test_records_survive_being_stored(world):
    slice_, source, xero, _ = world
    for record in (source, xero, Invoice()):
        text = slice_.encode(record)
        assert slice_.decode(text) == record
        assert slice_.encode(slice_.decode(text)) == text


def test_equal_amounts_are_stored_alike():
    slice_ = a_slice()
    assert slice_.encode(Invoice(total=D("5.00"), group_discount=D("0.00"))) == slice_.encode(Invoice(total=D(5)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"status": "VOIDED"}, "VOIDED"),
        ({"party": "x-other"}, "customer"),
        ({"total": D(1), "invoice_on": None}, "date and total"),
        ({"total": D(1)}, ""),
        ({"invoice_on": None}, ""),
        ({}, ""),
    ],
)
def test_invoice_of_the_same_number_is_judged_before_it_is_linked(world, changes, says):
    slice_, _, xero, _ = world
    found = slice_.check_match(xero, replace(xero, **changes))
    assert codes(found) == (["INV-NUMBER-TAKEN"] if says else [])
    assert says in "".join(item.message for item in found)


def test_fields_are_shown_to_people(world):
    slice_, source, _, _ = world
    assert slice_.show("lines", source) == "Pump & hose: 1 x 100 (GST 15 %); Untaxed tile: 1 x 100"
    discounted = replace(source.lines[0], description="Agreed\nlater", discount_percent=D(5))
    shown = slice_.show("lines", replace(source, lines=(discounted,)))
    assert shown == "Pump & hose (Agreed / later): 1 x 100 less 5 % (GST 15 %)"
    assert slice_.show("shipping", source) is None
    assert slice_.show("shipping", replace(source, shipping=Charge(D(5), tax_type="NONE", account="260"))) == (
        "5 (No GST 0 %, account 260)"
    )
    assert slice_.show("invoice_on", source) == "2026-05-01"
    assert slice_.show("amount_paid", replace(source, amount_paid=D("5.50"))) == "5.5"
    assert slice_.show("deducted", replace(source, deducted=(("tax6", D(20)),))) == "Withholding 20 %"


def test_fields_that_make_up_an_invoice_cannot_be_switched_off():
    with pytest.raises(ConfigError):
        a_slice(fields={"lines": "off"})
    assert "reference" not in a_slice(fields={"reference": "off"}).fields


def test_field_that_crosses_one_way_keeps_the_present_value(world):
    _, _, xero, _ = world
    slice_ = a_slice(fields={"reference": "to-vtiger"})
    changed = from_vtiger(slice_, {**ROW, "header": ROW["header"] | {"subject": "Other"}})
    assert slice_.mappers[Side.XERO].project(changed, xero).record.reference == "Pumps"


def test_pair_that_just_crossed_is_quiet_with_and_without_bases(world):
    slice_, _, _, answer = world
    source, xero = from_vtiger(slice_, ROW), from_xero(slice_, answer)
    for bases in ((None, None), (source.record, xero.record)):
        merged = merge(slice_, Pair(source, xero, *bases), Direction.BOTH, "report")
        assert (merged.to_vtiger, merged.to_xero, merged.conflicts) == ((), (), ())


def test_edits_of_different_fields_on_both_sides_merge(world):
    slice_, source, xero, answer = world
    vtiger_now = from_vtiger(slice_, {**ROW, "header": ROW["header"] | {"subject": "Other"}})
    xero_now = from_xero(slice_, answer | {"DueDateString": "2026-06-01T00:00:00"})
    merged = merge(slice_, Pair(vtiger_now, xero_now, source, xero), Direction.BOTH, "report")
    assert (merged.to_vtiger, merged.to_xero, merged.conflicts) == (("due_on",), ("reference",), ())


def test_remarks_name_all_places_once():
    remarks = Remarks()
    for place in ("line 2", "line 4", "charges"):
        remarks.note(Code.INV_TOTAL, place, "odd.")
    assert remarks.findings() == [note(Code.INV_TOTAL, "Lines 2, 4 and charges: odd.", field="lines")]
