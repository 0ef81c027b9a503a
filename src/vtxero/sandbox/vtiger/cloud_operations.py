"""The operations of the cloud's REST API. Nothing here knows HTTP.

They are the open-source edition's, as far as the cloud's manual and recordings of it do not show another behaviour;
what is open is not modelled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from vtxero.sandbox.vtiger import (
    cloud_query,
    cloud_views,
    describing,
    elements,
    errors,
    papers,
    payments,
    rights,
    values,
    vtql,
)
from vtxero.sandbox.vtiger.cloud_edition import LINE_ACCOUNT
from vtxero.sandbox.vtiger.operations import Outcome
from vtxero.sandbox.vtiger.schema import INVENTORY, PRICED, Module
from vtxero.sandbox.vtiger.state import Record, User, VtigerState

Params = Mapping[str, str]
Handler = Callable[[VtigerState, User, Params], Any]

_PAGE: Final = 100
_MOMENT: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class CloudOperation:
    """One address: a reader takes its parameters from the query string, a poster from the form."""

    posts: bool
    handler: Handler | None = None
    writes: bool = False


def _me(state: VtigerState, user: User, _params: Params) -> dict[str, Any]:
    return cloud_views.me(state, user)


def _listtypes(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    if params.get("fieldTypeList", "null") not in {"", "null"} or any("[" in name for name in params):
        raise errors.NotModelledError("listtypes of the cloud edition with a fieldTypeList")
    return describing.listtypes(state, user, {})


def _retrieve(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    target = elements.locate(state, user, params.get("id", ""))
    if target.record is not None:
        rights.check_read(state, user, target.record)
    return cloud_views.retrieved(state, target)


def _query(state: VtigerState, user: User, params: Params) -> list[dict[str, Any]]:
    text = params.get("query", "")
    module = papers.module_for_query(state, user, vtql.module_named(text))
    rows = cloud_query.run(state, user, module, text, lambda record: cloud_views.listed(state, record))
    return rows if module.is_entity else [cloud_views.plain(row) for row in rows]


# -- writing -----------------------------------------------------------------------------------------------


def _create(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    element = _element(params)
    name = params.get("elementType", "")
    module = describing.open_module(state, user, name)
    _check(module, element)
    if not module.is_entity:
        if name != "Tax":
            raise errors.NotModelledError(f"create {name} in the cloud edition")
        return cloud_views.texts(elements.create(state, user, _params(element, name)))
    made = str(elements.create(state, user, _params(element, name))["id"])
    record = state.find(made)
    if record:
        payments.settle(state, record)
    return _settled(state, user, made, element)


def _update(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    record, element = _existing(state, user, params)
    kept = {"description": record.fields["description"]} if "description" in record.fields else {}
    before = payments.counted(state, record)
    elements.update(state, user, _params(kept | _kept(state, record) | element))
    payments.settle(state, record, before)
    return _settled(state, user, state.wire_id(record), element)


def _revise(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    """Change the fields sent and no others; of a tax the rate alone, as both editions' Tax takes it."""
    sent = _element(params)
    target = elements.locate(state, user, values.php_text(sent.get("id")), writing=True)
    if target.module.name == "Tax" and sent.keys() == {"id", "percentage"}:
        return cloud_views.plain(elements.revise(state, user, _params(sent)))
    record, element = _existing(state, user, params)
    if element.get("LineItems"):
        raise errors.NotModelledError("revise with lines in the cloud edition")
    before = payments.counted(state, record)
    elements.revise(state, user, _params(_kept(state, record) | element))
    payments.settle(state, record, before)
    return _settled(state, user, state.wire_id(record), element)


