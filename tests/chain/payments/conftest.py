"""The company of these tests has the cloud edition of Vtiger, which has payments."""

from __future__ import annotations

import pytest

from chain.cloud_company import open_cloud
from chain.payments.paying import settle


@pytest.fixture
def company(tmp_path):
    with open_cloud(tmp_path) as running:
        yield running


@pytest.fixture
def settled(company):
    """An approved invoice of 104.50 that is on both sides."""
    return settle(company)
