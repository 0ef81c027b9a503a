"""The slice of sales invoices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.lookups import Lookups, PaymentView
from vtxero.domain.money import ZERO, canon
from vtxero.domain.options import InvoiceOptions, TaxMapOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.invoices import record as records
from vtxero.modules.invoices import statuses
from vtxero.modules.invoices.record import MERGED, Invoice
from vtxero.modules.invoices.showing import is_blank, show, show_edits
from vtxero.modules.invoices.tools import MOVABLE, make_tools
from vtxero.modules.invoices.vtiger import VtigerMapper
from vtxero.modules.invoices.xero import XeroMapper
from vtxero.rules.fields import FieldRules
from vtxero.rules.slices import PlainSlice

IDENTITY = ("party", "reference", "invoice_on", "due_on", "currency")
"""What an invoice is known by that was half made in Vtiger: its lines may be missing."""

PAID = ("amount_paid", "credited")
"""What only Xero says on an instance without payments of its own: both make up the balance and follow one rule."""
FIXED = tuple(name for name in MERGED if name not in {"reference", "status", *PAID})
"""What makes up an invoice cannot be switched off."""


def field_rules(options: InvoiceOptions) -> FieldRules:
    """Read `modules.invoices.fields`; raises OptionError."""
    return FieldRules("invoices", options, MERGED, movable=MOVABLE, fixed=FIXED)


class InvoicesSlice(PlainSlice[Invoice]):
    """Invoices, opened over reference data, options and lookups.

    `former_accounts` are those that adjustments went to under earlier configs.

    Raises:
        ConfigError: `modules.invoices.fields` names a field that is not there, or asks what it cannot do.
    """

    name = "invoices"
    identity = IDENTITY
    groups = (frozenset({"lines", "shipping", "adjustment", "rounding"}),)
    followed = frozenset(PAID)
    moving_alone = frozenset({"status"})
    goes_with = MappingProxyType({"status": frozenset(PAID)})
    taken_code = Code.INV_NUMBER_TAKEN

    def __init__(
        self,
        reference: Reference,
        options: InvoiceOptions,
        taxes: TaxMapOptions,
        lookups: Lookups,
        *,
        former_accounts: Iterable[str] = (),
    ) -> None:
        options = _with_credited(options)
        self._rules = field_rules(options)
        self._rules.check_places(reference.vtiger.modules["Invoice"])
        self.fields = self._rules.active
        tools = self._tools = make_tools(
            reference, options, taxes, lookups, self._rules, former_accounts=former_accounts
        )
        self.mappers = {Side.VTIGER: VtigerMapper(tools), Side.XERO: XeroMapper(tools)}

    @property
    def writes_back(self) -> bool:
        """Whether Xero's id is written into Vtiger's field for it."""
        return self._tools.options.write_back and bool(self._tools.id_field)

    def left_out(self, side: Side, current: Invoice, wanted: Invoice) -> tuple[frozenset[str], tuple[Finding, ...]]:
        """An invoice that is voided or deleted in Xero takes nothing else any more: edits beside that wait."""
        ends = wanted.status != current.status and wanted.status in statuses.CLOSED_FOR_EVER
        names = [name for name in MERGED if name != "status" and getattr(wanted, name) != getattr(current, name)]
        if side is Side.VTIGER or not ends or not names:
            return frozenset(), ()
        edits = show_edits(names, wanted, current, self._tools)
        text = f"The invoice becomes {wanted.status} in Xero, and cannot be modified with that; what waits: {edits}."
        return frozenset(names), (finding(Code.INV_CLOSED, text, field=names[0]),)

    def lacks_id(self, record: Invoice, marker: str, xero_id: str) -> bool:
        """Tell whether it is missing there; what Xero made has it from the start."""
        del record
        return self.writes_back and bool(xero_id) and marker != xero_id

    def check_match(self, wanted: Invoice, found: Invoice) -> tuple[Finding, ...]:
        """Say why a Xero invoice of the same number is another: ended, another customer's, another day and total."""
        if found.status in statuses.CLOSED_FOR_EVER and wanted.status not in statuses.CLOSED_FOR_EVER:
            how = f"it is {found.status}"
        elif wanted.party and found.party and wanted.party != found.party:
            how = "it is another customer's"
        elif wanted.invoice_on != found.invoice_on and wanted.total != found.total:
            how = "its date and total differ"
        else:
            return ()
        text = f"Xero has an invoice {found.number} already, and {how}."
        return (finding(Code.INV_NUMBER_TAKEN, text, field="number"),)

    def naming(self, record: Invoice, module: str, others: Mapping[str, str]) -> Invoice:
        """Give Vtiger's invoice as another customer's, or with other products on its lines."""
        if module == "organizations":
            return replace(record, party=others.get(self._tools.customer(record.party), record.party))
        if module != "products":
            return record
        return replace(
            record, lines=tuple(replace(each, product=others.get(each.product, each.product)) for each in record.lines)
        )

    def after(self, record: Invoice, movers: Sequence[PaymentView]) -> Invoice:
        """Give Xero's invoice once these payments are there: one that owes nothing any more is paid."""
        paid = record.amount_paid + sum((each.amount for each in movers), ZERO)
        due = record.total - paid - record.credited
        is_paid = record.status == statuses.AUTHORISED and not due
        status = statuses.PAID if is_paid else record.status
        return replace(record, status=status, amount_paid=canon(paid), amount_due=canon(due))

    def says_same(self, field: str, vtiger: Invoice, as_vtiger: Invoice) -> bool:
        """Tell whether lines differ in nothing but comments that Vtiger leaves blank.

        A line without a comment crosses under its product's name, and products are renamed afterwards.
        """
        if field != "lines" or len(vtiger.lines) != len(as_vtiger.lines):
            return False
        return all(
            ours in {theirs, replace(theirs, description="")}
            for ours, theirs in zip(vtiger.lines, as_vtiger.lines, strict=True)
        )

    def encode(self, record: Invoice) -> str:
        """Give the record as JSON text."""
        return records.encode(record)

    def decode(self, text: str) -> Invoice:
        """Read what `encode` gave."""
        return records.decode(text)

    def show(self, field: str, record: Invoice) -> str | None:
        """Give a field's value for people, with the names of what it refers to."""
        return show(field, record, self._tools)

    def is_blank(self, field: str, record: Invoice) -> bool:
        """Tell whether a field holds nothing; an amount of zero is nothing."""
        return is_blank(field, record)


def _with_credited(options: InvoiceOptions) -> InvoiceOptions:
    """Let the rule for what was paid hold for what was credited too, unless the config has another one."""
    rule = options.fields.get("amount_paid")
    if rule is None or "credited" in options.fields:
        return options
    return options.model_copy(update={"fields": {**options.fields, "credited": rule}})
