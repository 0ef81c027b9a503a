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


def with_two_carried_to_xero(company):
    """Let a run carry two people to Xero, which keeps its further people where it is sent none."""
    company.acme = company.organization("Acme", email1="office@acme.example")
    company.rest()
    company.person(company.acme, "Doe", firstname="Jane")
    company.person(company.acme, "Roe", firstname="Rick")
    company.time.pass_by(600)
    run = company.sync().run
    company.time.pass_by(600)
    return run


def people_in_xero(company):
    [contact] = company.xero.snapshot()["Contacts"].values()
    return contact.get("LastName", ""), [each["LastName"] for each in contact["ContactPersons"]]


def test_undo_says_what_it_set_back_beside_what_xero_kept_and_the_next_one_tries_that_again(company):
    run = with_two_carried_to_xero(company)

    reports = [company.undo(run), company.undo(run)]

    assert people_in_xero(company) == ("", ["Roe"])
    for report, took in zip(reports, (["primary"], []), strict=True):
        [record] = report.records
        assert (report.exit_code, record.outcome) == (3, Outcome.FAILED)
        assert [change.field for change in record.changes] == took
        assert record.reasons[0].message == "Xero took the write and kept its own: further people."


def test_undo_is_complete_once_a_person_has_set_back_what_xero_kept(company):
    run = with_two_carried_to_xero(company)
    company.undo(run)
    [contact] = company.xero.contacts.values()
    contact["ContactPersons"] = []

    second, third = company.undo(run), company.undo(run)

    assert (second.exit_code, second.records) == (0, ())
    assert any("already taken back" in text for text in third.messages)


def test_person_who_could_be_set_back_crosses_again_beside_one_who_could_not(company):
    company.undo(with_two_carried_to_xero(company))
    company.time.pass_by(600)

    company.sync()

    assert people_in_xero(company) == ("Doe", ["Roe"])
    company.quiet()
