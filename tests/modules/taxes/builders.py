"""Hand-made rows of both sides, and a slice over lookups that a test fills."""

from __future__ import annotations

import json
from typing import Any

from vtxero.domain.options import TaxMapOptions, TaxOptions
from vtxero.domain.sides import Side
from vtxero.modules.taxes import TaxesSlice, TaxRate
from vtxero.sync.records import Snapshot


class Names:
    """Lookups that know which ids bear which key."""

    def __init__(self, **ids: tuple[str, ...]) -> None:
        self.ids = ids

    def find_by_key(self, module: str, side: Side, kind: str, key: str) -> str | None:
        assert module == "taxes"
        found = self.ids.get(f"{side}_{kind}", {}).get(key, ())
        return found[0] if len(found) == 1 else None


def a_slice(*, names: Names | None = None, none="NONE", mapped=None, **options) -> TaxesSlice:
    known = names or Names(xero_name={"gst": ("TAX001",)}, vtiger_name={"gst": ("34x1",)})
    return TaxesSlice(TaxOptions(**options), TaxMapOptions(none=none, map=mapped or {}), known)


def vtiger_row(**fields: Any) -> dict[str, Any]:
    base = {"id": "34x1", "taxname": "tax1", "taxlabel": "GST", "percentage": "15.000", "deleted": "0"}
    return {**base, "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]", **fields}


def xero_row(**fields: Any) -> dict[str, Any]:
    base = {"Name": "GST", "TaxType": "TAX001", "Status": "ACTIVE", "EffectiveRate": 15, "CanApplyToRevenue": True}
    return {**base, "TaxComponents": [{"Name": "GST", "Rate": 15, "IsCompound": False}], **fields}


def from_vtiger(slice_: TaxesSlice, **fields: Any) -> Snapshot[TaxRate]:
    (snapshot,) = slice_.mappers[Side.VTIGER].parse(json.dumps([vtiger_row(**fields)]).encode())
    return snapshot


def from_xero(slice_: TaxesSlice, **fields: Any) -> Snapshot[TaxRate]:
    (snapshot,) = slice_.mappers[Side.XERO].parse(json.dumps({"TaxRates": [xero_row(**fields)]}).encode())
    return snapshot


def codes(findings) -> list[str]:
    return [str(item.code) for item in findings]
