"""Rows from the wire: what they are read with, what of them is refused, and which of Vtiger's we made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.money import is_usable
from vtxero.domain.sides import Side
from vtxero.domain.text import is_broken, mended
from vtxero.errors import NotModelledError

_MOMENT = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


Text: TypeAlias = Annotated[str, BeforeValidator(_as_text)]
"""A value of the wire as text: numbers as they are written, null as blank (Vtiger 8.3.0 sends null for empty)."""


def _usable(amount: Decimal) -> Decimal:
    if not is_usable(amount):
        raise ValueError(f"{amount} is too large or too long a number to calculate with")
    return amount


Amount: TypeAlias = Annotated[Decimal, AfterValidator(_usable)]
"""A number of the wire that can be calculated with exactly."""


XeroId: TypeAlias = Annotated[str, StringConstraints(to_lower=True)]
"""An id of Xero's. Letter case says nothing in a GUID, and links compare ids as texts."""


XeroRef: TypeAlias = Annotated[XeroId, BeforeValidator(_as_text)]
"""The id of another record, blank where Xero gives none."""


class WireModel(BaseModel):
    """Base of the wire models: what is not named is kept aside, since custom fields have names of their own."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class VtigerRow(WireModel):
    """A row of any Vtiger module, read by field name."""

    id: str

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse half characters: neither the state nor the other service could hold the text."""
        check_whole(self.model_extra or {})
        return self

    def text(self, field: str) -> str:
        """Give a field's value, blank when the field has no name here, or the row does not have it."""
        return _as_text((self.model_extra or {}).get(field)).replace("\r\n", "\n") if field else ""


class XeroRow(WireModel):
    """Base of Xero's elements."""

    @model_validator(mode="before")
    @classmethod
    def _is_whole(cls, row: object) -> object:
        """Refuse half characters, wherever they stand."""
        check_whole(row)
        return row


def read_json(raw: bytes | str) -> Any:
    """Read JSON with its decimals as they are written.

    Raises:
        NotModelledError: it is no JSON.
    """
    try:
        return json.loads(raw, parse_float=Decimal)
    except ValueError as problem:
        raise NotModelledError(f"the page is no JSON: {problem}") from problem


def write_json(row: object) -> str:
    """Give a row as JSON text; decimals become strings, which the wire models read as well."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str)
    return json.dumps(row, separators=(",", ":"), default=str) if is_broken(text) else text


def check_whole(value: object, name: str = "value") -> None:
    """Check that the texts of a row are whole, all the way down.

    Raises:
        ValueError: one holds half a character, which no service, file or database can carry.
    """
    if isinstance(value, str):
        if is_broken(value):
            raise ValueError(f"its {name} holds half a character: {mended(value)!r}")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if not (isinstance(one, str) and one.isascii()):  # nearly all are, and need no look of their own
                check_whole(one, str(key))
    elif isinstance(value, list):
        for one in value:
            check_whole(one, name)


def faults_of(problem: Exception) -> str:
    """Say what is wrong with a row, field by field, without quoting the row."""
    if not isinstance(problem, ValidationError):
        return str(problem)
    faults = (
        (".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, "))
        for item in problem.errors(include_input=False)
    )
    return ", ".join(f"{place}: {said}".removeprefix(": ") for place, said in faults)


def xero_moment(text: str) -> str:
    """Turn Xero's `/Date(1789344000000+0000)/`, with or without an offset, into `2026-09-14T00:00:00`, UTC.

    The milliseconds are UTC whatever the offset says. An ISO time stays, without its zone letter and fraction.
    What is neither, or lies outside of all years, is blank: as a time it would lead the next reading astray.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found:
        try:
            return datetime.fromtimestamp(int(found.group(1)) // 1000, UTC).isoformat()[:19]
        except (ValueError, OverflowError, OSError):
            return ""
    iso = _ISO.match(text.strip())
    return iso.group() if iso else ""


def unreadable_finding(side: Side, what: str, problem: Exception) -> Finding:
    """Say that a row is not as the service's rows of `what` are, or holds what nothing can be done with."""
    code = Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED
    return finding(code, f"{side.label}'s answer for this {what} cannot be read ({faults_of(problem)}).")


SOURCE = "XERO "
"""What stands before Xero's id in `source`, a Vtiger field that every module has and that is set at creation only
(measured on 8.2.0, which keeps it in capitals): the marker of what we made there, without any custom field."""


def source_of(xero_id: str) -> str:
    """Give the `source` of a Vtiger record that is made from this Xero record."""
    return f"{SOURCE}{xero_id}"


def marked_source(source: str) -> str:
    """Give the Xero id that a `source` names, blank when we did not make the record."""
    return noted_id(source.removeprefix(SOURCE)) if source.startswith(SOURCE) else ""


def noted_id(text: str) -> str:
    """Give the Xero id that a text of Vtiger's holds, spelt as `XeroId` spells it, whoever wrote it there."""
    return text.strip().lower()
