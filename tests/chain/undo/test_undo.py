"""A run taken back leaves both sides as they were, but for what it announced."""

from __future__ import annotations

import os
import signal

import pytest

from chain.company import Silent, line, reasons
from chain.undo.filling import contact_id, fill_vtiger, fill_xero, living
from vtxero.bootstrap.reading import open_log
from vtxero.bootstrap.verifying import run_verify


def test_law_6_first_run_undone_leaves_both_sides_as_before_except_what_it_announced(company):
    fill_vtiger(company)
    fill_xero(company)
    before = living(company)
    run = company.sync()
    assert living(company) != before
    announced = []

    report = company.undo(run.run, announce=announced.append)

    assert (report.exit_code, report.status) == (0, "success"), report.messages
    assert living(company) == before
    assert [row["Code"] for row in company.xero.snapshot()["Items"].values()] == ["G-1", "W-1"]
    assert reasons(report) == {"Widget": ["UNDO-STAYS"]}
    said = " ".join(announced[0].messages)
    for words in (
        "Items that stay in Xero: 1.",
        "voided in Xero: 1.",
        "Drafts deleted in Xero: 1.",
        "Contacts archived in Xero",
    ):
        assert words in said
    assert "the next `vtxero sync` would make" in said
    statuses = {row["InvoiceNumber"]: row["Status"] for row in company.xero.snapshot()["Invoices"].values()}
    assert statuses == {
        company.number_of(company.draft): "DELETED",
        company.number_of(company.sent): "VOIDED",
        "X-1": "AUTHORISED",
    }


@pytest.fixture
def met(company):
    """A customer that a first run linked and gave a phone, and an invoice that a second one made."""
    company.acme = company.organization(phone="12")
    company.beta = company.xero.add_contact(Name="Acme Ltd")
    company.met = company.sync().run
    company.sale = company.invoice(company.acme, line(company.product()))
    assert company.sync().exit_code == 0
    return company


def shown(report):
    return [[(change.field, change.before, change.after) for change in record.changes] for record in report.records]


def test_law_6_pair_that_its_run_linked_and_changed_is_unlinked_and_the_preview_says_so(met):
    announced = []
    tried = met.undo(met.met, dry_run=True)

    report = met.undo(met.met, announce=announced.append)

    told = [[("phone", "12", None), ("link", "linked", None)]]
    assert [shown(each) for each in (tried, announced[0], report)] == [told] * 3
    assert met.contacts()["Acme Ltd"]["Phones"]["DEFAULT"].get("PhoneNumber", "") == ""
    met.sync()
    met.quiet()


