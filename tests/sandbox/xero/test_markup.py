"""XML, which Xero gives unless JSON is asked for, and takes as well as JSON."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def ask(xero, path, accept="application/xml", **options):
    return xero.send(options.pop("method", "GET"), f"/api.xro/2.0/{path}", headers={"Accept": accept}, **options)


def put(xero, path, markup, method="PUT", kind="application/xml"):
    headers = {"Accept": "text/xml", "Content-Type": kind}
    return xero.send(method, f"/api.xro/2.0/{path}", raw=markup.encode(), headers=headers)


@pytest.mark.parametrize("accept", [None, "*/*", "application/xml", "text/xml", "text/html"])
def test_answer_when_json_is_not_asked_for_is_xml(xero, contact, accept):
    answer = ask(xero, "Contacts?page=1", accept)

    root = ET.fromstring(answer.text)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert (root.tag, root.findtext("Status")) == ("Response", "OK")
    assert root.findtext("Contacts/Contact/ContactID") == contact
    assert root.findtext("pagination/itemCount") == "1"
    assert [one.findtext("AddressType") for one in root.findall("Contacts/Contact/Addresses/Address")] == [
        "STREET",
        "POBOX",
    ]


def test_document_in_xml_has_iso_dates_without_their_twins_and_plain_numbers(xero, sale):
    xero.put("Invoices", sale())

    invoice = ET.fromstring(ask(xero, "Invoices?page=1").text).find("Invoices/Invoice")

    assert invoice.findtext("Date") == "2026-09-14T00:00:00"
    assert invoice.findtext("UpdatedDateUTC") == "2026-09-14T01:02:03"
    assert (invoice.find("DateString"), invoice.find("UpdatedDateUTCString")) == (None, None)
    assert invoice.findtext("LineItems/LineItem/LineAmount") == "100.00"
    assert invoice.findtext("SentToContact") == "false"
    assert invoice.find("Payments") is not None


def test_text_in_xml_is_escaped_and_what_xml_cannot_write_is_replaced(xero, state):
    state.add_contact(Name='A & B "quoted"', FirstName="\x07bell")

    contact = ET.fromstring(ask(xero, "Contacts?page=1").text).find("Contacts/Contact")

    assert (contact.findtext("Name"), contact.findtext("FirstName")) == ('A & B "quoted"', "\ufffdbell")


@pytest.mark.usefixtures("contact")
def test_refusal_in_xml_is_an_api_exception_that_says_what_each_element_is(xero):
    answer = put(xero, "Contacts", "<Contacts><Contact><Name>Rimu Joinery</Name></Contact></Contacts>")

    root = ET.fromstring(answer.text)
    assert answer.status_code == 400
    assert (root.tag, root.findtext("ErrorNumber"), root.findtext("Type")) == (
        "ApiException",
        "10",
        "ValidationException",
    )
    element = root.find("Elements/DataContractBase")
    assert element.get(f"{XSI}type") == "Contact"
    assert "already assigned" in element.findtext("ValidationErrors/ValidationError/Message")


def test_refusal_by_the_gateway_is_json_whatever_was_asked_for(xero):
    answer = xero.send("GET", "/api.xro/2.0/Contacts", headers={"Accept": "text/xml", "Authorization": None})

    assert (answer.status_code, answer.json()["Title"]) == (401, "Unauthorized")


@pytest.mark.usefixtures("contact")
def test_batch_in_xml_tells_each_elements_verdict_in_an_attribute(xero):
    markup = "<Contacts><Contact><Name>New Ltd</Name></Contact><Contact><Name>Rimu Joinery</Name></Contact></Contacts>"

    root = ET.fromstring(put(xero, "Contacts?summarizeErrors=false", markup).text)

    assert [one.get("status") for one in root.findall("Contacts/Contact")] == ["OK", "ERROR"]
    assert root.find(".//StatusAttributeString") is None


SALE = """<Invoice>
  <Type>ACCREC</Type><Contact><Name>Totara &amp; Co</Name></Contact>
  <Date>2026-09-14T00:00:00</Date><DueDate>2026-10-14</DueDate><LineAmountTypes>Exclusive</LineAmountTypes>
  <LineItems><LineItem><Description>Oak</Description><Quantity>2.0000</Quantity><UnitAmount>12.50</UnitAmount>
  <AccountCode>200</AccountCode><Tracking /></LineItem></LineItems><SentToContact>false</SentToContact>
</Invoice>"""


@pytest.mark.parametrize("markup", [SALE, f"<Invoices>{SALE}</Invoices>", f'<?xml version="1.0"?>\n{SALE}'])
@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=utf-8"])
def test_body_in_xml_is_read_as_the_same_in_json_would_be(xero, state, markup, kind):
    answer = put(xero, "Invoices", markup, kind=kind)

    assert answer.status_code == 200, answer.text
    (invoice,) = state.invoices.values()
    assert (invoice["SubTotal"], invoice["Total"]) == (Decimal("25.00"), Decimal("28.75"))
    assert state.contacts[invoice["ContactID"]]["Name"] == "Totara & Co"


def test_body_in_xml_when_a_list_has_one_member_or_none_is_still_a_list(xero, state):
    person = "<ContactPerson><FirstName>Ann</FirstName><IncludeInEmails>true</IncludeInEmails></ContactPerson>"
    fields = "<Name>Totara</Name><EmailAddress>a@t.test</EmailAddress><Addresses/>"
    put(xero, "Contacts", f"<Contact>{fields}<ContactPersons>{person}</ContactPersons></Contact>")

    (kept,) = state.contacts.values()
    assert kept["ContactPersons"] == [
        {"FirstName": "Ann", "LastName": "", "EmailAddress": "", "IncludeInEmails": True},
    ]


def test_body_in_xml_when_a_part_is_empty_is_an_object_without_members(xero, state):
    item_id = state.add_item(Code="OAK", Name="Oak")

    answer = put(xero, "Items", "<Item><Code>OAK</Code><Name>Oak board</Name><PurchaseDetails /></Item>", "POST")

    assert answer.status_code == 200, answer.text
    assert state.items[item_id]["Name"] == "Oak board"


def test_body_as_a_form_carries_xml_in_its_field(xero, state):
    form = "xml=%3CContact%3E%3CName%3ETotara%3C%2FName%3E%3C%2FContact%3E"

    answer = put(xero, "Contacts", form, method="POST", kind="application/x-www-form-urlencoded")

    assert answer.status_code == 200, answer.text
    assert [one["Name"] for one in state.contacts.values()] == ["Totara"]


@pytest.mark.parametrize(
    "markup",
    [
        "<Contact><Name>",
        "",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><Contact><Name>&a;</Name></Contact>",
        "<Contact>&a;</Contact>",
    ],
)
def test_body_in_xml_when_unreadable_is_a_post_data_exception(xero, state, markup):
    answer = put(xero, "Contacts", markup)

    assert answer.status_code == 400
    assert ET.fromstring(answer.text).findtext("Type") == "PostDataInvalidException"
    assert state.contacts == {}
