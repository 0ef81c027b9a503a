"""Invoices: what is refused and what is computed when they are made."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.xero.lines import line

NOT_MODIFIABLE = "Invoice not of valid status for modification"


def test_create_when_amounts_are_the_recorded_ones_gives_the_recorded_tax(xero, sale):
    lines = [line(UnitAmount=amount) for amount in (25.06, 25.61, 25.63)]
    (made,) = xero.put("Invoices", sale(*lines))

    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (Decimal("76.30"), Decimal("11.44"), Decimal("87.74"))
    assert [one["TaxAmount"] for one in made["LineItems"]] == [Decimal("3.76"), Decimal("3.84"), Decimal("3.84")]


def test_create_answer_when_made_has_the_recorded_keys(xero, sale):
    (made,) = xero.put("Invoices", sale(Status="AUTHORISED", Reference="PO 7"))

    assert set(made) == {
        "Type", "InvoiceID", "InvoiceNumber", "Reference", "Prepayments", "Overpayments", "AmountDue", "AmountPaid",
        "SentToContact", "CurrencyRate", "IsDiscounted", "HasErrors", "InvoicePaymentServices", "UpdatedDateUTCString",
        "Contact", "DateString", "Date", "DueDateString", "DueDate", "Status", "LineAmountTypes", "LineItems",
        "SubTotal", "TotalTax", "Total", "UpdatedDateUTC", "CurrencyCode", "BrandingThemeID", "StatusAttributeString",
    }  # fmt: skip
    assert set(made["LineItems"][0]) == {
        "Description", "UnitAmount", "TaxType", "TaxAmount", "LineAmount", "AccountCode", "Tracking", "Quantity",
        "LineItemID", "AccountID", "ValidationErrors",
    }  # fmt: skip
    assert (made["DateString"], made["Date"]) == ("2026-09-14T00:00:00", "/Date(1789344000000+0000)/")
    assert (made["UpdatedDateUTC"], made["UpdatedDateUTCString"]) == (
        "/Date(1789347723000+0000)/",
        "2026-09-14T01:02:03Z",
    )
    assert '"CurrencyRate":1.000000' in xero.last.text


def test_page_when_read_adds_payments_and_items_and_shortens_the_contact(xero, state, sale):
    state.add_item(Code="OAK", Name="Oak board")
    (made,) = xero.put("Invoices", sale(line(ItemCode="OAK"), Status="AUTHORISED"))
    state.pay(made["InvoiceID"], "15")
    (page,) = xero.rows("Invoices?page=1")
    (bare,) = xero.rows("Invoices")
    (summary,) = xero.rows("Invoices?summaryOnly=true")

    assert page["Payments"][0]["Amount"] == Decimal("15.00")
    assert page["LineItems"][0]["Item"]["Code"] == "OAK"
    assert (page["Contact"]["Name"], page["Contact"]["Addresses"]) == ("Rimu Joinery", [])
    assert (page["AmountDue"], page["AmountCredited"], page["HasAttachments"]) == (Decimal(100), 0, False)
    assert bare["LineItems"] == []
    assert not {"LineItems", "Payments", "HasAttachments"} & set(summary)
    assert xero.rows(f"Invoices/{made['InvoiceNumber']}")[0]["Contact"]["EmailAddress"] == "ann@rimu.test"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Contact": None}, "A Contact must be specified for this type of transaction"),
        ({"Contact": {"ContactID": "11111111-1111-4111-8111-111111111111"}}, "A Contact must be specified"),
        ({"LineItems": []}, "One or more line items must be specified"),
        ({"Type": "SALE"}, "Invoice not of valid type for creation"),
        ({"Status": "PAID"}, "Invoice not of valid status for creation"),
        ({"Status": "VOIDED"}, "Invoice not of valid status for creation"),
        ({"DueDate": None}, "Due date cannot be empty."),
        ({"CurrencyCode": "EUR"}, "Organisation is not subscribed to currency EUR"),
        ({"InvoiceNumber": "N" * 256}, "maximum length of 255"),
        ({"Url": "/relative"}, "Url must be a valid absolute url"),
        ({"Url": "https://go.xero.com/x"}, "must not contain 'xero'"),
        ({"SubTotal": 99}, "The document sub total does not equal the sub total of the lines"),
        ({"LineItems": [line(UnitAmount=-1)]}, "The Total for this document must be greater than or equal to zero."),
    ],
)
def test_create_when_the_head_is_wrong_is_refused_in_xeros_words(xero, sale, changes, message):
    (found,) = xero.errors("Invoices", sale(**{"Status": "AUTHORISED", **changes}))

    assert message in found


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Description": None}, "The description field is mandatory for each line item."),
        ({"Description": "D" * 4001}, "maximum length of 4000"),
        ({"Quantity": -2}, "The quantity value '-2.0000' is invalid. Quantity must not be less than zero."),
        ({"AccountCode": None}, "Account code must be specified"),
        ({"AccountCode": "999"}, "Account code '999' is not a valid code for this document."),
        ({"AccountCode": "610"}, "Account code '610' is not a valid code for this document."),
        ({"AccountCode": "090"}, "Account code '090' is not a valid code for this document."),
        ({"AccountCode": "270"}, "Account code '270' has been archived, or has been deleted."),
        ({"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
        ({"TaxType": "GST on Income"}, "The TaxType code GST on Income does not exist or cannot be used"),
        ({"TaxType": "OUTPUT"}, "The TaxType code OUTPUT does not exist or cannot be used"),
        ({"ItemCode": "NONE"}, "Item code 'NONE' is not valid"),
        ({"LineAmount": 99}, "The line total 99.00 does not match the expected line total 100.00"),
        ({"TaxAmount": 101}, "The tax amount cannot be greater than the line amount"),
        ({"DiscountRate": 101}, "The discount rate '101.00' is invalid."),
        ({"DiscountAmount": 127.83}, "The discount rate '127.83' is invalid. Discount must not be greater"),
        ({"UnitAmount": None, "LineAmount": 9, "DiscountRate": 5}, "The UnitAmount should be used when specifying"),
        ({"UnitAmount": 99999999999}, "exceeds the maximum"),
    ],
)
def test_create_when_a_line_is_wrong_is_refused_in_xeros_words(xero, sale, changes, message):
    found = xero.errors("Invoices", sale(line(**changes), Status="AUTHORISED"))

    assert any(message in one for one in found)


def test_create_when_a_bill_has_a_discount_is_refused(xero, sale):
    (found,) = xero.errors("Invoices", sale(line(AccountCode="300", DiscountRate=5), Type="ACCPAY"))

    assert "only supported on ACCREC" in found


def test_zero_discount_when_the_price_is_negative_passes_as_rate_only(xero, sale):
    credit = line(UnitAmount=-10)
    (made,) = xero.put("Invoices", sale(line(), {**credit, "DiscountRate": 0}))
    (found,) = xero.errors("Invoices", sale(line(), {**credit, "DiscountAmount": 0}))

    assert made["SubTotal"] == Decimal(90)
    assert "The discount rate '0.00' is invalid." in found


def test_draft_when_lines_lack_account_and_text_is_taken_and_cannot_be_approved(xero, sale):
    (made,) = xero.put("Invoices", sale({"UnitAmount": 5}, DueDate=None))
    approve = {"InvoiceID": made["InvoiceID"], "Date": "2026-09-14", "Status": "AUTHORISED"}
    found = xero.errors("Invoices", approve, method="POST")

    assert made["Total"] == Decimal(5)
    assert set(found) == {
        "The description field is mandatory for each line item.",
        "Account code must be specified",
        "The TaxType field is mandatory",
        "Due date cannot be empty.",
    }


@pytest.mark.parametrize(
    ("changes", "amount", "tax"),
    [
        ({"Quantity": 3, "UnitAmount": 12.3456}, "37.04", "5.56"),
        ({"Quantity": 3, "UnitAmount": 12.34565}, "37.04", "5.56"),
        ({"DiscountRate": 12.5}, "87.50", "13.13"),
        ({"DiscountAmount": 12.34}, "87.66", "13.15"),
        ({"DiscountRate": 10, "DiscountAmount": 50}, "90.00", "13.50"),
        ({"TaxAmount": 14.99}, "100.00", "14.99"),
        ({"TaxType": "ZERORATED"}, "100.00", "0.00"),
        ({"UnitAmount": None, "LineAmount": 10, "Quantity": 4}, "10.00", "1.50"),
        ({"Quantity": "1.00005", "UnitAmount": "1.00"}, "1.00", "0.15"),
        ({"UnitAmount": 0.7}, "0.70", "0.11"),
        ({"UnitAmount": 0.3}, "0.30", "0.05"),
    ],
)
def test_line_when_taken_is_computed_half_away_from_zero(xero, sale, changes, amount, tax):
    (made,) = xero.put("Invoices", sale(line(**changes)))
    (read,) = made["LineItems"]

    assert (read["LineAmount"], read["TaxAmount"]) == (Decimal(amount), Decimal(tax))


def test_negative_line_when_taxed_rounds_away_from_zero(xero, sale):
    (made,) = xero.put("Invoices", sale(line(), line(UnitAmount=-0.3)))

    assert (made["LineItems"][1]["TaxAmount"], made["TotalTax"]) == (Decimal("-0.05"), Decimal("14.95"))


def test_compound_rate_when_used_counts_its_effective_rate(xero, state, sale):
    tax = state.add_tax_rate("GST and Levy", ("GST", "15"), ("Levy", "10"), EffectiveRate="26.5")
    (made,) = xero.put("Invoices", sale(line(TaxType=tax)))

    assert (tax, made["TotalTax"]) == ("TAX001", Decimal("26.50"))


@pytest.mark.parametrize(
    ("types", "sums"),
    [
        ("Exclusive", ("100.00", "15.00", "115.00")),
        ("Inclusive", ("86.96", "13.04", "100.00")),
        ("NoTax", ("100.00", "0.00", "100.00")),
    ],
)
def test_totals_when_amounts_are_typed_follow_the_type(xero, sale, types, sums):
    (made,) = xero.put("Invoices", sale(LineAmountTypes=types))

    assert tuple(str(made[name]) for name in ("SubTotal", "TotalTax", "Total")) == sums


def test_unit_amounts_when_unitdp_is_missing_lose_their_third_decimal(xero, state, sale):
    answer = xero.api("PUT", "Invoices", {"Invoices": [sale(line(UnitAmount=0.1648))]})
    assert answer.json()["Invoices"][0]["SubTotal"] == 0.16

    (made,) = xero.put("Invoices", sale(line(UnitAmount=0.1648, Quantity=10)))
    assert made["SubTotal"] == Decimal("1.65")
    path = f"Invoices/{made['InvoiceID']}"
    assert xero.rows(path)[0]["LineItems"][0]["UnitAmount"] == Decimal("0.16")
    assert xero.rows(f"{path}?unitdp=4")[0]["LineItems"][0]["UnitAmount"] == Decimal("0.1648")
    assert str(state.invoices[made["InvoiceID"]]["LineItems"][0]["UnitAmount"]) == "0.1648"


def test_text_line_when_it_has_nothing_else_needs_no_account(xero, sale):
    (made,) = xero.put("Invoices", sale(line(), {"Description": "Thank you"}, Status="AUTHORISED"))

    assert "AccountCode" not in made["LineItems"][1]
    assert made["Total"] == Decimal(115)


def test_item_when_named_on_a_line_fills_what_is_missing(xero, state, sale):
    state.add_item(Code="OAK", Name="Oak", Description="Oak board",
                   SalesDetails={"UnitPrice": "12.5", "AccountCode": "210", "TaxType": "ZERORATED"})  # fmt: skip
    (made,) = xero.put("Invoices", sale({"ItemCode": "OAK", "Quantity": 2}, Status="AUTHORISED"))
    (read,) = made["LineItems"]

    assert (read["Description"], read["UnitAmount"]) == ("Oak board", Decimal("12.5"))
    assert (read["AccountCode"], read["TaxType"], made["Total"]) == ("210", "ZERORATED", Decimal(25))


def test_number_when_absent_is_generated_past_those_taken(xero, sale):
    xero.put("Invoices", sale(InvoiceNumber="INV-0002"))
    made = xero.put("Invoices", sale(), sale())

    assert [one["InvoiceNumber"] for one in made] == ["INV-0001", "INV-0003"]


def test_number_when_taken_is_refused_even_by_a_voided_one_but_not_by_a_deleted_draft(xero, state, sale):
    ids = [one["InvoiceID"] for one in xero.put("Invoices", sale(InvoiceNumber="A", Status="AUTHORISED"),
                                               sale(InvoiceNumber="B"))]  # fmt: skip
    assert xero.errors("Invoices", sale(InvoiceNumber="a")) == ["Invoice # must be unique."]
    for one in ids:
        state.void(one)

    assert xero.errors("Invoices", sale(InvoiceNumber="A")) == ["Invoice # must be unique."]
    assert xero.put("Invoices", sale(InvoiceNumber="B"))[0]["StatusAttributeString"] == "OK"
    assert xero.errors("Invoices", sale(InvoiceNumber="A"), method="POST") == [NOT_MODIFIABLE]


def test_date_when_left_out_is_today_in_the_organisations_zone_at_creation_and_change(xero, sale, clock):
    clock.moment = clock.moment.replace(hour=13)
    xero.login()
    (made,) = xero.put("Invoices", sale(Date=None))
    assert made["DateString"] == "2026-09-15T00:00:00"

    clock.forward(days=1)
    xero.login()
    reference = {"InvoiceID": made["InvoiceID"], "Reference": "x"}
    assert xero.post("Invoices", reference)[0]["DateString"] == "2026-09-16T00:00:00"
    assert xero.post("Invoices", {**reference, "Date": "2026-09-14"})[0]["DateString"] == "2026-09-14T00:00:00"
    clock.forward(days=1)
    xero.login()
    approve = {"InvoiceID": made["InvoiceID"], "Status": "AUTHORISED"}
    assert xero.post("Invoices", approve)[0]["DateString"] == "2026-09-14T00:00:00"


@pytest.mark.parametrize("sent", ["2026-09-14", "2026-09-14T23:30:00", "/Date(1789344000000+0000)/"])
def test_date_when_sent_in_any_known_form_is_that_calendar_day(xero, sale, sent):
    assert xero.put("Invoices", sale(Date=sent))[0]["DateString"] == "2026-09-14T00:00:00"


def test_contact_when_more_than_its_id_is_sent_is_changed(xero, state, sale, contact, clock):
    clock.forward(minutes=1)
    xero.put("Invoices", sale(Contact={"ContactID": contact}))
    assert state.contacts[contact]["UpdatedDateUTC"] < state.now()

    xero.put("Invoices", sale(Contact={"ContactID": contact, "Name": "Renamed"}))
    assert state.contacts[contact]["Name"] == "Renamed"
    assert state.contacts[contact]["UpdatedDateUTC"] == state.now()


def test_contact_when_only_named_is_matched_or_made(xero, state, sale, contact):
    same, new = xero.put("Invoices", sale(Contact={"Name": "rimu joinery"}), sale(Contact={"Name": "Kauri"}))

    assert same["Contact"]["ContactID"] == contact
    assert len(state.contacts) == 2
    assert new["Contact"]["Name"] == "Kauri"


def test_contact_when_archived_refuses_new_invoices(xero, state, sale, contact):
    state.archive_contact(contact)
    (found,) = xero.errors("Invoices", sale())

    assert "has been archived. The contact must be un-archived before creating new invoices" in found


def test_currency_when_foreign_takes_the_day_rate_or_the_one_sent(xero, sale):
    own, sent = xero.put("Invoices", sale(CurrencyCode="USD"), sale(CurrencyCode="USD", CurrencyRate="0.6123456"))

    assert (own["CurrencyRate"], sent["CurrencyRate"]) == (Decimal("0.603400"), Decimal("0.612346"))


def test_sent_flag_when_not_approved_is_a_warning_and_the_invoice_is_saved(xero, sale, state):
    (made,) = xero.put("Invoices", sale(SentToContact=True))

    assert made["StatusAttributeString"] == "WARNING"
    assert made["Warnings"] == [{"Message": "Only AUTHORISED invoices may have SentToContact updated."}]
    assert made["InvoiceID"] in state.invoices


def test_bill_when_made_has_no_reference_and_may_repeat_its_number(xero, sale):
    bill = sale(line(AccountCode="300"), Type="ACCPAY", InvoiceNumber="7", Reference="x")
    made = xero.put("Invoices", bill, bill)

    assert [one["StatusAttributeString"] for one in made] == ["OK", "OK"]
    assert "Reference" not in made[0]


@pytest.mark.parametrize("name", ["BrandingThemeID", "RoundingAmount"])
def test_property_when_it_matters_and_is_not_modelled_is_said_loudly(xero, sale, name):
    assert xero.api("PUT", "Invoices", {"Invoices": [sale(**{name: "x"})]}).status_code == 501
