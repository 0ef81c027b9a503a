"""Xero contacts as Vtiger would hold them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.organizations.builders import a_slice, from_vtiger, from_xero, read, vtiger_row
from modules.small_reference import ACCOUNTS, CONTACTS
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.modules.organizations import Address, Person


def to_vtiger(slice_, source, current=None):
    return slice_.mappers[Side.VTIGER].project(source, current)


def steps(slice_, wanted, current=None, **ids):
    payload = slice_.mappers[Side.VTIGER].payload(
        wanted, current, ids.get("vtiger", "11x7" if current else ""), ids.get("xero", "c-1")
    )
    return [(step["op"], step["module"], step["element"]) for step in payload["steps"]]


def codes(findings):
    return [item.code for item in findings]


def test_creation_when_sent_makes_the_account_and_then_its_contacts():
    slice_ = a_slice()
    source = from_xero(
        slice_, "Bob Ray <b@kea.nz>", FirstName="Ann", LastName="Lee", EmailAddress="o@kea.nz", IsCustomer=True
    )
    assert steps(slice_, to_vtiger(slice_, source).record) == [
        (
            "create",
            "Accounts",
            {
                "accountname": "Kea Ltd",
                "email1": "o@kea.nz",
                "accounttype": "Customer",
                "assigned_user_id": "19x1",
                "source": "XERO c-1",
            },
        ),
        (
            "create",
            "Contacts",
            {
                "firstname": "Ann",
                "lastname": "Lee",
                "email": "o@kea.nz",
                "assigned_user_id": "19x1",
                "account_id": "$0",
            },
        ),
        (
            "create",
            "Contacts",
            {
                "firstname": "Bob",
                "lastname": "Ray",
                "email": "b@kea.nz",
                "assigned_user_id": "19x1",
                "account_id": "$0",
            },
        ),
    ]


def test_creation_when_write_back_is_on_fills_the_marker_field():
    slice_ = a_slice(write_back=True)
    (_, _, element), *_ = steps(slice_, to_vtiger(slice_, from_xero(slice_)).record)
    assert element["cf_901"] == "c-1"


def test_marker_when_already_written_is_not_written_again():
    slice_ = a_slice(write_back=True)
    linked, fresh = from_vtiger(slice_, cf_901="c-1").record, from_vtiger(slice_).record
    assert steps(slice_, fresh, fresh) == [("revise", "Accounts", {"id": "11x7", "cf_901": "c-1"})]
    assert steps(slice_, linked, linked) == [("revise", "Accounts", {"id": "11x7", "accountname": "Kea Ltd"})]


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kiwi 🥝 Ltd", Code.TEXT_UNSUPPORTED), ("x" * 101, Code.TEXT_UNSUPPORTED), ("", Code.ORG_NAME)],
)
def test_name_when_vtiger_would_spoil_it_stops_the_organization(name, code):
    slice_ = a_slice()
    assert codes(to_vtiger(slice_, from_xero(slice_, Name=name)).blockers) == [code]


def test_text_when_vtiger_cannot_hold_it_crosses_cleaned_with_a_note():
    slice_ = a_slice()
    place = [{"AddressType": "POBOX", "AddressLine1": "🥝 Lane", "City": "x" * 31}]
    found = to_vtiger(slice_, from_xero(slice_, Addresses=place))
    assert found.record.billing == Address(street=" Lane", city="x" * 29 + "…")
    assert codes(found.notes) == [Code.TEXT_UNSUPPORTED, Code.TEXT_UNSUPPORTED]
    assert not found.blockers


def test_name_when_it_means_the_same_keeps_vtigers_spelling():
    slice_ = a_slice()
    held = from_vtiger(slice_, accountname=" Kea\tLtd ").record
    assert to_vtiger(slice_, from_xero(slice_), held).record.name == " Kea\tLtd "


def test_mandatory_fields_when_xero_has_no_value_are_named_unless_a_default_fills_them():
    specs = {
        "Accounts": ACCOUNTS.replace("|Fax", "|Fax|m"),
        "Contacts": CONTACTS + "title|Title|m\n",
    }
    person = {"FirstName": "Ann", "LastName": "Lee"}
    slice_ = a_slice(specs=specs)
    found = to_vtiger(slice_, from_xero(slice_, **person)).blockers
    assert codes(found) == [Code.MANDATORY_FIELD] * 2
    assert [item.field for item in found] == ["Fax", "Title (of contacts)"]
    filled = a_slice(specs=specs, defaults={"Fax": "none", "title": "-"})
    wanted = to_vtiger(filled, from_xero(filled, **person))
    assert not wanted.blockers
    account, contact = steps(filled, wanted.record)
    assert (account[2]["fax"], contact[2]["title"]) == ("none", "-")


def test_person_when_without_last_name_gets_the_first_as_last():
    slice_ = a_slice()
    found = to_vtiger(slice_, from_xero(slice_, "Cher <c@kea.nz>", " <d@kea.nz>", FirstName="Sting")).record
    assert found.primary == Person("", "Sting")
    assert [(person.first, person.last) for person in found.people] == [("", "d@kea.nz"), ("", "Cher")]


def test_people_when_new_in_xero_become_contacts_and_nobody_goes():
    slice_ = a_slice()
    held = from_vtiger(slice_, "Ann Lee <a@kea.nz>", "Dan Old").record
    source = from_xero(slice_, "Bob Ray <b@kea.nz>", FirstName="Ann", LastName="Lee", EmailAddress="a@kea.nz")
    found = to_vtiger(slice_, source, held).record
    assert found.primary == held.primary
    assert [person.full for person in found.people] == ["Dan Old", "Bob Ray"]
    assert steps(slice_, found, held) == [
        (
            "create",
            "Contacts",
            {
                "firstname": "Bob",
                "lastname": "Ray",
                "email": "b@kea.nz",
                "assigned_user_id": "19x1",
                "account_id": "11x7",
            },
        )
    ]


def test_person_when_renamed_in_xero_is_revised_by_id():
    slice_ = a_slice()
    held = from_vtiger(slice_, "Ann Lee <a@kea.nz>", "Bob Ray <b@kea.nz>").record
    source = from_xero(slice_, "Bob Rayner <b@kea.nz>", FirstName="Ann", LastName="Lee", EmailAddress="a@kea.nz")
    found = to_vtiger(slice_, source, held).record
    assert steps(slice_, found, held) == [("revise", "Contacts", {"id": "12x102", "lastname": "Rayner"})]


def test_primary_when_she_is_not_vtigers_oldest_and_is_renamed_is_revised():
    slice_ = a_slice()
    held = from_vtiger(slice_, "Old Timer", "Ann Lee <a@kea.nz>").record
    source = from_xero(slice_, "Old Timer", FirstName="Ann", LastName="Smith", EmailAddress="a@kea.nz")
    found = replace(held, primary=to_vtiger(slice_, source, held).record.primary)
    assert steps(slice_, found, held) == [("revise", "Contacts", {"id": "12x102", "lastname": "Smith"})]


@pytest.mark.parametrize(
    ("own", "person", "option", "expected"),
    [
        ("o@kea.nz", "a@kea.nz", "organization", [("Accounts", {"id": "11x7", "email1": "new@kea.nz"})]),
        ("", "a@kea.nz", "organization", [("Contacts", {"id": "12x101", "email": "new@kea.nz"})]),
        ("o@kea.nz", "a@kea.nz", "primary_person", [("Contacts", {"id": "12x101", "email": "new@kea.nz"})]),
        ("", "", "organization", [("Accounts", {"id": "11x7", "email1": "new@kea.nz"})]),
        ("", "", "primary_person", [("Contacts", {"id": "12x101", "email": "new@kea.nz"})]),
        (
            "a@kea.nz",
            "a@kea.nz",
            "organization",
            [
                ("Accounts", {"id": "11x7", "email1": "new@kea.nz"}),
                ("Contacts", {"id": "12x101", "email": "new@kea.nz"}),
            ],
        ),
    ],
)
def test_email_when_changed_in_xero_goes_where_the_present_one_stands(own, person, option, expected):
    slice_ = a_slice(email_from=option)
    held = from_vtiger(slice_, f"Ann Lee <{person}>", email1=own).record
    found = replace(held, email="new@kea.nz")
    assert [(module, element) for _, module, element in steps(slice_, found, held)] == expected


@pytest.mark.parametrize(
    ("option", "present", "expected"),
    [
        ("new", "", "Customer"),
        ("new", "Partner", "Partner"),
        ("always", "Partner", "Customer"),
        ("off", "", ""),
    ],
)
def test_type_when_xero_knows_a_customer_follows_the_option(option, present, expected):
    slice_ = a_slice(types=option)
    held = from_vtiger(slice_, accounttype=present).record
    assert to_vtiger(slice_, from_xero(slice_, IsCustomer=True), held).record.kind == expected


def test_type_when_the_picklist_has_no_such_choice_stays_blank():
    slice_ = a_slice()
    assert to_vtiger(slice_, from_xero(slice_, IsCustomer=True, IsSupplier=True)).record.kind == ""


def test_contact_type_when_the_contacts_have_one_is_set_with_the_organizations():
    slice_ = a_slice(specs={"Contacts": CONTACTS + "cf_990|Contact Type||Customer,Vendor\n"})
    found = to_vtiger(slice_, from_xero(slice_, FirstName="Ann", LastName="Lee", IsCustomer=True)).record
    assert steps(slice_, found)[1][2]["cf_990"] == "Customer"


KINDS_OF_CONTACTS = [
    ("new", "", "Customer"),
    ("new", "Vendor", ""),
    ("always", "Vendor", "Customer"),
    ("off", "", ""),
]


@pytest.mark.parametrize(("option", "present", "expected"), KINDS_OF_CONTACTS)
def test_contact_type_when_the_organizations_is_written_follows_it(option, present, expected):
    slice_ = a_slice(specs={"Contacts": CONTACTS + "cf_990|Contact Type||Customer,Vendor\n"}, types=option)
    row = vtiger_row("Ann Lee <a@kea.nz>")
    row["contacts"][0]["cf_990"] = present
    current = read(slice_, Side.VTIGER, row).record
    source = from_xero(slice_, FirstName="Ann", LastName="Lee", EmailAddress="a@kea.nz", IsCustomer=True)
    wanted = to_vtiger(slice_, source, current).record

    written = [element for op, module, element in steps(slice_, wanted, current) if module == "Contacts"]

    assert written == ([{"id": "12x101", "cf_990": expected}] if expected else [])


def test_tax_number_when_vtiger_has_no_field_for_it_is_left_alone():
    slice_ = a_slice(specs={"Accounts": ACCOUNTS.replace("GST Number", "Something")})
    held = from_xero(slice_, TaxNumber="12-345").record
    assert to_vtiger(slice_, from_xero(slice_, TaxNumber="12-345")).record.tax_number == ""
    assert slice_.mappers[Side.XERO].project(from_vtiger(slice_), held).record.tax_number == "12-345"


def test_tax_number_when_its_field_is_named_in_the_config_goes_there():
    slice_ = a_slice(tax_number_field="Mobile for texts")
    (_, _, element), *_ = steps(slice_, to_vtiger(slice_, from_xero(slice_, TaxNumber="12-345")).record)
    assert element["cf_905"] == "12-345"


def test_pobox_when_vtiger_keeps_it_apart_follows_the_changed_line():
    slice_ = a_slice()
    held = from_vtiger(slice_, bill_pobox="12", bill_street="Level 3").record
    for line, expected in (("PO Box 12", "12"), ("PO Box 13", "PO Box 13"), ("1 High St", "")):
        place = {"AddressType": "POBOX", "AddressLine1": line, "AddressLine2": "Level 4"}
        found = to_vtiger(slice_, from_xero(slice_, Addresses=[place]), held).record
        assert found.billing.pobox == expected
        assert found.billing.street.endswith("Level 4")


def test_fields_when_to_xero_only_are_not_read_back():
    slice_ = a_slice(fields={"phone": "to-xero"})
    held = from_vtiger(slice_, phone="1").record
    source = from_xero(slice_, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "2"}])
    assert to_vtiger(slice_, source, held).record.phone == "1"


def test_website_when_xero_has_none_stays():
    slice_ = a_slice()
    held = from_vtiger(slice_, website="https://v.nz").record
    assert to_vtiger(slice_, from_xero(slice_), held).record.website == "https://v.nz"
    assert to_vtiger(slice_, from_xero(slice_, Website="https://x.nz"), held).record.website == "https://x.nz"


def test_answer_when_a_contact_is_missing_is_reported():
    slice_ = a_slice()
    wanted = to_vtiger(slice_, from_xero(slice_, "Bob Ray", FirstName="Ann", LastName="Lee")).record
    check = slice_.mappers[Side.VTIGER].check_answer
    assert codes(check(wanted, from_vtiger(slice_, "Ann Lee").record)) == [Code.VTIGER_REFUSED]
    assert check(wanted, from_vtiger(slice_, "Ann Lee", "Bob Ray").record) == ()


@pytest.mark.parametrize(("length", "has_room"), [(100, True), (101, False)])
def test_address_of_a_further_person_that_vtiger_has_no_room_for_is_named(length, has_room):
    slice_ = a_slice()
    address = f"{'b' * (length - len('@kea.nz'))}@kea.nz"

    projection = to_vtiger(slice_, from_xero(slice_, f"Bob Ray <{address}>", FirstName="Ann", LastName="Lee"))

    [bob] = projection.record.people
    assert (bob.full, bob.email) == ("Bob Ray", address if has_room else "")
    assert [(item.code, item.is_note, address in item.message) for item in projection.findings] == (
        [] if has_room else [(Code.TEXT_UNSUPPORTED, True, True)]
    )
