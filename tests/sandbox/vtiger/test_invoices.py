"""The arithmetic of an invoice and the answers around it."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import error, invoice_element, result


@pytest.fixture
def shop(vtiger):
    """14x2 carries VAT and GST, 14x3 nothing, 26x4 GST."""
    vtiger.create("Products", productname="Both", assigned_user_id="19x1", unit_price="80", tax1="4.5", tax4="15")
    vtiger.create("Products", productname="None & nil", assigned_user_id="19x1", unit_price="20", qtyinstock="10")
    vtiger.create("Services", servicename="Work", unit_price="180.5", tax4="15")
    return vtiger


def line(product="14x2", quantity="1", price="100", **more):
    return {"productid": product, "quantity": quantity, "listprice": price, **more}


def sums(invoice):
    return invoice["hdnSubTotal"], invoice["pre_tax_total"], invoice["hdnGrandTotal"]


@pytest.mark.parametrize(
    ("lines", "fields", "expected"),
    [
        ([line(tax4="15")], {}, (100, 100, 115)),
        ([line()], {}, (100, 100, 100)),
        ([line(tax4="15"), line("14x3", tax4="0")], {}, (200, 200, 230)),
        ([line(), line("14x3", tax4="15")], {}, (200, 200, 200)),
        ([line(tax4="15", discount_percent="10")], {}, (90, 90, 103.5)),
        ([line(tax4="15", discount_amount="10", discount_percent="50")], {}, (90, 90, 103.5)),
        ([line(tax4="15")], {"hdnDiscountPercent": "10"}, (100, 90, 103.5)),
        ([line(tax4="15")], {"hdnDiscountAmount": "20", "hdnDiscountPercent": "50"}, (100, 80, 92)),
        ([line(tax4="15")], {"txtAdjustment": "-1.5"}, (100, 100, 113.5)),
        ([line(tax4="15")], {"hdnTaxType": ""}, (100, 100, 115)),
        ([line(price="10.123456789", quantity="0.3333")], {}, (3.37111111107, 3.37111111107, 3.37111111107)),
        ([line(quantity="-1", tax4="15")], {}, (-100, -100, -115)),
    ],
)
def test_group_takes_the_taxes_of_the_first_line_on_everything(shop, lines, fields, expected):
    assert sums(shop.invoice(*lines, **fields)) == expected


@pytest.mark.parametrize(
    ("lines", "fields", "expected"),
    [
        ([line(tax4="15")], {}, (115, 100, 115)),
        ([line()], {}, (119.5, 100, 119.5)),
        ([line("14x3", tax4="15")], {}, (100, 100, 100)),
        ([line(tax4="15")], {"hdnDiscountPercent": "10"}, (115, 88.5, 103.5)),
        ([line(tax4="15"), line("14x3"), line("26x4", tax4="15")], {}, (330, 300, 330)),
        ([{"quantity": "1", "listprice": "10"}], {}, (10, 10, 10)),
    ],
)
def test_individual_takes_only_taxes_attached_to_the_product(shop, lines, fields, expected):
    assert sums(shop.invoice(*lines, **{"hdnTaxType": "individual", **fields})) == expected


def test_individual_in_another_case_forgets_the_tax_free_base(shop):
    assert sums(shop.invoice(line(tax4="15"), hdnTaxType="Individual")) == (115, 115, 115)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"shipping_&_handling": "25", "shipping_&_handling_shtax1": "4.5", "shipping_&_handling_shtax2": "10"},
            128.625,
        ),
        ({"hdnS_H_Amount": "25", "shipping_&_handling_shtax1": "4.5"}, 125),
        ({"hdnS_H_Amount": "20", "hdnS_H_Percent": "10"}, 122),
        ({"shipping_&_handling": "10%"}, 100),
    ],
)
def test_charges_count_with_their_own_taxes_only(shop, fields, expected):
    assert shop.invoice(line(), **fields)["hdnGrandTotal"] == expected


def test_a_deducted_tax_is_subtracted_only_as_a_negative_rate(shop):
    shop.create("Tax", taxlabel="Withholding", percentage="20", method="Deducted")

    assert shop.invoice(line(tax4="15", tax5="-20"))["hdnGrandTotal"] == 95
    assert shop.invoice(line(tax4="15", tax5="20"))["hdnGrandTotal"] == 135
    assert shop.invoice(line(tax4="15", tax5="-20"), hdnTaxType="individual")["hdnGrandTotal"] == 115


def test_a_compound_tax_is_taken_on_the_taxes_below_it_in_group_mode_only(shop):
    shop.create("Tax", taxlabel="PST", percentage="10", formula="tax4")
    product = shop.create("Products", productname="C", assigned_user_id="19x1", tax4="15", tax5="10")["id"]

    assert shop.invoice(line(product, tax4="15", tax5="10"))["hdnGrandTotal"] == 126.5
    assert shop.invoice(line(product, tax4="15", tax5="10"), hdnTaxType="individual")["hdnGrandTotal"] == 125


def test_the_answer_of_a_create_is_numbers_with_a_stale_balance(shop):
    made = shop.invoice(line(tax4="15"), received="5")

    assert made["new"] is True
    assert made["productid"] is None
    assert (made["hdnGrandTotal"], made["balance"]) == (115, "0.00000000")
    assert next(iter(made)) == "id"


def test_a_retrieve_is_texts_with_the_balance_computed(shop):
    read = shop.retrieve(shop.invoice(line(tax4="15"), received="5")["id"])

    assert (read["hdnGrandTotal"], read["balance"]) == ("115.00000000", "110.00000000")
    assert read["productid"] == "14x2"
    assert read["invoice_no"] == "INV1"


def test_lines_are_stored_in_order_with_their_rates_and_an_array_for_a_parent(shop):
    made = shop.invoice(line(tax4="15"), line("14x3", comment="why"))
    first, second = shop.retrieve(made["id"])["LineItems"]

    assert (first["tax4"], first["quantity"], first["listprice"]) == ("15.000", "1.000", "100.00000000")
    assert (second["sequence_no"], second["comment"]) == ("2", "why")
    assert second["product_name"] == "None &amp; nil"
    assert second["parent_id"] == "7xArray"


def test_a_line_without_price_takes_the_products_and_without_quantity_nothing(shop):
    made = shop.invoice({"productid": "14x2"}, {"productid": "14x3", "quantity": "2"})

    assert [each["listprice"] for each in made["LineItems"]] == ["80.00000000", "20.00000000"]
    assert made["hdnSubTotal"] == 40


def test_a_line_of_a_dangling_product_is_stored_without_one(shop):
    (only,) = shop.invoice(line("14x99999"))["LineItems"]

    assert (only["productid"], only["product_name"], only["entity_type"]) == ("", None, None)


def test_a_deleted_product_leaves_its_name_on_lines(shop):
    invoice = shop.invoice(line("14x3"))["id"]
    shop.post("delete", id="14x3")
    (only,) = shop.retrieve(invoice)["LineItems"]

    assert (only["productid"], only["deleted"], only["product_name"]) == ("", "1", "None &amp; nil")
    assert len(shop.query("select id from LineItem where productid = '14x3';")) == 1


def test_a_deleted_account_empties_the_invoices_reference(shop):
    made = shop.invoice(line())
    shop.post("delete", id=made["account_id"])

    assert shop.retrieve(made["id"])["account_id"] == ""


def test_an_invoice_takes_its_products_from_stock(shop):
    before = shop.retrieve("14x3")
    shop.invoice(line("14x3", quantity="12"))
    after = shop.retrieve("14x3")

    assert (before["qtyinstock"], after["qtyinstock"]) == ("10.000", "-2.000")
    assert after["modifiedtime"] == before["modifiedtime"]


@pytest.mark.parametrize(
    "field", ["subject", "account_id", "assigned_user_id", "bill_street", "ship_street", "productid"]
)
def test_mandatory_fields_of_an_invoice(shop, field):
    element = invoice_element(shop, line())
    del element[field]

    answer = shop.post("create", elementType="Invoice", element=element)
    assert error(answer) == ("MANDATORY_FIELDS_MISSING", f"{field} does not have a value")


def test_an_invoice_needs_lines(shop):
    answer = shop.post("create", elementType="Invoice", element=invoice_element(shop))

    assert error(answer) == ("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing..")


def test_the_top_productid_needs_only_the_shape_of_an_id(shop):
    assert shop.invoice(line(), productid="14x99999")["hdnGrandTotal"] == 100
    answer = shop.post("create", elementType="Invoice", element=invoice_element(shop, line(), productid="x"))
    assert error(answer)[0] == "ACCESS_DENIED"


def test_currency_and_rate_are_what_was_sent(shop):
    shop.create("Currency", currency_name="USA, Dollars", currency_code="USD", currency_symbol="$",
                conversion_rate="0.6", currency_status="Active", defaultid="0", deleted="0")  # fmt: skip
    made = shop.invoice(line(), currency_id="21x2", conversion_rate="0.61239")
    without = shop.invoice(line(), currency_id="", conversion_rate="")

    assert (made["currency_id"], made["conversion_rate"]) == ("21x2", "0.612")
    assert (without["currency_id"], without["conversion_rate"]) == ("", "1.000")


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([line(price="10"), line(price="")], 1),
        ([line(quantity="abc")], 0),
        ([line(quantity="")], 0),
        ([line(tax4="")], 1),
    ],
)
def test_bad_numbers_kill_the_request_and_leave_half_an_invoice(shop, lines, kept):
    element = invoice_element(shop, *lines, subject="half")
    answer = shop.post("create", elementType="Invoice", element=element)
    (orphan,) = shop.query("select id,hdnGrandTotal,invoice_no from Invoice where subject = 'half';")

    assert (answer.status_code, answer.content) == (500, b"")
    assert (orphan["hdnGrandTotal"], orphan["invoice_no"]) == ("0.00000000", "INV1")
    assert len(shop.query(f"select id from LineItem where parent_id = '{orphan['id']}';")) == kept


def test_an_empty_header_discount_kills_the_request_before_anything_is_saved(shop):
    element = invoice_element(shop, line(), hdnDiscountAmount="")

    assert shop.post("create", elementType="Invoice", element=element).status_code == 500
    assert shop.query("select id from Invoice;") == []


def test_empty_line_discounts_are_harmless(shop):
    assert shop.invoice(line(discount_amount="", discount_percent=""))["hdnGrandTotal"] == 100


def test_details_show_the_foot_rounded_to_two_decimals(shop):
    made = shop.invoice(line(price="10.005", tax4="15"), hdnDiscountPercent="10")
    details = shop.retrieve(made["id"])["LineItems_FinalDetails"]["1"]

    assert details["hdnProductId1"] == "2"
    assert details["final_details"]["grandTotal"] == "10.36"
    assert details["final_details"]["taxes"]["4"]["percentage"] == "15.000"
    assert details["final_details"]["discount_type_final"] == "percentage"


def test_deleting_through_the_api_deletes_the_lines(shop):
    invoice = shop.invoice(line())["id"]

    result(shop.post("delete", id=invoice))
    assert shop.query("select id from LineItem;") == []


@pytest.mark.parametrize(("mode", "before_taxes"), [("individual", "100.00"), ("group", "95.00")])
def test_sum_before_taxes_on_the_editing_page_leaves_discount_and_charges_out_in_individual_mode(
    vtiger, mode, before_taxes
):
    vtiger.create("Products", productname="P", assigned_user_id="19x1", tax4="15")
    fields = {"hdnTaxType": mode, "hdnDiscountAmount": "10", "shipping_&_handling": "5"}
    made = vtiger.invoice({"productid": "14x2", "quantity": "1", "listprice": "100", "tax4": "15"}, **fields)

    page = vtiger.retrieve(made["id"])["LineItems_FinalDetails"]["1"]["final_details"]

    assert page["preTaxTotal"] == before_taxes
