"""Tracked items: what documents do to the quantity on hand (developer.xero.com: Accounting API, Items)."""

from __future__ import annotations

from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings
from vtxero.sandbox.xero.items import is_tracked
from vtxero.sandbox.xero.wire import Record, cents

SOLD_OUT = "No items available to sell"
COUNTED = {"AUTHORISED", "PAID"}


def stock_changes(books: Books, before: Record | None, after: Record) -> dict[str, Decimal]:
    """Work out by how much each tracked item's quantity moves when a document becomes another."""
    changes: dict[str, Decimal] = {}
    for document, sign in ((before, -1), (after, 1)):
        if document is None or document["Status"] not in COUNTED:
            continue
        way = sign if document["Type"] == "ACCPAY" else -sign
        for line in document["LineItems"]:
            item = books.item_coded(line["ItemCode"]) if "ItemCode" in line else None
            if item is not None and is_tracked(item):
                changes[item["ItemID"]] = changes.get(item["ItemID"], Decimal(0)) + way * line["Quantity"]
    return {item_id: change for item_id, change in changes.items() if change}


def check_stock(books: Books, changes: dict[str, Decimal], findings: Findings) -> None:
    """Refuse to sell more of a tracked item than there is."""
    if any(change < 0 and books.items[one]["QuantityOnHand"] + change < 0 for one, change in changes.items()):
        findings.add(SOLD_OUT)


def move_stock(books: Books, changes: dict[str, Decimal]) -> None:
    """Carry the changes out; the cost pool follows at the average, or at the purchase price when there was none."""
    for item_id, change in changes.items():
        item = books.items[item_id]
        held, pool = item["QuantityOnHand"], item["TotalCostPool"]
        each = pool / held if held else item["PurchaseDetails"].get("UnitPrice", Decimal(0))
        item["QuantityOnHand"] = held + change
        item["TotalCostPool"] = max(Decimal("0.00"), cents(pool + each * change))
        books.touch(item_id, item)
