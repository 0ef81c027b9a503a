"""What is sent to Vtiger, what may be changed there, and how its answers are judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import CHARGE, GST, D, a_reference, a_slice
from modules.invoices.papers import ROW, codes, from_vtiger, from_xero, v_line, v_row, vtiger_step
from vtxero.domain.sides import Side
from vtxero.modules.invoices import Charge


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
        ({"party": ""}, "MANDATORY-FIELD"),
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


def test_credit_when_the_lines_are_rewritten_is_taken_off_their_new_total(world):
    slice_, source, _xero, _answer = world
    current = replace(source, credited=D(15))
    wanted = replace(current, lines=(replace(current.lines[0], unit_price=D(99)), *current.lines[1:]))
    steps = slice_.mappers[Side.VTIGER].payload(wanted, current, "7x1", "x1")["steps"]
    assert [step["op"] for step in steps] == ["update", "revise"]
    assert (current.total, steps[1]["element"]["balance"]) == (D(215), "198.85")
