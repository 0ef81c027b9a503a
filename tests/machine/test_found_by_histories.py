"""Invented histories that once broke a law, cut down to what mattered."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from chain.company import line
from machine.nearby import open_nearby
from vtxero.domain.reasons import Code
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def test_law_9_namesakes_of_a_contact_that_was_archived_have_an_outcome_each_and_the_contact_has_one(company):
    company.organization("Ann Ltd")
    assert company.sync().exit_code == 0
    [ann] = company.xero.contacts
    company.xero.archive_contact(ann)
    company.write_state(None)
    second = company.organization("Another")
    company.vtiger.find(second).fields["accountname"] = "Ann Ltd"  # as an import makes it, without Vtiger's own check

    report = company.sync(resync=True)

    assert [(r.outcome, r.reasons[0].code) for r in report.records] == [(Outcome.SKIPPED, Code.ORG_ARCHIVED)] * 2
    assert [r.xero_id for r in report.records] == [ann, None]


def test_law_6_invoice_that_was_deleted_while_it_waited_does_not_cross_once_the_account_is_mended(company):
    company.configure("invoices", sales_account="999")
    sale = company.invoice(company.organization(), line(company.product()))
    company.time.pass_by(400)
    [skipped] = [record for record in company.sync().records if record.module == "invoices"]
    assert skipped.reasons[0].code is Code.INV_ACCOUNT
    company.vtiger.delete(sale)
    company.configure("invoices", sales_account="200")
    company.time.pass_by(400)

    company.sync()

    assert company.invoices() == {}
    for _ in range(3):  # a look at each module
        last = company.sync()
    assert last.records == ()


def test_law_1_lines_changed_in_xero_of_an_invoice_whose_customer_was_deleted_are_not_sent_in_vain(company):
    company.invoice(company.organization(), line(company.product()))
    assert company.sync().exit_code == 0
    [sold] = company.xero.invoices.values()
    [item] = sold["LineItems"]
    kept = {name: item[name] for name in ("LineItemID", "ItemCode", "AccountCode", "TaxType", "Description")}
    company.xero.edit_invoice(sold["InvoiceID"], LineItems=[{**kept, "UnitAmount": "5", "Quantity": "7"}])
    [customer] = company.vtiger.live("Accounts")
    company.vtiger.delete(company.vtiger.wire_id(customer))
    company.time.pass_by(400)
    before = len(company.writes())

    report = company.sync()

    [waiting] = [record for record in report.records if record.module == "invoices"]
    assert (waiting.outcome, waiting.reasons[0].code) == (Outcome.SKIPPED, Code.MANDATORY_FIELD)
    assert company.writes()[before:] == []


def test_law_3_edit_in_the_second_of_an_undo_is_not_passed_over(company):
    """Vtiger counts whole seconds: what the undo saw of a record is no proof that it is unchanged."""
    acme = company.organization(phone="1")
    company.sync()
    company.write_state(None)
    [linked] = (report := company.sync()).records
    assert linked.outcome is Outcome.LINKED
    company.undo(report.run)
    company.vtiger.edit(acme, phone="2")
    company.time.pass_by(4000)

    report = company.sync()

    assert [each.code for each in report.records[0].reasons] == [Code.CONFLICT]


def test_law_3_edit_in_the_second_in_which_a_restored_record_was_read_is_carried(company):
    acme = company.organization(phone="1")
    company.sync()
    company.time.pass_by(4000)
    company.vtiger.delete(acme)
    company.sync(full=True)
    company.vtiger.restore(acme)
    company.vtiger.edit(acme, phone="2")
    company.sync(full=True)
    company.vtiger.edit(acme, phone="3")
    company.time.pass_by(4000)

    company.sync()

    assert company.contacts()["Acme Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "3"


def test_law_1_record_whose_time_is_another_than_was_read_is_read_again_and_not_left_for_ever(company):
    """A backup was put back during a run: the record's time lies before all that the next one reads."""
    acme = company.organization(phone="1")
    company.sync()
    company.time.pass_by(4000)
    company.sync()
    with closing(sqlite3.connect(company.settings.database)) as database, database:
        database.execute("UPDATE records SET modified = '2026-11-22 09:30:00' WHERE side = 'vtiger'")
    [contact] = company.xero.contacts
    company.xero.edit_contact(contact, EmailAddress="new@acme.example")
    company.time.pass_by(4000)
    [told] = company.sync().records
    assert [each.code for each in told.reasons] == [Code.MOVED]
    company.time.pass_by(4000)

    company.sync()

    assert company.row(acme)["email1"] == "new@acme.example"
    company.time.pass_by(4000)
    company.quiet()


def test_line_with_a_product_s_duplicate_gets_the_item_code_of_the_one_that_crosses_from_the_first_run_on(company):
    company.product("Widget", "W-1")
    twin = company.product("Widget", "W-2", "12")
    company.invoice(company.organization(), line(twin))

    report = company.sync()

    assert report.exit_code == 0
    [sold] = company.invoices().values()
    assert [row["ItemCode"] for row in sold["LineItems"]] == ["W-1"]
    assert {reason.code for record in report.records for reason in record.reasons} == {Code.PRD_DUPLICATE}


def test_number_of_an_invoice_whose_namesake_was_deleted_is_told_to_be_that_one_s(company):
    acme, part = company.organization(), company.product()
    first, second = company.invoice(acme, line(part)), company.invoice(acme, line(part))
    company.vtiger.find(second).fields["invoice_no"] = company.number_of(first)
    company.sync()
    company.time.pass_by(600)
    company.vtiger.delete(first)

    report = company.sync(full=True)

    [told] = [record for record in report.records if record.vtiger_id == second]
    assert [(each.code, each.message) for each in told.reasons] == [
        (Code.INV_NUMBER_TAKEN, f"It belongs to Vtiger's {first}, which was deleted.")
    ]
