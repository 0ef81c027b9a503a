"""Payments of the shop, where its Vtiger is of the cloud edition and has the module; two came in through Xero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from vtxero.sandbox.vtiger import VtigerState
    from vtxero.sandbox.xero import XeroState

_IN_VTIGER: Final = (
    # subject of the invoice, amount, status, mode
    ("Three maps, a cent of rounding", "50.00", "Received", "Cash"),
    ("Three maps, a cent of rounding", "20.00", "Received", "Bank Transfer"),
    ("Three maps, a cent of rounding", "10.00", "Pending", "Cheque"),
)
_IN_XERO: Final = (("SHOP-002", "100.00"), ("SHOP-003", None))
"""Number of the invoice and amount; None is all that is due."""


def add_payments(vtiger: VtigerState, xero: XeroState) -> None:
    """Enter the payments, as the people of the shop do."""
    if "Payments" not in vtiger.modules:
        return
    today = vtiger.now()[:10]
    invoices = {row["subject"]: row["id"] for row in vtiger.records("Invoice")}
    for subject, amount, status, mode in _IN_VTIGER:
        fields = {"related_to": invoices[subject], "amount": amount, "paymentsstatus": status, "paymentsmode": mode}
        vtiger.add("Payments", {**fields, "datereceived": today})
    numbers = {row["InvoiceNumber"]: row["InvoiceID"] for row in xero.snapshot()["Invoices"].values()}
    for number, part in _IN_XERO:
        xero.pay(numbers[number], part, day=today)