def test_law_6_pair_that_is_as_before_already_is_unlinked_and_the_preview_says_so(met):
    met.xero.edit_contact(met.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": ""}])
    announced = []

    met.undo(met.met, announce=announced.append)

    assert shown(announced[0]) == [[("link", "linked", None)]]
    [account, other] = run_verify(met.settings, Silent()).ledger.accounts
    assert account.customer.key != other.customer.key


def test_invoice_whose_customer_was_unlinked_is_explained_and_the_next_sync_mends_it(met):
    met.undo(met.met)

    [difference] = run_verify(met.settings, Silent()).ledger.differences
    [cause] = difference.causes
    assert (cause.code, cause.explained) == ("CUSTOMER-NOT-LINKED", True)
    assert cause.message == "Its customer in Vtiger, Acme Ltd, is not linked with its customer in Xero, Acme Ltd."

    met.sync()
    assert run_verify(met.settings, Silent()).ledger.differences == ()


def test_undo_of_many_writes_to_xero_in_batches(company):
    acme, widget = company.organization(), company.product()
    for _ in range(60):
        company.invoice(acme, line(widget))
    run = company.sync()
    before = len(company.writes("xero"))

    company.undo(run.run)

    assert company.writes("xero")[before:] == ["POST Invoices x50", "POST Invoices x10", "POST Contacts x1"]


def test_field_carried_to_xero_is_set_back_and_the_edit_waits_for_the_next_sync(settled):
    settled.vtiger.edit(settled.acme, phone="123", accountname="Acme & Sons")
    run = settled.sync()
    assert "Acme & Sons" in settled.contacts()

    report = settled.undo(run.run)

    [shown] = report.records
    assert {change.field: (change.before, change.after) for change in shown.changes} == {
        "name": ("Acme & Sons", "Acme Ltd"),
        "phone": ("123", None),
    }
    assert "Acme Ltd" in settled.contacts()
    assert settled.row(settled.acme)["accountname"] == "Acme & Sons"
    settled.sync()
    assert "Acme & Sons" in settled.contacts()
    settled.quiet()


def test_field_carried_to_vtiger_is_set_back_and_the_edit_in_xero_is_kept(settled):
    settled.xero.edit_contact(contact_id(settled), Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "99"}])
    run = settled.sync()
    assert settled.row(settled.acme)["phone"] == "99"

    report = settled.undo(run.run)

    assert report.exit_code == 0
    assert settled.row(settled.acme)["phone"] == ""
    assert settled.contacts()["Acme Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "99"


def test_lines_of_a_draft_are_set_back_to_the_cent(settled):
    number = settled.number_of(settled.draft)
    before = settled.invoices()[number]["Total"]
    settled.rewrite(settled.draft, line(settled.widget, "7", "3.33"))
    run = settled.sync()
    assert settled.invoices()[number]["Total"] != before

    assert settled.undo(run.run).exit_code == 0

    assert settled.invoices()[number]["Total"] == before


def test_person_added_in_vtiger_by_a_run_goes_again_and_the_others_stay(settled):
    people = [{"FirstName": "Bob", "LastName": "Second", "EmailAddress": "bob@acme.example"}]
    people += [{"FirstName": "Eve", "LastName": "New", "EmailAddress": "eve@acme.example"}]
    settled.xero.edit_contact(contact_id(settled), ContactPersons=people)
    run = settled.sync()
    assert {row["lastname"] for row in settled.vtiger.records("Contacts") if row["account_id"] == settled.acme} == {
        "First",
        "Second",
        "New",
    }

    report = settled.undo(run.run)

    assert report.exit_code == 0, reasons(report)
    left = {row["lastname"] for row in settled.vtiger.records("Contacts") if row["account_id"] == settled.acme}
    assert left == {"First", "Second"}


def test_record_that_a_later_run_wrote_to_waits_until_that_one_is_taken_back(settled):
    settled.vtiger.edit(settled.acme, phone="123")
    second = settled.sync()

    first = settled.undo(settled.first.run)
    assert reasons(first)["Acme Ltd"] == ["UNDO-LATER"]
    assert second.run in next(r for r in first.records if r.label == "Acme Ltd").reasons[0].message

    settled.undo(second.run)
    last = settled.undo(settled.first.run)
    assert settled.contacts()["Acme Ltd"]["ContactStatus"] == "ARCHIVED", reasons(last)


def test_undo_when_repeated_finds_nothing_and_writes_nothing(settled):
    settled.undo(settled.first.run)
    before = settled.writes()

    report = settled.undo(settled.first.run)

    assert settled.writes() == before
    assert report.exit_code == 0
    assert [record.label for record in report.records] == ["Widget"]


def test_dry_run_of_an_undo_writes_nothing_and_tells_what_the_undo_does(settled):
    before, writes = living(settled), settled.writes()

    shown = settled.undo(settled.first.run, dry_run=True)

    assert (living(settled), settled.writes()) == (before, writes)
    done = settled.undo(settled.first.run)
    assert {(r.label, r.outcome, r.changes) for r in shown.records} == {
        (r.label, r.outcome, r.changes) for r in done.records
    }


def test_undo_is_a_run_in_the_log(settled):
    report = settled.undo(settled.first.run, command=f"undo {settled.first.run}")

    with open_log(settled.settings) as log:
        assert log.runs()[0].command == f"undo {settled.first.run}"
        kept = log.report(report.run)
        assert kept is not None
        assert kept.records == report.records
        assert kept.messages == report.messages


def test_undo_that_a_person_stops_writes_nothing_and_the_log_says_so(settled):
    def refuse(_):
        raise InterruptedError

    before = settled.writes()
    with pytest.raises(InterruptedError):
        settled.undo(settled.first.run, announce=refuse)

    assert settled.writes() == before
    with open_log(settled.settings) as log:
        assert log.runs()[0].exit_code == 6
    settled.quiet()


def test_undo_that_ctrl_c_ends_says_that_the_same_undo_goes_on_and_not_the_next_run(settled):
    report = settled.undo(settled.first.run, announce=lambda _: os.kill(os.getpid(), signal.SIGINT))

    assert report.exit_code == 130
    assert "Stopped by Ctrl-C; what was under way was finished, and the same undo again goes on." in report.messages
    assert report.errors == ()


def test_sync_after_an_undo_makes_no_duplicate_and_says_why_records_wait(settled):
    settled.undo(settled.first.run)

    report = settled.sync()

    names = [row["Name"] for row in settled.xero.snapshot()["Contacts"].values()]
    assert sorted(names) == ["Acme Ltd", "Beta Ltd"]
    numbers = [row["InvoiceNumber"] for row in settled.xero.snapshot()["Invoices"].values()]
    assert len(numbers) == len(set(numbers)) == 3
    assert reasons(report)["Acme Ltd"] == ["ORG-ARCHIVED"]
    accounts = [row["accountname"] for row in settled.vtiger.records("Accounts")]
    assert sorted(accounts) == ["Acme Ltd", "Beta Ltd"]
    settled.xero.restore_contact(next(r.xero_id for r in report.records if r.label == "Acme Ltd" and r.xero_id))
    settled.sync()
    assert len(settled.contacts()) == 2


@pytest.mark.parametrize("deed", ["drop-after-commit", "drop-before", "500"])
def test_reply_lost_on_the_way_is_found_out_by_the_same_undo_again(settled, deed):
    settled.apps["vtiger"].faults.add({"path": "/webservice.php", "body": "operation=delete", "do": deed})

    first = settled.undo(settled.first.run)
    left = {row["accountname"] for row in settled.vtiger.records("Accounts")}
    second = settled.undo(settled.first.run)

    assert (first.exit_code, first.status) == (5, "error")
    assert reasons(first) == {
        "Widget": ["UNDO-STAYS"],
        "X-1": ["ANSWER-LOST"],
        **{label: ["DEPENDENCY"] for label in ("??????", "Gear", "Beta Ltd")},
    }
    assert left == {"Acme Ltd", "Beta Ltd"}
    assert second.exit_code == 0
    assert {row["accountname"] for row in settled.vtiger.records("Accounts")} == {"Acme Ltd"}
    assert {row["lastname"] for row in settled.vtiger.records("Contacts")} == {"First", "Second"}
    assert {row["ContactStatus"] for row in settled.contacts().values() if row["Name"] == "Acme Ltd"} == {"ARCHIVED"}


def test_undo_that_xero_puts_off_leaves_in_step_what_it_did_not_reach(settled):
    wait = {"do": "429", "nth": "every", "retry_after": 40000}
    settled.apps["xero"].faults.add({"path": "/Invoices", "method": "POST", **wait})

    report = settled.undo(settled.first.run)

    assert (report.exit_code, reasons(report)) == (7, {"Widget": ["UNDO-STAYS"]})
    settled.apps["xero"].faults.clear()
    settled.quiet()
    assert settled.undo(settled.first.run).exit_code == 0
    assert settled.contacts()["Acme Ltd"]["ContactStatus"] == "ARCHIVED"


def test_undo_with_write_back_takes_as_much_back_and_says_that_the_ids_stay(company):
    for module in ("organizations", "contacts", "products", "invoices"):
        company.configure(module, write_back=True)
    fill_vtiger(company)
    fill_xero(company)
    run = company.sync()
    company.quiet()

    report = company.undo(run.run)

    assert report.exit_code == 0
    assert reasons(report) == {"Widget": ["UNDO-STAYS"]}
    assert any("(write_back) stay in their fields" in text for text in report.messages)
    assert {row["accountname"] for row in company.vtiger.records("Accounts")} == {"Acme Ltd"}


def test_field_set_in_vtiger_along_with_its_id_is_set_back(company):
    company.configure("organizations", write_back=True)
    account = company.organization("Meets Ltd")
    company.xero.add_contact(Name="Meets Ltd", Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "55"}])
    run = company.sync()
    assert company.row(account)["phone"] == "55"

    report = company.undo(run.run)

    assert reasons(report) == {}
    assert company.row(account)["phone"] == ""


