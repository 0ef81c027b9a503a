"""What an invoice received: money in Xero is carried, money typed in Vtiger is not overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.invoices.books import D
from modules.invoices.papers import ROW, from_vtiger, from_xero
from vtxero.domain.sides import Direction
from vtxero.sync.merge import Pair, merge


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
