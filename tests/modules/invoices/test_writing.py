"""What is sent, what may be changed, and how the answers are judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.world import (
    CHARGE,
    GST,
    Books,
    D,
    a_reference,
    a_slice,
    codes,
    crossed,
    from_vtiger,
    from_xero,
    v_line,
    v_row,
    x_answer,
    x_item,
    x_page,
    x_row,
)
from vtxero.domain.codes import Code
from vtxero.domain.findings import note
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError
from vtxero.modules.invoices import Charge, Invoice
from vtxero.modules.invoices.remarks import Remarks
from vtxero.sync.merge import Pair, merge

ROW = v_row(v_line(tax4="15.000"), v_line("14x4"), total="215", pre_tax="200")


@pytest.fixture
def world():
    """An invoice that crossed to Xero as AUTHORISED: slice, both records, Xero's answer."""
    slice_ = a_slice()
    source, xero, answer = crossed(slice_, ROW)
    return slice_, source.record, xero.record, answer


def xero_payload(slice_, wanted, current):
    return slice_.mappers[Side.XERO].payload(wanted, current, "7x1", "x-inv")


def vtiger_step(slice_, wanted, current):
    (step,) = slice_.mappers[Side.VTIGER].payload(wanted, current, "7x1", "x-inv")["steps"]
    return step["op"], step["element"]


# -- to Xero ---------------------------------------------------------------------------------------------------


def test_creation_holds_what_xero_needs_and_nothing_that_changes_the_contact(world):
    slice_, source, _, _ = world
    record = slice_.mappers[Side.XERO].project(from_vtiger(slice_, ROW), None).record
    payload = xero_payload(slice_, record, None)
    assert payload["Type"] == "ACCREC"
    assert payload["Contact"] == {"ContactID": "x-11x1"}
    assert payload["LineAmountTypes"] == "Exclusive"
    assert (payload["Date"], payload["DueDate"]) == ("2026-05-01", "2026-05-15")
    assert (payload["InvoiceNumber"], payload["Status"]) == (source.number, "AUTHORISED")
    assert set(payload["LineItems"][0]) == {
        "Description",
        "Quantity",
        "UnitAmount",
        "ItemCode",
        "AccountCode",
        "TaxType",
    }


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("https://crm.example.com/{module}/{id}", "https://crm.example.com/Invoice/1"),
        ("https://crm.example.com/xErO/{id}", None),
        ("/crm/{id}", None),
    ],
)
def test_url_is_the_records_page_where_xero_takes_it(page, sent):
    slice_ = a_slice(reference=a_reference(page=page))
    assert xero_payload(slice_, Invoice(lines=(), number="I"), None).get("Url") == sent


def test_marker_is_the_vtiger_id_that_the_url_names(world):
    slice_, _, _, answer = world
    assert from_xero(slice_, answer).marker == "7x1"
    assert from_xero(slice_, answer | {"Url": answer["Url"] + "&x=1"}).marker == ""
    assert from_xero(slice_, answer | {"Url": "https://elsewhere.example/7"}).marker == ""


def test_change_of_the_reference_sends_that_and_both_dates_only(world):
    slice_, _, current, _ = world
    payload = xero_payload(slice_, replace(current, reference="New"), current)
    assert payload == {"InvoiceID": "x-inv", "Date": "2026-05-01", "DueDate": "2026-05-15", "Reference": "New"}


def test_change_of_a_line_sends_all_lines_with_their_ids_and_tracking(world):
    slice_, _, current, _ = world
    first = replace(current.lines[0], quantity=D(2), tracking=(("Region", "North"),))
    payload = xero_payload(slice_, replace(current, lines=(first, *current.lines[1:])), current)
    assert [row["LineItemID"] for row in payload["LineItems"]] == ["l-0", "l-1"]
    assert payload["LineItems"][0]["Tracking"] == [{"Name": "Region", "Option": "North"}]
    assert payload["LineAmountTypes"] == "Exclusive"


def test_end_of_an_invoice_sends_the_status_only(world):
    slice_, _, current, _ = world
    payload = xero_payload(slice_, replace(current, status="VOIDED"), current)
    assert payload == {"InvoiceID": "x-inv", "Status": "VOIDED"}


def test_text_only_line_is_sent_as_text_only():
    books = Books()
    placeholder = books.add_placeholder()
    slice_ = a_slice(books=books)
    row = v_row(v_line(tax4="15.000"), v_line(placeholder, price="0", comment="Thank you"), total="115")
    _, xero, answer = crossed(slice_, row)
    assert set(answer["LineItems"][1]) == {"LineItemID", "Description", "LineAmount", "TaxAmount"}
    assert xero.record.lines[1].quantity == 0


