"""What a bookkeeper does to an invoice reaches every edition of Vtiger alike."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.cloud_company import open_cloud
from chain.company import line, open_company

EDITIONS = {
    "self-hosted": open_company,
    "cloud": open_cloud,
    "cloud that tells failures in the body": lambda folder: open_cloud(folder, failures="body"),
}


@pytest.fixture(params=EDITIONS)
def settled(request, tmp_path):
    """A draft of one line that is on both sides."""
    with EDITIONS[request.param](tmp_path) as company:
        sale = line(company.product(), comment="the widget")
        company.draft = company.invoice(company.organization(accounttype="Customer"), sale, invoicestatus="Created")
        assert company.sync().exit_code == 0
        company.invoice_id = company.invoices()[company.number_of(company.draft)]["InvoiceID"]
        yield company


def test_line_of_a_draft_changed_in_xero_is_changed_in_vtiger_with_its_total(settled):
    [old] = settled.invoices()[settled.number_of(settled.draft)]["LineItems"]
    keep = {name: old[name] for name in ("LineItemID", "ItemCode", "AccountCode", "TaxType")}
    settled.xero.edit_invoice(
        settled.invoice_id, LineItems=[{**keep, "Description": "two widgets", "Quantity": 2, "UnitAmount": 30}]
    )

    settled.sync()

    [item] = settled.row(settled.draft)["LineItems"]
    assert (item["quantity"], item["comment"]) == ("2.000", "two widgets")
    assert settled.vtiger.invoice_total(settled.draft) == Decimal("62.7")
    settled.quiet()


def test_payment_in_xero_reaches_the_invoice_in_vtiger(settled):
    settled.xero.approve(settled.invoice_id)
    settled.xero.pay(settled.invoice_id, "10.45", account="090")

    settled.sync()

    row = settled.row(settled.draft)
    assert (row["invoicestatus"], Decimal(row["received"]), Decimal(row["balance"])) == ("Paid", Decimal("10.45"), 0)
    settled.quiet()
