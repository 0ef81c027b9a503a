"""Items and payments: rules, sums, and what they do to invoices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

TRACKED = {
    "Code": "OAK",
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"UnitPrice": 10, "COGSAccountCode": "310"},
    "SalesDetails": {"UnitPrice": 20, "AccountCode": "200"},
}


@pytest.fixture
def owed(xero, sale):
    """An approved invoice of 115.00."""
    return xero.put("Invoices", sale(Status="AUTHORISED"))[0]["InvoiceID"]


def payment(invoice_id, **changes):
    body = {"Invoice": {"InvoiceID": invoice_id}, "Account": {"Code": "090"}, "Date": "2026-09-15", "Amount": 115}
    return {**body, **changes}


def test_item_when_made_answers_a_time_without_offset_and_reads_with_one(xero):
    (made,) = xero.put("Items", {"Code": "A", "Name": "Board", "SalesDetails": {"UnitPrice": "1.23456"}})
    (read,) = xero.rows("Items?unitdp=4")

    assert made["UpdatedDateUTC"] == "/Date(1789347723000)/"
    assert read["UpdatedDateUTC"] == "/Date(1789347723000+0000)/"
    assert (read["SalesDetails"], read["PurchaseDetails"]) == ({"UnitPrice": Decimal("1.2346")}, {})
    assert xero.rows("Items")[0]["SalesDetails"]["UnitPrice"] == Decimal("1.23")
    assert "pagination" not in xero.get("Items")


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"Name": "A"}, "Price List Item Code must be supplied"),
        ({"Code": "old"}, "Price List Item with Code 'old' already exists"),
        ({"Code": "C" * 31}, "maximum length of 30"),
        ({"Code": "A", "Name": "N" * 51}, "maximum length of 50"),
        ({"Code": "A", "SalesDetails": {"AccountCode": "999"}}, "Account code '999' is not a valid code"),
        ({"Code": "A", "SalesDetails": {"AccountCode": "820"}}, "Account code '820' is not a valid code"),
        ({"Code": "A", "SalesDetails": {"AccountCode": "270"}}, "Account code '270' has been archived"),
        ({"Code": "A", "SalesDetails": {"TaxType": "GST"}}, "The TaxType code GST does not exist"),
        (
            {"Code": "A", "SalesDetails": {"AccountCode": "200", "TaxType": "INPUT2"}},
            "The TaxType code 'INPUT2' cannot",
        ),
        ({"Code": "A", "InventoryAssetAccountCode": "630"}, "COGSAccountCode must be an active account"),
        ({**TRACKED, "InventoryAssetAccountCode": "200"}, "must be an active account of type INVENTORY"),
        ({**TRACKED, "PurchaseDetails": {"AccountCode": "300", "COGSAccountCode": "310"}}, "use COGSAccountCode"),
    ],
)
def test_item_when_something_is_wrong_is_refused_in_xeros_words(xero, state, element, message):
    state.add_item(Code="OLD", Name="Old")
    (found,) = xero.errors("Items", element)

    assert message in found


def test_item_when_posted_with_a_known_code_is_merged(xero, state):
    item = state.add_item(Code="OAK", Name="Oak", SalesDetails={"UnitPrice": 5, "AccountCode": "200"})
    (changed,) = xero.post("Items", {"Code": "OAK", "SalesDetails": {"UnitPrice": 6}})

    assert (changed["ItemID"], changed["Name"]) == (item, "Oak")
    assert changed["SalesDetails"] == {"UnitPrice": Decimal("6.0000"), "AccountCode": "200"}
    assert xero.rows("Items/OAK")[0]["ItemID"] == item
    assert xero.errors("Items", {"ItemID": item, "Name": "x"}, method="POST") == [
        "Price List Item Code must be supplied"
    ]
    assert xero.post("Items", {"ItemID": item, "Code": "ELM"})[0]["Code"] == "ELM"
    assert xero.api("GET", "Items/OAK").status_code == 404


def test_item_when_not_sold_loses_its_sales_side(xero):
    sold = {"Code": "A", "Description": "Text", "SalesDetails": {"UnitPrice": 5}}
    xero.put("Items", sold)
    (changed,) = xero.post("Items", {"Code": "A", "IsSold": False})

    assert (changed["SalesDetails"], changed["IsSold"]) == ({}, False)
    assert "Description" not in changed


def test_item_when_its_code_has_a_slash_cannot_be_fetched_by_path(xero, state):
    state.add_item(Code="A/B", Name="x")

    assert xero.api("GET", "Items/A%2FB").status_code == 404


def test_item_when_deleted_is_gone_and_its_lines_stay(xero, state, sale):
    item = state.add_item(Code="OAK", Name="Oak")
    xero.put("Invoices", sale({"ItemCode": "OAK", "Description": "x", "UnitAmount": 1, "AccountCode": "200"}))

    assert xero.api("DELETE", f"Items/{item}").status_code == 204
    assert xero.rows("Items") == []
    (row,) = xero.rows("Invoices?page=1")[0]["LineItems"]
    assert row["ItemCode"] == "OAK"
    assert "Item" not in row


def test_item_when_its_code_changes_shows_the_new_one_on_its_lines_and_does_not_touch_the_invoice(xero, state, sale):
    item = state.add_item(Code="OAK", Name="Oak")
    row = {"ItemCode": "OAK", "Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    (before,) = xero.put("Invoices", sale(row))

    state.edit_item(item, Code="ELM")

    (after,) = xero.rows("Invoices?page=1")
    assert [line["ItemCode"] for line in after["LineItems"]] == ["ELM"]
    assert after["UpdatedDateUTC"][:19] == before["UpdatedDateUTC"][:19]


def test_invoice_whose_item_was_deleted_since_can_still_be_changed(xero, state, sale):
    item = state.add_item(Code="OAK", Name="Oak")
    row = {"ItemCode": "OAK", "Description": "x", "UnitAmount": 1, "AccountCode": "200"}
    (made,) = xero.put("Invoices", sale(row))
    state.delete_item(item)

    (head,) = xero.put("Invoices", {"InvoiceID": made["InvoiceID"], "Reference": "PO 1"}, method="POST")
    (lines,) = xero.put("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": [row]}, method="POST")

    assert head["Reference"] == "PO 1"
    assert "Item code 'OAK' is not valid" in str(lines["ValidationErrors"])


def test_tracked_item_when_bought_and_sold_moves_its_quantity(xero, state, sale):
    (made,) = xero.put("Items", TRACKED)
    assert (made["IsTrackedAsInventory"], made["QuantityOnHand"]) == (True, 0)
    line = {"ItemCode": "OAK", "Description": "x", "Quantity": 3, "UnitAmount": 10}
    assert xero.errors("Invoices", sale(line, Status="AUTHORISED")) == ["No items available to sell"]

    xero.put("Invoices", sale({**line, "AccountCode": "310"}, Type="ACCPAY", Status="AUTHORISED"))
    (sold,) = xero.put("Invoices", sale({**line, "Quantity": 2}, Status="AUTHORISED"))
    (read,) = xero.rows("Items")
    assert (read["QuantityOnHand"], read["TotalCostPool"]) == (Decimal(1), Decimal(10))
    answer = xero.api("DELETE", "Items/OAK")
    assert answer.status_code == 400

    state.void(sold["InvoiceID"])
    assert xero.rows("Items")[0]["QuantityOnHand"] == Decimal(3)


def test_payment_when_it_covers_all_makes_the_invoice_paid(xero, owed):
    (made,) = xero.put("Payments", payment(owed, Reference="P1"))
    (read,) = xero.rows("Payments?page=1")
    (invoice,) = xero.rows(f"Invoices/{owed}")

    assert (made["PaymentType"], made["Status"], made["Amount"]) == ("ACCRECPAYMENT", "AUTHORISED", Decimal(115))
    assert (made["Invoice"]["Status"], made["Account"]["Code"]) == ("PAID", "090")
    assert (read["Invoice"]["InvoiceID"], read["Invoice"]["LineItems"], read["Reference"]) == (owed, [], "P1")
    assert (invoice["Status"], invoice["AmountDue"], invoice["AmountPaid"]) == ("PAID", 0, Decimal(115))
    assert invoice["FullyPaidOnDate"] == "/Date(1789430400000+0000)/"


def test_payment_when_in_parts_leaves_the_rest_due_and_moves_the_invoice(xero, state, owed, clock):
    clock.forward(seconds=5)
    xero.put("Payments", payment(owed, Amount=100.005))
    (invoice,) = xero.rows(f"Invoices/{owed}")

    assert (invoice["Status"], invoice["AmountDue"]) == ("AUTHORISED", Decimal("14.99"))
    assert "FullyPaidOnDate" not in invoice
    assert state.invoices[owed]["UpdatedDateUTC"] == state.now()


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"Amount": 115.01}, ["Payment amount exceeds the amount outstanding on this document"]),
        ({"Amount": 0}, ["Payment amount must be greater than zero"]),
        ({"Account": {"Code": "200"}}, ["Account type is invalid for making a payment to/from"]),
        ({"Account": {"Code": "999"}}, ["Account could not be found"]),
        ({"Invoice": {"InvoiceNumber": "nothing"}}, ["Document could not be found"]),
    ],
)
def test_payment_when_something_is_wrong_is_refused_in_xeros_words(xero, owed, changes, messages):
    assert xero.errors("Payments", payment(owed, **changes)) == messages


def test_payment_when_the_invoice_is_a_draft_is_refused_for_both_reasons(xero, sale):
    (draft,) = xero.put("Invoices", sale())

    assert xero.errors("Payments", payment(draft["InvoiceID"])) == [
        "Payments can only be made against Authorised documents",
        "Payment amount exceeds the amount outstanding on this document",
    ]


def test_payment_when_before_the_lock_date_is_refused(xero, state, owed):
    state.set_lock_dates(period=date(2026, 9, 30))

    assert "period lock date" in xero.errors("Payments", payment(owed))[0]


def test_payment_when_enabled_accounts_or_ids_are_named_is_taken(xero, state, owed):
    account = state.by_account_code["880"]
    (made,) = xero.put("Payments", payment(owed, Account={"AccountID": account}, Invoice={"InvoiceNumber": "INV-0001"}))

    assert (made["StatusAttributeString"], made["Account"]["AccountID"]) == ("OK", account)


def test_payment_when_foreign_gives_the_bank_amount_in_the_banks_currency(xero, sale):
    (made,) = xero.put("Invoices", sale(Status="AUTHORISED", CurrencyCode="USD", CurrencyRate="0.5"))
    (paid,) = xero.put("Payments", payment(made["InvoiceID"]))

    assert (paid["Amount"], paid["BankAmount"], paid["CurrencyRate"]) == (115, Decimal(230), Decimal("0.5"))


def test_payment_when_deleted_stays_listed_and_reopens_the_invoice(xero, owed, clock):
    (made,) = xero.put("Payments", payment(owed))
    clock.forward(minutes=1)
    answer = xero.api("POST", f"Payments/{made['PaymentID']}", {"Status": "DELETED"})

    assert answer.json()["Payments"][0]["Status"] == "DELETED"
    (read,) = xero.rows('Payments?where=Status=="DELETED"&page=1')
    assert read["PaymentID"] == made["PaymentID"]
    (invoice,) = xero.rows(f"Invoices/{owed}")
    assert (invoice["Status"], invoice["AmountDue"], invoice["Payments"]) == ("AUTHORISED", Decimal(115), [])
    assert xero.api("POST", f"Payments/{made['PaymentID']}", {"Status": "DELETED"}).status_code == 400
    assert xero.api("POST", f"Payments/{made['PaymentID']}", {"Amount": 5}).status_code == 501


def test_payments_when_posted_are_made(xero, owed):
    answer = xero.api("POST", "Payments", payment(owed, Amount=5))
    assert answer.status_code == 200
    assert answer.json()["Payments"][0]["Amount"] == 5

    two = {"Payments": [payment(owed, Amount=5), payment(owed, Amount=5)]}
    assert len(xero.api("POST", "Payments", two).json()["Payments"]) == 2
    assert xero.api("PUT", "Payments", payment(owed, BatchPayment={"Reference": "x"})).status_code == 501


def test_credit_when_allocated_counts_and_can_settle(xero, state, owed):
    state.credit(owed, "15")
    (invoice,) = xero.rows("Invoices?page=1")
    assert (invoice["AmountCredited"], invoice["AmountDue"]) == (Decimal(15), Decimal(100))
    assert invoice["CreditNotes"][0]["AppliedAmount"] == Decimal(15)

    state.credit(owed, "100")
    assert xero.rows("Invoices?page=1")[0]["Status"] == "PAID"


def test_tracked_item_when_back_orders_are_allowed_goes_below_nothing(xero, state, sale):
    stock = {"InventoryAssetAccountCode": "630", "PurchaseDetails": {"COGSAccountCode": "310", "UnitPrice": 1}}
    xero.put("Items", {"Code": "TRK", "Name": "Tracked", **stock})
    line = {"ItemCode": "TRK", "Description": "Oak", "Quantity": 2, "UnitAmount": 1, "AccountCode": "200"}
    body = {"Invoices": [sale(line, Status="AUTHORISED")]}
    assert xero.api("PUT", "Invoices", body).status_code == 400

    assert xero.api("PUT", "Invoices?allowBackorders=true", body).status_code == 200

    (item,) = state.items.values()
    assert item["QuantityOnHand"] == Decimal(-2)
