"""Lines whose product crossed after their invoice: it stays as it crossed, and what the note says to do is true."""

from __future__ import annotations

import pytest

from chain.company import VAT, line, notes, only

CODE_TOO_LONG = "W" * 40


def remedies(report, label):
    return [item.remedy for record in report.records if record.label == label for item in record.notes]


@pytest.mark.parametrize("status", ["Created", "Approved"])
@pytest.mark.parametrize(("code", "reason"), [(CODE_TOO_LONG, "DEPENDENCY"), ("", "PRD-CODE")])
def test_product_that_is_mended_later_comes_onto_the_line_in_xero_by_hand_and_stays(company, status, code, reason):
    widget = company.product("Widget", code)
    invoice = company.invoice(company.organization(), line(widget), invoicestatus=status)
    report = company.sync()
    assert notes(report, "INV1") == [reason]
    assert ["choose it on the line in Xero" in remedy for remedy in remedies(report, "INV1")] == [True]
    company.vtiger.edit(widget, productcode="W-1")

    company.sync()

    [sent] = company.invoices().values()
    assert "W-1" in company.items()
    assert "ItemCode" not in sent["LineItems"][0]
    mended = [{**row, "ItemCode": "W-1"} for row in sent["LineItems"]]
    company.xero.edit_invoice(sent["InvoiceID"], LineItems=mended)
    assert company.sync().exit_code == 0
    [sent] = company.invoices().values()
    assert sent["LineItems"][0]["ItemCode"] == "W-1"
    assert [row["productid"] for row in company.row(invoice)["LineItems"]] == [widget]
    company.quiet()


def test_item_that_is_mended_later_comes_onto_the_line_in_vtiger_by_hand_and_stays(company):
    item = company.xero.add_item(Code="G-1", Name="Gear \N{GEAR}\N{PARTY POPPER}")
    contact = company.xero.add_contact(Name="Nova Ltd")
    row = {"ItemCode": "G-1", "Description": "Gear", "Quantity": 1, "UnitAmount": 7, "AccountCode": "200"}
    lines = [{**row, "TaxType": "NONE"}]
    company.xero.add_invoice(contact, lines, Status="AUTHORISED", Date="2026-11-01", DueDate="2026-11-30")
    report = company.sync()
    [invoice] = company.vtiger.records("Invoice")
    [label] = [record.label for record in report.records if record.module == "invoices"]
    assert notes(report, label) == ["DEPENDENCY"]
    assert ["choose it on the line in Vtiger" in remedy for remedy in remedies(report, label)] == [True]
    company.xero.edit_item(item, Name="Gear")

    company.sync()

    gear = next(each["id"] for each in company.vtiger.records("Products") if each["productcode"] == "G-1")
    [kept] = company.row(invoice["id"])["LineItems"]
    assert kept["productid"] != gear
    chosen = line(gear, kept["quantity"], kept["listprice"], comment=kept["comment"], **{VAT: "0"})
    company.rewrite(invoice["id"], chosen)
    assert only(company.sync(), "invoices") == []
    [sent] = company.invoices().values()
    assert [each["ItemCode"] for each in sent["LineItems"]] == ["G-1"]
    assert [each["productid"] for each in company.row(invoice["id"])["LineItems"]] == [gear]
    company.quiet()