def _delete(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    record = elements.locate(state, user, params.get("id", "")).record
    if record is None:
        raise errors.NotModelledError("delete of a row of a plain table in the cloud edition")
    before = payments.counted(state, record)
    answer = elements.delete(state, user, params)
    payments.settle(state, record, before)
    return answer


def _element(params: Params) -> dict[str, Any]:
    """Read the element. That what is no JSON is refused is known, the words are not."""
    try:
        found = json.loads(params.get("element", ""), parse_float=str, parse_int=str)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise errors.VtigerError("INVALID_ELEMENT", "element is not a JSON object")
    return found


def _params(element: Mapping[str, Any], name: str = "") -> Params:
    return {"elementType": name, "element": json.dumps(element)}


def _existing(state: VtigerState, user: User, params: Params) -> tuple[Record, dict[str, Any]]:
    element = _element(params)
    target = elements.locate(state, user, values.php_text(element.get("id")), writing=True)
    if target.record is None:
        raise errors.NotModelledError(f"writing {target.module.name} in the cloud edition")
    _check(target.module, element)
    return target.record, element


def _kept(state: VtigerState, record: Record) -> dict[str, Any]:
    """Give what the open-source edition loses when it is not sent."""
    if record.module == INVENTORY:
        return {"conversion_rate": record.fields["conversion_rate"]}
    if record.module not in PRICED:
        return {}
    prices = {f"currency{number}": str(price) for number, price in record.prices.items()}
    money = {"currency_id": f"21x{record.currency}", "unit_price": record.fields["unit_price"]}
    return {name: rate for name, rate in record.taxes.items() if name in state.tax_names()} | prices | money


def _check(module: Module, element: Mapping[str, Any]) -> None:
    """Refuse to guess what the cloud makes of charges by kind, and of values that no picklist has."""
    charge = next((name for name in element if "_&_" in name), "")
    if charge:
        raise errors.NotModelledError(f"{charge} in the cloud edition, where charges are seen as a sum only")
    for field in module.describe["fields"]:
        choices = {each["value"] for each in field["type"].get("picklistValues") or ()}
        sent = values.php_text(element.get(field["name"]))
        if field["name"] != LINE_ACCOUNT and choices and sent and sent not in choices:
            raise errors.NotModelledError(f"{sent!r} as {field['name']}, which is not in its picklist")


def _settled(state: VtigerState, user: User, wire_id: str, element: Mapping[str, Any]) -> dict[str, Any]:
    """Store the accounts of lines, and show the record."""
    target = elements.locate(state, user, wire_id)
    sent = element.get("LineItems")
    if target.module.name == INVENTORY and isinstance(sent, list):
        accounts = [values.php_text(each.get(LINE_ACCOUNT)) for each in sent if isinstance(each, dict)]
        for line in state.lines_of(wire_id):
            line.fields[LINE_ACCOUNT] = accounts[int(line.fields["sequence_no"]) - 1]
    return cloud_views.retrieved(state, target)


# -- sync --------------------------------------------------------------------------------------------------


def _sync(state: VtigerState, user: User, params: Params) -> dict[str, Any]:
    """Tell what changed and what is gone after a moment: a hundred records, and all of the last one's second."""
    module = describing.open_module(state, user, params.get("elementType", ""))
    if not module.is_entity or module.name == "Users":
        raise errors.NotModelledError(f"sync of {module.name} in the cloud edition")
    kind = params.get("syncType") or "user"
    if kind not in {"application", "user"}:
        raise errors.NotModelledError(f"sync of the type {kind}")
    if kind == "application" and not user.is_admin:
        raise errors.VtigerError(errors.ACCESS_DENIED, "Only admin users can perform application sync")
    since = _moment(params.get("modifiedTime", ""))
    own = f"19x{user.number}"
    changed = [
        record
        for record in state.entities.values()
        if record.module == module.name
        and record.fields["modifiedtime"] > since
        and (kind == "application" or record.fields.get("assigned_user_id") == own)
    ]
    changed.sort(key=lambda record: (record.fields["modifiedtime"], record.number))
    boundary = changed[:_PAGE][-1].fields["modifiedtime"] if changed else since
    told = [record for record in changed if record.fields["modifiedtime"] <= boundary]
    return {
        "updated": [cloud_views.header(state, record) for record in told if not record.deleted],
        "deleted": [state.wire_id(record) for record in told if record.deleted],
        "lastModifiedTime": int(datetime.strptime(boundary, _MOMENT).replace(tzinfo=UTC).timestamp()),
        "more": len(told) < len(changed),
    }


def _moment(epoch: str) -> str:
    if not epoch.isdecimal():
        raise errors.NotModelledError("sync without a modifiedTime in whole seconds")
    return datetime.fromtimestamp(int(epoch), UTC).strftime(_MOMENT)


OPERATIONS: Final[dict[str, CloudOperation]] = {
    "me": CloudOperation(posts=False, handler=_me),
    "listtypes": CloudOperation(posts=False, handler=_listtypes),
    "describe": CloudOperation(posts=False, handler=cloud_views.described),
    "create": CloudOperation(posts=True, handler=_create, writes=True),
    "retrieve": CloudOperation(posts=False, handler=_retrieve),
    "query": CloudOperation(posts=False, handler=_query),
    "update": CloudOperation(posts=True, handler=_update, writes=True),
    "revise": CloudOperation(posts=True, handler=_revise, writes=True),
    "delete": CloudOperation(posts=True, handler=_delete, writes=True),
    "sync": CloudOperation(posts=False, handler=_sync),
    # These exist, and are not modelled.
    "relatedtypes": CloudOperation(posts=False),
    "retrieve_related": CloudOperation(posts=False),
    "query_related": CloudOperation(posts=False),
    "add_related": CloudOperation(posts=True),
    "delete_related": CloudOperation(posts=True),
    "lookup": CloudOperation(posts=False),
    "files_retrieve": CloudOperation(posts=False),
    "tags_add": CloudOperation(posts=True),
    "tags_retrieve": CloudOperation(posts=True),
    "tags_delete": CloudOperation(posts=True),
    "convertlead": CloudOperation(posts=True),
    "reopen": CloudOperation(posts=True),
    "get_account_hierarchy": CloudOperation(posts=False),
}


def perform(state: VtigerState, user: User, name: str, params: Params) -> Outcome:
    """Do one operation under the state's lock."""
    operation = OPERATIONS[name]
    if operation.handler is None:
        raise errors.NotModelledError(f"{name} of the cloud edition")
    with state.lock:
        result = operation.handler(state, user, params)
    return Outcome(result, (str(result["id"]),) if name == "create" else ())
