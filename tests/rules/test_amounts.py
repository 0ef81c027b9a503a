"""Amounts from the wire: which are read, and which nothing exact can be calculated with."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from vtxero.domain.money import DIGITS, parse_amount
from vtxero.rules.rows import Amount

NINES = "9" * DIGITS
UNUSABLE = {
    "as large as no books hold": "1e15",
    "the same below zero": "-1e15",
    "one digit too long": f"0.{NINES}9",
    "beyond what Decimal calculates with": "1e9999999",
    "the same below zero, and far": "-1e9999999",
    "smaller than Decimal calculates with": "1e-9999999",
}
USABLE = {
    "the largest": ("999999999999999", "999999999999999"),
    "the longest": (f"0.{NINES}", f"0.{NINES}"),
    "with many zeros behind": (f"1.5{'0' * 40}", "1.5"),
    "with blanks around": (" 5.00 ", "5"),
    "a number of JSON": (5, "5"),
    "a number of tens": ("5E+1", "50"),
    "blank": ("", "0"),
    "missing": (None, "0"),
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_amount_when_it_cannot_be_calculated_with_exactly_is_refused(text):
    with pytest.raises(ValueError, match="too large or too long"):
        parse_amount(text)
    with pytest.raises(ValidationError, match="too large or too long"):
        TypeAdapter(Amount).validate_python(text)


@pytest.mark.parametrize(("text", "amount"), USABLE.values(), ids=USABLE)
def test_amount_when_it_is_exact_is_read_in_one_spelling(text, amount):
    assert str(parse_amount(text)) == str(Decimal(amount))


@pytest.mark.parametrize("text", ["abc", "NaN", "Infinity", [], {}])
def test_amount_when_it_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="no number"):
        parse_amount(text)
