"""The undo of a pair that its run wrote on both sides tells of both, in one row."""

from __future__ import annotations

import pytest

from chain.scripted import xero_refusing
from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.sandbox.xero.shelves import CONTACTS
from vtxero.sync.records import Outcome

NO_PHONE = {"PhoneType": "DEFAULT", "PhoneNumber": ""}


@pytest.fixture
def company():
    """A pair of which one run carried a phone number to Xero and an address to Vtiger."""
    with open_nearby() as company:
        company.acme = company.organization("Acme", phone="1")
        company.rest()
        [company.contact] = company.xero.contacts
        company.vtiger.edit(company.acme, phone="2")
        company.xero.edit_contact(company.contact, EmailAddress="a@b.example")
        company.time.pass_by(400)
        company.both = company.sync()
        yield company


def changes_of(record):
    """Each change with the side that it is made on: the row's own, or the one it names."""
    return sorted(
        (change.field, change.side or record.direction.end, change.before, change.after) for change in record.changes
    )


BOTH = [("email", Side.VTIGER, "a@b.example", None), ("phone", Side.XERO, "2", "1")]


def test_dry_run_preview_undo_and_log_tell_of_both_sides_in_one_row(company):
    previews = []

    planned = company.undo(company.both.run, dry_run=True)
    done = company.undo(company.both.run, announce=previews.append)

    for report in (planned, *previews, done):
        [record] = report.records
        assert (record.outcome, changes_of(record)) == (Outcome.UPDATED, BOTH)
    for report in (planned, done):
        assert [count.seen for count in report.modules] == [1]


def test_undo_of_which_a_side_refuses_its_half_has_failed_and_tells_what_the_other_half_changed(company):
    with xero_refusing(CONTACTS, "Not today."):
        report = company.undo(company.both.run)

    [record] = report.records
    assert (report.exit_code, record.outcome) == (3, Outcome.FAILED)
    assert "Not today." in record.reasons[0].message
    assert changes_of(record) == BOTH[:1]


def test_undo_of_which_somebody_edited_one_half_since_says_so_beside_what_it_set_back(company):
    company.xero.edit_contact(company.contact, FirstName="Kim")
    company.time.pass_by(400)
    previews = []

    planned = company.undo(company.both.run, dry_run=True)
    done = company.undo(company.both.run, announce=previews.append)

    for report in (planned, *previews, done):
        [record] = report.records
        assert (record.outcome, [each.code for each in record.reasons]) == (Outcome.SKIPPED, [Code.UNDO_TOUCHED])
        assert changes_of(record) == BOTH[:1]


def test_undo_of_which_both_halves_are_as_before_counts_the_pair_once(company):
    company.vtiger.edit(company.acme, email1="")
    company.xero.edit_contact(
        company.contact,
        Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "1", "PhoneAreaCode": "", "PhoneCountryCode": ""}],
    )
    company.time.pass_by(400)

    report = company.undo(company.both.run)

    assert report.records == ()
    assert [count.seen for count in report.modules] == [1]


def test_undo_of_which_one_half_is_as_before_counts_the_pair_once_and_tells_of_the_other_half(company):
    company.vtiger.edit(company.acme, email1="")
    company.time.pass_by(400)

    report = company.undo(company.both.run)

    [record] = report.records
    assert changes_of(record) == BOTH[1:]
    assert [count.seen for count in report.modules] == [1]


def test_pair_that_the_same_run_linked_is_told_to_be_unlinked_once():
    with open_nearby() as company:
        company.organization("Acme", phone="1")
        company.sync()
        [contact] = company.xero.contacts
        company.write_state(None)
        company.xero.edit_contact(contact, EmailAddress="a@b.example", Phones=[NO_PHONE])
        company.time.pass_by(400)
        met = company.sync()

        [record] = company.undo(met.run, dry_run=True).records

    assert {side for field, side, *_ in changes_of(record) if field != "link"} == set(Side)
    assert [change.field for change in record.changes] == ["phone", "email", "link"]
