"""Records of entity modules: how what is sent becomes stored, and what is stored is shown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from vtxero.sandbox.vtiger import errors, papers, values
from vtxero.sandbox.vtiger.schema import INVENTORY, Field, Module
from vtxero.sandbox.vtiger.state import Record, User, VtigerState

NUMBER_PREFIXES: Final = {
    "Accounts": "ACC", "Contacts": "CON", "Products": "PRO", "Services": "SER", "Invoice": "INV", "PriceBooks": "PB",
    "Payments": "PAY",
}  # fmt: skip
_SERVER_OWNED: Final = frozenset({"createdtime", "modifiedtime", "modifiedby", "id"})
_RAW_MONEY: Final = frozenset({"hdnSubTotal", "hdnGrandTotal", "pre_tax_total"})
_CONVERTED: Final = frozenset({"annual_revenue", "purchase_cost"})
_TRUE: Final = frozenset({"1", "on"})


# -- checks, in the server's order: references, mandatory fields, duplicates --------------------------------


def check_references(state: VtigerState, module: Module, element: Mapping[str, Any]) -> None:
    """Refuse an id of the wrong kind; a well-formed id of nothing is accepted."""
    for field in module.fields.values():
        text = values.php_text(element.get(field.name))
        if field.type != "reference" or not text or field.name in _SERVER_OWNED:
            continue
        if state.is_83 and not values.is_id(text):
            raise errors.invalid_id()
        prefix = text.partition("x")[0]
        if not state.knows_prefix(prefix):
            raise errors.denied(on="id")
        if field.refers_to and state.module_name(prefix) not in field.refers_to:
            raise errors.VtigerError("REFERENCE_INVALID", f"Invalid reference specified for {field.name}")


def check_mandatory(module: Module, element: Mapping[str, Any], *, only_sent: bool = False) -> None:
    """Refuse at the first mandatory field, in the module's order, that has no value."""
    for name in module.mandatory:
        if only_sent and name not in element:
            continue
        if values.php_text(element.get(name)) == "":
            raise errors.missing(name)


def check_unique(state: VtigerState, module: Module, element: Mapping[str, Any], number: int = 0) -> None:
    """Refuse a value that another live record has; case and accents make no difference."""
    for field in module.fields.values():
        text = values.php_text(element.get(field.name))
        if not field.unique or not text:
            continue
        wanted = values.collate(text)
        for other in state.live(module.name):
            if other.number != number and values.collate(other.fields[field.name]) == wanted:
                raise errors.duplicate()


# -- storing -----------------------------------------------------------------------------------------------


def stored(state: VtigerState, user: User, field: Field, value: Any) -> str:
    """Turn a sent value into the column's text: cut, rounded, never refused."""
    text = values.php_text(value)
    if field.type == "boolean":
        return "1" if text in _TRUE else "0"
    if field.scale is not None:
        return field.empty if text == "" else _stored_number(state, user, field, value)
    if field.type == "date":
        return values.date_text(text)
    if field.is_reference:
        return text
    return values.purified(values.three_byte(text))[: field.length]


def _stored_number(state: VtigerState, user: User, field: Field, value: Any) -> str:
    amount = values.number(value)
    if field.type == "currency" and field.name not in _RAW_MONEY:
        amount = _as_user_sees(state, user, field, amount)
    if field.name == "commissionrate" and user.decimal_separator == ",":
        # The point of the wire is taken for the user's thousands separator.
        amount = values.number(values.php_text(value).replace(".", ""))
    return values.fixed(amount, field.scale or 0)


def _as_user_sees(state: VtigerState, user: User, field: Field, amount: Decimal) -> Decimal:
    """Round money to the API user's decimals; some fields also pass through the user's currency."""
    rate = Decimal(1)
    if field.name in _CONVERTED or field.name.startswith("cf_"):
        rate = currency_rate(state, user.currency)
    return values.rounded(amount * rate, user.decimals) / rate


def currency_rate(state: VtigerState, number: int) -> Decimal:
    currency = state.actors["Currency"].get(number)
    return (Decimal(currency["conversion_rate"]) if currency else Decimal(1)) or Decimal(1)


def sent_columns(
    state: VtigerState, user: User, module: Module, element: Mapping[str, Any], *, creating: bool
) -> dict[str, str]:
    """Return the columns a request may change; numbering, times and unknown names are passed over."""
    columns: dict[str, str] = {}
    for name in module.columns:
        field = module.fields[name]
        writable = field.editable or (name == "source" and creating)
        if name in element and writable and name not in _SERVER_OWNED:
            columns[name] = stored(state, user, field, element[name])
    return columns