def test_inclusive_invoice_when_its_lines_change_is_sent_without_tax():
    slice_ = a_slice()
    line = x_item(quantity="3", price="10", LineAmount=D(30), TaxAmount=D("3.91"))
    other = x_item(price="115", LineAmount=D(115), TaxAmount=D(15))
    row = x_row(x_item()) | {"LineAmountTypes": "Inclusive", "LineItems": [line, other], "Total": D(145)}
    current = from_xero(slice_, row).record
    changed = replace(current, lines=(current.lines[0], replace(current.lines[1], unit_price=D(200))))
    rows = xero_payload(slice_, changed, current)["LineItems"]
    assert (rows[0]["Quantity"], rows[0]["UnitAmount"]) == (D(1), D("26.09"))
    assert rows[1]["UnitAmount"] == D(200)
    assert x_answer({"LineItems": rows})["Total"] == D(30) + D(230)


@pytest.mark.parametrize(
    ("status", "paid", "options", "expected"),
    [
        ("DRAFT", 0, {}, []),
        ("SUBMITTED", 0, {}, []),
        ("AUTHORISED", 0, {}, ["INV-CLOSED"]),
        ("AUTHORISED", 0, {"edit_approved": True}, []),
        ("AUTHORISED", 5, {"edit_approved": True}, ["INV-CLOSED"]),
        ("PAID", 215, {"edit_approved": True}, ["INV-CLOSED"]),
        ("VOIDED", 0, {"edit_approved": True}, ["INV-CLOSED"]),
        ("DELETED", 0, {}, ["INV-CLOSED"]),
    ],
)
def test_change_is_allowed_while_xero_allows_it(world, status, paid, options, expected):
    _, _, current, _ = world
    current = replace(current, status=status, amount_paid=D(paid))
    mapper = a_slice(**options).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, reference="New"))) == expected


@pytest.mark.parametrize(
    ("status", "wanted", "void", "expected"),
    [
        ("DRAFT", "DELETED", False, ["INV-STATUS"]),
        ("DRAFT", "DELETED", True, []),
        ("AUTHORISED", "VOIDED", True, []),
        ("AUTHORISED", "VOIDED", False, ["INV-STATUS"]),
        ("PAID", "VOIDED", True, ["INV-CLOSED"]),
        ("AUTHORISED", "DRAFT", True, ["INV-STATUS"]),
        ("DRAFT", "AUTHORISED", False, []),
    ],
)
def test_status_changes_only_as_far_as_allowed(world, status, wanted, void, expected):
    _, _, current, _ = world
    current = replace(current, status=status, amount_paid=D(215 if status == "PAID" else 0))
    mapper = a_slice(void=void).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, status=wanted))) == expected


def test_void_of_a_part_paid_invoice_is_refused(world):
    _, _, current, _ = world
    current = replace(current, amount_paid=D(5))
    mapper = a_slice(void=True).mappers[Side.XERO]
    assert codes(mapper.check_update(current, replace(current, status="VOIDED"))) == ["INV-CLOSED"]


def test_answer_of_xero_is_held_against_the_plan(world):
    slice_, _, current, _ = world
    check = slice_.mappers[Side.XERO].check_answer
    assert not check(current, current)
    assert codes(check(current, replace(current, total=D("215.01")))) == ["INV-TOTAL"]
    other = replace(current.lines[0], quantity=D(2))
    assert codes(check(current, replace(current, total=D(330), lines=(other, *current.lines[1:])))) == ["INV-TOTAL"]
    assert codes(check(current, replace(current, lines=current.lines[:1]))) == ["INV-LINES"]


# -- to Vtiger -------------------------------------------------------------------------------------------------


def test_change_of_the_header_is_a_revise_that_carries_the_rate(world):
    slice_, current, _, _ = world
    current = replace(current, conversion_rate=D("0.6"))
    op, element = vtiger_step(slice_, replace(current, reference="New", due_on=None), current)
    assert op == "revise"
    assert element == {"id": "7x1", "subject": "New", "duedate": "", "conversion_rate": "0.6"}


def test_payment_goes_with_balance_and_status(world):
    slice_, current, _, _ = world
    op, element = vtiger_step(slice_, replace(current, amount_paid=D(200), status="Partially Paid"), current)
    assert op == "revise"
    assert (element["received"], element["balance"]) == ("200", "15")
    assert element["invoicestatus"] == "Partially Paid"


