"""Reasons of organizations and products, and fields that are mandatory in Vtiger."""

from __future__ import annotations

from chain.causes import produces, with_config
from chain.company import Company, line
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.sync.report import RunReport


def make_mandatory(company: Company, module: str, field: str) -> None:
    """Tick `Mandatory field` in Vtiger's layout editor."""
    [found] = [item for item in company.vtiger.describes[module]["fields"] if item["name"] == field]
    found["mandatory"] = True


@produces(Code.MANDATORY_FIELD, "Industry is mandatory in Vtiger")
def organization_lacks_a_mandatory_field(company: Company) -> None:
    make_mandatory(company, "Accounts", "industry")
    company.xero.add_contact(Name="Nova")


@produces(Code.MANDATORY_FIELD, "Title (of contacts) is mandatory in Vtiger")
def person_lacks_a_mandatory_field(company: Company) -> None:
    make_mandatory(company, "Contacts", "title")
    company.xero.add_contact(Name="Nova", FirstName="Ann", LastName="First", EmailAddress="ann@nova.example")


@produces(Code.MANDATORY_FIELD, "Product Category is mandatory in Vtiger")
def product_lacks_a_mandatory_field(company: Company) -> None:
    make_mandatory(company, "Products", "productcategory")
    company.xero.add_item(Code="W-1", Name="Widget")


@produces(Code.MANDATORY_FIELD, "Xero Status is mandatory in Vtiger")
def invoice_lacks_a_mandatory_field(company: Company) -> None:
    make_mandatory(company, "Invoice", "cf_869")
    nova = company.xero.add_contact(Name="Nova")
    company.xero_invoice(nova)


# organizations


@produces(Code.ORG_NAME, "Xero refuses < and > in a name")
def name_that_xero_refuses(company: Company) -> None:
    company.organization("a > b")


@produces(Code.ORG_DUPLICATE, "has the same name or code and crosses for both")
def two_organizations_of_one_name(company: Company) -> None:
    company.organization("Acme Ltd")
    company.organization(" acme  ltd")


@produces(Code.ORG_PRIMARY_EMAIL, "no additional people (Second)")
def further_person_without_a_primary_email(company: Company) -> None:
    acme = company.organization()
    company.person(acme, "First")
    company.person(acme, "Second", email="second@acme.example")


@produces(Code.ORG_PEOPLE_MAX, "Person 7", note=True)
def more_people_than_xero_holds(company: Company) -> None:
    acme = company.organization(email1="office@acme.example")
    for number in range(1, 8):
        company.person(acme, f"Person {number}", email=f"p{number}@acme.example")


@produces(Code.ORG_ARCHIVED, "archived")
def contact_archived_in_xero(company: Company) -> None:
    company.organization()
    company.sync()
    [contact] = company.contacts().values()
    company.xero.archive_contact(contact["ContactID"])


@produces(Code.ORG_MERGED, "merged")
def contact_merged_in_xero(company: Company) -> None:
    company.organization("Acme Ltd")
    company.organization("Bee Ltd")
    company.sync()
    found = company.contacts()
    company.xero.merge_contacts(found["Acme Ltd"]["ContactID"], found["Bee Ltd"]["ContactID"])


@produces(Code.ORG_PEOPLE_REMOVED, "Bob Second was removed in Vtiger, is still in Xero")
def person_of_an_organization_was_deleted(company: Company) -> RunReport:
    kea = company.organization("Kea Ltd", email1="office@kea.example")
    company.person(kea, "First", firstname="Ann")
    bob = company.person(kea, "Second", firstname="Bob")
    company.sync()
    company.vtiger.delete(bob)
    return company.sync(full=True)


@produces(Code.ORG_PERSON_MOVED, "Jane Doe belongs to Vtiger's organization")
def person_with_a_contact_of_her_own_gets_an_organization(company: Company) -> None:
    jane = company.vtiger.add("Contacts", {"firstname": "Jane", "lastname": "Doe", "assigned_user_id": "19x1"})
    with_config(company, "contacts", everyone=True)
    company.sync()
    company.vtiger.edit(jane, account_id=company.organization("Kea Ltd"))


