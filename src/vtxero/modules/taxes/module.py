"""The taxes slice: Xero's tax rates become Vtiger's taxes, and Xero leads."""

from __future__ import annotations

from pydantic import TypeAdapter

from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import TaxMapOptions, TaxOptions
from vtxero.domain.sides import Side
from vtxero.modules.taxes.record import FIELDS, TaxRate
from vtxero.modules.taxes.rules import MODULE, Names
from vtxero.modules.taxes.vtiger import VtigerTaxes
from vtxero.modules.taxes.xero import XeroTaxes
from vtxero.rules.slices import PlainSlice


class TaxesSlice(PlainSlice[TaxRate]):
    """Tax rates, opened over a run's options. `lookups` tells which names each side has given already."""

    name = MODULE
    fields = FIELDS
    identity = FIELDS
    _codec = TypeAdapter(TaxRate)

    def __init__(self, options: TaxOptions, taxes: TaxMapOptions, lookups: Lookups) -> None:
        self._names = Names(taxes, lookups)
        self.mappers = {
            Side.VTIGER: VtigerTaxes(self._names),
            Side.XERO: XeroTaxes(options, taxes),
        }

    def check_match(self, wanted: TaxRate, found: TaxRate) -> tuple[Finding, ...]:  # noqa: ARG002 - the name says it
        return self._names.several_findings(wanted.name)

    def show(self, field: str, record: TaxRate) -> str | None:
        return f"{record.rate:f} %" if field == "rate" else record.name

    def is_blank(self, field: str, record: TaxRate) -> bool:
        """Tell whether a field holds nothing. A rate of 0 is one."""
        return field == "name" and not record.name
