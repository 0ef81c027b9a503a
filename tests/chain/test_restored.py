"""Records that are deleted in Vtiger and taken out of its recycle bin again: they are in step as before, none twice."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, reasons


@pytest.fixture
def books(company):
    """An organization with a person and an approved invoice, on both sides."""
    company.acme = company.organization(email1="office@acme.example", phone="1")
    company.ann = company.person(company.acme, "Ash", firstname="Ann", email="ann@acme.example")
    company.widget = company.product()
    company.sale = company.invoice(company.acme, line(company.widget, "2", "10"))
    assert company.sync().exit_code == 0
    return company


def in_xero(company):
    return [len(rows) for rows in (company.contacts(), company.items(), company.invoices())]


@pytest.mark.parametrize("record", ["acme", "ann", "widget", "sale"])
@pytest.mark.parametrize("full", [False, True])
def test_record_restored_after_its_deletion_was_synced_is_in_step_and_nothing_is_made_twice(books, record, full):
    wire_id = getattr(books, record)
    books.vtiger.delete(wire_id)
    missed = reasons(books.sync(full=full))
    assert missed or not full
    books.vtiger.restore(wire_id)

    report = books.sync(full=full)

    assert (reasons(report), report.exit_code) == ({}, 0)
    assert in_xero(books) == [1, 1, 1]
    books.quiet()


@pytest.mark.parametrize("record", ["acme", "ann", "widget", "sale"])
def test_record_deleted_and_restored_between_two_runs_is_no_change(books, record):
    wire_id = getattr(books, record)
    before = books.contacts()["Acme Ltd"]
    books.vtiger.delete(wire_id)
    books.vtiger.restore(wire_id)

    report = books.sync()

    assert reasons(report) == {}
    assert in_xero(books) == [1, 1, 1]
    assert books.contacts()["Acme Ltd"] == before
    books.quiet()


def test_edits_on_both_sides_while_an_organization_lay_in_the_bin_are_merged_after_it(books):
    contact = books.contacts()["Acme Ltd"]["ContactID"]
    books.vtiger.delete(books.acme)
    books.sync(full=True)
    books.xero.edit_contact(contact, EmailAddress="new@acme.example")
    assert reasons(books.sync())["Acme Ltd"] == ["GONE"]
    books.vtiger.restore(books.acme)
    books.vtiger.edit(books.acme, phone="2")

    report = books.sync()

    assert reasons(report) == {}
    assert books.row(books.acme)["email1"] == "new@acme.example"
    assert books.contacts()["Acme Ltd"]["Phones"]["DEFAULT"]["PhoneNumber"] == "2"
    assert books.row(books.ann)["account_id"] == books.acme
    books.quiet()


def test_invoice_made_while_its_organization_lay_in_the_bin_crosses_after_it(books):
    books.vtiger.delete(books.acme)
    books.sync(full=True)
    books.vtiger.restore(books.acme)
    books.invoice(books.acme, line(books.widget))

    assert reasons(books.sync()) == {}

    assert in_xero(books) == [1, 1, 2]
    books.quiet()


def test_organization_and_payment_restored_in_the_cloud_are_in_step(tmp_path):
    with open_cloud(tmp_path) as company:
        acme = company.organization()
        company.invoice(acme, line(company.product(), "10"))
        company.sync()
        [invoice] = company.invoices().values()
        company.xero.pay(invoice["InvoiceID"], "50", day="2026-11-12")
        company.sync()
        [payment] = [row["id"] for row in company.vtiger.records("Payments")]
        for wire_id in (acme, payment):
            company.vtiger.delete(wire_id)
            company.sync()
            company.vtiger.restore(wire_id)
            company.sync()

        assert in_xero(company) == [1, 1, 1]
        assert len(company.xero.snapshot()["Payments"]) == len(company.vtiger.records("Payments")) == 1
        company.quiet()
