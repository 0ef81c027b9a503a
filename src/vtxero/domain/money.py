"""Decimal arithmetic of money. The only place that rounds.

Amounts are `Decimal`, built from text, in the document's own currency unless a name says otherwise.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

ZERO = Decimal(0)
ONE = Decimal(1)
DIGITS = 28
"""Decimal's own precision: an amount of more digits would be rounded without a word."""
LARGEST = Decimal("1e15")
"""An amount this large times a quantity this large has no cents left within DIGITS; no books hold either."""
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
EXACT = Context(prec=DIGITS, traps=[])
"""Says by rounding, and without complaint, what would be rounded."""


def round_places(amount: Decimal, places: int) -> Decimal:
    """Round half away from zero to `places` decimals, as Xero does (facts: recorded 11.44 for three lines at 15 %)."""
    return amount.quantize(ONE.scaleb(-places), rounding=ROUND_HALF_UP)


def cents(amount: Decimal) -> Decimal:
    """Round half away from zero to two decimals."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def canon(amount: Decimal) -> Decimal:
    """Give equal amounts one spelling, so that records can be compared as text: 5.00 and 5 become 5, never 5E+1."""
    if not amount:
        return ZERO
    shortest = amount.normalize()
    exponent = shortest.as_tuple().exponent
    return shortest.quantize(ONE) if isinstance(exponent, int) and exponent > 0 else shortest


def places(amount: Decimal) -> int:
    """Count the decimals that `amount` needs."""
    exponent = canon(amount).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def parse_amount(text: object) -> Decimal:
    """Read an amount from the wire; blank and None are zero.

    Raises:
        ValueError: the text is no finite number, or one that cannot be calculated with exactly.
    """
    return ZERO if text is None or text == "" else _read_amount(str(text))


@lru_cache(maxsize=4096)
def _read_amount(text: str) -> Decimal:
    """Read what few texts say again and again: rates, quantities, nothing at all."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not amount.is_finite():
        raise ValueError(f"{text!r} is no number")
    if not is_usable(amount):
        raise ValueError(f"{text!r} is too large or too long a number to calculate with")
    return canon(amount)


def is_usable(amount: Decimal) -> bool:
    """Tell whether an amount can be calculated with exactly."""
    return amount.is_finite() and -LARGEST < amount < LARGEST and EXACT.plus(amount) == amount
