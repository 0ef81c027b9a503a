"""The people of organizations, end to end: added on either side, never made anew once somebody removed them."""

from __future__ import annotations

import pytest

from chain.company import only, reasons
from vtxero.sync.records import Outcome


@pytest.fixture
def kea(company):
    """An organization of three people, in step."""
    company.kea = company.organization("Kea Ltd", email1="office@kea.example")
    company.ann = company.person(company.kea, "First", firstname="Ann", email="ann@kea.example")
    company.bob = company.person(company.kea, "Second", firstname="Bob", email="bob@kea.example")
    company.cat = company.person(company.kea, "Third", firstname="Cat", email="cat@kea.example")
    company.sync()
    company.quiet()
    company.contact_id = company.contacts()["Kea Ltd"]["ContactID"]
    company.before = len(company.writes())
    return company


def in_xero(company, name="Kea Ltd"):
    contact = company.contacts()[name]
    first = f"{contact.get('FirstName') or ''} {contact.get('LastName') or ''}".strip()
    return [first, *(f"{one['FirstName']} {one['LastName']}" for one in contact["ContactPersons"])]


def in_vtiger(company, account):
    rows = [row for row in company.vtiger.records("Contacts") if row["account_id"] == account]
    return [f"{row['firstname']} {row['lastname']}" for row in rows]


def set_people(company, *people):
    persons = [
        {"FirstName": first, "LastName": last, "EmailAddress": email, "IncludeInEmails": False}
        for first, last, email in people
    ]
    company.xero.edit_contact(company.contact_id, ContactPersons=persons)


def test_person_removed_in_xero_is_reported_and_not_made_anew_when_others_change(kea):
    set_people(kea, ("Cat", "Third", "cat@kea.example"))

    report = kea.sync()

    assert reasons(report) == {"Kea Ltd": ["ORG-PEOPLE-REMOVED"]}
    assert "Bob Second was removed in Xero" in report.records[0].reasons[0].message
    assert kea.writes()[kea.before :] == []
    kea.vtiger.edit(kea.cat, email="cat.third@kea.example")
    kea.person(kea.kea, "Fourth", firstname="Dan", email="dan@kea.example")
    kea.sync()
    assert in_xero(kea) == ["Ann First", "Cat Third", "Dan Fourth"]
    assert in_vtiger(kea, kea.kea) == ["Ann First", "Bob Second", "Cat Third", "Dan Fourth"]
    kea.quiet()


def test_person_deleted_in_vtiger_is_reported_and_not_made_anew_when_others_change(kea):
    kea.vtiger.delete(kea.bob)
    kea.vtiger.edit(kea.kea, phone="+64 9 1")

    report = kea.sync()

    [told] = only(report, "organizations")
    assert (told.outcome, [item.code for item in told.reasons]) == (Outcome.UPDATED, ["ORG-PEOPLE-REMOVED"])
    assert "Bob Second was removed in Vtiger" in told.reasons[0].message
    people = [("Bob", "Second", "bob@kea.example"), ("Cat", "Third", "cat@kea.example")]
    set_people(kea, *people, ("Eve", "Fifth", "eve@kea.example"))
    kea.sync()
    assert in_vtiger(kea, kea.kea) == ["Ann First", "Cat Third", "Eve Fifth"]
    assert in_xero(kea) == ["Ann First", "Bob Second", "Cat Third", "Eve Fifth"]
    kea.quiet()


def test_person_deleted_in_vtiger_is_found_by_a_full_read_though_nothing_else_changed(kea):
    kea.vtiger.delete(kea.bob)

    assert reasons(kea.sync(full=True)) == {"Kea Ltd": ["ORG-PEOPLE-REMOVED"]}
    assert kea.writes()[kea.before :] == []


def test_person_removed_on_both_sides_is_settled(kea):
    kea.vtiger.delete(kea.bob)
    set_people(kea, ("Cat", "Third", "cat@kea.example"))

    report = kea.sync(full=True)

    assert report.records == ()
    assert kea.writes()[kea.before :] == []


def test_primary_person_deleted_in_vtiger_stays_the_primary_in_xero(kea):
    kea.vtiger.delete(kea.ann)

    report = kea.sync(full=True)

    assert "Ann First was removed in Vtiger" in report.records[0].reasons[0].message
    assert in_xero(kea) == ["Ann First", "Bob Second", "Cat Third"]
    assert in_vtiger(kea, kea.kea) == ["Bob Second", "Cat Third"]
    assert kea.writes()[kea.before :] == []


