"""Notes on a record's history, and invoices sent by mail."""

from __future__ import annotations

import pytest


def notes(xero, path):
    return [one["Details"] for one in xero.rows(f"{path}/History")]


def test_note_when_written_is_read_back_the_newest_first(xero, contact, clock):
    path = f"Contacts/{contact}"
    first = xero.api("PUT", f"{path}/History", {"HistoryRecords": [{"Details": "Called"}, {"Details": "Called again"}]})
    clock.forward(minutes=5)
    xero.api("PUT", f"{path}/history/", {"HistoryRecords": [{"Details": "Paid"}]})

    assert [one["Details"] for one in first.json()["HistoryRecords"]] == ["Called", "Called again"]
    assert notes(xero, path) == ["Paid", "Called again", "Called"]
    assert xero.rows(f"{path}/History")[0] == {
        "Changes": "Note",
        "DateUTCString": "2026-09-14T01:07:03",
        "DateUTC": "/Date(1789348023000+0000)/",
        "User": "System Generated",
        "Details": "Paid",
    }


def test_note_when_written_in_xml_is_read(xero, contact):
    body = b"<HistoryRecord><Details>Called &amp; mailed</Details></HistoryRecord>"
    address = f"/api.xro/2.0/Contacts/{contact}/history"

    answer = xero.send("PUT", address, raw=body, headers={"Content-Type": "application/xml"})

    assert answer.status_code == 200, answer.text
    assert notes(xero, f"Contacts/{contact}") == ["Called & mailed"]


@pytest.mark.parametrize("plural", ["Items", "Invoices", "Payments", "CreditNotes"])
def test_note_on_every_kind_of_record_belongs_to_that_record(xero, state, sale, plural):
    state.add_item(Code="OAK")
    (invoice,) = xero.put("Invoices", sale(Status="AUTHORISED"))
    state.pay(invoice["InvoiceID"], "1")
    state.credit(invoice["InvoiceID"], "1")
    record = xero.rows(plural)[0]
    path = f"{plural}/{record[f'{plural[:-1]}ID']}"

    assert xero.api("PUT", f"{path}/History", {"HistoryRecords": [{"Details": "Seen"}]}).status_code == 200
    assert notes(xero, path) == ["Seen"]
    assert sum(len(kept) for kept in state.notes.values()) == 1


def test_history_when_nobody_wrote_is_empty_and_of_nothing_is_not_found(xero, contact):
    assert notes(xero, f"Contacts/{contact}") == []
    assert xero.api("GET", "Contacts/00000000-0000-4000-8000-000000000000/History").status_code == 404


@pytest.mark.parametrize(("details", "words"), [("", "is mandatory"), ("x" * 2501, "maximum length of 2500")])
def test_note_when_empty_or_too_long_is_refused(xero, contact, details, words):
    answer = xero.api("PUT", f"Contacts/{contact}/History", {"HistoryRecords": [{"Details": details}]})

    assert answer.status_code == 400
    assert words in answer.json()["Elements"][0]["ValidationErrors"][0]["Message"]
    assert notes(xero, f"Contacts/{contact}") == []


def test_history_with_another_scope_is_forbidden(new_client, contact):
    client = new_client().login("accounting.invoices")

    assert client.api("GET", f"Contacts/{contact}/History").status_code == 401


def test_invoice_when_mailed_is_marked_as_sent(xero, sale):
    (made,) = xero.put("Invoices", sale(Status="AUTHORISED"))

    assert xero.api("POST", f"Invoices/{made['InvoiceID']}/Email", {}).status_code == 204
    assert xero.rows(f"Invoices/{made['InvoiceID']}")[0]["SentToContact"] is True


def test_invoice_when_it_is_a_draft_or_has_no_address_is_not_mailed(xero, state, sale):
    nobody = state.add_contact(Name="No Mail Ltd")
    draft, other = xero.put("Invoices", sale(), sale(Status="AUTHORISED", Contact={"ContactID": nobody}))

    for invoice in (draft, other):
        answer = xero.api("POST", f"Invoices/{invoice['InvoiceID']}/Email", {})
        assert answer.status_code == 400
        assert xero.rows(f"Invoices/{invoice['InvoiceID']}")[0]["SentToContact"] is False
