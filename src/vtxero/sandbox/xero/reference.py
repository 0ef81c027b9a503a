"""What an organisation comes with: its settings, currencies, chart of accounts and tax rates."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.tracking import add_category
from vtxero.sandbox.xero.wire import Record, date_in, date_out, moment_out, parse_moment, places

CURRENCY_NAMES = {
    "AUD": "Australian Dollar", "CAD": "Canadian Dollar", "EUR": "Euro", "GBP": "British Pound",
    "INR": "Indian Rupee", "NZD": "New Zealand Dollar", "SGD": "Singapore Dollar", "USD": "United States Dollar",
}  # fmt: skip
LOCKS = ("PeriodLockDate", "EndOfYearLockDate")

_CHART = (
    ("090", "Business Bank Account", "BANK", "ASSET", "NONE"),
    ("200", "Sales", "REVENUE", "REVENUE", "sale"),
    ("210", "Service Income", "REVENUE", "REVENUE", "sale"),
    ("260", "Freight Recovered", "REVENUE", "REVENUE", "sale"),
    ("270", "Interest Income", "REVENUE", "REVENUE", "NONE"),
    ("300", "Purchases", "DIRECTCOSTS", "EXPENSE", "purchase"),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", "purchase"),
    ("610", "Accounts Receivable", "CURRENT", "ASSET", "NONE"),
    ("630", "Inventory", "INVENTORY", "ASSET", "NONE"),
    ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", "NONE"),
    ("820", "GST", "CURRLIAB", "LIABILITY", "NONE"),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "NONE"),
    ("880", "Owner Funds Introduced", "EQUITY", "EQUITY", "NONE"),
    ("960", "Retained Earnings", "EQUITY", "EQUITY", "NONE"),
)
_SYSTEM = {"610": "DEBTORS", "800": "CREDITORS", "820": "GST", "860": "ROUNDING", "960": "RETAINEDEARNINGS"}
_ALL = "AQXLR"
_CLASSES = {"A": "Assets", "Q": "Equity", "X": "Expenses", "L": "Liabilities", "R": "Revenue"}


def starter(base_currency: str, name: str, currencies: tuple[str, ...]) -> Record:
    """Make up a small New Zealand organisation, in the shape of an organisation file."""
    codes = list(dict.fromkeys((base_currency, *currencies)))
    return {
        "Organisation": {
            "OrganisationID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"vtxero-sandbox:{name}")),
            "Name": name,
            "LegalName": name,
            "PaysTax": True,
            "Version": "NZ",
            "OrganisationType": "COMPANY",
            "BaseCurrency": base_currency,
            "CountryCode": "NZ",
            "IsDemoCompany": False,
            "OrganisationStatus": "ACTIVE",
            "FinancialYearEndDay": 31,
            "FinancialYearEndMonth": 3,
            "Timezone": "NEWZEALANDSTANDARDTIME",
            "ShortCode": "!vtx00",
            "Edition": "BUSINESS",
            "Class": "PREMIUM",
        },
        "Currencies": [{"Code": code, "Description": CURRENCY_NAMES.get(code, code)} for code in codes],
        "Accounts": [_chart_account(row, base_currency) for row in _CHART],
        "TaxRates": [
            _rate("15% GST on Income", "OUTPUT2", "OUTPUT", "AQLR", 15),
            _rate("15% GST on Expenses", "INPUT2", "INPUT", "AQXL", 15),
            _rate("No GST", "NONE", "NONE", _ALL, 0),
            _rate("Zero Rated", "ZERORATED", "ZERORATEDOUTPUT", "LR", 0),
            {**_rate("12.5% GST on Income", "OUTPUT", "OUTPUT", "AQLR", 12.5), "Status": "DELETED"},
        ],
    }


def _chart_account(row: tuple[str, str, str, str, str], base_currency: str) -> Record:
    code, name, kind, classed, tax = row
    account: Record = {
        "Code": code,
        "Name": name,
        "Type": kind,
        "Class": classed,
        "Status": "ARCHIVED" if code == "270" else "ACTIVE",
        "TaxType": {"sale": "OUTPUT2", "purchase": "INPUT2"}.get(tax, "NONE"),
        "EnablePaymentsToAccount": code == "880",
    }
    if kind == "BANK":
        account |= {"BankAccountType": "BANK", "CurrencyCode": base_currency}
    if code in _SYSTEM:
        account["SystemAccount"] = _SYSTEM[code]
    return account


def _rate(name: str, tax_type: str, report: str, classes: str, percent: float) -> Record:
    component = {"Name": "GST" if percent else name, "Rate": percent, "IsCompound": False, "IsNonRecoverable": False}
    return {
        "Name": name,
        "TaxType": tax_type,
        "ReportTaxType": report,
        "Status": "ACTIVE",
        **{f"CanApplyTo{classed}": letter in classes for letter, classed in _CLASSES.items()},
        "DisplayTaxRate": percent,
        "EffectiveRate": percent,
        "TaxComponents": [component],
    }


def load_reference(books: Books, source: Record) -> None:
    """Take an organisation file's settings, currencies, accounts and tax rates into the books."""
    organisation: Record = dict(source["Organisation"])
    for name in LOCKS:
        organisation[name] = date_in(organisation, name)
    organisation.setdefault("OrganisationID", books.new_id())
    books.organisation = organisation
    books.currencies = [dict(one) for one in source.get("Currencies", [])]
    if not books.has_currency(books.base_currency):
        books.currencies.insert(0, {"Code": books.base_currency, "Description": books.base_currency})
    for account in source.get("Accounts", []):
        add_account(books, account)
    for category in source.get("TrackingCategories", []):
        add_category(books, category)
    for rate in source.get("TaxRates", []):
        add_tax_rate(books, rate)


