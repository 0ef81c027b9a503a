"""Both stand-ins for each test."""

from __future__ import annotations

import pytest

from chain.company import folder_in_memory, open_company


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    """Try again at once: how long the clients wait before another try is tested with them."""
    monkeypatch.setattr("vtxero.vtiger.transport.PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr("vtxero.xero.client.PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture
def tmp_path():
    with folder_in_memory() as folder:
        yield folder


@pytest.fixture
def company(tmp_path):
    with open_company(tmp_path) as running:
        yield running
