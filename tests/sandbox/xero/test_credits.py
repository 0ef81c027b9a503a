"""Credit notes, overpayments and prepayments, and what they do to what an invoice owes."""

from __future__ import annotations

from decimal import Decimal

import pytest

LINE = {"Description": "Oak", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


@pytest.fixture
def owed(xero, sale):
    """An approved invoice of 115."""
    return xero.put("Invoices", sale(LINE, Status="AUTHORISED"))[0]["InvoiceID"]


def note(contact, amount=20, **fields):
    return {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "Contact": {"ContactID": contact},
        "Date": "2026-09-14",
        "LineItems": [{**LINE, "UnitAmount": amount}],
        **fields,
    }


def allocate(xero, credit_id, invoice_id, amount, kind="CreditNotes"):
    body = {"Allocations": [{"Invoice": {"InvoiceID": invoice_id}, "Amount": amount, "Date": "2026-09-15"}]}
    return xero.api("PUT", f"{kind}/{credit_id}/Allocations", body)


def told(answer):
    assert answer.status_code == 400, answer.text
    return [one["Message"] for one in answer.json()["Elements"][0]["ValidationErrors"]]


def invoice_of(xero, invoice_id):
    (found,) = xero.rows(f"Invoices/{invoice_id}")
    return found


def test_credit_note_when_made_is_computed_and_numbered(xero, contact):
    made, draft = xero.put("CreditNotes", note(contact), note(contact, Status="DRAFT", CreditNoteNumber="MINE"))

    assert (made["CreditNoteNumber"], draft["CreditNoteNumber"]) == ("CN-0001", "MINE")
    assert (made["Total"], made["RemainingCredit"]) == (Decimal("23.00"), Decimal("23.00"))
    assert made["Contact"]["Name"] == "Rimu Joinery"
    assert xero.rows("CreditNotes")[0]["LineItems"] == []
    assert [one["CreditNoteNumber"] for one in xero.rows("CreditNotes?page=1")] == ["CN-0001", "MINE"]
    assert xero.rows("CreditNotes/mine")[0]["CreditNoteID"] == draft["CreditNoteID"]


def test_credit_note_when_allocated_lowers_what_the_invoice_owes(xero, contact, owed, clock):
    (credit,) = xero.put("CreditNotes", note(contact))
    clock.forward(minutes=20)

    answer = allocate(xero, credit["CreditNoteID"], owed, 3)

    assert answer.status_code == 200, answer.text
    assert answer.json()["Allocations"][0]["Amount"] == 3
    invoice = invoice_of(xero, owed)
    assert (invoice["AmountDue"], invoice["AmountCredited"], invoice["AmountPaid"]) == (
        Decimal("112.00"),
        Decimal("3.00"),
        Decimal("0.00"),
    )
    assert invoice["UpdatedDateUTCString"] == "2026-09-14T01:22:03Z"
    assert invoice["CreditNotes"][0]["AppliedAmount"] == Decimal("3.00")
    (left,) = xero.rows(f"CreditNotes/{credit['CreditNoteID']}")
    assert (left["RemainingCredit"], left["Status"]) == (Decimal("20.00"), "AUTHORISED")
    assert left["Allocations"][0]["Invoice"]["InvoiceID"] == owed


def test_credit_note_when_it_covers_all_makes_both_paid_until_it_is_taken_back(xero, contact, owed):
    (credit,) = xero.put("CreditNotes", note(contact, 100))
    allocation = allocate(xero, credit["CreditNoteID"], owed, 115).json()["Allocations"][0]["AllocationID"]
    assert invoice_of(xero, owed)["Status"] == "PAID"
    assert xero.rows(f"CreditNotes/{credit['CreditNoteID']}")[0]["Status"] == "PAID"

    answer = xero.api("DELETE", f"CreditNotes/{credit['CreditNoteID']}/Allocations/{allocation}")

    assert (answer.status_code, answer.json()["IsDeleted"]) == (200, True)
    invoice = invoice_of(xero, owed)
    assert (invoice["Status"], invoice["AmountDue"], invoice["CreditNotes"]) == ("AUTHORISED", Decimal("115.00"), [])


def test_allocation_when_something_is_wrong_is_refused_and_changes_nothing(xero, state, contact, owed, sale):
    (credit,) = xero.put("CreditNotes", note(contact))
    (draft,) = xero.put("CreditNotes", note(contact, Status="DRAFT"))
    other = state.add_contact(Name="Other Ltd")
    (others,) = xero.put("CreditNotes", note(other))
    (open_draft,) = xero.put("Invoices", sale())
    before = state.snapshot()

    credit_id = credit["CreditNoteID"]
    assert told(allocate(xero, credit_id, owed, 24)) == ["The amount to credit exceeds the credit that remains"]
    assert "outstanding" in told(allocate(xero, credit_id, owed, 116))[0]
    assert told(allocate(xero, credit_id, owed, 0)) == ["The amount to credit must be greater than zero"]
    assert "Authorised" in told(allocate(xero, draft["CreditNoteID"], owed, 1))[0]
    assert "Authorised" in told(allocate(xero, credit_id, open_draft["InvoiceID"], 1))[0]
    assert "same contact" in told(allocate(xero, others["CreditNoteID"], owed, 1))[0]
    assert "was not found" in told(allocate(xero, credit_id, contact, 1))[0]
    assert allocate(xero, contact, owed, 1).status_code == 404

    assert state.snapshot() == before


def test_invoice_when_credited_can_be_neither_voided_nor_edited(xero, state, owed):
    state.credit(owed, "15")

    found = xero.post("Invoices", {"InvoiceID": owed, "Status": "VOIDED"})

    assert "payment or credit note allocated" in found[0]["ValidationErrors"][0]["Message"]


def test_credit_note_when_allocated_can_be_neither_voided_nor_edited(xero, state, owed):
    credit_id = state.credit(owed, "15")

    found = xero.post("CreditNotes", {"CreditNoteID": credit_id, "Reference": "x"})

    assert "payment or credit note allocated" in found[0]["ValidationErrors"][0]["Message"]
    state.remove_credit(credit_id)
    assert xero.post("CreditNotes", {"CreditNoteID": credit_id, "Status": "VOIDED"})[0]["Status"] == "VOIDED"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Type": "ACCREC"}, "Credit note not of valid type for creation"),
        ({"Status": "PAID"}, "Invoice not of valid status for creation"),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"Contact": None}, "A Contact must be specified for this type of transaction"),
        ({"CurrencyCode": "EUR"}, "Organisation is not subscribed to currency EUR"),
        ({"CreditNoteNumber": "cn-0001"}, "Credit Note # must be unique."),
    ],
)
def test_credit_note_when_something_is_wrong_is_refused(xero, contact, changes, text):
    xero.put("CreditNotes", note(contact))

    assert xero.errors("CreditNotes", note(contact, **changes)) == [text]


