"""Vtiger's side of taxes: its type Tax, a plain table without modification times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.money import parse_amount
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended, unescape
from vtxero.domain.words import quoted
from vtxero.modules.taxes.record import DEDUCTED, NAME, TaxRate
from vtxero.modules.taxes.rules import Names, renamed_findings, vtiger_rate
from vtxero.rules.rows import VtigerRow, read_json, unreadable_finding, write_json
from vtxero.rules.taxes import RATE_PLACES
from vtxero.rules.texts import composed
from vtxero.sync.records import Payload, Projection, Snapshot


class VtigerTaxes:
    """Reads and writes Vtiger's taxes."""

    def __init__(self, names: Names) -> None:
        self._names = names

    @property
    def side(self) -> Side:
        return Side.VTIGER

    def parse(self, page: bytes) -> list[Snapshot[TaxRate]]:
        return [self._read(row) for row in read_json(page)]

    def parse_one(self, raw: str) -> Snapshot[TaxRate]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[TaxRate], current: TaxRate | None) -> Projection[TaxRate]:
        theirs = source.record
        rate, notes = vtiger_rate(theirs.rate)
        if current is None:
            return Projection(replace(theirs, rate=rate), self._names.new_findings(theirs.name) + notes)
        is_one = self._names.is_one(current.name, theirs.name, source.id)
        return Projection(TaxRate(current.name if is_one else theirs.name, rate), notes)

    def check_update(self, current: TaxRate, wanted: TaxRate) -> tuple[Finding, ...]:
        return renamed_findings(current, wanted)

    def payload(self, wanted: TaxRate, current: TaxRate | None, vtiger_id: str, xero_id: str) -> Payload:  # noqa: ARG002
        """Give the creation, or the new rate alone.

        Vtiger's own `update` looks the tax's column up by its label and overwrites it: with two taxes of one label, it
        made one of them the other (measured on 8.2.0). The decimals are written out, for PHP takes "0" for nothing.
        """
        rate = {"percentage": f"{wanted.rate:.{RATE_PLACES}f}"}
        if current is None:
            return {"steps": [{"op": "create", "module": "Tax", "element": {"taxlabel": wanted.name, **rate}}]}
        return {"steps": [{"op": "revise", "module": "Tax", "element": {"id": vtiger_id, **rate}}]}

    def check_answer(self, wanted: TaxRate, answered: TaxRate) -> tuple[Finding, ...]:
        if wanted.rate == answered.rate and match_key(wanted.name) == match_key(answered.name):
            return ()
        sent = f"{quoted(wanted.name)} at {wanted.rate:f} %"
        message = f"Vtiger was sent {sent}, and keeps {quoted(answered.name)} at {answered.rate:f} %."
        return (finding(Code.VTIGER_REFUSED, message),)

    def _read(self, row: Mapping[str, Any]) -> Snapshot[TaxRate]:
        try:
            parsed = VtigerRow.model_validate(row)
            record = TaxRate(composed(unescape(parsed.text("taxlabel"))), parse_amount(parsed.text("percentage")))
        except (ValidationError, ValueError) as problem:
            return _unreadable(row, problem)
        kind = DEDUCTED if parsed.text("method") == "Deducted" else NAME
        return Snapshot(
            id=parsed.id,
            label=record.name,
            modified="",
            record=record,
            raw=write_json(row),
            keys=((kind, match_key(record.name)),),
            marker=self._names.partner(record.name) if kind == NAME else "",
        )


def _unreadable(row: Mapping[str, Any], problem: Exception) -> Snapshot[TaxRate]:
    found = unreadable_finding(Side.VTIGER, "tax", problem)
    name = mended(str(row.get("taxlabel") or ""))
    return Snapshot(str(row.get("id") or ""), name, "", TaxRate(name), write_json(row), findings=(found,))
