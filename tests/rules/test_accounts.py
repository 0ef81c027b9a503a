"""Rules about accounts: which may stand on sales documents and items."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from modules.small_reference import CHART, RATES, a_reference
from vtxero.domain.options import ProductOptions
from vtxero.domain.reference import LedgerAccount, VtigerField, VtigerModule
from vtxero.registry import account_fields
from vtxero.rules.accounts import (
    AccountField,
    AccountUse,
    PicklistGap,
    account_problem,
    missing_picklist_values,
    spelled_account,
    tax_fits_account,
    usable_accounts,
)

BANK = LedgerAccount("090", "a-090", "Bank", "BANK", "ASSET", True)
OWNER = LedgerAccount("880", "a-880", "Owner", "EQUITY", "EQUITY", True, takes_payments=True)
CHART_BY_NAME = {account.name: account for account in (*CHART, BANK)}


def test_account_when_active_and_ordinary_is_no_problem():
    assert account_problem(CHART_BY_NAME["Sales"], "200 - Sales") is None


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("nowhere", "999 - Gone", "no account '999 - Gone'"),
        ("nowhere", "  ", "No account is named"),
        ("Interest", "270", "archived"),
        ("Receivables", "610", "system account"),
        ("Petty Cash", "Petty Cash", "no code"),
        ("Bank", "090", "bank account"),
    ],
)
def test_account_when_unusable_names_the_reason(name, text, says):
    assert says in account_problem(CHART_BY_NAME.get(name), text)


def test_tax_fits_account_when_class_is_listed_or_no_account_is_known():
    purchases, sales = (next(rate for rate in RATES if rate.tax_type == kind) for kind in ("INPUTX", "OUTPUTX"))
    assert tax_fits_account(sales, CHART_BY_NAME["Sales"])
    assert not tax_fits_account(purchases, CHART_BY_NAME["Sales"])
    assert tax_fits_account(purchases, None)


def a_books(*, chart=CHART, **fields):
    """Give both sides' reference data with picklists of these values: Products={"Xero Sales Account": (...)}."""
    reference = a_reference()
    modules = dict(reference.vtiger.modules)
    for name, picklists in fields.items():
        described = tuple(
            VtigerField(f"cf_{label}", label, "picklist", mandatory=False, choices=choices)
            for label, choices in picklists.items()
        )
        modules[name] = VtigerModule(name, "14", described)
    xero = replace(reference.xero, accounts=chart)
    return replace(reference, vtiger=replace(reference.vtiger, modules=modules), xero=xero)


def test_accounts_usable_on_documents_are_the_active_ordinary_ones_with_a_code():
    found = usable_accounts(a_books(chart=(*CHART, BANK, OWNER)).xero, AccountUse.DOCUMENTS)

    assert [account.code for account in found] == ["200", "260", "300", "880"]


def test_accounts_usable_for_payments_are_banks_and_those_that_xero_lets_take_payments():
    found = usable_accounts(a_books(chart=(*CHART, OWNER, BANK)).xero, AccountUse.PAYMENTS)

    assert [account.name for account in found] == ["Bank", "Owner", "Petty Cash"]


def test_picklist_that_lacks_accounts_lists_them_as_they_are_to_be_pasted():
    reference = a_books(
        Products={"Xero Sales Account": ("200 - Sales", "Freight"), "Xero Purchase Account": ()},
        Services={"Xero Sales Account": ("200", "260 - Freight", "300 - Purchases")},
        LineItem={},
    )

    assert missing_picklist_values(reference) == (
        PicklistGap("Products", "Xero Sales Account", ("300 - Purchases",)),
        PicklistGap("Products", "Xero Purchase Account", ("200 - Sales", "260 - Freight", "300 - Purchases")),
    )


def test_picklist_of_payments_lacks_only_accounts_that_take_payments():
    reference = a_books(chart=(*CHART, BANK, OWNER), Payments={"Xero Account": ("090 - Bank",)}, Products={})

    assert missing_picklist_values(reference) == (
        PicklistGap("Payments", "Xero Account", ("880 - Owner", "Petty Cash")),
    )


def test_account_field_that_is_plain_text_or_not_there_lacks_nothing():
    reference = a_reference(Products="productname|Product Name|m\ncf_1|Xero Sales Account")

    assert missing_picklist_values(reference) == ()


def test_account_field_that_the_config_places_elsewhere_is_looked_at_there():
    options = ProductOptions(fields={"sales_account": {"vtiger": "Ledger"}, "purchase_account": "off"})
    places = account_fields(SimpleNamespace(products=options))
    reference = a_books(Products={"Ledger": ("200 - Sales",)}, Services={})

    assert AccountField("LineItem", "Xero Sales Account") in places
    assert [gap.label for gap in missing_picklist_values(reference, places)] == ["Ledger"]


def test_account_is_spelt_as_the_picklist_has_it():
    sales, xero = CHART_BY_NAME["Sales"], a_reference().xero

    assert spelled_account(sales, ("260 - Freight", "Sales (200)", "Sales"), xero) == "Sales"
    assert spelled_account(sales, ("260 - Freight",), xero) == "200 - Sales"
