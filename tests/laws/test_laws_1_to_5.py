"""The laws of what crosses: quiet, once, nothing lost, as planned, to the cent.

`docs/laws.md` lists these tests by name.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from chain.company import line, only, reasons
from laws.acme import set_xero_phone, xero_phone
from machine.dying import WAYS, LosesLines, dying_at
from machine.trouble import trouble
from vtxero.sync.records import Outcome


def test_law_1_second_run_sends_nothing_after_edits_on_both_sides(settled):
    settled.vtiger.edit(settled.acme, phone="2")
    addresses = [{"AddressType": "POBOX", "City": "Nelson"}]
    settled.xero.edit_contact(settled.contact_id, Addresses=addresses)
    settled.sync()
    written = len(settled.writes())
    assert written > settled.before

    settled.quiet()
    settled.time.pass_by(4000)
    settled.quiet()

    assert len(settled.writes()) == written


def test_law_1_what_a_side_stores_differently_does_not_echo(settled):
    """Xero joins an address of five lines to four; Vtiger keeps its own form."""
    street = "\n".join(f"line {number}" for number in range(5))
    settled.vtiger.edit(settled.acme, bill_street=street, bill_pobox="PO 7")
    settled.sync()

    settled.quiet()
    set_xero_phone(settled, "9")
    settled.sync()

    row = settled.row(settled.acme)
    assert (row["bill_street"], row["bill_pobox"], row["phone"]) == (street, "PO 7", "9")
    settled.quiet()


def test_law_1_people_who_wrote_the_same_on_both_sides_cause_no_write(settled):
    settled.vtiger.edit(settled.acme, phone="7")
    set_xero_phone(settled, "7")

    settled.quiet()

    assert len(settled.writes()) == settled.before


@pytest.mark.parametrize("way", WAYS[2:])
def test_law_2_record_made_before_the_run_died_is_found_and_not_made_again(company, way):
    company.organization("From Vtiger", accounttype="Customer")
    with dying_at(company, 0, way) as died:
        company.sync()
    assert died

    company.sync()

    assert len(company.contacts()) == 1
    company.quiet()


def test_law_2_record_made_in_vtiger_before_the_run_died_is_found_and_not_made_again(company):
    company.xero.add_contact(Name="From Xero")
    with dying_at(company, 0, WAYS[2]) as died:
        company.sync()
    assert died

    company.sync()

    assert [row["accountname"] for row in company.vtiger.records("Accounts")] == ["From Xero"]
    company.quiet()


def test_law_2_replies_lost_for_good_make_nothing_twice(company):
    company.invoice(company.organization("Acme Ltd"), line(company.product()))
    with trouble(company, "replies lost from here on", 1, lambda: None) as happened:
        assert company.sync().exit_code == 5
    assert happened

    company.sync()

    assert (len(company.contacts()), len(company.items()), len(company.invoices())) == (1, 1, 1)


def test_law_2_state_deleted_links_are_found_again_without_a_write(settled):
    settled.write_state(None)

    report = settled.sync(resync=True)

    assert len(settled.writes()) == settled.before
    assert {record.outcome for record in report.records} == {Outcome.LINKED}


def test_law_3_same_field_edited_on_both_sides_waits_for_a_person(settled):
    settled.vtiger.edit(settled.acme, phone="2")
    set_xero_phone(settled, "3")

    report = settled.sync()

    assert (settled.row(settled.acme)["phone"], xero_phone(settled)) == ("2", "3")
    assert (report.exit_code, reasons(report)) == (8, {"Acme Ltd": ["CONFLICT"]})


def test_law_3_different_fields_edited_on_both_sides_are_merged(settled):
    settled.vtiger.edit(settled.acme, bill_city="Nelson")
    set_xero_phone(settled, "3")

    settled.sync()

    assert settled.row(settled.acme)["phone"] == "3"
    assert settled.contacts()["Acme Ltd"]["Addresses"]["POBOX"]["City"] == "Nelson"


def test_law_3_first_meeting_of_records_that_differ_is_a_conflict(company):
    acme = company.organization("Acme Ltd", phone="1")
    company.contact_id = company.xero.add_contact(
        Name="ACME Ltd", Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "2"}]
    )

    report = company.sync()

    assert [record.outcome for record in only(report, "organizations")] == [Outcome.CONFLICT]
    assert (company.row(acme)["phone"], xero_phone(company, "ACME Ltd")) == ("1", "2")


@pytest.mark.parametrize("number", range(1, 14))
def test_law_3_edit_made_while_the_run_is_under_way_is_not_overwritten(settled, number):
    settled.vtiger.edit(settled.acme, phone="2")
    with trouble(settled, "somebody edits", number, lambda: set_xero_phone(settled, "3")):
        settled.sync()
    settled.sync()

    assert {settled.row(settled.acme)["phone"], xero_phone(settled)} >= {"3"}
    assert settled.row(settled.acme)["phone"] in {"2", "3"}


def test_law_3_edit_in_the_very_second_in_which_the_record_was_read_is_carried(settled):
    """Vtiger's times count whole seconds: the same time does not prove that nothing happened since."""
    for record, field in ((settled.acme, "phone"), (settled.widget, "description"), (settled.draft, "duedate")):
        settled.vtiger.edit(record, **{field: "2027-01-01"})
    settled.sync()
    settled.sync()
    for record, field in ((settled.acme, "phone"), (settled.widget, "description"), (settled.draft, "duedate")):
        settled.vtiger.edit(record, **{field: "2027-02-02"})
    settled.time.pass_by(4000)

    settled.sync()

    assert xero_phone(settled) == "2027-02-02"
    assert settled.items()["W-1"]["Description"] == "2027-02-02"
    assert [row["DueDate"].isoformat() for row in settled.invoices().values()] == ["2027-02-02"]


