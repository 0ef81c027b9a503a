"""Fields that Vtiger demands and Xero leaves empty: the config's default, else the reason, before anything is sent."""

from __future__ import annotations

import pytest

from chain.causes import with_config
from chain.causes_of_parties_and_products import make_mandatory
from chain.cloud_company import open_cloud
from chain.company import reasons, xero_line
from vtxero.domain.sides import Direction
from vtxero.registry import ALWAYS_FILLED

PHONE = [{"PhoneType": "DEFAULT", "PhoneCountryCode": "", "PhoneAreaCode": "", "PhoneNumber": "123"}]


def make_contact(company, **fields):
    return company.xero.add_contact(**{"Name": "Nova", "Phones": PHONE, **fields})


def make_item(company, **fields):
    return company.xero.add_item(**{"Code": "W-1", "Name": "Widget", "Description": "fine", **fields})


def make_invoice(company, **fields):
    contact = company.xero.add_contact(Name="Nova")
    return company.xero_invoice(contact, **{"Status": "DRAFT"} | fields)


MADE = {
    "organizations": (make_contact, "Accounts", "industry", "Industry"),
    "products": (make_item, "Products", "manufacturer", "Manufacturer"),
    "invoices": (make_invoice, "Invoice", "vtiger_purchaseorder", "Purchase Order"),
}


def row_of(company, vtiger_module):
    return [row for row in company.vtiger.records(vtiger_module) if row.get("productname") != "??????"]


@pytest.mark.parametrize("module", MADE)
def test_new_record_without_a_mandatory_value_stays_behind_until_the_config_has_a_default(company, module):
    make, vtiger_module, field, label = MADE[module]
    make_mandatory(company, vtiger_module, field)
    make(company)

    [codes] = [codes for codes in reasons(company.sync()).values() if "MANDATORY-FIELD" in codes]
    assert codes == ["MANDATORY-FIELD"]
    assert row_of(company, vtiger_module) == []

    with_config(company, module, defaults={label: "by default"})
    assert reasons(company.sync()) == {}
    assert [row[field] for row in row_of(company, vtiger_module)] == ["by default"]
    company.quiet()


def test_person_without_a_mandatory_value_gets_the_default(company):
    make_mandatory(company, "Contacts", "title")
    make_contact(company, FirstName="Ann", LastName="First", EmailAddress="ann@nova.example")
    with_config(company, "organizations", defaults={"title": "Contact"})

    assert reasons(company.sync()) == {}
    assert [row["title"] for row in company.vtiger.records("Contacts")] == ["Contact"]


def test_draft_of_xero_without_a_due_date_stays_behind_where_vtiger_demands_one(company):
    make_mandatory(company, "Invoice", "duedate")
    make_invoice(company, DueDate=None)

    assert ["MANDATORY-FIELD"] in reasons(company.sync()).values()
    assert company.vtiger.records("Invoice") == []


def make_all_mandatory(company):
    """Whatever doctor takes for filled is demanded."""
    for module, filled in ALWAYS_FILLED.items():
        present = {item["name"] for item in company.vtiger.describes.get(module, {"fields": ()})["fields"]}
        for field in filled & present:
            make_mandatory(company, module, field)


def test_fields_that_doctor_takes_for_filled_are_so_in_every_record_that_is_made(company):
    make_all_mandatory(company)
    ann = {"FirstName": "Ann", "LastName": "First", "EmailAddress": "ann@nova.example"}
    nova = company.xero.add_contact(Name="Nova", **ann)
    make_item(company)
    company.xero_invoice(nova, xero_line(ItemCode="W-1"), Status="DRAFT", DueDate=None)

    assert reasons(company.sync()) == {}
    assert all(len(row_of(company, module)) == 1 for module in ("Accounts", "Contacts", "Products", "Invoice"))


def test_payment_where_all_that_doctor_takes_for_filled_is_demanded_crosses(tmp_path):
    with open_cloud(tmp_path) as company:
        make_all_mandatory(company)
        invoice = company.xero_invoice(company.xero.add_contact(Name="Nova"))
        company.xero.pay(invoice, "1")

        assert reasons(company.sync()) == {}
        assert len(company.vtiger.records("Payments")) == 1


CLEARED = {
    "organizations": (make_contact, "Accounts", "phone", "edit_contact", {"Phones": [{**PHONE[0], "PhoneNumber": ""}]}),
    "products": (make_item, "Products", "description", "edit_item", {"Description": ""}),
}


@pytest.mark.parametrize("module", CLEARED)
def test_mandatory_value_cleared_in_xero_waits_until_the_config_has_a_default(company, module):
    make, vtiger_module, field, edit, cleared = CLEARED[module]
    record = make(company)
    company.sync()
    make_mandatory(company, vtiger_module, field)
    before = [row[field] for row in row_of(company, vtiger_module)]
    getattr(company.xero, edit)(record, **cleared)
    writes = len(company.writes("vtiger"))

    for _ in range(2):
        [codes] = reasons(company.sync(full=True)).values()
        assert codes == ["MANDATORY-FIELD"]
    assert (len(company.writes("vtiger")), before) == (writes, [row[field] for row in row_of(company, vtiger_module)])

    with_config(company, module, defaults={field: "0800"})
    assert reasons(company.sync(direction=Direction.BOTH)) == {}
    assert [row[field] for row in row_of(company, vtiger_module)] == ["0800"]
    company.quiet()
