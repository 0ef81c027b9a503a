"""Vtiger's side of payments: the module Payments, an add-on of the cloud edition (help.vtiger.com: Payments)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.ids import record_number
from vtxero.domain.lookups import PartnerState
from vtxero.domain.money import canon, cents, parse_amount
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.domain.words import quoted
from vtxero.errors import NotModelledError
from vtxero.modules.payments import rules
from vtxero.modules.payments.record import MODULE, Payment, reference_key, same_key
from vtxero.modules.payments.tools import REVERSED, Tools, account_key, dependency_findings
from vtxero.rules.accounts import account_text
from vtxero.rules.fields import missing_mandatory, with_defaults
from vtxero.rules.rows import VtigerRow, noted_id, read_json, unreadable_finding, write_json
from vtxero.sync.records import Payload, Presence, Projection, Snapshot

PAYMENTS = "Payments"
FILLED = frozenset({"related_to", "amount", "datereceived", "paymentsstatus", "assigned_user_id"})
"""The fields that every payment has which is made here."""
OUTGOING = "outgoing"
"""The value of `paymenttype`, folded, of money that leaves (help.vtiger.com: Payments)."""
MARK = "Xero payment"
"""What stands before Xero's id in the description of a payment that Xero made: its marker."""

_MARKED = re.compile(rf"{MARK} ([0-9a-fA-F-]{{36}})(?![0-9a-fA-F-])")
_PARTIES = {"Accounts": "relatedorganization", "Contacts": "relatedcontact"}


