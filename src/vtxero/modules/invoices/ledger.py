"""Both sides' invoices as a ledger: what was invoiced, paid and is due, of the headers alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from vtxero.domain.money import ZERO, cents, parse_amount
from vtxero.domain.sides import Side
from vtxero.modules.invoices import statuses
from vtxero.modules.invoices.statuses import Statuses

VTIGER_COLUMNS = (
    "id", "invoice_no", "account_id", "contact_id", "currency_id", "invoicestatus", "hdnGrandTotal", "received",
    "balance",
)  # fmt: skip
"""What is read of Vtiger's headers; none of them makes a row of every line."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Invoiced, paid, due. In one currency, in cents."""

    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    due: Decimal = ZERO

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.invoiced + other.invoiced, self.paid + other.paid, self.due + other.due)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.invoiced - other.invoiced, self.paid - other.paid, self.due - other.due)

    def __bool__(self) -> bool:
        return bool(self.invoiced or self.paid or self.due)


@dataclass(frozen=True, slots=True)
class Entry:
    """One invoice of one side. `living` is false for what was voided, deleted or cancelled: it counts for nothing.

    `credited` is what credits took off in Xero. `says_paid` tells that its status alone says that it was paid.
    """

    side: Side
    id: str
    number: str
    party: str
    name: str
    currency: str
    status: str
    amounts: Amounts
    living: bool = True
    credited: Decimal = ZERO
    says_paid: bool = False

    @property
    def counted(self) -> Amounts:
        """What it adds to its side's ledger."""
        return self.amounts if self.living else Amounts()


def read_vtiger(page: bytes, currency_of: Callable[[str], str], rules: Statuses) -> list[Entry]:
    """Read Vtiger's headers (a JSON array).

    Their balance is stale on many an invoice: one that says nothing is taken as what was not received.

    Raises:
        ValueError: an amount is none.
    """
    return [_vtiger_entry(row, currency_of, rules) for row in json.loads(page, parse_float=Decimal)]


def _vtiger_entry(row: Mapping[str, Any], currency_of: Callable[[str], str], rules: Statuses) -> Entry:
    def text(name: str) -> str:
        return str(row.get(name) or "")

    status = text("invoicestatus")
    total, paid = cents(parse_amount(row.get("hdnGrandTotal"))), cents(parse_amount(row.get("received")))
    balance = cents(parse_amount(row.get("balance")))
    is_paid = rules.is_paid(status)
    due = balance if balance > ZERO or (is_paid and not balance) else total - paid
    return Entry(
        Side.VTIGER,
        text("id"),
        text("invoice_no"),
        text("account_id") or text("contact_id"),
        "",
        currency_of(text("currency_id")),
        status,
        Amounts(total, paid, due),
        living=rules.meaning(status) != statuses.VOID,
        says_paid=is_paid,
    )


def read_xero(page: bytes) -> list[Entry]:
    """Read Xero's invoices (an envelope); bills are left out.

    Raises:
        ValueError: an amount is none.
    """
    rows = json.loads(page, parse_float=Decimal).get("Invoices") or []
    return [_xero_entry(row) for row in rows if (row.get("Type") or "ACCREC") == "ACCREC"]


def _xero_entry(row: Mapping[str, Any]) -> Entry:
    contact = row.get("Contact") or {}
    total, paid, due = (cents(parse_amount(row.get(name))) for name in ("Total", "AmountPaid", "AmountDue"))
    status = str(row.get("Status") or "")
    return Entry(
        Side.XERO,
        str(row.get("InvoiceID") or "").lower(),
        str(row.get("InvoiceNumber") or ""),
        str(contact.get("ContactID") or "").lower(),
        str(contact.get("Name") or ""),
        str(row.get("CurrencyCode") or ""),
        status,
        Amounts(total, paid, due),
        living=status not in statuses.CLOSED_FOR_EVER,
        credited=cents(parse_amount(row.get("AmountCredited"))),
        says_paid=status == statuses.PAID,
    )