def test_law_3_two_that_a_run_linked_are_strangers_after_its_undo_and_neither_overwrites_the_other(company):
    account = company.organization("Meets Ltd")
    company.xero.add_contact(Name="Meets Ltd", Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "55"}])
    company.undo(company.sync().run)
    company.vtiger.edit(account, phone="77")

    report = company.sync()

    assert reasons(report) == {"Meets Ltd": ["CONFLICT"]}
    assert company.row(account)["phone"] == "77"
    assert company.contacts()["Meets Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "55"


def test_person_without_an_organization_is_archived_in_xero_and_stays_in_vtiger(company):
    jane = company.vtiger.add("Contacts", {"firstname": "Jane", "lastname": "Doe", "assigned_user_id": "19x1"})
    account, widget = company.organization("Short-lived Ltd"), company.product()
    paper = company.invoice(account, line(widget), contact_id=jane, invoicestatus="Created")
    company.vtiger.delete(account)
    run = company.sync()
    assert company.contacts()["Jane Doe"]["ContactStatus"] == "ACTIVE"

    report = company.undo(run.run)

    assert report.exit_code == 0
    assert company.contacts()["Jane Doe"]["ContactStatus"] == "ARCHIVED"
    assert company.invoices()[company.number_of(paper)]["Status"] == "DELETED"
    assert company.row(jane)["lastname"] == "Doe"
