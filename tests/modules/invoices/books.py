"""A small pair of books to test invoices in: reference data, products, customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from modules.small_reference import a_rate
from vtxero.domain.lookups import Partner, PartnerState, symbol
from vtxero.domain.options import InvoiceOptions, TaxMapOptions
from vtxero.domain.reference import (
    LedgerAccount,
    Reference,
    VtigerCurrency,
    VtigerField,
    VtigerModule,
    VtigerReference,
    VtigerTax,
    XeroOrganisation,
    XeroReference,
)
from vtxero.domain.sides import Side
from vtxero.domain.text import match_key
from vtxero.modules.invoices import InvoicesSlice

D = Decimal
GST, VAT, CITY, ZERO_RATED, WITHHELD, LEVY = "tax4", "tax1", "tax2", "tax5", "tax6", "tax7"
RATES = (
    a_rate("GST", "TAX001", "15"),
    a_rate("VAT", "TAX002", "4.5"),
    a_rate("City", "TAX003", "10"),
    a_rate("GST and Levy", "TAX004", "26.5", parts=(("GST", "15", False), ("Levy", "10", True))),
    a_rate("GST and City", "TAX005", "25", parts=(("GST", "15", False), ("City", "10", False))),
    a_rate("No GST", "NONE", "0"),
    a_rate("Zero Rated", "ZERORATED", "0", fits={"REVENUE", "LIABILITY"}),
    a_rate("Exempt", "EXEMPTOUTPUT", "0"),
    a_rate("15% GST on Income", "OUTPUT2", "15"),
    a_rate("Expenses only", "TAX009", "15", fits={"EXPENSE"}),
)
ACCOUNTS = tuple(
    LedgerAccount(code, f"id-{code}", name, "REVENUE", klass, active, system=system)
    for code, name, klass, active, system in (
        ("200", "Sales", "REVENUE", True, ""),
        ("210", "Services", "REVENUE", True, ""),
        ("260", "Freight", "REVENUE", True, ""),
        ("270", "Old income", "REVENUE", False, ""),
        ("300", "Purchases", "EXPENSE", True, ""),
        ("610", "Receivable", "ASSET", True, "DEBTORS"),
    )
)
TAXES = (
    VtigerTax(VAT, "VAT", D("4.5"), "Simple"),
    VtigerTax(CITY, "City", D(10), "Simple"),
    VtigerTax(GST, "GST", D(15), "Simple"),
    VtigerTax(ZERO_RATED, "Zero Rated", D(0), "Simple"),
    VtigerTax(WITHHELD, "Withholding", D(20), "Deducted"),
    VtigerTax(LEVY, "Levy", D(10), "Compound", (GST,)),
)
CHARGE = "shipping_&_handling"
MANDATORY = ("subject", "account_id", "assigned_user_id", "bill_street", "ship_street", "productid")


def a_reference(
    *,
    version="8.2.0",
    page="https://crm.example.com/index.php?module={module}&view=Detail&record={id}",
    custom=(),
    line_fields=(),
    mandatory=(),
    locked=None,
    payments=False,
    rates=RATES,
    currencies=("NZD", "USD"),
) -> Reference:
    fields = [VtigerField(name, name, "string", mandatory=True) for name in MANDATORY]
    fields += [VtigerField("cf_po", "Order Number", "string", mandatory=False)]
    fields += [VtigerField(f"cf_{label}", label, "string", mandatory=False) for label in custom]
    fields += [VtigerField(f"cf_{label}", label, "string", mandatory=True) for label in mandatory]
    lines = tuple(VtigerField(f"cf_{label}", label, "string", mandatory=False) for label in line_fields)
    modules = {
        "Invoice": VtigerModule("Invoice", "7", tuple(fields)),
        "LineItem": VtigerModule("LineItem", "33", lines),
        "Accounts": VtigerModule("Accounts", "11", ()),
        "Contacts": VtigerModule("Contacts", "12", ()),
        "Products": VtigerModule("Products", "14", ()),
    }
    if payments:
        modules["Payments"] = VtigerModule("Payments", "50", ())
    money = (VtigerCurrency("21x1", "NZD", D(1), base=True), VtigerCurrency("21x2", "USD", D("0.6"), base=False))
    charge_taxes = {f"{CHARGE}_shtax1": "VAT", f"{CHARGE}_shtax2": "City"}
    vtiger = VtigerReference("crm", version, "19x1", page, modules, TAXES, money, charge_taxes)
    organisation = XeroOrganisation("org", "Kauri", "NZD", period_lock_on=locked)
    return Reference(vtiger, XeroReference(organisation, ACCOUNTS, rates, currencies))


@dataclass
class Product:
    code: str
    name: str
    sales_account: str = ""
    tax_fields: tuple[str, ...] = ()
    tax: str = ""


@dataclass
class Party:
    billing_fields: tuple[tuple[str, str], ...]


@dataclass
class Books:
    """What other modules know. Xero's ids are Vtiger's with an `x-` before them; `states` are of Vtiger's ids."""

    products: dict[str, Product] = field(
        default_factory=lambda: {
            "14x1": Product("P1", "Pump &amp; hose", "", (GST,), "TAX001"),
            "14x2": Product("P2", "Tile", "210 - Services", (GST, VAT), "TAX001"),
            "14x3": Product("P3", "Export tile", "", (ZERO_RATED,), "ZERORATED"),
            "14x4": Product("P4", "Untaxed tile", "", ()),
            "14x5": Product("", "Codeless tile", "", (GST,), "TAX001"),
        }
    )
    parties: dict[str, Party] = field(
        default_factory=lambda: {
            "11x1": Party((("bill_street", "1 High St"), ("bill_city", "Taupo"))),
            "12x1": Party(()),
        }
    )
    states: dict[str, PartnerState] = field(default_factory=lambda: {"14x5": PartnerState.BLOCKED})

    def add_placeholder(self, taxes=(GST, VAT, CITY, ZERO_RATED, LEVY)) -> str:
        self.products["14x99"] = Product("", "??????", "", taxes)
        return "14x99"

    def partner(self, module, side, record_id) -> Partner:
        bare = record_id.removeprefix("x-")
        known = self.products if module == "products" else self.parties
        is_person = bare.startswith("12x")
        if bare not in known or (module != "products" and is_person != (module == "contacts")):
            return Partner(PartnerState.UNKNOWN)
        state = self.states.get(bare, PartnerState.LINKED)
        label = f"the {module.removesuffix('s')} {bare}"
        other = bare if side is Side.XERO else f"x-{bare}"
        if state is PartnerState.PLANNED:
            return Partner(state, symbol(module, record_id), label)
        return Partner(state, other if state is PartnerState.LINKED else "", label)

    def record(self, module, side, record_id) -> object | None:
        bare = record_id.removeprefix("x-") if side is Side.XERO else record_id
        return (self.products if module == "products" else self.parties).get(bare)

    def find_by_key(self, module, side, kind, key) -> str | None:
        assert module == "products"
        if (
            side is Side.VTIGER
            and kind == "code"
            and any(self.states.get(i) is PartnerState.PLANNED for i in self.products)
        ):
            return None
        hits = [
            record_id
            for record_id, product in self.products.items()
            if (text := product.code if kind == "code" else product.name) and match_key(text) == key
        ]
        if len(hits) != 1:
            return None
        return f"x-{hits[0]}" if side is Side.XERO else hits[0]


def a_slice(*, books=None, reference=None, taxes=None, **options) -> InvoicesSlice:
    settings = {"sales_account": "200", "shipping_account": "260", "adjustment_account": "210"} | options
    return InvoicesSlice(
        reference or a_reference(), InvoiceOptions(**settings), TaxMapOptions(map=taxes or {}), books or Books()
    )
