"""The shop's Xero organisation, in New Zealand, with a few records that its accountant made."""

from __future__ import annotations

from typing import Any, Final

from vtxero.sandbox.samples.clock import PastClock, present
from vtxero.sandbox.samples.vtiger import COMPANY
from vtxero.sandbox.xero import XeroState

_ALL: Final = "AQXLR"
_CLASSES: Final = {"A": "Assets", "Q": "Equity", "X": "Expenses", "L": "Liabilities", "R": "Revenue"}

_CHART: Final[tuple[tuple[str, str, str, str, str, dict[str, Any]], ...]] = (
    # code, name, type, class, tax type, further marks
    ("090", "Everyday Account", "BANK", "ASSET", "NONE", {"BankAccountType": "BANK", "CurrencyCode": "NZD"}),
    ("200", "Sales", "REVENUE", "REVENUE", "TAX001", {}),
    ("210", "Hire and Guiding", "REVENUE", "REVENUE", "TAX001", {}),
    ("260", "Freight Recovered", "REVENUE", "REVENUE", "TAX001", {}),
    ("270", "Interest Income", "REVENUE", "REVENUE", "NONE", {"Status": "ARCHIVED"}),
    ("300", "Purchases", "DIRECTCOSTS", "EXPENSE", "INPUT2", {}),
    ("610", "Accounts Receivable", "CURRENT", "ASSET", "NONE", {"SystemAccount": "DEBTORS"}),
    ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "CREDITORS"}),
    ("820", "GST", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "GST"}),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "NONE", {"SystemAccount": "ROUNDING"}),
    ("880", "Funds Introduced", "EQUITY", "EQUITY", "NONE", {"EnablePaymentsToAccount": True}),
)
_TAXES: Final = (
    # name, tax type, report tax type, classes it applies to, components
    ("15% GST on Income", "OUTPUT2", "OUTPUT", "AQLR", (("GST", "15"),)),
    ("15% GST on Expenses", "INPUT2", "INPUT", "AQXL", (("GST", "15"),)),
    ("No GST", "NONE", "NONE", _ALL, (("No GST", "0"),)),
    ("Zero Rated", "ZERORATED", "ZERORATEDOUTPUT", "LR", (("Zero Rated", "0"),)),
    ("GST", "TAX001", "OUTPUT", _ALL, (("GST", "15"),)),
    ("GST and Waste Levy", "TAX002", "OUTPUT", _ALL, (("GST", "15"), ("Waste Levy", "2"))),
)

# Ids are the same in every start, so that what is shown can be compared; what is made later has ids of its own.
_ORGANISATION_ID: Final = "5c0a1f00-7a11-4000-8000-000000000001"
_CYCLES, _PRINTS, _CHARTERS = (f"5c0a1f00-7a11-4000-8000-0000000001{number:02}" for number in range(1, 4))
_TORCH, _KAYAK, _PADDLE = (f"5c0a1f00-7a11-4000-8000-0000000002{number:02}" for number in range(1, 4))
_INVOICES: Final = tuple(f"5c0a1f00-7a11-4000-8000-0000000003{number:02}" for number in range(1, 6))

