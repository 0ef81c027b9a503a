"""New invoices: what they must carry, how Vtiger adds them up, and what a crash leaves behind."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contract.vtiger.calling import crashed, line, money, refusal, sums, totals


@pytest.fixture
def tax(sales):
    return sales.vtiger.taxes_of("Simple")[0]


@pytest.fixture
def second(sales):
    return sales.vtiger.taxes_of("Simple")[1]


@pytest.fixture
def compound(sales):
    """A compound tax and the simple one below it, where the installation has such."""
    names = {row["id"].rpartition("x")[2]: row["taxname"] for row in sales.vtiger.taxes}
    for row in sales.vtiger.taxes:
        below = [names[each] for each in names if row["method"] == "Compound" and f'"{each}"' in row["compoundon"]]
        if len(below) == 1:
            return row["taxname"], below[0]
    return pytest.skip("this Vtiger has no tax that compounds on another")


@pytest.fixture
def deducted(sales):
    found = sales.vtiger.taxes_of("Deducted")
    return found[0] if found else pytest.skip("this Vtiger has no deducted tax")


# -- what must be there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["subject", "account_id", "assigned_user_id", "bill_street", "ship_street", "productid"]
)
def test_invoice_without_a_mandatory_field_is_refused(sales, name):
    element = sales.element(line(sales.plain), **{name: ""})
    found = refusal(sales.vtiger.post("create", elementType="Invoice", element=element))
    assert found == ("MANDATORY_FIELDS_MISSING", f"{name} does not have a value")


def test_invoice_without_lines_is_refused(sales):
    found = refusal(sales.vtiger.post("create", elementType="Invoice", element=sales.element()))
    assert found == ("MANDATORY_FIELDS_MISSING", "Mandatory Fields Missing..")


def test_product_of_the_header_may_be_one_that_is_not_there(sales):
    nothing = f"{sales.vtiger.prefix('Products')}x99999999"
    row = sales.invoice(line(sales.plain), productid=nothing)
    assert row["productid"] == row["LineItems"][0]["productid"] == sales.plain


def test_nothing_is_filled_in_that_was_not_sent(sales):
    element = sales.element(line(sales.plain))
    for name in ("hdnTaxType", "currency_id", "invoicestatus", "conversion_rate"):
        del element[name]
    made = sales.create("Invoice", **element)
    row = sales.vtiger.retrieve(made["id"])
    assert (row["hdnTaxType"], row["invoicestatus"], row["conversion_rate"]) == ("", "", "1.000")
    assert row["currency_id"] in ("", "0", None)


def test_answer_is_new_with_numbers_for_totals(sales, tax):
    made = sales.create("Invoice", **sales.element(line(sales.taxed(**{tax: "5"}), **{tax: "5"})))
    assert made["new"] is True
    assert made["productid"] is None
    assert [made[name] for name in ("hdnSubTotal", "pre_tax_total", "hdnGrandTotal")] == [100, 100, 105]
    assert not isinstance(made["hdnGrandTotal"], str)
    assert len(made["LineItems"]) == 1


def test_lines_come_back_in_order_with_their_scales(sales):
    service = sales.create("Services", servicename=sales.name(), discontinued="1")["id"]
    row = sales.invoice(
        line(sales.plain, "0.33333", "12.123456789", comment="first\nline", discount_percent="12.3456"),
        line(service, "-2", "3", discount_amount="0.123456789"),
    )
    first, second = row["LineItems"]
    assert [each["sequence_no"] for each in (first, second)] == ["1", "2"]
    assert (first["quantity"], first["listprice"], first["discount_percent"]) == ("0.333", "12.12345679", "12.346")
    assert (second["quantity"], second["discount_amount"]) == ("-2.000", "0.12345679")
    assert first["comment"] == "first\nline"
    assert [each["entity_type"] for each in (first, second)] == ["Products", "Services"]
    assert [each["productid"] for each in (first, second)] == [sales.plain, service]


def test_price_that_is_not_sent_is_the_products_and_quantity_is_0(sales):
    (found,) = sales.invoice({"productid": sales.plain})["LineItems"]
    assert (Decimal(found["listprice"]), Decimal(found["quantity"])) == (10, 0)


def test_price_that_is_not_sent_is_0_for_a_service(sales):
    service = sales.create("Services", servicename=sales.name(), unit_price="10", discontinued="1")["id"]
    (found,) = sales.invoice({"productid": service, "quantity": "1"})["LineItems"]
    assert Decimal(found["listprice"]) == 0


def test_number_with_letters_behind_it_counts_as_the_number(sales):
    assert totals(sales.invoice(line(sales.plain, "2abc", "5")))[2] == 10


def test_same_product_may_stand_on_two_lines(sales):
    assert len(sales.invoice(line(sales.plain), line(sales.plain))["LineItems"]) == 2


def test_product_name_in_a_line_is_escaped(sales):
    product = sales.product(productname=f"{sales.word} A & B")["id"]
    (found,) = sales.invoice(line(product))["LineItems"]
    assert found["product_name"] == f"{sales.word} A &amp; B"


def test_line_keeps_the_name_of_a_deleted_product(sales):
    product = sales.product()
    row = sales.invoice(line(product["id"]))
    sales.vtiger.post("delete", id=product["id"])
    (found,) = sales.vtiger.retrieve(row["id"])["LineItems"]
    assert not found["productid"]
    assert (found["product_name"], found["deleted"]) == (product["productname"], "1")


def test_conversion_rate_has_three_decimals(sales):
    assert sales.invoice(line(sales.plain), conversion_rate="0.61239")["conversion_rate"] == "0.612"


def test_stock_is_taken_without_touching_the_product(sales):
    product = sales.product(qtyinstock="10")
    sales.invoice(line(product["id"], "4"))
    row = sales.vtiger.retrieve(product["id"])
    assert (row["qtyinstock"], row["modifiedtime"]) == ("6.000", product["modifiedtime"])


# -- arithmetic: group -----------------------------------------------------------------------------------------


def test_group_taxes_are_taken_on_the_subtotal(sales, tax, second):
    rates = {tax: "10", second: "2.5"}
    row = sales.invoice(line(sales.plain, "3", "9.99", **rates), line(sales.plain, "1", "0.03", **rates))
    assert totals(row) == sums("30", "30", "33.75")


def test_group_taxes_are_those_of_the_first_line_alone(sales, tax, second):
    row = sales.invoice(line(sales.plain, **{tax: "10"}), line(sales.plain, **{second: "50"}))
    assert totals(row) == sums("200", "200", "220")
    assert row["LineItems"][1][second] == "50.000"


@pytest.mark.parametrize(
    ("discount", "wanted"),
    [
        ({"hdnDiscountAmount": "20"}, ("200", "180", "198")),
        ({"hdnDiscountPercent": "25"}, ("200", "150", "165")),
        ({"hdnDiscountAmount": "20", "hdnDiscountPercent": "25"}, ("200", "180", "198")),
        ({"hdnDiscountPercent": "0"}, ("200", "200", "220")),
    ],
)
def test_group_discount_comes_off_before_the_taxes_and_an_amount_wins(sales, tax, discount, wanted):
    row = sales.invoice(line(sales.plain, "2", **{tax: "10"}), **discount)
    assert totals(row) == sums(*wanted)


@pytest.mark.parametrize(
    ("discount", "wanted"),
    [
        ({"discount_amount": "30"}, "170"),
        ({"discount_percent": "10"}, "180"),
        ({"discount_amount": "30", "discount_percent": "10"}, "170"),
        ({"discount_amount": "0", "discount_percent": "10"}, "180"),
        ({"discount_amount": "", "discount_percent": ""}, "200"),
    ],
)
def test_line_discount_comes_off_the_line_and_an_amount_wins(sales, discount, wanted):
    row = sales.invoice(line(sales.plain, "2", **discount))
    assert totals(row) == sums(wanted, wanted, wanted)


def test_nothing_is_rounded(sales, tax):
    row = sales.invoice(line(sales.plain, "3", "1.005", **{tax: "4.5"}))
    assert totals(row) == sums("3.015", "3.015", "3.150675")


def test_adjustment_is_added_at_the_end(sales, tax):
    up = sales.invoice(line(sales.plain, **{tax: "10"}), txtAdjustment="1.25")
    down = sales.invoice(line(sales.plain, **{tax: "10"}), txtAdjustment="-1.25")
    assert [totals(row)[2] for row in (up, down)] == [Decimal("111.25"), Decimal("108.75")]


def test_adjustment_keeps_its_decimals_and_what_was_received_the_users(sales):
    row = sales.invoice(line(sales.plain), txtAdjustment="0.12345678", received="0.12345678")
    (user,) = sales.vtiger.query(f"select * from Users where user_name = '{sales.vtiger.user}';")
    decimals = int(user["no_of_currency_decimals"] or 0)
    assert money(row, "txtAdjustment", "received") == (Decimal("0.12345678"), round(Decimal("0.12345678"), decimals))


def test_discount_is_kept_as_an_amount_or_a_percentage_not_both(sales):
    row = sales.invoice(line(sales.plain), hdnDiscountAmount="20", hdnDiscountPercent="25")
    assert (Decimal(row["hdnDiscountAmount"]), row["hdnDiscountPercent"]) == (20, "")
    row = sales.invoice(line(sales.plain), hdnDiscountAmount="0", hdnDiscountPercent="25")
    assert (row["hdnDiscountAmount"], Decimal(row["hdnDiscountPercent"])) == ("", 25)


def test_group_compound_tax_is_taken_on_the_tax_below_too(sales, compound):
    above, below = compound
    row = sales.invoice(line(sales.plain, **{below: "15", above: "10"}))
    assert totals(row)[2] == Decimal("126.5")


def test_group_deducted_tax_counts_as_the_sign_of_its_rate(sales, tax, deducted):
    minus = sales.invoice(line(sales.plain, **{tax: "15", deducted: "-20"}))
    plus = sales.invoice(line(sales.plain, **{tax: "15", deducted: "20"}))
    assert [totals(row)[2] for row in (minus, plus)] == [Decimal(95), Decimal(135)]


# -- arithmetic: individual ------------------------------------------------------------------------------------


def test_individual_subtotal_includes_the_taxes(sales, tax, second):
    one, other = sales.taxed(**{tax: "10"}), sales.taxed(**{tax: "10", second: "5"})
    row = sales.invoice(line(one, **{tax: "10"}), line(other, **{tax: "20", second: "5"}), hdnTaxType="individual")
    assert totals(row) == sums("235", "200", "235")


def test_individual_discount_comes_off_the_subtotal_with_taxes(sales, tax):
    product = sales.taxed(**{tax: "15"})
    row = sales.invoice(line(product, **{tax: "15"}), hdnTaxType="individual", hdnDiscountPercent="10")
    assert totals(row) == sums("115", "88.5", "103.5")
    row = sales.invoice(line(product, **{tax: "15"}), hdnTaxType="individual", hdnDiscountAmount="15")
    assert totals(row) == sums("115", "85", "100")


def test_individual_tax_that_is_not_the_products_is_stored_and_does_not_count(sales, tax):
    row = sales.invoice(line(sales.plain, **{tax: "15"}), hdnTaxType="individual")
    assert row["LineItems"][0][tax] == "15.000"
    assert totals(row) == sums("100", "100", "100")


def test_individual_line_without_taxes_gets_the_products(sales, tax):
    row = sales.invoice(line(sales.taxed(**{tax: "15"})), hdnTaxType="individual")
    assert row["LineItems"][0][tax] == "15.000"
    assert totals(row) == sums("115", "100", "115")


def test_individual_line_with_a_rate_of_0_stays_untaxed(sales, tax):
    row = sales.invoice(line(sales.taxed(**{tax: "15"}), **{tax: "0"}), hdnTaxType="individual")
    assert totals(row) == sums("100", "100", "100")


def test_individual_line_that_names_another_tax_is_untaxed(sales, tax, second):
    row = sales.invoice(line(sales.taxed(**{tax: "15"}), **{second: "5"}), hdnTaxType="individual")
    assert totals(row) == sums("100", "100", "100")


def test_individual_compound_tax_does_not_compound(sales, compound):
    above, below = compound
    rates = {below: "15", above: "10"}
    row = sales.invoice(line(sales.taxed(**rates), **rates), hdnTaxType="individual")
    assert totals(row)[2] == Decimal(125)


@pytest.mark.parametrize(("rate", "wanted"), [("-20", "80"), ("20", "120")])
def test_individual_deducted_tax_counts_as_any_other_that_is_the_products(sales, deducted, rate, wanted):
    product = sales.taxed(**{deducted: "20"})
    row = sales.invoice(line(product, **{deducted: rate}), hdnTaxType="individual")
    assert totals(row) == sums(wanted, "100", wanted)
    row = sales.invoice(line(sales.plain, **{deducted: rate}), hdnTaxType="individual")
    assert totals(row) == sums("100", "100", "100")


def test_tax_type_in_capitals_counts_taxes_but_not_in_the_net_sum(sales, tax):
    product = sales.taxed(**{tax: "15"})
    row = sales.invoice(line(product, **{tax: "15"}), hdnTaxType="Individual")
    assert totals(row) == sums("115", "115", "115")


# -- charges ---------------------------------------------------------------------------------------------------

CHARGE = "shipping_&_handling"


def test_charge_with_its_own_taxes_is_added_after_the_discount(sales, tax):
    row = sales.invoice(
        line(sales.plain, **{tax: "10"}),
        hdnDiscountAmount="10",
        **{CHARGE: "25", f"{CHARGE}_shtax1": "4", f"{CHARGE}_shtax2": "6"},
    )
    assert totals(row) == sums("100", "115", "126.5")
    assert Decimal(row[CHARGE]) == 25
    assert [Decimal(str(row[f"{CHARGE}_shtax{number}"])) for number in (1, 2)] == [4, 6]
    assert Decimal(row["hdnS_H_Amount"]) == 25


@pytest.mark.parametrize("charge", ["0", "10%"])
def test_charge_of_nothing_has_no_taxes(sales, charge):
    """A percentage is taken of the subtotal that the client sends, so of nothing as a rule."""
    row = sales.invoice(line(sales.plain), **{CHARGE: charge, f"{CHARGE}_shtax1": "10"})
    assert totals(row) == sums("100", "100", "100")
    assert Decimal(row["hdnS_H_Amount"]) == 0


def test_charge_by_the_headers_amount_has_no_taxes(sales):
    row = sales.invoice(line(sales.plain), hdnS_H_Amount="25")
    assert totals(row) == sums("100", "125", "125")


def test_charge_taxes_without_the_charge_are_passed_over(sales):
    row = sales.invoice(line(sales.plain), **{f"{CHARGE}_shtax1": "10"})
    assert totals(row) == sums("100", "100", "100")


def test_charge_counts_in_individual_mode_as_well(sales, tax):
    product = sales.taxed(**{tax: "10"})
    row = sales.invoice(
        line(product, **{tax: "10"}), hdnTaxType="individual", **{CHARGE: "25", f"{CHARGE}_shtax1": "10"}
    )
    assert totals(row) == sums("110", "125", "137.5")


def test_totals_sent_by_the_client_are_ignored(sales):
    row = sales.invoice(line(sales.plain), hdnSubTotal="1", hdnGrandTotal="2", pre_tax_total="3")
    assert totals(row) == sums("100", "100", "100")


def test_balance_is_the_total_less_what_was_received(sales):
    row = sales.invoice(line(sales.plain), received="30")
    assert money(row, "received", "balance") == sums("30", "70")


# -- texts -----------------------------------------------------------------------------------------------------


def test_script_is_escaped_in_the_header_and_not_in_the_lines(sales):
    text = '<script>"x"</script>'
    row = sales.invoice(line(sales.plain, comment=text), subject=f"{sales.word} {text}", terms_conditions=text)
    escaped = "&lt;script&gt;&quot;x&quot;&lt;/script&gt;"
    assert (row["subject"], row["terms_conditions"]) == (f"{sales.word} {escaped}", escaped)
    assert [each["comment"] for each in row["LineItems"]] == [text]


# -- crashes ---------------------------------------------------------------------------------------------------


def orphans(sales, subject):
    rows = sales.vtiger.query(f"select id,hdnGrandTotal from Invoice where subject = '{subject}';")
    for row in rows:
        sales.keep(row)
    return rows


@pytest.mark.parametrize("wrong", [{"listprice": ""}, {"quantity": ""}, {"quantity": "abc"}])
def test_line_that_cannot_be_calculated_leaves_half_an_invoice_without_its_line(sales, wrong):
    element = sales.element(line(sales.plain), {**line(sales.plain), **wrong})
    assert crashed(sales.vtiger.post("create", elementType="Invoice", element=element))
    (row,) = orphans(sales, element["subject"])
    assert Decimal(row["hdnGrandTotal"]) == 0
    assert len(sales.vtiger.query(f"select id from LineItem where parent_id = '{row['id']}';")) == 1


@pytest.mark.parametrize(("mode", "lines"), [("individual", 1), ("group", 2)])
def test_blank_tax_leaves_an_invoice_without_a_total_and_with_some_of_its_lines(sales, tax, mode, lines):
    """An individual tax is counted as its line is made, a group tax when all lines are there."""
    good, bad = line(sales.taxed(**{tax: "5"}), **{tax: "5"}), line(sales.taxed(**{tax: "5"}), **{tax: ""})
    sent = [good, bad] if mode == "individual" else [bad, good]
    element = sales.element(*sent, hdnTaxType=mode)
    assert crashed(sales.vtiger.post("create", elementType="Invoice", element=element))
    (row,) = orphans(sales, element["subject"])
    assert Decimal(row["hdnGrandTotal"]) == 0
    assert len(sales.vtiger.query(f"select id from LineItem where parent_id = '{row['id']}';")) == lines


@pytest.mark.parametrize("mode", ["individual", "group"])
def test_blank_tax_that_does_not_count_is_harmless(sales, tax, mode):
    element = sales.element(line(sales.plain), line(sales.plain, **{tax: ""}), hdnTaxType=mode)
    made = sales.create("Invoice", **element)
    assert totals(sales.vtiger.retrieve(made["id"]))[2] == 200


def test_blank_discount_of_the_header_kills_before_anything_is_saved(sales):
    element = sales.element(line(sales.plain), hdnDiscountAmount="")
    assert crashed(sales.vtiger.post("create", elementType="Invoice", element=element))
    assert orphans(sales, element["subject"]) == []
