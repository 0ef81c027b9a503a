"""The payments slice: payments of sales invoices cross once, and are never edited."""

from __future__ import annotations

from pydantic import TypeAdapter

from vtxero.domain.lookups import Lookups
from vtxero.domain.money import canon
from vtxero.domain.options import InvoiceOptions, PaymentOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.payments.record import FIELDS, MODULE, Payment
from vtxero.modules.payments.tools import INVOICES, Tools
from vtxero.modules.payments.vtiger import PAYMENTS, VtigerMapper
from vtxero.modules.payments.xero import XeroMapper
from vtxero.rules import labels
from vtxero.rules.fields import FieldRules
from vtxero.rules.slices import PlainSlice

MOVABLE = {"account": labels.PAYMENT_ACCOUNT}
FIXED = ("invoice", "amount", "paid_on", "status")


def field_rules(options: PaymentOptions) -> FieldRules:
    """Read `modules.payments.fields`; raises OptionError."""
    return FieldRules(MODULE, options, FIELDS, movable=MOVABLE, fixed=FIXED)


class PaymentsSlice(PlainSlice[Payment]):
    """Payments, opened over reference data, options and lookups.

    Raises:
        ConfigError: `modules.payments.fields` names a field that is not there, or asks what it cannot do.
    """

    name = MODULE
    identity = ("invoice", "amount", "paid_on")
    moves = INVOICES
    _codec = TypeAdapter(Payment)

    def __init__(
        self, reference: Reference, options: PaymentOptions, invoices: InvoiceOptions, lookups: Lookups
    ) -> None:
        module = reference.vtiger.modules[PAYMENTS]
        rules = field_rules(options)
        rules.check_places(module)
        tools = self._tools = Tools(
            reference, options, invoices, lookups, rules, module, rules.vtiger_field("account", module)
        )
        self.fields = rules.active
        self.mappers = {Side.VTIGER: VtigerMapper(tools), Side.XERO: XeroMapper(tools)}

    def moved(self, record: Payment) -> str:
        """Give the invoice that a payment pays, in part or whole."""
        return record.invoice

    def show(self, field: str, record: Payment) -> str | None:
        """Give a field's value for people."""
        value = getattr(record, field)
        if self.is_blank(field, record):
            return None
        if field == "invoice":
            return self._tools.number_of(record.invoice)
        return f"{canon(record.amount):f}" if field == "amount" else str(value)

    def is_blank(self, field: str, record: Payment) -> bool:
        """Tell whether a field holds nothing."""
        return not getattr(record, field)
