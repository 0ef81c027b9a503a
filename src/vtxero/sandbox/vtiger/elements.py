"""create, retrieve, update, revise and delete: finding the record, then handing over to its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import actors, describing, errors, inventory, products, records, rights, values
from vtxero.sandbox.vtiger.schema import INVENTORY, PRICED, Module
from vtxero.sandbox.vtiger.state import Record, User, VtigerState

_NEVER_FOUND: Final = frozenset({"ProductTaxes"})


@dataclass(frozen=True, slots=True)
class Target:
    """What an id points to: an entity, or a row of an actor."""

    module: Module
    number: int
    record: Record | None = None


def parse_element(state: VtigerState, text: str | None) -> dict[str, Any]:
    """Read the JSON of a form field; 8.2.0 takes bad JSON for an empty element."""
    try:
        found = json.loads(text or "", parse_float=Decimal)
    except ValueError:
        if state.is_83 and text:
            raise errors.internal() from None
        found = {}
    return found if isinstance(found, dict) else {}


def locate(state: VtigerState, user: User, wire_id: str, *, writing: bool = False) -> Target:
    """Find what an id means, or refuse with one of the server's four answers."""
    if writing and state.is_83 and not values.is_id(wire_id):
        raise errors.invalid_id()
    prefix = wire_id.partition("x")[0]
    name = state.module_name(prefix)
    if name is None:
        raise errors.denied(on="id")
    number = values.record_number(wire_id) if "x" in wire_id else 0
    module = state.modules.get(name)
    if module is None or (module.is_entity and name != "Users"):
        return _locate_entity(state, name, number)
    if name in _NEVER_FOUND or (name == "Users" and not user.is_admin) or not actors.exists(state, module, number):
        raise errors.denied()
    return Target(module, number)


def _locate_entity(state: VtigerState, name: str, number: int) -> Target:
    record = state.entities.get(number)
    if record is None or record.deleted:
        raise errors.denied()
    if record.module != name:
        raise errors.invalid_id()
    return Target(state.modules[name], number, record)


def create(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Create a record of any type that allows it."""
    name = params.get("elementType", "")
    if name not in describing.type_names(state, user):
        raise errors.denied()
    rights.check_create(user)
    element = parse_element(state, params.get("element"))
    if name == "Users":
        # The role is a reference to nothing the web service knows.
        raise errors.invalid_id() if state.is_83 else errors.denied(on="id")
    module = describing.open_module(state, user, name)
    if not module.is_entity:
        return actors.create(state, user, module, element)
    if name == INVENTORY:
        return inventory.create(state, user, element)
    records.check_references(state, module, element)
    records.check_mandatory(module, element)
    records.check_unique(state, module, element)
    if name in PRICED:
        products.check_numbers(state, name, element)
    record = records.new_record(state, user, module, element)
    if name in PRICED:
        products.create(state, user, record, element)
    return shown(state, record)


def retrieve(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Show everything of one record."""
    target = locate(state, user, params.get("id", ""))
    if target.record is None:
        return actors.retrieve(state, target.module, target.number)
    rights.check_read(state, user, target.record)
    if target.module.name == INVENTORY:
        return inventory.retrieve(state, target.record)
    return shown(state, target.record)


def update(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Change a record; all mandatory fields must be sent, what is not sent stays."""
    element = parse_element(state, params.get("element"))
    target = locate(state, user, values.php_text(element.get("id")), writing=True)
    if target.record is None:
        return actors.update(state, user, target.module, target.number, element)
    rights.check_write(state, user, target.record)
    if target.module.name == INVENTORY:
        return inventory.update(state, user, target.record, element)
    records.check_references(state, target.module, element)
    records.check_mandatory(target.module, element)
    former = target.record.fields.get("description")
    records.escape_description(target.record, element)
    result = _change(state, user, target, target.record, element)
    # A product's answer is put together before the escaping.
    return result | ({"description": former} if target.module.name in PRICED and "description" not in element else {})


def revise(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Change only what is sent; mandatory fields count only when they are."""
    element = parse_element(state, params.get("element"))
    target = locate(state, user, values.php_text(element.get("id")), writing=True)
    if target.record is None:
        return actors.revise(state, user, target.module, target.number, element)
    rights.check_write(state, user, target.record)
    element = records.decoded(state, target.record, element)
    if target.module.name == INVENTORY:
        return inventory.revise(state, user, target.record, element)
    records.check_references(state, target.module, element)
    records.check_mandatory(target.module, element, only_sent=True)
    return _change(state, user, target, target.record, element)


def delete(state: VtigerState, user: User, params: Mapping[str, str]) -> dict[str, Any]:
    """Move a record to the recycle bin; through the API an invoice's lines are gone."""
    target = locate(state, user, params.get("id", ""))
    if target.record is None:
        actors.delete(state, user, target.module, target.number)
        return {"status": "successful"}
    rights.check_write(state, user, target.record)
    records.remove(state, user, target.record)
    if target.module.name == INVENTORY:
        for line in state.lines_of(state.wire_id(target.record)):
            del state.lines[line.number]
    return {"status": "successful"}


def shown(state: VtigerState, record: Record) -> dict[str, Any]:
    """Show an entity that is no invoice: its columns, id, label, and a product's taxes and prices."""
    result = records.shown(state, record) | {"id": state.wire_id(record), "label": records.label(state, record)}
    return result | (products.shown(state, record) if record.module in PRICED else {})


def _change(state: VtigerState, user: User, target: Target, record: Record, element: dict[str, Any]) -> dict[str, Any]:
    records.check_unique(state, target.module, element, target.number)
    if target.module.name in PRICED:
        products.check_numbers(state, target.module.name, element)
    columns = records.sent_columns(state, user, target.module, element, creating=False)
    records.change(state, user, record, columns)
    if target.module.name in PRICED:
        products.change(state, user, record, element)
    return shown(state, record)


def parse_element_id(text: str | None) -> str:
    """Read only the id of an element, for naming a request; raises ValueError when it is no JSON."""
    found = json.loads(text or "")
    return values.php_text(found.get("id")) if isinstance(found, dict) else ""
