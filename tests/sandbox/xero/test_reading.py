"""Lists: paging, incremental reads, filters, order, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote

import pytest


@pytest.fixture
def five(state, contact, clock):
    """Five invoices a minute apart, the later ones dearer; the second is approved, the third deleted."""
    ids = []
    for number in range(1, 6):
        clock.forward(minutes=1)
        line = {"Description": "Oak", "Quantity": number, "UnitAmount": 10, "AccountCode": "200"}
        ids.append(state.add_invoice(contact, [line], InvoiceNumber=f"N{number}", Reference=f"r{number}",
                                     Date=f"2026-09-1{number}", DueDate="2026-10-01"))  # fmt: skip
    clock.forward(minutes=1)
    state.approve(ids[1])
    state.void(ids[2])
    return ids


def numbers(rows):
    return [row["InvoiceNumber"] for row in rows]


def test_page_when_asked_tells_how_many_there_are(xero, five):
    assert five
    body = xero.get("Invoices?page=2&pageSize=2&order=InvoiceNumber")

    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 3, "itemCount": 5}
    assert numbers(body["Invoices"]) == ["N3", "N4"]
    assert xero.rows("Invoices?page=9") == []


@pytest.mark.parametrize(("sent", "clamped"), [("0", 1), ("1001", 1000), ("-5", 1), ("1000", 1000)])
def test_page_size_when_out_of_range_is_clamped(xero, five, sent, clamped):
    assert five
    assert xero.get(f"Invoices?page=1&pageSize={sent}")["pagination"]["pageSize"] == clamped


def test_page_when_its_size_is_not_given_holds_a_hundred(xero, state, contact):
    line = {"Description": "Oak", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    for _ in range(101):
        state.add_invoice(contact, [line])

    assert len(xero.rows("Invoices?page=1")) == 100
    assert len(xero.rows("Invoices?page=2")) == 1
    assert len(xero.rows("Invoices")) == 101


def test_statuses_when_given_page_by_themselves(xero, five):
    assert five
    body = xero.get("Invoices?Statuses=AUTHORISED,DELETED")

    assert body["pagination"]["itemCount"] == 2
    assert {row["Status"] for row in body["Invoices"]} == {"AUTHORISED", "DELETED"}
    assert body["Invoices"][0]["LineItems"]


def test_list_when_unordered_runs_by_modification_time(xero, five):
    assert five
    found = numbers(xero.rows("Invoices?page=1"))

    assert found[:3] == ["N1", "N4", "N5"]
    assert set(found[3:]) == {"N2", "N3"}


@pytest.mark.parametrize(
    ("order", "first"),
    [("UpdatedDateUTC DESC", {"N2", "N3"}), ("Date DESC", {"N5"}), ("Total", {"N1"}), ("invoicenumber asc", {"N1"})],
)
def test_list_when_ordered_follows(xero, five, order, first):
    assert five
    assert numbers(xero.rows(f"Invoices?page=1&order={quote(order)}"))[0] in first


def test_modified_since_when_sent_includes_that_very_second(xero, five, clock):
    assert five
    sent = clock().strftime("%Y-%m-%dT%H:%M:%S")
    assert set(numbers(xero.rows("Invoices?page=1", If_Modified_Since=sent))) == {"N2", "N3"}

    clock.forward(seconds=1)
    later = clock().strftime("%Y-%m-%dT%H:%M:%S")
    assert xero.rows("Invoices?page=1", If_Modified_Since=later) == []


def test_modified_since_when_in_a_form_unknown_to_xero_is_ignored(xero, five):
    assert five
    assert len(xero.rows("Invoices?page=1", If_Modified_Since="Mon, 14 Sep 2026 01:00:00 GMT")) == 5


def test_modified_since_when_sent_for_other_collections_works_there_too(xero, state, contact, clock):
    assert contact
    clock.forward(minutes=1)
    state.add_item(Code="A", Name="a")
    state.edit_account("210", Name="Services")
    since = clock().strftime("%Y-%m-%dT%H:%M:%S")

    assert xero.rows("Contacts?page=1", If_Modified_Since=since) == []
    assert len(xero.rows("Items", If_Modified_Since=since)) == 1
    assert [one["Code"] for one in xero.rows("Accounts", If_Modified_Since=since)] == ["210"]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Type=="ACCREC"', 5),
        ('Type="ACCPAY"', 0),
        ('Status=="AUTHORISED"', 1),
        ('Status!="DRAFT"', 2),
        ('Status=="DRAFT" AND Type=="ACCREC"', 3),
        ('status=="draft" && InvoiceNumber=="n1"', 1),
        ('InvoiceNumber=="N1" OR InvoiceNumber=="N2"', 2),
        ('InvoiceNumber=="N1" || (Status=="AUTHORISED" AND Total>1)', 2),
        ("Date>=DateTime(2026,9,14)", 2),
        ("Date>DateTime(2026,09,14) AND Date<DateTime(2026,10,01)", 1),
        ("AmountDue>=34.5", 3),
        ('Contact.Name=="RIMU JOINERY"', 5),
        ('Reference=="r4"', 1),
    ],
)
def test_where_when_understood_filters(xero, five, where, found):
    assert five
    assert len(xero.rows(f"Invoices?page=1&where={quote(where)}")) == found


def test_where_when_it_names_guids_finds_them(xero, five, contact):
    one = f'InvoiceID==Guid("{five[0]}") OR InvoiceID==Guid("{five[4].upper()}")'
    assert set(numbers(xero.rows(f"Invoices?where={quote(one)}"))) == {"N1", "N5"}
    of_contact = quote(f'Contact.ContactID==guid("{contact}")')
    assert len(xero.rows(f"Invoices?where={of_contact}")) == 5
    assert len(xero.rows("Contacts?where=" + quote('Name=="rimu joinery"'))) == 1
    assert len(xero.rows("Accounts?where=" + quote('Class=="REVENUE" AND Status=="ACTIVE"'))) == 3


@pytest.mark.parametrize(
    "where",
    ['Status=="DRAFT', "Status==", 'Status "DRAFT"', '(Status=="A"', "Date>5", "==1", 'Date>DateTime.Parse("soon")'],
)
def test_where_when_it_cannot_be_parsed_is_a_bad_request(xero, five, where):
    assert five
    answer = xero.api("GET", f"Invoices?where={quote(where)}")

    assert (answer.status_code, answer.json()["Type"]) == (400, "QueryParseException")


@pytest.mark.parametrize(
    "query",
    ['where=Nonsense=="x"', 'where=Reference.Substring("x")', "order=Nonsense", "unitdp=3", "page=1&x=2"],
)
def test_question_when_not_modelled_is_said_loudly(xero, query):
    answer = xero.api("GET", f"Invoices?{quote(query, safe='=&')}")

    assert answer.status_code == 501
    assert "<Message>not modelled: " in answer.text


def test_lists_of_ids_and_numbers_when_sent_filter(xero, five, contact):
    assert set(numbers(xero.rows(f"Invoices?IDs={five[0]},{five[1]}"))) == {"N1", "N2"}
    assert set(numbers(xero.rows("Invoices?invoicenumbers=N1,n5,none"))) == {"N1", "N5"}
    assert len(xero.rows(f"Invoices?ContactIDs={contact}&page=1")) == 5
    assert len(xero.rows(f"Contacts?IDs={contact}")) == 1


def test_created_by_my_app_when_asked_leaves_out_what_people_made(xero, five, sale):
    assert five
    xero.put("Invoices", sale(InvoiceNumber="API"))

    assert numbers(xero.rows("Invoices?createdByMyApp=true&page=1")) == ["API"]


def test_paths_when_spelt_in_other_letters_are_the_same(xero, contact):
    assert len(xero.rows("contacts?PAGE=1")) == 1
    assert xero.rows(f"CONTACTS/{contact.upper()}")[0]["ContactID"] == contact
    assert xero.send("GET", "/API.XRO/2.0/organisation").status_code == 200


@pytest.mark.parametrize("path", ["Invoices/NOPE", "Contacts/NOPE", "Items/NOPE", "Payments/NOPE", "TaxRates/NOPE"])
def test_record_when_unknown_is_not_found_in_html(xero, path):
    answer = xero.api("GET", path)

    assert (answer.status_code, answer.text) == (404, "The resource you're looking for cannot be found")
    assert answer.headers["content-type"].startswith("text/html")


def test_catalogues_when_read_have_real_numbers_and_booleans(xero):
    (rate,) = xero.rows("TaxRates/OUTPUT2")
    assert (rate["EffectiveRate"], rate["CanApplyToRevenue"], rate["CanApplyToExpenses"]) == (Decimal(15), True, False)
    assert {one["Status"] for one in xero.rows("TaxRates")} == {"ACTIVE", "DELETED"}
    assert [one["Code"] for one in xero.rows("Currencies")] == ["NZD", "USD", "AUD"]
    assert {one["Name"] for one in xero.rows("Organisation/Actions")} >= {"UseMulticurrency"}
    assert "PeriodLockDate" not in xero.rows("Organisation")[0]
    bank = xero.rows("Accounts?where=" + quote('Type=="BANK"'))[0]
    assert (bank["Code"], bank["EnablePaymentsToAccount"]) == ("090", False)


@pytest.mark.parametrize("plural", ["CreditNotes", "Overpayments", "Prepayments"])
def test_collections_that_are_kept_empty_answer_empty_lists(xero, plural):
    body = xero.get(f"{plural}?page=1")

    assert (body[plural], body["pagination"]["itemCount"]) == ([], 0)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "Quotes"), ("PUT", "Users"), ("POST", "Accounts"), ("GET", "Invoices/x/pdf"),
     ("DELETE", "Contacts/x"), ("PUT", "Invoices?includePdf=true")],
)  # fmt: skip
def test_address_when_not_modelled_is_said_loudly(xero, method, path):
    answer = xero.api(method, path, {"Invoices": []} if method == "PUT" else None)

    assert answer.status_code == 501


def test_unknown_path_when_asked_is_not_modelled(xero):
    assert xero.send("GET", "/files.xro/1.0/Files").status_code == 501


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Name.Contains("joi")', ["Rimu Joinery"]),
        ('Name.StartsWith("RIMU")', ["Rimu Joinery"]),
        ('Name.ToLower().Contains("café")', ["Le Cafe"]),
        ('Name=="le café"', ["Le Cafe"]),
        ('EmailAddress!=null AND EmailAddress.EndsWith("rimu.test")', ["Rimu Joinery"]),
        ('(Name.Contains("x") OR Name.EndsWith("e")) && IsCustomer==false', ["Le Cafe"]),
        ("IsCustomer", []),
    ],
)
def test_where_when_it_calls_functions_looks_into_texts_without_case_or_accents(xero, state, contact, where, found):
    assert contact
    state.add_contact(Name="Le Cafe")

    assert [one["Name"] for one in xero.rows(f"Contacts?where={quote(where)}")] == found


def test_search_term_when_sent_looks_into_the_texts_that_xero_names(xero, state, contact, sale):
    state.add_contact(Name="Le Cafe", LastName="Rimutaka", CompanyNumber="rimu")
    xero.put("Invoices", sale(InvoiceNumber="A-77"), sale(Reference="x77y"), sale(Url="https://77.test"))

    assert {one["Name"] for one in xero.rows("Contacts?searchTerm=RIMU")} == {"Rimu Joinery", "Le Cafe"}
    assert len(xero.rows(f"Contacts?searchTerm=ann&IDs={contact}")) == 1
    assert len(xero.rows("Invoices?searchTerm=77")) == 2


@pytest.mark.parametrize(
    "path",
    [
        'Payments?where=Invoice.Contact.Name=="Rimu Joinery"',
        'Payments?where=Account.Code=="090" AND Date>=DateTime(2026, 09, 01)',
        'Invoices?where=Contact.EmailAddress=="ann@rimu.test"',
        "Invoices?where=Date >= DateTime(2026,09,14) AND Date < DateTime(2026,09,15)&order=DueDate DESC",
        'Invoices?where=Date >= DateTime.Parse("2026-09-14") AND UpdatedDateUTC<DateTime.Parse("2026-09-15T00:00:00Z")',
        'Accounts?where=BankAccountType=="BANK"&order=Name ASC',
        "TaxRates?where=CanApplyToRevenue==true AND DisplayTaxRate==15",
        'Currencies?where=Code=="USD"',
    ],
)
def test_question_as_other_programs_ask_it_finds_one(xero, state, sale, path):
    invoice = xero.put("Invoices", sale(Status="AUTHORISED"))[0]["InvoiceID"]
    state.pay(invoice, "5", day="2026-09-14")

    assert len(xero.rows(quote(path, safe="?=&"))) == 1


def test_ids_when_spelt_without_hyphens_are_understood_everywhere(xero, contact):
    plain = contact.replace("-", "")

    assert xero.rows(f"Contacts/{plain}")[0]["ContactID"] == contact
    assert len(xero.rows(f"Contacts?IDs={plain},{plain.upper()}")) == 1
    assert len(xero.rows(f'Contacts?where=ContactID==Guid("{plain}")')) == 1


def test_modified_since_when_written_as_http_does_is_understood(xero, state, clock):
    state.add_contact(Name="Old Ltd")
    clock.forward(minutes=20)
    state.add_contact(Name="New Ltd")

    found = xero.rows("Contacts", If_Modified_Since="Mon, 14 Sep 2026 01:15:00 GMT")

    assert [one["Name"] for one in found] == ["New Ltd"]


def test_organisation_and_its_users_are_served_under_both_of_its_names(xero):
    assert xero.rows("Organisation") == xero.rows("organisations")
    assert xero.rows("Organisations/Actions") == xero.rows("Organisation/Actions")
    (user,) = xero.rows("Users")
    assert xero.rows(f"Users/{user['UserID']}") == [user]
