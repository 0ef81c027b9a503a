"""Edits of invoices that cannot cross: each waits with its reason, names what waits, and is never called unchanged."""

from __future__ import annotations

import shutil

import pytest

from chain.company import line, reasons
from vtxero.bootstrap.reading import open_log
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


@pytest.fixture
def draft(company):
    """A draft on both sides."""
    invoice = company.invoice(company.organization(), line(company.product()), invoicestatus="Created")
    company.sync()
    return invoice


@pytest.fixture
def approved(company):
    """An approved invoice on both sides."""
    invoice = company.invoice(company.organization(), line(company.product()))
    company.sync()
    return invoice


@pytest.fixture
def paid(company, approved):
    """An invoice that was paid in Xero, as both sides know."""
    [sent] = company.invoices().values()
    company.xero.pay(sent["InvoiceID"], sent["Total"], account="090")
    company.sync()
    assert company.row(approved)["invoicestatus"] == "Paid"
    return approved


def the(report):
    [record] = [record for record in report.records if record.module == "invoices"]
    return record


@pytest.mark.parametrize(("status", "says"), [("Credit Invoice", "does not cross"), ("On hold", "maps to nothing")])
def test_linked_draft_given_a_status_that_does_not_cross_waits_with_the_reason(company, draft, status, says):
    company.vtiger.edit(draft, invoicestatus=status)

    for _ in range(2):
        record = the(company.sync())
        assert (record.outcome, [str(item.code) for item in record.reasons]) == (Outcome.SKIPPED, ["INV-STATUS"])
        assert says in record.reasons[0].message
        assert status in record.reasons[0].message
    [kept] = company.invoices().values()
    assert kept["Status"] == "DRAFT"


@pytest.mark.parametrize(("which", "end"), [("draft", "DELETED"), ("approved", "VOIDED")])
def test_law_3_edit_beside_a_cancellation_that_voids_the_invoice_waits_and_is_not_told_as_written(
    company, request, which, end
):
    invoice = request.getfixturevalue(which)
    company.configure("invoices", void=True, edit_approved=True)
    company.vtiger.edit(invoice, invoicestatus="Cancel", subject="Called off", duedate="2026-12-24")

    record = the(company.sync())

    [kept] = company.invoices().values()
    assert (kept["Status"], kept["Reference"] != "Called off") == (end, True)
    assert (record.outcome, [change.field for change in record.changes]) == (Outcome.UPDATED, ["status"])
    assert [str(item.code) for item in record.reasons] == ["INV-CLOSED"]
    assert "Called off" in record.reasons[0].message
    assert "2026-12-24" in record.reasons[0].message
    with open_log(company.settings) as log:
        assert [waiting.label for waiting in log.waiting()] == [record.label]
    assert the(company.sync()).reasons[0].code == "INV-CLOSED"


def test_other_edits_of_a_draft_whose_status_does_not_cross_wait_with_it(company, draft):
    company.vtiger.edit(draft, invoicestatus="Credit Invoice", duedate="2026-12-24")
    company.sync()
    assert [row["DueDate"].isoformat() for row in company.invoices().values()] == ["2026-11-20"]

    company.vtiger.edit(draft, invoicestatus="Created")
    company.sync()

    assert [row["DueDate"].isoformat() for row in company.invoices().values()] == ["2026-12-24"]
    company.quiet()


def test_approved_invoice_given_a_status_that_does_not_cross_has_that_reason_alone(company, approved):
    company.vtiger.edit(approved, invoicestatus="Credit Invoice")

    assert [str(item.code) for item in the(company.sync()).reasons] == ["INV-STATUS"]


def test_paid_invoice_set_back_to_approved_in_vtiger_waits_with_the_reason(company, paid):
    company.vtiger.edit(paid, invoicestatus="Approved")

    for _ in range(2):
        record = the(company.sync())
        assert (record.outcome, [str(item.code) for item in record.reasons]) == (Outcome.SKIPPED, ["INV-STATUS"])
        assert "PAID" in record.reasons[0].message
    assert company.row(paid)["invoicestatus"] == "Approved"


def test_payment_in_xero_of_an_invoice_that_is_merely_approved_in_vtiger_is_no_conflict(company, approved):
    [sent] = company.invoices().values()
    company.xero.pay(sent["InvoiceID"], sent["Total"], account="090")

    report = company.sync()

    assert reasons(report) == {}
    assert company.row(approved)["invoicestatus"] == "Paid"
    company.quiet()


def test_edit_of_an_approved_invoice_names_what_waits_and_the_switch(company, approved):
    company.vtiger.edit(approved, duedate="2026-12-24", subject="A better subject")

    [reason] = the(company.sync()).reasons

    assert str(reason.code) == "INV-CLOSED"
    assert "due date (2026-12-24, in Xero 2026-11-20)" in reason.message
    assert "reference (A better subject, in Xero An invoice)" in reason.message
    assert "modules.invoices.edit_approved" in reason.remedy

    company.configure("invoices", edit_approved=True)
    assert the(company.sync()).outcome is Outcome.UPDATED
    assert [row["DueDate"].isoformat() for row in company.invoices().values()] == ["2026-12-24"]


def test_edit_of_a_paid_invoice_names_what_waits_and_no_switch(company, paid):
    company.vtiger.edit(paid, duedate="2026-12-24")

    [reason] = the(company.sync()).reasons

    assert str(reason.code) == "INV-CLOSED"
    assert "PAID" in reason.message
    assert "due date" in reason.message
    assert "edit_approved" not in reason.remedy


def test_product_renamed_since_an_invoice_crossed_makes_no_conflict_when_the_state_is_lost(company):
    widget = company.product("Widget")
    invoice = company.invoice(company.organization(), line(widget))
    company.sync()
    company.vtiger.edit(widget, productname="Widget, improved")
    company.sync()
    shutil.rmtree(company.settings.state_dir)

    report = company.sync()

    assert reasons(report) == {}
    assert [record.outcome for record in report.records if record.module == "invoices"] == [Outcome.LINKED]
    assert company.row(invoice)["LineItems"][0]["comment"] == ""
    company.quiet()


def test_lines_in_conflict_are_shown_with_their_texts(company):
    widget = company.product("Widget")
    invoice = company.invoice(company.organization(), line(widget, comment="red\nround"), invoicestatus="Created")
    company.sync()
    [sent] = company.invoices().values()
    edited = {name: value for name, value in sent["LineItems"][0].items() if name not in {"LineAmount", "TaxAmount"}}
    company.xero.edit_invoice(sent["InvoiceID"], LineItems=[{**edited, "Description": "red\nsquare", "Quantity": 3}])
    company.rewrite(invoice, line(widget, "2", comment="red\nround"))

    [reason] = the(company.sync(direction=Direction.BOTH)).reasons

    assert str(reason.code) == "CONFLICT"
    assert "Widget (red / round): 2 x 10" in reason.message
    assert "red / square: 3 x 10" in reason.message
