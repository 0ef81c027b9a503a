"""The company of these cases: both stand-ins in process, with the real clients."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.nearby import open_nearby


@pytest.fixture
def company():
    with open_nearby() as running:
        running.vat = next(r["TaxType"] for r in running.xero.tax_rates.values() if r["Name"] == "VAT")
        yield running


@pytest.fixture
def billed(company):
    """An approved invoice, in step."""
    company.acme, company.widget = company.organization(accounttype="Customer"), company.product()
    company.bill = company.invoice(company.acme, line(company.widget, "3", "9.99"))
    company.come_to_rest(company.bill)
    return company
