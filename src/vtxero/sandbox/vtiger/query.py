"""Evaluates queries as the database behind the web service does, its joins and folds included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

from vtxero.sandbox.vtiger import errors, lines, records, rights, values, vtql
from vtxero.sandbox.vtiger.schema import HEADER_DISCOUNTS, INVENTORY, LINE_COLUMNS, PRICED, SYNTHETIC, Field, Module
from vtxero.sandbox.vtiger.state import Line, Record, User, VtigerState
from vtxero.sandbox.vtiger.vtql import Condition, Query

_TRAPS: Final = frozenset(LINE_COLUMNS) | frozenset(HEADER_DISCOUNTS)
_ID: Final = Field("id", "reference")
_NOTHING: Final = -1
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "EQ": lambda left, right: left == right,
    "NE": lambda left, right: left != right,
    "LT": lambda left, right: left < right,
    "GT": lambda left, right: left > right,
    "LTE": lambda left, right: left <= right,
    "GTE": lambda left, right: left >= right,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the SQL result: stored texts for comparing, shown values for the answer."""

    id: str
    stored: Mapping[str, str]
    shown: Callable[[tuple[str, ...]], dict[str, Any]]


def run(state: VtigerState, user: User, module: Module, text: str) -> list[dict[str, Any]]:
    """Answer a query; at most 100 SQL rows, which for joined invoices is fewer records."""
    query = vtql.parse(text)
    if query.module != module.name:
        raise errors.denied(query.module)
    check_fields(state, module, query)
    if query.count and state.is_83 and module.is_entity:
        return []
    joined = module.name == INVENTORY and _needs_lines(query)
    rows = matching(state, user, module, query, joined=joined)
    if query.count:
        return [{"count": str(len(rows))}]
    page = rows[query.offset : query.offset + query.limit]
    names = query.fields or _all_fields(state, module)
    # In queries 8.3.0 also answers null for empty dates.
    nulls = frozenset(name for name, each in module.fields.items() if state.is_83 and each.type == "date")
    folded: dict[str, dict[str, Any]] = {}
    for row in page:
        folded[row.id] = _answer(row, names, nulls)
    return list(folded.values())


def matching(state: VtigerState, user: User, module: Module, query: Query, *, joined: bool) -> list[Row]:
    """Find and order all rows; an invoice is one for each of its lines when they are joined."""
    rows = list(filter(_filter(module, query, strict=state.is_83), _rows(state, user, module, joined=joined)))
    for name in reversed(query.order):
        # One direction is given at the very end and belongs to the last field only.
        last = name == query.order[-1]
        rows.sort(key=_sort_key(module, name), reverse=query.descending and last)
    return rows


def _answer(row: Row, names: tuple[str, ...], nulls: frozenset[str]) -> dict[str, Any]:
    """Show a row: discounts of the header come out under the names of the line's, and the id is always there."""
    columns = tuple(HEADER_DISCOUNTS.get(name, name) for name in names)
    shown = row.shown(tuple(name for name in columns if name != "id")) | {"id": row.id}
    result = {name: shown[name] for name in columns} | {"id": row.id}
    for name in nulls & result.keys():
        result[name] = result[name] or None
    return result


def _needs_lines(query: Query) -> bool:
    named = {*query.fields, *query.order, *(each.field for group in query.alternatives for each in group)}
    return query.everything or bool(named & _TRAPS)


# -- fields ------------------------------------------------------------------------------------------------


def _all_fields(state: VtigerState, module: Module) -> tuple[str, ...]:
    if module.name == "LineItem":
        return lines.query_columns(state)
    if module.name == "Users":
        return tuple(name for name in module.fields if name not in {"user_password", "confirm_password", "accesskey"})
    return tuple(module.fields)


def check_fields(state: VtigerState, module: Module, query: Query) -> None:
    """Refuse a field that the module has not."""
    known = {*_all_fields(state, module), "id"}
    for name in query.fields:
        if name not in known:
            raise _unknown(module, name, f"'.{name}.'")
    for name in (*(each.field for group in query.alternatives for each in group), *query.order):
        if name not in known:
            raise _unknown(module, name, name)


def _unknown(module: Module, name: str, shown: str) -> errors.VtigerError:
    """Refuse a field; the described fields that have no column fail later, in SQL."""
    if SYNTHETIC.match(name) and module.name in {INVENTORY, *PRICED}:
        return errors.internal()
    return errors.VtigerError(errors.ACCESS_DENIED, f"Permission to access {shown} attribute denied.")


def _field(module: Module, name: str) -> Field:
    if name == "id":
        return _ID
    if module.name == "LineItem" and name not in module.fields:
        return Field(name, "double" if re.fullmatch(r"tax\d+", name) else "string")
    if module.name == INVENTORY and (name.startswith("tax") or name == "discount_percent"):
        return Field(name, "double")
    return module.fields[name]


# -- rows --------------------------------------------------------------------------------------------------


