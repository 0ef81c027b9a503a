"""Products: Vtiger Products and Services, and Xero Items."""

from __future__ import annotations

from vtxero.modules.products.module import ProductsSlice, field_rules
from vtxero.modules.products.record import AttachedTax, Product
from vtxero.modules.products.vtiger_wire import FILLED

__all__ = ["FILLED", "AttachedTax", "Product", "ProductsSlice", "field_rules"]
