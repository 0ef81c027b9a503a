"""Items: what Xero checks and keeps, and how it shows them (developer.xero.com: Accounting API, Items)."""

from __future__ import annotations

from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError
from vtxero.sandbox.xero.saving import Mode, Saved, check_account, check_tax_type, id_sent
from vtxero.sandbox.xero.wire import Record, bool_in, is_guid, moment_out, number_in, places, text_in

LENGTHS = {"Code": 30, "Name": 50, "Description": 4000, "PurchaseDescription": 4000}
NO_CODE = "Price List Item Code must be supplied"
MAX_PER_REQUEST = 500


def get_item(books: Books, key: str) -> Record:
    """Get an item by ItemID or Code.

    Raises:
        NotFoundError: there is none.
    """
    item = books.items.get(key.lower()) if is_guid(key) else books.item_coded(key)
    if item is None:
        raise NotFoundError
    return item


def save_item(books: Books, element: Record, mode: Mode) -> Saved:
    """Create an item, or merge into the one that ItemID or Code points at.

    Raises:
        InvalidError: Xero would not take the element.
        NotFoundError: the ItemID is unknown.
    """
    code = (text_in(element, "Code") or "").strip()
    current = _matched(books, element, code, mode)
    if not code and not (mode.person and current):
        raise InvalidError(NO_CODE)
    draft: Record = dict(current) if current else _blank(books, element, mode)
    draft["Code"] = code or draft["Code"]
    for name in ("Name", "Description", "PurchaseDescription", "InventoryAssetAccountCode"):
        value = text_in(element, name)
        if value is not None:
            draft[name] = value
    for name in ("IsSold", "IsPurchased"):
        draft[name] = bool_in(element, name) if element.get(name) is not None else draft[name]
    for name in ("SalesDetails", "PurchaseDetails"):
        draft[name] = {**draft[name], **_details(element.get(name) or {}, mode)}
    _null_sides(draft)
    _check(books, draft, current)
    return _keep(books, draft, current, mode)


def _matched(books: Books, element: Record, code: str, mode: Mode) -> Record | None:
    item_id = id_sent(element, "Items", mode)
    if mode.create:
        return None
    if item_id:
        return get_item(books, item_id)
    return books.item_coded(code) if code else None


def _blank(books: Books, element: Record, mode: Mode) -> Record:
    kept = text_in(element, "ItemID") if mode.person else None
    return {
        "ItemID": kept or books.new_id(),
        "IsSold": True,
        "IsPurchased": True,
        "SalesDetails": {},
        "PurchaseDetails": {},
        "QuantityOnHand": Decimal("0.0000"),
        "TotalCostPool": Decimal("0.00"),
    }


def _details(source: Record, mode: Mode) -> Record:
    """Read one side's price, account and tax; prices beyond `unitdp` are rounded away."""
    details: Record = {}
    price = number_in(source, "UnitPrice")
    if price is not None:
        details["UnitPrice"] = places(price, 4 if mode.person else mode.places)
    for name in ("AccountCode", "COGSAccountCode", "TaxType"):
        value = text_in(source, name)
        if value is not None:
            details[name] = value
    return details


def _null_sides(draft: Record) -> None:
    """An item that is not sold loses its sales side, one not bought its purchase side."""
    if not draft["IsSold"]:
        draft.pop("Description", None)
        draft["SalesDetails"] = {}
    if not draft["IsPurchased"]:
        draft.pop("PurchaseDescription", None)
        draft["PurchaseDetails"] = {}


def _check(books: Books, draft: Record, current: Record | None) -> None:
    findings = Findings()
    findings.too_long(draft, LENGTHS)
    taken = books.by_item_code.get(draft["Code"].casefold())
    if taken is not None and taken != draft["ItemID"]:
        findings.add(f"Price List Item with Code '{draft['Code']}' already exists")
    for side in ("SalesDetails", "PurchaseDetails"):
        code, tax = draft[side].get("AccountCode"), draft[side].get("TaxType")
        account = books.account(code) if code else None
        if code:
            check_account(account, code, findings)
        if tax:
            check_tax_type(books.tax_rates, tax, account, findings)
    _check_tracking(books, draft, current, findings)
    findings.stop()


