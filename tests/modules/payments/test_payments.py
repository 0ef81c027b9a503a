"""What a payment becomes on the other side, what bars it, and that none is ever edited."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.payments.builders import (
    PAYMENTS,
    X_INVOICE,
    X_PAYMENT,
    Books,
    D,
    Sale,
    a_slice,
    codes,
    from_vtiger,
    from_xero,
    vtiger_row,
    xero_row,
)
from vtxero.domain.codes import Code
from vtxero.domain.lookups import PartnerState
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError, NotModelledError
from vtxero.modules.payments import Payment
from vtxero.sync.merge import Pair, merge
from vtxero.sync.records import Presence

DAY = date(2026, 11, 10)


def to_xero(slice_, current=None, **fields):
    return slice_.mappers[Side.XERO].project(from_vtiger(slice_, **fields), current)


def to_vtiger(slice_, current=None, **fields):
    return slice_.mappers[Side.VTIGER].project(from_xero(slice_, **fields), current)


# -- to Xero -------------------------------------------------------------------------------------------------------


def test_payment_as_xero_holds_it_and_as_it_is_sent():
    slice_ = a_slice()
    projection = to_xero(slice_)
    assert projection.findings == ()
    assert projection.record == Payment(X_INVOICE, D(60), DAY, "090", "AUTHORISED", "PAY1")
    assert slice_.mappers[Side.XERO].payload(projection.record, None, "47x9", "") == {
        "Invoice": {"InvoiceID": X_INVOICE},
        "Account": {"Code": "090"},
        "Date": "2026-11-10",
        "Amount": D(60),
        "Reference": "PAY1",
    }


@pytest.mark.parametrize(
    ("field", "mode", "options", "account"),
    [
        ("", "Cash", {}, "090"),
        ("", "cash", {"accounts": {"Cash": "880"}}, "880"),
        ("090 - Bank", "Cash", {"accounts": {"Cash": "880"}}, "090"),
        ("Petty Cash", "Cash", {}, "a-bank"),
        ("Petty Cash", "Cash", {"fields": {"account": "to-vtiger"}}, "090"),
        ("", "Cash", {"account": "a-bank"}, "a-bank"),
    ],
)
def test_account_is_the_payments_own_else_the_modes_else_the_default(field, mode, options, account):
    slice_ = a_slice(**options)
    projection = to_xero(slice_, cf_951=field, paymentsmode=mode)
    assert (projection.record.account, codes(projection.findings)) == (account, [])


def test_account_without_a_code_is_named_by_its_id():
    slice_ = a_slice(account="Petty Cash")
    payload = slice_.mappers[Side.XERO].payload(to_xero(slice_).record, None, "47x9", "")
    assert payload["Account"] == {"AccountID": "a-bank"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"paymentsstatus": "Pending"}, "PAY-STATUS"),
        ({"paymentsstatus": ""}, "PAY-STATUS"),
        ({"amount": "0"}, "PAY-AMOUNT"),
        ({"amount": "-5"}, "PAY-AMOUNT"),
        ({"amount": "100.01"}, "PAY-AMOUNT"),
        ({"datereceived": ""}, "INV-DATE"),
        ({"datereceived": "2026-03-31"}, "INV-LOCK-DATE"),
        ({"related_to": ""}, "PAY-INVOICE-STATUS"),
        ({"related_to": "16x8"}, "DEPENDENCY"),
        ({"cf_951": "999"}, "PAY-ACCOUNT"),
        ({"cf_951": "200 - Sales"}, "PAY-ACCOUNT"),
        ({"cf_951": "610"}, "PAY-ACCOUNT"),
        ({"cf_951": "091 - Old Bank"}, "PAY-ACCOUNT"),
        ({"record_currency_id": "2"}, "PAY-AMOUNT"),
    ],
)
def test_payment_that_xero_would_not_take_is_barred(fields, code):
    slice_ = a_slice(locked=date(2026, 3, 31))
    assert codes(to_xero(slice_, **fields).blockers) == [code]


@pytest.mark.parametrize(
    ("vtiger", "xero", "code"),
    [
        (Sale("Sent"), Sale("AUTHORISED"), "PAY-INVOICE-STATUS"),
        (Sale("Approved"), Sale("DRAFT"), "PAY-INVOICE-STATUS"),
        (Sale("Approved"), Sale("VOIDED"), "PAY-INVOICE-STATUS"),
        (Sale("Paid"), Sale("PAID", amount_paid=D(100)), "PAY-AMOUNT"),
        (Sale("Partially Paid"), Sale("AUTHORISED", amount_paid=D(41)), "PAY-AMOUNT"),
        (Sale("Approved"), Sale("AUTHORISED", credited=D(41)), "PAY-AMOUNT"),
        (Sale("Partially Paid"), Sale("AUTHORISED", amount_paid=D(20), credited=D(20)), None),
        (Sale("Paid"), Sale("AUTHORISED"), None),
    ],
)
def test_invoice_decides_whether_it_takes_the_payment(vtiger, xero, code):
    books = Books()
    books.sales = {Side.VTIGER: vtiger, Side.XERO: xero}
    assert codes(to_xero(a_slice(books)).findings) == ([code] if code else [])


def test_invoice_that_this_plan_approves_takes_payments_as_it_will_be():
    books = Books()
    books.sales[Side.XERO] = Sale("DRAFT")
    books.plans[Side.XERO] = Sale("AUTHORISED")
    assert to_xero(a_slice(books)).findings == ()
    books.plans[Side.XERO] = Sale("DRAFT")
    assert codes(to_xero(a_slice(books)).findings) == ["PAY-INVOICE-STATUS"]


def test_invoice_that_this_plan_makes_stands_as_its_symbol():
    books = Books()
    books.state = PartnerState.PLANNED
    books.plans[Side.XERO] = Sale("AUTHORISED", D(70))
    slice_ = a_slice(books)
    assert (to_xero(slice_).record.invoice, to_xero(slice_).findings) == ("the plan's symbol", ())
    assert codes(to_xero(a_slice(books), amount="70.01").findings) == ["PAY-AMOUNT"]


@pytest.mark.parametrize("state", [PartnerState.BLOCKED, PartnerState.UNKNOWN])
def test_invoice_that_did_not_cross_is_a_dependency(state):
    books = Books()
    books.state = state
    assert codes(to_xero(a_slice(books)).findings) == ["DEPENDENCY"]
    assert codes(to_vtiger(a_slice(books)).findings) == ["DEPENDENCY"]


def test_payments_of_one_run_share_what_is_due():
    slice_ = a_slice()
    first, second = to_xero(slice_, id="47x9"), to_xero(slice_, id="47x10")
    again, third = to_xero(slice_, id="47x9"), to_xero(slice_, id="47x11", amount="40")
    assert [codes(each.findings) for each in (first, second, again, third)] == [[], ["PAY-AMOUNT"], [], []]
    assert "after 60 of other payments" in second.findings[0].message


def test_amount_of_a_foreign_payment_is_that_in_its_own_currency():
    books = Books()
    books.sales = {side: replace(sale, currency="USD") for side, sale in books.sales.items()}
    fields = {"amount": "100.00000000", "amount_currency_value": "60.00000000", "record_currency_id": "21x2"}
    projection = to_xero(a_slice(books), **fields)
    assert (projection.record.amount, projection.findings) == (D(60), ())


def test_all_reasons_are_told_at_once():
    fields = {"paymentsstatus": "Pending", "cf_951": "999", "datereceived": "", "amount": "500"}
    assert codes(to_xero(a_slice(), **fields).findings) == ["INV-DATE", "PAY-STATUS", "PAY-ACCOUNT", "PAY-AMOUNT"]


# -- to Vtiger -----------------------------------------------------------------------------------------------------


def test_payment_as_vtiger_holds_it_and_as_it_is_sent():
    slice_ = a_slice(accounts={"Cheque": "090", "Cash": "880"})
    projection = to_vtiger(slice_)
    assert projection.findings == ()
    assert projection.record == Payment("16x7", D(60), DAY, "090 - Bank", "Received", "", "Cheque")
    [step] = slice_.mappers[Side.VTIGER].payload(projection.record, None, "", X_PAYMENT)["steps"]
    assert (step["op"], step["module"]) == ("create", "Payments")
    assert step["element"] == {
        "related_to": "16x7",
        "relatedorganization": "11x1",
        "amount": "60",
        "datereceived": "2026-11-10",
        "paymentsstatus": "Received",
        "paymentsmode": "Cheque",
        "cf_951": "090 - Bank",
        "description": f"Xero payment {X_PAYMENT}",
        "assigned_user_id": "19x1",
    }


def test_received_and_balance_are_left_to_vtiger():
    slice_ = a_slice()
    [step] = slice_.mappers[Side.VTIGER].payload(to_vtiger(slice_).record, None, "", X_PAYMENT)["steps"]
    assert step["module"] == "Payments"
    assert not {"received", "balance", "invoicestatus"} & set(step["element"])


def test_account_without_a_field_or_a_choice_of_its_own():
    assert to_vtiger(a_slice(), Account={"AccountID": "a-880", "Code": "880"}).record.account == "880 - Owner"
    assert to_vtiger(a_slice(), Account={"AccountID": "a-bank"}).record.account == "Petty Cash"
    without = a_slice(spec="\n".join(line for line in _spec() if "Xero Account" not in line))
    assert to_vtiger(without).record.account == ""


def _spec():
    return PAYMENTS.strip().splitlines()


def test_mode_is_blank_where_several_have_the_account():
    slice_ = a_slice(accounts={"Cash": "090", "Cheque": "090 - Bank"})
    assert to_vtiger(slice_).record.mode == ""


def test_mandatory_field_that_xero_leaves_empty_takes_the_default_or_bars_the_payment():
    spec = "\n".join(line.replace("Payment Mode|", "Payment Mode|m") for line in _spec())
    assert codes(to_vtiger(a_slice(spec=spec)).findings) == ["MANDATORY-FIELD"]
    assert to_vtiger(a_slice(spec=spec, defaults={"Payment Mode": "Cash"})).findings == ()


def test_payment_of_more_than_vtiger_has_due_is_barred():
    books = Books()
    books.sales[Side.VTIGER] = Sale("Paid", amount_paid=D(100))
    [finding] = to_vtiger(a_slice(books)).findings
    assert finding.code is Code.PAY_AMOUNT
    assert "Vtiger counts this money as received already" in finding.remedy


# -- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ACCPAYPAYMENT", "ARCREDITPAYMENT", "AROVERPAYMENTPAYMENT", "ARPREPAYMENTPAYMENT"])
def test_what_pays_no_sales_invoice_is_not_read_from_xero(kind):
    page = json.dumps({"Payments": [xero_row(PaymentType=kind)]}).encode()
    assert a_slice().mappers[Side.XERO].parse(page) == []


def test_what_pays_an_order_or_a_bill_is_not_read_from_vtiger():
    page = json.dumps([vtiger_row(related_to="15x4"), vtiger_row(id="47x2")]).encode()
    assert [each.id for each in a_slice().mappers[Side.VTIGER].parse(page)] == ["47x2"]


def test_deleted_payment_is_gone_and_says_what_a_person_does():
    snapshot = from_xero(a_slice(), Status="DELETED", Reference="PAY1")
    assert (snapshot.presence, codes(snapshot.findings), snapshot.alike) == (Presence.GONE, ["PAY-CHANGED"], ())
    assert snapshot.keys, "it is still known by its reference, so that it is not made again"
    assert "Refunded" in snapshot.findings[0].remedy


@pytest.mark.parametrize("status", ["Refunded", "Failure"])
@pytest.mark.parametrize(("linked", "code"), [(True, "PAY-CHANGED"), (False, "PAY-STATUS")])
def test_payment_taken_back_in_vtiger_is_gone(status, linked, code):
    books = Books()
    books.linked = {"47x9"} if linked else set()
    snapshot = from_vtiger(a_slice(books), paymentsstatus=status)
    assert (snapshot.presence, codes(snapshot.findings), snapshot.alike) == (Presence.GONE, [code], ())


def test_payment_is_known_again_by_number_and_by_marker():
    slice_ = a_slice()
    ours, theirs = from_vtiger(slice_), from_xero(slice_, Reference="pay1")
    assert (ours.keys, ours.alike) == (theirs.keys, theirs.alike)
    marked = from_vtiger(slice_, description=f"From the bank\nXero payment {X_PAYMENT} (seen)")
    assert marked.marker == X_PAYMENT
    assert from_vtiger(slice_, description="Xero payment of May").marker == ""


@pytest.mark.parametrize("fields", [{"amount": "ten"}, {"datereceived": "10/11/2026"}])
def test_payment_that_cannot_be_read_says_so(fields):
    assert codes(from_vtiger(a_slice(), **fields).findings) == ["VTIGER-REFUSED"]


@pytest.mark.parametrize("fields", [{"Amount": "ten"}, {"Date": "yesterday"}])
def test_payment_of_xeros_that_cannot_be_read_says_so(fields):
    assert codes(from_xero(a_slice(), **fields).findings) == ["XERO-REFUSED"]


# -- pairs ---------------------------------------------------------------------------------------------------------


def pair_of(slice_, **fields):
    ours = from_vtiger(slice_, **fields)
    made = slice_.mappers[Side.XERO].project(ours, None).record
    theirs = replace(from_xero(slice_, Reference="PAY1"), record=made)
    return Pair(ours, theirs, ours.record, theirs.record)


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"amount": "61"}, "amount"),
        ({"datereceived": "2026-11-11"}, "paid_on"),
        ({"paymentsstatus": "Pending"}, "status"),
        ({"cf_951": "880 - Owner"}, "account"),
    ],
)
def test_payment_changed_in_vtiger_may_not_be_written_to_xero(fields, changed):
    slice_ = a_slice()
    pair = pair_of(slice_)
    now = replace(pair, vtiger=from_vtiger(slice_, **fields))
    merged = merge(slice_, now, Direction.BOTH, "report")
    assert (merged.to_xero, merged.to_vtiger, merged.conflicts) == ((changed,), (), ())
    wanted = replace(now.xero.record, **{changed: getattr(merged.as_xero.record, changed)})
    assert codes(slice_.mappers[Side.XERO].check_update(now.xero.record, wanted)) == ["PAY-CHANGED"]


@pytest.mark.parametrize(
    "fields",
    [
        {"paymentsmode": "Cheque"},
        {"description": "a note"},
        {"cf_951": "090 - Bank"},
        {"cf_951": "no such account"},
        {"related_to": "16x8"},
    ],
)
def test_what_says_nothing_else_is_no_change(fields):
    slice_ = a_slice(accounts={"Cheque": "880"})
    pair = pair_of(slice_)
    merged = merge(slice_, replace(pair, vtiger=from_vtiger(slice_, **fields)), Direction.BOTH, "report")
    assert (merged.to_xero, merged.to_vtiger, merged.conflicts) == ((), (), ())


def test_accounts_that_differ_when_two_meet_are_a_conflict_only_if_vtiger_names_one():
    slice_ = a_slice()
    theirs = from_xero(slice_, Account={"AccountID": "a-880", "Code": "880"})
    for named, conflicts in (("", ()), ("090 - Bank", ("account",)), ("880 - Owner", ())):
        merged = merge(slice_, Pair(from_vtiger(slice_, cf_951=named), theirs), Direction.BOTH, "report")
        assert (merged.conflicts, merged.to_vtiger, merged.to_xero) == (conflicts, (), ())


@pytest.mark.parametrize("side", list(Side))
def test_change_of_a_payment_is_never_put_into_a_request(side):
    slice_ = a_slice()
    with pytest.raises(NotModelledError):
        slice_.mappers[side].payload(Payment(), Payment(), "47x9", X_PAYMENT)


def test_answer_that_differs_from_what_was_sent_is_told():
    slice_ = a_slice()
    sent = to_vtiger(slice_).record
    check = slice_.mappers[Side.VTIGER].check_answer
    assert check(sent, replace(sent, reference="PAY7")) == ()
    assert codes(check(sent, replace(sent, amount=D(36)))) == ["PAY-AMOUNT"]
    taken = to_xero(slice_).record
    assert codes(slice_.mappers[Side.XERO].check_answer(taken, replace(taken, paid_on=None))) == ["PAY-AMOUNT"]


def test_field_that_is_not_there_is_a_config_error():
    with pytest.raises(ConfigError, match=r"modules\.payments\.fields\.account"):
        a_slice(fields={"account": {"vtiger": "No such field"}})
    with pytest.raises(ConfigError, match="cannot be switched off"):
        a_slice(fields={"amount": "off"})


amounts = st.decimals("0.01", "100", places=2)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(amount=amounts, day=days, account=st.sampled_from(["090 - Bank", "Petty Cash", ""]))
def test_payment_that_comes_back_from_xero_is_the_same(amount, day, account):
    slice_ = a_slice()
    ours = from_vtiger(slice_, amount=f"{amount}000000", datereceived=day.isoformat(), cf_951=account)
    made = slice_.mappers[Side.XERO].project(ours, None)
    assert made.findings == ()
    theirs = replace(from_xero(slice_), record=made.record)
    assert slice_.mappers[Side.VTIGER].project(theirs, ours.record).record == ours.record
    assert slice_.decode(slice_.encode(ours.record)) == ours.record


@given(amount=amounts, day=days, code=st.sampled_from(["090", "880"]))
def test_payment_that_comes_back_from_vtiger_is_the_same(amount, day, code):
    slice_ = a_slice(accounts={"Cheque": "880"})
    moment = f"{day.isoformat()}T00:00:00"
    theirs = from_xero(slice_, Amount=str(amount), Date=moment, Account={"Code": code}, Reference="deposit")
    made = slice_.mappers[Side.VTIGER].project(theirs, None).record
    ours = replace(from_vtiger(slice_), record=made)
    assert slice_.mappers[Side.XERO].project(ours, theirs.record).record == theirs.record


def test_fields_are_shown_to_people():
    slice_ = a_slice()
    record = from_vtiger(slice_).record
    shown = {field: slice_.show(field, record) for field in slice_.fields}
    assert shown == {
        "invoice": "16x7",
        "amount": "60",
        "paid_on": "2026-11-10",
        "account": None,
        "status": "Received",
        "reference": "PAY1",
    }
    assert slice_.is_blank("amount", replace(record, amount=Decimal(0)))
