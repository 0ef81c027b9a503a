"""Invoices: Vtiger Invoice and Xero sales invoices (ACCREC)."""

from __future__ import annotations

from vtxero.modules.invoices.module import InvoicesSlice, field_rules
from vtxero.modules.invoices.record import Charge, Invoice, InvoiceLine
from vtxero.modules.invoices.vtiger_payload import FILLED
from vtxero.modules.invoices.vtiger_wire import needs_retrieve

__all__ = ["FILLED", "Charge", "Invoice", "InvoiceLine", "InvoicesSlice", "field_rules", "needs_retrieve"]