def add_account(books: Books, source: Record) -> Record:
    """Put an account into the chart; without an id it gets one that is the same in every start."""
    account: Record = {"Status": "ACTIVE", "TaxType": "NONE", "EnablePaymentsToAccount": False, **source}
    identity = f"{books.organisation['OrganisationID']}:{account.get('Code', '')}:{account['Name']}"
    account.setdefault("AccountID", str(uuid.uuid5(uuid.NAMESPACE_URL, identity)))
    moment = parse_moment(account.get("UpdatedDateUTC"))
    account["UpdatedDateUTC"] = moment or books.now()
    books.accounts[account["AccountID"]] = account
    if account.get("Code"):
        books.by_account_code[account["Code"]] = account["AccountID"]
    return account


def add_tax_rate(books: Books, source: Record) -> Record:
    """Put a tax rate into the list, its percentages as exact numbers."""
    rate: Record = {"Status": "ACTIVE", **source}
    components = [{**one, "Rate": _exact(one["Rate"])} for one in rate.get("TaxComponents", [])]
    rate["TaxComponents"] = components
    simple = sum((one["Rate"] for one in components), Decimal(0))
    for name in ("DisplayTaxRate", "EffectiveRate"):
        rate[name] = _exact(rate.get(name, simple))
    rate.setdefault("TaxType", _next_tax_type(books))
    books.tax_rates[rate["TaxType"]] = rate
    return rate


def _next_tax_type(books: Books) -> str:
    number = 1
    while f"TAX{number:03d}" in books.tax_rates:
        number += 1
    return f"TAX{number:03d}"


def _exact(value: Any) -> Decimal:
    return places(Decimal(str(value)), 4)


def organisation_view(organisation: Record) -> Record:
    """Show the organisation; lock dates are absent when unset."""
    shown: Record = {}
    for name, value in organisation.items():
        if isinstance(value, date):
            shown[name] = date_out(value)
        elif value is not None:
            shown[name] = value
    for name in ("Addresses", "Phones", "ExternalLinks"):
        shown.setdefault(name, [])
    shown.setdefault("PaymentTerms", {})
    return shown


def account_view(account: Record) -> Record:
    """Show an account; a bank account need not have a code."""
    shown = {"AccountID": account["AccountID"]}
    shown |= {name: value for name, value in account.items() if value not in (None, "") and name != "AccountID"}
    return {**shown, "UpdatedDateUTC": moment_out(account["UpdatedDateUTC"]), "HasAttachments": False}


def actions_view(books: Books) -> list[Record]:
    """Show what the organisation's plan allows; this stand-in's plan allows all it models."""
    allowed = ("CreateDraftInvoice", "CreateApprovedInvoice", "CreateDraftBill", "CreateApprovedBill")
    multi = "ALLOWED" if books.has_many_currencies else "NOT-ALLOWED"
    return [*({"Name": name, "Status": "ALLOWED"} for name in allowed), {"Name": "UseMulticurrency", "Status": multi}]