def _check_tracking(books: Books, draft: Record, current: Record | None, findings: Findings) -> None:
    """A tracked item needs an INVENTORY account and a DIRECTCOSTS one, and no purchase account besides."""
    asset, cogs = draft.get("InventoryAssetAccountCode"), draft["PurchaseDetails"].get("COGSAccountCode")
    if not asset and not cogs:
        if current is not None and is_tracked(current) and current["QuantityOnHand"]:
            findings.add("Tracked items with transactions cannot be untracked.")
        return
    for code, kind, name in (
        (asset, "INVENTORY", "InventoryAssetAccountCode"),
        (cogs, "DIRECTCOSTS", "COGSAccountCode"),
    ):
        account = books.account(code) if code else None
        if account is None or account["Type"] != kind or account["Status"] != "ACTIVE":
            findings.add(f"{name} must be an active account of type {kind} for a tracked item.")
    if draft["PurchaseDetails"].get("AccountCode"):
        findings.add("AccountCode cannot be used in PurchaseDetails of a tracked item, use COGSAccountCode.")


def is_tracked(item: Record) -> bool:
    return bool(item.get("InventoryAssetAccountCode"))


def _keep(books: Books, draft: Record, current: Record | None, mode: Mode) -> Saved:
    item_id = draft["ItemID"]
    if current is not None:
        books.by_item_code.pop(current["Code"].casefold(), None)
        _rename_on_lines(books, current["Code"], draft["Code"])
    books.items[item_id] = draft
    books.by_item_code[draft["Code"].casefold()] = item_id
    if not mode.person and current is None:
        books.made_by_app.add(item_id)
    books.touch(item_id, draft)
    return Saved(item_id, created=current is None)


def _rename_on_lines(books: Books, before: str, after: str) -> None:
    """Show an item's new code on its lines: they hold the item itself (LineItem.Item.ItemID), and are not touched."""
    if before == after:
        return
    for document_id, document in (*books.invoices.items(), *books.credits.items()):
        for line in document.get("LineItems", ()):
            if line.get("ItemCode", "").casefold() == before.casefold():
                line["ItemCode"] = after
                books.versions[document_id] = books.versions.get(document_id, 0) + 1


def delete_item(books: Books, key: str) -> None:
    """Delete an item; lines that were made with it keep their text and code.

    Raises:
        NotFoundError: there is none.
        InvalidError: it is tracked and has been bought or sold.
    """
    item = get_item(books, key)
    if is_tracked(item) and item["QuantityOnHand"]:
        raise InvalidError("Tracked items with transactions cannot be deleted.")
    del books.items[item["ItemID"]]
    del books.by_item_code[item["Code"].casefold()]
    books.versions[item["ItemID"]] = books.versions.get(item["ItemID"], 0) + 1


def item_view(item: Record, count: int, *, created: bool = False) -> Record:
    """Show an item; recorded: the answer to a create gives its time without the offset that a read has."""
    moment = moment_out(item["UpdatedDateUTC"])
    shown: Record = {"ItemID": item["ItemID"], "Code": item["Code"]}
    for name in ("Description", "PurchaseDescription"):
        if item.get(name) is not None:
            shown[name] = item[name]
    shown["UpdatedDateUTC"] = moment.replace("+0000", "") if created else moment
    for side in ("PurchaseDetails", "SalesDetails"):
        shown[side] = dict(item[side])
        if "UnitPrice" in shown[side]:
            shown[side]["UnitPrice"] = places(shown[side]["UnitPrice"], count)
    if item.get("Name") is not None:
        shown["Name"] = item["Name"]
    shown["IsTrackedAsInventory"] = is_tracked(item)
    if is_tracked(item):
        shown["InventoryAssetAccountCode"] = item["InventoryAssetAccountCode"]
        shown["TotalCostPool"] = item["TotalCostPool"]
        shown["QuantityOnHand"] = item["QuantityOnHand"]
    return {**shown, "IsSold": item["IsSold"], "IsPurchased": item["IsPurchased"]}
