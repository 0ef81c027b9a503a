"""Edits on either side are carried across, and nothing else is; what Xero made arrives in Vtiger with all its parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import line, only, open_company, reasons, xero_line
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


@pytest.fixture
def settled(company):
    """One organization with a person, one product, one draft invoice, in step."""
    company.acme = company.organization(email1="office@acme.example", bill_city="Auckland", accounttype="Customer")
    company.ann = company.person(company.acme, "First", firstname="Ann", email="ann@acme.example")
    company.widget = company.product()
    company.draft = company.invoice(company.acme, line(company.widget, comment="the widget"), invoicestatus="Created")
    company.sync()
    company.quiet()
    company.contact_id = company.contacts()["Acme Ltd"]["ContactID"]
    company.invoice_id = company.invoices()[company.number_of(company.draft)]["InvoiceID"]
    company.before = len(company.writes())
    return company


def after(company):
    return company.writes()[company.before :]


def test_name_changed_in_vtiger_is_changed_in_xero(settled):
    settled.vtiger.edit(settled.acme, accountname="Acme & Sons Ltd")

    report = settled.sync()

    assert list(settled.contacts()) == ["Acme & Sons Ltd"]
    assert after(settled) == ["POST Contacts x1"]
    assert [change.field for change in report.records[0].changes] == ["name"]
    settled.quiet()


def test_address_changed_in_xero_is_changed_in_vtiger(settled):
    addresses = [{"AddressType": "POBOX", "AddressLine1": "9 New Street", "City": "Wellington"}]
    settled.xero.edit_contact(settled.contact_id, Addresses=addresses)
    before = settled.writes("xero")

    settled.sync()

    row = settled.row(settled.acme)
    assert (row["bill_street"], row["bill_city"]) == ("9 New Street", "Wellington")
    assert settled.writes("xero") == before
    settled.quiet()


def test_due_date_of_a_draft_is_carried_either_way(settled):
    settled.vtiger.edit(settled.draft, duedate="2026-12-01")
    settled.sync()
    assert settled.invoices()[settled.number_of(settled.draft)]["DueDate"].isoformat()[:10] == "2026-12-01"

    settled.xero.edit_invoice(settled.invoice_id, DueDate="2026-12-24")
    settled.sync()
    row = settled.row(settled.draft)
    assert (row["duedate"], row["conversion_rate"]) == ("2026-12-24", "1.000")
    settled.quiet()


def test_line_of_a_draft_changed_in_vtiger_is_changed_in_xero(settled):
    settled.rewrite(settled.draft, line(settled.widget, "3", "12.5", comment="three widgets"))

    settled.sync()

    sent = settled.invoices()[settled.number_of(settled.draft)]
    assert [(r["Quantity"], r["UnitAmount"], r["Description"]) for r in sent["LineItems"]] == [
        (3, Decimal("12.5"), "three widgets")
    ]
    assert sent["Total"] == Decimal("39.19")
    settled.quiet()


def test_account_changed_by_the_bookkeeper_survives_an_edit_in_vtiger(settled):
    [old] = settled.invoices()[settled.number_of(settled.draft)]["LineItems"]
    keep = {name: old[name] for name in ("LineItemID", "ItemCode", "Description", "TaxType", "Quantity", "UnitAmount")}
    settled.xero.edit_invoice(settled.invoice_id, LineItems=[{**keep, "AccountCode": "260"}])
    settled.sync()
    settled.rewrite(settled.draft, line(settled.widget, "5", comment="five"))

    settled.sync()

    [sent] = settled.invoices()[settled.number_of(settled.draft)]["LineItems"]
    assert (sent["Quantity"], sent["AccountCode"]) == (5, "260")


def test_account_of_the_former_product_does_not_stay_on_a_line_that_sells_another(settled):
    [old] = settled.invoices()[settled.number_of(settled.draft)]["LineItems"]
    keep = {name: old[name] for name in ("LineItemID", "ItemCode", "Description", "TaxType", "Quantity", "UnitAmount")}
    settled.xero.edit_invoice(settled.invoice_id, LineItems=[{**keep, "AccountCode": "260"}])
    settled.sync()
    settled.rewrite(settled.draft, line(settled.product("Gadget", "G-1"), "5", comment="five"))

    settled.sync()

    [sent] = settled.invoices()[settled.number_of(settled.draft)]["LineItems"]
    assert (sent["ItemCode"], sent["AccountCode"], sent["LineItemID"]) == ("G-1", "200", old["LineItemID"])
    settled.quiet()


def test_draft_edited_on_both_sides_is_merged_field_by_field(settled):
    settled.vtiger.edit(settled.draft, subject="From Vtiger")
    settled.xero.edit_invoice(settled.invoice_id, DueDate="2026-12-31")

    report = settled.sync()

    assert settled.invoices()[settled.number_of(settled.draft)]["Reference"] == "From Vtiger"
    assert settled.row(settled.draft)["duedate"] == "2026-12-31"
    assert [record.outcome for record in only(report, "invoices")] == [Outcome.UPDATED]
    [shown] = only(report, "invoices")
    assert {change.field + change.where for change in shown.changes} == {"reference", "due_on in Vtiger"}
    settled.quiet()


def test_same_field_edited_on_both_sides_waits_for_a_person(settled):
    settled.vtiger.edit(settled.draft, duedate="2026-12-01")
    settled.xero.edit_invoice(settled.invoice_id, DueDate="2026-12-31")

    report = settled.sync()

    assert (report.exit_code, after(settled)) == (8, [])
    assert "2026-12-01" in report.records[0].reasons[0].message


def test_approved_invoice_is_not_changed_in_xero_but_says_so(settled):
    settled.xero.approve(settled.invoice_id)
    settled.sync()
    assert settled.row(settled.draft)["invoicestatus"] == "Approved"
    settled.vtiger.edit(settled.draft, duedate="2026-12-01")

    report = settled.sync()

    assert reasons(report) == {settled.number_of(settled.draft): ["INV-CLOSED"]}


def test_contact_made_in_xero_becomes_an_organization_with_its_people(company):
    company.xero.add_contact(
        Name="Nova Pty",
        EmailAddress="hi@nova.example",
        FirstName="Nia",
        LastName="One",
        ContactPersons=[{"FirstName": "Tom", "LastName": "Two", "EmailAddress": "tom@nova.example"}],
        Addresses=[{"AddressType": "POBOX", "AddressLine1": "1 A", "AddressLine2": "2 B", "City": "Perth"}],
    )

    company.sync(direction=Direction.TO_VTIGER)

    [account] = company.vtiger.records("Accounts")
    assert (account["accountname"], account["email1"], account["bill_street"]) == (
        "Nova Pty",
        "hi@nova.example",
        "1 A\n2 B",
    )
    people = {row["lastname"]: row["account_id"] for row in company.vtiger.records("Contacts")}
    assert people == {"One": account["id"], "Two": account["id"]}
    company.quiet()


def xero_invoice(company, *lines, **fields):
    contact = company.xero.add_contact(Name="Nova Pty")
    rate = next(r["TaxType"] for r in company.xero.snapshot()["TaxRates"].values() if r["Name"] == "VAT")
    company.xero.add_item(Code="N-1", Name="Nut", SalesDetails={"UnitPrice": 5, "AccountCode": "200", "TaxType": rate})
    rows = [{"AccountCode": "200", "TaxType": rate, "Quantity": 1, **row} for row in lines]
    return company.xero.add_invoice(contact, rows, Date="2026-11-02", DueDate="2026-11-30", **fields)


@pytest.mark.parametrize("kind", ["Exclusive", "Inclusive"])
def test_invoice_made_in_xero_arrives_with_its_lines_and_total(company, kind):
    xero_invoice(
        company,
        {"ItemCode": "N-1", "Description": "nuts", "Quantity": 7, "UnitAmount": "5.55"},
        {"Description": "advice", "UnitAmount": "99.99"},
        {"Description": "Charges", "UnitAmount": "12"},
        LineAmountTypes=kind,
        Status="AUTHORISED",
        Reference="From Xero",
    )
    [sent] = company.invoices().values()

    report = company.sync()

    assert report.exit_code == 0, [item.message for record in report.records for item in record.reasons]
    [row] = company.vtiger.records("Invoice")
    shown = company.vtiger.invoice_total(row["id"]).quantize(Decimal("0.01"))
    assert (shown, row["subject"], row["invoicestatus"]) == (sent["Total"], "From Xero", "Approved")
    names = [item["product_name"] for item in company.row(row["id"])["LineItems"]]
    assert names == ["Nut", "??????"]
    company.quiet()


def test_bill_from_xero_never_becomes_an_invoice(company):
    contact = company.xero.add_contact(Name="Supplier")
    company.xero_invoice(contact, xero_line(AccountCode="300", TaxType="INPUT2"), Type="ACCPAY")

    company.sync()

    assert company.vtiger.records("Invoice") == []


def test_item_made_in_xero_becomes_an_active_product_with_its_tax(company):
    xero_invoice(company, {"Description": "x", "UnitAmount": "1"})

    company.sync()

    row = next(row for row in company.vtiger.records("Products") if row["productcode"] == "N-1")
    assert (row["productname"], row["discontinued"], row["tax1"]) == ("Nut", "1", "4.500")


def test_state_lost_the_next_run_links_everything_again_without_a_write(settled):
    settled.settings.database.unlink()

    report = settled.sync()

    assert after(settled) == []
    assert {record.outcome for record in report.records} == {Outcome.LINKED}
    settled.quiet()


def test_state_lost_an_invoice_that_xero_made_without_a_reference_is_linked_again(company):
    xero_invoice(company, {"Description": "x", "UnitAmount": "1"}, Status="AUTHORISED")
    company.sync()
    before = len(company.writes())
    company.settings.database.unlink()

    report = company.sync()

    assert company.writes()[before:] == []
    assert [record.outcome for record in only(report, "invoices")] == [Outcome.LINKED]


def test_state_lost_an_invoice_that_xero_made_is_found_by_its_source_where_there_is_no_custom_field(tmp_path):
    with open_company(tmp_path, custom_fields=False) as company:
        xero_invoice(company, {"ItemCode": "N-1", "Description": "nuts"}, Status="AUTHORISED")
        company.sync()
        before = len(company.writes())
        company.settings.database.unlink()

        report = company.sync()

        assert company.writes()[before:] == []
        assert {record.outcome for record in only(report, "invoices")} == {Outcome.LINKED}


@pytest.mark.parametrize("mode", ["group", "individual"])
def test_invoice_saved_in_the_browser_beside_a_compound_tax_crosses_and_takes_an_edit_back(company, mode):
    company.crm.create("Tax", taxlabel="On top", percentage="10", method="Compound", formula="tax1")
    header = {"subject": "By hand", "account_id": company.organization(), "hdnTaxType": mode}
    header |= {"invoicestatus": "Created", "invoicedate": "2026-11-01", "duedate": "2026-11-20"}
    header |= {"shipping_&_handling": "5"}
    invoice = company.vtiger.add_invoice_as_ui(header, [line(company.product())])

    company.sync()
    [draft] = company.invoices().values()
    company.xero.edit_invoice(draft["InvoiceID"], DueDate="2026-12-24")
    company.sync()

    assert company.row(invoice)["duedate"] == "2026-12-24"
    company.quiet()
