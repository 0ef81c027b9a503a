"""Turns a state into one of the cloud edition: its id prefixes, its names of fields, its statuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from vtxero.sandbox.vtiger import payments, schema
from vtxero.sandbox.vtiger.line_table import LineTable
from vtxero.sandbox.vtiger.state import VtigerState

EDITION: Final = "cloud"
LINE_ACCOUNT: Final = "xero_account"
ACCOUNT_LABEL: Final = "Xero Sales Account"

_PREFIXES: Final = {"Accounts": "3", "Contacts": "4", "Products": "6", "Invoice": "16", "Services": "25"}
_OTHER_PREFIXES: Final = {
    "Potentials": "5", "Vendors": "11", "Quotes": "13", "SalesOrder": "15", "Events": "18", "Project": "31",
}  # fmt: skip
_STATUSES: Final = (
    "AutoCreated", "Created", "Sent", "Approved", "Initiated", "In Progress", "Overdue", "Partially Paid", "Paid",
    "Credit Invoice", "Cancel",
)  # fmt: skip
_CUSTOM: Final = re.compile(r"cf_\d+\Z")
_ID: Final = re.compile(r"(\d+)x(\d+)\Z")


def make_cloud(state: VtigerState, *, with_payments: bool = True) -> None:
    """Turn a state over, once: everything that it holds keeps its numbers. Payments is an add-on of this edition."""
    with state.lock:
        if state.edition == EDITION:
            return
        new_ids = _new_ids(state)
        names = {module: _new_names(module, state.describes[module]) for module in state.describes}
        for module in state.describes:
            state.describes[module] = _describe(module, state.describes[module], names[module])
        _add_line_account(state)
        if with_payments:
            payments.install(state)
        _turn_records(state, names, new_ids)
        state.modules = {name: schema.module_of(each) for name, each in state.describes.items()}
        state.other_prefixes = _OTHER_PREFIXES
        state.edition = EDITION


def _new_ids(state: VtigerState) -> Callable[[str], str]:
    """Give what an id of the open-source edition is here; a text that is none stays as it is."""
    prefixes = {state.modules[name].prefix: prefix for name, prefix in _PREFIXES.items()}
    prefixes |= {state.other_prefixes[name]: prefix for name, prefix in _OTHER_PREFIXES.items()}

    def turned(text: str) -> str:
        match = _ID.match(text)
        return f"{prefixes.get(match[1], match[1])}x{match[2]}" if match else text

    return turned


def _new_names(module: str, describe: Mapping[str, Any]) -> dict[str, str]:
    """Rename custom fields: after module and label, but the extension's account, whose name is the same everywhere."""
    custom = {each["name"]: str(each["label"]) for each in describe["fields"] if _CUSTOM.match(each["name"])}
    return {
        name: LINE_ACCOUNT
        if label == ACCOUNT_LABEL
        else f"cf_{module}_{re.sub('[^a-z0-9]', '', label.lower())}".lower()
        for name, label in custom.items()
    }


def _describe(module: str, describe: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    fields = [each | {"name": names.get(each["name"], each["name"])} for each in describe["fields"]]
    if module == schema.INVENTORY:
        # Charges are seen as a sum only.
        fields = [each for each in fields if "_&_" not in each["name"]]
        fields = [each | {"type": _statuses()} if each["name"] == "invoicestatus" else each for each in fields]
    return {**describe, "fields": fields, "idPrefix": _PREFIXES.get(module, describe["idPrefix"])}


def _statuses() -> dict[str, Any]:
    return {
        "picklistValues": [{"label": each, "value": each} for each in _STATUSES],
        "defaultValue": "AutoCreated",
        "name": "picklist",
    }


def _add_line_account(state: VtigerState) -> None:
    """Describe the line's account: by Invoice with its label, by the plain table of lines under the column's name."""
    invoice, lines = state.describes[schema.INVENTORY], state.describes["LineItem"]
    plain = {"name": LINE_ACCOUNT, "type": {"name": "string"}, "mandatory": False, "nullable": True, "editable": True}
    invoice["fields"] = [*invoice["fields"], plain | {"label": ACCOUNT_LABEL}]
    lines["fields"] = [*lines["fields"], plain | {"label": LINE_ACCOUNT.replace("_", " ")}]


def _turn_records(state: VtigerState, names: Mapping[str, Mapping[str, str]], new_id: Callable[[str], str]) -> None:
    for record in state.entities.values():
        known = state.modules[record.module].fields
        record.fields = {
            names[record.module].get(name, name): new_id(value) if known[name].is_reference else value
            for name, value in record.fields.items()
        }
    for line in state.lines.values():
        line.parent, line.product = new_id(line.parent), new_id(line.product)
    state.lines = LineTable(state.lines.values())
