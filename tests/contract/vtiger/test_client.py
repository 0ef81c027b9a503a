"""vtxero's own client and source against the same Vtigers: what is read, what is written, what is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from pydantic import SecretStr

from contract.vtiger.calling import crashed, line, money, sums, totals
from vtxero.errors import AuthError, RefusedError
from vtxero.sync.records import Accepted, Refused, Removal
from vtxero.vtiger.client import VtigerAccess, VtigerClient
from vtxero.vtiger.reference import read_user_settings, user_findings
from vtxero.vtiger.removing import VtigerRemover

CHARGE = "shipping_&_handling"


# -- login and catalogue ---------------------------------------------------------------------------------------


def test_login_tells_version_user_and_the_servers_clock(hosted_rows):
    session = hosted_rows.client.session
    identity = hosted_rows.books.vtiger.identity
    assert (session.version, session.user_id, session.is_admin) == (
        identity["vtigerVersion"],
        identity["userId"],
        True,
    )
    moment = hosted_rows.books.vtiger.send(
        "GET", params={"operation": "getchallenge", "username": hosted_rows.client.username}
    )
    assert abs(hosted_rows.client.server_now() - moment.json()["result"]["serverTime"]) < 5


@pytest.mark.parametrize(("user", "key"), [("", "wrong"), ("nobody-at-all", "")])
def test_wrong_key_and_unknown_user_are_an_auth_error(rows, user, key):
    vtiger = rows.books.vtiger
    key = SecretStr(key or vtiger.key)
    access = VtigerAccess(vtiger.url, user or vtiger.user, key, allow_http=True, edition=rows.client.edition)
    with VtigerClient(access) as client, pytest.raises(AuthError):
        client.list_types()


def test_lost_session_is_renewed_for_reads_and_writes(hosted_rows):
    connection = hosted_rows.client._connection
    for work in (hosted_rows.client.list_types, lambda: hosted_rows.client.revise({"id": hosted_rows.books.customer})):
        connection._session = replace(hosted_rows.client.session, name=SecretStr("gone"))
        assert work()
        assert hosted_rows.client.session.name.get_secret_value() != "gone"


def test_catalogue_says_what_describe_and_the_tables_say(hosted_rows):
    vtiger, reference = hosted_rows.books.vtiger, hosted_rows.reference
    for name in ("Accounts", "Contacts", "Products", "Services", "Invoice", "LineItem"):
        assert reference.modules[name].id_prefix == vtiger.prefix(name)
        wanted = {each for each, field in vtiger.fields(name).items() if field["mandatory"]}
        assert {field.name for field in reference.modules[name].fields if field.mandatory} == wanted
    assert [tax.field for tax in reference.taxes] == [row["taxname"] for row in vtiger.taxes]
    assert [each.id for each in reference.currencies if each.base] == [vtiger.base_currency]
    assert reference.modules["Invoice"].fields
    assert f"{CHARGE}_shtax1" in reference.charge_taxes


def test_users_money_settings_are_read_and_good_enough_for_this_suite(rows):
    user = read_user_settings(rows.client)
    assert user is not None
    assert [item.message for item in user_findings(user, rows.reference)] == []


# -- organizations ---------------------------------------------------------------------------------------------


def organization(rows, **fields):
    books = rows.books
    return rows.written(
        "organizations",
        ("create", "Accounts", {"accountname": books.name(), "assigned_user_id": books.me, **fields}),
        ("create", "Contacts", {"lastname": books.name(), "account_id": "$0", "assigned_user_id": books.me}),
        ("create", "Contacts", {"lastname": books.name(), "account_id": "$0", "assigned_user_id": books.me}),
    )


def test_organization_is_written_with_its_people_and_read_again_whole(rows):
    row = organization(rows, bill_street="1 A\n2 B", phone="1")
    account = row["account"]
    assert (account["bill_street"], account["phone"]) == ("1 A\n2 B", "1")
    assert [person["account_id"] for person in row["contacts"]] == [account["id"]] * 2
    assert rows.read("organizations", account["id"]) == [row]


def test_organization_is_changed_through_its_person_alone(rows):
    row = organization(rows)
    person = row["contacts"][1]["id"]
    changed = rows.written("organizations", ("revise", "Contacts", {"id": person, "phone": "9"}))
    assert changed["account"]["id"] == row["account"]["id"]
    assert [each["phone"] for each in changed["contacts"]] == ["", "9"]


def test_changed_account_and_changed_person_are_found_by_their_time(rows):
    old, one, other = (organization(rows)["account"]["id"] for _ in range(3))
    moment = rows.written("organizations", ("revise", "Accounts", {"id": one, "phone": "2"}))["account"]["modifiedtime"]
    rows.written(
        "organizations", ("revise", "Contacts", {"id": rows.read("organizations", other)[0]["contacts"][0]["id"]})
    )
    found = {row["account"]["id"]: row for row in rows.since("organizations", moment)}
    assert {one, other} <= set(found)
    assert [len(found[each]["contacts"]) for each in (one, other)] == [2, 2]
    stamps = rows.source.modified_now("organizations", [old, one])
    assert set(stamps) == {old, one}
    assert stamps[one] >= moment


def test_taken_name_is_refused_in_words(rows):
    name = organization(rows)["account"]["accountname"]
    element = {"accountname": name, "assigned_user_id": rows.books.me}
    answer = rows.write("organizations", ("create", "Accounts", element))
    assert isinstance(answer, Refused)
    assert "Duplicate" in answer.messages[0] or "already" in answer.messages[0]


def test_records_that_are_gone_are_missing_and_cannot_be_written(rows):
    row = organization(rows)["account"]
    rows.client.delete(row["id"])
    assert rows.client.find(row["id"]) is None
    assert rows.read("organizations", row["id"]) == []
    assert rows.source.modified_now("organizations", [row["id"]]) == {}
    with pytest.raises(RefusedError):
        rows.client.retrieve(row["id"])
    answer = rows.write("organizations", ("revise", "Accounts", {"id": row["id"], "phone": "1"}))
    assert isinstance(answer, Refused)


def test_odd_texts_survive_the_client(rows):
    text = f'{rows.books.word} O\'Neil \\ "Q" <Ltd> & Māori € %41'
    row = organization(rows, accountname=text, description="a & b\nc")["account"]
    assert (row["accountname"], row["description"]) == (text, "a & b\nc")


# -- products --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["Products", "Services"])
@pytest.mark.parametrize("operation", ["revise", "update"])
def test_small_change_of_a_product_keeps_its_taxes_and_price(rows, module, operation):
    books, vtiger = rows.books, rows.books.vtiger
    tax, other = vtiger.taxes_of("Simple")[:2]
    name = "productname" if module == "Products" else "servicename"
    element = {name: books.name(), "assigned_user_id": books.me, "unit_price": "7.5", "discontinued": "1"}
    element |= {tax: "5", other: "0", "currency_id": vtiger.base_currency, "description": "a & b"}
    made = rows.written("products", ("create", module, element))
    assert made["module"] == module
    change = {"id": made["row"]["id"], name: books.name()}
    change |= {} if operation == "revise" else {"assigned_user_id": books.me}
    row = rows.written("products", (operation, module, change))["row"]
    assert (row[name], row["description"]) == (change[name], "a & b")
    assert money(row, tax, other, "unit_price") == sums("5", "0", "7.5")
    assert row["currency_id"] == vtiger.base_currency
    [again] = rows.read("products", row["id"])
    assert again == {"module": module, "row": row}


# -- invoices --------------------------------------------------------------------------------------------------


def invoice(rows, *lines, **fields):
    return rows.written("invoices", ("create", "Invoice", rows.books.element(*lines, **fields)))


def test_invoice_is_written_and_read_again_with_all_lines(bills):
    tax = bills.books.vtiger.taxes_of("Simple")[0]
    product = bills.books.taxed(**{tax: "10"})
    row = invoice(
        bills, line(product, "2", "9.99", comment="a\nb", **{tax: "10"}), line(product), hdnTaxType="individual"
    )
    assert row["retrieved"] is True
    assert [each["comment"] for each in row["lines"]] == ["a\nb", ""]
    assert Decimal(row["header"]["hdnGrandTotal"]) == Decimal("131.978")
    [again] = bills.read("invoices", row["header"]["id"])
    assert again["retrieved"] is False
    assert [each["productid"] for each in again["lines"]] == [product, product]
    assert again["header"]["invoice_no"] == row["header"]["invoice_no"]


def test_invoice_with_a_charge_is_read_from_the_record_itself(hosted_bills):
    made = invoice(hosted_bills, line(hosted_bills.books.plain), **{CHARGE: "25", f"{CHARGE}_shtax1": "10"})
    [row] = hosted_bills.read("invoices", made["header"]["id"])
    assert row["retrieved"] is True
    assert Decimal(row["header"][f"{CHARGE}_shtax1"]) == 10


def test_blank_numbers_are_never_sent(bills):
    """Each of them kills PHP half way, and leaves half an invoice behind."""
    row = invoice(
        bills, line(bills.books.plain, discount_amount="", tax1=""), hdnDiscountAmount="", txtAdjustment="", received=""
    )
    assert Decimal(row["header"]["hdnGrandTotal"]) == 100


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_invoice_that_php_left_half_made_is_read_with_sums_of_0_and_made_whole_by_an_update(hosted_bills, kept):
    books, wanted = hosted_bills.books, [line(hosted_bills.books.plain, "2", comment=f"line {n}") for n in range(3)]
    dead = [{**each, "listprice": ""} if place == kept else each for place, each in enumerate(wanted)]
    element = books.element(*dead, hdnTaxType="individual")
    assert crashed(books.vtiger.post("create", elementType="Invoice", element=element))
    (found,) = books.vtiger.query(f"select id from Invoice where subject = '{element['subject']}';")

    (half,) = hosted_bills.read("invoices", books.keep(found)["id"])
    assert totals(half["header"]) == (0, 0, 0)
    assert [each["comment"] for each in half["lines"]] == [f"line {n}" for n in range(kept)]

    row = hosted_bills.written("invoices", ("update", "Invoice", {**element, "id": found["id"], "LineItems": wanted}))
    assert totals(row["header"])[2] == Decimal(row["header"]["balance"]) == 600
    assert [each["comment"] for each in row["lines"]] == ["line 0", "line 1", "line 2"]


@pytest.mark.parametrize("wrong", [{"quantity": "abc"}, {"listprice": "1,5"}])
def test_number_that_is_none_is_refused_before_it_is_sent(bills, wrong):
    element = bills.books.element({**line(bills.books.plain), **wrong})
    answer = bills.write("invoices", ("create", "Invoice", element))
    assert isinstance(answer, Refused)
    assert bills.books.vtiger.query(f"select id from Invoice where subject = '{element['subject']}';") == []


def test_revise_of_the_header_keeps_the_rate(bills):
    made = invoice(bills, line(bills.books.plain), conversion_rate="0.6")["header"]
    row = bills.written("invoices", ("revise", "Invoice", {"id": made["id"], "invoicestatus": "Sent"}))
    assert (row["header"]["invoicestatus"], Decimal(row["header"]["conversion_rate"])) == ("Sent", Decimal("0.6"))
    assert len(row["lines"]) == 1


def test_update_replaces_lines_and_keeps_rate_and_description(bills):
    made = invoice(bills, line(bills.books.plain), conversion_rate="0.6", description="a & b")["header"]
    element = bills.books.element(line(bills.books.plain, "2"), line(bills.books.plain, "3"), id=made["id"])
    del element["conversion_rate"]
    row = bills.written("invoices", ("update", "Invoice", element))
    assert [each["quantity"] for each in row["lines"]] == ["2.000", "3.000"]
    assert totals(row["header"])[2] == 500
    assert (Decimal(row["header"]["conversion_rate"]), row["header"]["description"]) == (Decimal("0.6"), "a & b")


def test_invoices_of_more_than_a_page_of_lines_come_with_all_of_them_in_order(bills):
    plain = bills.books.plain
    made = [invoice(bills, *[line(plain, str(n + 1)) for n in range(9)])["header"] for _ in range(12)]
    ids = [each["id"] for each in made]
    found = bills.read("invoices", *ids)
    assert [row["header"]["id"] for row in found] == ids
    for row in found:
        assert [each["quantity"] for each in row["lines"]] == [f"{n + 1}.000" for n in range(9)]
    listed = [row for row in bills.since("invoices", made[0]["modifiedtime"]) if row["header"]["id"] in ids]
    assert [len(row["lines"]) for row in listed] == [9] * 12


# -- taking back -----------------------------------------------------------------------------------------------


def test_those_who_refer_to_a_record_are_named_before_it_is_removed(bills):
    books = bills.books
    account, person, product = books.account()["id"], books.person()["id"], books.product()["id"]
    made = invoice(bills, line(product), line(product), account_id=account, contact_id=person)["header"]["id"]
    remover = VtigerRemover(bills.client, bills.reference)

    for module, record_id in (("organizations", account), ("contacts", person), ("products", product)):
        assert remover.users(module, [record_id, books.customer]).get(record_id) == [made], module
    assert remover.users("invoices", [made]) == {}


def test_record_that_was_made_is_removed_with_what_goes_along(rows):
    row = organization(rows)
    parts = tuple(person["id"] for person in row["contacts"])
    remover = VtigerRemover(rows.client, rows.reference)

    (answer,) = remover.remove("organizations", [Removal(row["account"]["id"], "", parts)], "key")

    assert isinstance(answer, Accepted)
    assert [rows.client.find(each) for each in (row["account"]["id"], *parts)] == [None] * 3
    assert rows.source.existing("organizations", [row["account"]["id"]]) == set()


# -- the version with the faults -------------------------------------------------------------------------------


def test_invoice_for_the_faulty_version_is_refused_without_asking(faulty_rows):
    calls = faulty_rows.source.calls
    element = faulty_rows.books.element(line(faulty_rows.books.plain))
    answer = faulty_rows.write("invoices", ("create", "Invoice", element))
    assert isinstance(answer, Refused)
    assert faulty_rows.source.calls == calls