@produces(Code.ORG_NOT_INVOICED, "no invoice that crosses names them")
def person_whom_no_invoice_names(company: Company) -> None:
    company.vtiger.add("Contacts", {"firstname": "Jane", "lastname": "Doe", "assigned_user_id": "19x1"})


# products


@produces(Code.PRD_CODE, "no code (Part Number)")
def product_without_a_code(company: Company) -> None:
    company.product(code="")


@produces(Code.PRD_CODE_LONG, "has 31 characters, Xero holds 30")
def code_longer_than_xero_holds(company: Company) -> None:
    company.product(code="W" * 31)


@produces(Code.PRD_NAME_LONG, "has 51 characters, Xero holds 50")
def name_longer_than_xero_holds(company: Company) -> None:
    company.product("W" * 51)


@produces(Code.PRD_CODE_TAKEN, "Xero's item 'Gadget' has the code 'G-1' already")
def code_that_another_item_has(company: Company) -> None:
    widget = company.product("Widget", "W-1")
    company.product("Gadget", "G-1")
    company.sync()
    company.vtiger.edit(widget, productcode="G-1")


@produces(Code.PRD_CODE_TAKEN, "Price List Item with Code 'G-1' already exists")
def code_of_an_item_whose_product_was_deleted(company: Company) -> None:
    widget, gadget = company.product("Widget", "W-1"), company.product("Gadget", "G-1")
    company.sync()
    company.vtiger.delete(gadget)
    company.vtiger.edit(widget, productcode="G-1")


@produces(Code.PRD_CODE_TAKEN, "has the code 'G-1' already")
def two_products_exchange_their_codes(company: Company) -> None:
    widget, gadget = company.product("Widget", "W-1"), company.product("Gadget", "G-1")
    company.sync()
    company.vtiger.edit(widget, productcode="G-1")
    company.vtiger.edit(gadget, productcode="W-1")


@produces(Code.PRD_DUPLICATE, "has the same name or code and crosses for both")
def two_products_of_one_code(company: Company) -> None:
    company.product("Widget", "W-1")
    company.product("Widget again", "W-1")


@produces(Code.PRD_ACCOUNT, "is a system account of Xero (DEBTORS)")
def system_account_on_a_product(company: Company) -> None:
    company.product(cf_861="610 - Accounts Receivable")


@produces(Code.PRD_ACCOUNT, "no account '999 - Nowhere'")
def unknown_account_on_a_product(company: Company) -> None:
    company.product(cf_861="999 - Nowhere")


@produces(Code.PRD_ACCOUNT, "is a bank account")
def bank_account_on_a_product(company: Company) -> None:
    company.product(cf_861="090 - Business Bank Account")


@produces(Code.PRD_ACCOUNT, "has no value '210 - Service Income' yet", note=True)
def account_that_vtigers_picklist_lacks(company: Company) -> None:
    company.xero.add_item(Code="W-1", Name="Widget", SalesDetails={"AccountCode": "210"})


@produces(Code.PRD_TAX, "several taxes", note=True)
def product_with_several_taxes(company: Company) -> None:
    company.product(tax2="10")


@produces(Code.PRD_CURRENCY, "priced in USD, and Xero's items in NZD", note=True)
def product_priced_in_a_foreign_currency(company: Company) -> None:
    dollars = company.crm.create(
        "Currency",
        currency_name="USA, Dollars",
        currency_code="USD",
        currency_symbol="$",
        conversion_rate="0.6",
        defaultid="0",
        deleted="0",
        currency_status="Active",
    )
    company.product(currency_id=dollars["id"])


@produces(Code.PRD_INACTIVE, "no invoice that crosses needs it")
def inactive_product_that_nothing_needs(company: Company) -> None:
    company.product(discontinued="0")


@produces(Code.PRD_PLACEHOLDER, "'??????' stands for Xero's lines without an item")
def placeholder_never_crosses(company: Company) -> RunReport:
    company.product("??????", "?")
    return company.sync(direction=Direction.TO_XERO)


@produces(Code.PRD_CODE, "crosses without an item code", note=True)
def line_of_a_product_without_a_code(company: Company) -> None:
    company.invoice(company.organization(), line(company.product(code="")))
