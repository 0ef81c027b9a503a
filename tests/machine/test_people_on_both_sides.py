"""The same person edited in Vtiger and in Xero: what one side changed crosses, what both changed is a conflict."""

from __future__ import annotations

import pytest

from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as company:
        yield company


@pytest.fixture
def acme(company):
    """An organization of three people, at rest."""
    account = company.organization("Acme", email1="office@acme.example")
    company.acme = account
    company.al = company.person(account, "Aaa", firstname="Al", email="al@x.example")
    company.jane = company.person(account, "Doe", firstname="Jane", email="jane@x.example")
    company.kim = company.person(account, "Kay", firstname="Kim", email="kim@x.example")
    company.rest()
    [company.contact] = company.xero.contacts
    return company


def edit_in_xero(company, /, **changed):
    """Edit the further people by their first names, `leave` none of those named, and add others."""
    people = company.xero.contacts[company.contact]["ContactPersons"]
    people = [{**one, **changed.pop(one["FirstName"], {})} for one in people]
    people = [one for one in people if not one.get("leaves")]
    people += [{"FirstName": first, "IncludeInEmails": False, **values} for first, values in changed.items()]
    company.xero.edit_contact(company.contact, ContactPersons=people)


def in_xero(company):
    [contact] = company.xero.contacts.values()
    people = [(one["FirstName"], one["LastName"], one["EmailAddress"]) for one in contact["ContactPersons"]]
    return [(contact["FirstName"], contact["LastName"]), *sorted(people)]


def in_vtiger(company):
    rows = [company.row(company.vtiger.wire_id(one)) for one in company.vtiger.live("Contacts")]
    first, *people = [(row["firstname"], row["lastname"], row["email"]) for row in rows]
    return [first[:2], *sorted(people)]


def sync(company):
    company.time.pass_by(600)
    return company.sync()


def assert_quiet(company):
    """A second run sends nothing."""
    before = company.writes()
    for _ in range(2):
        sync(company)
    assert company.writes() == before


def assert_in_conflict(company, *fields):
    """Run thrice: each run says so, and none writes."""
    before = company.writes()
    for _ in range(3):
        [told] = sync(company).records
        assert told.outcome is Outcome.CONFLICT
        assert [(one.code, one.field) for one in told.reasons] == [(Code.CONFLICT, field) for field in fields]
    assert company.writes() == before


def test_law_3_first_person_renamed_on_both_sides_waits_for_a_person(acme):
    acme.vtiger.edit(acme.al, lastname="Smith")
    acme.xero.edit_contact(acme.contact, LastName="Miller")

    assert_in_conflict(acme, "primary")

    assert (in_vtiger(acme)[0], in_xero(acme)[0]) == (("Al", "Smith"), ("Al", "Miller"))


@pytest.mark.parametrize(
    ("vtiger", "xero"),
    [
        ({"lastname": "Smith"}, {"LastName": "Miller"}),
        ({"email": "j1@x.example"}, {"EmailAddress": "j2@x.example"}),
    ],
)
def test_law_3_further_person_edited_on_both_sides_waits_for_a_person(acme, vtiger, xero):
    acme.vtiger.edit(acme.jane, **vtiger)
    edit_in_xero(acme, Jane=xero)
    before = (in_vtiger(acme), in_xero(acme))

    assert_in_conflict(acme, "people")

    assert (in_vtiger(acme), in_xero(acme)) == before


@pytest.mark.parametrize(
    ("vtiger", "xero", "field"),
    [
        ({"email": "j1@x.example"}, {"LastName": "Doe", "EmailAddress": "j2@x.example"}, "people"),
        ({"email": "j1@x.example"}, {"LastName": "Dow", "EmailAddress": "j1@x.example"}, "people"),
    ],
)
def test_law_3_person_who_differs_at_the_first_meeting_waits_for_a_person(company, vtiger, xero, field):
    acme = company.organization("Acme", email1="office@acme.example")
    company.person(acme, "Aaa", firstname="Al", email="al@x.example")
    company.person(acme, "Doe", firstname="Jane", **vtiger)
    jane = {"FirstName": "Jane", "IncludeInEmails": True, **xero}
    company.xero.add_contact(
        Name="Acme", EmailAddress="office@acme.example", FirstName="Al", LastName="Aaa", ContactPersons=[jane]
    )

    assert_in_conflict(company, field)


def test_law_3_person_who_differs_after_the_state_was_lost_waits_for_a_person(acme):
    acme.xero.edit_contact(acme.contact, LastName="Miller")
    acme.write_state(None)
    acme.time.pass_by(600)

    report = acme.sync(resync=True)

    assert report.exit_code == 8
    assert_in_conflict(acme, "primary")
    assert (in_vtiger(acme)[0], in_xero(acme)[0]) == (("Al", "Aaa"), ("Al", "Miller"))


