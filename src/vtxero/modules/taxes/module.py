"""The taxes slice: Xero's tax rates become Vtiger's taxes, and Xero leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import TypeAdapter

from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import TaxMapOptions, TaxOptions
from vtxero.domain.reasons import Code
from vtxero.domain.sides import Side
from vtxero.modules.taxes.record import FIELDS, TaxRate
from vtxero.modules.taxes.rules import MODULE, Names
from vtxero.modules.taxes.vtiger import VtigerTaxes
from vtxero.modules.taxes.xero import XeroTaxes
from vtxero.sync.slice import Mapper

_RECORD = TypeAdapter(TaxRate)


class TaxesSlice:
    """Tax rates, opened over a run's options. `lookups` tells which names each side has given already."""

    def __init__(self, options: TaxOptions, taxes: TaxMapOptions, lookups: Lookups) -> None:
        self._names = Names(taxes, lookups)
        self._mappers: Mapping[Side, Mapper[TaxRate]] = {
            Side.VTIGER: VtigerTaxes(self._names),
            Side.XERO: XeroTaxes(options, taxes),
        }

    @property
    def name(self) -> str:
        return MODULE

    @property
    def fields(self) -> tuple[str, ...]:
        return FIELDS

    @property
    def unions(self) -> frozenset[str]:
        return frozenset()

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        return ()

    @property
    def once(self) -> frozenset[str]:
        return frozenset()

    @property
    def duplicate_code(self) -> Code | None:
        return None

    @property
    def taken_code(self) -> Code:
        return Code.AMBIGUOUS

    @property
    def identity(self) -> tuple[str, ...]:
        return FIELDS

    @property
    def seeds(self) -> Mapping[str, TaxRate]:
        return MappingProxyType({})

    def unneeded(self, record: TaxRate) -> tuple[Finding, ...]:  # noqa: ARG002 - every rate stands for itself
        return ()

    def check_match(self, wanted: TaxRate, found: TaxRate) -> tuple[Finding, ...]:  # noqa: ARG002 - the name says it
        return self._names.several_findings(wanted.name)

    @property
    def mappers(self) -> Mapping[Side, Mapper[TaxRate]]:
        return self._mappers

    def encode(self, record: TaxRate) -> str:
        return _RECORD.dump_json(record).decode()

    def decode(self, text: str) -> TaxRate:
        return _RECORD.validate_json(text)

    def show(self, field: str, record: TaxRate) -> str | None:
        return f"{record.rate:f} %" if field == "rate" else record.name

    def is_blank(self, field: str, record: TaxRate) -> bool:
        """Tell whether a field holds nothing. A rate of 0 is one."""
        return field == "name" and not record.name
