"""Rows as Vtiger answers them, and the JSON pages made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from vtxero.domain.witness import Witness
from vtxero.errors import NotModelledError

Row: TypeAlias = dict[str, Any]
"""One record as decoded from the wire: strings mostly, Decimal for JSON fractions, None for blank in 8.3.0."""

_ID = re.compile(r"[0-9]+x[0-9]+\Z")
TAX_FIELD = re.compile(r"tax\d+\Z")


def as_row(found: Any) -> Row:
    """Insist on one record.

    Raises:
        NotModelledError: the answer is something else.
    """
    if isinstance(found, dict):
        return found
    raise NotModelledError(
        f"Vtiger answered with {type(found).__name__} where a record is expected.",
        remedy="Report this to vtxero with the version of Vtiger.",
    )


def text(row: Mapping[str, Any], name: str) -> str:
    """Give a field as text; absent and null are blank."""
    value = row.get(name)
    return "" if value is None else str(value)


def witness_of(row: Mapping[str, Any]) -> Witness:
    """Take a record's times from its row."""
    return Witness(text(row, "createdtime"), text(row, "modifiedtime"))


def number_of(wire_id: str) -> int:
    """Give the record's own number of `11x2`; 0 for what is no id."""
    tail = wire_id.rpartition("x")[2]
    return int(tail) if tail.isdecimal() else 0


def is_id(value: str) -> bool:
    """Tell an id (`11x2`) from anything else, which must never come into a query."""
    return _ID.match(value) is not None


def prefix_of(wire_id: str) -> str:
    """Give the module's part of `11x2`."""
    return wire_id.partition("x")[0]


def dump_page(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write composite rows as JSON; fractions become text, so that none is ever a float.

    Half a character goes along as Vtiger sent it, so that the record it stands in can be named.
    """
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain).encode(errors="surrogatepass")


def dump_element(element: Mapping[str, Any]) -> str:
    """Write an element for a form field. Numbers become text in plain notation, as Vtiger itself writes them."""
    return json.dumps({name: _wire(value) for name, value in element.items()}, ensure_ascii=True, separators=(",", ":"))


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} does not belong in a row")


def _wire(value: Any) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {name: _wire(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wire(each) for each in value]
    return value
