"""Contacts: names, numbers, persons, archives, merges, and the ways of showing them."""

from __future__ import annotations

import pytest

TAKEN = (
    "The contact name {} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
NO_EMAIL = "Additional people cannot be added when the primary person has no email address set."


def test_create_when_a_name_is_given_answers_the_recorded_slots(xero):
    (made,) = xero.put("Contacts", {"Name": "  Totara   Ltd ", "EmailAddress": "a@totara.test"})

    assert made["Name"] == "Totara Ltd"
    assert [one["PhoneType"] for one in made["Phones"]] == ["DEFAULT", "DDI", "FAX", "MOBILE"]
    assert made["Addresses"][0] == {"AddressType": "STREET", "City": "", "Region": "", "PostalCode": "", "Country": ""}
    assert (made["BankAccountDetails"], made["ContactGroups"], made["ContactPersons"]) == ("", [], [])
    assert (made["HasValidationErrors"], made["StatusAttributeString"]) == (False, "OK")
    assert made["UpdatedDateUTC"] == "/Date(1789347723000+0000)/"


def test_read_when_by_id_adds_attachments_and_another_order_of_phones(xero, contact):
    (read,) = xero.rows(f"Contacts/{contact}")

    assert [one["PhoneType"] for one in read["Phones"]] == ["DDI", "DEFAULT", "FAX", "MOBILE"]
    assert read["HasAttachments"] is False


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"Name": "RIMU  joinery"}, TAKEN.format("RIMU joinery")),
        ({"EmailAddress": "a@b.test"}, "must contain at least 1 of the following elements"),
        ({"ContactNumber": "11x9"}, "Contact name cannot be empty"),
        ({"Name": "   "}, "Contact name cannot be empty"),
        ({"Name": "A <b>"}, "cannot contain the characters < or >"),
        ({"Name": "N" * 256}, "maximum length of 255"),
        ({"Name": "A", "ContactNumber": "N" * 51}, "maximum length of 50"),
        ({"Name": "A", "EmailAddress": "no address"}, "Email address must be valid."),
        ({"Name": "A", "EmailAddress": "jörg@b.test"}, "Email address must be valid."),
        ({"Name": "A", "ContactStatus": "ARCHIVED"}, "The status 'ARCHIVED' is not valid for contacts"),
        ({"Name": "A", "DefaultCurrency": "EUR"}, "Organisation is not subscribed to currency EUR"),
        ({"Name": "A", "ContactPersons": [{"FirstName": "B"}]}, NO_EMAIL),
        ({"Name": "A", "Addresses": [{"AddressType": "POBOX", "City": "C" * 256}]}, "maximum length of 255"),
        ({"Name": "A", "Phones": [{"PhoneType": "DDI", "PhoneAreaCode": "0" * 11}]}, "maximum length of 10"),
        ({"Name": "A", "AccountsReceivableTaxType": "GST"}, "The TaxType code GST does not exist"),
    ],
)
def test_create_when_something_is_wrong_is_refused_in_xeros_words(xero, contact, element, message):
    assert contact
    (found,) = xero.errors("Contacts", element)

    assert message in found


def test_create_when_six_persons_are_sent_is_refused(xero):
    persons = [{"FirstName": f"P{one}", "EmailAddress": f"p{one}@a.test"} for one in range(6)]
    (found,) = xero.errors("Contacts", {"Name": "A", "EmailAddress": "a@a.test", "ContactPersons": persons})

    assert "at most 5" in found


def test_create_when_the_name_is_an_archived_contacts_is_allowed(xero, state, contact):
    state.archive_contact(contact)
    (made,) = xero.put("Contacts", {"Name": "Rimu Joinery"})

    assert made["StatusAttributeString"] == "OK"
    assert made["ContactID"] != contact


def test_number_when_taken_is_refused_and_can_find_its_contact(xero):
    (made,) = xero.put("Contacts", {"Name": "A", "ContactNumber": "11x7"})
    (found,) = xero.errors("Contacts", {"Name": "B", "ContactNumber": "11X7"})
    (changed,) = xero.post("Contacts", {"ContactNumber": "11x7", "TaxNumber": "101"})

    assert found == "Another contact has this contact number. Please enter a different contact number."
    assert (changed["ContactID"], changed["Name"], changed["TaxNumber"]) == (made["ContactID"], "A", "101")
    assert xero.rows("Contacts/11x7")[0]["ContactID"] == made["ContactID"]


