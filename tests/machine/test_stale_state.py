"""A day-old copy of the state database is put back: nothing exists twice, and no edit is lost."""

from __future__ import annotations

import pytest

from chain.company import line, reasons
from machine import views
from machine.nearby import open_nearby
from vtxero.domain.codes import Code
from vtxero.errors import StopError

DAY = 86_400


@pytest.fixture
def company():
    """A copy of the state, a day's work that runs carried, and the copy put back while more work waits."""
    with open_nearby() as running:
        running.parties = [running.organization(f"Org {place}", phone="1") for place in range(6)]
        running.widget = running.product()
        running.draft = running.invoice(running.parties[0], line(running.widget), invoicestatus="Created")
        assert running.sync().exit_code == 0
        copy = running.read_state()
        running.time.pass_by(DAY)
        a_days_work(running)
        assert running.sync().exit_code == 0
        running.sync()
        running.time.pass_by(DAY)
        more_work(running)
        running.settings.database.with_name("state.sqlite3-wal").unlink(missing_ok=True)
        running.settings.database.write_bytes(copy)
        running.before = counts(running)
        yield running


def a_days_work(company):
    """Edits on either side, and new records on both, which a run carries."""
    for party in company.parties[:4]:
        company.vtiger.edit(party, phone="2")
    set_phone(company, "Org 4", "2")
    company.vtiger.edit(company.draft, duedate="2027-01-01")
    company.organization("New in Vtiger", phone="2")
    nova = company.xero.add_contact(Name="New in Xero", EmailAddress="a@nova.example")
    sold = {"Description": "x", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200", "TaxType": "NONE"}
    fields = {"Status": "AUTHORISED", "Date": "2026-11-02", "DueDate": "2026-11-30", "InvoiceNumber": "X-1"}
    company.xero.add_invoice(nova, [sold], **fields)


def more_work(company):
    """What no run has carried yet: an edit anew, one of another field, and one back to what was there at first."""
    company.vtiger.edit(company.parties[0], phone="3")
    set_phone(company, "Org 1", "3")
    company.vtiger.edit(company.parties[2], phone="1")
    company.vtiger.edit(company.parties[3], bill_city="Napier")
    company.vtiger.edit(company.parties[5], phone="3")


def set_phone(company, name, phone):
    contact = company.contacts()[name]["ContactID"]
    company.xero.edit_contact(contact, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": phone}])


def phones(company):
    """The phone of each organization in Vtiger and in Xero."""
    contacts = company.contacts()
    return [
        (company.row(party)["phone"], contacts[f"Org {place}"]["Phones"]["DEFAULT"]["PhoneNumber"])
        for place, party in enumerate(company.parties)
    ]


def counts(company):
    return {module: len(rows) for module, rows in views.view(company).items()}


WAITING = [("3", "2"), ("2", "3"), ("1", "2"), ("2", "2"), ("2", "2"), ("3", "1")]


@pytest.mark.parametrize("dry_run", [False, True])
def test_law_10_older_copy_of_the_state_stops_the_run_and_says_what_to_do(company, dry_run):
    writes = company.writes()

    with pytest.raises(StopError, match="an older copy of it was put back") as stopped:
        company.sync(dry_run=dry_run)

    assert (stopped.value.code, stopped.value.allow, stopped.value.exit_code) == (Code.RUN_STATE, "state", 6)
    assert "--resync" in stopped.value.remedy
    assert company.writes() == writes
    assert phones(company) == WAITING


def test_law_3_older_copy_of_the_state_under_resync_loses_no_edit_and_makes_nothing_twice(company):
    report = company.sync(resync=True)

    assert report.exit_code == 8
    assert counts(company) == company.before
    assert phones(company) == WAITING
    told = reasons(report)
    assert {label for label, codes in told.items() if "CONFLICT" in codes} == {"Org 0", "Org 1", "Org 2", "Org 5"}
    assert "links were forgotten" in " ".join(report.messages)
    assert company.contacts()["Org 3"]["Addresses"]["POBOX"]["City"] == "Napier"
    writes = company.writes()
    assert company.sync().exit_code == 8
    assert company.writes() == writes


def test_older_copy_of_the_state_under_resync_shows_first_what_it_will_do(company):
    shown = company.sync(resync=True, dry_run=True)

    done = company.sync(resync=True)

    told = [[(r.label, r.outcome, r.changes) for r in report.records] for report in (shown, done)]
    assert told[0] == told[1]


def test_law_2_older_copy_of_the_state_that_is_allowed_makes_nothing_twice(company):
    report = company.sync(allow=("state",))

    assert report.exit_code == 8
    assert counts(company) == company.before
    assert "as --allow state says" in " ".join(report.messages)
    found = phones(company)
    assert (found[0], found[1]) == (WAITING[0], WAITING[1])
    assert found[3:] == [("2", "2"), ("2", "2"), ("3", "3")]
    assert company.sync().exit_code == 8, "the run that was allowed is the last one now"


def test_name_of_the_last_run_is_for_its_owner_only(company):
    assert company.settings.last_run_file.stat().st_mode & 0o077 == 0


def test_law_2_whole_folder_of_the_state_put_back_makes_nothing_twice(company):
    company.settings.last_run_file.unlink()

    report = company.sync(resync=True)

    assert report.exit_code == 8
    assert counts(company) == company.before
    found = phones(company)
    assert (found[0], found[1], found[5]) == (WAITING[0], WAITING[1], ("3", "3"))


def test_undo_with_an_older_copy_of_the_state_stops_before_it_takes_anything_back(company):
    writes = company.writes()

    with pytest.raises(StopError, match="an older copy of it was put back"):
        company.undo(origin="xero")

    assert company.writes() == writes


def test_state_that_is_lost_with_the_name_of_its_last_run_left_behind_begins_anew(company):
    last = company.settings.last_run_file.read_text()
    company.write_state(None)
    company.settings.last_run_file.write_text(last)

    report = company.sync()

    assert report.exit_code == 8
    assert counts(company) == company.before
    assert phones(company) == WAITING