@pytest.mark.parametrize("number", range(1, 16))
@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_law_3_edit_at_any_moment_of_a_run_in_the_second_of_an_earlier_one_is_not_overwritten(settled, side, number):
    """The record is edited just before the run and once more during it: both edits bear the same time."""

    def write(phone):
        if side == "vtiger":
            settled.vtiger.edit(settled.acme, phone=phone)
        else:
            set_xero_phone(settled, phone)

    write("2")
    if side == "vtiger":
        addresses = [{"AddressType": "POBOX", "City": "Nelson"}]
        settled.xero.edit_contact(settled.contact_id, Addresses=addresses)
    else:
        settled.vtiger.edit(settled.acme, bill_city="Nelson")
    with trouble(settled, "somebody edits", number, lambda: write("3")) as happened:
        settled.sync()
    settled.time.pass_by(4000)

    settled.sync()

    if happened:
        assert (settled.row(settled.acme)["phone"], xero_phone(settled)) == ("3", "3")


def test_law_4_dry_run_shows_what_is_then_sent_and_sends_nothing(settled):
    settled.vtiger.edit(settled.acme, phone="2")
    settled.xero.add_contact(Name="Nova Ltd")
    shown = settled.sync(dry_run=True)
    assert len(settled.writes()) == settled.before

    done = settled.sync()

    told = [[(r.label, r.outcome, r.changes) for r in report.records] for report in (shown, done)]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_law_4_plan_whose_record_moved_is_refused_and_the_rest_is_sent(settled):
    settled.vtiger.edit(settled.acme, phone="2")
    settled.vtiger.edit(settled.widget, description="new")
    approved = settled.sync(dry_run=True).planned
    settled.time.pass_by(60)
    settled.vtiger.edit(settled.acme, phone="4")

    report = settled.sync(approved=approved)

    assert xero_phone(settled) == "1"
    assert settled.items()["W-1"]["Description"] == "new"
    assert reasons(report) == {"Acme Ltd": ["MOVED"]}


def test_law_5_totals_are_equal_to_the_cent_though_the_services_round_otherwise(company):
    acme, widget = company.organization(), company.product()
    lines = [line(widget, str(number), "0.335") for number in (1, 3, 5, 7)]
    invoice = company.invoice(acme, *lines)

    report = company.sync()

    shown = company.vtiger.invoice_total(invoice).quantize(Decimal("0.01"))
    [sent] = company.invoices().values()
    assert sent["Total"] == shown
    assert report.exit_code == 0
    # Line by line, Xero alone would come to 5.38 and a tax of 0.26.
    assert (sent["SubTotal"], sent["TotalTax"], shown) == (Decimal("5.38"), Decimal("0.22"), Decimal("5.60"))


def test_law_5_total_that_the_service_answers_otherwise_is_reported(company):
    """Vtiger keeps the header and loses a line: the invoice is named, not taken for done."""
    rate = next(r["TaxType"] for r in company.xero.tax_rates.values() if r["Name"] == "VAT")
    contact = company.xero.add_contact(Name="Nova Ltd")
    rows = [
        {"Description": text, "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": rate} for text in "ab"
    ]
    company.xero.add_invoice(contact, rows, Status="AUTHORISED", Date="2026-11-02", DueDate="2026-11-30")
    company.vtiger.lose_lines = LosesLines()
    report = company.sync()

    [record] = only(report, "invoices")
    assert (report.exit_code, record.outcome) == (3, Outcome.FAILED)
    assert [str(item.code) for item in record.reasons] == ["INV-LINES"]
