"""An API user whose number format or currency changes amounts: nothing is written, or one record and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from chain.company import line
from vtxero.sandbox.vtiger.state import User


def log_in_as(company, **settings):
    company.vtiger.add_user(User("api", 9, "api-key", **settings))
    vtiger = company.settings.vtiger.model_copy(update={"username": "api", "access_key": SecretStr("api-key")})
    company.settings = company.settings.model_copy(update={"vtiger": vtiger})


def change_user(company, **settings):
    company.vtiger.add_user(replace(company.vtiger.users["api"], **settings))


def said(report):
    """What the run said, but for the module that an open-source Vtiger lacks."""
    return [each for each in report.messages if not each.startswith("PAY-NO-MODULE")]


def items(company, *prices):
    for number, price in enumerate(prices):
        company.xero.add_item(
            Code=f"X-{number}", Name=f"Item {number}", SalesDetails={"UnitPrice": price, "AccountCode": "200"}
        )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"decimals": 0}, "has 0 decimals set for amounts"),
        ({"decimal_separator": ","}, "writes decimals with ','"),
        ({"currency": 2}, "has the currency USD, not the base currency NZD"),
    ],
)
def test_settings_that_can_be_read_stop_amounts_before_any_write(company, settings, words):
    dollars = {"currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$", "defaultid": "0"}
    company.crm.create("Currency", **dollars, conversion_rate="0.6", currency_status="Active", deleted="0")
    log_in_as(company, is_admin=True, **settings)
    items(company, "12.34")
    company.organization(accounttype="Customer")

    report = company.sync()

    assert report.exit_code == 6
    assert [words in each for each in said(report)] == [True]
    assert company.writes("vtiger") == []
    assert "Acme Ltd" in company.contacts()


def test_settings_that_cannot_be_read_are_seen_in_the_first_answer(company):
    log_in_as(company, decimals=0)
    items(company, "12.34", "56.78", "90.12")

    report = company.sync()

    assert len(company.writes("vtiger")) == 1
    assert report.exit_code == 6
    assert sum(" was sent as " in each for each in said(report)) == 1


def test_amount_changed_in_the_only_write_ends_the_run_with_the_same_words(company):
    log_in_as(company, decimals=0)
    items(company, "12.34")

    report = company.sync()

    assert (report.exit_code, len(said(report))) == (6, 1)
    assert "number format or currency" in said(report)[0]


def test_user_that_was_seen_to_change_amounts_writes_no_more_until_it_is_mended(company):
    log_in_as(company, decimals=0)
    items(company, "12.34", "56.78")
    company.sync()
    before = company.writes("vtiger")

    report = company.sync()

    assert report.exit_code == 6
    assert company.writes("vtiger") == before

    change_user(company, decimals=2)
    assert company.sync(full=True).exit_code == 0
    prices = sorted(row["unit_price"] for row in company.vtiger.records("Products"))
    assert prices in (["12.00000000", "56.78000000"], ["12.34000000", "57.00000000"])


def test_rounding_to_the_cents_of_a_fit_user_is_no_change(company):
    log_in_as(company, decimals=2)
    items(company, "12.3456")

    assert company.sync().exit_code == 0


def test_payment_that_is_carried_into_an_invoice_is_looked_at_too(company):
    log_in_as(company, decimals=2)
    invoice = company.invoice(company.organization(accounttype="Customer"), line(company.product(), price="10.55"))
    company.sync()
    change_user(company, decimals=0)
    paid = company.invoices()[company.number_of(invoice)]
    company.xero.pay(paid["InvoiceID"], str(paid["AmountDue"]), account="090")

    report = company.sync()

    assert report.exit_code == 6
    assert "was sent as 11.02, and Vtiger keeps 11" in said(report)[0]
