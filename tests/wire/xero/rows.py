"""Rows that the source reads and writes, and the requests that the stand-in served."""

from __future__ import annotations

import json
import time
from decimal import Decimal

APPROVED = {"Status": "AUTHORISED", "Date": "2026-11-01", "DueDate": "2026-11-30"}


def never_known(_id):
    return None


def rows(pages, plural):
    return [row for page in pages for row in json.loads(page.raw, parse_float=Decimal)[plural]]


def line(**more):
    fields = {"Description": "Pipe", "Quantity": Decimal(3), "UnitAmount": Decimal("0.1648"), "AccountCode": "200"}
    return {**fields, "TaxType": "OUTPUT2", **more}


def payment(invoice, amount, **more):
    return {"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Amount": Decimal(amount), **more}


def served(app, method, count=1):
    """Give the journal's entries; the stand-in writes one just after its answer has left, so wait for so many."""
    for _ in range(200):
        found = [entry for entry in app.journal.entries if entry.method == method and "api.xro" in entry.path]
        if len(found) >= count:
            return found
        time.sleep(0.01)
    return found
