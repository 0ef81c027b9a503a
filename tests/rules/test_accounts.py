"""Rules about accounts: which may stand on sales documents and items."""

from __future__ import annotations

import pytest

from modules.small_reference import CHART, RATES
from vtxero.rules.accounts import account_problem, tax_fits_account

CHART_BY_NAME = {account.name: account for account in CHART}


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
    ],
)
def test_account_when_unusable_names_the_reason(name, text, says):
    assert says in account_problem(CHART_BY_NAME.get(name), text)


def test_tax_fits_account_when_class_is_listed_or_no_account_is_known():
    purchases, sales = (next(rate for rate in RATES if rate.tax_type == kind) for kind in ("INPUTX", "OUTPUTX"))
    assert tax_fits_account(sales, CHART_BY_NAME["Sales"])
    assert not tax_fits_account(purchases, CHART_BY_NAME["Sales"])
    assert tax_fits_account(purchases, None)
