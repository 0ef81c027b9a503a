"""How values look on Xero's wire: dates, numbers, booleans, JSON text, and the envelope around them."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from vtxero.sandbox.xero.errors import BadRequestError

Record = dict[str, Any]
ZERO_ID = "00000000-0000-0000-0000-000000000000"
CENT = Decimal("0.01")
LARGEST = 12
"""Digits before the point that a number of a request may have: a hundred times the largest line amount."""
_SLASH_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
_HEX_ID = re.compile(r"^[0-9a-fA-F]{32}$")
_GUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def cents(value: Decimal) -> Decimal:
    """Round half away from zero to two places, as Xero rounds every money amount."""
    return value.quantize(CENT, ROUND_HALF_UP)


def places(value: Decimal, count: int) -> Decimal:
    """Round half away from zero to `count` places."""
    return value.quantize(Decimal(1).scaleb(-count), ROUND_HALF_UP)


def is_guid(text: str) -> bool:
    return bool(_GUID.match(text.lower()))


def hyphened(text: str) -> str:
    """Write an id of 32 hexadecimal digits as Xero does, with hyphens; anything else stays as it is."""
    return str(uuid.UUID(hex=text)) if _HEX_ID.match(text) else text


def given(value: Any) -> bool:
    """Tell a value from an absent one: null and the zero id count as absent."""
    return value is not None and value != ZERO_ID


def text_in(element: Record, name: str) -> str | None:
    """Read a text of a request; numbers are taken as text, as Xero does with codes."""
    value = element.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        raise BadRequestError.unreadable(f" {name} is no text")
    return str(value)


def number_in(element: Record, name: str) -> Decimal | None:
    """Read a number of a request, which may come as text."""
    value = element.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, int | float | Decimal | str) or isinstance(value, bool):
        raise BadRequestError.unreadable(f" {name} is no number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise BadRequestError.unreadable(f" Could not convert string to decimal: {value}. Path '{name}'") from None
    if not number.is_finite() or number.adjusted() >= LARGEST:
        raise BadRequestError.unreadable(f" Value was either too large or too small. Path '{name}'")
    return number


def bool_in(element: Record, name: str) -> bool | None:
    """Read a boolean of a request, which may come as text."""
    value = element.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise BadRequestError.unreadable(f" Could not convert string to boolean: {value}. Path '{name}'")


def date_in(element: Record, name: str) -> date | None:
    """Read a date of a request: YYYY-MM-DD, ISO with a time, or /Date(ms)/; zones are never applied."""
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        found = _SLASH_DATE.match(str(value))
        if found:
            return moment_of(int(found[1])).date()
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadRequestError.unreadable(f" Could not convert string to DateTime: {value}. Path '{name}'") from None


def moment_of(milliseconds: int) -> datetime:
    """Give the moment so many milliseconds after 1970.

    Raises:
        ValueError: it lies outside the years that can be written.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None


def parse_moment(value: Any) -> datetime | None:
    """Read a stored UpdatedDateUTC, in either of its forms."""
    if value is None or isinstance(value, datetime):
        return value
    found = _SLASH_DATE.match(str(value))
    if found:
        return moment_of(int(found[1]))
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def moment_out(moment: datetime) -> str:
    return f"/Date({int(moment.timestamp() * 1000)}+0000)/"


def date_out(day: date) -> str:
    """Write a calendar date: the organisation's midnight, written as if it were UTC."""
    return moment_out(datetime(day.year, day.month, day.day, tzinfo=UTC))


def both_dates(name: str, day: date | None) -> Record:
    """Write a document date the two ways in which Xero gives it."""
    if day is None:
        return {}
    return {f"{name}String": f"{day.isoformat()}T00:00:00", name: date_out(day)}


def updated_out(moment: datetime) -> Record:
    """Write the modification time with its ISO twin, as documents and payments have it."""
    return {
        "UpdatedDateUTC": moment_out(moment),
        "UpdatedDateUTCString": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def dumps(value: Any) -> str:
    """Write JSON with every Decimal as the number that it is, trailing zeros included."""
    write = _WRITERS.get(type(value))
    if write is None:
        raise TypeError(f"no place on the wire for {value!r}")
    return write(value)


def _object(value: Record) -> str:
    writers = _WRITERS
    return "{" + ",".join([f"{_key(name)}:{writers[type(one)](one)}" for name, one in value.items()]) + "}"


def _array(value: Iterable[Any]) -> str:
    return "[" + ",".join([dumps(one) for one in value]) + "]"


def _number(value: Decimal) -> str:
    text = str(value)
    return format(value, "f") if "E" in text else text


_key = functools.lru_cache(maxsize=1024)(quoted)
_WRITERS: dict[type, Callable[[Any], str]] = {
    str: quoted,
    Decimal: _number,
    dict: _object,
    list: _array,
    tuple: _array,
    bool: lambda value: "true" if value else "false",
    int: repr,
    float: repr,
    type(None): lambda _value: "null",
}


def envelope(request_id: str, now: datetime, plural: str, texts: Iterable[str], pagination: Record | None) -> str:
    """Put elements, each rendered already, into Xero's answer; even one record is an array."""
    head = f'"Id":"{request_id}","Status":"OK","ProviderName":"vtxero sandbox",'
    when = f'"DateTimeUTC":"/Date({int(now.timestamp() * 1000)})/",'
    pages = f'"pagination":{dumps(pagination)},' if pagination else ""
    return "{" + head + when + pages + f'"{plural}":[' + ",".join(texts) + "]}"