def test_post_when_fields_are_left_out_keeps_them_and_empties_what_is_sent_empty(xero, contact):
    xero.post("Contacts", {"ContactID": contact, "TaxNumber": "101", "FirstName": ""})
    (read,) = xero.rows(f"Contacts/{contact}")

    assert (read["LastName"], read["EmailAddress"], read["TaxNumber"]) == ("Lee", "ann@rimu.test", "101")
    assert read["FirstName"] == ""


def test_post_when_the_name_is_known_updates_and_when_not_creates(xero, contact):
    known, new = xero.post("Contacts", {"Name": "rimu joinery", "TaxNumber": "1"}, {"Name": "Kauri"})

    assert (known["ContactID"], known["Name"]) == (contact, "rimu joinery")
    assert new["ContactID"] != contact


def test_post_when_the_id_is_unknown_is_not_found_in_html(xero):
    answer = xero.api("POST", "Contacts", {"Contacts": [{"ContactID": "11111111-1111-4111-8111-111111111111"}]})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text == "The resource you're looking for cannot be found"


def test_persons_when_sent_replace_all_and_when_empty_change_nothing(xero, contact):
    two = [{"FirstName": "Bo", "EmailAddress": "bo@rimu.test"}, {"FirstName": "Cy"}]
    xero.post("Contacts", {"ContactID": contact, "ContactPersons": two})
    xero.post("Contacts", {"ContactID": contact, "ContactPersons": two[1:]})
    xero.post("Contacts", {"ContactID": contact, "ContactPersons": []})
    (read,) = xero.rows(f"Contacts/{contact}")

    assert [one["FirstName"] for one in read["ContactPersons"]] == ["Cy"]
    assert read["ContactPersons"][0]["IncludeInEmails"] is False


def test_slots_when_sent_replace_an_address_and_all_phones(xero, state):
    street = {"AddressType": "STREET", "AddressLine1": "1 High St", "City": "Napier"}
    box = {"AddressType": "POBOX", "AddressLine1": "PO Box 1"}
    phones = [{"PhoneType": "DEFAULT", "PhoneNumber": "1"}, {"PhoneType": "FAX", "PhoneNumber": "2"}]
    contact = state.add_contact(Name="A", Addresses=[street, box], Phones=phones)
    xero.post("Contacts", {"ContactID": contact, "Addresses": [{"AddressType": "STREET", "AddressLine1": "2 Low St"}],
                           "Phones": phones[:1]})  # fmt: skip
    (read,) = xero.rows(f"Contacts/{contact}")

    assert [(one.get("AddressLine1"), one["City"]) for one in read["Addresses"]] == [("2 Low St", ""), ("PO Box 1", "")]
    assert {one["PhoneType"]: one["PhoneNumber"] for one in read["Phones"]}["FAX"] == ""


def test_read_only_fields_when_sent_are_ignored(xero, state, contact):
    xero.post("Contacts", {"ContactID": contact, "Website": "http://a.test", "IsCustomer": True, "Nonsense": 1})
    (read,) = xero.rows(f"Contacts/{contact}")
    assert "Website" not in read
    assert read["IsCustomer"] is False

    state.edit_contact(contact, Website="http://rimu.test")
    assert xero.rows(f"Contacts/{contact}")[0]["Website"] == "http://rimu.test"


def test_archive_when_done_by_api_hides_and_locks_the_contact(xero, state, contact):
    (archived,) = xero.post("Contacts", {"ContactID": contact, "ContactStatus": "ARCHIVED"})
    assert archived["ContactStatus"] == "ARCHIVED"
    assert xero.rows("Contacts?page=1") == []
    assert [one["ContactID"] for one in xero.rows("Contacts?page=1&includeArchived=true")] == [contact]

    change = {"ContactID": contact, "ContactStatus": "ACTIVE"}
    assert xero.errors("Contacts", change, method="POST") == [ARCHIVED]
    state.restore_contact(contact)
    assert xero.post("Contacts", {"ContactID": contact, "TaxNumber": "1"})[0]["StatusAttributeString"] == "OK"