class VtigerMapper:
    """Reads Vtiger's payments, and makes new ones."""

    side = Side.VTIGER

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        invoice = tools.reference.vtiger.modules.get("Invoice")
        self._invoice_prefix = invoice.id_prefix if invoice else ""

    def parse(self, page: bytes) -> list[Snapshot[Payment]]:
        """Read a page of rows; payments of orders, bills and credit notes are left out."""
        return [self._read(row) for row in read_json(page) if self._pays_an_invoice(row)]

    def parse_one(self, raw: str) -> Snapshot[Payment]:
        """Read a row kept from earlier."""
        return self._read(read_json(raw))

    def project(self, source: Snapshot[Payment], current: Payment | None) -> Projection[Payment]:
        """Give a Xero payment as Vtiger would hold it; the rules are for new ones only."""
        tools, payment = self._tools, source.record
        partner = tools.partner(Side.XERO, payment.invoice)
        if current is None:
            made = Payment(
                partner.id,
                payment.amount,
                payment.paid_on,
                self._spelled(payment.account),
                tools.options.status,
                mode=tools.mode_of(payment.account),
            )
            return Projection(made, self._new_findings(source, made))
        return Projection(
            replace(
                current,
                invoice=partner.id if partner.state is PartnerState.LINKED else current.invoice,
                amount=current.amount if cents(current.amount) == payment.amount else payment.amount,
                paid_on=payment.paid_on,
                account=self._account(payment, current),
                status=tools.options.status,
            )
        )

    def check_update(self, current: Payment, wanted: Payment) -> tuple[Finding, ...]:
        """Refuse: payments are never edited."""
        return rules.changed_findings(current, wanted, Side.XERO)

    def payload(self, wanted: Payment, current: Payment | None, vtiger_id: str, xero_id: str) -> Payload:
        """Give the step that makes the payment. Vtiger itself raises what its invoice received."""
        if current is not None:
            raise NotModelledError(f"vtxero does not change payments in Vtiger ({vtiger_id}).")
        element = self._element(wanted) | self._party(wanted.invoice)
        if self._tools.module.has("description"):
            element["description"] = f"{MARK} {xero_id}"
        return {"steps": [{"op": "create", "module": PAYMENTS, "element": element}]}

    def check_answer(self, wanted: Payment, answered: Payment) -> tuple[Finding, ...]:
        """Compare what Vtiger keeps, to the cent: it may convert amounts of another currency."""
        names = ("invoice", "amount", "paid_on", "status")
        if all(getattr(wanted, name) == getattr(answered, name) for name in names):
            return ()
        sent, kept = (f"{each.amount} of {each.paid_on}, {each.status}" for each in (wanted, answered))
        text = f"Vtiger was sent {sent}, and keeps {kept}."
        return (finding(Code.PAY_AMOUNT, text, remedy="Compare the payment on both sides by hand."),)

    # -- making one ------------------------------------------------------------------------------------------------

    def _new_findings(self, source: Snapshot[Payment], made: Payment) -> tuple[Finding, ...]:
        tools, payment = self._tools, source.record
        found = [*dependency_findings(tools.partner(Side.XERO, payment.invoice), payment.invoice)]
        missing = missing_mandatory(self._element(made), tools.module)
        found += [
            finding(Code.MANDATORY_FIELD, f"Vtiger's field {quoted(label)} is mandatory, and Xero has no value for it.")
            for label in missing
        ]
        invoice = tools.target_invoice(Side.VTIGER, payment.invoice) if made.invoice else None
        more = list(rules.replaced_findings(tools, Side.XERO, payment.invoice, made)) or list(
            rules.amount_findings(tools, Side.VTIGER, invoice, made, place=made.invoice, payment_id=source.id)
        )
        if not more:
            tools.tally.take(made.invoice, source.id, made.amount)
        return in_order([*found, *more])

    def _element(self, payment: Payment) -> dict[str, str]:
        tools = self._tools
        element = {
            "related_to": payment.invoice,
            "amount": f"{canon(payment.amount):f}",
            "datereceived": payment.paid_on.isoformat() if payment.paid_on else "",
            "paymentsstatus": payment.status,
            "paymentsmode": payment.mode,
            "assigned_user_id": tools.reference.vtiger.user_id,
        }
        if tools.account_field:
            element[tools.account_field] = payment.account
        filled = with_defaults(element, tools.module, tools.options.defaults)
        return {name: value for name, value in filled.items() if value}

    def _party(self, invoice_id: str) -> dict[str, str]:
        """Give the invoice's customer, so that the payment is seen on its page."""
        invoice = self._tools.invoice(Side.VTIGER, invoice_id)
        modules = self._tools.reference.vtiger.modules
        for name, field in _PARTIES.items():
            prefix = modules[name].id_prefix if name in modules else ""
            if invoice and prefix and invoice.party.partition("x")[0] == prefix and self._tools.module.has(field):
                return {field: invoice.party}
        return {}

    def _account(self, payment: Payment, current: Payment) -> str:
        """Give the account of a payment that is there: as it stands, unless it names another one than Xero."""
        ours = self._tools.find_account(current.account) if current.account.strip() else None
        if ours is None or account_key(ours) == payment.account or not self._tools.rules.crosses("account", self.side):
            return current.account
        return self._spelled(payment.account)

    def _spelled(self, code: str) -> str:
        """Give an account as Vtiger's picklist shows it, blank where it has no field for one."""
        tools = self._tools
        field = tools.module.field(tools.account_field) if tools.account_field else None
        account = tools.find_account(code)
        if field is None or account is None or not tools.rules.crosses("account", self.side):
            return ""
        choices = (each for each in field.choices if account_key(tools.find_account(each)) == account_key(account))
        return next(choices, account_text(account))

    # -- reading ---------------------------------------------------------------------------------------------------

    def _pays_an_invoice(self, row: Mapping[str, Any]) -> bool:
        """Tell whether it pays an invoice, or nothing that is there; orders, bills and credit notes do not cross."""
        related = str(row.get("related_to") or "")
        return not record_number(related) or related.partition("x")[0] == self._invoice_prefix

    def _read(self, row: Mapping[str, Any]) -> Snapshot[Payment]:
        try:
            parsed = VtigerRow.model_validate(row)
            record = self._record(parsed)
        except (ValidationError, ValueError) as problem:
            return _unreadable(row, problem)
        partner = self._tools.partner(Side.VTIGER, record.invoice)
        xero_invoice = partner.id if partner.state is PartnerState.LINKED else ""
        is_reversed = record.status in REVERSED
        marked = _MARKED.search(parsed.text("description"))
        return Snapshot(
            id=parsed.id,
            label=record.reference or parsed.id,
            modified=parsed.text("modifiedtime"),
            record=record,
            raw=write_json(row),
            keys=reference_key(xero_invoice, match_key(record.reference)),
            marker=noted_id(marked[1]) if marked else "",
            members=(record.invoice,) if record.invoice else (),
            presence=Presence.GONE if is_reversed else Presence.ACTIVE,
            findings=(self._reversed_finding(parsed.id, record),) if is_reversed else (),
            alike=same_key(xero_invoice, record) if self._is_received(record) else (),
        )

    def _is_received(self, payment: Payment) -> bool:
        return payment.status == self._tools.options.status and not payment.outgoing

    def _record(self, row: VtigerRow) -> Payment:
        tools = self._tools
        number = int(row.text("record_currency_id").rpartition("x")[2] or 0)
        currencies = tools.reference.vtiger.currencies
        currency = next((each for each in currencies if number and record_number(each.id) == number), None)
        day = row.text("datereceived")[:10]
        return Payment(
            invoice=row.text("related_to"),
            amount=_amount(row),
            paid_on=date.fromisoformat(day) if day and not day.startswith("0000") else None,
            account=row.text(tools.account_field),
            status=row.text("paymentsstatus"),
            reference=row.text("paymentsno"),
            mode=row.text("paymentsmode"),
            currency=currency.code if currency else "",
            outgoing=match_key(row.text("paymenttype")) == OUTGOING,
        )

    def _reversed_finding(self, payment_id: str, payment: Payment) -> Finding:
        """Say that Vtiger took the payment back: before it crossed, or after."""
        if self._tools.lookups.partner(MODULE, Side.VTIGER, payment_id).state is PartnerState.LINKED:
            text, remedy = f"It is {payment.status} in Vtiger after it crossed.", "Delete the payment in Xero."
            return finding(Code.PAY_CHANGED, text, field="status", remedy=remedy)
        text = f"Its status is {payment.status}, not {self._tools.options.status}."
        return finding(Code.PAY_STATUS, text, field="status")


def _amount(row: VtigerRow) -> Decimal:
    """Give the amount in the payment's own currency, which Vtiger shows beside the one in its base currency."""
    return parse_amount(row.text("amount_currency_value")) or parse_amount(row.text("amount"))


def _unreadable(row: Mapping[str, Any], problem: Exception) -> Snapshot[Payment]:
    found = unreadable_finding(Side.VTIGER, "payment", problem)
    number, moment = str(row.get("paymentsno") or ""), str(row.get("modifiedtime") or "")
    return Snapshot(str(row.get("id") or ""), number, moment, Payment(), write_json(row), findings=(found,))
