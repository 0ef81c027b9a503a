"""A Xero invoice on its way to Vtiger: what crosses, as what."""

from __future__ import annotations

from modules.invoices.books import GST, ZERO_RATED, Books, D, Product, a_reference, a_slice
from modules.invoices.papers import codes, created, to_vtiger, x_item, x_row
from vtxero.domain.lookups import PartnerState, symbol
from vtxero.domain.money import ONE, ZERO


def test_invoice_when_new_is_created_with_everything_vtiger_wants_and_nothing_else():
    projection, element = created(x_row(x_item()))
    assert projection.record.total == D(115)
    expected = {
        "subject": "PO 12",
        "account_id": "11x1",
        "assigned_user_id": "19x1",
        "bill_street": "1 High St",
        "ship_street": "1 High St",
        "productid": "14x1",
        "hdnTaxType": "individual",
        "currency_id": "21x1",
        "conversion_rate": "1",
        "invoicestatus": "Approved",
        "invoicedate": "2026-05-01",
        "duedate": "2026-05-15",
        "source": "XERO x-inv",
        "received": "0",
        "txtAdjustment": "0",
    }
    assert {name: value for name, value in element.items() if name != "LineItems"} == expected


def test_line_names_every_tax_so_that_vtiger_adds_none():
    _, element = created(x_row(x_item()))
    (line,) = element["LineItems"]
    assert {name: line[name] for name in line if name.startswith("tax")} == {
        "tax1": "0",
        "tax2": "0",
        "tax4": "15",
        "tax5": "0",
        "tax6": "0",
        "tax7": "0",
    }
    assert (line["productid"], line["comment"]) == ("14x1", "")


def test_address_when_the_organization_has_none_is_a_dash():
    books = Books()
    books.parties["11x1"].billing_fields = ()
    _, element = created(x_row(x_item()), books=books)
    assert (element["bill_street"], element["ship_street"]) == ("-", "-")


def test_party_when_planned_is_a_symbol_and_has_no_address_yet():
    books = Books(states={"11x1": PartnerState.PLANNED})
    _, element = created(x_row(x_item()), books=books)
    assert (element["account_id"], element["bill_street"]) == (symbol("organizations", "x-11x1"), "-")


def test_subject_when_there_is_no_reference_is_the_number():
    projection, _ = created(x_row(x_item(), Reference=""))
    assert projection.record.reference == "INV-0007"


def test_subject_when_too_long_or_with_emoji_is_fitted_with_a_note():
    projection, element = created(x_row(x_item(), Reference="😀" + "x" * 120))
    assert len(element["subject"]) == 100
    assert codes(projection.notes) == ["TEXT-UNSUPPORTED"]


def test_reference_when_placed_in_another_field_leaves_the_subject_to_the_number():
    fields = {"reference": {"vtiger": "Order Number"}}
    _, element = created(x_row(x_item()), fields=fields)
    assert (element["cf_po"], element["subject"]) == ("PO 12", "INV-0007")


def test_reference_when_switched_off_does_not_cross():
    _, element = created(x_row(x_item()), fields={"reference": "to-xero"})
    assert element["subject"] == "INV-0007"


def test_xero_number_and_id_go_into_their_fields_where_vtiger_has_them():
    reference = a_reference(custom=("Xero Invoice Number", "Xero Invoice ID"))
    _, element = created(x_row(x_item()), reference=reference)
    assert (element["cf_Xero Invoice Number"], element["cf_Xero Invoice ID"]) == ("INV-0007", "x-inv")


def test_rate_is_xeros_at_three_decimals():
    _, element = created(x_row(x_item(), CurrencyCode="USD", CurrencyRate=D("0.612390")))
    assert (element["currency_id"], element["conversion_rate"]) == ("21x2", "0.612")


def test_mandatory_field_is_filled_from_the_config_or_stops():
    reference = a_reference(mandatory=("Region",))
    assert codes(to_vtiger(a_slice(reference=reference), x_row(x_item())).blockers) == ["MANDATORY-FIELD"]
    _, element = created(x_row(x_item()), reference=reference, defaults={"Region": "North"})
    assert element["cf_Region"] == "North"


def test_line_without_item_gets_the_placeholder():
    books = Books()
    placeholder = books.add_placeholder()
    projection, _ = created(x_row(x_item("", text="Labour")), books=books)
    assert (projection.record.lines[0].product, projection.record.lines[0].description) == (placeholder, "Labour")


def test_line_without_item_when_there_is_no_placeholder_yet_asks_for_it():
    projection, _ = created(x_row(x_item("", text="Labour")))
    assert projection.record.lines[0].product == symbol("products", "??????")
    assert projection.record.needs == (symbol("products", "??????"),)


