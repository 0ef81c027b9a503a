"""Rules about taxes: by name and rate, by the config's map, and combined rates by their components."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.small_reference import a_reference
from vtxero.domain.options import TaxMapOptions
from vtxero.rules.taxes import TaxMatcher, effective_rate


def a_matcher(**options) -> TaxMatcher:
    return TaxMatcher(a_reference(), TaxMapOptions(**options))


def tax_type(rate):
    return rate and rate.tax_type


@pytest.mark.parametrize(
    ("label", "rate", "expected"),
    [
        ("GST", "15", "OUTPUTX"),
        ("  gst ", "15.000", "OUTPUTX"),
        ("GST", "12.5", None),
        ("GST", "15.0004", "OUTPUTX"),
        ("GST", "15.001", None),
        ("Luxury", "30", None),
        ("Zero Rated", "0", "ZERO"),
        ("Nothing like it", "15", None),
    ],
)
def test_to_xero_when_name_and_rate_are_equal_finds_the_active_rate_for_revenue(label, rate, expected):
    assert tax_type(a_matcher().to_xero(label, Decimal(rate))) == expected


def test_to_xero_when_label_is_escaped_reads_it():
    assert tax_type(a_matcher(map={"R&D levy": "TAX010"}).to_xero("R&amp;D levy", Decimal(10))) == "TAX010"


def test_to_xero_when_label_is_mapped_takes_the_map_at_its_rate_only():
    matcher = a_matcher(map={"gst": "TAX012"})
    assert tax_type(matcher.to_xero("GST", Decimal(25))) == "TAX012"
    assert tax_type(matcher.to_xero("GST", Decimal(15))) == "OUTPUTX"


def test_none_when_configured_is_the_rate_of_untaxed_lines():
    assert tax_type(a_matcher().none) == "NONE"
    assert a_matcher(none="NOSUCH").none is None


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ([], "NONE"),
        ([("GST", "15", False)], "OUTPUTX"),
        ([("City", "10", False), ("GST", "15", False)], "TAX012"),
        ([("City", "10", True), ("GST", "15", False)], "TAX011"),
        ([("City", "10", False), ("GST", "15", True)], None),
        ([("City", "9", False), ("GST", "15", False)], None),
        ([("City", "10", False), ("GST", "15", False), ("Zero Rated", "0", False)], None),
    ],
)
def test_combined_when_components_are_exactly_the_chosen_finds_it(chosen, expected):
    taxes = [(label, Decimal(rate), compound) for label, rate, compound in chosen]
    assert tax_type(a_matcher().combined(taxes)) == expected


def test_combined_when_a_label_is_mapped_finds_the_component_by_the_mapped_name():
    taxes = [("Town", Decimal(10), False), ("GST", Decimal(15), False)]
    assert tax_type(a_matcher(map={"Town": "TAX010"}).combined(taxes)) == "TAX012"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("OUTPUTX", "tax1"), ("INPUTX", "tax1"), ("ZERO", "tax3"), ("TAX012", None), ("TAX013", None), ("", None)],
)
def test_to_vtiger_when_label_and_rate_are_equal_finds_the_tax(kind, expected):
    found = a_matcher().to_vtiger(kind)
    assert (found and found.field) == expected


def test_to_vtiger_when_mapped_comes_before_names():
    assert a_matcher(map={"Zero Rated": "NONE"}).to_vtiger("NONE").field == "tax3"


@given(st.lists(st.tuples(st.decimals(0, 99, places=3), st.booleans()), max_size=4))
def test_effective_rate_when_nothing_compounds_is_the_sum_and_else_more(parts):
    total = effective_rate(parts)
    plain = sum((rate for rate, _ in parts), Decimal(0))
    assert total >= plain
    if not any(compound for _, compound in parts):
        assert total == plain
