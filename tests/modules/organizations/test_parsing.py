"""What is read from rows of either side."""

from __future__ import annotations

import json

import pytest

from modules.organizations.builders import a_slice, from_vtiger, from_xero, read, vtiger_row, xero_row
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.modules.organizations import Address, Person
from vtxero.sync.records import Presence


def test_vtiger_row_when_read_takes_the_latest_time_of_account_and_contacts():
    slice_ = a_slice()
    found = from_vtiger(slice_, "Ann Lee <ann@kea.nz>", "Bob Ray", accountname=" Kea\tLtd ", cf_901="c-9")
    assert (found.id, found.modified, found.marker) == ("11x7", "2026-02-02 00:00:00", "c-9")
    assert found.keys == (("name", "kea ltd"),)
    assert found.label == "Kea Ltd"
    assert found.record.name == " Kea\tLtd "


def test_vtiger_contacts_when_read_are_in_order_of_their_record_number():
    row = vtiger_row("Late Comer", "Early Bird")
    row["contacts"][0]["id"], row["contacts"][1]["id"] = "12x1000", "12x99"
    record = read(a_slice(), Side.VTIGER, row).record
    assert record.primary == Person("Early", "Bird", id="12x99")
    assert [person.id for person in record.people] == ["12x1000"]


def test_vtiger_row_when_values_are_null_reads_blanks():
    assert from_vtiger(a_slice(), phone=None, bill_street=None).record.phone == ""


@pytest.mark.parametrize("side", list(Side))
def test_row_when_unreadable_becomes_a_snapshot_that_says_why(side):
    row = {"account": {"accountname": "Kea"}, "contacts": 5} if side is Side.VTIGER else xero_row(Phones="none")
    found = read(a_slice(), side, row)
    assert found.findings[0].code is (Code.VTIGER_REFUSED if side is Side.VTIGER else Code.XERO_REFUSED)
    assert "cannot be read" in found.findings[0].message


@pytest.mark.parametrize("side", list(Side))
def test_row_when_kept_as_raw_reads_the_same_again(side):
    slice_ = a_slice()
    found = from_vtiger(slice_, "Ann Lee") if side is Side.VTIGER else from_xero(slice_, "Ann Lee <a@b.nz>")
    assert slice_.mappers[side].parse_one(found.raw) == found


def test_xero_contact_when_archived_or_merged_is_gone():
    slice_ = a_slice()
    archived = from_xero(slice_, ContactStatus="ARCHIVED")
    merged = from_xero(slice_, ContactStatus="ARCHIVED", MergedToContactID="c-2")
    assert [item.code for item in archived.findings] == [Code.ORG_ARCHIVED]
    assert [item.code for item in merged.findings] == [Code.ORG_MERGED]
    assert "c-2" in merged.findings[0].message
    assert archived.presence is merged.presence is Presence.GONE
    assert from_xero(slice_, ContactStatus="GDPRREQUEST").presence is Presence.GONE


def test_xero_contact_that_was_merged_and_then_restored_is_there():
    restored = from_xero(a_slice(), ContactStatus="ACTIVE", MergedToContactID="c-2")
    assert (restored.presence, restored.findings) == (Presence.ACTIVE, ())


def test_xero_contact_when_read_joins_phones_and_lines():
    found = from_xero(
        a_slice(),
        Phones=[
            {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "220 9805"},
            {"PhoneType": "MOBILE", "PhoneCountryCode": "", "PhoneAreaCode": "", "PhoneNumber": "021 1"},
            {"PhoneType": "FAX", "PhoneCountryCode": "", "PhoneAreaCode": "", "PhoneNumber": ""},
        ],
        Addresses=[{"AddressType": "POBOX", "AddressLine1": "1 High St", "AddressLine3": "Level 3", "City": "Otaki"}],
        IsCustomer=True,
        IsSupplier=True,
        ContactNumber="11x7",
    )
    assert found.record.phone == "+64 9 220 9805"
    assert found.record.billing == Address(street="1 High St\nLevel 3", city="Otaki")
    assert found.record.kind == "Customer & Vendor"
    assert [slot.kind for slot in found.record.phone_slots] == ["DEFAULT", "MOBILE"]
    assert found.marker == "11x7"


def test_xero_page_when_people_come_in_another_order_reads_the_same():
    slice_ = a_slice()
    assert from_xero(slice_, "Ann Lee", "Bob Ray").record == from_xero(slice_, "Bob Ray", "Ann Lee").record


def test_xero_page_when_empty_has_no_snapshots():
    assert a_slice().mappers[Side.XERO].parse(json.dumps({"Contacts": []}).encode()) == []
