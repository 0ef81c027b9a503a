"""What a test may do to a state directly, and loading of books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.vtiger.calling import Caller
from vtxero.sandbox.vtiger import User, VtigerState, papers

LINE = {"productid": "14x2", "quantity": "3", "listprice": "33.333", "tax4": "15"}


def test_a_person_edits_and_modifiedtime_moves(state, clock):
    wire_id = state.add("Accounts", {"accountname": "A"})
    clock.forward(5)
    state.edit(wire_id, phone="1", email1=None)
    (record,) = state.records("Accounts")

    assert (record["phone"], record["source"]) == ("1", "CRM")
    assert record["modifiedtime"] == "2026-03-01 08:00:05"
    with pytest.raises(KeyError, match="nosuch"):
        state.edit(wire_id, nosuch="x")


def test_a_person_can_attach_and_detach_a_tax(vtiger, state):
    wire_id = state.add("Products", {"productname": "P", "unit_price": "10"})
    state.edit(wire_id, tax4="15", unit_price="12")
    assert (vtiger.retrieve(wire_id)["tax4"], vtiger.retrieve(wire_id)["currency1"]) == ("15.000", 12)

    state.edit(wire_id, tax4=None)
    assert "tax4" not in vtiger.retrieve(wire_id)


def test_the_browser_leaves_the_lines_of_a_deleted_invoice(vtiger, state):
    vtiger.create("Products", productname="P", assigned_user_id="19x1", tax4="15")
    wire_id = vtiger.invoice(LINE)["id"]
    state.delete(wire_id)

    assert state.records("Invoice") == []
    assert len(vtiger.query(f"select id from LineItem where parent_id = '{wire_id}';")) == 1
    with pytest.raises(KeyError):
        state.delete(wire_id)


def test_an_invoice_of_the_browser_is_rounded_and_deducts(vtiger, state):
    vtiger.create("Products", productname="P", assigned_user_id="19x1", tax4="15")
    vtiger.create("Tax", taxlabel="Withholding", percentage="20", method="Deducted")
    account = state.add("Accounts", {"accountname": "A"})
    header = {"subject": "ui", "account_id": account, "hdnTaxType": "group", "hdnDiscountPercent": "10"}
    wire_id = state.add_invoice_as_ui(header, [{**LINE, "tax5": "20"}])
    read = vtiger.retrieve(wire_id)

    assert state.invoice_total(wire_id) == Decimal("85.50")
    assert (read["source"], read["region_id"], read["LineItems"][0]["tax5"]) == ("CRM", "0", "-20.000")
    assert read["LineItems_FinalDetails"]["1"]["final_details"]["deductTaxes"]["5"]["selected"] is True


def test_snapshot_differs_from_an_earlier_one_by_what_was_made(vtiger, state):
    before = state.snapshot()
    wire_id = vtiger.create("Accounts", accountname="A", assigned_user_id="19x1")["id"]
    after = state.snapshot()

    assert before != after
    assert set(after) - set(before) == {wire_id}
    assert after == state.snapshot()


def books_of(vtiger):
    """Read everything through the API, as an export does."""
    records = {module: vtiger.query(f"select * from {module};") for module in ("Tax", "Currency", "Groups", "Users")}
    for module in ("Accounts", "Contacts", "Products", "Services", "Invoice"):
        ids = [row["id"] for row in vtiger.query(f"select id from {module};")]
        records[module] = [vtiger.retrieve(each) for each in ids]
    records["LineItem"] = vtiger.query("select * from LineItem;")
    return {"vtiger_version": "8.2.0", "records": records}


def test_exported_books_load_to_the_same_answers(vtiger):
    vtiger.create("Products", productname="P & Q", assigned_user_id="19x1", unit_price="7", tax4="15")
    vtiger.invoice(LINE, hdnDiscountPercent="10", **{"shipping_&_handling": "5"})
    vtiger.invoice({"quantity": "1", "listprice": "2"})
    books = books_of(vtiger)
    other = Caller(VtigerState.load(books)).login()

    assert books_of(other) == books
    made = other.invoice(LINE)
    assert made["invoice_no"] == "INV3"
    assert made["id"] not in {each["id"] for each in books["records"]["Invoice"]}


def test_books_describe_wins_over_the_built_in(vtiger):
    describe = vtiger.get("describe", elementType="Accounts").json()["result"] | {"idPrefix": "3"}
    loaded = Caller(VtigerState.load({"describe": {"Accounts": describe}, "records": {}})).login()

    assert loaded.create("Accounts", accountname="A", assigned_user_id="19x1")["id"].startswith("3x")


def test_users_can_be_given(clock):
    euro = User("euro", 6, "key", is_admin=True, decimals=3, decimal_separator=",")
    caller = Caller(VtigerState.sample_empty(users=(euro,), clock=clock)).login("euro", "key")
    made = caller.create(
        "Products", productname="P", assigned_user_id="19x6", unit_price="1.23456", commissionrate="12.5"
    )

    assert (made["unit_price"], made["commissionrate"]) == ("1.23500000", "125.000")


def test_an_inactive_user_is_refused(clock):
    caller = Caller(VtigerState.sample_empty(users=(User("old", 7, "key", active=False),), clock=clock))

    assert caller.login_with(caller.challenge("old"), "old", "key")["error"]["code"] == "INVALID_USER_CREDENTIALS"


def test_the_browser_multiplies_in_floats(vtiger, state):
    vtiger.create("Products", productname="P", assigned_user_id="19x1")
    account = state.add("Accounts", {"accountname": "A"})
    line = {"productid": "14x2", "quantity": "1.5", "listprice": "99.99"}

    assert state.invoice_total(state.add_invoice_as_ui({"subject": "ui", "account_id": account}, [line])) == Decimal(
        "149.98"
    )
    assert vtiger.invoice(line, hdnTaxType="individual")["hdnGrandTotal"] == 149.985


def test_charges_of_the_browser_show_their_tax_as_the_percentage(vtiger, state):
    account = state.add("Accounts", {"accountname": "A"})
    charges = {"shipping_&_handling": "20", "shipping_&_handling_shtax1": "4.5", "shipping_&_handling_shtax2": "10"}
    line = {"quantity": "1", "listprice": "100"}
    read = vtiger.retrieve(state.add_invoice_as_ui({"subject": "ui", "account_id": account, **charges}, [line]))

    assert (read["hdnS_H_Amount"], read["hdnS_H_Percent"]) == ("20.00000000", "2.90000000")
    assert read["hdnGrandTotal"] == "122.90000000"


@pytest.mark.parametrize(("mode", "noted"), [("group", {"tax5": ["tax4"]}), ("individual", None)])
def test_invoice_saved_in_the_browser_in_group_mode_notes_the_compound_taxes(vtiger, state, mode, noted):
    vtiger.create("Tax", taxlabel="On top", percentage="10", method="Compound", formula="tax4")
    header = {"subject": "ui", "account_id": state.add("Accounts", {"accountname": "A"}), "hdnTaxType": mode}
    read = vtiger.retrieve(state.add_invoice_as_ui(header, [{"quantity": "1", "listprice": "100"}]))

    assert read.get("compoundTaxInfo") == noted


@pytest.fixture
def account_of(state):
    """Tell the organization of a contact as Vtiger shows it."""
    return lambda wire_id: next(row for row in state.records("Contacts") if row["id"] == wire_id)["account_id"]


def test_organization_restored_from_the_bin_has_its_contacts_again_and_a_new_time(vtiger, state, clock, account_of):
    acme, bolt = (state.add("Accounts", {"accountname": name}) for name in ("Acme", "Bolt"))
    ann, bob = (state.add("Contacts", {"lastname": name, "account_id": acme}) for name in ("Ann", "Bob"))
    quote = papers.add(state, "Quotes", account_id=acme)
    state.delete(acme)
    assert (account_of(ann), vtiger.query("select id from Quotes;")) == ("", [])
    state.edit(bob, account_id=bolt)
    before = vtiger.retrieve(ann)["modifiedtime"]
    clock.forward(7)

    state.restore(acme)

    assert vtiger.retrieve(acme)["modifiedtime"] == "2026-03-01 08:00:07"
    assert (account_of(ann), account_of(bob)) == (acme, bolt)
    assert vtiger.retrieve(ann)["modifiedtime"] == before
    assert vtiger.query("select id from Quotes;") == [{"id": quote}]


def test_record_that_is_not_in_the_bin_or_whose_name_is_taken_is_not_restored(state):
    acme = state.add("Accounts", {"accountname": "Acme"})
    for wire_id in (acme, "11x999"):
        with pytest.raises(KeyError):
            state.restore(wire_id)
    state.delete(acme)
    state.add("Accounts", {"accountname": "ACME"})

    with pytest.raises(ValueError, match="named as 11x"):
        state.restore(acme)


def test_line_of_a_product_that_the_books_do_not_have_keeps_its_name():
    line = {"id": "33x1", "parent_id": "7x9", "productid": "", "quantity": "1.000", "listprice": "5.00000000"}
    invoice = {"id": "7x9", "invoice_no": "INV1", "subject": "old", "hdnTaxType": "group"}
    invoice["LineItems"] = [{**line, "product_name": "Gone &amp; lost", "entity_type": "Products"}]
    state = VtigerState.load({"records": {"Invoice": [invoice], "LineItem": [line]}})

    [shown] = state.records("Invoice")[0]["LineItems"]

    assert (shown["product_name"], shown["entity_type"]) == ("Gone &amp; lost", "Products")
