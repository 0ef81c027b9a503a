"""What both sides and the state hold, told by names instead of ids and without times: equal worlds look equal."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import Any

from machine.nearby import Nearby

VTIGER = {"Accounts": "accountname", "Contacts": "label", "Products": "label", "Services": "label", "Invoice": "label"}
XERO = {"Contacts": "Name", "Items": "Code", "Invoices": "InvoiceNumber", "Payments": "Reference"}
CHANGING = {
    "id", "createdtime", "modifiedtime", "parent_id", "LineItems_FinalDetails", "UpdatedDateUTC", "LineItemID",
    "account_no", "contact_no", "product_no", "service_no", "invoice_no", "isconvertedfromlead",
}  # fmt: skip
NUMBER = re.compile(r"record=(\d+)")
OWN = re.compile(r"(?<=XERO )[0-9A-Fa-f-]{36}|http://127\.0\.0\.1:\d+")
BASES = re.compile(r'"(line_id|number)":"[^"]*",?')


def names(company: Nearby) -> dict[str, str]:
    """Give a name to each id of either side."""
    found = {row["id"]: str(row[name]) for module, name in VTIGER.items() for row in company.vtiger.records(module)}
    snapshot = company.xero.snapshot()
    return found | {key: str(row[name]) for module, name in XERO.items() for key, row in snapshot[module].items()}


def view(company: Nearby) -> dict[str, Any]:
    """Show both sides."""
    known = names(company)
    snapshot = company.xero.snapshot()
    shown = {module: [_plain(row, known) for row in company.vtiger.records(module)] for module in VTIGER}
    shown |= {f"Xero {module}": [_plain(row, known) for row in snapshot[module].values()] for module in XERO}
    return {module: sorted(rows, key=str) for module, rows in shown.items()}


def links(company: Nearby) -> list[str]:
    """Show the links with their bases."""
    known = names(company)
    with closing(sqlite3.connect(company.settings.database)) as database:
        rows = database.execute(
            "SELECT module, vtiger_id, xero_id, author, vtiger_base, xero_base, unsettled FROM links"
        )
        texts = [" ".join(BASES.sub("", str(part)) for part in row) for row in rows]
    pattern = re.compile("|".join(sorted(map(re.escape, known), key=len, reverse=True)))
    return sorted(pattern.sub(lambda found: known[found.group()], text) for text in texts)


def _plain(value: Any, known: dict[str, str]) -> Any:
    match value:
        case dict():
            own = {"ContactID", "ItemID", "InvoiceID", "PaymentID", "AccountID"} if "UpdatedDateUTC" in value else set()
            kept = {name: each for name, each in value.items() if name not in CHANGING}
            for name in own & set(kept):
                kept[name] = known.get(str(kept[name]), "somebody")
            return {name: _plain(each, known) for name, each in kept.items() if each not in ("", None)}
        case list() | tuple():
            return [_plain(each, known) for each in value]
        case _:
            text = OWN.sub("its own", NUMBER.sub("record", str(value)))
            return known.get(text, text)
