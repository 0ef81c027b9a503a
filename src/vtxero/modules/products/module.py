"""The products slice: Vtiger products and services, and Xero items."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from pydantic import TypeAdapter

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.lookups import Lookups, symbol
from vtxero.domain.money import canon
from vtxero.domain.options import ProductOptions, TaxMapOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.domain.text import unescape
from vtxero.domain.words import with_rate
from vtxero.modules.products.record import FIELDS, Product
from vtxero.modules.products.rules import MODULE, Crossing, same_name_findings
from vtxero.modules.products.tools import Tools
from vtxero.modules.products.vtiger import MOVABLE, VtigerProducts
from vtxero.modules.products.xero import XeroProducts
from vtxero.rules.fields import FieldRules
from vtxero.rules.slices import PlainSlice, WritesIdBack
from vtxero.rules.taxes import TaxMatcher


def field_rules(options: ProductOptions) -> FieldRules:
    """Read `modules.products.fields`; the quantity crosses only where it is named there. Raises OptionError."""
    return FieldRules("products", options, FIELDS, movable=MOVABLE, fixed=("code",), if_named=("quantity",))


class ProductsSlice(PlainSlice[Product], WritesIdBack):
    """Products and services, opened over a run's reference data and options.

    Raises:
        ConfigError: `modules.products.fields` names a field that is not there, or asks what it cannot do.
    """

    name = MODULE
    duplicate_code = Code.PRD_DUPLICATE
    taken_code = Code.PRD_CODE_TAKEN
    identity = ("code", "name")
    _codec = TypeAdapter(Product)

    def __init__(
        self,
        reference: Reference,
        options: ProductOptions,
        lookups: Lookups,
        *,
        taxes: TaxMapOptions | None = None,
        placeholder: str = "",
    ) -> None:
        """Open the slice.

        Args:
            reference: both sides' reference data.
            options: the module's options.
            lookups: answers about records: taxes that this run makes or changes, other products' codes.
            taxes: how taxes are found.
            placeholder: the name of the product for Xero's lines without an item; that product never crosses.
        """
        rules = field_rules(options)
        rules.check_places(reference.vtiger.modules["Products"])
        self.fields = rules.active
        self._reference = reference
        self._crossing = Crossing(options, placeholder)
        tools = Tools(reference, options, rules, TaxMatcher(reference, taxes or TaxMapOptions()), lookups)
        vtiger = self._vtiger = VtigerProducts(tools)
        self.seeds = {symbol(self.name, placeholder): vtiger.placeholder(placeholder)} if placeholder else {}
        self.mappers = {Side.VTIGER: vtiger, Side.XERO: XeroProducts(tools, self._crossing)}

    def unneeded(self, record: Product) -> tuple[Finding, ...]:
        """Inactive products cross only when an invoice needs them."""
        return self._crossing.spare(record)

    def check_match(self, wanted: Product, found: Product) -> tuple[Finding, ...]:
        return same_name_findings(wanted, found)

    def with_fields(self, record: Product, fields: Collection[str], other: Product) -> Product:
        """Give a record with these fields of another one; a tax is nothing without the rates that are attached."""
        names = (*fields, "taxes") if "tax" in fields else fields
        return replace(record, **{name: getattr(other, name) for name in names})

    def show(self, field: str, record: Product) -> str | None:
        value = getattr(record, field)
        if field == "tax" and value:
            return self._tax(record)
        return f"{value:f}" if isinstance(value, Decimal) else value or None

    def _tax(self, record: Product) -> str:
        """Name a product's tax for people: Xero's by its type, Vtiger's by the fields of its taxes."""
        rate = self._reference.xero.tax_rate(record.tax)
        if rate:
            return with_rate(rate.name, f"{canon(rate.effective_rate):f}")
        found = {name: self._reference.vtiger.tax(name) for name in record.tax.split("+")}
        own = {tax.field: tax.rate for tax in record.taxes}
        return " and ".join(
            with_rate(unescape(tax.label), f"{canon(own.get(name, tax.rate)):f}") if tax else name
            for name, tax in found.items()
        )

    def is_blank(self, field: str, record: Product) -> bool:
        """Tell whether a field holds nothing. Vtiger has no empty price: its 0 is one."""
        value = getattr(record, field)
        return not value.strip() if isinstance(value, str) else not value
