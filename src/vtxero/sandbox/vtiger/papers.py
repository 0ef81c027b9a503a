"""Quotes, sales orders and opportunities: known only by whom they refer to, for queries and for what goes with them.

Nothing else of them is modelled: describing, reading or writing one is said loudly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vtxero.sandbox.vtiger import describing
from vtxero.sandbox.vtiger.schema import Field, Module
from vtxero.sandbox.vtiger.state import User, VtigerState

_REFERENCES: Final = {
    "Quotes": ("account_id", "contact_id"),
    "SalesOrder": ("account_id", "contact_id"),
    "Potentials": ("related_to", "contact_id"),
}
_GO_WITH_ACCOUNTS: Final = {"Quotes": "account_id", "Potentials": "related_to"}


def module_for_query(state: VtigerState, user: User, name: str) -> Module:
    """Find the module that a query is about."""
    if name not in _REFERENCES or name not in describing.type_names(state, user):
        return describing.open_module(state, user, name)
    state.actors.setdefault(name, {})
    fields = {field: Field(field, "reference", module=name) for field in ("id", *_REFERENCES[name])}
    return Module(name, state.other_prefixes[name], fields, (), is_entity=False, describe={})


def add(state: VtigerState, name: str, **references: str) -> str:
    """Have a person write one that refers to these records; returns its id."""
    unknown = references.keys() - set(_REFERENCES[name])
    if unknown:
        raise ValueError(f"{name} with {sorted(unknown)} is not modelled")
    with state.lock:
        number = state.take_number()
        row = dict.fromkeys(_REFERENCES[name], "") | references | {"id": f"{state.other_prefixes[name]}x{number}"}
        state.actors.setdefault(name, {})[number] = row | {"deleted": "0"}
        return row["id"]


def lose_account(state: VtigerState, account: str) -> list[int]:
    """Delete what goes with a deleted account, its quotes and opportunities, and give their numbers; orders stay."""
    lost = []
    for name, field in _GO_WITH_ACCOUNTS.items():
        for number, row in state.actors.get(name, {}).items():
            if row[field] == account and row["deleted"] == "0":
                row["deleted"] = "1"
                lost.append(number)
    return lost


def regain(state: VtigerState, numbers: Iterable[int]) -> None:
    """Take quotes and opportunities back that went with an account."""
    for name in _GO_WITH_ACCOUNTS:
        for number in state.actors.get(name, {}).keys() & set(numbers):
            state.actors[name][number]["deleted"] = "0"
