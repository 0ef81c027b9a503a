"""What both services know besides their records: charts, taxes, currencies, the organisation, the instance.

Fetched by the clients, cached for an hour, read by the slices. Frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from vtxero.domain.text import match_key

LOSES_INVOICES = "8.3.0"
"""The version of Vtiger that cannot create invoices by its web service, and loses totals when lines are changed."""


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account of Xero's chart. `code` is blank for some bank accounts; `kind` and `klass` hold Xero's own words."""

    code: str
    account_id: str
    name: str
    kind: str
    klass: str
    active: bool
    tax_type: str = ""
    takes_payments: bool = False
    system: str = ""


@dataclass(frozen=True, slots=True)
class TaxComponent:
    """A part of a Xero tax rate. `rate` in per cent."""

    name: str
    rate: Decimal
    compound: bool = False


@dataclass(frozen=True, slots=True)
class XeroTaxRate:
    """A tax rate of Xero. `applies_to` holds account classes (ASSET, EQUITY, EXPENSE, LIABILITY, REVENUE)."""

    name: str
    tax_type: str
    effective_rate: Decimal
    components: tuple[TaxComponent, ...]
    active: bool
    applies_to: frozenset[str]


@dataclass(frozen=True, slots=True)
class XeroOrganisation:
    """The Xero organisation (tenant). Lock dates are None when unset."""

    organisation_id: str
    name: str
    base_currency: str
    country: str = ""
    short_code: str = ""
    period_lock_on: date | None = None
    year_lock_on: date | None = None

    @property
    def locked_until(self) -> date | None:
        """The later of both lock dates."""
        return max((day for day in (self.period_lock_on, self.year_lock_on) if day), default=None)


@dataclass(frozen=True, slots=True)
class XeroReference:
    """All reference data of the Xero side."""

    organisation: XeroOrganisation
    accounts: tuple[LedgerAccount, ...]
    tax_rates: tuple[XeroTaxRate, ...]
    currencies: tuple[str, ...]

    def account(self, code: str) -> LedgerAccount | None:
        """Find an account by its code."""
        return next((item for item in self.accounts if item.code and item.code == code), None)

    def find_account(self, text: str) -> LedgerAccount | None:
        """Find an account by what a picklist shows: `200 - Sales`, `200`, `Sales`; the code counts before the name."""
        wanted = text.strip()
        if not wanted:
            return None
        code = wanted.partition(" - ")[0].strip()
        by_code = self.account(wanted) or self.account(code)
        if by_code:
            return by_code
        key = match_key(wanted)
        return next((item for item in self.accounts if match_key(item.name) == key), None)

    def tax_rate(self, tax_type: str) -> XeroTaxRate | None:
        """Find a tax rate by its TaxType."""
        return next((item for item in self.tax_rates if item.tax_type == tax_type), None)


@dataclass(frozen=True, slots=True)
class VtigerTax:
    """A tax of Vtiger: `field` is its column on lines and products (`tax4`), `method` Simple, Compound or Deducted."""

    field: str
    label: str
    rate: Decimal
    method: str
    compound_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VtigerCurrency:
    """A currency of Vtiger. `rate` is units of it for one unit of the base currency."""

    id: str
    code: str
    rate: Decimal
    base: bool


@dataclass(frozen=True, slots=True)
class VtigerField:
    """One field of a Vtiger module, from describe."""

    name: str
    label: str
    kind: str
    mandatory: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VtigerModule:
    """One module of this Vtiger, from describe."""

    name: str
    id_prefix: str
    fields: tuple[VtigerField, ...]
    createable: bool = True
    updateable: bool = True

    def by_label(self, *labels: str) -> str:
        """Find a field's name by any of its labels, blank when there is none."""
        keys = {match_key(label) for label in labels}
        return next((item.name for item in self.fields if match_key(item.label) in keys), "")

    def has(self, name: str) -> bool:
        """Tell whether the module has a field of this name."""
        return self.field(name) is not None

    def field(self, name: str) -> VtigerField | None:
        """Find a field by its name."""
        return next((item for item in self.fields if item.name == name), None)


@dataclass(frozen=True, slots=True)
class VtigerReference:
    """All reference data of the Vtiger side. `page_url` has the places {module} and {id} (the bare record number)."""

    instance: str
    version: str
    user_id: str
    page_url: str
    modules: Mapping[str, VtigerModule]
    taxes: tuple[VtigerTax, ...]
    currencies: tuple[VtigerCurrency, ...]
    charge_taxes: Mapping[str, str] = field(default_factory=dict)
    """Label by field of the shipping taxes (`shipping_&_handling_shtax1` -> `VAT`), from describe(Invoice)."""
    charge_tax_sum: str = ""
    """The invoice's field with the tax on all charges as one sum, where charges and their taxes have no fields."""
    user_decimals: int | None = None
    """To how many decimals Vtiger rounds the prices that the API user writes; None where that is not known."""

    @property
    def loses_invoices(self) -> bool:
        """Tell whether this version can neither be sent a new invoice nor the lines of one."""
        return self.version.startswith(LOSES_INVOICES)

    @property
    def base_currency(self) -> str:
        """The code of the base currency, blank when none is marked."""
        return next((item.code for item in self.currencies if item.base), "")

    def currency(self, currency_id: str) -> VtigerCurrency | None:
        """Find a currency by its id (`21x1`)."""
        return next((item for item in self.currencies if item.id == currency_id), None)

    def currency_by_code(self, code: str) -> VtigerCurrency | None:
        """Find a currency by its ISO code."""
        return next((item for item in self.currencies if item.code == code), None)

    def tax(self, field_name: str) -> VtigerTax | None:
        """Find a tax by its field (`tax4`)."""
        return next((item for item in self.taxes if item.field == field_name), None)

    def page(self, vtiger_id: str, module: str) -> str:
        """The address of a record's page in Vtiger."""
        return self.page_url.format(module=module, id=vtiger_id.partition("x")[2])


@dataclass(frozen=True, slots=True)
class Reference:
    """Both sides' reference data, as read at the start of a run (at most an hour old)."""

    vtiger: VtigerReference
    xero: XeroReference
