"""What an undo leaves alone: what somebody edited or built upon since, and the books."""

from __future__ import annotations

from datetime import date

import pytest

from chain.company import reasons
from vtxero.domain.sides import Side
from vtxero.sandbox.vtiger import papers


def beta_in_vtiger(company):
    [beta] = [row["id"] for row in company.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    return beta


def test_law_3_draft_that_a_bookkeeper_edited_since_is_left_alone_and_so_is_its_contact(settled):
    number = settled.number_of(settled.draft)
    settled.xero.edit_invoice(settled.invoices()[number]["InvoiceID"], Reference="checked by Kim")

    report = settled.undo(settled.first.run)

    assert settled.invoices()[number]["Status"] == "DRAFT"
    assert settled.contacts()["Acme Ltd"]["ContactStatus"] == "ACTIVE"
    assert settled.invoices()[settled.number_of(settled.sent)]["Status"] == "VOIDED"
    assert reasons(report)[number] == ["UNDO-TOUCHED"]
    assert reasons(report)["Acme Ltd"] == ["UNDO-STAYS"]
    assert number in next(r for r in report.records if r.label == "Acme Ltd").reasons[0].message
    assert any("left alone: 1." in text for text in report.messages)


def test_law_3_organization_that_got_a_quote_since_stays_in_vtiger(settled):
    beta = beta_in_vtiger(settled)
    papers.add(settled.vtiger, "Quotes", account_id=beta)

    report = settled.undo(settled.first.run)

    assert settled.row(beta)["accountname"] == "Beta Ltd"
    assert reasons(report)["Beta Ltd"] == ["UNDO-STAYS"]


def test_law_3_organization_that_got_a_person_since_stays_in_vtiger(settled):
    beta = beta_in_vtiger(settled)
    settled.person(beta, "Newcomer")

    report = settled.undo(settled.first.run)

    assert reasons(report)["Beta Ltd"] == ["UNDO-TOUCHED"]
    assert settled.row(beta)["accountname"] == "Beta Ltd"


@pytest.mark.parametrize("take", ["pay", "credit"])
def test_law_6_paid_or_credited_invoice_is_never_voided(settled, take):
    number = settled.number_of(settled.sent)
    getattr(settled.xero, take)(settled.invoices()[number]["InvoiceID"], "5")

    report = settled.undo(settled.first.run)

    assert settled.invoices()[number]["Status"] == "AUTHORISED"
    assert reasons(report)[number] == ["UNDO-STAYS"]
    assert any("Invoices that stay in Xero: 1. They are paid" in text for text in report.messages)


def test_law_6_locked_invoice_is_never_voided(settled):
    settled.xero.set_lock_dates(period=date(2026, 11, 1))
    settled.sync(full=True)
    writes = settled.writes("xero")

    report = settled.undo(settled.first.run)

    assert reasons(report)[settled.number_of(settled.sent)] == ["UNDO-STAYS"]
    assert settled.writes("xero") == writes


def test_law_6_no_request_ever_deletes_in_xero(settled):
    before = len(settled.writes("xero"))

    settled.undo(settled.first.run)

    methods = {text.split()[0] for text in settled.writes("xero")[before:]}
    assert methods == {"POST"}


def test_undo_by_origin_removes_from_vtiger_what_came_from_xero_and_nothing_else(settled):
    settled.xero.edit_contact(settled.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "77"}])
    settled.sync()
    writes = settled.writes("xero")

    report = settled.undo(origin=Side.XERO)

    assert report.exit_code == 0
    assert {row["accountname"] for row in settled.vtiger.records("Accounts")} == {"Acme Ltd"}
    assert {row["lastname"] for row in settled.vtiger.records("Contacts")} == {"First", "Second"}
    assert {row["productname"] for row in settled.vtiger.records("Products")} == {"Widget"}
    assert {row["id"] for row in settled.vtiger.records("Invoice")} == {settled.draft, settled.sent}
    assert settled.writes("xero") == writes


def test_undo_by_origin_leaves_what_somebody_edited_in_vtiger(settled):
    beta = beta_in_vtiger(settled)
    settled.vtiger.edit(beta, website="https://beta.example")
    settled.sync()

    report = settled.undo(origin=Side.XERO)

    assert reasons(report) == {"Beta Ltd": ["UNDO-TOUCHED"]}
    assert settled.row(beta)["website"] == "https://beta.example"


def test_undo_by_origin_leaves_what_somebody_edited_between_two_runs_of_ours(settled):
    beta = beta_in_vtiger(settled)
    settled.vtiger.edit(beta, website="https://beta.example")
    settled.sync()
    settled.xero.edit_contact(settled.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "77"}])
    settled.sync()

    report = settled.undo(origin=Side.XERO)

    assert reasons(report)["Beta Ltd"] == ["UNDO-TOUCHED"]
    assert settled.row(beta)["phone"] == "77"


def test_organization_that_is_deleted_takes_its_quotes_along_in_the_stand_in_too(company):
    acme = company.organization()
    quote = papers.add(company.vtiger, "Quotes", account_id=acme)
    order = papers.add(company.vtiger, "SalesOrder", account_id=acme)

    company.crm.post("delete", id=acme)

    deleted = {
        row["id"]: row["deleted"] for name in ("Quotes", "SalesOrder") for row in company.vtiger.actors[name].values()
    }
    assert deleted == {quote: "1", order: "0"}
