"""A run taken back leaves both sides as they were, but for what it announced; nobody's edit goes with it."""

from __future__ import annotations

import pytest

from chain.company import line, reasons
from vtxero.domain.sides import Side

GONE = {"DELETED", "VOIDED"}


def living(company):
    """Both sides as people see them: without what is deleted, voided, archived, or only a time or counter."""
    xero = company.xero.snapshot()
    crm = company.vtiger
    return {
        "contacts": {
            key: {n: v for n, v in row.items() if n not in {"UpdatedDateUTC", "IsCustomer"}}
            for key, row in xero["Contacts"].items()
            if row["ContactStatus"] == "ACTIVE"
        },
        "invoices": {
            key: {n: v for n, v in row.items() if n != "UpdatedDateUTC"}
            for key, row in xero["Invoices"].items()
            if row["Status"] not in GONE
        },
        **{
            module: {
                row["id"]: {n: v for n, v in row.items() if n not in {"modifiedtime", "modifiedby"}}
                for row in crm.records(module)
            }
            for module in ("Accounts", "Contacts", "Products", "Services", "Invoice")
        },
    }


def fill_vtiger(company):
    company.acme = company.organization(email1="office@acme.example", accounttype="Customer")
    company.ann = company.person(company.acme, "First", firstname="Ann", email="ann@acme.example")
    company.bob = company.person(company.acme, "Second", firstname="Bob", email="bob@acme.example")
    company.widget = company.product()
    company.draft = company.invoice(company.acme, line(company.widget), invoicestatus="Created")
    company.sent = company.invoice(company.acme, line(company.widget, "3"))


def fill_xero(company):
    company.beta = company.xero.add_contact(
        Name="Beta Ltd",
        EmailAddress="hello@beta.example",
        FirstName="Bea",
        LastName="Beta",
        ContactPersons=[{"FirstName": "Cy", "LastName": "Beta", "EmailAddress": "cy@beta.example"}],
    )
    company.gear = company.xero.add_item(Code="G-1", Name="Gear", SalesDetails={"UnitPrice": "7", "AccountCode": "200"})
    free = {"Quantity": "2", "AccountCode": "200", "TaxType": "NONE"}
    lines = [{"ItemCode": "G-1", "Description": "Gear", "UnitAmount": "7", **free}]
    lines += [{"Description": "Advice", "UnitAmount": "50", **free}]
    company.paper = company.xero.add_invoice(
        company.beta, lines, InvoiceNumber="X-1", Status="AUTHORISED", Date="2026-11-01", DueDate="2026-11-20"
    )


def test_law_6_first_run_undone_leaves_both_sides_as_before_except_what_it_announced(company):
    fill_vtiger(company)
    fill_xero(company)
    before = living(company)
    run = company.sync()
    assert living(company) != before
    announced = []

    report = company.undo(run.run, announce=announced.append)

    assert report.exit_code == 0, report.messages
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


def test_undo_of_many_writes_to_xero_in_batches(company):
    acme, widget = company.organization(), company.product()
    for _ in range(60):
        company.invoice(acme, line(widget))
    run = company.sync()
    before = len(company.writes("xero"))

    company.undo(run.run)

    assert company.writes("xero")[before:] == ["POST Invoices x50", "POST Invoices x10", "POST Contacts x1"]


@pytest.fixture
def settled(company):
    """Both sides filled and in step."""
    fill_vtiger(company)
    fill_xero(company)
    company.first = company.sync()
    company.quiet()
    return company


def contact_id(company):
    return company.contacts()["Acme Ltd"]["ContactID"]


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


def test_law_3_draft_that_a_bookkeeper_edited_since_is_left_alone_and_so_is_its_contact(settled):
    number = settled.number_of(settled.draft)
    settled.xero.edit_invoice(settled.invoices()[number]["InvoiceID"], Reference="checked by Kim")

    report = settled.undo(settled.first.run)

    assert settled.invoices()[number]["Status"] == "DRAFT"
    assert settled.contacts()["Acme Ltd"]["ContactStatus"] == "ACTIVE"
    assert settled.invoices()[settled.number_of(settled.sent)]["Status"] == "VOIDED"
    assert reasons(report)[number] == ["UNDO-TOUCHED"]
    assert reasons(report)["Acme Ltd"] == ["UNDO-STAYS"]
    assert number in next(r for r in report.records if r.label == "Acme Ltd").reasons[0].message
    assert any("left alone: 1." in text for text in report.messages)


