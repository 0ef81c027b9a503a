"""The company of the laws: both stand-ins in process, with the real clients."""

from __future__ import annotations

import pytest

from chain.company import line
from machine.nearby import open_nearby


@pytest.fixture
def company():
    with open_nearby() as running:
        yield running


@pytest.fixture
def settled(company):
    """An organization, a product and a draft invoice, in step."""
    company.acme = company.organization("Acme Ltd", bill_city="Napier", phone="1", accounttype="Customer")
    company.widget = company.product("Widget", "W-1", "9.99")
    company.draft = company.invoice(company.acme, line(company.widget, "3", "9.99"), invoicestatus="Created")
    company.come_to_rest(company.draft)
    company.before = len(company.writes())
    return company
