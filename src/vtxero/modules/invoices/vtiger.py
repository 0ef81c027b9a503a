"""The Vtiger side of invoices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.money import ZERO, cents
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended
from vtxero.modules.invoices import vtiger_math
from vtxero.modules.invoices.findings import LINE_FIELDS, charge_findings
from vtxero.modules.invoices.record import Invoice
from vtxero.modules.invoices.to_vtiger import to_vtiger
from vtxero.modules.invoices.tools import Tools
from vtxero.modules.invoices.vtiger_payload import (
    change_steps,
    cleared_in_head,
    create_steps,
    mandatory_findings,
)
from vtxero.modules.invoices.vtiger_wire import (
    STREETS,
    Row,
    carried_fields,
    frame_of,
    lacks_sums,
    read_invoice,
    text_of,
)
from vtxero.rules.rows import check_whole, marked_source, noted_id, write_json
from vtxero.sync.records import Payload, Projection, Snapshot

NUMBER = "number"
UNFINISHED = "Vtiger never computed its sums: saving it broke off half way, and lines may be missing."


class VtigerMapper:
    """Reads and writes Vtiger's invoices."""

    side = Side.VTIGER

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._frame = frame_of(tools.reference)

    def parse(self, page: bytes) -> list[Snapshot[Invoice]]:
        """Read a page of composite rows: header, lines, and whether they come from `retrieve`."""
        return [self._snapshot(row) for row in json.loads(page, parse_float=Decimal)]

    def parse_one(self, raw: str) -> Snapshot[Invoice]:
        """Read a row kept from earlier."""
        return self._snapshot(json.loads(raw, parse_float=Decimal))

    def project(self, source: Snapshot[Invoice], current: Invoice | None) -> Projection[Invoice]:
        """Give a Xero invoice as Vtiger would hold it."""
        projection = to_vtiger(self._tools, source.record, current)
        if current is not None:
            return projection
        found = mandatory_findings(self._tools, projection.record)
        return Projection(projection.record, in_order((*projection.findings, *found)))

    def check_update(self, current: Invoice, wanted: Invoice) -> tuple[Finding, ...]:
        """Say why fields may not be cleared, or the lines not be rewritten: what Vtiger alone has would be lost."""
        found = list(cleared_in_head(self._tools, wanted, current))
        if all(getattr(wanted, name) == getattr(current, name) for name in LINE_FIELDS):
            return tuple(found)
        vtiger = self._tools.reference.vtiger
        if vtiger.loses_invoices:
            text = f"Vtiger {vtiger.version} loses an invoice's totals when its lines are changed."
            found.append(finding(Code.RUN_VTIGER_VERSION, text))
        found += charge_findings(self._tools, current, wanted)
        if current.group_discount:
            text = "Its lines changed in Xero, and in Vtiger it has a discount on the whole invoice."
            found.append(finding(Code.INV_GROUP_DISCOUNT, text, field="group_discount"))
        if current.deducted:
            text = "Its lines changed in Xero, and in Vtiger it has a deducted tax."
            found.append(finding(Code.INV_DEDUCTED_TAX, text, field="deducted"))
        if not wanted.party or self._tools.is_person(wanted.party):
            text = "Its lines changed in Xero, and Vtiger changes lines only of invoices with an organization."
            found.append(
                finding(
                    Code.MANDATORY_FIELD, text, field="party", remedy="Choose an organization on the invoice in Vtiger."
                )
            )
        if len(current.carried) < len(carried_fields(self._tools)) or not current.owner:
            text = "Its addresses or its owner were not read from Vtiger, and its lines cannot be changed without them."
            found.append(
                finding(Code.MANDATORY_FIELD, text, remedy="Give the API user the right to read these fields.")
            )
        return tuple(found)

    def payload(self, wanted: Invoice, current: Invoice | None, vtiger_id: str, xero_id: str) -> Payload:
        """Give the step for Vtiger."""
        if current is None:
            return create_steps(self._tools, wanted, xero_id)
        return change_steps(self._tools, wanted, current, (vtiger_id, xero_id))

    def check_answer(self, wanted: Invoice, answered: Invoice) -> tuple[Finding, ...]:
        """Compare lines and total: parallel writers make Vtiger lose lines without a word."""
        if len(answered.lines) != len(wanted.lines):
            text = f"Vtiger kept {len(answered.lines)} of {len(wanted.lines)} lines."
            remedy = "Run again: the lines are written anew. Let no other program write invoices at the same time."
            return (finding(Code.INV_LINES, text, field="lines", remedy=remedy),)
        computed = cents(vtiger_math.total(wanted, self._tools.compounds))
        if answered.total in {computed, wanted.total}:
            return ()
        text = f"Vtiger computed {answered.total} where {computed} was expected."
        return (finding(Code.INV_TOTAL, text, field="total"),)

    def _snapshot(self, row: dict[str, Any]) -> Snapshot[Invoice]:
        header, lines = row["header"], row.get("lines") or []
        found: tuple[Finding, ...] = ()
        try:
            for part in (header, *lines):
                check_whole(part)
            record = read_invoice(self._tools, self._frame, header, lines, retrieved=bool(row.get("retrieved")))
            if lacks_sums(header, lines):
                # Its lines may be a part of what they should be: they count as none, so that they are written anew.
                record = replace(record, lines=(), group_discount=ZERO)
                found = (finding(Code.INV_TOTAL, UNFINISHED, remedy="Open the invoice in Vtiger and save it."),)
        except (ValueError, ArithmeticError) as error:
            record = Invoice(number=mended(text_of(header, "invoice_no")))
            found = (
                finding(
                    Code.INV_TOTAL,
                    f"It cannot be read from Vtiger: {error}.",
                    remedy="Open the invoice in Vtiger and save it.",
                ),
            )
        return Snapshot(
            id=text_of(header, "id"),
            label=record.number or record.reference,
            modified=text_of(header, "modifiedtime"),
            record=record,
            raw=write_json(_kept(header, lines, retrieved=bool(row.get("retrieved")))),
            keys=self._keys(header),
            marker=self._marker(header),
            findings=found,
        )

    def _keys(self, header: Row) -> tuple[tuple[str, str], ...]:
        """Give the number under which the invoice is in Xero: its own, unless Xero made it."""
        field = self._tools.number_field
        number = text_of(header, field) if field else ""
        if not number and not marked_source(text_of(header, "source")):
            number = text_of(header, "invoice_no")
        number = mended(number)
        return ((NUMBER, match_key(number)),) if number else ()

    def _marker(self, header: Row) -> str:
        """Give Xero's id, from the custom field or the source."""
        field = self._tools.id_field
        kept = text_of(header, field) if field else ""
        return mended(noted_id(kept) or marked_source(text_of(header, "source")))


_LINE_NOISE = frozenset(
    {"parent_id", "sequence_no", "description", "incrementondel", "image", "purchase_cost", "margin", "id"}
)


def _kept(header: Row, lines: Sequence[Row], *, retrieved: bool) -> dict[str, Any]:
    """Leave out what is blank or says nothing, to keep the state small."""
    return {
        "header": {name: value for name, value in header.items() if _says_something(value)} | _blank_streets(header),
        "lines": [
            {name: value for name, value in line.items() if _says_something(value) and name not in _LINE_NOISE}
            for line in lines
        ],
        "retrieved": retrieved,
    }


def _says_something(value: Any) -> bool:
    """Tell a value from a blank, and from a note of the editing page (`compoundTaxInfo`: a table of taxes)."""
    return value is not None and value != "" and not isinstance(value, (dict, list))


def _blank_streets(header: Row) -> dict[str, str]:
    return {name: "" for name in STREETS if name in header and not header[name]}
