"""A person without an organization on the way to Xero."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.contacts.builders import Known, a_slice, codes, from_vtiger, from_xero, to_xero
from vtxero.domain.sides import Side
from vtxero.modules.contacts import Person
from vtxero.sync.records import Presence

HOME = {"mailingstreet": "1 High St", "mailingcity": "Levin"}


def sent(slice_, source, current=None):
    wanted = to_xero(slice_, source, current.record if current else None).record
    return slice_.mappers[Side.XERO].payload(wanted, current.record if current else None, "12x7", "c-1")


def test_person_when_new_is_sent_with_names_numbers_address_and_marker():
    slice_ = a_slice()

    payload = sent(slice_, from_vtiger(slice_, email="jane@kea.nz", phone="123", mobile="021", **HOME))

    assert {name: payload[name] for name in ("Name", "FirstName", "LastName", "EmailAddress", "ContactNumber")} == {
        "Name": "Jane Doe",
        "FirstName": "Jane",
        "LastName": "Doe",
        "EmailAddress": "jane@kea.nz",
        "ContactNumber": "12x7",
    }
    assert [(row["AddressType"], row["AddressLine1"], row["City"]) for row in payload["Addresses"]] == [
        ("POBOX", "1 High St", "Levin")
    ]
    assert {row["PhoneType"]: row["PhoneNumber"] for row in payload["Phones"]} == {"DEFAULT": "123", "MOBILE": "021"}
    assert "ContactID" not in payload


def test_person_when_new_and_numbers_are_not_wanted_has_no_marker():
    slice_ = a_slice(contact_number=False)
    source = from_vtiger(slice_)

    assert "ContactNumber" not in sent(slice_, source)
    assert to_xero(slice_, source).record.marker == ""


def test_person_when_there_already_is_sent_what_differs_and_nothing_else():
    slice_ = a_slice()

    assert sent(slice_, from_vtiger(slice_, lastname="Roe"), from_xero(slice_)) == {
        "ContactID": "c-1", "Name": "Jane Roe", "LastName": "Roe",
    }  # fmt: skip
    assert sent(slice_, from_vtiger(slice_), from_xero(slice_)) == {"ContactID": "c-1"}


def test_marker_of_a_contact_that_is_there_is_left_as_it_is():
    slice_ = a_slice()
    current = from_xero(slice_, ContactNumber="of the bookkeeper")

    assert to_xero(slice_, from_vtiger(slice_), current.record).record.marker == "of the bookkeeper"


def test_only_name_stays_the_first_name_where_xero_has_it_so():
    slice_ = a_slice()
    current = from_xero(slice_, Name="Prince", FirstName="Prince", LastName="")
    source = from_vtiger(slice_, firstname="", lastname="Prince")

    assert to_xero(slice_, source, current.record).record == current.record


@pytest.mark.parametrize("field", ["email", "phone", "mobile", "fax", "billing"])
def test_field_that_only_comes_from_xero_is_kept_there(field):
    slice_ = a_slice(fields={field: "to-vtiger"})
    current = from_xero(slice_, EmailAddress="of@xero.nz")
    source = from_vtiger(slice_, email="of@vtiger.nz", phone="1", mobile="2", fax="3", **HOME)

    projected = to_xero(slice_, source, current.record).record

    assert getattr(projected, field) == getattr(current.record, field)
    others = {"email", "phone", "mobile", "fax", "billing"} - {field}
    assert {name for name in others if getattr(projected, name) == getattr(current.record, name)} == set()


def test_field_that_only_comes_from_xero_is_not_sent_with_a_new_person_unless_xero_demands_it():
    slice_ = a_slice(fields={"email": "to-vtiger", "name": "to-vtiger"})
    source = from_vtiger(slice_, lastname="Roe", email="jane@kea.nz")

    made = sent(slice_, source)

    assert (made["Name"], "EmailAddress" in made) == ("Jane Roe", False)
    assert "Name" not in sent(slice_, source, from_xero(slice_))


@pytest.mark.parametrize(
    ("names", "linked", "says"),
    [
        ({}, (), ""),
        ({(Side.XERO, "jane doe"): "c-9"}, (), "it is not sure that this is the person"),
        ({(Side.XERO, "jane doe"): "c-9"}, ("c-9",), "The organization 'Jane Doe' has the same name"),
        ({(Side.VTIGER, "jane doe"): "11x9"}, (), "The organization 'Jane Doe' has the same name"),
    ],
)
def test_name_that_somebody_else_has_in_xero_stops_a_new_person(names, linked, says):
    slice_ = a_slice(known=Known(names, linked))

    blockers = to_xero(slice_, from_vtiger(slice_)).blockers

    assert codes(blockers) == (["AMBIGUOUS"] if says else [])
    assert says in "".join(item.message for item in blockers)


def test_name_that_somebody_else_has_stops_no_person_who_crossed_already():
    slice_ = a_slice(known=Known({(Side.XERO, "jane doe"): "c-1"}))

    assert to_xero(slice_, from_vtiger(slice_), from_xero(slice_).record).blockers == ()


@pytest.mark.parametrize("name", ["Jane <script>", ""])
def test_name_that_xero_refuses_stops_the_person(name):
    slice_ = a_slice()

    assert codes(to_xero(slice_, from_vtiger(slice_, firstname="", lastname=name)).blockers) == ["ORG-NAME"]


def test_name_that_xero_refuses_stops_an_update_only_when_it_is_new():
    slice_ = a_slice()
    check = slice_.mappers[Side.XERO].check_update
    odd = replace(from_xero(slice_).record, name="Jane <odd>")

    assert codes(check(from_xero(slice_).record, odd)) == ["ORG-NAME"]
    assert check(odd, replace(odd, email="new@kea.nz")) == ()


@pytest.mark.parametrize("field", ["name", "first", "last", "email", "phone", "mobile", "fax"])
def test_answer_of_xero_that_holds_another_text_is_told(field):
    slice_ = a_slice()
    wanted = Person(name="a", first="a", last="a", email="a", phone="a", mobile="a", fax="a")
    check = slice_.mappers[Side.XERO].check_answer

    assert check(wanted, wanted) == ()
    assert codes(check(wanted, replace(wanted, **{field: "b"}))) == ["TEXT-UNSUPPORTED"]


def test_person_who_has_an_organization_now_is_gone_with_the_reason():
    found = from_vtiger(a_slice(), account_id="11x7")

    assert (found.presence, codes(found.findings)) == (Presence.GONE, ["ORG-PERSON-MOVED"])
    assert "Jane Doe belongs to Vtiger's organization 11x7" in found.findings[0].message


def test_person_that_cannot_be_read_says_so_under_their_name():
    slice_ = a_slice()

    (found,) = slice_.mappers[Side.VTIGER].parse(
        b'[{"contact": {"id": "12x8", "firstname": null, "lastname": "Doe", "email": {}}, "invoiced": "perhaps"}]'
    )

    assert (found.id, found.label, codes(found.findings)) == ("12x8", "Doe", ["VTIGER-REFUSED"])


@pytest.mark.parametrize(
    ("everyone", "invoiced", "expected"),
    [(False, True, []), (True, False, []), (False, False, ["ORG-NOT-INVOICED"])],
)
def test_person_is_needed_when_an_invoice_names_them_or_everyone_is_wanted(everyone, invoiced, expected):
    slice_ = a_slice(everyone=everyone)
    record = replace(from_vtiger(slice_).record, invoiced=invoiced)

    assert codes(slice_.unneeded(record)) == expected


@pytest.mark.parametrize(
    ("account", "linked", "belongs"), [("", (), True), ("11x7", (), False), ("11x7", ("12x7",), True)]
)
def test_row_is_a_persons_without_an_organization_or_of_one_who_crossed_before(account, linked, belongs):
    slice_ = a_slice(known=Known(linked=linked))

    assert slice_.belongs(Side.VTIGER, from_vtiger(slice_, account_id=account)) is belongs
