"""How invoices are taken away again: drafts deleted, approved ones voided, paid and locked ones never (law 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.money import canon
from vtxero.modules.invoices import statuses
from vtxero.modules.invoices.record import Invoice
from vtxero.sync.undo import Way


def way_from_xero(locked_until: date | None) -> Callable[[Invoice], Way]:
    """Give the rule of an organisation; `locked_until` is its later lock date."""

    def way(record: Invoice) -> Way:
        if record.status in statuses.CLOSED_FOR_EVER:
            return record.status
        taken = record.amount_paid + record.credited
        if taken or record.status == statuses.PAID:
            text = f"{canon(taken):f} {record.currency} of it is paid or credited in Xero."
            return finding(Code.UNDO_STAYS, text, field="amount_paid")
        if locked_until and record.invoice_on and record.invoice_on <= locked_until:
            text = f"It is dated {record.invoice_on}, and Xero is locked until {locked_until}."
            return finding(Code.UNDO_STAYS, text, field="invoice_on")
        return statuses.DELETED if record.status in statuses.OPEN else statuses.VOIDED

    return way
