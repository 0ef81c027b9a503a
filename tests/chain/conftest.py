"""Both stand-ins for each test."""

from __future__ import annotations

import pytest

from chain.company import open_company


@pytest.fixture
def company(tmp_path):
    with open_company(tmp_path) as running:
        yield running
