"""Hand-made rows of both sides, and a slice over a small reference."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from modules.small_reference import a_reference
from vtxero.domain.options import ProductOptions, TaxMapOptions
from vtxero.domain.sides import Side
from vtxero.modules.products import Product, ProductsSlice
from vtxero.sync.records import Snapshot


def a_slice(*, taxes=None, write_back=False, specs=None, **options) -> ProductsSlice:
    return ProductsSlice(
        a_reference(**(specs or {})),
        ProductOptions(**options),
        None,
        taxes=TaxMapOptions(map=taxes or {}),
        placeholder="??????",
        write_back=write_back,
    )


def vtiger_row(module: str = "Products", **fields: Any) -> dict[str, Any]:
    if module == "Products":
        row = {"id": "14x8", "productname": "Pipe", "productcode": "P-1"}
    else:
        row = {"id": "26x9", "servicename": "Hour", "service_no": "SER1"}
    base = {"discontinued": "1", "unit_price": "10.00000000", "purchase_cost": "0.00000000", "currency_id": "21x1"}
    return {"module": module, "row": {**row, **base, "modifiedtime": "2026-01-01 00:00:00", **fields}}


def xero_row(*, sales=None, purchase=None, **fields: Any) -> dict[str, Any]:
    base = {"ItemID": "i-1", "Code": "P-1", "Name": "Pipe", "UpdatedDateUTC": "/Date(0)/", "IsSold": True}
    return {**base, "SalesDetails": sales or {}, "PurchaseDetails": purchase or {}, **fields}


def read(slice_: ProductsSlice, side: Side, row: dict[str, Any]) -> Snapshot[Product]:
    page = [row] if side is Side.VTIGER else {"Items": [row]}
    text = json.dumps(page, default=lambda value: float(value) if isinstance(value, Decimal) else str(value))
    (snapshot,) = slice_.mappers[side].parse(text.encode())
    return snapshot


def from_vtiger(slice_: ProductsSlice, module: str = "Products", **fields: Any) -> Snapshot[Product]:
    return read(slice_, Side.VTIGER, vtiger_row(module, **fields))


def from_xero(slice_: ProductsSlice, **fields: Any) -> Snapshot[Product]:
    return read(slice_, Side.XERO, xero_row(**fields))


def created_in_xero(slice_: ProductsSlice, source: Snapshot[Product]) -> Snapshot[Product]:
    """Give what Xero answers to the creation of `source`."""
    mapper = slice_.mappers[Side.XERO]
    payload = mapper.payload(mapper.project(source, None).record, None, source.id, "")
    return read(slice_, Side.XERO, {"ItemID": "i-1", "UpdatedDateUTC": "/Date(0)/", **payload})
