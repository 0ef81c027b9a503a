"""The Xero stand-in's answers against Xero's own OpenAPI file, on a tour of all that it serves."""

from __future__ import annotations

import json

import pytest

from openapi.recorder import Recorder
from openapi.specification import EXCEPTIONS, UNDESCRIBED, VARIABLE, Specification, find_file, signature
from sandbox.xero.conftest import Client, StoppedClock
from vtxero.sandbox.xero import XeroState, create_app

FILE = find_file()
needs_file = pytest.mark.skipif(FILE is None, reason=f"{VARIABLE} names no copy of Xero's OpenAPI file")
PERSON = {"FirstName": "Ann", "LastName": "Lee", "EmailAddress": "ann@rimu.test", "IncludeInEmails": True}
CONTACT = {
    "Name": "Rimu Joinery",
    "ContactNumber": "11x1",
    "AccountNumber": "ACC1",
    "EmailAddress": "rimu@rimu.test",
    "FirstName": "Jo",
    "TaxNumber": "12-345-678",
    "DefaultCurrency": "NZD",
    "PaymentTerms": {"Sales": {"Day": 20, "Type": "OFFOLLOWINGMONTH"}},
    "ContactPersons": [PERSON],
    "Addresses": [{"AddressType": "STREET", "AddressLine1": "1 Rimu Road", "City": "Nelson", "AttentionTo": "Jo"}],
    "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "5551234", "PhoneAreaCode": "03"}],
}
ITEM = {
    "Code": "OAK",
    "Name": "Oak board",
    "Description": "Oak",
    "PurchaseDescription": "Oak, rough",
    "SalesDetails": {"UnitPrice": 12.3456, "AccountCode": "200", "TaxType": "OUTPUT2"},
    "PurchaseDetails": {"UnitPrice": 7, "AccountCode": "300", "TaxType": "INPUT2"},
}
TRACKED = {
    "Code": "TRK",
    "Name": "Tracked",
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"COGSAccountCode": "310", "UnitPrice": 1},
}
LINES = [
    {"ItemCode": "OAK", "Description": "Oak", "Quantity": 2, "UnitAmount": 10, "AccountCode": "200",
     "TaxType": "OUTPUT2", "DiscountRate": 10},
    {"Description": "a remark"},
]  # fmt: skip


class Tourist:
    """Calls the stand-in and has every answer recorded."""

    def __init__(self, recorder):
        self.state = XeroState.new(clock=StoppedClock(), seed=1)
        self.client = Client(create_app(self.state, limits="off")).login()
        self.recorder = recorder

    def call(self, method, path, body=None, **headers):
        answer = self.client.api(method, path, body, **headers)
        kind = answer.headers.get("content-type", "")
        place = path.partition("?")[0]
        self.recorder.hear(method, f"/api.xro/2.0/{place}", answer.status_code, answer.text, kind)
        return answer

    def write(self, plural, *elements, method="PUT", query="?summarizeErrors=false&unitdp=4"):
        return self.call(method, f"{plural}{query}", {plural: list(elements)}).json().get(plural)


