"""People that a run made along with an organization stay where somebody's records name them."""

from __future__ import annotations

import pytest

from chain.company import line, xero_line
from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome

JANE = {"FirstName": "Jane", "LastName": "Doe", "EmailAddress": "j@d.example"}


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


def jane_in(company):
    [jane] = [company.vtiger.wire_id(person) for person in company.vtiger.live("Contacts")]
    return jane


def with_jane_added(company):
    """Let a run add Jane to an organization in Vtiger."""
    company.acme = company.organization("Acme")
    company.rest()
    [contact] = company.xero.contacts
    company.xero.edit_contact(contact, **JANE)
    company.time.pass_by(600)
    report = company.sync()
    company.time.pass_by(600)
    return report


def with_jane_and_her_organization_made(company):
    """Let a run make Jane's organization in Vtiger, beside another one that is there."""
    company.acme = company.organization("Acme")
    company.rest()
    company.xero.add_contact(Name="Doe Ltd", **JANE)
    company.time.pass_by(600)
    report = company.sync()
    company.time.pass_by(600)
    return report


def with_all_of_janes_made(company):
    """Let a run make Jane's organization in Vtiger, with an invoice of it."""
    doe = company.xero.add_contact(Name="Doe Ltd", **JANE)
    company.xero.add_item(Code="G-1", Name="Gear", SalesDetails={"UnitPrice": "7", "AccountCode": "200"})
    company.xero_invoice(doe, xero_line("7", ItemCode="G-1"))
    company.time.pass_by(600)
    return company.sync()


@pytest.mark.parametrize("made", [with_jane_added, with_jane_and_her_organization_made])
def test_person_whom_somebody_named_on_an_invoice_stays_and_so_does_the_organization(company, made):
    run = made(company).run
    jane = jane_in(company)
    invoice = company.invoice(company.acme, line(company.product()), contact_id=jane, invoicestatus="Created")
    before = company.writes()

    planned = company.undo(run, dry_run=True)
    done = company.undo(run)

    assert company.row(invoice)["contact_id"] == jane
    assert jane_in(company) == jane
    assert company.writes() == before
    for report in (planned, done):
        [record] = report.records
        assert (record.outcome, [each.code for each in record.reasons]) == (Outcome.SKIPPED, [Code.UNDO_STAYS])
        assert record.reasons[0].message == f"The person Jane Doe is still used by {invoice}."


@pytest.mark.parametrize("made", [with_jane_added, with_jane_and_her_organization_made])
def test_person_whom_nobody_named_goes_with_the_undo(company, made):
    run = made(company).run

    company.undo(run)

    assert list(company.vtiger.live("Contacts")) == []


def test_person_whom_only_an_invoice_of_the_same_run_names_goes_with_it(company):
    run = with_all_of_janes_made(company).run
    [invoice] = company.vtiger.live("Invoice")
    invoice.fields["contact_id"] = jane_in(company)  # as a workflow of Vtiger's may do, without a trace

    report = company.undo(run)

    assert [*company.vtiger.live("Invoice"), *company.vtiger.live("Contacts")] == []
    assert {record.outcome for record in report.records} == {Outcome.UPDATED}


def test_organization_and_person_stay_when_somebody_saves_an_invoice_of_theirs_at_the_last_moment(company):
    run = with_all_of_janes_made(company).run
    company.time.pass_by(600)
    [invoice] = [company.vtiger.wire_id(found) for found in company.vtiger.live("Invoice")]

    report = company.undo(run, announce=lambda _: company.vtiger.edit(invoice, description="by Kim"))

    assert company.row(invoice)["account_id"]
    told = {record.module: [each.code for each in record.reasons] for record in report.records}
    assert told == {
        "invoices": [Code.UNDO_TOUCHED],
        "organizations": [Code.DEPENDENCY],
        "products": [Code.DEPENDENCY],
    }
