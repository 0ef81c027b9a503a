"""Rows out, against the stand-in: each element is settled by itself, and nothing is made twice."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from vtxero.errors import NotModelledError, ReplyLostError
from vtxero.sync.records import Accepted, Page, Refused
from wire.xero.rows import line, payment, rows, served

UNKNOWN = "99999999-9999-4999-8999-999999999999"


def test_create_settles_every_element_by_itself(xero, state):
    state.add_contact(Name="Ada")

    answers = xero.create("organizations", [{"Name": "Bob"}, {"Name": "ada"}, {"Name": "Cy"}], "key-1")

    assert [type(answer) for answer in answers] == [Accepted, Refused, Accepted]
    assert "already assigned to another contact" in answers[1].messages[0]
    assert [row["Name"] for row in rows([Page(answers[0].raw)], "Contacts")] == ["Bob"]
    assert {contact["Name"] for contact in state.contacts.values()} == {"Ada", "Bob", "Cy"}


def test_create_invoices_keeps_four_decimals_there_and_back(xero, state, app):
    contact = state.add_contact(Name="Ada")
    payload = {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact},
        "Date": "2026-11-20",
        "LineItems": [line(UnitAmount=Decimal(price), Quantity=Decimal(1)) for price in ("0.1648", "1234567.8901")],
    }

    (answer,) = xero.create("invoices", [payload], "key-1")

    assert isinstance(answer, Accepted)
    made = rows([Page(answer.raw)], "Invoices")[0]
    assert [item["UnitAmount"] for item in made["LineItems"]] == [Decimal("0.1648"), Decimal("1234567.8901")]
    assert b'"UnitAmount": 0.1648' in served(app, "PUT")[0].body
    assert b'"UnitAmount": 1234567.8901' in served(app, "PUT")[0].body


def test_update_changes_by_id_and_refuses_one_without(xero, state):
    contact = state.add_contact(Name="Ada")

    answers = xero.update("organizations", [{"ContactID": contact, "AccountNumber": "A-1"}, {"Name": "Ada"}], "key-1")

    assert isinstance(answers[0], Accepted)
    assert answers[1] == Refused(("It has no ContactID, so nothing was changed.",))
    assert state.contacts[contact]["AccountNumber"] == "A-1"


def test_update_when_one_id_is_gone_saves_all_others(xero, state):
    ids = [state.add_contact(Name=f"Contact {number}") for number in range(20)]
    payloads = [{"ContactID": one, "AccountNumber": f"A-{number}"} for number, one in enumerate(ids)]
    payloads[13]["ContactID"] = UNKNOWN

    answers = xero.update("organizations", payloads, "key-1")

    assert [place for place, answer in enumerate(answers) if isinstance(answer, Refused)] == [13]
    assert "cannot be found" in answers[13].messages[0]
    assert state.contacts[ids[19]]["AccountNumber"] == "A-19"


def test_create_when_one_element_spoils_the_request_saves_all_others(xero, state):
    payloads = [{"Name": f"Contact {number}"} for number in range(9)]
    payloads[4] = {"Name": "Contact 4", "Phones": "0800"}

    answers = xero.create("organizations", payloads, "key-1")

    assert [place for place, answer in enumerate(answers) if isinstance(answer, Refused)] == [4]
    assert len(state.contacts) == 8


def test_create_when_the_reply_is_lost_after_the_deed_makes_one_record(xero, state, app):
    app.faults.add({"path": "/Contacts", "method": "PUT", "do": "drop-after-commit"})

    (answer,) = xero.create("organizations", [{"Name": "Ada"}], "key-1")

    assert isinstance(answer, Accepted)
    assert len(state.contacts) == 1
    assert [entry.headers["idempotency-key"] for entry in served(app, "PUT", 2)] == ["key-1", "key-1"]


def test_create_when_every_reply_is_lost_leaves_the_question_open(xero, state, app):
    app.faults.add({"path": "/Invoices", "method": "PUT", "do": "drop-after-commit", "nth": "every"})
    contact = state.add_contact(Name="Ada")
    payload = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [line()]}

    with pytest.raises(ReplyLostError):
        xero.create("invoices", [payload], "key-1")

    assert len(state.invoices) == 1
    assert len(served(app, "PUT", 3)) == 3


def test_payments_are_made_in_one_request_each_settled_by_itself(xero, state, sale, app):
    batch = [payment(sale, "100", Reference="PAY1"), payment(sale, "9999"), payment(UNKNOWN, "1"), payment(sale, "5")]

    answers = xero.create("payments", batch, "key")

    assert [type(answer) for answer in answers] == [Accepted, Refused, Refused, Accepted]
    assert "exceeds the amount outstanding" in answers[1].messages[0]
    [made] = json.loads(answers[0].raw)["Payments"]
    assert (made["Reference"], made["Invoice"]["InvoiceID"]) == ("PAY1", sale)
    [sent] = served(app, "PUT")
    assert "summarizeErrors=false" in sent.query
    assert state.invoices[sale]["AmountPaid"] == 105


def test_payments_are_never_changed(xero, state, sale):
    made = state.pay(sale, "100")
    with pytest.raises(NotModelledError, match="Payments"):
        xero.update("payments", [{"PaymentID": made, "Amount": Decimal(5)}], "key")
    assert not xero.may_vanish("payments")