_CONTACTS: Final = (
    {
        "ContactID": _CYCLES, "Name": "Kererū Cycles", "EmailAddress": "ride@kereru.example",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "3", "PhoneNumber": "555 0107"}],
        "Addresses": [
            {
                "AddressType": "POBOX", "AddressLine1": "7 Manuka Avenue", "City": "Christchurch",
                "PostalCode": "8011", "Country": "New Zealand",
            },
        ],
    },
    {
        "ContactID": _PRINTS, "Name": "Pounamu Prints", "EmailAddress": "studio@pounamu.example",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "3", "PhoneNumber": "555 0108"}],
        "Addresses": [{"AddressType": "POBOX", "AddressLine1": "21 Greenstone Way", "City": "Hokitika"}],
    },
    {
        "ContactID": _CHARTERS, "Name": "Blue Cod Charters", "FirstName": "Ruth", "LastName": "Edmonds",
        "EmailAddress": "ruth@bluecod.example", "Website": "https://bluecod.example",
        "Phones": [{"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "3", "PhoneNumber": "555 0121"}],
        "Addresses": [
            {"AddressType": "POBOX", "AddressLine1": "Berth 4", "AddressLine2": "Marina Drive", "City": "Picton"},
        ],
        "ContactPersons": [
            {
                "FirstName": "Sam", "LastName": "Te Rangi", "EmailAddress": "sam@bluecod.example",
                "IncludeInEmails": True,
            },
        ],
    },
)  # fmt: skip
_SALES: Final = {"AccountCode": "200", "TaxType": "TAX001"}
_ITEMS: Final = (
    {
        "ItemID": _TORCH, "Code": "TORCH-H", "Name": "Head torch", "IsPurchased": False,
        "SalesDetails": {"UnitPrice": "64.00", **_SALES},
    },
    {
        "ItemID": _KAYAK, "Code": "KAYAK-DAY", "Name": "Kayak hire, one day", "IsPurchased": False,
        "Description": "Single kayak with paddle and life jacket",
        "SalesDetails": {"UnitPrice": "75.00", "AccountCode": "210", "TaxType": "TAX001"},
    },
    {
        "ItemID": _PADDLE, "Code": "PADDLE-2", "Name": "Paddle, two-part",
        "SalesDetails": {"UnitPrice": "119.00", **_SALES},
        "PurchaseDetails": {"UnitPrice": "61.50", "AccountCode": "300", "TaxType": "INPUT2"},
    },
)  # fmt: skip


def _invoice(number: int, contact: str, status: str, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "InvoiceID": _INVOICES[number - 1], "Type": "ACCREC", "InvoiceNumber": f"SHOP-{number:03}",
        "Contact": {"ContactID": contact}, "Status": status, "Date": "2026-10-12", "DueDate": "2026-11-20",
        "LineItems": lines, **more,
    }  # fmt: skip


_DOCUMENTS: Final = (
    _invoice(
        1, _CHARTERS, "DRAFT",
        [
            {
                "ItemCode": "KAYAK-DAY", "Description": "Kayak hire, 1 to 4 October", "Quantity": "4",
                "UnitAmount": "75.00", "AccountCode": "210", "TaxType": "TAX001",
            },
        ],
        Reference="October hire",
    ),
    _invoice(
        2, _CHARTERS, "AUTHORISED",
        [
            {
                "ItemCode": "PADDLE-2", "Description": "Paddle, two-part", "Quantity": "2", "UnitAmount": "119.00",
                **_SALES,
            },
            {
                "ItemCode": "KAYAK-DAY", "Description": "Kayak hire, one day", "Quantity": "1", "UnitAmount": "75.00",
                "DiscountRate": "10", "AccountCode": "210", "TaxType": "TAX001",
            },
        ],
        Reference="Paddles",
    ),
    _invoice(
        3, _CYCLES, "AUTHORISED",
        [{"Description": "Advertising on the shop's wall", "Quantity": "1", "UnitAmount": "115.00", **_SALES}],
        LineAmountTypes="Inclusive",
    ),
    _invoice(
        4, _PRINTS, "AUTHORISED",
        [
            {"ItemCode": "TORCH-H", "Description": "Head torch", "Quantity": "3", "UnitAmount": "64.00", **_SALES},
            {
                "Description": "Charges", "Quantity": "1", "UnitAmount": "12.00", "AccountCode": "260",
                "TaxType": "TAX001",
            },
        ],
        Reference="Torches by courier",
    ),
    {
        "InvoiceID": _INVOICES[4], "Type": "ACCPAY", "InvoiceNumber": "SUP-77", "Contact": {"ContactID": _CHARTERS},
        "Status": "AUTHORISED", "Date": "2026-10-02", "DueDate": "2026-10-31",
        "LineItems": [
            {
                "Description": "Boat transfer", "Quantity": "1", "UnitAmount": "240.00", "AccountCode": "300",
                "TaxType": "INPUT2",
            },
        ],
    },
)  # fmt: skip
"""Four sales, and a bill from a supplier, which must not cross."""


def sample_organisation() -> dict[str, Any]:
    """Give the organisation in the form of a file."""
    return {
        "Organisation": {
            "OrganisationID": _ORGANISATION_ID, "Name": COMPANY, "LegalName": COMPANY, "PaysTax": True, "Version": "NZ",
            "OrganisationType": "COMPANY", "BaseCurrency": "NZD", "CountryCode": "NZ", "IsDemoCompany": False,
            "OrganisationStatus": "ACTIVE", "TaxNumber": "10-203-040", "FinancialYearEndDay": 31,
            "FinancialYearEndMonth": 3, "SalesTaxBasis": "INVOICE", "SalesTaxPeriod": "TWOMONTHS",
            "PeriodLockDate": "2026-03-31", "Timezone": "NEWZEALANDSTANDARDTIME", "ShortCode": "!tui42",
            "Edition": "BUSINESS", "Class": "STANDARD",
        },
        "Currencies": [
            {"Code": "NZD", "Description": "New Zealand Dollar"},
            {"Code": "USD", "Description": "United States Dollar"},
        ],
        "Accounts": [_account(row) for row in _CHART],
        "TaxRates": [_tax_rate(row) for row in _TAXES],
        "Contacts": list(_CONTACTS),
        "Items": list(_ITEMS),
        "Invoices": list(_DOCUMENTS),
    }  # fmt: skip


def sample_xero() -> XeroState:
    """Make the organisation; its records are thirty days old."""
    state = XeroState.load(sample_organisation(), clock=PastClock())
    state.clock = present
    return state


def _account(row: tuple[str, str, str, str, str, dict[str, Any]]) -> dict[str, Any]:
    code, name, kind, classed, tax_type, more = row
    return {"Code": code, "Name": name, "Type": kind, "Class": classed, "Status": "ACTIVE", "TaxType": tax_type, **more}


def _tax_rate(row: tuple[str, str, str, str, tuple[tuple[str, str], ...]]) -> dict[str, Any]:
    name, tax_type, report, classes, components = row
    parts = [{"Name": part, "Rate": rate, "IsCompound": False, "IsNonRecoverable": False} for part, rate in components]
    flags = {f"CanApplyTo{classed}": letter in classes for letter, classed in _CLASSES.items()}
    own = {"Name": name, "TaxType": tax_type, "ReportTaxType": report, "Status": "ACTIVE"}
    return {**own, "TaxComponents": parts, **flags}
