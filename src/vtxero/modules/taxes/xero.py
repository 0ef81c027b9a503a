"""Xero's side of taxes: TaxRates, which are only read (developer.xero.com: Accounting API, Tax Rates)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import Field, ValidationError

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.money import ZERO, canon
from vtxero.domain.options import TaxMapOptions, TaxOptions
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key, mended
from vtxero.errors import NotModelledError
from vtxero.modules.taxes.record import NAME, TaxRate
from vtxero.rules.rows import Amount, Text, WireModel, XeroRow, read_json, unreadable_finding, write_json
from vtxero.rules.taxes import effective_rate
from vtxero.rules.texts import composed
from vtxero.sync.records import Payload, Presence, Projection, Snapshot


class XeroComponent(WireModel):
    """A part of a tax rate."""

    rate: Amount = Field(ZERO, alias="Rate")
    compound: bool | None = Field(None, alias="IsCompound")


class XeroTaxRate(XeroRow):
    """A tax rate. Where Xero says nothing of the revenue accounts, it applies to them."""

    name: Text = Field(alias="Name")
    tax_type: str = Field(alias="TaxType", min_length=1)
    status: Text = Field("ACTIVE", alias="Status")
    effective: Amount | None = Field(None, alias="EffectiveRate")
    shown: Amount | None = Field(None, alias="DisplayTaxRate")
    components: tuple[XeroComponent, ...] | None = Field(None, alias="TaxComponents")
    revenue: bool | None = Field(None, alias="CanApplyToRevenue")

    @property
    def rate(self) -> Decimal:
        """What all components come to, compound ones charged on the others: Xero's own figure where it gives one."""
        if self.effective is not None:
            return canon(self.effective)
        if self.components:
            return effective_rate((part.rate, bool(part.compound)) for part in self.components)
        return canon(self.shown or ZERO)


class XeroTaxes:
    """Reads Xero's tax rates."""

    def __init__(self, options: TaxOptions, taxes: TaxMapOptions) -> None:
        self._options = options
        self._none = taxes.none

    @property
    def side(self) -> Side:
        return Side.XERO

    def parse(self, page: bytes) -> list[Snapshot[TaxRate]]:
        return [self._read(row) for row in read_json(page).get("TaxRates") or []]

    def parse_one(self, raw: str) -> Snapshot[TaxRate]:
        return self._read(read_json(raw))

    def project(self, source: Snapshot[TaxRate], current: TaxRate | None) -> Projection[TaxRate]:  # noqa: ARG002 - Xero could hold all of it
        return Projection(source.record)

    def check_update(self, current: TaxRate, wanted: TaxRate) -> tuple[Finding, ...]:  # noqa: ARG002 - never asked
        return ()

    def payload(self, wanted: TaxRate, current: TaxRate | None, vtiger_id: str, xero_id: str) -> Payload:  # noqa: ARG002 - as above
        """Refuse: a rate belongs to the tax returns."""
        raise NotModelledError(f"vtxero does not write tax rates to Xero ({wanted.name}).")

    def check_answer(self, wanted: TaxRate, answered: TaxRate) -> tuple[Finding, ...]:  # noqa: ARG002 - never asked
        return ()

    def _read(self, row: Mapping[str, Any]) -> Snapshot[TaxRate]:
        """Read a rate. One that is not for use has no keys: it is nobody's partner, and only a linked one says why."""
        try:
            parsed = XeroTaxRate.model_validate(row)
        except ValidationError as problem:
            return _unreadable(row, problem)
        name, unused = composed(parsed.name), self._unused(parsed)
        return Snapshot(
            id=parsed.tax_type,
            label=name,
            modified="",
            record=TaxRate(name, parsed.rate),
            raw=write_json(row),
            keys=() if unused else ((NAME, match_key(name)),),
            presence=Presence.GONE if unused else Presence.ACTIVE,
            findings=(finding(Code.GONE, unused),) if unused else (),
        )

    def _unused(self, rate: XeroTaxRate) -> str:
        """Say why a rate stays out of Vtiger, blank when it does not."""
        if rate.status not in {"", "ACTIVE"}:
            return f"The tax rate is not active in Xero: {rate.status}."
        if rate.tax_type == self._none:
            return f"{rate.tax_type} stands for no tax at all (taxes.none), and no tax of Vtiger's is that."
        if self._options.revenue_only and rate.revenue is False:
            return "In Xero the tax rate does not apply to revenue, and modules.taxes.revenue_only is set."
        return ""


def _unreadable(row: Mapping[str, Any], problem: ValidationError) -> Snapshot[TaxRate]:
    found = unreadable_finding(Side.XERO, "tax rate", problem)
    name = mended(str(row.get("Name") or ""))
    return Snapshot(str(row.get("TaxType") or ""), name, "", TaxRate(name), write_json(row), findings=(found,))
