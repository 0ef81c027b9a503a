"""Cases 1 to 12: replies lost, contacts taken for others, echoes and times."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import line, only, reasons, xero_line
from machine.dying import WAYS, dying_at
from machine.trouble import trouble
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


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
    taken = company.xero_invoice(other, xero_line("1", TaxType=company.vat), InvoiceNumber="INV1")
    if status == "VOIDED":
        company.xero.void(taken)
    company.invoice(company.organization(), line(company.product()))
    company.configure("invoices", direction=Direction.TO_XERO)

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
