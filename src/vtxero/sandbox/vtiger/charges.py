"""The charges of an invoice (shipping and handling) and their taxes, as they are sent, kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import values
from vtxero.sandbox.vtiger.books import CHARGE
from vtxero.sandbox.vtiger.state import Charge, Record

_SHIPPING_TAXES: Final = ("1", "2", "3")
_NO_TAXES: Final = dict.fromkeys(_SHIPPING_TAXES, 0)
_COLUMNS: Final = ("hdnS_H_Amount", "hdnS_H_Percent")
_PER_CENT: Final = Decimal(100)


def take(record: Record, element: Mapping[str, Any]) -> None:
    """Read charges: by the charge's own field with its taxes, else from the header's amount and percentage."""
    taxes: dict[str, Any] = dict(_NO_TAXES)
    if charge := sent(element):
        mark = f"{CHARGE}_shtax"
        own = {name[len(mark) :]: values.php_text(each) for name, each in element.items() if name.startswith(mark)}
        record.charge = Charge(values.php_text(element[CHARGE]), own)
        record.fields |= dict.fromkeys(_COLUMNS, values.fixed(charge, 8))
        return
    amount = values.number(element.get("hdnS_H_Amount"))
    if not amount:
        share = values.php_text(element.get(CHARGE))
        shown = share if "%" in share else element.get("hdnS_H_Amount")
        record.charge = None if shown is None else Charge(values.php_text(shown), taxes)
        record.fields |= dict.fromkeys(_COLUMNS, values.fixed(Decimal(0), 8))
        return
    percent = values.number(element.get("hdnS_H_Percent"))
    if percent:
        taxes = {"1": values.php_text(element["hdnS_H_Percent"])}
    # The percentage is read a second time as an amount of tax, and that is what the header shows.
    rate = percent / amount * _PER_CENT
    record.charge = Charge(values.php_text(element["hdnS_H_Amount"]), taxes, rate if percent else None)
    record.fields |= {"hdnS_H_Amount": values.fixed(amount, 8), "hdnS_H_Percent": values.fixed(rate, 8)}


def sent(element: Mapping[str, Any]) -> Decimal:
    """Read the charge; a percentage is taken of the subtotal that was sent, which is none as a rule."""
    text = values.php_text(element.get(CHARGE))
    if "%" not in text:
        return values.number(text)
    base, off = values.number(element.get("hdnSubTotal")), values.number(element.get("hdnDiscountAmount"))
    if values.is_true(element.get("hdnDiscountPercent")):
        off = base * values.number(element["hdnDiscountPercent"]) / _PER_CENT
    return (base - off) * values.number(text.replace("%", "", 1)) / _PER_CENT


def shown(record: Record) -> dict[str, Any]:
    """Show the charge under names made from its label; without one the rates are the number 0."""
    charge = record.charge or Charge(None, _NO_TAXES)
    result = {CHARGE: charge.value} | {f"{CHARGE}_shtax{number}": rate for number, rate in charge.taxes.items()}
    return result | ({} if charge.stray is None else {"": None, "_shtax1": values.json_number(charge.stray)})