def test_change_of_currency_takes_the_currencys_own_rate(world):
    slice_, current, _, _ = world
    _, element = vtiger_step(slice_, replace(current, currency="USD"), current)
    assert (element["currency_id"], element["conversion_rate"]) == ("21x2", "0.6")


def test_change_of_lines_is_an_update_with_everything(world):
    slice_, current, _, _ = world
    charge = Charge(D(5), taxes=((f"{CHARGE}_shtax1", D("4.5")),))
    op, element = vtiger_step(slice_, replace(current, shipping=charge, adjustment=Charge(D("-0.5"))), current)
    assert op == "update"
    assert {"subject", "account_id", "assigned_user_id", "productid", "currency_id", "LineItems"} <= set(element)
    assert (element["bill_street"], element["ship_street"]) == ("1 High St", "1 High St")
    assert (element[CHARGE], element[f"{CHARGE}_shtax1"], element["txtAdjustment"]) == ("5", "4.5", "-0.5")
    assert "source" not in element


def test_update_of_a_line_without_product_leaves_the_product_out():
    slice_ = a_slice()
    current = from_vtiger(slice_, v_row(v_line("", comment="Loose"), total="100", pre_tax="100")).record
    changed = replace(current, lines=(replace(current.lines[0], quantity=D(2)),))
    _, element = vtiger_step(slice_, changed, current)
    assert "productid" not in element["LineItems"][0]
    assert element["productid"] == "14x1"


def test_group_invoice_is_written_back_as_a_group():
    slice_ = a_slice()
    current = from_vtiger(slice_, v_row(v_line(tax4="15.000"), v_line("14x4"), total="230", mode="group")).record
    changed = replace(current, lines=(replace(current.lines[0], quantity=D(2)), current.lines[1]))
    _, element = vtiger_step(slice_, changed, current)
    assert element["hdnTaxType"] == "group"
    assert [line[GST] for line in element["LineItems"]] == ["15", "15"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"group_discount": D(5)}, "INV-GROUP-DISCOUNT"),
        ({"deducted": (("tax6", D(-20)),)}, "INV-DEDUCTED-TAX"),
        ({"carried": ()}, "MANDATORY-FIELD"),
        ({"party": "12x1"}, "MANDATORY-FIELD"),
    ],
)
def test_lines_are_not_rewritten_where_that_would_lose_something(world, changes, expected):
    slice_, current, _, _ = world
    current = replace(current, **changes)
    mapper = slice_.mappers[Side.VTIGER]
    assert codes(mapper.check_update(current, replace(current, lines=current.lines[:1]))) == [expected]
    assert not mapper.check_update(current, replace(current, reference="New"))


def test_version_that_loses_totals_lets_only_headers_change(world):
    _, current, _, _ = world
    mapper = a_slice(reference=a_reference(version="8.3.0")).mappers[Side.VTIGER]
    assert codes(mapper.check_update(current, replace(current, lines=current.lines[:1]))) == ["RUN-VTIGER-VERSION"]
    assert not mapper.check_update(current, replace(current, status="Paid"))


def test_answer_of_vtiger_is_held_against_the_plan(world):
    slice_, current, _, _ = world
    check = slice_.mappers[Side.VTIGER].check_answer
    assert not check(current, current)
    (lost,) = check(current, replace(current, lines=current.lines[:1], total=D(115)))
    assert lost.message == "Vtiger kept 1 of 2 lines."
    assert codes(check(current, replace(current, total=D("215.01")))) == ["INV-TOTAL"]


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


# -- the slice -------------------------------------------------------------------------------------------------


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


def test_payment_in_xero_is_carried_with_the_status(world):
    slice_, source, xero, answer = world
    xero_now = from_xero(slice_, answer | {"Status": "PAID", "AmountPaid": D(215)})
    merged = merge(slice_, Pair(from_vtiger(slice_, ROW), xero_now, source, xero), Direction.BOTH, "report")
    assert merged.to_vtiger == ("status", "amount_paid")
    assert merged.to_xero == ()


def test_payment_taken_back_in_xero_reopens_the_invoice(world):
    slice_, source, xero, answer = world
    paid = replace(source, status="Paid", amount_paid=D(215))
    now = replace(from_vtiger(slice_, ROW), record=paid)
    base = replace(xero, status="PAID", amount_paid=D(215))
    merged = merge(slice_, Pair(now, from_xero(slice_, answer), paid, base), Direction.BOTH, "report")
    assert merged.to_vtiger == ("status", "amount_paid")
    assert merged.as_vtiger.record.status == "Approved"