def _rows(state: VtigerState, user: User, module: Module, *, joined: bool) -> Iterator[Row]:
    if module.name == "LineItem":
        for line in state.lines.values():
            yield _line_row(state, line)
    elif module.name in state.actors:
        for row in state.actors[module.name].values():
            if row.get("deleted", "0") == "0":
                yield _plain_row(row)
    elif module.name != "ProductTaxes":
        grouped = state.lines_by_parent() if joined else {}
        for record in (each for each in state.live(module.name) if rights.sees(state, user, each)):
            if joined:
                yield from _joined_rows(state, record, grouped.get(state.wire_id(record), []))
            else:
                yield _header_row(state, record)


def _plain_row(row: Mapping[str, str]) -> Row:
    return Row(row["id"], row, lambda names: {name: row.get(name, "") for name in names})


def _header_row(state: VtigerState, record: Record) -> Row:
    wire_id = state.wire_id(record)
    return Row(wire_id, record.fields, lambda names: records.shown(state, record, names))


def _joined_rows(state: VtigerState, record: Record, found: list[Line]) -> Iterator[Row]:
    """Yield a row per line, and one without line columns when there is none (a left join)."""
    wire_id = state.wire_id(record)
    rows: list[Line | None] = [*found]
    for line in rows or [None]:
        columns = {"productid": line.product} | line.fields if line else {}
        own = {name: columns.get(name, "") for name in LINE_COLUMNS}
        stored = dict(record.fields) | own | {name: own[column] for name, column in HEADER_DISCOUNTS.items()}
        yield Row(wire_id, stored, partial(_show_joined, state, record, line))


def _show_joined(state: VtigerState, record: Record, line: Line | None, names: tuple[str, ...]) -> dict[str, Any]:
    shown = lines.alone(state, line) if line else {}
    return {
        name: shown.get(name, "")
        if name in LINE_COLUMNS
        else next(iter(records.shown(state, record, (name,)).values()))
        for name in names
    }


def _line_row(state: VtigerState, line: Line) -> Row:
    stored = {"parent_id": line.parent, "productid": line.product} | line.fields

    def show(names: tuple[str, ...]) -> dict[str, Any]:
        shown = lines.alone(state, line)
        return {name: shown[name] for name in names}

    return Row(f"33x{line.number}", stored, show)


# -- comparing ---------------------------------------------------------------------------------------------


def _filter(module: Module, query: Query, *, strict: bool) -> Callable[[Row], bool]:
    """Prepare the whole condition; a literal that cannot be an id is refused even when there are no rows."""
    groups = [[_test(module, each, strict=strict) for each in group] for group in query.alternatives]
    if not groups:
        return lambda _row: True
    return lambda row: any(all(test(row) for test in group) for group in groups)


def _test(module: Module, condition: Condition, *, strict: bool) -> Callable[[Row], bool]:
    field = _field(module, condition.field)
    if condition.operator == "LIKE":
        pattern = values.like_pattern(condition.values[0])
        return lambda row: pattern.fullmatch(values.fold(_text(field, row))) is not None
    wanted = [_literal(field, each, strict=strict) for each in condition.values]
    holds = _COMPARE.get(condition.operator, lambda key, _first: key in wanted)

    def test(row: Row) -> bool:
        key = _key(field, _text(field, row))
        return key is not None and holds(key, wanted[0])  # NULL matches nothing, not even !=

    return test


def _text(field: Field, row: Row) -> str:
    return row.id if field is _ID else row.stored.get(field.name, "")


def _literal(field: Field, text: str, *, strict: bool) -> Any:
    if field.is_reference:
        return _id_literal(field, text, strict=strict)
    if field.type in {"date", "datetime"}:
        return values.moment_literal(text)
    if field.scale is not None or field.type == "boolean":
        return values.number(text)
    return values.collate(text)


def _id_literal(field: Field, text: str, *, strict: bool) -> int:
    """Read an id, of which only the number counts: one of another module matches too.

    8.2.0 looks for an `x` in references only, and what has no number then matches nothing; 8.3.0 (`strict`) wants ids.
    """
    prefix, mark, number = text.partition("x")
    number = number.partition("x")[0]
    if not mark and field.type == "owner" and text.isdecimal():
        return int(text)
    proper = prefix.isdecimal() and number.isdecimal()
    if not proper and (strict or (not mark and field.type == "reference" and field is not _ID)):
        raise errors.invalid_id()
    return int(number) if proper else _NOTHING


def _key(field: Field, text: str) -> Any:
    """Give the comparable form of a stored value; None is SQL's NULL."""
    if field.is_reference:
        return values.record_number(text)
    if field.type in {"date", "datetime"}:
        return values.moment_literal(text) if text else None
    if field.scale is not None or field.type == "boolean":
        return values.number(text) if text else None
    return values.collate(text)


def _sort_key(module: Module, name: str) -> Callable[[Row], Any]:
    field = _field(module, name)
    empty: Any = Decimal("-Infinity") if field.scale is not None or field.type == "boolean" else ""

    def key(row: Row) -> Any:
        found = _key(field, _text(field, row))
        return empty if found is None else found

    return key
