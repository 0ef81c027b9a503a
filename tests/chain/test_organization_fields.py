"""The fields of organizations, end to end: each is carried as the map says, and settles."""

from __future__ import annotations

import pytest

PHONES = {"phone": ("DEFAULT", "+64 9 220 1"), "otherphone": ("DDI", "+64 4 5 6"), "fax": ("FAX", "12 34")}


@pytest.fixture
def kea(company):
    company.kea = company.organization("Kea Ltd", email1="office@kea.example", accounttype="Customer")
    company.ann = company.person(company.kea, "First", firstname="Ann", email="ann@kea.example")
    company.sync()
    company.quiet()
    company.contact_id = company.contacts()["Kea Ltd"]["ContactID"]
    return company


@pytest.mark.parametrize("field", PHONES)
def test_phone_is_carried_either_way_without_loss(kea, field):
    kind, text = PHONES[field]
    kea.vtiger.edit(kea.kea, **{field: text})
    kea.sync()
    slot = kea.contacts()["Kea Ltd"]["Phones"][kind]
    country = f"+{slot['PhoneCountryCode']}" if slot.get("PhoneCountryCode") else ""
    assert " ".join(f"{country} {slot.get('PhoneAreaCode', '')} {slot['PhoneNumber']}".split()) == text
    kea.quiet()

    phone = {"PhoneType": kind, "PhoneCountryCode": "64", "PhoneAreaCode": "3", "PhoneNumber": "999"}
    kea.xero.edit_contact(kea.contact_id, Phones=[phone])
    kea.sync()
    assert kea.row(kea.kea)[field] == "+64 3 999"
    kea.quiet()


@pytest.mark.parametrize(("prefix", "kind"), [("bill", "POBOX"), ("ship", "STREET")])
def test_address_is_carried_either_way(kea, prefix, kind):
    fields = {"street": "1 Road\nFloor 2", "city": "Otaki", "state": "Kapiti", "code": "5512", "country": "NZ"}
    kea.vtiger.edit(kea.kea, **{f"{prefix}_{name}": value for name, value in fields.items()})
    kea.sync()
    place = kea.contacts()["Kea Ltd"]["Addresses"][kind]
    assert [place[name] for name in ("AddressLine1", "AddressLine2", "City", "Region", "PostalCode", "Country")] == [
        "1 Road", "Floor 2", "Otaki", "Kapiti", "5512", "NZ",
    ]  # fmt: skip
    kea.quiet()

    kea.xero.edit_contact(kea.contact_id, Addresses=[{"AddressType": kind, "AddressLine1": "9 Lane", "City": "Levin"}])
    kea.sync()
    row = kea.row(kea.kea)
    assert (row[f"{prefix}_street"], row[f"{prefix}_city"]) == ("9 Lane", "Levin")
    kea.quiet()


def test_website_comes_from_xero_and_never_goes_there(kea):
    kea.xero.edit_contact(kea.contact_id, Website="https://kea.example")
    kea.sync()
    assert kea.row(kea.kea)["website"] == "https://kea.example"

    kea.vtiger.edit(kea.kea, website="https://kea.test")
    kea.sync()
    assert kea.contacts()["Kea Ltd"]["Website"] == "https://kea.example"
    kea.quiet()


def test_address_of_the_organization_is_xeros_and_the_persons_own_stays_in_vtiger(kea):
    assert kea.contacts()["Kea Ltd"]["EmailAddress"] == "office@kea.example"

    kea.xero.edit_contact(kea.contact_id, EmailAddress="new@kea.example")
    kea.sync()

    assert (kea.row(kea.kea)["email1"], kea.row(kea.ann)["email"]) == ("new@kea.example", "ann@kea.example")
    kea.quiet()


def test_address_of_the_primary_person_is_xeros_where_the_config_says_so(company):
    company.configure("organizations", email_from="primary_person")
    kea = company.organization("Kea Ltd", email1="office@kea.example", accounttype="Customer")
    ann = company.person(kea, "First", firstname="Ann", email="ann@kea.example")
    company.sync()
    contact = company.contacts()["Kea Ltd"]
    assert contact["EmailAddress"] == "ann@kea.example"

    company.xero.edit_contact(contact["ContactID"], EmailAddress="ann.first@kea.example")
    company.sync()

    assert (company.row(kea)["email1"], company.row(ann)["email"]) == ("office@kea.example", "ann.first@kea.example")
    company.quiet()


@pytest.mark.parametrize("email_from", ["organization", "primary_person"])
def test_address_that_is_blank_where_it_should_come_from_is_taken_from_the_other(company, email_from):
    company.configure("organizations", email_from=email_from)
    kea = company.organization("Kea Ltd", email1="" if email_from == "organization" else "office@kea.example")
    company.person(kea, "First", firstname="Ann", email="ann@kea.example" if email_from == "organization" else "")

    company.sync()

    expected = "ann@kea.example" if email_from == "organization" else "office@kea.example"
    assert company.contacts()["Kea Ltd"]["EmailAddress"] == expected
    company.quiet()


@pytest.mark.parametrize(("types", "kind"), [("new", "Partner"), ("always", "Customer"), ("off", "Partner")])
def test_type_that_vtiger_has_gives_way_to_xeros_only_where_the_config_says_always(company, types, kind):
    company.configure("organizations", types=types)
    kea = company.organization("Kea Ltd", accounttype="Partner")
    company.sync()
    contact = company.contacts()["Kea Ltd"]["ContactID"]
    company.xero_invoice(contact)
    company.xero.edit_contact(contact, Website="https://kea.example")

    company.sync()

    assert company.row(kea)["accounttype"] == kind
    company.quiet()
