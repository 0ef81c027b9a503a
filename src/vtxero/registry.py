"""The list of modules, in dependency order. A new module is a folder under `modules/` and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from vtxero.domain.codes import Code
from vtxero.domain.lookups import Lookups
from vtxero.domain.options import (
    ContactOptions,
    InvoiceOptions,
    OrganizationOptions,
    PaymentOptions,
    ProductOptions,
    TaxMapOptions,
    TaxOptions,
)
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Direction, Side
from vtxero.modules import contacts, invoices, organizations, payments, products
from vtxero.modules.contacts import ContactsSlice
from vtxero.modules.invoices import InvoicesSlice, needs_retrieve
from vtxero.modules.invoices.undo import way_from_xero
from vtxero.modules.organizations import OrganizationsSlice
from vtxero.modules.organizations.undo import added_people
from vtxero.modules.payments import PaymentsSlice
from vtxero.modules.products import ProductsSlice
from vtxero.modules.products.vtiger import MOVABLE
from vtxero.modules.taxes import TaxesSlice
from vtxero.rules.accounts import ACCOUNT_FIELDS, AccountField
from vtxero.sync.slice import Slice
from vtxero.sync.undo import DELETE, UndoRules, always, stays


class ModuleSettings(Protocol):
    """The options of all modules, as the config has them."""

    @property
    def taxes(self) -> TaxOptions: ...
    @property
    def contacts(self) -> ContactOptions: ...
    @property
    def organizations(self) -> OrganizationOptions: ...
    @property
    def products(self) -> ProductOptions: ...
    @property
    def invoices(self) -> InvoiceOptions: ...
    @property
    def payments(self) -> PaymentOptions: ...


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module: what it depends on, whether amounts cross with it, and the Vtiger modules it cannot do without.

    `only` is the one direction in which it goes, None where the config chooses. `links_of` are modules it depends on
    that come along with their links alone. `absent` is what is said where an edition lacks its Vtiger modules; None
    where every edition has them, so that one which does not show them is at fault.
    """

    name: str
    depends_on: tuple[str, ...]
    carries_money: bool
    vtiger_modules: tuple[str, ...]
    only: Direction | None = None
    links_of: tuple[str, ...] = ()
    absent: Code | None = None

    def missing(self, reference: Reference) -> tuple[str, ...]:
        """The Vtiger modules that this instance does not have, or does not show to this user."""
        return tuple(name for name in self.vtiger_modules if name not in reference.vtiger.modules)

    def unwritable(self, reference: Reference) -> tuple[str, ...]:
        """The Vtiger modules in which this user may not both create and change records; lines go with their invoice."""
        known = ((name, reference.vtiger.modules.get(name)) for name in self.vtiger_modules if name != "LineItem")
        return tuple(name for name, module in known if module and not (module.createable and module.updateable))

    def is_absent(self, reference: Reference) -> bool:
        """Tell whether this edition lacks the module, which is nobody's fault."""
        return self.absent is not None and bool(self.missing(reference))


MODULES = (
    ModuleEntry("taxes", (), carries_money=False, vtiger_modules=(), only=Direction.TO_VTIGER),
    ModuleEntry("contacts", (), carries_money=False, vtiger_modules=("Contacts",)),
    ModuleEntry("organizations", ("contacts",), carries_money=False, vtiger_modules=("Accounts", "Contacts")),
    ModuleEntry("products", (), carries_money=True, vtiger_modules=("Products",)),
    ModuleEntry(
        "invoices",
        ("contacts", "organizations", "products"),
        carries_money=True,
        vtiger_modules=("Invoice", "LineItem"),
    ),
    ModuleEntry(
        "payments",
        ("invoices",),
        carries_money=True,
        vtiger_modules=("Payments",),
        links_of=("invoices",),
        absent=Code.PAY_NO_MODULE,
    ),
)

ALWAYS_FILLED: Mapping[str, frozenset[str]] = {
    "Accounts": organizations.ACCOUNT_FILLED,
    "Contacts": organizations.CONTACT_FILLED,
    "Products": products.FILLED,
    "Invoice": invoices.FILLED,
    "Payments": payments.FILLED,
}
"""By Vtiger module, the fields that every record has which is made there; others that are mandatory may stay blank."""

_SHORT_LINK = "{site}/organisationlogin/default.aspx?shortcode={short_code}&redirecturl={path}"
_VTIGER_TAXES = "/index.php?module=Vtiger&parent=Settings&view=TaxIndex"
"""Vtiger's tax settings: its taxes have no pages of their own, nor have Xero's tax rates."""
_XERO_PAGES = {
    "contacts": "/Contacts/View/{id}",
    "organizations": "/Contacts/View/{id}",
    "products": "/Inventory/View.aspx?itemID={id}",
    "invoices": "/AccountsReceivable/View.aspx?InvoiceID={id}",
}


def open_slices(
    reference: Reference,
    modules: ModuleSettings,
    taxes: TaxMapOptions,
    lookups: Lookups,
    *,
    former_accounts: Iterable[str] = (),
) -> dict[str, Slice[Any]]:
    """Open every module that this Vtiger has, over this run's reference data and options.

    `former_accounts` are those that adjustments went to under earlier configs.

    Raises:
        ConfigError: an option names what is not there.
    """
    placeholder = modules.invoices.placeholder_product
    openers: dict[str, Callable[[], Slice[Any]]] = {
        "taxes": lambda: TaxesSlice(modules.taxes, taxes, lookups),
        "contacts": lambda: ContactsSlice(reference, modules.contacts, lookups),
        "organizations": lambda: OrganizationsSlice(
            reference, modules.organizations, lookups, everyone=modules.contacts.everyone
        ),
        "products": lambda: ProductsSlice(reference, modules.products, lookups, taxes=taxes, placeholder=placeholder),
        "invoices": lambda: InvoicesSlice(reference, modules.invoices, taxes, lookups, former_accounts=former_accounts),
        "payments": lambda: PaymentsSlice(reference, modules.payments, modules.invoices, lookups),
    }
    return {entry.name: openers[entry.name]() for entry in MODULES if not entry.missing(reference)}


