"""What holds for all organizations: nothing echoes, nothing is lost, equal records are equal text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modules.organizations.builders import a_slice, created_in_xero, from_vtiger, from_xero, read
from vtxero.domain.sides import Side
from vtxero.domain.text import collapse_blanks
from vtxero.modules.organizations import Address
from vtxero.rules.addresses import street_lines, to_vtiger, to_xero
from vtxero.rules.phones import join_phone, split_phone

SLICE = a_slice()
NASTY = st.text(st.sampled_from("aB &<>\"';\\\t\nōé🥝<1-+()@."), max_size=40)
IN_VTIGER = NASTY.map(lambda text: text.replace("🥝", "?"))
PERSONS = st.lists(
    st.tuples(st.sampled_from(["Ann", "Bob", "ō é", ""]), st.sampled_from(["Lee", "O'Ray", "Li <3"])),
    max_size=8,
    unique=True,
)
EMAILS = st.sampled_from(["", "a@kea.nz", "A@KEA.NZ", "not valid", "renée@kea.nz"])
NAMES = ("accountname", "phone", "otherphone", "fax", "website", "cf_903")
STREETS = ("bill_street", "bill_pobox", "bill_city", "bill_state", "bill_code", "ship_street", "ship_country")


@st.composite
def organizations(draw):
    fields = {name: draw(IN_VTIGER) for name in (*NAMES, *STREETS)}
    people = [f"{first} {last} <{draw(EMAILS)}>" for first, last in draw(PERSONS)]
    return from_vtiger(SLICE, *people, email1=draw(EMAILS), **fields)


@st.composite
def contacts(draw):
    place = {"AddressType": "POBOX", "AttentionTo": draw(NASTY)}
    place |= {key: draw(NASTY) for key in ("AddressLine1", "AddressLine2", "AddressLine4", "City", "Country")}
    phone = {key: draw(NASTY) for key in ("PhoneCountryCode", "PhoneAreaCode", "PhoneNumber")}
    people = [f"{first} {last} <{draw(EMAILS)}>" for first, last in draw(PERSONS)[:5]]
    return from_xero(
        SLICE,
        *people,
        Name=draw(NASTY),
        FirstName=draw(st.sampled_from(["", "Ann", "Zoe"])),
        LastName=draw(st.sampled_from(["", "Lee"])),
        EmailAddress=draw(st.sampled_from(["", "a@kea.nz"])),
        Addresses=[place],
        Phones=[{"PhoneType": "DEFAULT", **phone}],
    )


def same_fields(one, other):
    return {field for field in SLICE.fields if getattr(one, field) != getattr(other, field)} == set()


@given(organizations())
def test_creation_when_xero_answers_equals_what_was_projected(source):
    wanted = SLICE.mappers[Side.XERO].project(source, None).record
    assert same_fields(created_in_xero(SLICE, source).record, wanted)


@given(organizations())
def test_round_trip_when_nothing_was_edited_changes_neither_side(source):
    answered = created_in_xero(SLICE, source)
    assert same_fields(SLICE.mappers[Side.XERO].project(source, answered.record).record, answered.record)
    back = SLICE.mappers[Side.VTIGER].project(answered, source.record).record
    assert same_fields(replace(back, people=()), replace(source.record, people=()))


@given(organizations(), contacts())
def test_projection_when_two_records_meet_is_stable(vtiger, xero):
    xero_mapper, vtiger_mapper = SLICE.mappers[Side.XERO], SLICE.mappers[Side.VTIGER]
    as_xero = xero_mapper.project(vtiger, xero.record).record
    assert same_fields(xero_mapper.project(vtiger, as_xero).record, as_xero)
    as_vtiger = vtiger_mapper.project(xero, vtiger.record).record
    assert same_fields(vtiger_mapper.project(xero, as_vtiger).record, as_vtiger)


@given(contacts())
def test_update_payload_when_sent_comes_back_as_what_was_wanted(xero):
    wanted = replace(xero.record, phone="+64 9 1", billing=Address(street="a\nb", city="c"))
    payload = SLICE.mappers[Side.XERO].payload(wanted, xero.record, "11x7", "c-1")
    found = read(SLICE, Side.XERO, {"ContactID": "c-1", **payload}).record
    assert found.phone == "+64 9 1"
    assert wanted.billing in {found.billing, xero.record.billing}


@given(organizations(), contacts())
def test_encode_when_decoded_gives_the_same_record_and_text(vtiger, xero):
    for record in (vtiger.record, xero.record):
        again = SLICE.decode(SLICE.encode(record))
        assert again == record
        assert SLICE.encode(again) == SLICE.encode(record)


@given(NASTY)
def test_phone_when_split_and_joined_is_the_same(text):
    assert join_phone(split_phone(text, "DEFAULT")) == collapse_blanks(text)


@given(st.lists(NASTY, max_size=8), NASTY)
def test_street_when_split_and_joined_keeps_every_line(lines, pobox):
    address = Address(street="\n".join(lines), pobox=pobox)
    there, _ = to_xero(address, Address(), "billing")
    assert len(street_lines(address)) <= 4
    assert to_vtiger(there, address, "billing")[0] == address
    for line in "\n".join(lines).splitlines():
        assert line.strip() in there.street


def test_show_and_blank_when_asked_speak_of_each_field():
    record = from_vtiger(SLICE, "Ann Lee <a@kea.nz>", "Bob Ray", bill_city="Otaki", bill_pobox="12").record
    shown = {field: SLICE.show(field, record) for field in SLICE.fields if not SLICE.is_blank(field, record)}
    assert shown == {
        "name": "Kea Ltd",
        "email": "a@kea.nz",
        "billing": "12, Otaki",
        "primary": "Ann Lee <a@kea.nz>",
        "people": "Bob Ray",
    }
    assert SLICE.show("fax", record) is None