def test_line_whose_item_has_no_product_gets_the_placeholder_and_a_note():
    projection, _ = created(x_row(x_item("GONE", text="Lost thing")))
    assert projection.record.lines[0].description == "Lost thing"
    assert codes(projection.notes) == ["DEPENDENCY"]


def test_line_of_a_planned_product_is_a_symbol_when_it_will_have_the_tax():
    books = Books(states={"14x1": PartnerState.PLANNED})
    projection, _ = created(x_row(x_item(), x_item("P4", tax="NONE")), books=books)
    planned = symbol("products", "x-14x1")
    assert [line.product for line in projection.record.lines] == [planned, "14x4"]
    assert projection.record.needs == (planned,)


def test_line_of_a_planned_product_that_will_lack_the_tax_gets_the_placeholder():
    books = Books(states={"14x1": PartnerState.PLANNED})
    books.products["14x1"] = Product("P1", "Pump", "", (), "")
    projection, _ = created(x_row(x_item()), books=books)
    assert projection.record.lines[0].product == symbol("products", "??????")


def test_tax_that_the_product_lacks_moves_the_line_to_the_placeholder_and_names_both():
    books = Books()
    placeholder = books.add_placeholder()
    projection, _ = created(x_row(x_item("P4", text="Untaxed tile")), books=books)
    line = projection.record.lines[0]
    assert (line.product, line.taxes, line.description) == (placeholder, ((GST, D(15)),), "Untaxed tile")
    (said,) = projection.notes
    assert "'Untaxed tile'" in said.message
    assert "GST 15 %" in said.remedy


def test_tax_when_mapped_in_the_config_is_found():
    projection, _ = created(x_row(x_item(tax="OUTPUT2")), taxes={"GST": "OUTPUT2"})
    assert projection.record.lines[0].taxes == ((GST, D(15)),)


def test_tax_free_kind_that_vtiger_does_not_know_crosses_as_no_tax():
    projection, _ = created(x_row(x_item("P4", tax="EXEMPTOUTPUT")))
    assert projection.record.lines[0].taxes == ()


def test_zero_rated_line_shows_what_the_product_has():
    projection, _ = created(x_row(x_item("P3", tax="ZERORATED"), x_item("P3", tax="NONE")))
    assert [line.taxes for line in projection.record.lines] == [((ZERO_RATED, ZERO),)] * 2


def test_quantity_of_four_decimals_becomes_the_lines_amount():
    projection, _ = created(x_row(x_item(quantity="0.3333", price="30")))
    line = projection.record.lines[0]
    assert (line.quantity, line.unit_price, line.description) == (ONE, D(10), "Pump & hose (0.3333 x 30)")


def test_discounts_cross_as_they_are():
    row = x_row(x_item(DiscountRate=D("12.5")), x_item(DiscountAmount=D("5.55")))
    one, other = created(row)[0].record.lines
    assert (one.discount_percent, other.discount_amount) == (D("12.5"), D("5.55"))


def test_emoji_is_left_out_with_a_note():
    projection, _ = created(x_row(x_item(text="Nice 😀")))
    assert projection.record.lines[0].description == "Nice"
    assert codes(projection.notes) == ["TEXT-UNSUPPORTED"]


def test_text_only_line_is_a_line_of_nothing():
    books = Books()
    books.add_placeholder()
    slice_ = a_slice(books=books)
    projection = to_vtiger(slice_, x_row(x_item(), {"Description": "Thank you"}))
    line = projection.record.lines[1]
    assert (line.description, line.quantity, line.unit_price, line.taxes) == ("Thank you", ONE, ZERO, ())


def test_line_account_is_shown_where_lines_have_the_field():
    reference = a_reference(line_fields=("Xero Sales Account",))
    _, element = created(x_row(x_item(account="260")), reference=reference)
    assert element["LineItems"][0]["cf_Xero Sales Account"] == "260 - Freight"


def test_inclusive_prices_are_taken_apart():
    line = x_item(price="115", LineAmount=D(115), TaxAmount=D(15))
    row = x_row(x_item()) | {"LineAmountTypes": "Inclusive", "LineItems": [line], "Total": D(115)}
    projection, _ = created(row)
    assert (projection.record.lines[0].unit_price, projection.record.total) == (D(100), D(115))


def test_line_order_is_kept():
    projection, _ = created(x_row(x_item("P2", text="Tile"), x_item("P1")))
    assert [line.product for line in projection.record.lines] == ["14x2", "14x1"]
