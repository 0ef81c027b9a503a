"""The record that a Vtiger tax and a Xero tax rate share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vtxero.domain.money import ZERO

FIELDS = ("name", "rate")
"""The fields that are merged, in the order they are shown."""
NAME = "name"
"""The natural key of taxes: the folded name."""
DEDUCTED = "deducted"
"""The key of Vtiger's deducted taxes: they are no sales taxes, and only keep a name from being given twice."""


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax as one side holds it; `rate` in per cent, in Xero what all components of the rate come to together."""

    name: str = ""
    rate: Decimal = ZERO
