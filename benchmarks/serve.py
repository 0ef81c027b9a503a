"""Both stand-ins for a benchmark, with many invoices in Xero, until stdin ends. Prints their addresses.

python benchmarks/serve.py INVOICES LINES
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

from vtxero.sandbox import Sandbox
from vtxero.sandbox.samples import sample_organisation

CONTACTS = 50
FIRST = date(2026, 4, 1)


def organisation(invoices: int, lines: int) -> dict[str, Any]:
    """Give an organisation with so many approved invoices, one modified each second."""
    items = [{"Code": f"PART-{number:03}", "Name": f"Part {number}"} for number in range(40)]
    contacts = [{"ContactID": _guid(1, number), "Name": f"Customer {number:03}"} for number in range(CONTACTS)]
    made = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    documents = [
        {
            "InvoiceID": _guid(2, number),
            "Type": "ACCREC",
            "Status": "AUTHORISED",
            "InvoiceNumber": f"BIG-{number:05}",
            "Reference": f"Delivery {number}",
            "Contact": {"ContactID": _guid(1, number % CONTACTS)},
            "Date": (FIRST + timedelta(days=number % 180)).isoformat(),
            "DueDate": (FIRST + timedelta(days=number % 180 + 20)).isoformat(),
            "LineItems": [_line(number * lines + line) for line in range(lines)],
            "UpdatedDateUTC": (made + timedelta(seconds=number)).isoformat(),
        }
        for number in range(invoices)
    ]
    return {**sample_organisation(), "Contacts": contacts, "Items": items, "Invoices": documents}


def _line(number: int) -> dict[str, Any]:
    return {
        "ItemCode": f"PART-{number % 40:03}",
        "Description": f"Part {number % 40} for job {number}, as agreed",
        "Quantity": str(number % 7 + 1),
        "UnitAmount": f"{number % 90 + 10}.{number % 100:02}",
        "AccountCode": "200",
        "TaxType": "TAX001",
    }


def _guid(kind: int, number: int) -> str:
    return f"be9c0000-{kind:04x}-4000-8000-{number:012x}"


def main() -> None:
    """Serve until stdin ends."""
    invoices, lines = (int(word) for word in sys.argv[1:3])
    with Sandbox(organisation=organisation(invoices, lines), limits=False) as sandbox:
        print(sandbox.vtiger_url, sandbox.xero_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
