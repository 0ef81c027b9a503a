"""What users know from Vtiger's own Xero extension, sentence by sentence (docs/mission.md names the test of each)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.causes import with_config
from chain.company import VAT, Company, line, only, reasons, xero_line
from vtxero.domain.sides import Direction
from vtxero.errors import AuthError
from vtxero.sync.records import Outcome

CHARGE = "shipping_&_handling"


def sold(company: Company, *lines, **fields):
    """An invoice that a bookkeeper made."""
    contact = company.xero.add_contact(Name="Nova")
    return company.xero_invoice(contact, *lines, **{"Status": "DRAFT"} | fields)


def tax_type(company: Company, name: str) -> str:
    return next(kind for kind, row in company.xero.snapshot()["TaxRates"].items() if row["Name"] == name)


def the(rows):
    [row] = rows
    return row


# directions and modules


def test_each_module_goes_in_the_direction_that_the_config_gives_it(company):
    with_config(company, "organizations", direction="to-xero")
    with_config(company, "products", direction="to-vtiger")
    company.organization("Here")
    company.xero.add_contact(Name="There")
    company.product("Here", "H-1")
    company.xero.add_item(Code="T-1", Name="There")

    company.sync()

    assert sorted(company.contacts()) == ["Here", "There"]
    assert [row["accountname"] for row in company.vtiger.records("Accounts")] == ["Here"]
    assert list(company.items()) == ["T-1"]
    assert sorted(row["productname"] for row in company.vtiger.records("Products")) == ["Here", "There"]


def test_syncing_invoices_alone_brings_along_the_organizations_and_products_they_need_and_no_others(company):
    needed = company.product("Needed", "N-1")
    company.product("Spare", "S-1")
    company.organization("Stranger")
    company.invoice(company.organization("Customer"), line(needed))

    report = company.sync(modules=("invoices",))

    assert (list(company.contacts()), list(company.items()), len(company.invoices())) == (["Customer"], ["N-1"], 1)
    assert reasons(report) == {}


def test_report_counts_every_record_and_names_each(company):
    company.organization("Good")
    company.organization("a > b")

    report = company.sync(direction=Direction.TO_XERO)

    row = the(count for count in report.modules if count.module == "organizations")
    assert (row.counts[Outcome.CREATED], row.counts[Outcome.SKIPPED], row.seen) == (1, 1, 2)
    assert {record.label for record in only(report, "organizations")} == {"Good", "a > b"}


# organizations


def test_primary_person_in_xero_stays_the_primary_when_people_come_and_go(company):
    acme = company.organization(email1="office@acme.example")
    company.person(acme, "First", firstname="Ann", email="ann@acme.example")
    second = company.person(acme, "Second", firstname="Bob", email="bob@acme.example")
    company.sync()
    company.vtiger.edit(second, lastname="Secundus")
    company.person(acme, "Third", firstname="Cy", email="cy@acme.example")

    company.sync()

    contact = the(company.contacts().values())
    assert contact["LastName"] == "First"
    assert {person["LastName"] for person in contact["ContactPersons"]} == {"Secundus", "Third"}


@pytest.mark.parametrize(("bill", "kind"), [(True, "Customer & Vendor"), (False, "Customer")])
def test_contact_with_invoices_and_bills_is_customer_and_vendor_in_vtiger(company, bill, kind):
    field = the(item for item in company.vtiger.describes["Accounts"]["fields"] if item["name"] == "accounttype")
    field["type"]["picklistValues"] += [{"label": text, "value": text} for text in ("Vendor", "Customer & Vendor")]
    sold(company)
    if bill:
        nova = the(company.contacts().values())["ContactID"]
        company.xero_invoice(nova, xero_line(AccountCode="300"), Type="ACCPAY", Status="DRAFT")

    company.sync()

    assert the(company.vtiger.records("Accounts"))["accounttype"] == kind


def test_duplicate_organizations_in_vtiger_become_one_contact(company):
    company.organization("Acme Ltd")
    other = company.organization(" acme  ltd")
    company.invoice(other, line(company.product()))

    report = company.sync()

    contact = the(company.contacts().values())
    assert the(company.invoices().values())["ContactID"] == contact["ContactID"]
    assert ["ORG-DUPLICATE"] in reasons(report).values()


# products


def test_products_and_services_of_vtiger_become_items(company):
    company.product("Widget", "W-1")
    company.vtiger.add("Services", {"servicename": "Hours", "unit_price": "90"})

    company.sync(direction=Direction.TO_XERO)

    assert {row["Name"]: code for code, row in company.items().items()} == {"Widget": "W-1", "Hours": "SER1"}


def test_every_item_of_xero_becomes_a_product(company):
    company.xero.add_item(Code="W-1", Name="Widget")
    company.xero.add_item(Code="H-1", Name="Hours")

    company.sync()

    assert {row["productname"] for row in company.vtiger.records("Products")} == {"Widget", "Hours"}
    assert company.vtiger.records("Services") == []


@pytest.mark.parametrize(("choice", "code", "name"), [("name", "W-1", "Widget"), ("code", "Widget", "W-1")])
def test_product_name_is_the_items_name_or_its_code_as_the_config_says_and_the_part_number_the_other(
    company, choice, code, name
):
    with_config(company, "products", name_is=choice)
    company.product("Widget", "W-1")
    company.xero.add_item(Code="X-1", Name="Made in Xero")

    company.sync()

    assert company.items()[code]["Name"] == name
    row = the(row for row in company.vtiger.records("Products") if row["productname"] != "Widget")
    made = ("Made in Xero", "X-1") if choice == "name" else ("X-1", "Made in Xero")
    assert (row["productname"], row["productcode"]) == made


# invoices to Xero


def test_individual_discounts_become_discounts_of_their_lines(company):
    widget = company.product()
    company.invoice(
        company.organization(),
        line(widget, "2", "50", discount_percent="10"),
        line(widget, "1", "30", discount_amount="4"),
    )

    company.sync()

    sent = the(company.invoices().values())
    assert [(row.get("DiscountRate"), row.get("DiscountAmount")) for row in sent["LineItems"]] == [
        (10, None),
        (None, 4),
    ]
    assert sent["SubTotal"] == Decimal("116.00")


def test_group_of_taxes_crosses_as_the_one_combined_tax_of_the_same_names_and_rates(company):
    company.invoice(company.organization(), line(company.product(), price="100", tax2="10"), hdnTaxType="group")
    assert ["INV-TAX-COMBINED"] in reasons(company.sync()).values()
    company.xero.add_tax_rate("VAT and Sales", ("VAT", "4.5"), ("Sales", "10"))

    report = company.sync(full=True)

    assert reasons(report) == {}
    sent = the(company.invoices().values())
    assert (sent["LineItems"][0]["TaxType"], sent["Total"]) == (
        tax_type(company, "VAT and Sales"),
        Decimal("114.50"),
    )


@pytest.mark.parametrize("mode", ["individual", "group"])
@pytest.mark.parametrize(("name", "rate"), [("Sales", "9"), ("Turnover", "10")])
def test_tax_of_another_name_or_rate_does_not_pass_for_vtigers(company, mode, name, rate):
    company.xero.add_tax_rate(name, (name, rate))
    widget = company.product(**{VAT: "", "tax2": "10"})
    taxed = {"productid": widget, "quantity": "1", "listprice": "10", "tax2": "10"}
    company.invoice(company.organization(), taxed, hdnTaxType=mode)

    assert ["INV-TAX-UNKNOWN"] in reasons(company.sync()).values()
    assert company.invoices() == {}


def test_charges_with_a_tax_become_a_line_described_charges_with_that_tax(company):
    fields = {CHARGE: "25", f"{CHARGE}_shtax1": "4.5"}
    company.invoice(company.organization(), line(company.product()), **fields)

    company.sync()

    charges = the(company.invoices().values())["LineItems"][-1]
    assert (charges["Description"], charges["LineAmount"], charges["TaxType"]) == (
        "Charges",
        25,
        tax_type(company, "VAT"),
    )


def test_sales_account_of_the_product_is_that_of_its_lines(company):
    company.invoice(company.organization(), line(company.product(cf_861="260 - Other Revenue")))

    company.sync()

    assert the(company.invoices().values())["LineItems"][0]["AccountCode"] == "260"


# invoices to Vtiger


def test_invoice_from_xero_has_the_tax_type_individual(company):
    sold(company)

    company.sync()

    assert company.row(the(company.vtiger.records("Invoice"))["id"])["hdnTaxType"] == "individual"


def test_line_without_an_item_gets_the_product_of_question_marks(company):
    sold(company)

    company.sync()

    found = company.row(the(company.vtiger.records("Invoice"))["id"])["LineItems"]
    assert [(row["product_name"], row["comment"]) for row in found] == [("??????", "advice")]
    assert "??????" not in {row.get("Name") for row in company.items().values()}


def test_charges_without_an_item_become_shipping_charges_with_shipping_taxes(company):
    sold(company, xero_line("10"), xero_line("20", Description="Charges", TaxType=tax_type(company, "VAT")))

    company.sync()

    row = company.row(the(company.vtiger.records("Invoice"))["id"])
    assert (Decimal(row["hdnS_H_Amount"]), Decimal(row[f"{CHARGE}_shtax1"])) == (20, Decimal("4.5"))
    assert [item["comment"] for item in row["LineItems"]] == ["advice"]


def test_refused_secret_is_named_and_nothing_is_written(company):
    company.organization()
    with_config(company, xero={"client_secret": "revoked"})

    with pytest.raises(AuthError) as caught:
        company.sync()

    assert "client secret" in caught.value.remedy
    assert company.writes() == []
