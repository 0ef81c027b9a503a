"""What other programs of this kind have got wrong, one test each: the record is right afterwards, or it says why not.

`docs/laws.md` has the whole list, with the cases that are tested elsewhere.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chain.company import line, only, reasons
from machine.dying import WAYS, dying_at
from machine.nearby import open_nearby
from machine.trouble import trouble
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


@pytest.fixture
def company():
    with open_nearby() as running:
        running.vat = next(r["TaxType"] for r in running.xero.tax_rates.values() if r["Name"] == "VAT")
        yield running


@pytest.fixture
def billed(company):
    """An approved invoice, in step."""
    company.acme, company.widget = company.organization(accounttype="Customer"), company.product()
    company.bill = company.invoice(company.acme, line(company.widget, "3", "9.99"))
    assert company.sync().exit_code == 0
    company.time.pass_by(600)
    company.sync()
    company.time.pass_by(600)
    company.contact_id = company.contacts()["Acme Ltd"]["ContactID"]
    company.invoice_id = company.invoices()[company.number_of(company.bill)]["InvoiceID"]
    return company


def xero_line(company, **fields):
    return {"Description": "x", "Quantity": 1, "UnitAmount": 1, "AccountCode": "200", "TaxType": company.vat, **fields}


def xero_invoice(company, contact, *lines, **fields):
    dates = {"Date": "2026-11-02", "DueDate": "2026-11-30", "Status": "AUTHORISED"}
    return company.xero.add_invoice(contact, list(lines), **{**dates, **fields})


def change(company, module, **options):
    modules = company.settings.modules
    changed = getattr(modules, module).model_copy(update=options)
    company.settings = company.settings.model_copy(update={"modules": modules.model_copy(update={module: changed})})


@pytest.mark.parametrize("account", ["", "200"])
def test_adjustment_stays_one_when_the_config_names_another_account_for_it(company, account):
    change(company, "invoices", adjustment_account="260")
    bill = company.invoice(company.organization(), line(company.product()), txtAdjustment="-1.25")
    assert company.sync().exit_code == 0
    company.time.pass_by(600)
    sent = company.invoices()[company.number_of(bill)]
    change(company, "invoices", adjustment_account=account)
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


def test_case_01_reply_lost_after_xero_made_the_invoice_and_the_process_killed(company):
    company.invoice(company.organization(), line(company.product()))
    with dying_at(company, 2, WAYS[2]) as died:
        company.sync()
    assert died
    assert len(company.invoices()) == 1

    company.sync()

    assert len(company.invoices()) == 1
    company.quiet()


def test_case_02_dropped_write_is_sent_again_under_one_key_only(company):
    company.organization()
    with trouble(company, "reply lost once", 1, lambda: None) as happened:
        report = company.sync()

    sent = [request for request in company.net.requests if request.method == "PUT"]
    assert (len(happened), len(sent), report.exit_code) == (1, 2, 0)
    assert len({request.headers["Idempotency-Key"] for request in sent}) == 1
    assert len(company.contacts()) == 1


def test_case_03_one_bad_record_in_a_batch_hides_none_of_the_49_good_ones(company):
    for place in range(50):
        company.organization(f"Org {place:02}")

    def gate(request, forward):
        if request.may_write and "Org 07" not in company.contacts():
            company.xero.add_contact(Name="Org 07")
        return forward(request)

    company.net.gate = gate
    report = company.sync()

    outcomes = [record.outcome for record in only(report, "organizations")]
    assert (outcomes.count(Outcome.CREATED), outcomes.count(Outcome.FAILED)) == (49, 1)
    company.sync()
    assert len(company.contacts()) == 50


@pytest.mark.parametrize("status", ["AUTHORISED", "VOIDED"])
def test_case_04_and_05_number_of_another_invoice_even_a_voided_one_is_never_taken_over(company, status):
    other = company.xero.add_contact(Name="Somebody else")
    taken = xero_invoice(company, other, xero_line(company), InvoiceNumber="INV1")
    if status == "VOIDED":
        company.xero.void(taken)
    company.invoice(company.organization(), line(company.product()))
    change(company, "invoices", direction=Direction.TO_XERO)

    report = company.sync()

    assert reasons(report)["INV1"] == ["INV-NUMBER-TAKEN"]
    [kept] = company.invoices().values()
    assert (kept["ContactID"], kept["Status"], kept["Total"]) == (other, status, Decimal("1.05"))


def test_case_06_name_in_another_case_is_the_same_contact_and_no_second_one(company):
    company.organization("Acme  ltd", phone="1")
    company.xero.add_contact(Name="ACME Ltd", EmailAddress="x@acme.example")

    company.sync()

    assert list(company.contacts()) == ["ACME Ltd"]
    assert len(company.vtiger.records("Accounts")) == 1


def test_case_07_invoice_changes_nothing_of_its_contact(billed):
    people = [{"FirstName": "Bo", "LastName": "Book", "EmailAddress": "bo@acme.example", "IncludeInEmails": False}]
    billed.xero.edit_contact(billed.contact_id, EmailAddress="office@acme.example", ContactPersons=people)
    billed.sync()
    before = billed.contacts()["Acme Ltd"]

    billed.invoice(billed.acme, line(billed.widget, "5"))
    billed.sync()

    assert len(billed.invoices()) == 2
    assert billed.contacts()["Acme Ltd"] == before
    sent = [one.body for one in billed.net.requests if one.path.endswith("/Invoices") and one.may_write]
    assert all(b'"Contact": {"ContactID"' in body and b'"Name"' not in body for body in sent)


def test_case_08_contact_without_an_email_is_made_once_however_often_the_run_is_repeated(company):
    company.organization("No Mail Ltd")
    for _ in range(4):
        company.sync()
        company.time.pass_by(1000)

    assert len(company.contacts()) == 1


def test_case_09_contact_merged_in_xero_is_named_and_nothing_is_written_to_it(billed):
    other = billed.xero.add_contact(Name="Nova Ltd")
    billed.sync()
    billed.xero.merge_contacts(billed.contact_id, other)
    billed.vtiger.edit(billed.acme, phone="5")

    report = billed.sync()

    assert reasons(report)["Acme Ltd"] == ["ORG-MERGED"]
    assert billed.contacts()["Acme Ltd"]["Phones"] == {}


def test_case_10_archived_contact_is_seen_and_its_invoices_wait(billed):
    billed.xero.archive_contact(billed.contact_id)
    billed.invoice(billed.acme, line(billed.widget))

    report = billed.sync()

    assert "ORG-ARCHIVED" in reasons(report)["Acme Ltd"]
    assert len(billed.invoices()) == 1
    assert len(billed.contacts()) == 1


def test_case_11_own_write_never_comes_back_as_a_change(billed):
    for place in range(3):
        billed.vtiger.edit(billed.acme, phone=str(place))
        billed.sync()
        written = len(billed.writes())
        billed.quiet()
        billed.time.pass_by(500)
        billed.quiet()
        assert len(billed.writes()) == written


@pytest.mark.parametrize("hours", [-1, 1])
def test_case_12_record_of_the_cursors_second_is_read_whatever_the_local_clock_says(billed, hours):
    billed.time.skews["here"] = hours * 3600.0
    billed.organization("First Ltd")
    billed.sync()
    billed.organization("Same Second Ltd")

    billed.sync()

    assert {"First Ltd", "Same Second Ltd"} <= set(billed.contacts())


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
    change(company, "invoices", sales_account="222")
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
    change(billed, "invoices", edit_approved=True)

    report = billed.sync()

    assert reasons(report)[billed.number_of(billed.bill)] == ["INV-CLOSED"]
    now = billed.xero.snapshot()
    assert (now["Payments"], now["Invoices"]) == (before["Payments"], before["Invoices"])


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
    change(company, "invoices", sales_account="nowhere")
    assert reasons(company.sync())["INV1"] == ["INV-ACCOUNT"]
    company.time.pass_by(10_000)
    change(company, "invoices", sales_account="200")

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
    xero_invoice(company, contact, xero_line(company), {"Description": "as agreed by phone"})

    report = company.sync()

    [row] = company.vtiger.records("Invoice")
    assert [item["comment"] for item in row["LineItems"]] == ["x", "as agreed by phone"]
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
