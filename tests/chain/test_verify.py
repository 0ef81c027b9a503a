"""Both ledgers over both stand-ins: equal to the cent after a sync, and each difference with its cause."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest

from chain.company import Silent, line, open_company
from vtxero.bootstrap.verifying import run_verify
from vtxero.domain.codes import Code
from vtxero.errors import StopError
from vtxero.modules.invoices.ledger import Amounts

D = Decimal


def verify(company):
    writes = company.writes()
    found = run_verify(company.settings, Silent())
    assert company.writes() == writes
    return found


def causes(company):
    """The causes of each invoice that differs, by its number."""
    differences = verify(company).ledger.differences
    return {item.entry.number: [cause.code for cause in item.causes] for item in differences}


@pytest.fixture
def settled(company):
    """Two invoices of 10.45 and 31.35 on both sides."""
    company.acme, company.widget = company.organization(), company.product()
    company.draft = company.invoice(company.acme, line(company.widget), invoicestatus="Created")
    company.sent = company.invoice(company.acme, line(company.widget, "3"))
    company.sync()
    company.number = company.number_of(company.sent)
    company.sent_id = company.invoices()[company.number]["InvoiceID"]
    return company


def test_ledgers_after_a_sync_agree_to_the_cent(settled):
    ledger = verify(settled).ledger

    [account] = ledger.accounts
    assert account.vtiger == account.xero == Amounts(D("41.80"), D(0), D("41.80"))
    assert (ledger.differences, ledger.explained) == ((), True)


def test_invoice_that_names_a_person_of_an_organization_is_the_organizations(settled):
    ann = settled.vtiger.add("Contacts", {"lastname": "Lee", "account_id": settled.acme, "assigned_user_id": "19x1"})
    gone = settled.organization("Short-lived Ltd")
    settled.invoice(gone, line(settled.widget), contact_id=ann)
    settled.vtiger.delete(gone)
    settled.sync()

    ledger = verify(settled).ledger

    assert [account.customer.name for account in ledger.accounts] == ["Acme Ltd"]
    assert ledger.differences == ()


def test_empty_sides_agree(company):
    assert verify(company).ledger.accounts == ()


def test_invoice_that_a_rule_holds_back_is_told_with_its_reason(settled):
    held = settled.invoice(settled.acme, line(settled.widget), hdnDiscountAmount="1", hdnTaxType="group")
    settled.sync()

    assert causes(settled) == {settled.number_of(held): ["INV-GROUP-DISCOUNT"]}


def test_invoice_that_no_run_has_seen_is_told_as_such(settled):
    new = settled.invoice(settled.acme, line(settled.widget))

    found = verify(settled).ledger

    assert [(item.entry.number, item.causes[0].code, item.amounts) for item in found.differences] == [
        (settled.number_of(new), "NOT-SYNCED", Amounts(D("10.45"), D(0), D("10.45")))
    ]
    assert found.explained


def test_invoice_edited_since_the_last_run_is_told_with_its_side(settled):
    settled.rewrite(settled.draft, line(settled.widget, "2"))

    assert causes(settled) == {settled.number_of(settled.draft): ["EDITED-IN-VTIGER"]}
    settled.sync()
    assert causes(settled) == {}


def test_payment_taken_in_xero_since_the_last_run_is_told_and_gone_after_the_next(settled):
    settled.xero.pay(settled.sent_id, "11.35")

    [item] = verify(settled).ledger.differences
    assert item.amounts == Amounts(D(0), D("-11.35"), D("11.35"))
    assert [cause.code for cause in item.causes] == ["EDITED-IN-XERO"]
    assert "paid 0.00 NZD to 11.35 NZD" in item.causes[0].message
    settled.sync()
    assert causes(settled) == {}


def test_credit_allocated_in_xero_is_no_difference_after_a_sync(settled):
    settled.xero.credit(settled.sent_id, "11.35")
    assert causes(settled) == {settled.number: ["EDITED-IN-XERO", "CREDIT"]}

    settled.sync()

    [account] = verify(settled).ledger.accounts
    assert account.difference == Amounts()


def test_invoice_paid_in_vtiger_only_is_told_as_paid_elsewhere(company):
    acme, widget = company.organization(), company.product()
    paid = company.invoice(acme, line(widget), invoicestatus="Paid", received="10.45")
    company.sync()

    assert causes(company) == {company.number_of(paid): ["INV-PAID-ELSEWHERE"]}


def test_rounding_that_the_config_accepts_is_told_as_rounding(tmp_path):
    with open_company(tmp_path) as company:
        company.configure("invoices", rounding="accept")
        acme, widget = company.organization(), company.product()
        odd = company.invoice(acme, *[line(widget, "1", "10.10") for _ in range(3)])
        company.sync()
        number = company.number_of(odd)
        gap = D(company.invoices()[number]["Total"]) - D(company.row(odd)["hdnGrandTotal"]).quantize(D("0.01"))
        assert gap

        found = verify(company).ledger

        [item] = found.differences
        assert item.amounts.invoiced == -gap
        assert [cause.code for cause in item.causes] == ["ROUNDING"]


def test_invoice_voided_in_xero_is_told_and_cancelled_by_the_next_run(settled):
    settled.xero.void(settled.sent_id)

    assert causes(settled) == {settled.number: ["EDITED-IN-XERO"]}
    settled.sync()
    assert causes(settled) == {}


def test_invoice_deleted_in_vtiger_leaves_its_partner_behind(settled):
    settled.vtiger.delete(settled.sent)

    assert causes(settled) == {settled.number: ["GONE"]}


def test_invoice_moved_to_another_customer_in_vtiger_differs_though_its_sum_does_not(settled):
    other = settled.organization("Other Ltd")
    settled.sync()
    settled.vtiger.edit(settled.sent, account_id=other)

    ledger = verify(settled).ledger

    [item] = ledger.differences
    assert (item.amounts, [cause.code for cause in item.causes]) == (Amounts(), ["EDITED-IN-VTIGER"])
    assert {account.customer.name: account.difference.invoiced for account in ledger.accounts} == {
        "Acme Ltd": D("-31.35"),
        "Other Ltd": D("31.35"),
    }


def test_duplicate_organization_counts_with_the_one_that_stands_for_it(settled):
    twin = settled.vtiger.add("Accounts", {"accountname": "Acme  Ltd", "assigned_user_id": "19x1"})
    settled.invoice(twin, line(settled.widget))
    settled.sync()

    ledger = verify(settled).ledger

    assert ledger.differences == ()
    assert len(ledger.accounts) == 1


def test_difference_that_nothing_explains_is_said_to_be_one(settled):
    """A fault of ours, or of a service: the state says that both were settled as they are."""
    settled.xero.pay(settled.sent_id, "1.00")
    path = settled.settings.database
    with sqlite3.connect(path) as database:
        row = database.execute("SELECT xero_base FROM links WHERE vtiger_id = ?", (settled.sent,)).fetchone()[0]
        database.execute(
            "UPDATE links SET xero_base = ? WHERE vtiger_id = ?",
            (row.replace('"amount_paid":"0"', "").replace('"lines"', '"amount_paid":"1","lines"', 1), settled.sent),
        )
    database.close()

    ledger = verify(settled).ledger

    [item] = ledger.differences
    assert [cause.code for cause in item.causes] == ["UNEXPLAINED"]
    assert not ledger.explained


@pytest.mark.parametrize(("side", "code"), [("vtiger", Code.RUN_VTIGER_INSTANCE), ("xero", Code.RUN_TENANT)])
def test_verify_of_books_that_no_link_is_about_stops_as_a_sync_does(settled, side, code):
    for _ in range(2):
        settled.invoice(settled.acme, line(settled.widget))
    settled.sync()
    if side == "xero":
        settled.xero.invoices = {}
    else:
        for bill in list(settled.vtiger.live("Invoice")):
            settled.vtiger.entities.pop(bill.number)

    with pytest.raises(StopError) as caught:
        verify(settled)

    assert caught.value.code == code
    assert "vtxero sync --resync" in caught.value.remedy


def test_customers_before_the_first_run_go_by_their_names(company):
    acme, widget = company.organization("Acme Ltd"), company.product()
    company.invoice(acme, line(widget))

    ledger = verify(company).ledger

    assert [account.customer.name for account in ledger.accounts] == ["Acme Ltd"]


def test_verify_costs_a_call_for_a_thousand_invoices_of_xero_and_a_hundred_of_vtiger(settled):
    acme = settled.acme
    for _ in range(150):
        settled.invoice(acme, line(settled.widget))
    settled.sync()
    before = {side: len(settled.apps[side].journal.entries) for side in ("vtiger", "xero")}

    verify(settled)

    asked = {side: len(settled.apps[side].journal.entries) - before[side] for side in before}
    assert asked["xero"] <= 2  # a token, and one page
    assert asked["vtiger"] <= 4  # two for the login, and two pages
