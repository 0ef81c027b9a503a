"""What an element must carry besides the wanted changes, so that Vtiger does not damage the rest of the record.

Measured on 8.2.0: a revise of a product wipes its taxes and prices unless it carries them; a revise of an invoice sets
its conversion_rate to 1 unless it carries it; an update without the description escapes the stored one once more; a
blank number in an invoice kills PHP half way and leaves a broken invoice behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from vtxero.domain.money import parse_amount
from vtxero.errors import RefusedError
from vtxero.vtiger.errors import SERVICE
from vtxero.vtiger.rows import TAX_FIELD, Row, text

PRICED = frozenset({"Products", "Services"})
INVOICE = "Invoice"

_PRICE = re.compile(r"currency\d+\Z")
_LINE_NUMBERS = frozenset({"quantity", "listprice", "discount_percent", "discount_amount"})
_HEADER_NUMBERS = frozenset(
    {
        "hdnDiscountAmount", "hdnDiscountPercent", "hdnS_H_Amount", "hdnS_H_Percent", "txtAdjustment",
        "conversion_rate", "received", "balance", "hdnSubTotal", "hdnGrandTotal", "pre_tax_total",
    }
)  # fmt: skip
_CHARGE = re.compile(r"(shipping_&_handling|.+_shtax\d+)\Z")


def needs_current(module: str, operation: str, element: Mapping[str, Any]) -> bool:
    """Tell whether the present record must be read before this write."""
    if operation == "update":
        return True
    if operation != "revise":
        return False
    return module in PRICED or (module == INVOICE and not text(element, "conversion_rate"))


def complete(module: str, operation: str, element: Mapping[str, Any], current: Mapping[str, Any] | None) -> Row:
    """Give the element as it is sent: with what it must carry from the present record, without blank numbers.

    Raises:
        RefusedError: a number of an invoice is none; nothing was sent.
    """
    wanted = dict(element)
    if current is not None:
        if module in PRICED:
            wanted |= _prices_kept(wanted, current)
        if module == INVOICE and not text(wanted, "conversion_rate"):
            wanted |= _filled(current, "conversion_rate")
        if operation == "update" and "description" not in wanted:
            wanted |= _filled(current, "description")
    return _invoice(wanted) if module == INVOICE else wanted


def _filled(current: Mapping[str, Any], *names: str) -> Row:
    return {name: current[name] for name in names if text(current, name)}


def _prices_kept(wanted: Mapping[str, Any], current: Mapping[str, Any]) -> Row:
    """Carry taxes, price and currency. Vtiger rebuilds the price in the record's own currency from unit_price."""
    names = [name for name in current if TAX_FIELD.match(name)] + ["unit_price", "currency_id"]
    kept = _filled(current, *(name for name in names if name not in wanted))
    own = "currency" + (text(wanted, "currency_id") or text(current, "currency_id")).rpartition("x")[2]
    for name in current:
        if _PRICE.match(name) and name != own and name not in wanted and _is_price(current[name]):
            kept[name] = current[name]
    return kept


def _is_price(value: Any) -> bool:
    """Tell a price from the 0 that stands for none."""
    try:
        return bool(parse_amount(value))
    except ValueError:
        return False


def _invoice(element: Row) -> Row:
    header = {
        name: value
        for name, value in element.items()
        if name == "LineItems" or not _is_header_number(name) or _is_number(value, name)
    }
    lines = element.get("LineItems")
    if isinstance(lines, (list, tuple)):
        header["LineItems"] = [_line(line, place) for place, line in enumerate(lines, start=1)]
    return header


def _line(line: Mapping[str, Any], place: int) -> Row:
    return {
        name: value
        for name, value in line.items()
        if not (name in _LINE_NUMBERS or TAX_FIELD.match(name)) or _is_number(value, f"line {place}: {name}")
    }


def _is_header_number(name: str) -> bool:
    return name in _HEADER_NUMBERS or bool(_CHARGE.match(name))


def _is_number(value: Any, place: str) -> bool:
    """Tell a number from a blank, which must not be sent, and refuse anything else."""
    if value is None or value == "":
        return False
    try:
        parse_amount(value)
    except ValueError as error:
        raise RefusedError(
            (f"{place} is {value!r}, which is no number; Vtiger was not asked.",),
            service=SERVICE,
            remedy="Correct the amount on the record, or report this to vtxero.",
        ) from error
    return True