def check_fields(modules: ModuleSettings) -> None:
    """Check what the config says of fields, as far as that can be done without asking Vtiger.

    Raises:
        OptionError: a field is unknown, or cannot do what is asked.
    """
    contacts.field_rules(modules.contacts)
    organizations.field_rules(modules.organizations)
    products.field_rules(modules.products)
    invoices.field_rules(modules.invoices)
    payments.field_rules(modules.payments)


def account_fields(modules: ModuleSettings) -> tuple[AccountField, ...]:
    """Give Vtiger's account fields, those that the config places elsewhere in their place."""
    moved = {
        MOVABLE[name]: rule["vtiger"]
        for name, rule in modules.products.fields.items()
        if name in {"sales_account", "purchase_account"} and isinstance(rule, dict) and "vtiger" in rule
    }
    products = ("Products", "Services")
    return tuple(
        replace(place, field=moved.get(place.field, place.field)) if place.module in products else place
        for place in ACCOUNT_FIELDS
    )


ARCHIVED = "ARCHIVED"
_ARCHIVED_WORDS = (
    "Contacts archived in Xero, not deleted: {n}. Their names and codes stay taken, and only a person can restore them"
    " there."
)
_BIN_WORDS = "%s that go to Vtiger's recycle bin: {n}. The numbers that they had stay used."
_LINES_GO = "Their lines are deleted for good: who restores one there finds its total, and no lines."
_PAYMENTS_STAY = "Payments are taken back by a person only: remove it in Xero."
_ITEMS_STAY = "Items are never deleted in Xero by vtxero."
_TAXES_STAY = "A tax of Vtiger is a column for good."


def undo_rules(reference: Reference) -> dict[str, UndoRules]:
    """Give, for every module, how its records are taken away again."""
    in_vtiger = always(DELETE)
    contact = {Side.XERO: always(ARCHIVED), Side.VTIGER: in_vtiger}
    invoice = {Side.XERO: way_from_xero(reference.xero.organisation.locked_until), Side.VTIGER: in_vtiger}
    pays = {"amount_paid"} if "Payments" in reference.vtiger.modules else set[str]()
    return {
        "taxes": UndoRules(
            {Side.VTIGER: stays(_TAXES_STAY), Side.XERO: stays(_TAXES_STAY)},
            words={"stays in vtiger": "Taxes that stay in Vtiger: {n}. Each is a column for good; disable them there."},
        ),
        "organizations": UndoRules(
            contact,
            derived=frozenset({"kind"}),
            parts=added_people,
            parts_of="contacts",
            part_fields=frozenset({"primary", "people", "email"}),
            words={ARCHIVED: _ARCHIVED_WORDS, DELETE: _BIN_WORDS % "Organizations, with their people,"},
        ),
        "contacts": UndoRules(
            contact, derived=frozenset({"kind"}), words={ARCHIVED: _ARCHIVED_WORDS, DELETE: _BIN_WORDS % "Contacts"}
        ),
        "products": UndoRules(
            {Side.XERO: stays(_ITEMS_STAY), Side.VTIGER: in_vtiger},
            derived=frozenset({"quantity"}),
            words={
                "stays in xero": "Items that stay in Xero: {n}. vtxero deletes none; a person can, where none is used.",
                DELETE: _BIN_WORDS % "Products and services",
            },
        ),
        "invoices": UndoRules(
            invoice,
            derived=frozenset(pays),
            words={
                "VOIDED": "Approved invoices voided in Xero: {n}. They stay listed, and their numbers stay used.",
                "DELETED": "Drafts deleted in Xero: {n}. They stay listed as deleted, and their numbers stay used.",
                "stays in xero": "Invoices that stay in Xero: {n}. They are paid, credited or locked.",
                DELETE: f"{_BIN_WORDS % 'Invoices'} {_LINES_GO}",
            },
        ),
        "payments": UndoRules(
            {Side.XERO: stays(_PAYMENTS_STAY), Side.VTIGER: in_vtiger},
            words={
                "stays in xero": "Payments that stay in Xero: {n}. Take them back there by hand, then undo once more.",
                DELETE: _BIN_WORDS % "Payments",
            },
        ),
    }


def page_finder(reference: Reference, site: str) -> Callable[[str, Side, str], str | None]:
    """Give the function that finds a record's page, as people open it in their browser; `site` serves Xero's pages."""
    prefixes = {module.id_prefix: name for name, module in reference.vtiger.modules.items()}
    short_code = reference.xero.organisation.short_code

    def page_of(module: str, side: Side, record_id: str) -> str | None:
        if module == "taxes":
            return f"{reference.vtiger.instance}{_VTIGER_TAXES}" if side is Side.VTIGER else None
        if side is Side.VTIGER:
            name = prefixes.get(record_id.partition("x")[0])
            return reference.vtiger.page(record_id, name) if name else None
        path = _XERO_PAGES.get(module, "").format(id=record_id)
        return _SHORT_LINK.format(site=site, short_code=short_code, path=path) if short_code and path else None

    return page_of


__all__ = [
    "ALWAYS_FILLED",
    "MODULES",
    "ModuleEntry",
    "account_fields",
    "check_fields",
    "needs_retrieve",
    "open_slices",
    "page_finder",
    "undo_rules",
]
