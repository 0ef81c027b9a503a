"""How the cloud edition shows records: texts throughout, taxes with five decimals, an invoice with its lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import describing, elements, errors, lines, records, values
from vtxero.sandbox.vtiger.cloud_edition import LINE_ACCOUNT
from vtxero.sandbox.vtiger.elements import Target
from vtxero.sandbox.vtiger.schema import INVENTORY, PRICED
from vtxero.sandbox.vtiger.state import Line, Record, User, VtigerState

_LINE_KEYS: Final = (
    "parent_id", "productid", "sequence_no", "quantity", "listprice", "discount_percent", "discount_amount", "comment",
    "description", "incrementondel", "purchase_cost", "margin", "image", "id",
)  # fmt: skip
_RATES: Final = 5
_MONEY: Final = 8
_PRICE: Final = re.compile(r"currency\d+\Z")
_JSON_LISTS: Final = ("compoundon", "regions")
_HIDDEN: Final = frozenset({"accesskey", "user_password", "confirm_password"})


def retrieved(state: VtigerState, target: Target) -> dict[str, Any]:
    """Show all of one record; an invoice with `LineItems`, a list."""
    if target.record is None:
        raise errors.NotModelledError(f"retrieve of {target.module.name} in the cloud edition")
    row = header(state, target.record)
    if target.module.name == INVENTORY:
        found = state.lines_of(state.wire_id(target.record))
        row["LineItems"] = [_line(state, target.record, each) | {"product_name": _name(state, each)} for each in found]
    elif target.module.name in PRICED:
        row |= texts(elements.shown(state, target.record) | row)
        row |= {name: _rate(value) for name, value in row.items() if name in state.tax_names()}
        row |= {name: _money(value) for name, value in row.items() if _PRICE.match(name)}
        row.pop("label", None)
    return row


def listed(state: VtigerState, record: Record) -> dict[str, Any]:
    """Show a record as a query for everything does; an invoice with `lineItems`, some of them as an object."""
    row = header(state, record)
    if record.module == INVENTORY:
        row["lineItems"] = _listed_lines(state, record)
    return row


def header(state: VtigerState, record: Record) -> dict[str, Any]:
    """Show a record's own columns, those of Invoice with what the cloud adds."""
    row: dict[str, Any] = records.shown(state, record) | {"id": state.wire_id(record)}
    if record.module == INVENTORY:
        charge, rates = record.charge, record.charge.taxes.values() if record.charge else ()
        taxed = values.number(row["hdnS_H_Amount"]) if charge else Decimal(0)
        row |= {
            "conversion_rate": values.fixed(values.number(row["conversion_rate"]), _RATES),
            "hdnS_H_Percent": values.fixed(sum((taxed * values.number(rate) / 100 for rate in rates), Decimal(0)), 8),
            "applied_credits": values.fixed(Decimal(0), _MONEY), "isclosed": "0",
            "record_currency_id": values.php_text(row["currency_id"]).rpartition("x")[2],
            "record_conversion_rate": values.fixed(values.number(row["conversion_rate"]), _RATES),
        }  # fmt: skip
        return texts(row) | {"record_currency_symbol": None}
    return texts(row)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Show a row of a plain table; lists that the database keeps as JSON come as lists."""
    return {name: json.loads(value or "[]") if name in _JSON_LISTS else value for name, value in texts(row).items()}


def texts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Turn every scalar into text, null into the empty one."""
    return {name: value if isinstance(value, (list, dict)) else _text(value) for name, value in row.items()}


def me(state: VtigerState, user: User) -> dict[str, Any]:
    """Show the API user, with the currency beside its id; texts have HTML entities here."""
    currency = state.actors["Currency"].get(user.currency, {})
    row = {name: value for name, value in user.profile.items() if name not in _HIDDEN}
    row |= {name: values.entities(currency.get(name, "")) for name in ("currency_code", "currency_name")}
    row |= {"currency_symbol": f"&#{ord(currency.get('currency_symbol', '$')[:1] or '$')};"}
    return texts(row | {"conv_rate": currency.get("conversion_rate", "1.00000"), "id": f"19x{user.number}"})


def described(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Describe a module, with the keys that the cloud adds and without the fields of charges."""
    found = describing.describe(state, user, params)
    fields = [
        each | {"dblabel": each["label"], "quickcreate": False, "summaryfield": False, "headerfield": False}
        for each in found["fields"]
        if "_&_" not in each["name"]
    ]
    return found | {"fields": fields, "inactivefields": [], "closedStatesInfo": {}, "tools": []}


# -- lines -------------------------------------------------------------------------------------------------


def _listed_lines(state: VtigerState, record: Record) -> list[Any] | dict[str, Any]:
    """Give the lines in one of the three forms that have been seen."""
    shown = [_line(state, record, each) for each in state.lines_of(state.wire_id(record))]
    if not shown:
        return [[]]
    if record.number % 2:
        return {str(place): line for place, line in enumerate(shown, 1)}
    return shown


def _line(state: VtigerState, record: Record, line: Line) -> dict[str, Any]:
    alone = lines.alone(state, line)
    total = lines.as_sum(state, line)
    net = total.with_taxes if lines.is_individual(record.fields["hdnTaxType"]) else total.total
    row = {name: alone.get(name) for name in _LINE_KEYS}
    row |= {"netprice": values.fixed(net, _MONEY), "section_no": "1", "section_name": "", "billing_type": "One time"}
    row |= {LINE_ACCOUNT: line.fields.get(LINE_ACCOUNT, "")}
    product = lines.product_of(state, line.product)
    for name in state.tax_names():
        rate = line.fields.get(name, "")
        applies = values.number(rate) or (product is not None and name in product.taxes)
        row[name] = _rate(rate) if applies else ""
    return texts(row)


def _name(state: VtigerState, line: Line) -> str:
    return lines.name_and_kind(state, line)[0] or ""


def _money(value: Any) -> str:
    return values.fixed(values.number(value), _MONEY)


def _rate(value: Any) -> str:
    return values.fixed(values.number(value), _RATES)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)
