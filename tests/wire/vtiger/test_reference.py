"""What Vtiger knows besides its records."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from vtxero.domain.codes import Code
from vtxero.errors import AuthError
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.columns import header_columns
from vtxero.vtiger.reference import read_reference, read_user_settings, user_findings


def test_reference_holds_instance_version_and_pages(rig):
    reference = read_reference(rig.client())
    assert reference.instance == rig.url
    assert (reference.version, reference.user_id) == ("8.2.0", "19x1")
    assert reference.page("7x28", "Invoice") == f"{rig.url}/index.php?module=Invoice&view=Detail&record=28"


def test_each_module_is_described_once(rig):
    client = rig.client()
    reference = read_reference(client)
    assert list(reference.modules) == ["Accounts", "Contacts", "Products", "Services", "Invoice", "LineItem"]
    assert len(rig.asked("describe")) == 6
    assert client.calls == 2 + 1 + 6 + 2
    accounts = reference.modules["Accounts"]
    assert (accounts.id_prefix, accounts.createable) == ("11", True)
    assert accounts.field("accountname").mandatory
    assert "Sent" in reference.modules["Invoice"].field("invoicestatus").choices
    assert reference.modules["Products"].by_label("Xero Item ID") == "cf_859"


def test_taxes_and_currencies_are_read_with_their_rates(rig):
    client = rig.client()
    client.create("Tax", {"taxlabel": "GST & more", "percentage": "15", "method": "Simple"})
    dollars = {"currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$"}
    client.create(
        "Currency", dollars | {"conversion_rate": "0.61", "currency_status": "Active", "defaultid": "0", "deleted": "0"}
    )
    reference = read_reference(client)
    assert (reference.tax("tax4").label, reference.tax("tax4").rate) == ("GST & more", Decimal(15))
    assert reference.base_currency == "NZD"
    assert reference.currency_by_code("USD").rate == Decimal("0.61")


def test_compound_tax_names_the_fields_it_stands_on(rig):
    rig.state.actors["Tax"][3] |= {"method": "Compound", "compoundon": '["1","2"]'}
    assert read_reference(rig.client()).tax("tax3").compound_on == ("tax1", "tax2")


def test_deleted_taxes_are_left_out(rig):
    rig.state.actors["Tax"][2]["deleted"] = "1"
    assert [tax.field for tax in read_reference(rig.client()).taxes] == ["tax1", "tax3"]


def test_taxes_on_charges_are_named_without_the_charge(rig):
    assert read_reference(rig.client()).charge_taxes == {
        "shipping_&_handling_shtax1": "VAT",
        "shipping_&_handling_shtax2": "Sales",
        "shipping_&_handling_shtax3": "Service",
    }


def test_headers_leave_out_what_would_join_lines(rig):
    columns = header_columns(read_reference(rig.client()).modules["Invoice"])
    assert {"id", "subject", "hdnGrandTotal", "conversion_rate", "cf_867"} <= set(columns)
    assert not {"productid", "tax1", "discount_amount", "hdnDiscountAmount", "shipping_&_handling", "starred"} & set(
        columns
    )


def test_module_that_is_not_there_is_not_described(rig):
    rig.state.listtypes["types"] = [name for name in rig.state.listtypes["types"] if name != "Services"]
    assert "Services" not in read_reference(rig.client()).modules


# -- the API user ----------------------------------------------------------------------------------------------


def test_administrator_reads_its_own_settings(rig):
    user = read_user_settings(rig.client())
    assert (user.name, user.currency_id, user.decimals, user.decimal_separator) == ("admin", "21x1", 2, ".")


def test_other_users_settings_cannot_be_read(rig):
    assert read_user_settings(rig.client("clerk")) is None


def test_wrong_login_is_not_taken_for_missing_rights(rig):
    good = rig.client()
    bad = VtigerClient(replace(good._access, username="nobody"), sleep=rig.sleeps.append)
    rig.clients.append(bad)
    with pytest.raises(AuthError):
        read_user_settings(bad)


def test_user_of_base_currency_point_and_two_decimals_is_fine(rig):
    client = rig.client()
    assert user_findings(read_user_settings(client), read_reference(client)) == ()
    assert user_findings(None, read_reference(client)) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency_id": "21x9"}, "currency_id"),
        ({"decimals": None}, "no_of_currency_decimals"),
        ({"decimals": 0}, "no_of_currency_decimals"),
        ({"decimal_separator": ","}, "currency_decimal_separator"),
    ],
)
def test_user_whose_settings_change_amounts_is_found(rig, change, field):
    client = rig.client()
    user = replace(read_user_settings(client), **change)
    (found,) = user_findings(user, read_reference(client))
    assert (found.code, found.field) == (Code.RUN_VTIGER_USER, field)
    assert "'admin'" in found.message
