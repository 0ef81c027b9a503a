"""Vtiger organizations as Xero would hold them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.organizations.builders import a_slice, created_in_xero, from_vtiger, from_xero
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.modules.organizations import Person


def to_xero(slice_, source, current=None):
    return slice_.mappers[Side.XERO].project(source, current)


def codes(findings):
    return [item.code for item in findings]


def test_creation_when_sent_carries_the_marker_and_everything_filled():
    slice_ = a_slice()
    source = from_vtiger(
        slice_,
        "Ann Lee <ann@kea.nz>",
        "Bob Ray",
        accountname="  Kea   &\tSons ",
        email1="office@kea.nz",
        phone="+64 9 220 9805",
        bill_street="1 High St\r\n\r\nLevel 3",
        bill_pobox="123",
        bill_city="Otaki",
        cf_903="12-345",
        website="https://kea.nz",
    )
    mapper = slice_.mappers[Side.XERO]
    assert mapper.payload(to_xero(slice_, source).record, None, "11x7", "") == {
        "Name": "Kea & Sons",
        "EmailAddress": "office@kea.nz",
        "FirstName": "Ann",
        "LastName": "Lee",
        "TaxNumber": "12-345",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "220 9805", "PhoneAreaCode": "9", "PhoneCountryCode": "64"}],
        "Addresses": [
            {
                "AddressType": "POBOX",
                "AddressLine1": "PO Box 123",
                "AddressLine2": "1 High St",
                "AddressLine3": "Level 3",
                "AddressLine4": "",
                "City": "Otaki",
                "Region": "",
                "PostalCode": "",
                "Country": "",
                "AttentionTo": "",
            }
        ],
        "ContactPersons": [{"FirstName": "Bob", "LastName": "Ray", "EmailAddress": "", "IncludeInEmails": False}],
        "ContactNumber": "11x7",
    }


def test_creation_when_the_marker_is_switched_off_sends_none():
    slice_ = a_slice(contact_number=False, account_number=True)
    source = from_vtiger(slice_, account_no="ACC7")
    payload = slice_.mappers[Side.XERO].payload(to_xero(slice_, source).record, None, "11x7", "")
    assert payload == {"Name": "Kea Ltd", "AccountNumber": "ACC7"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("", Code.ORG_NAME), (" \t ", Code.ORG_NAME), ("A <B>", Code.ORG_NAME), ("x" * 256, Code.TEXT_UNSUPPORTED)],
)
def test_name_when_xero_would_refuse_it_stops_the_organization(name, code):
    slice_ = a_slice()
    assert codes(to_xero(slice_, from_vtiger(slice_, accountname=name)).blockers) == [code]


def test_email_when_the_organization_has_none_is_the_primary_persons():
    slice_ = a_slice()
    source = from_vtiger(slice_, "Ann Lee <ann@kea.nz>", email1="")
    assert to_xero(slice_, source).record.email == "ann@kea.nz"


def test_email_when_taken_from_the_primary_person_prefers_hers():
    slice_ = a_slice(email_from="primary_person")
    assert from_vtiger(slice_, "Ann Lee <ann@kea.nz>", email1="office@kea.nz").record.email == "ann@kea.nz"
    assert from_vtiger(slice_, "Ann Lee", email1="office@kea.nz").record.email == "office@kea.nz"


def test_email_when_invalid_is_left_out_with_a_note():
    slice_ = a_slice()
    found = to_xero(slice_, from_vtiger(slice_, email1="renée@kea.nz"))
    assert found.record.email == ""
    assert codes(found.notes) == [Code.TEXT_UNSUPPORTED]
    assert not found.blockers


def test_people_when_no_email_is_there_stop_the_organization():
    slice_ = a_slice()
    found = to_xero(slice_, from_vtiger(slice_, "Ann Lee", "Bob Ray <bob@kea.nz>"))
    assert codes(found.blockers) == [Code.ORG_PRIMARY_EMAIL]
    assert "Bob Ray" in found.blockers[0].message
    assert "refuses" not in found.blockers[0].message, "Bob's address is one that Xero takes; it is not the first one's"


def test_people_when_the_email_there_is_one_that_xero_refuses_are_told_with_it():
    slice_ = a_slice()
    found = to_xero(slice_, from_vtiger(slice_, "Ann Lee", "Bob Ray <bob@kea.nz>", email1="renée@kea.nz"))
    assert "Xero refuses the one in Vtiger, 'renée@kea.nz'" in found.blockers[0].message


def test_update_when_the_email_of_an_organization_with_people_is_cleared_is_refused():
    slice_ = a_slice()
    held = from_xero(slice_, "Bob Ray", FirstName="Ann", LastName="Lee", EmailAddress="a@kea.nz").record
    check = slice_.mappers[Side.XERO].check_update
    assert codes(check(held, replace(held, email=""))) == [Code.ORG_PRIMARY_EMAIL]
    assert check(held, replace(held, phone="1")) == ()
    assert codes(check(held, replace(held, name="<"))) == [Code.ORG_NAME]


def test_people_when_more_than_five_leaves_the_youngest_out_and_names_them():
    slice_ = a_slice()
    names = [f"P{number} Last{number}" for number in range(8)]
    found = to_xero(slice_, from_vtiger(slice_, *names, email1="office@kea.nz"))
    assert [person.first for person in found.record.people] == ["P1", "P2", "P3", "P4", "P5"]
    assert codes(found.notes) == [Code.ORG_PEOPLE_MAX]
    assert "P6 Last6, P7 Last7" in found.notes[0].message


def test_people_when_xero_has_one_of_its_own_keep_that_person_and_the_primary():
    slice_ = a_slice()
    held = from_xero(slice_, "Zoe Own <z@kea.nz>", FirstName="Bob", LastName="Ray", EmailAddress="o@kea.nz").record
    found = to_xero(slice_, from_vtiger(slice_, "Ann Lee <a@kea.nz>", "Bob Ray <b@kea.nz>"), held).record
    assert found.primary == Person("Bob", "Ray")
    assert [person.full for person in found.people] == ["Ann Lee", "Zoe Own"]


def test_primary_when_renamed_in_vtiger_is_renamed_and_not_doubled():
    slice_ = a_slice()
    held = from_xero(slice_, FirstName="Ann", LastName="Lee", EmailAddress="office@kea.nz").record
    found = to_xero(slice_, from_vtiger(slice_, "Ann Smith <ann@kea.nz>", email1="office@kea.nz"), held).record
    assert found.primary == Person("Ann", "Smith")
    assert found.people == ()


@pytest.mark.parametrize(
    ("first", "last", "in_vtiger"),
    [
        ("Ann Marie", "Ash", "Ann Marie Ash"),
        ("Ann", "de la Cruz", "Ann de la Cruz"),
        ("A" * 41, "Ash", "A" * 39 + "… Ash"),
        ("Prince", "", "Prince"),
    ],
)
def test_person_when_vtiger_holds_what_it_can_of_the_name_keeps_xeros(first, last, in_vtiger):
    slice_ = a_slice()
    named = {"FirstName": first, "LastName": last, "EmailAddress": "a@kea.nz"}
    as_primary = from_xero(slice_, EmailAddress="a@kea.nz", FirstName=first, LastName=last).record
    further = from_xero(slice_, FirstName="Zoe", LastName="Own", EmailAddress="z@kea.nz", ContactPersons=[named]).record

    alone = to_xero(slice_, from_vtiger(slice_, f"{in_vtiger} <a@kea.nz>", email1="a@kea.nz"), as_primary).record
    both = from_vtiger(slice_, "Zoe Own <z@kea.nz>", f"{in_vtiger} <a@kea.nz>", email1="z@kea.nz")

    assert (alone.primary, alone.people) == (as_primary.primary, as_primary.people)
    assert to_xero(slice_, both, further).record.people == further.people


@pytest.mark.parametrize("is_primary", [True, False])
def test_address_that_xero_refuses_is_noted_of_further_people_and_not_of_the_primary_person(is_primary):
    slice_ = a_slice()
    names = {"FirstName": "Ann", "LastName": "Lee"}
    people = {} if is_primary else {"ContactPersons": [{**names, "EmailAddress": "ann@kea.nz"}]}
    held = from_xero(slice_, EmailAddress="office@kea.nz", **(names if is_primary else people)).record
    source = from_vtiger(slice_, "Ann Lee <not valid>", email1="office@kea.nz")

    noted = [item.message for item in to_xero(slice_, source, held).notes]

    assert ["'not valid'" in text for text in noted] == ([] if is_primary else [True])


def test_people_when_two_have_one_name_are_told_apart_by_their_addresses():
    slice_ = a_slice()
    source = from_vtiger(slice_, "Ann Lee <a@kea.nz>", "Ann Lee", email1="office@kea.nz")
    held = created_in_xero(slice_, source).record
    assert (held.primary, held.people) == (Person("Ann", "Lee"), (Person("Ann", "Lee"),))
    found = to_xero(slice_, source, held).record
    assert (found.primary, found.people) == (held.primary, held.people)


def test_update_when_a_phone_changes_sends_all_phones_and_nothing_else():
    slice_ = a_slice()
    held = from_xero(
        slice_,
        Phones=[
            {"PhoneType": "DEFAULT", "PhoneNumber": "1"},
            {"PhoneType": "MOBILE", "PhoneNumber": "+64 21 7", "PhoneAreaCode": "", "PhoneCountryCode": ""},
        ],
    ).record
    payload = slice_.mappers[Side.XERO].payload(replace(held, phone="2"), held, "11x7", "c-1")
    assert payload == {
        "ContactID": "c-1",
        "Phones": [
            {"PhoneType": "DEFAULT", "PhoneNumber": "2", "PhoneAreaCode": "", "PhoneCountryCode": ""},
            {"PhoneType": "MOBILE", "PhoneNumber": "+64 21 7", "PhoneAreaCode": "", "PhoneCountryCode": ""},
        ],
    }


def test_update_when_nothing_differs_names_the_contact_only():
    slice_ = a_slice()
    held = from_xero(slice_, "Ann Lee", ContactNumber="by others").record
    assert slice_.mappers[Side.XERO].payload(held, held, "11x7", "c-1") == {"ContactID": "c-1"}


def test_address_when_it_crosses_keeps_the_attention_that_vtiger_cannot_hold():
    slice_ = a_slice()
    held = from_xero(slice_, Addresses=[{"AddressType": "STREET", "AttentionTo": "Accounts", "City": "Otaki"}]).record
    found = to_xero(slice_, from_vtiger(slice_, ship_city="Levin"), held).record
    assert (found.shipping.city, found.shipping.attention) == ("Levin", "Accounts")


def test_what_xero_cannot_be_told_when_projected_stays_as_xero_has_it():
    slice_ = a_slice()
    held = from_xero(slice_, Website="https://x.nz", IsCustomer=True, AccountNumber="A1").record
    found = to_xero(slice_, from_vtiger(slice_, website="https://v.nz", accounttype="Partner"), held).record
    assert (found.website, found.kind, found.account_number) == ("https://x.nz", "Customer", "A1")


def test_text_when_vtiger_had_to_cut_it_keeps_xeros_whole():
    slice_ = a_slice()
    town = "Taumatawhakatangihangakoauauotamatea"
    held = from_xero(slice_, Addresses=[{"AddressType": "POBOX", "City": town}]).record
    found = to_xero(slice_, from_vtiger(slice_, bill_city=town[:29] + "…"), held).record
    assert found.billing.city == town


def test_fields_when_one_way_or_off_stay_as_they_are():
    slice_ = a_slice(fields={"phone": "to-vtiger", "fax": "off"})
    held = from_xero(slice_, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "1"}]).record
    found = to_xero(slice_, from_vtiger(slice_, phone="2", fax="3"), held).record
    assert (found.phone, found.fax) == ("1", "")
    assert "fax" not in slice_.fields


def test_answer_when_xero_keeps_something_else_is_noted():
    slice_ = a_slice()
    source = from_vtiger(slice_, "Ann Lee <a@kea.nz>", "Bob Ray", phone="+64 9 1")
    answered = created_in_xero(slice_, source).record
    wanted = to_xero(slice_, source).record
    check = slice_.mappers[Side.XERO].check_answer
    assert check(wanted, answered) == ()
    assert codes(check(wanted, replace(answered, phone="64 9 1"))) == [Code.TEXT_UNSUPPORTED]
    lost = check(wanted, replace(answered, people=()))
    assert codes(lost) == [Code.XERO_REFUSED]
    assert not lost[0].is_note
