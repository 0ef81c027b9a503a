"""Payments of sales invoices, where Vtiger has a module for them."""

from __future__ import annotations

from vtxero.modules.payments.module import PaymentsSlice, field_rules
from vtxero.modules.payments.record import Payment
from vtxero.modules.payments.vtiger import FILLED

__all__ = ["FILLED", "Payment", "PaymentsSlice", "field_rules"]
