"""A line of an invoice, as a program sends it."""

from __future__ import annotations

LINE = {"Description": "Oak", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


def line(**changes):
    return {name: value for name, value in {**LINE, **changes}.items() if value is not None}