def tour(recorder):
    """Go everywhere, with records of every kind, and make every kind of mistake."""
    tourist = Tourist(recorder)
    state = tourist.state
    contact = tourist.write("Contacts", CONTACT, {"Name": "Rimu Joinery"}, {"Name": "Bare Ltd"})[0]["ContactID"]
    tourist.write("Contacts", {"ContactID": contact, "FirstName": "Joan"}, method="POST")
    tourist.write("Contacts", {"Name": "Rimu Joinery"}, query="")
    tourist.write("Items", ITEM, ITEM, TRACKED)
    tourist.write("Items", ITEM, query="")
    sale = {"Type": "ACCREC", "Contact": {"ContactID": contact}, "Date": "2026-09-14", "DueDate": "2026-10-14",
            "LineItems": LINES, "Url": "https://crm.example.com/1", "Reference": "PO 7"}  # fmt: skip
    bought = {"Description": "Oak", "UnitAmount": 5, "AccountCode": "300", "TaxType": "INPUT2"}
    bill = {**sale, "Type": "ACCPAY", "Url": None, "Reference": None, "InvoiceNumber": "B1", "LineItems": [bought],
            "PlannedPaymentDate": "2026-10-01"}  # fmt: skip
    approved = {**sale, "Status": "AUTHORISED", "ExpectedPaymentDate": "2026-10-20"}
    made = tourist.write("Invoices", approved, sale, bill, {"Type": "ACCREC"}, {**sale, "CurrencyCode": "USD"})
    tourist.write("Invoices", {"Type": "ACCREC"}, query="")
    first = made[0]["InvoiceID"]
    paying = {"Invoice": {"InvoiceID": first}, "Account": {"Code": "090"}, "Amount": 5, "Date": "2026-09-15"}
    payment = tourist.write("Payments", {**paying, "Reference": "bank"}, {**paying, "Amount": 9999})[0]["PaymentID"]
    tourist.write("Payments", {**paying, "Amount": 9999}, query="")
    state.credit(first, "1")
    paid = tourist.write("Invoices", approved)[0]["InvoiceID"]
    state.pay(paid)
    state.void(made[1]["InvoiceID"])
    state.archive_contact(state.add_contact(Name="Gone Ltd"))
    state.merge_contacts(state.add_contact(Name="Twin Ltd", Website="https://twin.test"), contact)
    state.add_tax_rate("VAT", ("VAT", "4.5"))
    state.set_lock_dates(period=None)
    _settings(tourist, contact, paid, sale)
    for path in _reads(contact, first, paid, payment, next(iter(state.accounts))):
        tourist.call("GET", path)
    tourist.call("POST", f"Payments/{payment}", {"Status": "DELETED"})
    tourist.call("POST", f"Payments/{payment}", {"Status": "DELETED"})
    tourist.call("GET", "Payments?page=1")
    tourist.call("POST", f"Invoices/{first}?unitdp=4", {"Invoices": [{"InvoiceID": first, "Reference": "PO 8"}]})
    tourist.call("DELETE", "Items/OAK")
    tourist.call("PUT", "Contacts", "no envelope")
    tourist.call("GET", "Users")
    _notes_and_groups(tourist, contact, first)
    _batches_and_files(tourist, contact, sale)
    tourist.call("GET", "Accounts", Authorization="Bearer x.y.z")
    tourist.call("GET", "Accounts", xero_tenant_id="99999999-0000-4000-8000-000000000000")


def _notes_and_groups(tourist, contact, invoice):
    """Write notes, mail an invoice, and make contact groups, rightly and wrongly."""
    for details in ("Called", ""):
        tourist.call("PUT", f"Contacts/{contact}/History", {"HistoryRecords": [{"Details": details}]})
    tourist.call("GET", f"Contacts/{contact}/History")
    tourist.call("POST", f"Invoices/{invoice}/Email", {})
    made = tourist.call("PUT", "ContactGroups", {"ContactGroups": [{"Name": "VIPs"}]})
    group = f"ContactGroups/{made.json()['ContactGroups'][0]['ContactGroupID']}"
    tourist.call("PUT", "ContactGroups", {"ContactGroups": [{"Name": "VIPs"}]})
    tourist.call("PUT", f"{group}/Contacts", {"Contacts": [{"ContactID": contact}]})
    for path in ("ContactGroups", group, f"Contacts/{contact}", "Contacts?page=1"):
        tourist.call("GET", path)
    tourist.call("DELETE", f"{group}/Contacts/{contact}")
    tourist.call("POST", group, {"ContactGroups": [{"Status": "DELETED"}]})


def _batches_and_files(tourist, contact, sale):
    """Pay in batches and attach files, rightly and wrongly, and read what stands beside invoices."""
    owed = [one["InvoiceID"] for one in tourist.write("Invoices", *[{**sale, "Status": "AUTHORISED"}] * 2)]
    rows = [{"Invoice": {"InvoiceID": one}, "Amount": 1} for one in owed]
    batch = {
        "Account": {"Code": "090"},
        "Date": "2026-09-15",
        "Reference": "Friday",
        "Particulars": "p",
        "Payments": rows,
    }
    made = tourist.write("BatchPayments", batch, {**batch, "Payments": []})[0]["BatchPaymentID"]
    tourist.write("BatchPayments", {**batch, "Account": {"Code": "200"}}, query="")
    for path in ("BatchPayments", f"BatchPayments/{made}", "Payments?page=1"):
        tourist.call("GET", path)
    for _ in range(2):
        tourist.call("POST", f"BatchPayments/{made}", {"Status": "DELETED"})
    tourist.call("POST", "BatchPayments", {"BatchPaymentID": made, "Status": "DELETED"})
    for owner in (f"Invoices/{owed[0]}", f"Contacts/{contact}"):
        tourist.call("PUT", f"{owner}/Attachments/a.txt", {"a": "file"})
        tourist.call("GET", f"{owner}/Attachments")
        tourist.call("GET", owner)
    tourist.call("GET", f"Invoices/{owed[0]}/OnlineInvoice")
    tourist.call("GET", "InvoiceReminders/Settings")


