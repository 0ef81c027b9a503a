"""Whatever stands in a request, the stand-in answers in one of Xero's ways and goes on; it never falls over."""

from __future__ import annotations

import copy
import json
import random

import pytest

LINE = {
    "Description": "Oak",
    "Quantity": 1,
    "UnitAmount": 1,
    "ItemCode": "OAK",
    "AccountCode": "200",
    "TaxType": "OUTPUT2",
    "TaxAmount": 1,
    "LineAmount": 1,
    "DiscountRate": 1,
    "Tracking": [{"Name": "Region", "Option": "North"}],
}
VALUES = [
    None, "", " ", "x", 0, -1, 1.5, True, [], {}, [1], [[]], [None], {"a": 1}, 10**30, "9" * 40, "NaN", "1e400",
    "\ud800", "a\x00b", "ß" * 300, "/Date(1)/", "/Date(99999999999999999)/", "2026-99-99", "0001-01-01", "DELETED",
    "VOIDED", "AUTHORISED", "ARCHIVED", "ACCPAY", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
ANSWERS = {200, 204, 400, 404, 501}


@pytest.fixture
def addresses(xero, state, contact):
    """What may be sent where, right as it stands: by address, the list's name and an element."""
    item = state.add_item(Code="OAK")
    lines = [{"Description": "Oak", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}]
    invoice = state.add_invoice(contact, lines, Status="AUTHORISED", DueDate="2026-10-14")
    payment, credit = state.pay(invoice, "1"), state.credit(invoice, "1")
    tracking = state.add_tracking("Region", "North")
    group = xero.put("ContactGroups", {"Name": "VIPs"})[0]["ContactGroupID"]
    person = {"FirstName": "Ann", "IncludeInEmails": True}
    party = {
        "Name": "Totara",
        "ContactNumber": "1",
        "EmailAddress": "a@t.test",
        "Addresses": [{"AddressType": "STREET", "City": "Nelson"}],
        "Phones": [{"PhoneType": "DDI", "PhoneNumber": "1"}],
        "ContactPersons": [person],
        "PaymentTerms": {"Sales": {"Day": 5, "Type": "OFCURRENTMONTH"}},
        "DefaultCurrency": "NZD",
        "AccountsReceivableTaxType": "NONE",
    }
    goods = {"Code": "ELM", "Name": "Elm", "SalesDetails": {"UnitPrice": 1, "AccountCode": "200"}, "IsSold": True}
    sale = {
        "Type": "ACCREC",
        "Status": "DRAFT",
        "Contact": {"ContactID": contact},
        "Date": "2026-09-14",
        "DueDate": "2026-10-14",
        "InvoiceNumber": "I-1",
        "Url": "http://crm.test/",
        "CurrencyCode": "NZD",
        "CurrencyRate": 1,
        "SubTotal": 1,
        "LineItems": [LINE],
        "BrandingThemeID": state.branding_theme,
    }
    paid = {"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-09-20", "Amount": 1}
    note = {**sale, "Type": "ACCRECCREDIT", "CreditNoteNumber": "C-1"}
    rate = {"Name": "Levy", "ReportTaxType": "OUTPUT", "TaxComponents": [{"Name": "a", "Rate": 1, "IsCompound": False}]}
    return {
        "Contacts": ("Contacts", party),
        f"Contacts/{contact}": ("Contacts", party),
        f"Contacts/{contact}/History": ("HistoryRecords", {"Details": "Called"}),
        "Items": ("Items", goods),
        f"Items/{item}": ("Items", goods),
        "Invoices": ("Invoices", sale),
        f"Invoices/{invoice}": ("Invoices", sale),
        "Payments": ("Payments", {**paid, "CurrencyRate": 1, "BankAmount": 1, "Reference": "r"}),
        f"Payments/{payment}": ("Payments", {"Status": "DELETED"}),
        "CreditNotes": ("CreditNotes", note),
        f"CreditNotes/{credit}/Allocations": ("Allocations", {"Invoice": {"InvoiceID": invoice}, "Amount": 1}),
        "Accounts": ("Accounts", {"Code": "9", "Name": "Freight", "Type": "EXPENSE", "TaxType": "NONE"}),
        "TaxRates": ("TaxRates", rate),
        "Currencies": ("Currencies", {"Code": "EUR", "Description": "x"}),
        "TrackingCategories": ("TrackingCategories", {"Name": "Kind", "Status": "ACTIVE"}),
        f"TrackingCategories/{tracking}/Options": ("Options", {"Name": "South", "Status": "ACTIVE"}),
        "ContactGroups": ("ContactGroups", {"Name": "Friends", "Status": "ACTIVE"}),
        f"ContactGroups/{group}/Contacts": ("Contacts", {"ContactID": contact}),
    }


def spots(value, before=()):
    """Name every place within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*before, name)
        yield from spots(one, (*before, name))


def mutated(element, chance):
    """Leave parts out, and put something else in one to three places."""
    found = {name: value for name, value in copy.deepcopy(element).items() if chance.random() > 0.2}
    for _ in range(chance.randint(1, 3)):
        places = list(spots(found))
        if places:
            *path, last = chance.choice(places)
            spot = found
            for part in path:
                spot = spot[part]
            spot[last] = copy.deepcopy(chance.choice(VALUES))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_stand_in_when_requests_are_mutated_answers_each_and_goes_on(xero, addresses, seed):
    chance = random.Random(seed)

    for _ in range(120):
        address, (plural, element) = chance.choice(list(addresses.items()))
        query = chance.choice(["", "?summarizeErrors=false&unitdp=4"])
        body = json.dumps({plural: [mutated(element, chance)]}).encode()
        cut = body[: chance.randrange(len(body))] if chance.random() < 0.03 else body
        headers = {"Content-Type": "application/json", "Accept": chance.choice(["application/json", "text/xml"])}
        answer = xero.send(chance.choice(["PUT", "POST"]), f"/api.xro/2.0/{address}{query}", raw=cut, headers=headers)
        assert answer.status_code in ANSWERS, (address, cut)

    for plural in ("Contacts", "Invoices", "Items", "Payments", "CreditNotes", "Accounts", "TaxRates", "ContactGroups"):
        for accept in ("application/json", "text/xml"):
            read = xero.send("GET", f"/api.xro/2.0/{plural}", headers={"Accept": accept})
            assert read.status_code == 200
