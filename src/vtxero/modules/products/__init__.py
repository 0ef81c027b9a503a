"""Products: Vtiger Products and Services, and Xero Items."""

from __future__ import annotations

from vtxero.modules.products.module import ProductsSlice
from vtxero.modules.products.record import AttachedTax, Product

__all__ = ["AttachedTax", "Product", "ProductsSlice"]
