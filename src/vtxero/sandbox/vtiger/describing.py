"""listtypes and describe: what a user may see, and the fields that grow with taxes and currencies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vtxero.sandbox.vtiger import errors, lines, values
from vtxero.sandbox.vtiger.books import CHARGE
from vtxero.sandbox.vtiger.definitions import EMAIL_TYPES
from vtxero.sandbox.vtiger.rights import WRITING_FLAGS
from vtxero.sandbox.vtiger.schema import INVENTORY, PRICED, SYNTHETIC, Module, extra_fields
from vtxero.sandbox.vtiger.state import User, VtigerState

_ADMIN_TYPES = frozenset({"Users"})


def type_names(state: VtigerState, user: User) -> list[str]:
    return [name for name in state.listtypes["types"] if user.is_admin or name not in _ADMIN_TYPES]


def listtypes(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """List the types, all or those with a field of one of the types asked for."""
    names = type_names(state, user)
    try:
        wanted = json.loads(params.get("fieldTypeList") or "[]")
    except ValueError:
        wanted = []
    if wanted:
        names = [name for name in names if _has_field_type(name, set(wanted))]
    return {"types": names, "information": {name: state.listtypes["information"][name] for name in names}}


def _has_field_type(name: str, wanted: set[str]) -> bool:
    """Look into modelled entity modules; of the others only the e-mail ones are known."""
    if not wanted <= {"email"}:
        raise errors.NotModelledError("listtypes with a fieldTypeList other than email")
    return name in EMAIL_TYPES


def describe(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Describe a module, refusing names that are not offered."""
    name = params.get("elementType", "")
    module = open_module(state, user, name)
    fields = [dict(each) for each in module.describe["fields"] if not SYNTHETIC.match(each["name"])]
    if name == INVENTORY:
        fields = list(module.describe["fields"])
        fields += [] if any(each["name"] == CHARGE for each in fields) else _charge_fields()
    elif name in PRICED:
        fields += _tax_fields(state) + _currency_fields(state)
    elif name == "LineItem":
        fields = _line_fields(state, module)
    for each in fields:
        if each["type"]["name"] == "date":
            each["type"] = dict(each["type"]) | {"format": user.profile.get("date_format") or "yyyy-mm-dd"}
    denied = dict.fromkeys(WRITING_FLAGS, False) if user.reads_only else {}
    return dict(module.describe) | {"fields": fields} | denied


def open_module(state: VtigerState, user: User, name: str) -> Module:
    """Find a module by its exact name; one that a server has and the stand-in lacks is said loudly."""
    if name in _ADMIN_TYPES and not user.is_admin:
        raise errors.denied()
    if name not in type_names(state, user):
        raise errors.denied(name)
    if name not in state.modules:
        raise errors.NotModelledError(f"module {name}")
    return state.modules[name]


def _tax_fields(state: VtigerState) -> list[dict[str, Any]]:
    taxes = (each for each in state.actors["Tax"].values() if each["deleted"] == "0")
    return extra_fields([(each["taxname"], each["taxlabel"], each["percentage"]) for each in taxes])


def _currency_fields(state: VtigerState) -> list[dict[str, Any]]:
    currencies = state.actors["Currency"].items()
    return extra_fields(
        [(f"currency{number}", f"{each['currency_name']} {each['currency_code']}", "") for number, each in currencies]
    )


def _line_fields(state: VtigerState, module: Module) -> list[dict[str, Any]]:
    fields = [dict(each) for each in module.describe["fields"]]
    known = {each["name"] for each in fields}
    labels = {each["taxname"]: each["taxlabel"] for each in state.actors["Tax"].values()}
    plain = {"mandatory": False, "type": {"name": "double"}, "nullable": True, "editable": True}
    return fields + [
        {"name": name, "label": labels.get(name, name)} | plain
        for names in lines.tax_columns(state)
        for name in names
        if name not in known
    ]


def _charge_fields() -> list[dict[str, Any]]:
    rows = [(CHARGE, "", "0.00000"), (f"{CHARGE}_shtax1", "VAT", "4.500")]
    rows += [(f"{CHARGE}_shtax2", "Sales", "10.000"), (f"{CHARGE}_shtax3", "Service", "12.500")]
    return [
        {
            "name": name, "label": f"{values.entities('Shipping & Handling')} {label}".strip(),
            "type": {"name": "double"}, "mandatory": False, "nullable": True, "editable": True, "default": default,
        }
        for name, label, default in rows
    ]  # fmt: skip