def _settings(tourist, contact, paid, sale):
    """Write settings, credits and what else takes one element a request."""
    state = tourist.state
    account = {"Code": "425", "Name": "Freight", "Type": "EXPENSE", "Description": "x", "ShowInExpenseClaims": True}
    made = tourist.call("PUT", "Accounts", account).json()["Accounts"][0]["AccountID"]
    tourist.call("PUT", "Accounts", account)
    tourist.call("POST", f"Accounts/{made}", {"Accounts": [{"Name": "Carriage"}]})
    tourist.call("POST", f"Accounts/{made}", {"Status": "ARCHIVED"})
    tourist.call("DELETE", f"Accounts/{made}")
    parts = [{"Name": "State", "Rate": 10}, {"Name": "City", "Rate": 5, "IsCompound": True}]
    rate = {"Name": "Two", "ReportTaxType": "OUTPUT", "TaxComponents": parts}
    tourist.write("TaxRates", rate, query="")
    tourist.write("TaxRates", rate, method="POST", query="")
    tourist.call("PUT", "TaxRates", rate)
    tourist.call("PUT", "Currencies", {"Code": "EUR"})
    category = tourist.call("PUT", "TrackingCategories", {"Name": "Region"}).json()["TrackingCategories"][0]
    path = f"TrackingCategories/{category['TrackingCategoryID']}"
    option = tourist.call("PUT", f"{path}/Options", {"Name": "North"}).json()["Options"][0]["TrackingOptionID"]
    tourist.call("POST", f"{path}/Options/{option}", {"Name": "Nord"})
    tracked = {**LINES[0], "Tracking": [{"Name": "Region", "Option": "Nord"}]}
    tourist.write("Invoices", {**sale, "LineItems": [tracked]})
    tourist.call("DELETE", path)
    tourist.call("GET", f"{path}")
    note = {"Type": "ACCRECCREDIT", "Status": "AUTHORISED", "Contact": {"ContactID": contact}, "Reference": "back",
            "LineItems": [{**tracked, "DiscountRate": None}]}  # fmt: skip
    credit = tourist.write("CreditNotes", note, {**note, "Type": "ACCPAYCREDIT", "LineItems": []})[0]["CreditNoteID"]
    tourist.write("CreditNotes", {"Type": "x"}, query="")
    back = {"CreditNote": {"CreditNoteID": credit}, "Account": {"Code": "090"}, "Amount": 1}
    tourist.write("Payments", back, {**back, "Amount": 9999})
    state.pay(tourist.write("Invoices", {**sale, "Status": "AUTHORISED"})[0]["InvoiceID"], "1")
    owing = tourist.write("Invoices", {**sale, "Status": "AUTHORISED"})[0]["InvoiceID"]
    given = {"Allocations": [{"Invoice": {"InvoiceID": owing}, "Amount": 2}]}
    allocation = tourist.call("PUT", f"CreditNotes/{credit}/Allocations", given).json()["Allocations"][0]
    tourist.call("PUT", f"CreditNotes/{credit}/Allocations", {"Invoice": {"InvoiceID": paid}, "Amount": 1})
    money = [state.credit(owing, "1", kind=kind) for kind in ("Overpayments", "Prepayments")]
    for path in ("CreditNotes", "CreditNotes?page=1", f"CreditNotes/{credit}", f"Invoices/{owing}", "Invoices?page=1"):
        tourist.call("GET", path)
    for path in (f"Overpayments/{money[0]}", f"Prepayments/{money[1]}", "Overpayments?page=1", "Prepayments?page=1"):
        tourist.call("GET", path)
    tourist.call("DELETE", f"CreditNotes/{credit}/Allocations/{allocation['AllocationID']}")
    for credit_id in money:
        state.remove_credit(credit_id)
    tourist.call("PUT", f"Overpayments/{money[0]}/Allocations", given)
    tourist.call("PUT", f"Prepayments/{money[1]}/Allocations", given)