def test_law_3_organization_that_got_a_quote_since_stays_in_vtiger(settled):
    [beta] = [row["id"] for row in settled.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    from vtxero.sandbox.vtiger import papers

    papers.add(settled.vtiger, "Quotes", account_id=beta)

    report = settled.undo(settled.first.run)

    assert settled.row(beta)["accountname"] == "Beta Ltd"
    assert reasons(report)["Beta Ltd"] == ["UNDO-STAYS"]


def test_law_3_organization_that_got_a_person_since_stays_in_vtiger(settled):
    [beta] = [row["id"] for row in settled.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    settled.person(beta, "Newcomer")

    report = settled.undo(settled.first.run)

    assert reasons(report)["Beta Ltd"] == ["UNDO-TOUCHED"]
    assert settled.row(beta)["accountname"] == "Beta Ltd"


@pytest.mark.parametrize("take", ["pay", "credit"])
def test_law_6_paid_or_credited_invoice_is_never_voided(settled, take):
    number = settled.number_of(settled.sent)
    getattr(settled.xero, take)(settled.invoices()[number]["InvoiceID"], "5")

    report = settled.undo(settled.first.run)

    assert settled.invoices()[number]["Status"] == "AUTHORISED"
    assert reasons(report)[number] == ["UNDO-STAYS"]
    assert any("Invoices that stay in Xero: 1. They are paid" in text for text in report.messages)


def test_law_6_locked_invoice_is_never_voided(settled):
    from datetime import date

    settled.xero.set_lock_dates(period=date(2026, 11, 1))
    settled.sync(full=True)
    writes = settled.writes("xero")

    report = settled.undo(settled.first.run)

    assert reasons(report)[settled.number_of(settled.sent)] == ["UNDO-STAYS"]
    assert settled.writes("xero") == writes


def test_law_6_no_request_ever_deletes_in_xero(settled):
    settled.undo(settled.first.run)

    assert not [text for text in settled.writes("xero") if text.startswith("DELETE")]


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
    from vtxero.bootstrap import open_log

    report = settled.undo(settled.first.run, command=f"undo {settled.first.run}")

    with open_log(settled.settings) as log:
        assert log.runs()[0].command == f"undo {settled.first.run}"
        kept = log.report(report.run)
        assert kept is not None
        assert kept.records == report.records
        assert kept.messages == report.messages


def test_undo_that_a_person_stops_writes_nothing_and_the_log_says_so(settled):
    from vtxero.bootstrap import open_log

    def refuse(_):
        raise InterruptedError

    before = settled.writes()
    with pytest.raises(InterruptedError):
        settled.undo(settled.first.run, announce=refuse)

    assert settled.writes() == before
    with open_log(settled.settings) as log:
        assert log.runs()[0].exit_code == 6
    settled.quiet()


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


def test_undo_by_origin_removes_from_vtiger_what_came_from_xero_and_nothing_else(settled):
    settled.xero.edit_contact(settled.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "77"}])
    settled.sync()
    writes = settled.writes("xero")

    report = settled.undo(origin=Side.XERO)

    assert report.exit_code == 0
    assert {row["accountname"] for row in settled.vtiger.records("Accounts")} == {"Acme Ltd"}
    assert {row["lastname"] for row in settled.vtiger.records("Contacts")} == {"First", "Second"}
    assert {row["productname"] for row in settled.vtiger.records("Products")} == {"Widget"}
    assert {row["id"] for row in settled.vtiger.records("Invoice")} == {settled.draft, settled.sent}
    assert settled.writes("xero") == writes


def test_undo_by_origin_leaves_what_somebody_edited_in_vtiger(settled):
    [beta] = [row["id"] for row in settled.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    settled.vtiger.edit(beta, website="https://beta.example")
    settled.sync()

    report = settled.undo(origin=Side.XERO)

    assert reasons(report) == {"Beta Ltd": ["UNDO-TOUCHED"]}
    assert settled.row(beta)["website"] == "https://beta.example"


@pytest.mark.parametrize("rule", [{"do": "drop-after-commit"}, {"do": "drop-before"}])
def test_reply_lost_on_the_way_is_found_out_by_the_same_undo_again(settled, rule):
    settled.apps["vtiger"].faults.add({"path": "/webservice.php", "method": "POST", "nth": 2, **rule})
    first = settled.undo(settled.first.run)
    settled.apps["vtiger"].faults.clear()

    second = settled.undo(settled.first.run)

    assert first.exit_code in {0, 3, 5}
    assert second.exit_code == 0
    assert {row["accountname"] for row in settled.vtiger.records("Accounts")} == {"Acme Ltd"}
    assert {row["lastname"] for row in settled.vtiger.records("Contacts")} == {"First", "Second"}
    assert {row["ContactStatus"] for row in settled.contacts().values() if row["Name"] == "Acme Ltd"} == {"ARCHIVED"}


def test_undo_by_origin_leaves_what_somebody_edited_between_two_runs_of_ours(settled):
    [beta] = [row["id"] for row in settled.vtiger.records("Accounts") if row["accountname"] == "Beta Ltd"]
    settled.vtiger.edit(beta, website="https://beta.example")
    settled.sync()
    settled.xero.edit_contact(settled.beta, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "77"}])
    settled.sync()

    report = settled.undo(origin=Side.XERO)

    assert reasons(report)["Beta Ltd"] == ["UNDO-TOUCHED"]
    assert settled.row(beta)["phone"] == "77"


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


def test_organization_that_is_deleted_takes_its_quotes_along_in_the_stand_in_too(company):
    from vtxero.sandbox.vtiger import papers

    acme = company.organization()
    quote = papers.add(company.vtiger, "Quotes", account_id=acme)
    order = papers.add(company.vtiger, "SalesOrder", account_id=acme)

    company.crm.post("delete", id=acme)

    deleted = {
        row["id"]: row["deleted"] for name in ("Quotes", "SalesOrder") for row in company.vtiger.actors[name].values()
    }
    assert deleted == {quote: "1", order: "0"}
