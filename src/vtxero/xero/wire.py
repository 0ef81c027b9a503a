"""Xero's JSON as text: elements cut out of an envelope as they came, moments read, payloads made plain. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from vtxero.domain.text import mended

EXACT_DIGITS = 15
"""xero-python turns a Decimal into a double, which gives back up to 15 significant digits unchanged (IEEE 754)."""

_BLANKS = re.compile(r"[ \t\r\n]*")
_SLASH_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_DECODER = json.JSONDecoder(parse_float=str)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an envelope: its text exactly as Xero wrote it, and the same read (fractions stay text)."""

    text: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer: its elements, Xero's `pagination` block where there is one, and Xero's clock (`DateTimeUTC`)."""

    elements: tuple[Element, ...]
    page: int | None = None
    page_count: int | None = None
    told_at: datetime | None = None


def read_envelope(body: bytes, plural: str) -> Envelope:
    """Take an answer apart without touching its numbers.

    Raises:
        ValueError: this is no envelope of these elements.
    """
    text = body.decode("utf-8-sig")
    elements: list[Element] | None = None
    pages: Any = None
    told_at: datetime | None = None
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError("the answer is no JSON object")
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        key, at = _key(text, at)
        if key == plural and text[at : at + 1] == "[":
            elements, at = _array(text, at)
        else:
            value, at = _DECODER.raw_decode(text, at)
            pages = value if key.lower() == "pagination" else pages
            told_at = parse_moment(value) if key.lower() == "datetimeutc" else told_at
        at = _next(text, at, "}")
    if _skip(text, at + 1) != len(text):
        raise ValueError("the answer goes on behind its end")
    if elements is None:
        raise ValueError(f"the answer holds no {plural}")
    told = {name.lower(): value for name, value in pages.items()} if isinstance(pages, dict) else {}
    return Envelope(tuple(elements), _whole(told.get("page")), _whole(told.get("pagecount")), told_at)


def mended_json(body: bytes) -> bytes:
    """Replace half characters (escapes of lone surrogates), which no strict reader of JSON takes.

    Raises:
        ValueError: it is no JSON otherwise either.
    """
    value = json.loads(body, parse_float=str)
    return mended(json.dumps(value, ensure_ascii=False)).encode()


def write_envelope(plural: str, texts: Sequence[str]) -> bytes:
    """Put elements' texts into an envelope of their own."""
    return f'{{"{plural}":[{",".join(texts)}]}}'.encode()


def parse_moment(text: object) -> datetime | None:
    """Read `/Date(ms+0000)/`, `/Date(ms)/` or ISO, None for anything else. The milliseconds are UTC in any case.

    The year 1 is no time either: it is how .NET writes that there is none.
    """
    if not isinstance(text, str):
        return None
    found = _SLASH_DATE.match(text)
    try:
        moment = _EPOCH + timedelta(milliseconds=int(found[1])) if found else datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year > 1 else None


def is_true(value: object) -> bool:
    """Read a boolean, which some of Xero's answers write as text."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def stamp(moment: datetime) -> str:
    """Write a moment as `If-Modified-Since` wants it and modification times are kept: UTC, seconds, no zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def plain(value: object) -> Any:
    """Make a payload plain for the SDK: dict, list, str, int, bool, Decimal, None; money stays exact.

    Raises:
        ValueError: a number that cannot travel exactly, or a value that JSON does not have.
    """
    match value:
        case None | bool():
            return value
        case str():
            return str(value)
        case int():
            return int(value)
        case Decimal():
            return _exact(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    raise ValueError(f"{type(value).__name__} has no place in a request to Xero")


def size_of(element: object) -> int:
    """Count the bytes that a plain element takes in a request (the SDK escapes all that is not ASCII)."""
    return len(json.dumps(element, default=str))


def _exact(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError(f"{amount} is no number")
    digits = amount.normalize().as_tuple().digits
    if len(digits) > EXACT_DIGITS:
        raise ValueError(f"{amount} has more than {EXACT_DIGITS} digits and cannot be sent exactly")
    return amount


def _key(text: str, at: int) -> tuple[str, int]:
    """Read a member's key; the place given back is where its value begins."""
    key, at = _DECODER.raw_decode(text, at)
    at = _skip(text, at)
    if not isinstance(key, str) or text[at : at + 1] != ":":
        raise ValueError("the answer is no JSON object")
    return key, _skip(text, at + 1)


def _array(text: str, start: int) -> tuple[list[Element], int]:
    found: list[Element] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        value, end = _DECODER.raw_decode(text, at)
        if not isinstance(value, dict):
            raise ValueError("an element is no JSON object")  # noqa: TRY004 - the text is at fault, not a type
        found.append(Element(text[at:end], value))
        at = _next(text, end, "]")
    return found, at + 1


def _next(text: str, at: int, closing: str) -> int:
    """Step over a comma to the next item, or stay on the closing mark."""
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return _skip(text, at + 1)
    if text[at : at + 1] == closing:
        return at
    raise ValueError("the answer is cut off")


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
