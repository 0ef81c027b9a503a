"""Fills a state: with what a fresh installation has, or with books exported through the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import schema, values
from vtxero.sandbox.vtiger.line_table import LineTable
from vtxero.sandbox.vtiger.lines import LINE_BASE, LINE_TAIL
from vtxero.sandbox.vtiger.state import DEFAULT_KEY, Charge, Line, Record, User, VtigerState

_KEYS: Final = {"admin": DEFAULT_KEY, "limited": "sandbox-limited"}
_ENTITIES: Final = ("Accounts", "Contacts", "Products", "Services", "Invoice", "PriceBooks", "Payments")
_ACTORS: Final = ("Groups", "Currency", "CompanyDetails", "Tax")
CHARGE: Final = "shipping_&_handling"

_INSTALLED_TAXES: Final = (("VAT", "4.500"), ("Sales", "10.000"), ("Service", "12.500"))


def install(state: VtigerState, users: Sequence[User] | None) -> None:
    """Give a state what the installer leaves behind."""
    for number, (label, rate) in enumerate(_INSTALLED_TAXES, 1):
        state.actors["Tax"][number] = {
            "id": f"34x{number}", "taxname": f"tax{number}", "taxlabel": label, "percentage": rate, "deleted": "0",
            "method": "Simple", "type": "Fixed", "compoundon": "[]", "regions": "[]",
        }  # fmt: skip
    state.actors["Currency"][1] = {
        "id": "21x1", "currency_name": "New Zealand, Dollars", "currency_code": "NZD", "currency_symbol": "$",
        "conversion_rate": "1.00000", "currency_status": "Active", "defaultid": "-11", "deleted": "0",
    }  # fmt: skip
    state.actors["Groups"][2] = {"id": "20x2", "groupname": "Team Selling", "description": "Group Related to Sales"}
    company = dict.fromkeys(state.modules["CompanyDetails"].fields, "")
    state.actors["CompanyDetails"][1] = company | {"id": "23x1", "organizationname": "Sandbox Ltd"}
    for user in users or default_users():
        state.add_user(user)


def default_users() -> tuple[User, ...]:
    """Return the two users of a sandbox: one who may do all, one who may not."""
    return (
        User("admin", 1, DEFAULT_KEY, is_admin=True),
        User("limited", 5, _KEYS["limited"]),
    )


def fill(state: VtigerState, records: Mapping[str, Sequence[Mapping[str, Any]]], users: Sequence[User] | None) -> None:
    """Take over exported records, with their ids, times and computed money as they are."""
    for actor in _ACTORS:
        for row in records.get(actor, ()):
            state.actors[actor][values.record_number(row["id"])] = {name: _text(each) for name, each in row.items()}
    _fill_users(state, records.get("Users", ()), users)
    for module in _ENTITIES:
        for row in records.get(module, ()):
            _fill_record(state, state.modules[module], row)
    for row in records.get("LineItem", ()):
        if values.record_number(row["id"]) not in state.lines:
            _fill_line(state, str(row["parent_id"]), row)
    state.entities = dict(sorted(state.entities.items()))
    state.lines = LineTable(line for _, line in sorted(state.lines.items()))
    state.next_number = max(state.entities, default=1) + 1


def _fill_users(state: VtigerState, rows: Sequence[Mapping[str, Any]], users: Sequence[User] | None) -> None:
    for row in rows:
        name = str(row["user_name"])
        decimals = str(row.get("no_of_currency_decimals") or "")
        user = User(
            name=name,
            number=values.record_number(row["id"]),
            access_key=_KEYS.get(name, f"sandbox-{name}"),
            is_admin=row.get("is_admin") == "on",
            active=row.get("status", "Active") == "Active",
            currency=values.record_number(str(row.get("currency_id") or "21x1")),
            decimals=int(decimals) if decimals.isdecimal() else 0,
            decimal_separator=str(row.get("currency_decimal_separator") or "."),
            profile={key: _text(each) for key, each in row.items()},
        )
        state.add_user(user)
    for user in users if users is not None else default_users():
        if users is not None or user.name not in state.users:
            state.add_user(user)


def _fill_record(state: VtigerState, module: schema.Module, row: Mapping[str, Any]) -> None:
    record = Record(
        module=module.name,
        number=values.record_number(row["id"]),
        fields={name: _text(row.get(name)) if name in row else module.fields[name].empty for name in module.columns},
    )
    if module.name in schema.PRICED:
        record.taxes = {name: _text(each) for name, each in row.items() if re.fullmatch(r"tax\d+", name)}
        record.currency = values.record_number(str(row.get("currency_id") or "21x1"))
        prices = ((re.fullmatch(r"currency(\d+)", name), each) for name, each in row.items())
        record.prices = {int(hit.group(1)): Decimal(str(each)) for hit, each in prices if hit and each}
    if module.name == schema.INVENTORY:
        record.charge = _charge(row)
        for line in row.get("LineItems") or ():
            _fill_line(state, str(row["id"]), line)
    state.store(record)
    if number_field := module.number_field:
        tail = re.search(r"(\d+)$", record.fields.get(number_field, ""))
        state.numbering[module.name] = max(state.numbering.get(module.name, 0), int(tail.group()) if tail else 0)


def _charge(row: Mapping[str, Any]) -> Charge | None:
    if row.get(CHARGE) is None:
        return None
    mark = f"{CHARGE}_shtax"
    return Charge(str(row[CHARGE]), {name[len(mark) :]: each for name, each in row.items() if name.startswith(mark)})


def _fill_line(state: VtigerState, parent: str, row: Mapping[str, Any]) -> None:
    number = values.record_number(row["id"])
    taxes = {name: _text(each) for name, each in row.items() if re.fullmatch(r"tax\d+", name)}
    plain = {name: _text(row.get(name)) for name in (*LINE_BASE, *LINE_TAIL)}
    state.lines[number] = Line(
        number, parent, str(row.get("productid") or ""), plain | taxes, row.get("product_name"), row.get("entity_type")
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
