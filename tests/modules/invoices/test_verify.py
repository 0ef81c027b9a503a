"""The comparison of both ledgers, on invented books: it adds up, whatever is in them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vtxero.domain.options import InvoiceOptions
from vtxero.domain.sides import Side
from vtxero.modules.invoices.ledger import Amounts, Entry, read_vtiger, read_xero
from vtxero.modules.invoices.record import Invoice
from vtxero.modules.invoices.statuses import Statuses
from vtxero.modules.invoices.verify import UNEXPLAINED, Bases, Customer, Knowledge, compare

D = Decimal
RULES = Statuses(InvoiceOptions())


def entry(side, number, invoiced="10", paid="0", due=None, **more):
    amounts = Amounts(D(invoiced), D(paid), D(invoiced) - D(paid) if due is None else D(due))
    given = {"party": "a", "name": "Acme", "currency": "NZD", "status": "Approved"}
    if side is Side.XERO:
        given["status"] = "AUTHORISED"
    return Entry(side, f"{side}-{number}", f"INV{number}", amounts=amounts, **(given | more))


def know(links, bases=lambda _: None, findings=None):
    return Knowledge(links, bases, findings or {}, lambda item: Customer(item.party, item.party))


def based(vtiger, xero):
    """Both as they are now, so that nothing was edited since."""

    def base(item):
        return Invoice(
            party=item.party,
            currency=item.currency,
            status=item.status,
            total=item.amounts.invoiced,
            amount_paid=item.amounts.paid,
            credited=item.credited,
        )

    return lambda _: Bases(base(vtiger), base(xero))


cents = st.integers(-5_000, 500_000).map(lambda number: D(number) / 100)
amounts = st.builds(Amounts, cents, cents, cents)


@st.composite
def books(draw):
    sides = {side: [] for side in Side}
    for number in range(draw(st.integers(0, 6))):
        for side in Side:
            if draw(st.booleans()):
                found = entry(
                    side,
                    number,
                    party=draw(st.sampled_from("abc")),
                    currency=draw(st.sampled_from(["NZD", "USD"])),
                    living=draw(st.booleans()),
                )
                sides[side].append(replace(found, amounts=draw(amounts)))
    links = {f"vtiger-{n}": f"xero-{n}" for n in range(6) if draw(st.booleans())}
    return sides[Side.VTIGER], sides[Side.XERO], links


@given(books())
def test_differences_of_invoices_add_up_to_those_of_customers_and_currencies(drawn):
    vtiger, xero, links = drawn

    ledger = compare(vtiger, xero, know(links))

    total = sum((item.difference for item in ledger.accounts), Amounts())
    assert sum((item.amounts for item in ledger.differences), Amounts()) == total
    assert sum((item.difference for item in ledger.currencies()), Amounts()) == total
    assert sum((item.counted for item in vtiger), Amounts()) == sum((a.vtiger for a in ledger.accounts), Amounts())
    assert sum((item.counted for item in xero), Amounts()) == sum((a.xero for a in ledger.accounts), Amounts())


@given(books())
def test_every_difference_has_a_cause_and_every_customer_that_differs_an_invoice_that_does(drawn):
    vtiger, xero, links = drawn

    ledger = compare(vtiger, xero, know(links))

    assert all(item.causes for item in ledger.differences)
    ids = [entry.id for item in ledger.differences for entry in (item.vtiger, item.xero) if entry]
    assert len(ids) == len(set(ids))
    for account in ledger.accounts:
        if account.difference:
            places = {(e.party, e.currency) for d in ledger.differences for e in (d.vtiger, d.xero) if e}
            assert (account.customer.key, account.currency) in places


@given(books())
def test_pair_that_nobody_edited_and_nothing_holds_is_explained_by_its_own_sums_or_not_at_all(drawn):
    vtiger, xero, _ = drawn
    theirs = {item.id: item for item in xero}
    links = {item.id: item.id.replace("vtiger", "xero") for item in vtiger}

    def bases(vtiger_id):
        ours = next(item for item in vtiger if item.id == vtiger_id)
        return based(ours, theirs[links[vtiger_id]])(vtiger_id)

    for item in compare(vtiger, xero, know(links, bases)).differences:
        if item.vtiger and item.xero:
            known = {"ROUNDING", "INV-PAID-ELSEWHERE", "CREDIT", UNEXPLAINED}
            assert {cause.code for cause in item.causes} <= known


@given(st.lists(amounts, max_size=5))
def test_equal_books_never_differ(drawn):
    vtiger = [replace(entry(Side.VTIGER, n), amounts=each) for n, each in enumerate(drawn)]
    xero = [replace(entry(Side.XERO, n), amounts=each) for n, each in enumerate(drawn)]
    links = {f"vtiger-{n}": f"xero-{n}" for n in range(len(drawn))}

    ledger = compare(vtiger, xero, know(links))

    assert (ledger.differences, ledger.explained) == ((), True)


@pytest.mark.parametrize(
    ("ours", "theirs", "codes"),
    [
        ({"paid": "4"}, {}, ["INV-PAID-ELSEWHERE"]),
        ({"paid": "10"}, {"paid": "4"}, ["INV-PAID-ELSEWHERE"]),
        ({"due": "0", "says_paid": True, "status": "Paid"}, {}, ["INV-PAID-ELSEWHERE"]),
        ({}, {"paid": "4"}, [UNEXPLAINED]),
        ({}, {"due": "7", "credited": D(3)}, ["CREDIT"]),
        ({}, {"due": "7", "credited": D(2)}, [UNEXPLAINED]),
        ({}, {"invoiced": "10.01"}, [UNEXPLAINED]),
        ({}, {"living": False, "status": "VOIDED"}, [UNEXPLAINED]),
        ({}, {"currency": "USD"}, [UNEXPLAINED]),
    ],
)
def test_pair_at_rest_is_explained_by_what_it_says_itself(ours, theirs, codes):
    vtiger, xero = entry(Side.VTIGER, 1, **ours), entry(Side.XERO, 1, **theirs)

    ledger = compare([vtiger], [xero], know({vtiger.id: xero.id}, based(vtiger, xero)))

    assert [cause.code for item in ledger.differences for cause in item.causes] == codes
    assert ledger.explained is (UNEXPLAINED not in codes)


def test_pair_that_vtiger_calls_paid_is_listed_though_no_amount_differs():
    vtiger, xero = entry(Side.VTIGER, 1, says_paid=True, status="Paid"), entry(Side.XERO, 1)
    [found] = compare([vtiger], [xero], know({vtiger.id: xero.id}, based(vtiger, xero))).differences

    assert not found.amounts
    assert [cause.code for cause in found.causes] == ["INV-PAID-ELSEWHERE"]
    assert found.explained


def test_payment_that_was_removed_in_xero_is_to_be_carried_over_and_not_to_be_entered_again():
    vtiger, xero = entry(Side.VTIGER, 1, paid="10", says_paid=True, status="Paid"), entry(Side.XERO, 1)
    bases = based(vtiger, replace(xero, amounts=vtiger.amounts, status="PAID"))
    [found] = compare([vtiger], [xero], know({vtiger.id: xero.id}, bases)).differences

    assert [cause.code for cause in found.causes] == ["EDITED-IN-XERO"]


def test_vtiger_header_with_a_stale_balance_owes_what_was_not_received():
    row = {"id": "7x1", "invoice_no": "INV1", "account_id": "11x1", "currency_id": "21x1", "invoicestatus": "Approved"}
    row |= {"hdnGrandTotal": "104.49500000", "received": "4.50", "balance": "0.00000000"}

    [found] = read_vtiger(json.dumps([row]).encode(), lambda _: "NZD", RULES)

    assert found.amounts == Amounts(D("104.50"), D("4.50"), D("100.00"))


@pytest.mark.parametrize(
    ("status", "balance", "due"), [("Paid", "0", "0"), ("Approved", "60", "60"), ("Cancel", "0", "")]
)
def test_vtiger_balance_counts_where_it_says_something(status, balance, due):
    row = {"id": "7x1", "invoicestatus": status, "hdnGrandTotal": "100", "received": None, "balance": balance}

    [found] = read_vtiger(json.dumps([row]).encode(), lambda _: "NZD", RULES)

    assert found.living is (status != "Cancel")
    assert found.counted.due == D(due or 0)


def test_bill_of_xero_is_none_of_the_ledger():
    page = {"Invoices": [{"InvoiceID": "a", "Type": "ACCPAY", "Total": 5}, {"InvoiceID": "b", "Type": "ACCREC"}]}

    assert [item.id for item in read_xero(json.dumps(page).encode())] == ["b"]


def test_amount_that_is_none_is_said():
    with pytest.raises(ValueError, match="no number"):
        read_vtiger(b'[{"hdnGrandTotal": "ten"}]', lambda _: "NZD", RULES)