def received(slice_, source, amount):
    return replace(from_vtiger(slice_, ROW), record=replace(source, amount_paid=D(amount)))


def test_received_typed_in_vtiger_when_xero_takes_another_payment_is_a_conflict(world):
    slice_, source, xero, answer = world
    xero_now = from_xero(slice_, answer | {"AmountPaid": D(40)})
    merged = merge(slice_, Pair(received(slice_, source, 100), xero_now, source, xero), Direction.BOTH, "report")
    assert (merged.conflicts, merged.to_vtiger, merged.to_xero) == (("amount_paid",), (), ())


def test_received_that_was_typed_before_the_two_met_is_not_overwritten_by_a_part_payment(world):
    slice_, source, xero, answer = world
    now = received(slice_, source, 100)
    xero_now = from_xero(slice_, answer | {"AmountPaid": D(40)})
    merged = merge(slice_, Pair(now, xero_now, now.record, xero), Direction.BOTH, "report")
    assert merged.conflicts == ("amount_paid",)
    first_meeting = merge(slice_, Pair(now, xero_now), Direction.BOTH, "report")
    assert first_meeting.conflicts == ("amount_paid",)


@pytest.mark.parametrize(("policy", "written"), [("xero", ("amount_paid",)), ("vtiger", ())])
def test_received_in_conflict_when_a_side_wins_is_never_sent_to_xero(world, policy, written):
    slice_, source, xero, answer = world
    xero_now = from_xero(slice_, answer | {"AmountPaid": D(40)})
    merged = merge(slice_, Pair(received(slice_, source, 100), xero_now, source, xero), Direction.BOTH, policy)
    assert (merged.conflicts, merged.to_vtiger, merged.to_xero) == ((), written, ())


def test_received_typed_in_vtiger_alone_stays_and_nothing_is_sent(world):
    slice_, source, xero, answer = world
    pair = Pair(received(slice_, source, 100), from_xero(slice_, answer), source, xero)
    for bases in ((source, xero), (None, None)):
        merged = merge(slice_, replace(pair, vtiger_base=bases[0], xero_base=bases[1]), Direction.BOTH, "report")
        assert (merged.conflicts, merged.to_vtiger, merged.to_xero) == ((), (), ())


def test_received_that_both_sides_agree_on_is_no_conflict(world):
    slice_, source, xero, answer = world
    xero_now = from_xero(slice_, answer | {"AmountPaid": D(40)})
    merged = merge(slice_, Pair(received(slice_, source, 40), xero_now, source, xero), Direction.BOTH, "report")
    assert (merged.conflicts, merged.to_vtiger, merged.to_xero) == ((), (), ())


def test_credit_in_xero_when_it_is_carried_lowers_the_balance_alone(world):
    slice_, source, _xero, answer = world
    now = from_xero(slice_, answer | {"AmountCredited": D(15)})
    projected = slice_.mappers[Side.VTIGER].project(now, source).record
    op, element = vtiger_step(slice_, projected, source)
    assert op == "revise"
    assert (element["received"], element["balance"]) == ("0", "200")
    back = from_vtiger(slice_, {**ROW, "header": ROW["header"] | {"received": "0", "balance": "200.00000000"}})
    assert (back.record.amount_paid, back.record.credited) == (D(0), D(15))


def test_stale_balance_of_vtiger_is_not_taken_for_a_credit(world):
    slice_, _source, _xero, _answer = world
    stale = from_vtiger(slice_, {**ROW, "header": ROW["header"] | {"received": "0", "balance": "0.00000000"}})
    assert stale.record.credited == D(0)


def test_credit_when_the_lines_are_rewritten_is_set_right_after_them(world):
    slice_, source, _xero, _answer = world
    current = replace(source, credited=D(15))
    wanted = replace(current, lines=(replace(current.lines[0], unit_price=D(99)), *current.lines[1:]))
    steps = slice_.mappers[Side.VTIGER].payload(wanted, current, "7x1", "x1")["steps"]
    assert [step["op"] for step in steps] == ["update", "revise"]
    assert D(steps[1]["element"]["balance"]) == wanted.total - D(15)


def test_remarks_name_all_places_once():
    remarks = Remarks()
    for place in ("line 2", "line 4", "charges"):
        remarks.note(Code.INV_TOTAL, place, "odd.")
    assert remarks.findings() == [note(Code.INV_TOTAL, "Lines 2, 4 and charges: odd.", field="lines")]
