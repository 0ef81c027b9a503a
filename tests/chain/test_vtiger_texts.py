"""Text that Vtiger would mangle, escape or cut is caught before it leaves, in whatever field it stands."""

from __future__ import annotations

import pytest

TEXTS = {
    "emoji": "Party \U0001f389 time",
    "script": "before <script>alert(1)</script> after",
    "quotes": 'Our "Manuscript/Scripting" fee',
    "long": "L" * 400,
}
DAMAGE = ("????", "&lt;", "&gt;", "&quot;")
PLACEHOLDER = "??????"


def fill_xero(company, text):
    """Put the text into every field of Xero that crosses; Xero itself takes none of them in a contact's name."""
    line = {"AddressLine1": text[:250], "City": text[:100], "Region": text[:100], "PostalCode": text[:50]}
    contact = company.xero.add_contact(
        Name="Nova",
        FirstName=text[:200],
        LastName=text[:200],
        EmailAddress="nova@example.com",
        ContactPersons=[{"FirstName": text[:200], "LastName": text[:200], "EmailAddress": "p@example.com"}],
        TaxNumber=text[:50],
        Phones=[{"PhoneType": kind, "PhoneNumber": text[:50]} for kind in ("DEFAULT", "DDI", "FAX")],
        Addresses=[{"AddressType": kind, "Country": text[:50], **line} for kind in ("POBOX", "STREET")],
    )
    company.xero.add_item(
        Code="X-1", Name="Plain", Description=text, SalesDetails={"UnitPrice": "5", "AccountCode": "200"}
    )
    row = {"Description": text, "Quantity": 1, "UnitAmount": 5, "AccountCode": "200", "TaxType": "NONE"}
    company.xero.add_invoice(
        contact, [row], Date="2026-11-01", DueDate="2026-11-30", Status="AUTHORISED", Reference=text[:255]
    )


def stored(company):
    """Every text that Vtiger holds now, by module and field; labels are escaped by nature."""
    modules = ("Accounts", "Contacts", "Products", "Invoice")
    rows = ((module, row) for module in modules for row in company.vtiger.records(module))
    texts = {(m, name): value for m, row in rows for name, value in row.items() if isinstance(value, str)}
    lines = {("LineItem", name): value for line in company.vtiger.lines.values() for name, value in line.fields.items()}
    return {place: value for place, value in (texts | lines).items() if place[1] != "label" and value != PLACEHOLDER}


@pytest.mark.parametrize("kind", TEXTS)
def test_text_in_any_field_arrives_whole_or_shortened_and_is_noted(company, kind):
    text = TEXTS[kind]
    fill_xero(company, text)

    report = company.sync()

    assert report.exit_code == 0, [(row.label, row.reasons) for row in report.records if row.reasons]
    damaged = {place: value for place, value in stored(company).items() if any(mark in value for mark in DAMAGE)}
    assert damaged == {}
    assert len(company.vtiger.records("Invoice")) == 1
    noted = {row.module for row in report.records for item in row.notes if item.code == "TEXT-UNSUPPORTED"}
    assert {"organizations", "invoices"} <= noted
    company.quiet()


@pytest.mark.parametrize("kind", TEXTS)
def test_name_that_vtiger_would_change_stops_the_record(company, kind):
    company.xero.add_item(Code="X-1", Name=TEXTS[kind][:50], SalesDetails={"UnitPrice": "5", "AccountCode": "200"})
    name = TEXTS[kind].translate({ord("<"): None, ord(">"): None})[:200]
    company.xero.add_contact(Name=name)

    report = company.sync()

    reasons = {row.module: [str(item.code) for item in row.reasons] for row in report.records if row.reasons}
    # Xero has no angle brackets in the names of contacts, nor names of items longer than Vtiger's.
    both = {"organizations", "products"}
    expected = {"emoji": both, "script": {"products"}, "quotes": both, "long": {"organizations"}}
    assert {module for module, codes in reasons.items() if codes == ["TEXT-UNSUPPORTED"]} == expected[kind]
    names = {row["accountname"] for row in company.vtiger.records("Accounts")}
    assert names == (set() if "organizations" in expected[kind] else {name})
