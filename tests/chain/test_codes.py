"""Codes of products that change: who has the new one already is seen before anything is sent."""

from __future__ import annotations

from chain.company import reasons
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
