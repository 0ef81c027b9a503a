"""The stock of products, which invoices take from; no record's modifiedtime moves by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vtxero.sandbox.vtiger import lines, values
from vtxero.sandbox.vtiger.state import Line, Record, VtigerState

CANCELLED: Final = "Cancel"


def move(state: VtigerState, line: Line, *, back: bool = False) -> None:
    """Take a product's quantity from stock or give it back; no record's modifiedtime moves."""
    line.fields["incrementondel"] = "0" if back else "1"
    product = lines.product_of(state, line.product)
    if product is not None and "qtyinstock" in product.fields:
        quantity = values.number(line.fields["quantity"])
        left = values.number(product.fields["qtyinstock"]) + (quantity if back else -quantity)
        product.fields["qtyinstock"] = values.fixed(left, 3)


def give_back(state: VtigerState, record: Record, columns: Mapping[str, str]) -> None:
    """Give back the stock when an invoice becomes cancelled; its lines remember that it is given back."""
    if columns.get("invoicestatus") != CANCELLED or record.fields["invoicestatus"] == CANCELLED:
        return
    for line in state.lines_of(state.wire_id(record)):
        move(state, line, back=True)
