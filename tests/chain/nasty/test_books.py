"""Cases 17 to 31: amounts, taxes, closed books, and what a changed config makes of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chain.company import line, only, reasons, xero_line
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


@pytest.mark.parametrize("account", ["", "200"])
def test_adjustment_stays_one_when_the_config_names_another_account_for_it(company, account):
    company.configure("invoices", adjustment_account="260")
    bill = company.invoice(company.organization(), line(company.product()), txtAdjustment="-1.25")
    assert company.sync().exit_code == 0
    company.time.pass_by(600)
    sent = company.invoices()[company.number_of(bill)]
    company.configure("invoices", adjustment_account=account)
    company.xero.edit_invoice(sent["InvoiceID"], Reference="seen by the bookkeeper")
    before = company.row(bill)

    report = company.sync()

    after = company.row(bill)
    assert report.exit_code == 0
    assert after["subject"] == "seen by the bookkeeper"
    assert (after["txtAdjustment"], after["hdnGrandTotal"]) == (before["txtAdjustment"], before["hdnGrandTotal"])
    assert len(after["LineItems"]) == len(before["LineItems"])
    company.time.pass_by(600)
    company.quiet()


def test_case_17_tax_by_line_and_in_total_end_at_the_same_cent(company):
    invoice = company.invoice(company.organization(), *(line(company.product(), "1", "9.95") for _ in range(3)))

    company.sync()

    [sent] = company.invoices().values()
    assert sent["Total"] == company.vtiger.invoice_total(invoice).quantize(Decimal("0.01"))


def test_case_18_price_of_many_decimals_keeps_its_amount(company):
    widget = company.product()
    invoice = company.invoice(company.organization(), line(widget, "1000", "0.1648"), line(widget, "3", "0.12345678"))

    company.sync()

    [sent] = company.invoices().values()
    assert next(row["UnitAmount"] for row in sent["LineItems"]) == Decimal("0.1648")
    assert sent["LineItems"][1]["Quantity"] == 1
    assert sent["Total"] == company.vtiger.invoice_total(invoice).quantize(Decimal("0.01"))


def test_case_19_what_xero_cannot_hold_is_named_and_no_part_of_it_is_sent(company):
    acme, widget = company.organization(), company.product(tax2="10")
    company.invoice(acme, line(widget, tax2="10"))
    company.invoice(acme, line(widget), hdnDiscountAmount="1")

    report = company.sync()

    told = reasons(report)
    assert (told["INV1"], told["INV2"]) == (["INV-TAX-SEVERAL"], ["INV-GROUP-DISCOUNT"])
    assert company.invoices() == {}


def test_case_20_archived_account_is_named_before_anything_is_sent_and_others_go_on(company):
    company.xero.add_account(Code="222", Name="Old sales", Type="REVENUE", Class="REVENUE", Status="ARCHIVED")
    company.configure("invoices", sales_account="222")
    company.invoice(company.organization(), line(company.product()))

    report = company.sync()

    assert reasons(report)["INV1"] == ["INV-ACCOUNT"]
    assert (len(company.contacts()), len(company.items()), company.invoices()) == (1, 1, {})


def test_case_21_locked_date_is_named_and_never_shifted(company):
    company.xero.set_lock_dates(period=date(2026, 11, 10))
    acme, widget = company.organization(), company.product()
    company.invoice(acme, line(widget), invoicedate="2026-11-10")
    company.invoice(acme, line(widget), invoicedate="2026-11-11")

    report = company.sync()

    assert reasons(report) == {"INV1": ["INV-LOCK-DATE"]}
    assert [(row["InvoiceNumber"], row["Date"]) for row in company.invoices().values()] == [
        ("INV2", date(2026, 11, 11))
    ]


@pytest.mark.parametrize("amount", ["1.00", None])
def test_case_22_paid_invoice_edited_in_vtiger_is_reported_and_keeps_its_payments(billed, amount):
    billed.xero.pay(billed.invoice_id, amount)
    billed.sync()
    before = billed.xero.snapshot()
    billed.rewrite(billed.bill, line(billed.widget, "9", "9.99"))
    billed.configure("invoices", edit_approved=True)

    report = billed.sync()

    assert reasons(report)[billed.number_of(billed.bill)] == ["INV-CLOSED"]
    now = billed.xero.snapshot()
    assert (now["Payments"], now["Invoices"]) == (before["Payments"], before["Invoices"])


def test_voided_invoice_that_vtiger_edits_is_told_that_it_does_not_come_back(billed):
    billed.xero.void(billed.invoice_id)
    billed.sync()
    billed.rewrite(billed.bill, line(billed.widget, "9", "9.99"))

    [record] = [each for each in billed.sync().records if each.label == billed.number_of(billed.bill)]

    assert [item.code for item in record.reasons] == [Code.INV_CLOSED]
    assert "duplicate the invoice" in record.reasons[0].remedy


def test_case_23_people_and_lines_that_only_xero_knows_survive_an_edit(company):
    company.acme = company.organization(email1="a@acme.example", accounttype="Customer")
    company.widget = company.product()
    company.draft = company.invoice(company.acme, line(company.widget, comment="ours"), invoicestatus="Created")
    company.sync()
    contact = company.contacts()["Acme Ltd"]["ContactID"]
    people = [{"FirstName": "Bo", "LastName": "Book", "EmailAddress": "bo@acme.example", "IncludeInEmails": True}]
    company.xero.edit_contact(contact, FirstName="Al", LastName="First", ContactPersons=people)
    company.time.pass_by(600)
    company.sync()
    company.time.pass_by(600)
    company.vtiger.edit(company.acme, phone="5")
    company.vtiger.edit(company.draft, subject="Another")
    [old] = company.invoices()[company.number_of(company.draft)]["LineItems"]

    company.sync()

    kept = company.contacts()["Acme Ltd"]
    assert [(one["FirstName"], one["IncludeInEmails"]) for one in kept["ContactPersons"]] == [("Bo", True)]
    assert (kept["FirstName"], kept["Phones"]["DEFAULT"]["PhoneNumber"]) == ("Al", "5")
    [new] = company.invoices()[company.number_of(company.draft)]["LineItems"]
    assert new["LineItemID"] == old["LineItemID"]


def test_case_24_invoice_settled_by_a_credit_note_is_settled_in_vtiger_too(billed):
    billed.xero.credit(billed.invoice_id, billed.invoices()[billed.number_of(billed.bill)]["AmountDue"])

    billed.sync()

    row = billed.row(billed.bill)
    assert Decimal(row["balance"]) == 0
    billed.quiet()


def test_case_24_payment_undone_in_xero_is_undone_in_vtiger(billed):
    payment = billed.xero.pay(billed.invoice_id)
    billed.sync()
    assert billed.row(billed.bill)["invoicestatus"] == "Paid"
    billed.time.pass_by(60)
    billed.xero.remove_payment(payment)

    billed.sync()

    row = billed.row(billed.bill)
    assert (Decimal(row["received"]), row["invoicestatus"]) == (0, "Approved")
    billed.quiet()


@pytest.mark.parametrize("hours", [-11, 13])
def test_case_25_dates_stay_on_their_day_wherever_the_services_are(company, hours):
    company.time.skews["vtiger"] = hours * 3600.0
    company.xero.organisation["Timezone"] = "NEWZEALANDSTANDARDTIME"
    company.invoice(company.organization(), line(company.product()), invoicedate="2026-11-01", duedate="2026-12-31")

    company.sync()

    [sent] = company.invoices().values()
    assert (sent["Date"], sent["DueDate"]) == (date(2026, 11, 1), date(2026, 12, 31))
    company.quiet()


def test_case_26_skipped_record_crosses_once_the_mapping_was_mended_though_it_did_not_change(company):
    company.invoice(company.organization(), line(company.product()))
    company.configure("invoices", sales_account="nowhere")
    assert reasons(company.sync())["INV1"] == ["INV-ACCOUNT"]
    company.time.pass_by(10_000)
    company.configure("invoices", sales_account="200")

    company.sync()

    assert len(company.invoices()) == 1


def test_case_27_invoice_paid_years_later_is_marked_paid(billed):
    billed.time.pass_by(3 * 365 * 86_400)
    billed.sync()
    billed.xero.pay(billed.invoice_id)

    billed.sync()

    assert billed.row(billed.bill)["invoicestatus"] == "Paid"


def test_case_28_line_of_nothing_keeps_its_account(company):
    widget = company.product()
    company.invoice(company.organization(), line(widget, "1", "0"), line(widget, "1", "5"))

    company.sync()

    [sent] = company.invoices().values()
    assert [row.get("AccountCode") for row in sent["LineItems"]] == ["200", "200"]


def test_case_29_line_of_text_alone_arrives_with_the_placeholder(company):
    contact = company.xero.add_contact(Name="Nova Ltd")
    company.xero_invoice(contact, xero_line(TaxType=company.vat), {"Description": "as agreed by phone"})

    report = company.sync()

    [row] = company.vtiger.records("Invoice")
    assert [item["comment"] for item in row["LineItems"]] == ["advice", "as agreed by phone"]
    assert {record.outcome for record in only(report, "invoices")} == {Outcome.CREATED}
    company.quiet()


@pytest.mark.parametrize(
    ("name", "code", "reason"), [("n" * 51, "C-1", "PRD-NAME-LONG"), ("n", "c" * 31, "PRD-CODE-LONG")]
)
def test_case_30_code_or_name_too_long_for_xero_is_named(company, name, code, reason):
    company.product(name, code)

    report = company.sync()

    assert list(reasons(report).values()) == [[reason]]
    assert company.items() == {}


def test_case_31_records_that_leave_by_a_change_of_the_config_are_not_deleted(billed):
    billed.settings = billed.settings.model_copy(
        update={
            "modules": billed.settings.modules.model_copy(
                update={"products": billed.settings.modules.products.model_copy(update={"enabled": False})}
            )
        }
    )
    before = billed.xero.snapshot()["Items"]

    billed.sync()

    assert billed.xero.snapshot()["Items"] == before
    assert len(billed.vtiger.records("Products")) == 1
