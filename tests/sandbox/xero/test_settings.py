"""Accounts, tax rates, currencies and tracking categories: made and changed by the API, one in a request."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vtxero.sandbox.xero import XeroState, create_app

FREIGHT = {"Code": "425", "Name": "Freight", "Type": "EXPENSE", "TaxType": "INPUT2"}


def told(answer):
    """Give the texts of a refusal."""
    assert answer.status_code == 400, answer.text
    (element,) = answer.json()["Elements"]
    return [one["Message"] for one in element["ValidationErrors"]]


def made(answer, plural):
    assert answer.status_code == 200, answer.text
    (element,) = answer.json()[plural]
    return element


def test_account_when_put_stands_in_the_chart_with_the_class_of_its_type(xero, state):
    account = made(xero.api("PUT", "Accounts", FREIGHT), "Accounts")

    assert (account["Class"], account["Status"]) == ("EXPENSE", "ACTIVE")
    assert state.account("425")["AccountID"] == account["AccountID"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Code": "12345678901"}, "Account Code is too long. Maximum of 10 characters allowed"),
        ({"Name": "sales"}, "Please enter a unique Name."),
        ({"Code": "200"}, "Please enter a unique Code."),
        ({"Code": None}, "Account code must be specified"),
        ({"Type": "MONEY"}, "The account type 'MONEY' is not valid"),
    ],
)
def test_account_when_something_is_wrong_is_refused(xero, state, changes, text):
    before = state.snapshot()

    assert told(xero.api("PUT", "Accounts", {**FREIGHT, **changes})) == [text]

    assert state.snapshot() == before


def test_account_when_archived_takes_no_line_any_more_and_nothing_else_goes_with_it(xero, sale):
    account_id = made(xero.api("PUT", "Accounts", {**FREIGHT, "Type": "REVENUE", "TaxType": "OUTPUT2"}), "Accounts")[
        "AccountID"
    ]
    mixed = {"Status": "ARCHIVED", "Name": "Old freight"}
    assert "nothing else with it" in told(xero.api("POST", f"Accounts/{account_id}", mixed))[0]

    archived = made(xero.api("POST", f"Accounts/{account_id}", {"Status": "ARCHIVED"}), "Accounts")

    assert archived["Status"] == "ARCHIVED"
    line = {"Description": "Oak", "Quantity": 1, "UnitAmount": 1, "AccountCode": "425"}
    assert "has been archived" in xero.errors("Invoices", sale(line))[0]


def test_account_when_one_of_xeros_own_or_in_use_cannot_be_deleted(xero, state, sale):
    xero.put("Invoices", sale())
    debtors, sales = (state.account(code)["AccountID"] for code in ("610", "200"))

    assert "system account" in told(xero.api("DELETE", f"Accounts/{debtors}"))[0]
    assert "with transactions" in told(xero.api("DELETE", f"Accounts/{sales}"))[0]
    unused = made(xero.api("PUT", "Accounts", FREIGHT), "Accounts")["AccountID"]
    assert made(xero.api("DELETE", f"Accounts/{unused}"), "Accounts")["Status"] == "DELETED"
    assert state.account("425") is None


VAT = {
    "Name": "Two taxes",
    "ReportTaxType": "OUTPUT",
    "TaxComponents": [{"Name": "State", "Rate": 10}, {"Name": "City", "Rate": "5", "IsCompound": "true"}],
}


def test_tax_rate_when_put_gets_a_generated_type_and_the_compound_effective_rate(xero, state):
    rate = made(xero.api("PUT", "TaxRates", {"TaxRates": [VAT]}), "TaxRates")

    assert rate["TaxType"] == "TAX001"
    assert (rate["DisplayTaxRate"], rate["EffectiveRate"]) == (15, 15.5)
    assert (rate["CanApplyToRevenue"], rate["CanApplyToExpenses"]) == (True, False)
    assert state.tax_rates["TAX001"]["EffectiveRate"] == Decimal("15.5")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Name": "no gst"}, "A tax rate with this name already exists. Please enter a unique Name."),
        ({"TaxType": "MINE"}, "TaxType cannot be chosen; Xero generates it"),
        ({"ReportTaxType": None}, "ReportTaxType must be specified"),
        ({"TaxComponents": []}, "A tax rate must have at least one tax component"),
    ],
)
def test_tax_rate_when_something_is_wrong_is_refused(xero, changes, text):
    assert told(xero.api("PUT", "TaxRates", {**VAT, **changes})) == [text]


def test_tax_rate_when_changed_must_list_its_components_and_may_add_some(xero):
    xero.api("PUT", "TaxRates", VAT)
    fewer = {"Name": "Two taxes", "TaxComponents": VAT["TaxComponents"][:1]}
    assert "neither removed nor renamed" in told(xero.api("POST", "TaxRates", fewer))[0]

    more = {"Name": "Two taxes", "TaxComponents": [*VAT["TaxComponents"], {"Name": "Park", "Rate": 1}]}
    rate = made(xero.api("POST", "TaxRates", more), "TaxRates")

    assert (rate["TaxType"], rate["EffectiveRate"]) == ("TAX001", 16.55)


def test_tax_rate_when_deleted_stays_listed_and_its_name_is_free(xero):
    xero.api("PUT", "TaxRates", VAT)

    assert made(xero.api("POST", "TaxRates", {"Name": "Two taxes", "Status": "DELETED"}), "TaxRates")["Status"] == (
        "DELETED"
    )

    assert {one["TaxType"]: one["Status"] for one in xero.rows("TaxRates")}["TAX001"] == "DELETED"
    assert made(xero.api("PUT", "TaxRates", VAT), "TaxRates")["TaxType"] == "TAX002"


def test_tax_rate_of_xeros_own_cannot_be_changed(xero):
    assert told(xero.api("POST", "TaxRates", {"TaxType": "OUTPUT2", "Name": "x"})) == [
        "System tax rates cannot be changed",
    ]


def test_currency_when_put_can_be_used_where_the_plan_has_many(xero, sale):
    assert xero.errors("Invoices", sale(CurrencyCode="EUR")) == ["Organisation is not subscribed to currency EUR"]

    assert made(xero.api("PUT", "Currencies", {"Code": "EUR"}), "Currencies") == {"Code": "EUR", "Description": "Euro"}

    assert xero.put("Invoices", sale(CurrencyCode="EUR"))[0]["StatusAttributeString"] == "OK"


def test_currency_when_the_plan_has_but_one_is_refused(clock, new_client):
    client = new_client()
    client.app = create_app(XeroState.new(clock=clock, currencies=()), limits="off")
    client.login()

    assert "multi currency" in told(client.api("PUT", "Currencies", {"Code": "EUR"}))[0]


def test_settings_when_the_scope_only_reads_are_not_written(new_client):
    client = new_client().login("accounting.settings.read")

    assert client.api("GET", "TrackingCategories").status_code == 200
    assert client.api("PUT", "Accounts", FREIGHT).status_code == 401


@pytest.fixture
def region(xero):
    """A tracking category with two options, as its ids."""
    category = made(xero.api("PUT", "TrackingCategories", {"Name": "Region"}), "TrackingCategories")
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    options = [
        made(xero.api("PUT", path, {"Name": name}), "Options")["TrackingOptionID"] for name in ("North", "South")
    ]
    return category["TrackingCategoryID"], *options


def tracked(*tracking):
    return {"Description": "Oak", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200", "Tracking": list(tracking)}


def test_tracking_when_named_or_given_by_ids_stands_on_the_line(xero, sale, region):
    by_name = {"Name": "Region", "Option": "North"}
    by_id = {"TrackingCategoryID": region[0], "TrackingOptionID": region[2]}
    xero.put("Invoices", sale(tracked(by_name)), sale(tracked(by_id)))

    found = [one["LineItems"][0]["Tracking"] for one in xero.rows("Invoices?page=1&order=InvoiceNumber")]

    assert [(one["Name"], one["Option"], one["Options"]) for (one,) in found] == [
        ("Region", "North", []),
        ("Region", "South", []),
    ]
    assert found[0][0]["TrackingCategoryID"] == region[0]


@pytest.mark.parametrize(
    ("tracking", "text"),
    [
        ([{"Name": "Region", "Option": "West"}], "does not exist or is not active"),
        ([{"Name": "Colour", "Option": "North"}], "does not exist or is not active"),
        ([{"Name": "Region", "Option": "North"}, {"Name": "Region", "Option": "South"}], "only once"),
    ],
)
@pytest.mark.usefixtures("region")
def test_tracking_when_it_does_not_exist_or_comes_twice_is_refused(xero, sale, tracking, text):
    assert text in xero.errors("Invoices", sale(tracked(*tracking)))[0]


def test_tracking_when_used_can_only_be_archived_and_then_takes_no_line(xero, sale, region):
    category, north, south = region
    xero.put("Invoices", sale(tracked({"Name": "Region", "Option": "North"})))
    path = f"TrackingCategories/{category}/Options"

    assert "only be archived" in told(xero.api("DELETE", f"{path}/{north}"))[0]
    assert made(xero.api("DELETE", f"{path}/{south}"), "Options")["IsDeleted"] is True
    assert made(xero.api("POST", f"{path}/{north}", {"Status": "ARCHIVED"}), "Options")["IsArchived"] is True

    assert xero.errors("Invoices", sale(tracked({"Name": "Region", "Option": "North"})))
    assert xero.rows("TrackingCategories")[0]["Options"] == []
    assert xero.rows("TrackingCategories?includeArchived=true")[0]["Options"][0]["Name"] == "North"


def test_tracking_category_when_renamed_keeps_its_id_and_a_third_one_is_refused(xero, region):
    renamed = made(xero.api("POST", f"TrackingCategories/{region[0]}", {"Name": "Area"}), "TrackingCategories")
    xero.api("PUT", "TrackingCategories", {"Name": "Colour"})

    assert (renamed["Name"], renamed["TrackingCategoryID"]) == ("Area", region[0])
    assert "at most 2 active" in told(xero.api("PUT", "TrackingCategories", {"Name": "Third"}))[0]
    assert "already exists" in told(xero.api("POST", f"TrackingCategories/{region[0]}", {"Name": "colour"}))[0]
    assert xero.api("DELETE", f"TrackingCategories/{region[0]}").status_code == 200
    assert [one["Name"] for one in xero.rows("TrackingCategories")] == ["Colour"]


def test_branding_theme_is_the_one_on_every_sales_invoice(xero, sale):
    (theme,) = xero.rows("BrandingThemes")

    assert xero.put("Invoices", sale())[0]["BrandingThemeID"] == theme["BrandingThemeID"]
