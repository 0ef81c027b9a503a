"""An invoice that is on both sides."""

from __future__ import annotations

import pytest

from modules.invoices.books import a_slice
from modules.invoices.papers import ROW, crossed


@pytest.fixture
def world():
    """An invoice that crossed to Xero as AUTHORISED: slice, both records, Xero's answer."""
    slice_ = a_slice()
    source, xero, answer = crossed(slice_, ROW)
    return slice_, source.record, xero.record, answer
