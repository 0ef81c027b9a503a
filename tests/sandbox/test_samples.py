"""The sample books: each record is there for something that the demo is to show."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from vtxero.sandbox import Sandbox
from vtxero.sandbox.samples import sample_organisation, sample_vtiger, sample_xero


@pytest.fixture(scope="module")
def vtiger():
    return sample_vtiger()


@pytest.fixture(scope="module")
def xero():
    return sample_xero()


@pytest.fixture(scope="module")
def invoices(vtiger):
    return {row["subject"]: row for row in vtiger.records("Invoice")}


def test_sample_vtiger_when_made_has_records_of_each_kind(vtiger):
    kinds = ("Accounts", "Contacts", "Products", "Services", "Invoice")

    assert [len(vtiger.records(kind)) for kind in kinds] == [12, 17, 9, 2, 16]


@pytest.mark.parametrize("char", list("&<>\"'\tāéüö"))
def test_sample_vtiger_when_made_has_names_that_need_care(vtiger, char):
    assert any(char in row["accountname"] for row in vtiger.records("Accounts"))


def test_sample_vtiger_when_made_has_an_organization_with_people_and_no_address_of_its_own(vtiger):
    by_id = {row["id"]: row for row in vtiger.records("Accounts")}
    people = Counter(row["account_id"] for row in vtiger.records("Contacts"))
    bare = [key for key, row in by_id.items() if people[key] > 1 and not row["email1"]]

    assert [by_id[key]["accountname"] for key in bare] == ["Harbour Lights Trust"]
    assert max(people.values()) == 7


def test_sample_vtiger_when_made_has_products_that_do_not_fit_xero(vtiger):
    rows = vtiger.records("Products")

    assert [row["productname"] for row in rows if not row["productcode"]] == ["Gift wrapping"]
    assert [row["productcode"] for row in rows if len(row["productname"]) > 50] == ["BAG-4S-L"]
    assert [row["productcode"] for row in rows if row["cf_861"].startswith("270")] == ["INT-1"]
    assert all(row["discontinued"] == "1" for row in rows)


@pytest.mark.parametrize(
    ("subject", "total"),
    [
        ("Spring order, still a draft", "516.2695"),
        ("Stove and boots as a present, taxed as a group", "464.54"),
        ("Boots, sent by courier", "527.16"),
        ("Tents at a discount", "1483.2125"),
        ("Export of maps, in US dollars", "872"),
        ("Club order, 10 % off the whole", "493.695"),
        ("Guided walk, tax withheld", "342"),
        ("Batteries, the same taxes as a group", "174.33"),
        ("Re-soling, rounded down by hand", "108"),
        ("Three maps, a cent of rounding", "114.9195"),
    ],
)
def test_sample_invoice_when_made_has_the_total_that_vtiger_computes(invoices, subject, total):
    assert Decimal(invoices[subject]["hdnGrandTotal"]) == Decimal(total)


def test_sample_invoice_when_paid_owes_nothing(invoices):
    paid = invoices["Torches, paid in cash"]

    assert (paid["received"], Decimal(paid["balance"])) == (paid["hdnGrandTotal"], 0)


def test_sample_vtiger_when_made_knows_its_shipping_tax_by_name(vtiger):
    labels = {each["name"]: each["label"] for each in vtiger.describes["Invoice"]["fields"]}

    assert labels["shipping_&_handling_shtax1"] == "Shipping &amp; Handling GST"


@pytest.mark.parametrize("version", ["8.2.0", "8.3.0"])
def test_sample_vtiger_when_made_for_a_version_is_that_version_and_keeps_the_present_time(version):
    state = sample_vtiger(version=version)
    newest = max(row["modifiedtime"] for row in state.records("Invoice"))

    assert state.version == version
    assert newest < state.now()


def test_sample_xero_when_made_has_sales_of_each_kind_and_a_bill(xero):
    kinds = [(one["InvoiceNumber"], one["Type"], one["Status"], one["Total"]) for one in xero.invoices.values()]

    assert kinds == [
        ("SHOP-001", "ACCREC", "DRAFT", Decimal("345.00")),
        ("SHOP-002", "ACCREC", "AUTHORISED", Decimal("351.33")),
        ("SHOP-003", "ACCREC", "AUTHORISED", Decimal("115.00")),
        ("SHOP-004", "ACCREC", "AUTHORISED", Decimal("234.60")),
        ("SUP-77", "ACCPAY", "AUTHORISED", Decimal("276.00")),
    ]


def test_sample_xero_when_made_shares_two_customers_and_an_item_with_vtiger(vtiger, xero):
    names = {row["accountname"] for row in vtiger.records("Accounts")}
    codes = {row["productcode"] for row in vtiger.records("Products")}

    assert {one["Name"] for one in xero.contacts.values()} & names == {"Kererū Cycles", "Pounamu Prints"}
    assert {one["Code"] for one in xero.items.values()} & codes == {"TORCH-H"}


def test_sample_xero_when_made_twice_has_the_same_ids():
    assert list(sample_xero().invoices) == list(sample_xero().invoices)
    assert sample_organisation() == sample_organisation()


def test_sample_books_when_made_have_the_same_taxes_on_both_sides(vtiger, xero):
    ours = {row["taxlabel"] for row in vtiger.actors["Tax"].values() if row["method"] == "Simple"}
    theirs = {rate["Name"] for rate in xero.tax_rates.values()}

    assert {"GST", "Zero Rated"} <= ours & theirs
    assert "Waste Levy" in ours - theirs


def test_sample_payments_are_there_where_vtiger_has_the_module():
    for edition, count in (("cloud", 3), ("open-source", 0)):
        sandbox = Sandbox(edition=edition)
        sandbox.close()
        held = [row for row in sandbox.vtiger.entities.values() if row.module == "Payments"]
        assert len(held) == count
        assert len(sandbox.xero.snapshot()["Payments"]) == (2 if count else 0)
