"""The rows of Vtiger's products and services, as they come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vtxero.domain.money import parse_amount
from vtxero.domain.sides import Side
from vtxero.domain.text import mended
from vtxero.modules.products.record import AttachedTax, Product
from vtxero.rules.rows import VtigerRow, WireModel, unreadable_finding, write_json
from vtxero.sync.records import Snapshot

_TAX = re.compile(r"tax\d+")
_CURRENCY = re.compile(r"currency(\d+)")


FILLED = frozenset({"productname", "assigned_user_id"})
"""The fields that every product has which is made here."""


class VtigerProductRow(WireModel):
    """A row with the module that it is of."""

    module: str
    row: VtigerRow


def attached_taxes(row: VtigerRow) -> tuple[AttachedTax, ...]:
    """Give the attached taxes: Vtiger's answer has only those."""
    names = sorted((name for name in row.model_extra or {} if _TAX.fullmatch(name)), key=lambda name: int(name[3:]))
    return tuple(AttachedTax(name, parse_amount(row.text(name))) for name in names if row.text(name))


def further_prices(row: VtigerRow, currency_id: str) -> tuple[tuple[str, Decimal], ...]:
    """Give the prices in other currencies than the product's own."""
    own = currency_id.partition("x")[2]
    found = ((name, _CURRENCY.fullmatch(name)) for name in sorted(row.model_extra or {}))
    prices = ((name, parse_amount(row.text(name))) for name, match in found if match and match[1] != own)
    return tuple((name, price) for name, price in prices if price)


def unreadable(row: Mapping[str, Any], problem: Exception) -> Snapshot[Product]:
    """Make a snapshot of a row that is not as Vtiger's rows are."""
    found = unreadable_finding(Side.VTIGER, "product", problem)
    inner = row.get("row")
    fields: Mapping[str, Any] = inner if isinstance(inner, Mapping) else {}
    name = mended(str(fields.get("productname") or fields.get("servicename") or ""))
    record = Product(name=name, kind=str(row.get("module") or ""))
    return Snapshot(str(fields.get("id") or ""), name, "", record, write_json(row), findings=(found,))