def new_record(state: VtigerState, user: User, module: Module, element: Mapping[str, Any]) -> Record:
    """Save a new record: id from the common sequence, its own number, both times now."""
    now = state.now()
    fields = {name: module.fields[name].empty for name in module.columns}
    fields |= sent_columns(state, user, module, element, creating=True)
    fields["source"] = _capitals(fields.get("source", "")) or "WEBSERVICE"
    fields |= {"createdtime": now, "modifiedtime": now, "modifiedby": f"19x{user.number}"}
    if "assigned_user_id" in fields and not fields["assigned_user_id"]:
        fields["assigned_user_id"] = f"19x{user.number}"
    if number_field := module.number_field:
        fields[number_field] = take_entity_number(state, module.name)
    fields = {name: fields[name] for name in module.columns}
    return state.store(Record(module.name, state.take_number(), fields))


def _capitals(text: str) -> str:
    """Raise ASCII letters, as PHP 8 does; a single blank counts as nothing."""
    return "" if text == " " else "".join(char.upper() if char.isascii() else char for char in text)


def take_entity_number(state: VtigerState, module: str) -> str:
    """Take the next ACC1, INV1...; a parallel writer may be given the same one."""
    taken = state.numbering.get(module, 0) + 1
    lose = state.lose_lines
    if lose is None or module != INVENTORY or lose.random() >= 0.025:
        state.numbering[module] = taken
    return f"{NUMBER_PREFIXES[module]}{taken}"


def change(state: VtigerState, user: User, record: Record, columns: Mapping[str, str]) -> None:
    """Write columns; modifiedtime moves even when nothing else does."""
    record.fields.update(columns)
    record.fields["modifiedtime"] = state.now()
    record.fields["modifiedby"] = f"19x{user.number}"


def decoded(state: VtigerState, record: Record, element: Mapping[str, Any]) -> dict[str, Any]:
    """Decode the HTML entities of the texts that a revise changes, as only a revise does."""
    fields = state.modules[record.module].fields
    result = dict(element)
    for name, value in element.items():
        plain = (name in fields and fields[name].length is not None) or name == "description"
        if plain and isinstance(value, str) and (name == "description" or value != record.fields.get(name)):
            result[name] = html.unescape(value)
    return result


def escape_description(record: Record, element: Mapping[str, Any]) -> None:
    """Escape the stored description once more, as each update does that does not send one."""
    if "description" not in element and "description" in record.fields:
        record.fields["description"] = values.escaped_again(record.fields["description"])


def remove(state: VtigerState, user: User, record: Record) -> None:
    """Move to the recycle bin; the contacts of a deleted account lose it, its quotes and opportunities go too."""
    record.deleted = True
    change(state, user, record, {})
    if record.module == "Accounts":
        gone = state.wire_id(record)
        for contact in state.live("Contacts"):
            if contact.fields["account_id"] == gone:
                contact.fields["account_id"] = ""
                record.lost.append(contact.number)
        record.lost += papers.lose_account(state, gone)


def restore(state: VtigerState, user: User, record: Record) -> None:
    """Take out of the recycle bin, with what was lost then; a contact that has another account by now keeps it.

    Source: CRMEntity.restore and restoreRelatedRecords, which move no time but the record's own.
    """
    record.deleted = False
    change(state, user, record, {})
    for number in record.lost:
        contact = state.entities.get(number)
        if contact is not None and not contact.fields["account_id"]:
            contact.fields["account_id"] = state.wire_id(record)
    papers.regain(state, record.lost)
    record.lost.clear()


# -- showing -----------------------------------------------------------------------------------------------


def shown(state: VtigerState, record: Record, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the record's columns as the wire has them, without id and label."""
    module = state.modules[record.module]
    return {name: shown_value(state, module.fields[name], record.fields[name]) for name in names or module.columns}


def shown_value(state: VtigerState, field: Field, text: str) -> str | None:
    if field.type == "owner":
        return shown_owner(state, text)
    if field.type == "reference":
        target = shown_reference(state, text)
        # 8.3.0 answers null for an empty reference, except for this one.
        return None if not target and state.is_83 and field.name != "salesorder_id" else target
    return text


def shown_owner(state: VtigerState, text: str) -> str:
    """Show a user or a group by its number; an owner that does not exist comes back bare."""
    number = values.record_number(text)
    if number in state.actors["Users"]:
        return f"19x{number}"
    return f"20x{number}" if number in state.actors["Groups"] else str(number)


def shown_reference(state: VtigerState, text: str) -> str:
    """Show an id only while its record lives."""
    prefix, _, number = text.partition("x")
    module = state.module_by_prefix(prefix)
    if module is None or not number.isdecimal():
        return ""
    if module.name in state.actors:
        return text if int(number) in state.actors[module.name] else ""
    return text if state.find(text) is not None else ""


def label(state: VtigerState, record: Record) -> str:
    names = state.modules[record.module].label_fields
    return values.label(" ".join(record.fields[name] for name in names))
