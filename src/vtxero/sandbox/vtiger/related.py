"""Relations of an account, the only ones modelled; plain queries by reference say the same, better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vtxero.sandbox.vtiger import describing, elements, errors, query, vtql
from vtxero.sandbox.vtiger.state import User, VtigerState

_MODELLED: Final = {"Contacts": "Contacts", "Invoice": "Invoice"}
_LABELS: Final = {
    # label: type, in the order a fresh server lists them
    "Contacts": "Contacts", "Potentials": "Potentials", "Quotes": "Quotes", "Sales Order": "SalesOrder",
    "Invoice": "Invoice", "Activities": "Calendar", "Emails": "Emails", "Activity History": "Calendar",
    "Documents": "Documents", "HelpDesk": "HelpDesk", "Products": "Products", "Campaigns": "Campaigns",
    "PBXManager": "PBXManager", "Service Contracts": "ServiceContracts", "Services": "Services",
    "Projects": "Project", "ModComments": "ModComments", "Assets": "Assets",
}  # fmt: skip


def types(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """List the relations of Accounts."""
    name = describing.open_module(state, user, params.get("elementType", "")).name
    if name != "Accounts":
        raise errors.NotModelledError(f"relatedtypes of {name}")
    information = {label: {"name": kind, "label": label, "isEntity": "1"} for label, kind in _LABELS.items()}
    return {"types": list(_LABELS.values()), "information": information}


def retrieve(state: VtigerState, user: User, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return full rows of a relation, at most 100 and without an offset."""
    kind = _relation(state, user, params)
    if kind != params.get("relatedType"):
        raise _unknown()
    return _rows(state, user, kind, "*", params["id"])


def run_query(state: VtigerState, user: User, params: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return chosen columns of a relation; the query must come without its semicolon."""
    text = params.get("query", "")
    kind = _relation(state, user, params)
    if ";" in text or vtql.module_named(text) != kind:
        raise _unknown()
    columns = ",".join(vtql.parse(f"{text};").fields) or "*"
    return _rows(state, user, kind, columns, params["id"])


def add(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Say yes to relating a contact or a product to an account, which stores nothing one could read back."""
    source = elements.locate(state, user, params.get("sourceRecordId", ""))
    elements.locate(state, user, params.get("relatedRecordId", ""))
    if source.module.name != "Accounts" or params.get("relationIdLabel") not in {"Contacts", "Products"}:
        raise errors.NotModelledError("add_related between these records")
    return {"message": "successfull"}


def _relation(state: VtigerState, user: User, params: Mapping[str, str]) -> str:
    target = elements.locate(state, user, params.get("id", ""))
    if target.module.name != "Accounts":
        raise errors.NotModelledError(f"relations of {target.module.name}")
    label = params.get("relatedLabel", "")
    if label not in _LABELS:
        raise _unknown()
    if label not in _MODELLED:
        raise errors.NotModelledError(f"relation {label} of Accounts")
    return _MODELLED[label]


def _rows(state: VtigerState, user: User, kind: str, columns: str, account: str) -> list[dict[str, Any]]:
    module = describing.open_module(state, user, kind)
    return query.run(state, user, module, f"select {columns} from {kind} where account_id = '{account}';")  # noqa: S608 - VTQL


def _unknown() -> errors.VtigerError:
    return errors.VtigerError("UNKOWN_ENTITY", "Relation specified is incorrect")
