"""The list of modules, in dependency order. A new module is a folder under `modules/` and one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from vtxero.domain.lookups import Lookups
from vtxero.domain.options import InvoiceOptions, OrganizationOptions, ProductOptions, TaxMapOptions
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.modules.invoices import InvoicesSlice, needs_retrieve
from vtxero.modules.organizations import OrganizationsSlice
from vtxero.modules.products import ProductsSlice
from vtxero.sync.slice import Slice


class ModuleSettings(Protocol):
    """The options of all modules, as the config has them."""

    @property
    def organizations(self) -> OrganizationOptions: ...
    @property
    def products(self) -> ProductOptions: ...
    @property
    def invoices(self) -> InvoiceOptions: ...


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module: what it depends on, and whether amounts cross with it."""

    name: str
    depends_on: tuple[str, ...]
    carries_money: bool


MODULES = (
    ModuleEntry("organizations", (), carries_money=False),
    ModuleEntry("products", (), carries_money=True),
    ModuleEntry("invoices", ("organizations", "products"), carries_money=True),
)


_SHORT_LINK = "https://go.xero.com/organisationlogin/default.aspx?shortcode={short_code}&redirecturl={path}"
_XERO_PAGES = {
    "organizations": "/Contacts/View/{id}",
    "products": "/Inventory/View.aspx?itemID={id}",
    "invoices": "/AccountsReceivable/View.aspx?InvoiceID={id}",
}


def open_slices(
    reference: Reference, modules: ModuleSettings, taxes: TaxMapOptions, lookups: Lookups
) -> dict[str, Slice[Any]]:
    """Open every module over this run's reference data and options.

    Raises:
        ConfigError: an option names what is not there.
    """
    placeholder = modules.invoices.placeholder_product
    return {
        "organizations": OrganizationsSlice(reference, modules.organizations, lookups),
        "products": ProductsSlice(reference, modules.products, lookups, taxes=taxes, placeholder=placeholder),
        "invoices": InvoicesSlice(reference, modules.invoices, taxes, lookups),
    }


def page_finder(reference: Reference) -> Callable[[str, Side, str], str | None]:
    """Give the function that finds a record's page, as people open it in their browser."""
    prefixes = {module.id_prefix: name for name, module in reference.vtiger.modules.items()}
    short_code = reference.xero.organisation.short_code

    def page_of(module: str, side: Side, record_id: str) -> str | None:
        if side is Side.VTIGER:
            name = prefixes.get(record_id.partition("x")[0])
            return reference.vtiger.page(record_id, name) if name else None
        path = _XERO_PAGES[module].format(id=record_id)
        return _SHORT_LINK.format(short_code=short_code, path=path) if short_code else None

    return page_of


__all__ = ["MODULES", "ModuleEntry", "needs_retrieve", "open_slices", "page_finder"]
