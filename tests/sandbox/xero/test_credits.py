"""Credit notes, overpayments and prepayments, and what they do to what an invoice owes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.xero.lines import LINE


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
    listed = [(one["CreditNoteNumber"], one["SentToContact"]) for one in xero.rows("CreditNotes?page=1")]
    assert listed == [("CN-0001", False), ("MINE", False)]
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


def refund(credit, amount, **fields):
    return {"CreditNote": credit, "Account": {"Code": "090"}, "Date": "2026-09-20", "Amount": amount, **fields}


@pytest.mark.parametrize("named", ["CreditNoteID", "CreditNoteNumber"])
def test_credit_note_when_paid_back_in_full_is_paid_and_shows_it(xero, contact, named):
    (credit,) = xero.put("CreditNotes", note(contact))

    (made,) = xero.put("Payments", refund({named: credit[named]}, 23, Reference="Too much"))

    assert (made["PaymentType"], made["Amount"], made["Reference"]) == ("ARCREDITPAYMENT", Decimal(23), "Too much")
    shown = made["Invoice"]
    assert (shown["Type"], shown["InvoiceID"]) == ("ACCRECCREDIT", credit["CreditNoteID"])
    assert (shown["InvoiceNumber"], shown["Contact"]["Name"]) == ("CN-0001", "Rimu Joinery")
    (read,) = xero.rows(f"CreditNotes/{credit['CreditNoteID']}")
    assert (read["Status"], read["RemainingCredit"]) == ("PAID", Decimal("0.00"))
    assert [one["PaymentID"] for one in read["Payments"]] == [made["PaymentID"]]


def test_credit_note_when_its_refund_is_deleted_is_open_again(xero, contact):
    (credit,) = xero.put("CreditNotes", note(contact))
    (made,) = xero.put("Payments", refund({"CreditNoteID": credit["CreditNoteID"]}, 10))
    assert xero.rows("CreditNotes?page=1")[0]["RemainingCredit"] == Decimal("13.00")

    xero.api("POST", f"Payments/{made['PaymentID']}", {"Status": "DELETED"})

    (read,) = xero.rows("CreditNotes?page=1")
    assert (read["Status"], read["RemainingCredit"], read["Payments"]) == ("AUTHORISED", Decimal("23.00"), [])


def test_credit_note_when_a_part_was_paid_back_can_be_allocated_for_the_rest_only(xero, contact, owed):
    (credit,) = xero.put("CreditNotes", note(contact))
    xero.put("Payments", refund({"CreditNoteID": credit["CreditNoteID"]}, 20))

    assert told(allocate(xero, credit["CreditNoteID"], owed, 4)) == [
        "The amount to credit exceeds the credit that remains"
    ]
    assert allocate(xero, credit["CreditNoteID"], owed, 3).status_code == 200
    assert xero.rows("CreditNotes?page=1")[0]["Status"] == "PAID"


def test_credit_note_when_something_was_paid_back_cannot_be_edited(xero, contact):
    (credit,) = xero.put("CreditNotes", note(contact))
    xero.put("Payments", refund({"CreditNoteID": credit["CreditNoteID"]}, 1))

    (refused,) = xero.post("CreditNotes", {"CreditNoteID": credit["CreditNoteID"], "Status": "VOIDED"})

    assert "payment or credit note allocated" in refused["ValidationErrors"][0]["Message"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Amount": 24}, "Payment amount exceeds the amount outstanding on this document"),
        ({"Amount": 0}, "Payment amount must be greater than zero"),
        ({"CreditNote": {"CreditNoteNumber": "CN-9"}}, "Document could not be found"),
        ({"Account": {"Code": "200"}}, "Account type is invalid for making a payment to/from"),
    ],
)
def test_refund_when_it_cannot_be_is_refused(xero, contact, fields, message):
    xero.put("CreditNotes", note(contact))

    assert xero.errors("Payments", {**refund({"CreditNoteNumber": "CN-0001"}, 23), **fields}) == [message]


def test_refund_of_a_draft_is_refused(xero, contact):
    xero.put("CreditNotes", note(contact, Status="DRAFT"))

    assert "Authorised documents" in xero.errors("Payments", refund({"CreditNoteNumber": "CN-0001"}, 1))[0]


@pytest.mark.parametrize(
    ("kind", "paid"), [("Overpayments", "AROVERPAYMENTPAYMENT"), ("Prepayments", "ARPREPAYMENTPAYMENT")]
)
def test_money_paid_in_advance_when_paid_back_has_its_own_type(xero, state, owed, kind, paid):
    credit_id = state.credit(owed, "15", kind=kind)
    state.remove_credit(credit_id)
    singular = kind.removesuffix("s")

    (made,) = xero.put("Payments", {**refund(None, 15), singular: {f"{singular}ID": credit_id}})

    assert made["PaymentType"] == paid
    assert xero.rows(f"{kind}/{credit_id}")[0]["Status"] == "PAID"


def test_payments_of_sales_when_asked_for_leave_refunds_out(xero, contact, owed):
    xero.put("CreditNotes", note(contact))
    xero.put("Payments", refund({"CreditNoteNumber": "CN-0001"}, 1))
    xero.put("Payments", {"Invoice": {"InvoiceID": owed}, "Account": {"Code": "090"}, "Amount": 1})

    assert len(xero.rows("Payments?page=1")) == 2
    assert [one["Invoice"]["InvoiceID"] for one in xero.rows('Payments?where=PaymentType=="ACCRECPAYMENT"')] == [owed]
    (found,) = xero.rows('Payments?where=Invoice.InvoiceNumber=="CN-0001"')
    assert found["PaymentType"] == "ARCREDITPAYMENT"


def test_allocation_in_the_words_of_the_pages_in_xml_is_taken(xero, contact, owed):
    (credit,) = xero.put("CreditNotes", note(contact))
    body = f"<Allocation><AppliedAmount>3</AppliedAmount><Invoice><InvoiceID>{owed}</InvoiceID></Invoice></Allocation>"
    path = f"/api.xro/2.0/CreditNotes/{credit['CreditNoteID']}/Allocations"

    answer = xero.send("PUT", path, raw=body.encode(), headers={"Content-Type": "application/xml"})

    assert answer.status_code == 200, answer.text
    assert invoice_of(xero, owed)["AmountCredited"] == Decimal(3)


def test_credit_of_a_contact_that_is_merged_belongs_to_the_other_and_still_pays_its_invoice(xero, state, contact, owed):
    (credit,) = xero.put("CreditNotes", note(contact))
    other = state.add_contact(Name="Rimu Joinery 2019")

    state.merge_contacts(contact, other)

    assert xero.rows(f"CreditNotes/{credit['CreditNoteID']}")[0]["Contact"]["ContactID"] == other
    assert allocate(xero, credit["CreditNoteID"], owed, 3).status_code == 200
