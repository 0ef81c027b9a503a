"""A Xero invoice that does not cross to Vtiger, and every reason why not."""

from __future__ import annotations

import pytest

from modules.invoices.books import VAT, Books, D, a_reference, a_slice
from modules.invoices.papers import codes, from_vtiger, to_vtiger, v_line, v_row, x_item, x_row
from vtxero.domain.lookups import PartnerState


def test_tax_that_even_the_placeholder_lacks_stops():
    books = Books()
    books.add_placeholder((VAT,))
    assert codes(to_vtiger(a_slice(books=books), x_row(x_item("P4"))).blockers) == ["INV-TAX-UNKNOWN"]


def test_tax_that_vtiger_does_not_know_stops():
    (found,) = to_vtiger(a_slice(), x_row(x_item(tax="OUTPUT2"))).blockers
    assert found.message == "Line 1: Vtiger has no tax 15% GST on Income at 15 %."


def test_total_that_rounding_does_not_explain_stops():
    row = x_row(x_item(TaxAmount=D(14)))
    assert codes(to_vtiger(a_slice(), row).blockers) == ["INV-TOTAL"]


def test_voided_invoice_that_never_was_in_vtiger_stays_out():
    assert codes(to_vtiger(a_slice(), x_row(x_item(), Status="VOIDED")).blockers) == ["INV-STATUS"]


def test_currency_that_vtiger_lacks_stops():
    assert codes(to_vtiger(a_slice(), x_row(x_item(), CurrencyCode="EUR")).blockers) == ["INV-CURRENCY"]


def test_version_that_cannot_create_invoices_stops_new_ones_only():
    slice_ = a_slice(reference=a_reference(version="8.3.0"))
    assert codes(to_vtiger(slice_, x_row(x_item())).blockers) == ["RUN-VTIGER-VERSION"]
    current = from_vtiger(slice_, v_row(v_line(tax4="15.000"), total="115")).record
    assert not to_vtiger(slice_, x_row(x_item()), current).blockers


@pytest.mark.parametrize(
    ("contact", "states", "expected"),
    [
        ("x-11x77", {}, "DEPENDENCY"),
        ("x-11x1", {"11x1": PartnerState.BLOCKED}, "DEPENDENCY"),
        ("x-12x1", {}, "MANDATORY-FIELD"),
        ("", {}, "INV-PARTY"),
    ],
)
def test_party_that_vtiger_cannot_have_stops(contact, states, expected):
    row = x_row(x_item(), Contact={"ContactID": contact})
    assert codes(to_vtiger(a_slice(books=Books(states=states)), row).blockers) == [expected]
