"""The payments slice: payments of sales invoices cross once, and are never edited."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import TypeAdapter

from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.money import canon
from vtxero.domain.options import InvoiceOptions, PaymentOptions
from vtxero.domain.reasons import Code
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.payments.record import FIELDS, MODULE, Payment
from vtxero.modules.payments.tools import INVOICES, Tools
from vtxero.modules.payments.vtiger import PAYMENTS, VtigerMapper
from vtxero.modules.payments.xero import XeroMapper
from vtxero.rules.common import FieldRules
from vtxero.sync.slice import Mapper

MOVABLE = {"account": "Xero Account"}
FIXED = ("invoice", "amount", "paid_on", "status")
_RECORD = TypeAdapter(Payment)


class PaymentsSlice:
    """Payments, opened over reference data, options and lookups.

    Raises:
        ConfigError: `modules.payments.fields` names a field that is not there, or asks what it cannot do.
    """

    name = MODULE
    unions: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()
    once: frozenset[str] = frozenset()
    duplicate_code: Code | None = None
    taken_code = Code.AMBIGUOUS
    identity = ("invoice", "amount", "paid_on")
    seeds: Mapping[str, Payment] = MappingProxyType({})
    moves = INVOICES

    def __init__(
        self, reference: Reference, options: PaymentOptions, invoices: InvoiceOptions, lookups: Lookups
    ) -> None:
        module = reference.vtiger.modules[PAYMENTS]
        rules = FieldRules(MODULE, options, FIELDS, movable=MOVABLE, fixed=FIXED)
        rules.check_places(module)
        tools = Tools(reference, options, invoices, lookups, rules, module, rules.vtiger_field("account", module))
        self.fields = rules.active
        self.mappers: Mapping[Side, Mapper[Payment]] = MappingProxyType(
            {Side.VTIGER: VtigerMapper(tools), Side.XERO: XeroMapper(tools)}
        )

    def unneeded(self, record: Payment) -> tuple[Finding, ...]:  # noqa: ARG002 - the slice's contract
        """Every one crosses by itself."""
        return ()

    def check_match(self, wanted: Payment, found: Payment) -> tuple[Finding, ...]:  # noqa: ARG002 - the slice's contract
        """Take the key's word: where they differ, that is a conflict for a person to see."""
        return ()

    def moved(self, record: Payment) -> str:
        """Give the invoice that a payment pays, in part or whole."""
        return record.invoice

    def encode(self, record: Payment) -> str:
        """Give the record as JSON text."""
        return _RECORD.dump_json(record).decode()

    def decode(self, text: str) -> Payment:
        """Read what `encode` gave."""
        return _RECORD.validate_json(text)

    def show(self, field: str, record: Payment) -> str | None:
        """Give a field's value for people."""
        value = getattr(record, field)
        if self.is_blank(field, record):
            return None
        return f"{canon(record.amount):f}" if field == "amount" else str(value)

    def is_blank(self, field: str, record: Payment) -> bool:
        """Tell whether a field holds nothing."""
        return not getattr(record, field)
