"""Hand-made rows of both sides, and a slice over a small reference."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from modules.small_reference import a_reference
from vtxero.domain.lookups import Partner, PartnerState
from vtxero.domain.options import ProductOptions, TaxMapOptions
from vtxero.domain.sides import Side
from vtxero.modules.products import Product, ProductsSlice
from vtxero.sync.records import Snapshot


class Taxes:
    """Lookups that know how far Xero's tax rates have come, and the rates that both sides had when they were read."""

    def __init__(self, state: PartnerState = PartnerState.UNKNOWN, ours: str = "15", theirs: str = "15") -> None:
        self.state = state
        self.rates = {Side.VTIGER: TaxSeen(Decimal(ours)), Side.XERO: TaxSeen(Decimal(theirs))}

    def partner(self, module: str, side: Side, record_id: str) -> Partner:
        assert (module, side) == ("taxes", Side.XERO)
        return Partner(self.state, "34x9" if self.state is PartnerState.LINKED else "", record_id)

    def record(self, module: str, side: Side, record_id: str) -> TaxSeen:
        assert module == "taxes"
        assert record_id
        return self.rates[side]

    def find_by_key(self, module: str, side: Side, kind: str, key: str) -> str | None:
        raise AssertionError(f"products do not look for {module} of {side} by {kind} {key}")


@dataclass(frozen=True, slots=True)
class TaxSeen:
    """What products see of a tax."""

    rate: Decimal
    name: str = "Levy"


def a_slice(*, taxes=None, specs=None, lookups=None, decimals=None, **options) -> ProductsSlice:
    reference = a_reference(**(specs or {}))
    return ProductsSlice(
        replace(reference, vtiger=replace(reference.vtiger, user_decimals=decimals)),
        ProductOptions(**options),
        lookups or Taxes(),
        taxes=TaxMapOptions(map=taxes or {}),
        placeholder="??????",
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
