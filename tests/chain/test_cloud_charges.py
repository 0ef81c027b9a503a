"""What the cloud edition shows of charges and taxes is a part: the rest is said, never guessed, and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.causes import with_config
from chain.cloud_company import open_cloud
from chain.company import line, reasons, xero_line


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        yield running


def with_charge(company, amount="25", rate="", **fields):
    acme, widget = company.organization(accounttype="Customer"), company.product()
    charge = {"hdnS_H_Amount": amount} | ({"hdnS_H_Percent": rate} if rate else {})
    return company.invoice(acme, line(widget), **charge, **fields)


def xero_lines(company, *, charges="7", tax="NONE", **fields):
    contact = company.xero.add_contact(Name="Nova")
    rows = [xero_line(TaxType=tax)]
    if charges:
        rows.append(xero_line(charges, Description="Charges", TaxType=tax))
    return company.xero_invoice(contact, *rows, **{"Status": "DRAFT"} | fields)


def totals_agree(company, invoice):
    sent = company.invoices()[company.number_of(invoice)]
    return sent["Total"] == company.vtiger.invoice_total(invoice).quantize(Decimal("0.01"))


def test_charge_without_tax_crosses_to_xero_with_its_total(company):
    invoice = with_charge(company)

    assert company.sync().exit_code == 0

    assert totals_agree(company, invoice)
    rows = company.invoices()[company.number_of(invoice)]["LineItems"]
    assert [(row["Description"], row["LineAmount"]) for row in rows] == [("Widget", 10), ("Charges", 25)]
    company.quiet()


def test_tax_on_charges_that_has_no_name_is_a_reason_that_says_its_rate(company):
    invoice = with_charge(company, rate="4.5")

    report = company.sync()

    assert reasons(report)[company.number_of(invoice)] == ["INV-TAX-UNKNOWN"]
    (told,) = [item for row in report.records for item in row.reasons if row.vtiger_id == invoice]
    assert "of 4.5 %, and does not name it" in told.message
    assert "Tax on charges" in told.remedy
    assert company.invoices() == {}
    company.quiet()


def test_tax_on_charges_that_the_config_names_crosses_with_its_total(company):
    vat = next(kind for kind, row in company.xero.snapshot()["TaxRates"].items() if row["Name"] == "VAT")
    with_config(company, taxes={"map": {"Tax on charges": vat}})
    invoice = with_charge(company, amount="7.77", rate="4.5")

    assert company.sync().exit_code == 0

    assert totals_agree(company, invoice)
    rows = company.invoices()[company.number_of(invoice)]["LineItems"]
    assert [row["TaxType"] for row in rows] == [vat, vat]
    company.quiet()


@pytest.mark.parametrize("tax", ["NONE", "VAT"])
def test_charges_from_xero_are_a_reason_and_stop_no_other_invoice(company, tax):
    kinds = {row["Name"]: kind for kind, row in company.xero.snapshot()["TaxRates"].items()}
    xero_lines(company, tax=kinds.get(tax, tax), Status="AUTHORISED", InvoiceNumber="X-1")
    company.organization("Other Ltd")
    contact = company.xero.add_contact(Name="Second")
    row = {"Description": "advice", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200", "TaxType": "NONE"}
    company.xero.add_invoice(contact, [row], Date="2026-11-01", DueDate="2026-11-30", Status="AUTHORISED")

    report = company.sync()

    assert report.exit_code == 0
    assert reasons(report)["X-1"] == ["INV-CHARGES"]
    assert [Decimal(row["hdnGrandTotal"]) for row in company.vtiger.records("Invoice")] == [5]
    company.quiet()


def test_lines_changed_in_xero_do_not_cost_the_invoice_its_charges(company):
    invoice = with_charge(company, invoicestatus="Created")
    company.sync()
    sent = company.invoices()[company.number_of(invoice)]
    kept = ("LineItemID", "ItemCode", "AccountCode", "TaxType", "Description", "UnitAmount", "Quantity")
    rows = [{name: row[name] for name in kept if row.get(name)} for row in sent["LineItems"]]
    rows[0]["Quantity"] = 3
    company.xero.edit_invoice(sent["InvoiceID"], LineItems=rows)

    report = company.sync()

    assert reasons(report)[company.number_of(invoice)] == ["INV-CHARGES"]
    row = company.row(invoice)
    assert (row["hdnS_H_Amount"], row["LineItems"][0]["quantity"]) == ("25.00000000", "1.000")
    company.quiet()


def test_header_changed_in_xero_crosses_beside_the_charges(company):
    invoice = with_charge(company, invoicestatus="Created")
    company.sync()
    company.xero.edit_invoice(company.invoices()[company.number_of(invoice)]["InvoiceID"], DueDate="2026-12-24")

    assert company.sync().exit_code == 0

    row = company.row(invoice)
    assert (row["duedate"], row["hdnS_H_Amount"]) == ("2026-12-24", "25.00000000")
    company.quiet()


def test_taxes_are_made_and_changed_in_the_cloud_too(company):
    with_config(company, "taxes", enabled=True)
    company.xero.add_tax_rate("GST", ("GST", "15"))
    assert company.sync(allow=("config",)).exit_code == 0
    rates = {row["taxlabel"]: Decimal(row["percentage"]) for row in company.crm.query("select * from Tax;")}
    assert rates["GST"] == 15
    company.quiet()

    vat = next(kind for kind, row in company.xero.snapshot()["TaxRates"].items() if row["Name"] == "VAT")
    company.xero.edit_tax_rate(vat, EffectiveRate=5, DisplayTaxRate=5)
    assert company.sync().exit_code == 0

    rows = [row for row in company.crm.query("select * from Tax;") if row["taxlabel"] == "VAT"]
    assert [Decimal(row["percentage"]) for row in rows] == [5]
    company.quiet()
