"""Taxes: Xero's tax rates, and Vtiger's taxes that follow them."""

from __future__ import annotations

from vtxero.modules.taxes.module import TaxesSlice
from vtxero.modules.taxes.record import TaxRate

__all__ = ["TaxRate", "TaxesSlice"]