def test_person_renamed_in_vtiger_beyond_recognition_does_not_come_back_under_the_old_name(kea):
    kea.vtiger.edit(kea.bob, firstname="Rangi", lastname="Mahuika", email="rm@kea.example")

    report = kea.sync()

    assert in_vtiger(kea, kea.kea) == ["Ann First", "Rangi Mahuika", "Cat Third"]
    assert in_xero(kea) == ["Ann First", "Bob Second", "Cat Third", "Rangi Mahuika"]
    assert "Bob Second is Rangi Mahuika in Vtiger now" in report.records[0].reasons[0].message
    kea.quiet()


def test_person_moved_to_another_organization_is_added_there_and_stays_named_where_she_was(kea):
    moa = kea.organization("Moa Ltd", email1="office@moa.example")
    kea.sync()

    kea.vtiger.edit(kea.bob, account_id=moa)
    kea.sync()

    assert in_xero(kea, "Moa Ltd") == ["Bob Second"]
    assert in_xero(kea) == ["Ann First", "Bob Second", "Cat Third"]
    report = kea.sync(full=True)
    assert "Bob Second was removed in Vtiger" in reasons_of(report, "Kea Ltd")[0].message
    kea.quiet()


def reasons_of(report, label):
    return next(record.reasons for record in report.records if record.label == label)


def test_sixth_person_left_out_is_named_and_crosses_with_the_next_change_once_there_is_room(kea):
    for name in ("Dan", "Eve", "Fay", "Gus"):
        kea.person(kea.kea, f"{name}son", firstname=name, email=f"{name.lower()}@kea.example")

    report = kea.sync()

    [told] = only(report, "organizations")
    assert [(item.code, item.message) for item in told.notes] == [
        ("ORG-PEOPLE-MAX", "Xero holds five people besides the primary person; left out: Gus Gusson.")
    ]
    assert in_xero(kea) == ["Ann First", "Bob Second", "Cat Third", "Dan Danson", "Eve Eveson", "Fay Fayson"]
    kea.quiet()
    people = [("Cat", "Third", "cat@kea.example"), ("Dan", "Danson", "dan@kea.example")]
    people += [("Eve", "Eveson", "eve@kea.example"), ("Fay", "Fayson", "fay@kea.example")]
    set_people(kea, *people)
    kea.vtiger.edit(kea.cat, email="cat.third@kea.example")
    kea.sync()
    assert in_xero(kea) == ["Ann First", "Cat Third", "Dan Danson", "Eve Eveson", "Fay Fayson", "Gus Gusson"]


def test_people_crossing_keep_the_primary_person_whom_xero_has(company):
    company.xero.add_contact(
        Name="Tui Ltd", FirstName="Zoe", LastName="Last", EmailAddress="zoe@tui.example", ContactPersons=[]
    )
    tui = company.organization("Tui Ltd", email1="zoe@tui.example")
    company.person(tui, "First", firstname="Ann", email="ann@tui.example")
    company.person(tui, "Last", firstname="Zoe", email="zoe@tui.example")

    company.sync()

    assert in_xero(company, "Tui Ltd") == ["Zoe Last", "Ann First"]
    assert in_vtiger(company, tui) == ["Ann First", "Zoe Last"]
    company.quiet()


@pytest.mark.parametrize("place", ["primary", "further"])
def test_person_who_gets_another_name_in_xero_has_it_in_vtiger_and_nothing_failed(company, place):
    kea = company.organization("Kea Ltd", email1="office@kea.example")
    company.person(kea, "First", firstname="Ann")
    company.person(kea, "Second", firstname="Bob", email="bob@kea.example")
    company.sync()
    [contact] = company.contacts().values()
    bob = {"FirstName": "Bob", "LastName": "Third", "EmailAddress": "bob@kea.example"}
    changed = {"LastName": "Third"} if place == "primary" else {"ContactPersons": [bob]}
    company.xero.edit_contact(contact["ContactID"], **changed)

    report = company.sync()

    assert (report.exit_code, reasons(report)) == (0, {})
    names = sorted((row["firstname"], row["lastname"]) for row in company.vtiger.records("Contacts"))
    ann, bob_now = ("Third", "Second") if place == "primary" else ("First", "Third")
    assert names == [("Ann", ann), ("Bob", bob_now)]
    company.quiet()
