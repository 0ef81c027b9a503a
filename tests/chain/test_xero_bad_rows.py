"""A record that Xero answers in no usable shape is reported by itself; the others cross."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vtxero.sync.records import Outcome

HALF = "Half a \ud83d character"
LINE = {"Description": "Oak", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": "TAX001"}


def skipped(report, module):
    return {
        row.xero_id: " ".join(reason.message for reason in row.reasons)
        for row in report.records
        if row.module == module and row.outcome in {Outcome.SKIPPED, Outcome.FAILED}
    }


def accounts(company):
    rows = company.crm.query("SELECT accountname FROM Accounts;")
    return sorted(row["accountname"] for row in rows)


def spoil(company, shelf, record_id, value, *path):
    """Put a value into a record behind Xero's back, as only a service that is at fault itself could."""
    record = getattr(company.xero, shelf)[record_id]
    spot = record
    for part in path[:-1]:
        spot = spot[part]
    spot[path[-1]] = value
    company.xero.touch(record_id, record)


@pytest.mark.parametrize("path", [("Name",), ("LastName",), ("ContactPersons", 0, "FirstName")])
def test_contact_with_half_a_character_is_reported_and_the_others_cross(company, path):
    person = {"FirstName": "Ann", "EmailAddress": "ann@b.test", "IncludeInEmails": True}
    bad = company.xero.add_contact(Name="Broken Ltd", EmailAddress="b@b.test", LastName="Lee", ContactPersons=[person])
    company.xero.add_contact(Name="Whole Ltd", EmailAddress="w@w.test")
    spoil(company, "contacts", bad, HALF, *path)

    report = company.sync()

    assert str(path[-1]) in skipped(report, "organizations")[bad]
    assert "Whole Ltd" in accounts(company)
    assert report.exit_code == 0, report.messages
    company.quiet()


@pytest.mark.parametrize("field", ["Name", "Description"])
def test_item_with_half_a_character_is_reported_and_the_others_cross(company, field):
    bad = company.xero.add_item(Code="B-1", Name="Broken")
    company.xero.add_item(Code="W-2", Name="Whole")
    spoil(company, "items", bad, HALF, field)

    report = company.sync()

    assert field in skipped(report, "products")[bad]
    assert [row["productname"] for row in company.crm.query("SELECT productname FROM Products;")] == ["Whole"]
    assert report.exit_code == 0, report.messages


AMOUNTS = [Decimal("1" * 40), Decimal("0." + "7" * 40), Decimal("1e17")]


@pytest.mark.parametrize("amount", AMOUNTS)
@pytest.mark.parametrize("where", ["price", "UnitAmount", "Total"])
def test_amount_that_cannot_be_calculated_with_stops_its_record_alone(company, monkeypatch, where, amount):
    from vtxero.sandbox.xero import invoice_views, items

    for module in (invoice_views, items):  # a stand-in that rounds as it should could not say such a number
        monkeypatch.setattr(module, "places", lambda value, _count: value)
    contact = company.xero.add_contact(Name="Acme Ltd", EmailAddress="a@a.test")
    item = company.xero.add_item(Code="B-1", Name="Broken", SalesDetails={"UnitPrice": 10})
    invoices = [company.xero.add_invoice(contact, [LINE], Status="AUTHORISED", DueDate="2026-12-01") for _ in "ab"]
    if where == "price":
        spoil(company, "items", item, amount, "SalesDetails", "UnitPrice")
    else:
        path = ("LineItems", 0, where) if where == "UnitAmount" else (where,)
        spoil(company, "invoices", invoices[0], amount, *path)

    report = company.sync()

    module, bad = ("products", item) if where == "price" else ("invoices", invoices[0])
    assert ("UnitPrice" if where == "price" else where) in skipped(report, module)[bad]
    assert invoices[1] not in skipped(report, "invoices")
    assert len(company.crm.query("SELECT subject FROM Invoice;")) == (2 if where == "price" else 1)
    assert report.exit_code == 0, report.messages


@pytest.mark.parametrize("path", [("Reference",), ("LineItems", 0, "Description"), ("InvoiceNumber",)])
def test_invoice_with_half_a_character_is_reported_and_the_others_cross(company, path):
    contact = company.xero.add_contact(Name="Acme Ltd", EmailAddress="a@a.test")
    bad, whole = (
        company.xero.add_invoice(contact, [dict(LINE)], Status="AUTHORISED", DueDate="2026-12-01") for _ in "ab"
    )
    spoil(company, "invoices", bad, HALF, *path)

    report = company.sync()

    assert path[-1] in skipped(report, "invoices")[bad]
    assert whole not in skipped(report, "invoices")
    assert report.exit_code == 0, report.messages
    company.quiet()


@pytest.mark.parametrize("shelf", ["accounts", "tax_rates", "organisation"])
def test_name_of_a_setting_with_half_a_character_does_not_stop_the_run(company, shelf):
    found = getattr(company.xero, shelf)
    record = found if shelf == "organisation" else found[next(iter(found))]
    record["Name"] = HALF
    company.organization(accounttype="Customer")

    assert company.sync().exit_code == 0
    assert "Acme Ltd" in company.contacts()
