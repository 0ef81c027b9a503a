"""Hand-made payments of both sides, and a slice over lookups that a test fills."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from modules.small_reference import a_module, a_reference
from vtxero.domain.lookups import Partner, PartnerState
from vtxero.domain.money import HUNDRED, ZERO
from vtxero.domain.options import InvoiceOptions, PaymentOptions
from vtxero.domain.reference import LedgerAccount
from vtxero.domain.sides import Side
from vtxero.modules.payments import PaymentsSlice

D = Decimal
X_INVOICE = "0b4f0b1e-0000-4000-8000-00000000aaaa"
X_PAYMENT = "0b4f0b1e-0000-4000-8000-00000000bbbb"
PAYMENTS = """
paymentsno|Payment No
related_to|Related To
relatedorganization|Related Organization
amount|Amount|m
paymentsstatus|Status|m
paymentsmode|Payment Mode||Cash,Cheque
datereceived|Date Received
description|Description
cf_951|Xero Account||090 - Bank,Petty Cash
assigned_user_id|Assigned To|m
"""
BANK = LedgerAccount("090", "a-090", "Bank", "BANK", "ASSET", True)
TILL = LedgerAccount("880", "a-880", "Owner", "EQUITY", "EQUITY", True, takes_payments=True)
OLD = LedgerAccount("091", "a-091", "Old Bank", "BANK", "ASSET", False)


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice, as payments see it."""

    status: str
    total: Decimal = HUNDRED
    amount_paid: Decimal = ZERO
    credited: Decimal = ZERO
    currency: str = "NZD"
    party: str = "11x1"


class Books:
    """Lookups over one invoice on both sides: `16x7` and X_INVOICE."""

    def __init__(self) -> None:
        self.state = PartnerState.LINKED
        self.sales: dict[Side, Sale] = {Side.VTIGER: Sale("Approved"), Side.XERO: Sale("AUTHORISED", party="c-1")}
        self.plans: dict[Side, Sale] = {}
        self.linked: set[str] = set()

    def partner(self, module: str, side: Side, record_id: str) -> Partner:
        if module == "payments":
            return Partner(PartnerState.LINKED if record_id in self.linked else PartnerState.UNKNOWN)
        known = {Side.VTIGER: ("16x7", X_INVOICE), Side.XERO: (X_INVOICE, "16x7")}[side]
        if record_id != known[0]:
            return Partner(PartnerState.UNKNOWN)
        if self.state is PartnerState.PLANNED:
            return Partner(self.state, "the plan's symbol", "INV7")
        return Partner(self.state, known[1] if self.state is PartnerState.LINKED else "", "INV7")

    def record(self, module: str, side: Side, record_id: str) -> Sale | None:
        assert module == "invoices"
        return self.sales[side] if record_id in {"16x7", X_INVOICE} else None

    def planned(self, module: str, side: Side, record_id: str) -> Sale | None:  # noqa: ARG002 - the port's
        return self.plans.get(side.other)

    def find_by_key(self, module: str, side: Side, kind: str, key: str) -> str | None:  # noqa: ARG002 - the port's
        raise AssertionError("payments ask no keys")

    def gone_with(self, module: str, side: Side, member: str) -> list[str]:  # noqa: ARG002 - the port's
        return []


def a_slice(books: Books | None = None, *, spec: str = PAYMENTS, locked=None, **options: Any) -> PaymentsSlice:
    reference = a_reference()
    modules = {**reference.vtiger.modules, "Invoice": a_module("Invoice", "16", "subject|Subject")}
    modules["Payments"] = a_module("Payments", "47", spec)
    organisation = replace(reference.xero.organisation, period_lock_on=locked)
    xero = replace(reference.xero, accounts=(*reference.xero.accounts, BANK, TILL, OLD), organisation=organisation)
    reference = replace(reference, vtiger=replace(reference.vtiger, modules=modules), xero=xero)
    chosen = PaymentOptions.model_validate({"account": "090", **options})
    return PaymentsSlice(reference, chosen, InvoiceOptions(), books or Books())


def vtiger_row(**fields: Any) -> dict[str, Any]:
    base = {"id": "47x9", "paymentsno": "PAY1", "related_to": "16x7", "amount": "60.00000000"}
    base |= {"paymentsstatus": "Received", "paymentsmode": "Cash", "datereceived": "2026-11-10"}
    return {**base, "cf_951": "", "description": "", "modifiedtime": "2026-11-10 10:00:00", **fields}


def xero_row(**fields: Any) -> dict[str, Any]:
    base = {"PaymentID": X_PAYMENT, "PaymentType": "ACCRECPAYMENT", "Status": "AUTHORISED", "Amount": 60.00}
    base |= {"Date": "/Date(1794268800000+0000)/", "UpdatedDateUTC": "/Date(1794300000000+0000)/"}
    base |= {"Invoice": {"InvoiceID": X_INVOICE, "InvoiceNumber": "INV7"}}
    return {**base, "Account": {"AccountID": "a-090", "Code": "090"}, **fields}


def from_vtiger(slice_: PaymentsSlice, **fields: Any):
    (snapshot,) = slice_.mappers[Side.VTIGER].parse(json.dumps([vtiger_row(**fields)]).encode())
    return snapshot


def from_xero(slice_: PaymentsSlice, **fields: Any):
    (snapshot,) = slice_.mappers[Side.XERO].parse(json.dumps({"Payments": [xero_row(**fields)]}).encode())
    return snapshot


def codes(findings) -> list[str]:
    return [str(item.code) for item in findings]
