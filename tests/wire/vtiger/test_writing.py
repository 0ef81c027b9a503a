"""The source's writes, against a stand-in on a real socket: what is sent along, and what is done when it goes wrong."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from vtxero.errors import AuthError, NotModelledError, ReplyLostError
from vtxero.sync.records import Accepted, Refused
from vtxero.vtiger.reference import read_reference
from vtxero.vtiger.writing import Writer

OWNER = {"assigned_user_id": "19x1"}


def step(operation, module, **element):
    return {"op": operation, "module": module, "element": element}


def payload(*steps):
    return {"steps": list(steps)}


def row_of(answer):
    assert isinstance(answer, Accepted), answer
    (row,) = json.loads(answer.raw)
    return row


def sent(rig, operation):
    """Give the elements that were sent, in order."""
    bodies = (parse_qs((entry.body or b"").decode()) for entry in rig.app.journal.entries)
    return [json.loads(body["element"][0]) for body in bodies if body.get("operation") == [operation]]


# -- organizations ---------------------------------------------------------------------------------------------


def test_organization_is_made_with_its_people_and_read_again(rig):
    source = rig.source()
    (answer,) = source.create(
        "organizations",
        [
            payload(
                step("create", "Accounts", accountname="Kiwi & Sons", **OWNER),
                step("create", "Contacts", lastname="Ann", account_id="$0", **OWNER),
                step("create", "Contacts", lastname="Bob", account_id="$0", **OWNER),
            )
        ],
        "key",
    )
    row = row_of(answer)
    assert row["account"]["accountname"] == "Kiwi & Sons"
    assert [each["lastname"] for each in row["contacts"]] == ["Ann", "Bob"]
    assert answer.warnings == ()
    assert rig.asked() == [
        "create Accounts", "create Contacts", "create Contacts", "query Accounts", "query Contacts",
    ]  # fmt: skip


def test_duplicate_organization_is_refused_and_the_next_one_made(rig):
    rig.account("Kiwi")
    first, second = rig.source().create(
        "organizations",
        [
            payload(step("create", "Accounts", accountname="KIWI", **OWNER)),
            payload(step("create", "Accounts", accountname="Moa", **OWNER)),
        ],
        "key",
    )
    assert first == Refused(("Duplicate(s) detected!",))
    assert row_of(second)["account"]["accountname"] == "Moa"


def test_refused_person_is_a_warning_on_the_organization_that_stands(rig):
    (answer,) = rig.source().create(
        "organizations",
        [
            payload(
                step("create", "Accounts", accountname="Kiwi", **OWNER),
                step("create", "Contacts", lastname="", account_id="$0", **OWNER),
            )
        ],
        "key",
    )
    row = row_of(answer)
    assert row["contacts"] == []
    assert "lastname does not have a value" in answer.warnings[0]


def test_organization_changed_through_its_person_only_is_found_by_the_person(rig):
    account = rig.account("Kiwi", "Ann")
    ann = rig.state.records("Contacts")[0]["id"]
    change = payload(step("revise", "Contacts", id=ann, email="ann@example.com"))
    (answer,) = rig.source().update("organizations", [change], "key")
    row = row_of(answer)
    assert row["account"]["id"] == account
    assert row["contacts"][0]["email"] == "ann@example.com"


def test_change_of_a_deleted_organization_is_refused(rig):
    account = rig.account("Kiwi")
    rig.state.delete(account)
    (answer,) = rig.source().update(
        "organizations", [payload(step("revise", "Accounts", id=account, phone="1"))], "key"
    )
    assert isinstance(answer, Refused)


def test_reply_lost_after_the_first_step_is_not_sent_again(rig):
    source = rig.source()
    rig.app.faults.add({"path": "", "body": "operation=create", "do": "drop-after-commit"})
    with pytest.raises(ReplyLostError):
        source.create("organizations", [payload(step("create", "Accounts", accountname="Kiwi", **OWNER))], "key")
    assert [each["accountname"] for each in rig.state.records("Accounts")] == ["Kiwi"]


def test_fault_while_reading_again_says_that_something_is_there(rig):
    source = rig.source()
    rig.app.faults.add({"path": "operation=query", "do": "503", "nth": "every"})
    with pytest.raises(ReplyLostError, match="11x2"):
        source.create("organizations", [payload(step("create", "Accounts", accountname="Kiwi", **OWNER))], "key")


def test_fault_before_the_first_step_keeps_its_own_kind(rig):
    source = rig.source()
    rig.app.faults.add({"path": "", "body": "operation=create", "do": "expire-token", "nth": "every"})
    with pytest.raises(AuthError):
        source.create("organizations", [payload(step("create", "Accounts", accountname="Kiwi", **OWNER))], "key")


def test_expired_session_is_renewed_under_a_write_which_happens_once(rig):
    source = rig.source()
    rig.app.faults.add({"path": "", "body": "operation=create", "do": "expire-token"})
    (answer,) = source.create(
        "organizations", [payload(step("create", "Accounts", accountname="Kiwi", **OWNER))], "key"
    )
    assert row_of(answer)["account"]["id"]
    assert len(rig.state.records("Accounts")) == 1


def test_payload_without_steps_is_a_fault_of_ours(rig):
    with pytest.raises(NotModelledError, match="steps"):
        rig.source().create("organizations", [{"steps": []}], "key")


# -- products --------------------------------------------------------------------------------------------------


def test_change_of_a_product_keeps_its_taxes_price_and_currency(rig):
    product = rig.product("Widget", unit_price="12.34", tax1="4.5", tax2="10")
    change = payload(step("revise", "Products", id=product, cf_859="abc"))
    (answer,) = rig.source().update("products", [change], "key")
    row = row_of(answer)["row"]
    assert (row["tax1"], row["tax2"], row["unit_price"]) == ("4.500", "10.000", "12.34000000")
    assert (row["currency_id"], Decimal(row["currency1"]), row["cf_859"]) == ("21x1", Decimal("12.34"), "abc")
    assert rig.asked() == [f"retrieve {product}", f"revise {product}", f"retrieve {product}"]


def test_product_change_that_sets_price_and_taxes_wins_over_what_is_there(rig):
    product = rig.product("Widget", unit_price="12.34", tax1="4.5")
    change = payload(step("revise", "Products", id=product, unit_price="20", tax1="", tax2="10"))
    (answer,) = rig.source().update("products", [change], "key")
    row = row_of(answer)["row"]
    assert row["unit_price"] == "20.00000000"
    assert Decimal(row["currency1"]) == 20
    assert "tax1" not in row
    assert row["tax2"] == "10.000"


def test_service_is_kept_likewise(rig):
    service = rig.state.add("Services", {"servicename": "Advice", "unit_price": "90", "tax3": "12.5"})
    change = payload(step("revise", "Services", id=service, servicename="Good advice"))
    (answer,) = rig.source().update("products", [change], "key")
    row = row_of(answer)
    assert row["module"] == "Services"
    assert (row["row"]["tax3"], row["row"]["unit_price"]) == ("12.500", "90.00000000")


def test_new_product_is_read_back_with_its_taxes(rig):
    new = payload(
        step("create", "Products", productname="Widget", unit_price="5", tax1="4.5", discontinued="1", **OWNER)
    )
    (answer,) = rig.source().create("products", [new], "key")
    assert row_of(answer)["row"]["tax1"] == "4.500"


def test_update_keeps_the_description_from_being_escaped_again(rig):
    product = rig.product("Widget", description="Nuts & bolts")
    change = payload(step("update", "Products", id=product, productname="Gadget", **OWNER))
    source = rig.source()
    source.update("products", [change], "key")
    (answer,) = source.update("products", [change], "key")
    assert row_of(answer)["row"]["description"] == "Nuts & bolts"


# -- invoices --------------------------------------------------------------------------------------------------


@pytest.fixture
def books(rig):
    return rig.account("Kiwi"), rig.product("Widget", tax1="4.5")


def bill(books, lines, **fields):
    account, product = books
    return {
        "subject": "Work", "account_id": account, "bill_street": "1 High St", "ship_street": "1 High St",
        "productid": product, "hdnTaxType": "individual", "currency_id": "21x1", "conversion_rate": "0.6",
        "invoicestatus": "Approved", "invoicedate": "2026-11-22", "duedate": "2026-12-22",
        "LineItems": [{"productid": product, "tax1": "4.5", **line} for line in lines],
        **OWNER, **fields,
    }  # fmt: skip


def test_invoice_is_made_and_retrieved(rig, books):
    element = bill(books, [{"quantity": "2", "listprice": "10"}, {"quantity": Decimal("1.5"), "listprice": "3.33"}])
    (answer,) = rig.source().create("invoices", [payload(step("create", "Invoice", **element))], "key")
    row = row_of(answer)
    assert row["retrieved"]
    assert [line["quantity"] for line in row["lines"]] == ["2.000", "1.500"]
    assert answer.warnings == ()


def test_blank_numbers_are_left_out_so_that_no_broken_invoice_stays(rig, books):
    line = {"quantity": "2", "listprice": "10", "discount_amount": "", "tax2": "", "tax3": None, "comment": ""}
    element = bill(books, [line], hdnDiscountAmount="", txtAdjustment="", received=None)
    (answer,) = rig.source().create("invoices", [payload(step("create", "Invoice", **element))], "key")
    assert row_of(answer)["header"]["hdnGrandTotal"] == "20.90000000"
    (element,) = sent(rig, "create")
    assert set(element["LineItems"][0]) == {"productid", "quantity", "listprice", "tax1", "comment"}
    assert not {"hdnDiscountAmount", "txtAdjustment", "received"} & set(element)


@pytest.mark.parametrize("line", [{"quantity": "two"}, {"listprice": "1,50"}, {"tax1": "x"}])
def test_number_that_is_none_is_refused_before_anything_is_sent(rig, books, line):
    element = bill(books, [{"quantity": "1", "listprice": "1"}, {"quantity": "1", "listprice": "1", **line}])
    (answer,) = rig.source().create("invoices", [payload(step("create", "Invoice", **element))], "key")
    assert isinstance(answer, Refused)
    assert answer.messages[0].startswith("line 2: ")
    assert rig.asked() == []


def test_change_of_an_invoice_keeps_its_conversion_rate(rig, books):
    source = rig.source()
    element = bill(books, [{"quantity": "2", "listprice": "10"}])
    (answer,) = source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    invoice = row_of(answer)["header"]["id"]
    rig.forget()
    change = payload(step("revise", "Invoice", id=invoice, invoicestatus="Paid", received="20.90", balance="0"))
    (answer,) = source.update("invoices", [change], "key")
    header = row_of(answer)["header"]
    assert (header["conversion_rate"], header["invoicestatus"]) == ("0.600", "Paid")
    assert rig.asked() == [f"retrieve {invoice}", f"revise {invoice}", f"retrieve {invoice}"]


def test_change_that_carries_the_rate_itself_costs_no_look(rig, books):
    source = rig.source()
    invoice = rig.invoice(*books)
    rig.forget()
    change = payload(step("revise", "Invoice", id=invoice, conversion_rate="1.000", invoicestatus="Sent"))
    source.update("invoices", [change], "key")
    assert rig.asked() == [f"revise {invoice}", f"retrieve {invoice}"]


def test_update_replaces_lines_and_keeps_description_and_rate(rig, books):
    source = rig.source()
    element = bill(books, [{"quantity": "2", "listprice": "10"}], description="Thanks & regards")
    (answer,) = source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    invoice = row_of(answer)["header"]["id"]
    again = bill(books, [{"quantity": "1", "listprice": "10"}] * 3, id=invoice)
    del again["conversion_rate"]
    (answer,) = source.update("invoices", [payload(step("update", "Invoice", **again))], "key")
    row = row_of(answer)
    assert len(row["lines"]) == 3
    assert (row["header"]["conversion_rate"], row["header"]["description"]) == ("0.600", "Thanks & regards")


class Loses(random.Random):
    """Another writer who takes a line away from the first so many saves."""

    def __init__(self, times):
        super().__init__(0)
        self.left = times + 1  # the invoice's number is asked first, and is not to be given twice

    def random(self):
        self.left -= 1
        return 0.1 if self.left >= 0 else 1.0

    def choice(self, seq):
        return seq[0]

    def sample(self, population, k):
        return population[-k:]


@pytest.mark.parametrize("times", [1, 2])
def test_lost_lines_are_sent_again_until_all_are_there(rig, books, times):
    source = rig.source()
    rig.state.lose_lines = Loses(times)
    element = bill(books, [{"quantity": "1", "listprice": str(price)} for price in (10, 20, 30)], received="5")
    (answer,) = source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    row = row_of(answer)
    assert [line["listprice"] for line in row["lines"]] == ["10.00000000", "20.00000000", "30.00000000"]
    assert row["header"]["hdnGrandTotal"] == "62.70000000"
    assert (row["header"]["conversion_rate"], row["header"]["received"]) == ("0.600", "5.00000000")
    assert answer.warnings == ()
    assert len(rig.asked("update")) == times
    assert len(rig.state.records("Invoice")) == 1


def test_lines_that_stay_lost_are_a_warning(rig, books):
    source = rig.source()
    rig.state.lose_lines = Loses(99)
    element = bill(books, [{"quantity": "1", "listprice": "10"}] * 2)
    (answer,) = source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    assert "kept 1 of the 2 lines" in answer.warnings[0]
    assert len(rig.asked("update")) == 2


def test_crash_half_way_is_a_lost_reply(rig, books):
    source = rig.source()
    rig.app.faults.add({"path": "", "body": "operation=create", "do": "500", "after_commit": True, "text": ""})
    element = bill(books, [{"quantity": "1", "listprice": "10"}])
    with pytest.raises(ReplyLostError, match="HTTP 500 with an empty body"):
        source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    assert len(rig.state.records("Invoice")) == 1


def test_version_that_breaks_invoices_is_not_asked_to(old_rig):
    source = old_rig.source()
    books = old_rig.account("Kiwi"), old_rig.product("Widget", tax1="4.5")
    invoice = old_rig.invoice(*books)
    old_rig.forget()
    element = bill(books, [{"quantity": "1", "listprice": "10"}])
    (made,) = source.create("invoices", [payload(step("create", "Invoice", **element))], "key")
    (changed,) = source.update("invoices", [payload(step("update", "Invoice", id=invoice, **element))], "key")
    assert isinstance(made, Refused)
    assert isinstance(changed, Refused)
    assert old_rig.asked() == []
    header = payload(step("revise", "Invoice", id=invoice, invoicestatus="Sent"))
    assert row_of(source.update("invoices", [header], "key")[0])["header"]["invoicestatus"] == "Sent"


# -- what the API user may not see -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "steps", "expected"),
    [
        (
            "organizations",
            [
                step("create", "Accounts", accountname="Kiwi", **OWNER),
                step("create", "Contacts", lastname="Ann", account_id="$0", **OWNER),
            ],
            lambda row: (row["account"]["accountname"], row["contacts"][0]["lastname"]) == ("Kiwi", "Ann"),
        ),
        (
            "products",
            [step("create", "Services", servicename="Advice", **OWNER)],
            lambda row: (row["module"], row["row"]["servicename"]) == ("Services", "Advice"),
        ),
    ],
)
def test_record_hidden_after_its_creation_is_taken_from_the_answer(rig, module, steps, expected):
    client = rig.client()
    writer = Writer(client, read_reference(client), lambda _module, _id: None)
    answer = writer.write(module, payload(*steps))
    assert expected(row_of(answer))
    assert "does not show" in answer.warnings[0]


def test_invoice_hidden_after_its_creation_is_taken_from_the_answer(rig, books):
    client = rig.client()
    writer = Writer(client, read_reference(client), lambda _module, _id: None)
    element = bill(books, [{"quantity": "1", "listprice": "10"}])
    row = row_of(writer.write("invoices", payload(step("create", "Invoice", **element))))
    assert (row["header"]["subject"], len(row["lines"]), row["retrieved"]) == ("Work", 1, True)


def test_unknown_operation_is_a_fault_of_ours(rig):
    with pytest.raises(NotModelledError, match="'merge'"):
        rig.source().update("products", [payload(step("merge", "Products", id="14x1"))], "key")
