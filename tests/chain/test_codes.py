"""Codes of products that change: who has the new one already is seen before anything is sent."""

from __future__ import annotations

from chain.company import line, reasons
from vtxero.domain.sides import Direction


def two_products(company):
    widget, gadget = company.product("Widget", "W-1"), company.product("Gadget", "G-1")
    company.sync()
    return widget, gadget


def codes(company):
    return {item["Name"]: item["Code"] for item in company.xero.snapshot()["Items"].values()}


def test_code_of_another_item_is_told_without_a_write_and_crosses_once_it_is_free(company):
    widget, gadget = two_products(company)
    company.vtiger.edit(widget, productcode=" g-1")
    writes = len(company.writes("xero"))

    report = company.sync()

    assert (report.exit_code, reasons(report)) == (0, {"Widget": ["PRD-CODE-TAKEN"]})
    assert len(company.writes("xero")) == writes
    company.vtiger.edit(gadget, productcode="G-2")
    company.sync()
    assert reasons(company.sync()) == {}
    assert codes(company) == {"Widget": "g-1", "Gadget": "G-2"}
    company.quiet()


def test_code_that_its_item_gives_up_in_the_same_run_is_no_obstacle(company):
    widget, gadget = two_products(company)
    company.vtiger.edit(gadget, productcode="G-2")
    company.vtiger.edit(widget, productcode="G-1")

    company.sync()
    assert reasons(company.sync()) == {}

    assert codes(company) == {"Widget": "G-1", "Gadget": "G-2"}
    company.quiet()


def test_code_of_an_item_that_was_deleted_in_xero_is_free(company):
    widget, _ = two_products(company)
    company.xero.delete_item(company.items()["G-1"]["ItemID"])
    company.sync(full=True)
    company.vtiger.edit(widget, productcode="G-1")

    report = company.sync()

    assert reasons(report) == {"Gadget": ["GONE"]}
    assert codes(company) == {"Widget": "G-1"}


def test_code_of_an_item_that_only_xero_has_is_refused_there_under_the_same_reason(company):
    widget = company.product("Widget", "W-1")
    company.sync()
    company.xero.add_item(Code="G-1", Name="Gadget")
    company.vtiger.edit(widget, productcode="G-1")

    report = company.sync(direction=Direction.TO_XERO)

    assert (report.exit_code, reasons(report)) == (3, {"Widget": ["PRD-CODE-TAKEN"]})


def test_letters_of_a_code_that_only_change_their_case_cross(company):
    widget = company.product("Widget", "W-1")
    company.sync()
    company.vtiger.edit(widget, productcode="w-1")

    assert reasons(company.sync()) == {}
    assert codes(company) == {"Widget": "w-1"}


def lines_of(company, invoice):
    return [row["ItemCode"] for row in company.invoices()[company.number_of(invoice)]["LineItems"]]


def test_invoice_made_together_with_a_products_new_code_has_that_code(company):
    acme, (widget, gadget) = company.organization(), two_products(company)
    company.vtiger.edit(widget, productcode="W-2")
    invoice = company.invoice(acme, line(widget), line(gadget))

    report = company.sync()

    assert (report.exit_code, reasons(report)) == (0, {})
    assert lines_of(company, invoice) == ["W-2", "G-1"]
    company.quiet()


def test_line_edited_together_with_its_products_new_code_crosses_with_that_code(company):
    acme, (widget, gadget) = company.organization(), two_products(company)
    draft = company.invoice(acme, line(widget), line(gadget), invoicestatus="Created")
    company.sync()
    company.vtiger.edit(widget, productcode="W-2")
    company.rewrite(draft, line(widget), line(gadget, "2"))

    company.sync()  # Xero's invoice may be so young that the item's new code on it is taken for an edit
    assert reasons(company.sync()) == {}

    assert lines_of(company, draft) == ["W-2", "G-1"]
    assert [row["Quantity"] for row in company.invoices()[company.number_of(draft)]["LineItems"]] == [1, 2]
    company.quiet()


def test_new_code_alone_rewrites_no_invoice_and_keeps_its_products(company):
    widget, gadget = two_products(company)
    draft = company.invoice(company.organization(), line(widget), line(gadget), invoicestatus="Created")
    company.sync()
    company.vtiger.edit(widget, productcode="W-2")
    before = len(company.writes("xero"))

    company.sync()

    assert company.writes("xero")[before:] == ["POST Items x1"]
    [invoice] = company.invoices().values()
    company.xero.edit_invoice(invoice["InvoiceID"], DueDate="2026-12-24")
    company.sync()
    assert [row.product for row in company.vtiger.lines_of(draft)] == [widget, gadget]
    assert company.row(draft)["duedate"] == "2026-12-24"
    company.quiet()
