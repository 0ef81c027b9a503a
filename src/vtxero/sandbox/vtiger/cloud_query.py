"""Queries of the cloud edition: an invoice is one row with its lines, and only what is known is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vtxero.sandbox.vtiger import errors, query, vtql
from vtxero.sandbox.vtiger.schema import INVENTORY, LINE_COLUMNS, Module
from vtxero.sandbox.vtiger.state import Record, User, VtigerState
from vtxero.sandbox.vtiger.vtql import Query

_NOT_LISTED: Final = frozenset({"LineItem", "ProductTaxes", "CompanyDetails"})

View = Callable[[Record], dict[str, Any]]


def run(state: VtigerState, user: User, module: Module, text: str, whole: View) -> list[dict[str, Any]]:
    """Answer a query, a hundred records at most; `whole` shows all of an entity as lists do."""
    wanted = vtql.parse(text)
    if wanted.module != module.name:
        raise errors.denied(wanted.module)
    _refuse_what_is_not_known(module, wanted)
    query.check_fields(state, module, wanted)
    rows = query.matching(state, user, module, wanted, joined=False)
    if wanted.count:
        return [{"count": str(len(rows))}]
    page = rows[wanted.offset : wanted.offset + wanted.limit]
    if wanted.everything and module.is_entity and module.name != "Users":
        return [whole(record) for row in page if (record := state.find(row.id))]
    names = tuple(name for name in wanted.fields or module.fields if name != "id")
    return [row.shown(names) | {"id": row.id} for row in page]


def _refuse_what_is_not_known(module: Module, wanted: Query) -> None:
    if module.name in _NOT_LISTED:
        raise errors.NotModelledError(f"queries of {module.name} in the cloud edition")
    if len(wanted.order) > 1:
        raise errors.NotModelledError("a query of the cloud edition that orders by more than one field")
    conditions = [each for group in wanted.alternatives for each in group]
    if any(each.operator == "IN" for each in conditions):
        raise errors.NotModelledError("`in` in a query of the cloud edition, which is said to be unreliable")
    named = {*wanted.fields, *wanted.order, *(each.field for each in conditions)}
    if module.name == INVENTORY and named & set(LINE_COLUMNS):
        raise errors.NotModelledError("columns of lines in a query of the cloud edition")