def test_restore_when_the_name_was_taken_meanwhile_is_refused(state, contact):
    from vtxero.sandbox.xero import InvalidError

    state.archive_contact(contact)
    state.add_contact(Name="Rimu Joinery")
    with pytest.raises(InvalidError, match="already assigned"):
        state.restore_contact(contact)


def test_merge_when_done_points_at_the_target_on_pages_only(xero, state, contact):
    target = state.add_contact(Name="Rimu Group")
    line = {"Description": "Oak", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    invoice = state.add_invoice(contact, [line])
    state.merge_contacts(contact, target)

    (page,) = [one for one in xero.rows("Contacts?page=1&includeArchived=true") if one["ContactID"] == contact]
    (bare,) = [one for one in xero.rows("Contacts?includeArchived=true") if one["ContactID"] == contact]
    assert (page["ContactStatus"], page["MergedToContactID"]) == ("ARCHIVED", target)
    assert "MergedToContactID" not in bare
    assert xero.rows(f"Invoices/{invoice}")[0]["Contact"]["ContactID"] == target
    assert xero.rows(f"Contacts/{target}")[0]["IsCustomer"] is True


def test_list_when_asked_without_page_or_as_summary_leaves_things_out(xero, contact):
    xero.post("Contacts", {"ContactID": contact, "ContactPersons": [{"FirstName": "Bo"}], "TaxNumber": "1"})

    assert xero.rows("Contacts?page=1")[0]["ContactPersons"][0]["FirstName"] == "Bo"
    assert xero.rows("Contacts")[0]["ContactPersons"] == []
    summary = xero.get("Contacts?summaryOnly=True")
    assert summary["pagination"]["itemCount"] == 1
    assert not {"Addresses", "ContactPersons", "IsCustomer"} & set(summary["Contacts"][0])


def test_contact_when_a_sale_or_bill_exists_is_customer_or_supplier_without_moving(xero, state, contact, sale, clock):
    before = state.contacts[contact]["UpdatedDateUTC"]
    clock.forward(minutes=1)
    xero.put("Invoices", sale())
    xero.put("Invoices", sale(Type="ACCPAY", InvoiceNumber="B1", LineItems=[
        {"Description": "Wood", "Quantity": 1, "UnitAmount": 5, "AccountCode": "300"}]))  # fmt: skip
    (read,) = xero.rows(f"Contacts/{contact}")

    assert (read["IsCustomer"], read["IsSupplier"]) == (True, True)
    assert state.contacts[contact]["UpdatedDateUTC"] == before


@pytest.mark.parametrize("name", ["BrandingTheme", "ContactGroups", "SalesTrackingCategories"])
def test_property_when_it_matters_and_is_not_modelled_is_said_loudly(xero, name):
    answer = xero.api("PUT", "Contacts", {"Contacts": [{"Name": "A", name: {"x": 1}}]})

    assert answer.status_code == 501
    assert name in answer.text


def test_payment_terms_when_sent_are_kept_side_by_side_and_shown_on_pages_only(xero, contact):
    sales, bills = {"Day": 20, "Type": "OFFOLLOWINGMONTH"}, {"Day": 7, "Type": "DAYSAFTERBILLDATE"}
    xero.post("Contacts", {"ContactID": contact, "PaymentTerms": {"Sales": sales}})
    xero.post("Contacts", {"ContactID": contact, "PaymentTerms": {"Bills": bills}})

    assert xero.rows("Contacts?page=1")[0]["PaymentTerms"] == {"Sales": sales, "Bills": bills}
    assert "PaymentTerms" not in xero.rows("Contacts")[0]
    wrong = {"ContactID": contact, "PaymentTerms": {"Sales": {"Day": 20, "Type": "SOON"}}}
    assert xero.errors("Contacts", wrong, method="POST") == ["PaymentTerms must have a Day and a valid Type"]
