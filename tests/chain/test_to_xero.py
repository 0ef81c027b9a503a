"""What crosses from Vtiger to Xero, and how; what does not, and why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import VAT, line, notes, only, reasons
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

TO_XERO = {"direction": Direction.TO_XERO}


@pytest.mark.parametrize(
    ("name", "in_xero"),
    [
        ("Smith & Sons \"Quality\" 'Ltd'", "Smith & Sons \"Quality\" 'Ltd'"),
        ("Ampersand &amp; Literal", "Ampersand &amp; Literal"),
        ("Tab\tName", "Tab Name"),
        ("  Leading Blanks", "Leading Blanks"),
        ("Café Zürich, Māori €", "Café Zürich, Māori €"),
        ("back\\slash; 100% Co", "back\\slash; 100% Co"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
    ],
)
def test_name_of_any_characters_crosses_once_and_settles(company, name, in_xero):
    company.organization(name)

    company.sync(**TO_XERO)

    assert list(company.contacts()) == [in_xero]
    company.quiet()


@pytest.mark.parametrize("name", ["O'Brien's <Joinery>", "a > b"])
def test_name_that_xero_refuses_is_skipped_before_it_is_sent(company, name):
    company.organization(name)

    report = company.sync(**TO_XERO)

    assert reasons(report) == {name: ["ORG-NAME"]}
    assert company.writes("xero") == []


def test_emoji_from_xero_is_caught_before_vtiger_would_store_question_marks(company):
    company.xero.add_contact(Name="Party 🎉 Ltd")

    report = company.sync()

    assert reasons(report) == {"Party 🎉 Ltd": ["TEXT-UNSUPPORTED"]}
    assert company.vtiger.records("Accounts") == []


def test_organization_crosses_with_its_people(company):
    acme = company.organization(email1="office@acme.example", phone="+64 9 123", bill_street="1 Road\nFloor 2")
    company.person(acme, "First", firstname="Ann", email="ann@acme.example")
    company.person(acme, "Second", firstname="Bob", email="bob@acme.example")

    company.sync(**TO_XERO)

    contact = company.contacts()["Acme Ltd"]
    assert (contact["FirstName"], contact["LastName"], contact["EmailAddress"]) == (
        "Ann",
        "First",
        "office@acme.example",
    )
    assert [person["LastName"] for person in contact["ContactPersons"]] == ["Second"]
    assert contact["ContactNumber"] == acme
    company.quiet()


def test_people_without_a_primary_email_stop_the_organization_with_the_reason(company):
    acme = company.organization()
    company.person(acme, "First")
    company.person(acme, "Second", email="bob@acme.example")

    assert reasons(company.sync(**TO_XERO)) == {"Acme Ltd": ["ORG-PRIMARY-EMAIL"]}


def test_product_without_a_code_is_skipped_and_its_invoice_crosses_without_an_item(company):
    widget = company.product(code="")
    invoice = company.invoice(company.organization(), line(widget, comment="the widget"))

    report = company.sync(**TO_XERO)

    assert reasons(report) == {"Widget": ["PRD-CODE"]}
    [sent] = company.invoices()[company.number_of(invoice)]["LineItems"]
    assert ("ItemCode" in sent, sent["Description"]) == (False, "the widget")
    assert "PRD-CODE" in notes(report, company.number_of(invoice))


def test_line_without_a_product_crosses_with_its_text(company):
    invoice = company.invoice(company.organization(), {"quantity": "1", "listprice": "10", "comment": "a favour"})

    company.sync(**TO_XERO)

    [sent] = company.invoices()[company.number_of(invoice)]["LineItems"]
    assert (sent["Description"], sent["TaxType"]) == ("a favour", "NONE")


def test_line_whose_product_was_deleted_keeps_its_tax_and_total(company):
    widget = company.product()
    invoice = company.invoice(company.organization(), line(widget, comment="gone", price="100"))
    company.vtiger.delete(widget)

    company.sync(**TO_XERO)

    sent = company.invoices()[company.number_of(invoice)]
    assert sent["Total"] == Decimal("104.50")
    company.quiet()


def test_negative_quantity_becomes_a_negative_price(company):
    widget = company.product()
    invoice = company.invoice(company.organization(), line(widget, "3", "50"), line(widget, "-1", "20"))

    company.sync(**TO_XERO)

    sent = company.invoices()[company.number_of(invoice)]
    assert [(row["Quantity"], row["UnitAmount"]) for row in sent["LineItems"]] == [(3, 50), (1, -20)]
    assert sent["Total"] == Decimal("135.85")
    company.quiet()


def test_foreign_currency_crosses_in_its_own_currency_without_a_rate(company):
    usd = company.crm.create(
        "Currency", currency_name="USA, Dollars", currency_code="USD", currency_symbol="$", conversion_rate="0.6",
        currency_status="Active", defaultid="0", deleted="0",
    )["id"]  # fmt: skip
    invoice = company.invoice(company.organization(), line(company.product()), currency_id=usd, conversion_rate="0.6")

    company.sync(**TO_XERO)

    sent = company.invoices()[company.number_of(invoice)]
    assert (sent["CurrencyCode"], sent["Total"]) == ("USD", Decimal("10.45"))
    company.quiet()


def test_inactive_product_crosses_only_with_an_invoice_that_needs_it(company):
    needed = company.product("Old", "OLD", discontinued="0")
    company.product("Spare", "SPARE", discontinued="0")
    company.invoice(company.organization(), line(needed))

    report = company.sync(**TO_XERO)

    assert list(company.items()) == ["OLD"]
    assert reasons(report) == {"Spare": ["PRD-INACTIVE"]}


def test_duplicate_products_share_one_item(company):
    company.product("Widget", "W-1")
    second = company.product("Widget", "W-1")
    invoice = company.invoice(company.organization(), line(second))

    report = company.sync(**TO_XERO)

    assert list(company.items()) == ["W-1"]
    assert reasons(report) == {"Widget": ["PRD-DUPLICATE"]}
    assert company.invoices()[company.number_of(invoice)]["LineItems"][0]["ItemCode"] == "W-1"


def test_every_reason_of_an_invoice_is_told_at_once(company):
    widget = company.product()
    company.invoice(
        company.organization("Bad <name>"),
        line(widget),
        duedate="",
        hdnDiscountPercent="10",
        invoicestatus="Credit Invoice",
        txtAdjustment="1",
    )

    report = company.sync(**TO_XERO)

    [invoice] = only(report, "invoices")
    assert [str(item.code) for item in invoice.reasons] == [
        "INV-DATE",
        "INV-GROUP-DISCOUNT",
        "INV-ADJUSTMENT",
        "INV-STATUS",
        "DEPENDENCY",
    ]
    assert all(item.remedy for item in invoice.reasons)


def test_cents_of_rounding_go_into_the_tax_of_one_line(company):
    widget = company.product()
    lines = [line(widget, "1.111", price) for price in ("3.335", "7.775", "0.995")]
    invoice = company.invoice(company.organization(), *lines)
    shown = company.vtiger.invoice_total(invoice).quantize(Decimal("0.01"))

    company.sync(**TO_XERO)

    assert company.invoices()[company.number_of(invoice)]["Total"] == shown
    company.quiet()


def test_shipping_becomes_a_line_described_charges(company):
    fields = {"shipping_&_handling": "25", "shipping_&_handling_shtax1": "4.5"}
    invoice = company.invoice(company.organization(), line(company.product()), **fields)

    company.sync(**TO_XERO)

    sent = company.invoices()[company.number_of(invoice)]
    charges = sent["LineItems"][-1]
    assert (charges["Description"], charges["AccountCode"], charges["LineAmount"]) == ("Charges", "260", 25)
    assert sent["Total"] == Decimal("36.58")
    company.quiet()


def test_second_run_sends_nothing_to_either_side(company):
    company.invoice(company.organization(), line(company.product()))
    company.sync(**TO_XERO)

    company.quiet()
    company.quiet()


def test_dry_run_sends_nothing_and_leaves_no_state(company):
    company.invoice(company.organization(), line(company.product()))

    report = company.sync(dry_run=True)

    assert company.writes() == []
    assert {record.outcome for record in report.records} == {Outcome.CREATED}
    assert [r.label for r in only(company.sync(dry_run=True), "invoices")] == [
        r.label for r in only(report, "invoices")
    ]


def test_tax_that_xero_does_not_know_is_named(company):
    widget = company.product("Taxed", "T-1", **{VAT: "", "tax2": "10"})
    company.invoice(company.organization(), {"productid": widget, "quantity": "1", "listprice": "10", "tax2": "10"})

    report = company.sync(**TO_XERO)

    [invoice] = only(report, "invoices")
    assert [str(item.code) for item in invoice.reasons] == ["INV-TAX-UNKNOWN"]
    assert "Sales" in invoice.reasons[0].message


def test_primary_email_that_xero_refuses_is_named_as_the_cause(company):
    acme = company.organization()
    company.person(acme, "First", email="ren\u00e9e@acme.example")
    company.person(acme, "Second")

    report = company.sync(**TO_XERO)

    [reason] = report.records[0].reasons
    assert (str(reason.code), "ren\u00e9e@acme.example" in reason.message) == ("ORG-PRIMARY-EMAIL", True)


def test_invoice_of_an_archived_contact_waits_with_the_reason_and_is_not_sent(company):
    acme = company.organization(accounttype="Customer")
    company.sync(**TO_XERO)
    company.xero.archive_contact(company.contacts()["Acme Ltd"]["ContactID"])
    company.invoice(acme, line(company.product()))
    company.sync(**TO_XERO)

    report = company.sync(**TO_XERO)

    assert reasons(report) == {"Acme Ltd": ["ORG-ARCHIVED"], "INV1": ["DEPENDENCY"]}
    assert company.invoices() == {}
