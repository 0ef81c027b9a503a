"""Xero's side of payments (https://developer.xero.com/documentation/api/accounting/payments)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import Field, ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.lookups import InvoiceView, PartnerState
from vtxero.domain.money import ZERO, canon, cents
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.errors import NotModelledError
from vtxero.modules.payments import rules
from vtxero.modules.payments.record import Payment, reference_key, same_key
from vtxero.modules.payments.tools import Tools, account_key, dependency_findings
from vtxero.rules.rows import (
    Amount,
    Text,
    WireModel,
    XeroId,
    XeroRef,
    XeroRow,
    read_json,
    unreadable_finding,
    write_json,
    xero_moment,
)
from vtxero.sync.records import Payload, Presence, Projection, Snapshot

SALE = "ACCRECPAYMENT"
"""Payments of sales invoices; refunds, and payments of bills, credit notes, over- and prepayments, are others."""
DELETED = "DELETED"


class XeroInvoice(WireModel):
    """The invoice paid."""

    invoice_id: XeroRef = Field("", alias="InvoiceID")
    number: Text = Field("", alias="InvoiceNumber")


class XeroAccount(WireModel):
    """The account paid to; some bank accounts have no code."""

    account_id: XeroRef = Field("", alias="AccountID")
    code: Text = Field("", alias="Code")


class XeroPayment(XeroRow):
    """A payment, as far as it is used."""

    payment_id: XeroId = Field(alias="PaymentID", min_length=1)
    kind: Text = Field("", alias="PaymentType")
    day: Text = Field("", alias="Date")
    amount: Amount = Field(ZERO, alias="Amount")
    reference: Text = Field("", alias="Reference")
    status: Text = Field("AUTHORISED", alias="Status")
    updated: Text = Field("", alias="UpdatedDateUTC")
    invoice: XeroInvoice = Field(XeroInvoice(), alias="Invoice")
    account: XeroAccount = Field(XeroAccount(), alias="Account")


class XeroMapper:
    """Reads Xero's payments, and makes new ones."""

    side = Side.XERO

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def parse(self, page: bytes) -> list[Snapshot[Payment]]:
        """Read an envelope; what pays no sales invoice is left out."""
        rows = read_json(page).get("Payments") or []
        return [self._read(row) for row in rows if (row.get("PaymentType") or SALE) == SALE]

    def parse_one(self, raw: str) -> Snapshot[Payment]:
        """Read a payment kept from earlier."""
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Payment], current: Payment | None) -> Projection[Payment]:
        """Give a Vtiger payment as Xero would hold it; the rules are for new ones only."""
        tools, payment = self._tools, source.record
        partner = tools.partner(Side.VTIGER, payment.invoice)
        account = account_key(tools.find_account(tools.account_text(payment)))
        status = rules.AUTHORISED if payment.status == tools.options.status else DELETED
        made = Payment(partner.id, cents(payment.amount), payment.paid_on, account, status, payment.reference)
        if current is None:
            return Projection(made, self._new_findings(source.id, payment, made))
        return Projection(
            replace(
                made,
                invoice=partner.id if partner.state is PartnerState.LINKED else current.invoice,
                # Where the payment itself names none, the account is the bookkeeper's affair.
                account=made.account if payment.account.strip() and made.account else current.account,
                reference=current.reference,
            )
        )

    def check_update(self, current: Payment, wanted: Payment) -> tuple[Finding, ...]:
        """Refuse: payments are never edited."""
        return rules.changed_findings(current, wanted, Side.VTIGER)

    def payload(self, wanted: Payment, current: Payment | None, vtiger_id: str, xero_id: str) -> Payload:
        """Give the Payment element."""
        if current is not None:
            raise NotModelledError(f"vtxero does not change payments in Xero ({xero_id}, {vtiger_id}).")
        account = self._tools.find_account(wanted.account)
        element: dict[str, Any] = {
            "Invoice": {"InvoiceID": wanted.invoice},
            "Account": {"Code": wanted.account} if account and account.code else {"AccountID": wanted.account},
            "Date": wanted.paid_on.isoformat() if wanted.paid_on else "",
            "Amount": wanted.amount,
        }
        return element | ({"Reference": wanted.reference} if wanted.reference else {})

    def check_answer(self, wanted: Payment, answered: Payment) -> tuple[Finding, ...]:
        """Compare what was taken, to the cent."""
        names = ("invoice", "amount", "paid_on")
        if all(getattr(wanted, name) == getattr(answered, name) for name in names):
            return ()
        text = f"Xero was sent {wanted.amount} of {wanted.paid_on}, and took {answered.amount} of {answered.paid_on}."
        return (finding(Code.PAY_AMOUNT, text, remedy="Compare the payment on both sides by hand."),)

    def _new_findings(self, source_id: str, payment: Payment, made: Payment) -> tuple[Finding, ...]:
        """Say why a payment may not be made, all reasons at once."""
        tools = self._tools
        found = [*rules.own_findings(tools, payment), *rules.account_findings(tools, payment)]
        if not payment.invoice:
            text = "It belongs to no invoice, or to one that is gone."
            remedy = "Choose the invoice on the payment in Vtiger, or enter it as a prepayment in Xero."
            found.append(finding(Code.PAY_INVOICE_STATUS, text, field="invoice", remedy=remedy))
            return in_order(found)
        partner = tools.partner(Side.VTIGER, payment.invoice)
        found += dependency_findings(partner, payment.invoice)
        ours = tools.invoice(Side.VTIGER, payment.invoice)
        theirs = tools.target_invoice(Side.XERO, payment.invoice) if partner.id else None
        found += rules.invoice_findings(tools, ours, theirs)
        found += rules.currency_findings(payment, ours)
        if not any(item.code is Code.PAY_INVOICE_STATUS for item in found):
            found += self._amount_findings(source_id, payment, made, theirs)
        return in_order(found)

    def _amount_findings(
        self, source_id: str, payment: Payment, made: Payment, invoice: InvoiceView | None
    ) -> list[Finding]:
        tools = self._tools
        found = list(rules.replaced_findings(tools, Side.VTIGER, payment.invoice, made)) or list(
            rules.amount_findings(tools, Side.XERO, invoice, made, place=made.invoice, payment_id=source_id)
        )
        if not found:
            tools.tally.take(made.invoice, source_id, made.amount)
        return found

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Payment]:
        try:
            parsed = XeroPayment.model_validate(row)
            moment = xero_moment(parsed.day)
            day = date.fromisoformat(moment[:10] or parsed.day) if parsed.day.strip() else None
        except (ValidationError, ValueError) as problem:
            return _unreadable(row, problem)
        record = Payment(
            invoice=parsed.invoice.invoice_id,
            amount=canon(parsed.amount),
            paid_on=day,
            account=parsed.account.code or parsed.account.account_id,
            status=parsed.status,
            reference=parsed.reference.strip(),
        )
        is_deleted = parsed.status == DELETED
        return Snapshot(
            id=parsed.payment_id,
            label=record.reference or f"{canon(record.amount):f} for {parsed.invoice.number or record.invoice}",
            modified=xero_moment(parsed.updated),
            record=record,
            raw=write_json(row),
            members=(record.invoice,) if record.invoice else (),
            keys=reference_key(record.invoice, match_key(record.reference)),
            alike=() if is_deleted else same_key(record.invoice, record),
            presence=Presence.GONE if is_deleted else Presence.ACTIVE,
            findings=(_deleted_finding(record),) if is_deleted else (),
        )


def _deleted_finding(payment: Payment) -> Finding:
    text = f"The payment of {canon(payment.amount):f} was deleted in Xero."
    remedy = "Reverse it in Vtiger: delete the payment there, or set its status to Refunded."
    return finding(Code.PAY_CHANGED, text, field="status", remedy=remedy)


def _unreadable(row: Mapping[str, Any], problem: Exception) -> Snapshot[Payment]:
    found = unreadable_finding(Side.XERO, "payment", problem)
    payment_id = str(row.get("PaymentID") or "").lower()
    moment = xero_moment(str(row.get("UpdatedDateUTC") or ""))
    return Snapshot(payment_id, payment_id, moment, Payment(), write_json(row), findings=(found,))