@pytest.mark.parametrize(("winner", "name"), [("vtiger", "Smith"), ("xero", "Miller")])
def test_person_edited_on_both_sides_is_as_the_winner_of_conflicts_has_her_and_others_are_united(acme, winner, name):
    acme.configure("organizations", conflict=winner)
    acme.vtiger.edit(acme.jane, lastname="Smith")
    acme.vtiger.edit(acme.kim, email="kim2@x.example")
    acme.person(acme.acme, "New", firstname="Ned", email="ned@x.example")
    edit_in_xero(acme, Jane={"LastName": "Miller"}, Zoe={"LastName": "Zed", "EmailAddress": "zoe@x.example"})

    assert sync(acme).exit_code == 0

    people = [
        ("Al", "Aaa"),
        ("Jane", name, "jane@x.example"),
        ("Kim", "Kay", "kim2@x.example"),
        ("Ned", "New", "ned@x.example"),
        ("Zoe", "Zed", "zoe@x.example"),
    ]
    assert in_vtiger(acme) == people
    assert in_xero(acme) == people
    assert_quiet(acme)


def test_law_3_people_edited_one_on_each_side_are_both_carried(acme):
    acme.vtiger.edit(acme.jane, lastname="Smith")
    edit_in_xero(acme, Kim={"LastName": "Miller"})

    assert sync(acme).exit_code == 0

    people = [("Al", "Aaa"), ("Jane", "Smith", "jane@x.example"), ("Kim", "Miller", "kim@x.example")]
    assert in_vtiger(acme) == people
    assert in_xero(acme) == people
    assert_quiet(acme)


@pytest.mark.parametrize("named_in", ["vtiger", "xero"])
def test_law_3_name_edited_on_one_side_and_address_on_the_other_are_both_carried(acme, named_in):
    if named_in == "vtiger":
        acme.vtiger.edit(acme.jane, lastname="Smith")
        edit_in_xero(acme, Jane={"EmailAddress": "j2@x.example"})
    else:
        acme.vtiger.edit(acme.jane, email="j2@x.example")
        edit_in_xero(acme, Jane={"LastName": "Smith"})

    report = sync(acme)

    assert [(one.outcome, one.reasons) for one in report.records] == [(Outcome.UPDATED, ())]
    people = [("Al", "Aaa"), ("Jane", "Smith", "j2@x.example"), ("Kim", "Kay", "kim@x.example")]
    assert in_vtiger(acme) == people
    assert in_xero(acme) == people
    assert_quiet(acme)


def test_law_3_people_added_beside_one_in_conflict_cross_once_it_is_decided(acme):
    acme.vtiger.edit(acme.jane, lastname="Smith")
    acme.person(acme.acme, "New", firstname="Ned", email="ned@x.example")
    edit_in_xero(acme, Jane={"LastName": "Miller"}, Zoe={"LastName": "Zed", "EmailAddress": "zoe@x.example"})
    assert_in_conflict(acme, "people")
    acme.vtiger.edit(acme.jane, lastname="Miller")

    assert sync(acme).exit_code == 0

    people = [
        ("Al", "Aaa"),
        ("Jane", "Miller", "jane@x.example"),
        ("Kim", "Kay", "kim@x.example"),
        ("Ned", "New", "ned@x.example"),
        ("Zoe", "Zed", "zoe@x.example"),
    ]
    assert in_vtiger(acme) == people
    assert in_xero(acme) == people
    assert_quiet(acme)


def test_people_given_the_same_name_on_both_sides_are_no_conflict(acme):
    acme.vtiger.edit(acme.jane, lastname="Smith")
    edit_in_xero(acme, Jane={"LastName": "Smith"})
    before = acme.writes()

    report = sync(acme)

    assert (report.exit_code, acme.writes()) == (0, before)
    assert_quiet(acme)


@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_law_3_person_edited_again_and_again_beside_one_removed_crosses_each_time(acme, side):
    edit_in_xero(acme, Kim={"leaves": True})
    sync(acme)

    for name in ("Smith", "Miller", "Jones"):
        if side == "vtiger":
            acme.vtiger.edit(acme.jane, lastname=name)
        else:
            edit_in_xero(acme, Jane={"LastName": name})
        [told] = sync(acme).records
        assert (told.outcome, [one.code for one in told.reasons]) == (Outcome.UPDATED, [Code.ORG_PEOPLE_REMOVED])
        assert in_vtiger(acme)[1] == in_xero(acme)[1] == ("Jane", name, "jane@x.example")
        assert_quiet(acme)