def test_credit_note_when_unknown_is_said_in_xeros_words(xero, contact):
    assert xero.errors("CreditNotes", {"CreditNoteID": contact}, method="POST") == [
        "An existing Credit Note with the specified CreditNoteID could not be found",
    ]


@pytest.mark.parametrize(("kind", "named"), [("Overpayments", "Overpayment"), ("Prepayments", "Prepayment")])
def test_money_received_early_or_too_much_counts_as_credit(xero, state, owed, kind, named):
    credit_id = state.credit(owed, "15", kind=kind)

    invoice = invoice_of(xero, owed)
    assert (invoice["AmountCredited"], invoice["AmountDue"]) == (Decimal("15.00"), Decimal("100.00"))
    assert invoice[kind][0] == {
        f"{named}ID": credit_id,
        "Date": invoice[kind][0]["Date"],
        "AppliedAmount": Decimal("15.00"),
        "Total": Decimal("15.00"),
    }
    (listed,) = xero.rows(f"{kind}?page=1")
    assert (listed[f"{named}ID"], listed["Type"], listed["Status"]) == (credit_id, f"RECEIVE-{named.upper()}", "PAID")
    assert xero.api("PUT", kind, {kind: [{}]}).status_code == 501, "they come from bank transactions"
    state.remove_credit(credit_id)
    assert allocate(xero, credit_id, owed, 5, kind).status_code == 200
    assert invoice_of(xero, owed)["AmountDue"] == Decimal("110.00")