def _reads(contact, first, paid, payment, account):
    pages = [f"{name}{query}" for name in ("Contacts", "Invoices", "Payments") for query in ("", "?page=1")]
    pages += [f"{name}?summaryOnly=true" for name in ("Contacts", "Invoices")]
    pages += [f"Contacts/{contact}", f"Invoices/{first}?unitdp=4", f"Invoices/{paid}", f"Payments/{payment}"]
    pages += ["Contacts?page=1&includeArchived=true", "Contacts?page=7", "Items", "Items/OAK", "Items/TRK?unitdp=4"]
    pages += ["Organisation", "Organisation/Actions", "Accounts", f"Accounts/{account}", "TaxRates", "TaxRates/OUTPUT2"]
    pages += [
        "TrackingCategories",
        "TrackingCategories?includeArchived=true",
        "BrandingThemes",
        "Currencies",
        "Overpayments",
        "Prepayments",
    ]
    pages += ["Invoices/unknown"]
    return pages


@needs_file
def test_stand_in_on_a_tour_of_all_that_it_serves_answers_as_xeros_file_says():
    recorder = Recorder()

    tour(recorder)

    assert recorder.verdicts(Specification(FILE)) == []
    assert len(recorder.kept) >= 40


@needs_file
@pytest.mark.parametrize(
    ("element", "said"),
    [
        ({"ContactID": "no guid"}, "uuid"),
        ({"ContactStatus": "SLEEPING"}, "SLEEPING"),
        ({"Nmae": "Rimu"}, "Nmae"),
        ({"UpdatedDateUTC": "2026-09-14"}, "Date"),
        ({"IsCustomer": "true"}, "boolean"),
        ({"Addresses": [{"AddressType": "STREET", "Town": "Nelson"}]}, "Town"),
    ],
)
def test_file_when_an_answer_is_wrong_says_where(element, said):
    body = json.dumps({"Id": "1", "Contacts": [{"Name": "Rimu", **element}]})

    faults = Specification(FILE).faults("GET", "/Contacts", 200, body, "application/json")

    assert len(faults) == 1
    assert said in faults[0]


@needs_file
def test_file_when_an_element_was_refused_excuses_what_it_was_refused_for_and_nothing_else():
    refused = {"Name": "N" * 300, "StatusAttributeString": "ERROR", "IsCustomer": "yes"}
    body = json.dumps({"Contacts": [refused]})

    faults = Specification(FILE).faults("PUT", "/Contacts", 200, body, "application/json")

    assert [fault.partition(":")[0] for fault in faults] == ["Contacts/*/IsCustomer"]


@needs_file
def test_exceptions_are_all_still_needed():
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    schemas = yaml.load(FILE.read_text(encoding="utf-8"), Loader=loader)["components"]["schemas"]

    for key, reason in EXCEPTIONS.items():
        owner, _, part = key.partition(".")
        assert part == "*" or part not in schemas[owner]["properties"], key
        assert reason


def test_tour_meets_every_status_that_the_file_leaves_out_or_names_why():
    recorder = Recorder()

    tour(recorder)

    assert set(recorder.odd) <= set(UNDESCRIBED)


def test_recorder_keeps_a_few_of_each_shape():
    recorder = Recorder()
    same = json.dumps({"Contacts": [{"Name": str(number)} for number in range(9)]})

    for _ in range(9):
        recorder.hear("GET", "/api.xro/2.0/contacts", 200, same, "application/json")

    assert [len(json.loads(text)["Contacts"]) for *_, text, _ in recorder.kept] == [3, 0, 0]
    assert {path for _, path, *_ in recorder.kept} == {"/Contacts"}


def test_signature_tells_names_and_kinds_apart_and_not_values():
    assert signature({"a": 1, "b": ["x", "y"]}) == signature({"b": ["z"], "a": 2.5})
    assert signature({"a": None}) != signature({"a": ""})
    assert signature("/Date(1)/") != signature("1")
