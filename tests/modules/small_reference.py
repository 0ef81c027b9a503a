"""A small Vtiger and a small Xero, made up for the tests of the slices."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vtxero.domain.reference import (
    LedgerAccount,
    Reference,
    TaxComponent,
    VtigerCurrency,
    VtigerField,
    VtigerModule,
    VtigerReference,
    VtigerTax,
    XeroOrganisation,
    XeroReference,
    XeroTaxRate,
)

ALL = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})


def a_module(name: str, prefix: str, spec: str) -> VtigerModule:
    """Make a module of lines `name|label|marks|choices`; the mark m is mandatory, p a picklist."""
    fields = []
    for line in spec.strip().splitlines():
        field, label, marks, choices = (*line.strip().split("|"), "", "", "")[:4]
        fields.append(
            VtigerField(
                field,
                label,
                "picklist" if "p" in marks else "string",
                "m" in marks,
                tuple(choice for choice in choices.split(",") if choice),
            )
        )
    return VtigerModule(name, prefix, tuple(fields))


ACCOUNTS = """
accountname|Organization Name|m
account_no|Organization Number
phone|Primary Phone
otherphone|Secondary Phone
fax|Fax
website|Website
email1|Primary Email
accounttype|Type||Customer,Vendor,Partner
assigned_user_id|Assigned To|m
cf_901|Xero Contact ID
cf_903|GST Number
cf_905|Mobile for texts
"""
CONTACTS = """
firstname|First Name
lastname|Last Name|m
email|Primary Email
account_id|Organization Name
assigned_user_id|Assigned To|m
"""
PRODUCTS = """
productname|Product Name|m
productcode|Part Number
discontinued|Product Active
unit_price|Unit Price
purchase_cost|Purchase Cost
qtyinstock|Qty. in Stock
description|Description
assigned_user_id|Handler|m
cf_911|Xero Item ID
cf_913|Xero Sales Account||200 - Sales,260 - Freight
cf_915|Xero Purchase Account
"""
SERVICES = """
servicename|Service Name|m
service_no|Service Number
discontinued|Active
unit_price|Price
purchase_cost|Purchase Cost
description|Description
cf_921|Xero Sales Account
"""


def a_rate(
    name: str, tax_type: str, rate: str, *, parts: Sequence[tuple[str, str, bool]] = (), active=True, fits=ALL
) -> XeroTaxRate:
    """Make a Xero tax rate."""
    components = tuple(TaxComponent(part, Decimal(percent), compound) for part, percent, compound in parts)
    return XeroTaxRate(
        name, tax_type, Decimal(rate), components or (TaxComponent(name, Decimal(rate)),), active, frozenset(fits)
    )


RATES = (
    a_rate("GST", "INPUTX", "15", fits={"EXPENSE"}),
    a_rate("GST", "OUTPUTX", "15", fits={"REVENUE", "ASSET"}),
    a_rate("No Tax", "NONE", "0"),
    a_rate("Zero Rated", "ZERO", "0", fits={"REVENUE"}),
    a_rate("City", "TAX010", "10"),
    a_rate("GST on City", "TAX011", "26.5", parts=(("GST", "15", False), ("City", "10", True))),
    a_rate("GST plus City", "TAX012", "25", parts=(("GST", "15", False), ("City", "10", False))),
    a_rate("Luxury", "TAX013", "30", active=False),
)
CHART = (
    LedgerAccount("200", "a-200", "Sales", "REVENUE", "REVENUE", True, tax_type="OUTPUTX"),
    LedgerAccount("260", "a-260", "Freight", "REVENUE", "REVENUE", True, tax_type="OUTPUTX"),
    LedgerAccount("270", "a-270", "Interest", "REVENUE", "REVENUE", False),
    LedgerAccount("300", "a-300", "Purchases", "DIRECTCOSTS", "EXPENSE", True, tax_type="INPUTX"),
    LedgerAccount("610", "a-610", "Receivables", "CURRENT", "ASSET", True, system="DEBTORS"),
    LedgerAccount("", "a-bank", "Petty Cash", "BANK", "ASSET", True),
)
TAXES = (
    VtigerTax("tax1", "GST", Decimal(15), "Simple"),
    VtigerTax("tax2", "City", Decimal(10), "Simple"),
    VtigerTax("tax3", "Zero Rated", Decimal(0), "Simple"),
    VtigerTax("tax4", "Local Levy", Decimal(3), "Simple"),
    VtigerTax("tax5", "Withheld", Decimal(20), "Deducted"),
)


def a_reference(**specs: str) -> Reference:
    """Make both sides' reference data; `Accounts=...` and the like replace a module's fields."""
    parts = {"Accounts": ("11", ACCOUNTS), "Contacts": ("12", CONTACTS), "Products": ("14", PRODUCTS)}
    parts["Services"] = ("26", SERVICES)
    modules = {name: a_module(name, prefix, specs.get(name, spec)) for name, (prefix, spec) in parts.items()}
    currencies = (VtigerCurrency("21x1", "NZD", Decimal(1), True), VtigerCurrency("21x2", "USD", Decimal("0.6"), False))
    vtiger = VtigerReference(
        "instance", "8.2.0", "19x1", "http://crm.test/index.php?module={module}&record={id}", modules, TAXES, currencies
    )
    return Reference(vtiger, XeroReference(XeroOrganisation("org", "Kea Ltd", "NZD"), CHART, RATES, ("NZD", "USD")))
