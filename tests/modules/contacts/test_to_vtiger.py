"""A person's Xero contact on the way to Vtiger, where no person is ever made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modules.contacts.builders import SPEC, a_slice, codes, from_vtiger, from_xero, to_vtiger
from vtxero.domain.sides import Side
from vtxero.modules.contacts import Person


def element(slice_, source, current):
    wanted = to_vtiger(slice_, source, current.record).record
    (step,) = slice_.mappers[Side.VTIGER].payload(wanted, current.record, "12x7", "c-1")["steps"]
    assert (step["op"], step["module"], step["element"].pop("id")) == ("revise", "Contacts", "12x7")
    return step["element"]


@pytest.mark.parametrize(("number", "who"), [("12x7", "the person 12x7"), ("", "a person of this name")])
def test_contact_of_a_person_who_is_gone_makes_nobody_in_vtiger(number, who):
    slice_ = a_slice()

    (blocker,) = to_vtiger(slice_, from_xero(slice_, ContactNumber=number), None).blockers

    assert (blocker.code.value, who in blocker.message) == ("GONE", True)


def test_names_and_texts_changed_in_xero_are_sent_and_nothing_else():
    slice_ = a_slice()
    current = from_vtiger(slice_, phone="1", mailingcity="Levin")
    phones = [{"PhoneType": "DEFAULT", "PhoneNumber": "1"}, {"PhoneType": "MOBILE", "PhoneNumber": "021"}]
    places = [{"AddressType": "POBOX", "AddressLine1": "", "City": "Levin"}]

    changed = from_xero(slice_, Name="Janet Doe", FirstName="Janet", Phones=phones, Addresses=places)

    assert element(slice_, changed, current) == {"firstname": "Janet", "mobile": "021"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Jane van Dyck", ("Jane", "van Dyck")),
        ("Prince", ("", "Prince")),
    ],
)
def test_name_that_xero_does_not_take_apart_is_taken_apart_for_vtiger(name, expected):
    slice_ = a_slice()
    current = from_vtiger(slice_)
    wanted = to_vtiger(slice_, from_xero(slice_, Name=name), current.record).record
    (step,) = slice_.mappers[Side.VTIGER].payload(wanted, current.record, "12x7", "c-1")["steps"]

    sent = {"firstname": "Jane", "lastname": "Doe"} | step["element"]

    assert (sent["firstname"], sent["lastname"]) == expected


def test_first_name_that_is_also_the_contacts_name_stays_the_first_name_beside_a_last_name():
    slice_ = a_slice()
    current = from_vtiger(slice_, firstname="J.", lastname="Doe")

    assert element(slice_, from_xero(slice_, Name="Jane", FirstName="Jane", LastName="Doe"), current) == {
        "firstname": "Jane"
    }


def test_first_name_alone_in_xero_is_vtigers_last_name():
    slice_ = a_slice()
    current = from_vtiger(slice_, firstname="", lastname="Prince")
    source = from_xero(slice_, Name="Prince", FirstName="Prince", LastName="")

    assert to_vtiger(slice_, source, current.record).record == current.record


@pytest.mark.parametrize(("length", "kept", "noted"), [(50, "1" * 50, []), (51, "1" * 49 + "…", ["TEXT-UNSUPPORTED"])])
def test_number_that_vtiger_has_no_room_for_is_cut_with_a_note(length, kept, noted):
    slice_ = a_slice()
    source = from_xero(slice_, Phones=[{"PhoneType": "FAX", "PhoneNumber": "1" * length}])

    projected = to_vtiger(slice_, source, from_vtiger(slice_).record)

    assert (projected.record.fax, codes(projected.findings)) == (kept, noted)


@pytest.mark.parametrize("field", ["email", "phone", "mobile", "fax", "billing"])
def test_field_that_only_goes_to_xero_is_kept_in_vtiger(field):
    slice_ = a_slice(fields={field: "to-xero"})
    current = from_vtiger(slice_, email="of@vtiger.nz")
    phones = [{"PhoneType": kind, "PhoneNumber": "9"} for kind in ("DEFAULT", "MOBILE", "FAX")]
    places = [{"AddressType": "POBOX", "City": "Taupo"}]
    source = from_xero(slice_, EmailAddress="of@xero.nz", Phones=phones, Addresses=places)

    projected = to_vtiger(slice_, source, current.record).record

    moved = {name for name in ("email", "phone", "mobile", "fax", "billing")
             if getattr(projected, name) != getattr(current.record, name)}  # fmt: skip
    assert moved == {"email", "phone", "mobile", "fax", "billing"} - {field}


@pytest.mark.parametrize(
    ("write_back", "marker", "spec", "expected"),
    [
        (True, "", SPEC, True),
        (True, "c-1", SPEC, False),
        (False, "", SPEC, False),
        (True, "", SPEC.replace("cf_901|Xero Contact ID\n", ""), False),
    ],
)
def test_id_of_xero_is_lacking_only_where_it_is_wanted_has_a_field_and_is_not_there(write_back, marker, spec, expected):
    slice_ = a_slice(write_back=write_back, spec=spec)
    mapper = slice_.mappers[Side.VTIGER]

    assert mapper.lacks_id(Person(marker=marker), "c-1") is expected
    assert not mapper.lacks_id(Person(), "")


def test_id_of_xero_is_written_into_its_field():
    slice_ = a_slice(write_back=True)

    assert element(slice_, from_xero(slice_), from_vtiger(slice_)) == {"cf_901": "c-1"}


def test_what_vtiger_cannot_be_told_is_still_answered_by_it():
    slice_ = a_slice()

    assert element(slice_, from_xero(slice_), from_vtiger(slice_)) == {"lastname": "Doe"}


def test_mandatory_field_that_xero_cleared_bars_the_update_unless_there_is_a_default():
    spec = SPEC.replace("email|Primary Email", "email|Primary Email|m")
    current, cleared = Person(name="Jane Doe", first="Jane", last="Doe", email="a@kea.nz"), ""

    for defaults, expected in (({}, ["MANDATORY-FIELD"]), ({"email": "office@kea.nz"}, [])):
        mapper = a_slice(spec=spec, defaults=defaults).mappers[Side.VTIGER]
        assert codes(mapper.check_update(current, replace(current, email=cleared))) == expected


@pytest.mark.parametrize("field", ["name", "email", "phone", "mobile", "fax", "kind"])
def test_answer_of_vtiger_that_holds_another_text_is_told(field):
    slice_ = a_slice()
    wanted = Person(name="a", email="a", phone="a", mobile="a", fax="a", kind="a")
    check = slice_.mappers[Side.VTIGER].check_answer

    assert check(wanted, wanted) == ()
    assert codes(check(wanted, replace(wanted, **{field: "b"}))) == ["TEXT-UNSUPPORTED"]
