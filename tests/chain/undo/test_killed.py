"""An undo that dies at any of its writes: repeated, it ends as if it had never died; a sync in between does no harm."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count

import pytest

from chain.company import open_company
from chain.undo.filling import fill_vtiger, fill_xero, living
from vtxero.bootstrap.reading import open_log
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome
from vtxero.vtiger.client import VtigerClient
from vtxero.xero.source import XeroSource


class Killed(BaseException):
    """The process dies here."""


@contextmanager
def dying(monkeypatch, nth, *, after):
    """Die at the nth write: before it leaves, or when it was carried out and nobody noted it yet."""
    ticks, died = count(1), []

    def doomed(write):
        def call(*args, **more):
            last = next(ticks) == nth
            if last and not after:
                raise Killed
            answer = write(*args, **more)
            if last:
                raise Killed
            return answer

        return call

    with monkeypatch.context() as patch:
        patch.setattr(XeroSource, "update", doomed(XeroSource.update))
        for name in ("delete", "update", "revise"):
            patch.setattr(VtigerClient, name, doomed(getattr(VtigerClient, name)))
        try:
            yield died
        except Killed:
            died.append(True)


@pytest.fixture
def company(tmp_path):
    """A first run both ways, and a second one with edits both ways."""
    with open_company(tmp_path) as company:
        fill_vtiger(company)
        fill_xero(company)
        company.start = living(company)
        company.first = company.sync()
        shown = company.undo(company.first.run, dry_run=True)
        done = [record for record in shown.records if record.outcome is Outcome.UPDATED]
        company.taken_back = sorted((record.module, record.direction.value, record.label) for record in done)
        yield company


def killed_after_its_first(what, company, monkeypatch):
    """Let a run die when Xero had created, or updated, its first records and nobody noted it yet; give its name."""
    write = getattr(XeroSource, what)

    def write_and_die(*args, **more):
        write(*args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(XeroSource, what, write_and_die)
        with pytest.raises(Killed):
            company.sync()
    with open_log(company.settings) as log:
        return log.runs()[0].run


def told_as_taken_back(company):
    """What the log of all undos so far tells as removed or set back, each time that it does."""
    with open_log(company.settings) as log:
        runs = [log.report(run.run) for run in log.runs() if run.command == "undo"]
    done = [record for run in runs for record in run.records if record.outcome is Outcome.UPDATED]
    return sorted((record.module, record.direction.value, record.label) for record in done)


def statuses(company):
    return {row["InvoiceNumber"]: row["Status"] for row in company.xero.snapshot()["Invoices"].values()}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", range(1, 10))
def test_law_2_undo_killed_at_a_write_is_finished_by_the_same_undo(company, monkeypatch, nth, after):
    with dying(monkeypatch, nth, after=after) as died:
        company.undo(company.first.run)
    assert bool(died) is (nth < 9)

    report = company.undo(company.first.run)

    assert report.exit_code == 0
    assert told_as_taken_back(company) == company.taken_back
    assert living(company) == company.start
    assert sorted(statuses(company).values()) == ["AUTHORISED", "DELETED", "VOIDED"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", [1, 2, 3, 5])
def test_law_3_sync_after_a_killed_undo_cancels_nothing_and_doubles_nothing(company, monkeypatch, nth, after):
    papers = {row["id"]: row["invoicestatus"] for row in company.vtiger.records("Invoice")}
    with dying(monkeypatch, nth, after=after) as died:
        company.undo(company.first.run)
    assert died

    company.sync()

    left = {row["id"]: row["invoicestatus"] for row in company.vtiger.records("Invoice")}
    assert left[company.draft] == papers[company.draft]
    assert left[company.sent] == papers[company.sent]
    names = sorted(row["accountname"] for row in company.vtiger.records("Accounts"))
    assert names == ["Acme Ltd", "Beta Ltd"]
    assert len(statuses(company)) == 3
    assert len(company.contacts()) == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", [1, 2])
def test_law_3_killed_while_setting_back_loses_neither_edit(company, monkeypatch, nth, after):
    company.sync()
    company.vtiger.edit(company.acme, phone="123")
    company.xero.edit_contact(company.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "77"}])
    run = company.sync()
    with dying(monkeypatch, nth, after=after) as died:
        company.undo(run.run)
    assert died

    company.sync()

    assert company.row(company.acme)["phone"] == "123"
    assert company.contacts()["Beta Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "77"
    assert company.contacts()["Acme Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "123"
    company.quiet()


def test_log_of_a_killed_undo_says_that_the_same_undo_goes_on(company, monkeypatch):
    with dying(monkeypatch, 1, after=True):
        company.undo(company.first.run)
    company.sync()

    with open_log(company.settings) as log:
        [killed] = [log.report(run.run) for run in log.runs() if run.command == "undo"]
    assert "The same undo again finds out" in " ".join(killed.messages)


def test_creation_that_nobody_saw_arrive_is_found_and_taken_back_as_well(company, monkeypatch):
    org = company.organization("Late Ltd")
    killed = killed_after_its_first("create", company, monkeypatch)
    assert "Late Ltd" in company.contacts()

    report = company.undo(killed)

    assert report.exit_code == 0, report.messages
    assert company.contacts()["Late Ltd"]["ContactStatus"] == "ARCHIVED"
    assert company.row(org)["accountname"] == "Late Ltd"


@pytest.mark.parametrize("synced", [True, False])
@pytest.mark.parametrize("both", [True, False])
def test_law_3_creation_that_nobody_saw_arrive_and_that_somebody_edited_since_is_left_alone(
    company, monkeypatch, both, synced
):
    """Whether the next run or the undo itself finds it, and whether its own side was edited as well."""
    org = company.organization("Late Ltd", phone="1")
    killed = killed_after_its_first("create", company, monkeypatch)
    contact = company.contacts()["Late Ltd"]["ContactID"]
    company.xero.edit_contact(contact, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "3"}])
    if both:
        company.vtiger.edit(org, phone="2")
    if synced:
        company.sync()

    report = company.undo(killed)

    assert company.contacts()["Late Ltd"]["ContactStatus"] == "ACTIVE"
    assert company.contacts()["Late Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "3"
    [told] = [record for record in report.records if record.label == "Late Ltd" and record.direction == "to-xero"]
    assert [reason.code for reason in told.reasons] == [Code.UNDO_TOUCHED]
    assert company.sync().exit_code == (8 if both else 0)
    assert company.row(org)["phone"] == ("2" if both else "3")


@pytest.mark.parametrize("dry_run", [False, True])
def test_change_that_nobody_saw_arrive_is_found_and_taken_back_as_well(company, monkeypatch, dry_run):
    company.sync()
    company.vtiger.edit(company.acme, phone="123")
    killed = killed_after_its_first("update", company, monkeypatch)
    assert company.contacts()["Acme Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "123"

    report = company.undo(killed, dry_run=dry_run)

    assert report.exit_code == 0, report.messages
    assert [(r.label, [c.field for c in r.changes]) for r in report.records] == [("Acme Ltd", ["phone"])]
    left = company.contacts()["Acme Ltd"]["Phones"].get("DEFAULT", {}).get("PhoneNumber", "")
    assert left == ("123" if dry_run else "")
    assert company.row(company.acme)["phone"] == "123"


def test_dry_run_after_a_killed_run_finds_out_and_still_writes_nothing(company, monkeypatch):
    for module in ("organizations", "products", "invoices"):
        company.configure(module, write_back=True)
    company.organization("Late Ltd")
    killed = killed_after_its_first("create", company, monkeypatch)
    before = company.writes()

    report = company.undo(killed, dry_run=True)

    assert company.writes() == before
    assert [(r.label, [c.after for c in r.changes]) for r in report.records] == [("Late Ltd", ["ARCHIVED"])]
