"""People without an organization: they cross when an invoice names them, and their contacts in Xero are theirs."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest

from chain.company import Silent, line, only, reasons
from vtxero.bootstrap.verifying import run_verify
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

JANE = {"firstname": "Jane", "email": "jane@example.test", "phone": "+64 9 220 1", "mobile": "+64 21 5", "fax": "9"}
HOME = {"mailingstreet": "1 Lane\nBack", "mailingcity": "Otaki", "mailingzip": "5512", "mailingcountry": "NZ"}


def person(company, lastname="Doe", **fields):
    element = {"lastname": lastname, "assigned_user_id": "19x1", **fields}
    return company.vtiger.add("Contacts", element)


def bill(company, contact, widget, **fields):
    """Make an invoice that names a person only: Vtiger makes none without an organization, which is deleted then."""
    account = company.organization("Short-lived Ltd")
    invoice = company.invoice(account, line(widget), contact_id=contact, **fields)
    company.vtiger.delete(account)
    assert (company.row(invoice)["account_id"], company.row(invoice)["contact_id"]) == ("", contact)
    return invoice


@pytest.fixture
def jane(company):
    """A person with an invoice, in step."""
    company.widget = company.product()
    company.jane = person(company, **JANE, **HOME)
    company.draft = bill(company, company.jane, company.widget, invoicestatus="Created")
    company.first = company.sync()
    company.quiet()
    company.contact = company.contacts()["Jane Doe"]["ContactID"]
    company.before = len(company.writes())
    return company


def after(company):
    return company.writes()[company.before :]


def names_in_vtiger(company):
    return sorted(row["accountname"] for row in company.vtiger.records("Accounts"))


def test_person_whom_an_invoice_names_crosses_with_the_invoice(jane):
    contact = jane.contacts()["Jane Doe"]
    assert (contact["FirstName"], contact["LastName"], contact["EmailAddress"]) == ("Jane", "Doe", "jane@example.test")
    assert contact["ContactNumber"] == jane.jane
    phones = {kind: one["PhoneNumber"] for kind, one in contact["Phones"].items() if one.get("PhoneNumber")}
    assert phones == {"DEFAULT": "220 1", "MOBILE": "5", "FAX": "9"}
    place = contact["Addresses"]["POBOX"]
    assert (place["AddressLine1"], place["AddressLine2"], place["City"]) == ("1 Lane", "Back", "Otaki")
    [invoice] = jane.invoices().values()
    assert invoice["ContactID"] == jane.contact
    assert [record.outcome for record in only(jane.first, "contacts")] == [Outcome.CREATED]
    assert names_in_vtiger(jane) == []


def test_person_whom_no_invoice_names_stays_and_says_why(company):
    person(company, **JANE)

    report = company.sync()

    assert reasons(report) == {"Jane Doe": ["ORG-NOT-INVOICED"]}
    assert company.contacts() == {}
    assert company.writes() == []


def test_person_whom_no_invoice_names_crosses_where_the_config_sends_everyone(company):
    jane = person(company, **JANE)
    company.configure("contacts", everyone=True)

    company.sync()

    assert company.contacts()["Jane Doe"]["ContactNumber"] == jane
    company.quiet()


def test_contact_of_a_person_whose_turn_comes_later_is_not_taken_for_an_organizations(company):
    company.configure("contacts", everyone=True)
    for last in ("Doe", "Roe"):
        person(company, last, firstname="Jane")
        company.xero.add_contact(Name=f"Jane {last}", FirstName="Jane", LastName=last, EmailAddress=f"{last}@x.test")

    company.sync(limit=1)
    company.sync()

    assert names_in_vtiger(company) == []
    assert {row["email"] for row in company.vtiger.records("Contacts")} == {"Doe@x.test", "Roe@x.test"}
    company.quiet()


def test_edits_of_a_person_are_carried_either_way(jane):
    jane.vtiger.edit(jane.jane, lastname="Roe", mailingcity="Levin", mobile="+64 21 6")
    jane.sync()
    contact = jane.contacts()["Jane Roe"]
    assert (contact["ContactID"], contact["FirstName"], contact["LastName"]) == (jane.contact, "Jane", "Roe")
    assert contact["Addresses"]["POBOX"]["City"] == "Levin"
    jane.quiet()

    jane.xero.edit_contact(jane.contact, EmailAddress="roe@example.test", FirstName="Janet", Name="Janet Roe")
    jane.sync()
    row = jane.row(jane.jane)
    assert (row["firstname"], row["lastname"], row["email"]) == ("Janet", "Roe", "roe@example.test")
    assert (row["mailingstreet"], row["phone"]) == (HOME["mailingstreet"], JANE["phone"])
    jane.quiet()


def test_name_alone_changed_in_xero_is_taken_apart_for_vtiger(jane):
    jane.xero.edit_contact(jane.contact, Name="Jane van Dyck")

    jane.sync()

    assert (jane.row(jane.jane)["firstname"], jane.row(jane.jane)["lastname"]) == ("Jane", "van Dyck")
    jane.quiet()


def test_same_field_edited_on_both_sides_waits_for_a_person(jane):
    jane.vtiger.edit(jane.jane, email="one@example.test")
    jane.xero.edit_contact(jane.contact, EmailAddress="two@example.test")

    report = jane.sync()

    assert (reasons(report), report.exit_code) == ({"Jane Doe": ["CONFLICT"]}, 8)
    assert after(jane) == []


def test_state_lost_the_person_is_linked_again_without_a_write_and_becomes_no_organization(jane):
    jane.settings.database.unlink()

    report = jane.sync()

    assert after(jane) == []
    assert {record.outcome for record in report.records} == {Outcome.LINKED}
    assert names_in_vtiger(jane) == []
    jane.quiet()


def test_state_lost_and_only_organizations_are_synced_the_persons_contact_is_left_to_the_person(jane):
    jane.settings.database.unlink()

    jane.sync(modules=("organizations",))

    assert names_in_vtiger(jane) == []
    assert after(jane) == []


def test_every_other_contact_of_xero_comes_as_an_organization(jane):
    jane.xero.add_contact(Name="Rimu Ltd")
    jane.xero.add_contact(Name="John Roe", ContactNumber="C-77")

    jane.sync()

    assert names_in_vtiger(jane) == ["John Roe", "Rimu Ltd"]
    jane.quiet()


def test_contact_that_xero_has_of_the_invoiced_persons_name_is_linked_not_doubled(company):
    contact = company.xero.add_contact(Name="Jane  Doe", EmailAddress="jane@example.test")
    widget = company.product()
    bill(company, person(company, **JANE), widget)

    report = company.sync()

    assert len(company.contacts()) == 1
    assert names_in_vtiger(company) == []
    [invoice] = company.invoices().values()
    assert invoice["ContactID"] == contact
    assert [record.xero_id for record in only(report, "contacts")] == [contact]
    company.quiet()


def test_contact_that_xero_has_of_a_persons_name_whom_no_invoice_names_comes_as_an_organization(company):
    company.xero.add_contact(Name="Jane Doe")
    person(company, **JANE)

    company.sync()

    assert names_in_vtiger(company) == ["Jane Doe"]
    company.quiet()


def test_invoice_to_a_person_whose_name_an_organization_has_waits_and_says_what_to_do(company):
    company.xero.add_contact(Name="Jane Doe")
    jane = person(company, **JANE)
    company.sync()
    invoice = bill(company, jane, company.product())

    report = company.sync()

    assert reasons(report)["Jane Doe"] == ["AMBIGUOUS"]
    assert "organization" in next(r.reasons[0].remedy for r in report.records if r.label == "Jane Doe")
    assert reasons(report)[company.number_of(invoice)] == ["DEPENDENCY"]
    assert len(company.contacts()) == 1


def test_two_people_of_one_name_are_never_taken_for_one(company):
    widget = company.product()
    first = person(company, **JANE)
    second = person(company, **{**JANE, "email": "other@example.test"})
    one, two = bill(company, first, widget), bill(company, second, widget)

    company.sync()
    report = company.sync()

    [contact] = company.contacts().values()
    assert contact["ContactNumber"] == first
    assert [row["InvoiceNumber"] for row in company.invoices().values()] == [company.number_of(one)]
    assert reasons(report)[company.number_of(two)] == ["DEPENDENCY"]
    assert [item.code for record in only(report, "contacts") for item in record.reasons] == ["AMBIGUOUS"]


def test_person_who_gets_an_organization_keeps_the_contact_and_is_reported(jane):
    kea = jane.organization("Kea Ltd", email1="office@kea.example")
    jane.vtiger.edit(jane.jane, account_id=kea)

    report = jane.sync()

    [told] = only(report, "contacts")
    assert (told.outcome, [item.code for item in told.reasons]) == (Outcome.SKIPPED, ["ORG-PERSON-MOVED"])
    assert "belongs to Vtiger's organization" in told.reasons[0].message
    assert sorted(jane.contacts()) == ["Jane Doe", "Kea Ltd"]
    assert (jane.contacts()["Kea Ltd"]["FirstName"], jane.contacts()["Kea Ltd"]["LastName"]) == ("Jane", "Doe")
    assert names_in_vtiger(jane) == ["Kea Ltd"]
    [invoice] = jane.invoices().values()
    assert invoice["ContactID"] == jane.contact
    jane.quiet()


def test_person_whose_organization_is_taken_off_again_is_in_step_again(jane):
    kea = jane.organization("Kea Ltd", email1="office@kea.example")
    jane.vtiger.edit(jane.jane, account_id=kea)
    jane.sync()
    jane.vtiger.edit(jane.jane, account_id="", email="jane.d@example.test")

    report = jane.sync()

    assert [record.outcome for record in only(report, "contacts")] == [Outcome.UPDATED]
    assert jane.contacts()["Jane Doe"]["EmailAddress"] == "jane.d@example.test"


def test_state_lost_after_the_person_got_an_organization_makes_nothing_anew(jane):
    kea = jane.organization("Kea Ltd", email1="office@kea.example")
    jane.vtiger.edit(jane.jane, account_id=kea)
    jane.sync()
    before = len(jane.writes())
    jane.settings.database.unlink()

    report = jane.sync()

    assert jane.writes()[before:] == []
    assert names_in_vtiger(jane) == ["Kea Ltd"]
    assert reasons(report)["Jane Doe"] == ["GONE"]


def test_waiting_person_who_gets_an_organization_is_no_business_of_contacts_any_more(company):
    jane = person(company, **JANE)
    company.sync()
    kea = company.organization("Kea Ltd", email1="office@kea.example")
    company.vtiger.edit(jane, account_id=kea)

    report = company.sync()

    assert only(report, "contacts") == []
    assert list(company.contacts()) == ["Kea Ltd"]


def test_invoice_that_names_a_person_of_an_organization_goes_to_the_organizations_contact(company):
    kea = company.organization("Kea Ltd", email1="office@kea.example")
    bob = company.person(kea, "Second", firstname="Bob", email="bob@kea.example")
    invoice = bill(company, bob, company.product())

    company.sync()

    assert company.invoices()[company.number_of(invoice)]["ContactID"] == company.contacts()["Kea Ltd"]["ContactID"]
    assert list(company.contacts()) == ["Kea Ltd"]
    company.quiet()


def test_invoice_without_organization_and_contact_is_skipped_with_inv_party(company):
    jane = person(company, **JANE)
    invoice = bill(company, jane, company.product())
    company.vtiger.edit(invoice, contact_id="")

    assert reasons(company.sync())[company.number_of(invoice)] == ["INV-PARTY"]


def test_person_deleted_in_vtiger_is_reported_and_the_contact_stays(jane):
    jane.person(jane.organization("Kea Ltd", email1="office@kea.example"), "Second", firstname="Bob")
    jane.sync()
    jane.vtiger.delete(jane.jane)

    report = jane.sync(full=True)

    assert reasons(report)["Jane Doe"] == ["GONE"]
    assert sorted(jane.contacts()) == ["Jane Doe", "Kea Ltd"]
    assert names_in_vtiger(jane) == ["Kea Ltd"]


@pytest.mark.parametrize(("how", "code"), [("archive", "ORG-ARCHIVED"), ("merge", "ORG-MERGED")])
def test_persons_contact_that_xero_has_put_away_is_reported(jane, how, code):
    if how == "archive":
        jane.xero.archive_contact(jane.contact)
    else:
        jane.xero.merge_contacts(jane.contact, jane.xero.add_contact(Name="Rimu Ltd"))
    jane.vtiger.edit(jane.jane, phone="1")

    report = jane.sync()

    assert reasons(report)["Jane Doe"] == [code]
    assert [name for name in names_in_vtiger(jane) if name == "Jane Doe"] == []


def test_name_that_xero_refuses_stops_the_person_before_it_is_sent(company):
    jane = person(company, lastname="D<oe")
    invoice = bill(company, jane, company.product())

    report = company.sync()

    assert reasons(report)["D<oe"] == ["ORG-NAME"]
    assert reasons(report)[company.number_of(invoice)] == ["DEPENDENCY"]
    assert company.contacts() == {}


def test_invoice_made_in_xero_for_a_person_waits_for_an_organization(jane):
    number = jane.xero_invoice(jane.contact)

    report = jane.sync()

    [told] = [record for record in report.records if record.xero_id == number]
    assert [item.code for item in told.reasons] == ["MANDATORY-FIELD"]
    assert after(jane) == []


def test_direction_to_vtiger_makes_no_contact_in_xero(company):
    bill(company, person(company, **JANE), company.product())

    company.sync(direction=Direction.TO_VTIGER)

    assert company.contacts() == {}


def test_contacts_alone_brings_those_whom_invoices_name(company):
    bill(company, person(company, **JANE), company.product())
    person(company, "Roe", firstname="Rik")

    report = company.sync(modules=("contacts",))

    assert list(company.contacts()) == ["Jane Doe"]
    assert reasons(report) == {"Rik Roe": ["ORG-NOT-INVOICED"]}
    assert company.invoices() == {}


def test_quiet_run_reads_xeros_contacts_once_and_keeps_to_the_budget(jane):
    jane.sync()
    before = {name: len(jane.apps[name].journal.entries) for name in jane.apps}

    jane.sync()

    asked = {name: jane.apps[name].journal.entries[before[name] :] for name in jane.apps}
    paths = [entry.path for entry in asked["xero"]]
    read = [entry for entry in asked["xero"] if entry.path.endswith("/Contacts") and "IDs=" not in str(entry.query)]
    assert len(read) == 1, "the look at the newest ones, by their ids, is another call"
    assert sum("/api.xro" in path for path in paths) <= 8
    assert len(asked["vtiger"]) <= 12
    lists = [entry for entry in asked["vtiger"] if "from Contacts where modifiedtime" in unquote_plus(str(entry.query))]
    assert len(lists) == 1


def test_new_invoice_that_names_a_person_who_got_an_organization_goes_to_the_organizations_contact(jane):
    kea = jane.organization("Kea Ltd", email1="office@kea.example")
    jane.vtiger.edit(jane.jane, account_id=kea)
    jane.sync()

    later = bill(jane, jane.jane, jane.widget)
    jane.vtiger.edit(jane.draft, duedate="2026-12-24")
    jane.sync()

    parties = {row["InvoiceNumber"]: row["ContactID"] for row in jane.invoices().values()}
    assert parties == {
        jane.number_of(jane.draft): jane.contact,
        jane.number_of(later): jane.contacts()["Kea Ltd"]["ContactID"],
    }
    assert run_verify(jane.settings, Silent()).ledger.differences == ()
    jane.quiet()
