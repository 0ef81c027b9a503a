"""A run taken back leaves both sides as they were, but for what it announced; nobody's edit goes with it."""

from __future__ import annotations

import pytest

from chain.company import line, only, reasons
from vtxero.domain.sides import Side
from vtxero.sync.records import Outcome

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
    lines = [{"ItemCode": "G-1", "Description": "Gear", "Quantity": "2", "UnitAmount": "7", "AccountCode": "200"}]
    lines += [{"Description": "Advice", "Quantity": "1", "UnitAmount": "50", "AccountCode": "200"}]
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
    for words in ("1 items stay in Xero", "1 approved invoices are voided", "1 drafts are deleted", "1 contacts are"):
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
