"""Products and services: their taxes, their price in each currency, and how a small revise loses both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vtxero.sandbox.vtiger import errors, records, values
from vtxero.sandbox.vtiger.state import Record, User, VtigerState


def create(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> None:
    """Attach the taxes sent and set the prices of a record just saved."""
    record.taxes = _sent_taxes(state, element)
    record.currency = _sent_currency(state, element) or 1
    record.prices = _sent_prices(user, element)
    price = values.number(record.fields["unit_price"])
    if "currency_id" in element or user.currency == 1:
        record.prices[record.currency] = price
    else:
        # The price is taken for the user's own currency and converted to the base one.
        record.prices.setdefault(1, price / records.currency_rate(state, user.currency))
    if state.is_83 and record.module == "Services":
        record.prices[1] = Decimal(0)


def change(state: VtigerState, user: User, record: Record, element: Mapping[str, Any]) -> None:
    """Replace taxes and prices by what this call carries, even if that is nothing (8.3.0: of services only)."""
    sent_currency = _sent_currency(state, element)
    if state.is_83 and record.module == "Products":
        record.taxes |= _sent_taxes(state, element)
        record.currency = sent_currency or record.currency
        record.prices |= _sent_prices(user, element)
        if "unit_price" in element:
            record.prices[record.currency] = values.number(record.fields["unit_price"])
        return
    record.taxes = _sent_taxes(state, element)
    record.currency = sent_currency or user.currency
    record.prices = _sent_prices(user, element)
    if sent_currency:
        sent = "unit_price" in element
        record.prices[sent_currency] = values.number(record.fields["unit_price"]) if sent else Decimal(0)


def shown(state: VtigerState, record: Record) -> dict[str, Any]:
    """Show attached taxes, never deducted ones, then every currency with `currency_id` behind the record's own."""
    names = [each["taxname"] for each in state.actors["Tax"].values() if each["method"] != "Deducted"]
    result: dict[str, Any] = {name: record.taxes[name] for name in names if name in record.taxes}
    for number, currency in state.actors["Currency"].items():
        if currency.get("deleted", "0") != "0":
            continue
        result[f"currency{number}"] = values.json_number(record.prices.get(number, Decimal(0)))
        if number == record.currency:
            result["currency_id"] = f"21x{number}"
    return result


def _sent_taxes(state: VtigerState, element: Mapping[str, Any]) -> dict[str, str]:
    sent = {name: values.php_text(element.get(name)) for name in state.tax_names()}
    return {name: values.fixed(values.number(text), 3) for name, text in sent.items() if text}


def _sent_currency(state: VtigerState, element: Mapping[str, Any]) -> int:
    text = values.php_text(element.get("currency_id"))
    if not text:
        return 0
    number = values.record_number(text)
    currency = state.actors["Currency"].get(number)
    if currency is None or currency["currency_status"] != "Active":
        raise errors.VtigerError("CURRENCY_INACTIVE", "Provided Curreny is Inactive")
    return number


def _sent_prices(user: User, element: Mapping[str, Any]) -> dict[int, Decimal]:
    found = ((re.fullmatch(r"currency(\d+)", name), value) for name, value in element.items())
    return {int(hit.group(1)): values.rounded(values.number(value), user.decimals) for hit, value in found if hit}


def check_numbers(state: VtigerState, module: str, element: Mapping[str, Any]) -> None:
    """Say that half a number is not modelled: the real one dies of some of them, and saves half the record."""
    for name, field in state.modules[module].fields.items():
        text = values.php_text(element.get(name)).strip()
        if field.scale is not None and text and not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text):
            raise errors.NotModelledError(f"{name} {text!r} of a product or service")
