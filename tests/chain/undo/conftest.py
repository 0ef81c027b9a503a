"""Both sides filled and in step, as a first run leaves them."""

from __future__ import annotations

import pytest

from chain.undo.filling import fill_vtiger, fill_xero


@pytest.fixture
def settled(company):
    """Both sides filled and in step."""
    fill_vtiger(company)
    fill_xero(company)
    company.first = company.sync()
    company.quiet()
    return company
