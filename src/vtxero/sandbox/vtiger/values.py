"""How values look on Vtiger's wire and how its database compares and cuts them."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from html.entities import codepoint2name
from typing import Any

_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_LEADING_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_SCRIPT = re.compile(r"script.*/script", re.IGNORECASE | re.ASCII)
_SQL_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def record_number(wire_id: str) -> int:
    """Return the record's own number of `11x2`, or 0 when there is none."""
    tail = wire_id.rpartition("x")[2]
    return int(tail) if tail.isdecimal() else 0


def is_id(text: str) -> bool:
    prefix, mark, number = text.partition("x")
    return bool(mark) and prefix.isdecimal() and number.isdecimal()


def php_text(value: Any) -> str:
    """Turn a decoded JSON value into the text PHP would store."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, (list, dict)):
        return "Array"
    return str(value)


def can_calculate(value: Any) -> bool:
    """Tell whether PHP 8 can calculate with the value; `5abc` counts as 5, `""` and `"abc"` kill the request."""
    if value is None or isinstance(value, (int, Decimal)):
        return True
    return isinstance(value, str) and _LEADING_NUMBER.match(value) is not None


def is_true(value: Any) -> bool:
    """Tell what PHP takes for true: `"0.0"` is, `"0"` is not."""
    return bool(value) and value != "0"


def number(value: Any) -> Decimal:
    """Read as MySQL does: the leading number of a text, else 0."""
    match = _LEADING_NUMBER.match(php_text(value))
    try:
        return Decimal(match.group().strip()) if match else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def fixed(value: Decimal, scale: int) -> str:
    """Store in a DECIMAL(n, scale) column."""
    with localcontext(_CONTEXT):
        return f"{value.quantize(Decimal(1).scaleb(-scale)) + 0:.{scale}f}"


def rounded(value: Decimal, scale: int) -> Decimal:
    return Decimal(fixed(value, scale))


def json_number(value: Decimal) -> int | float:
    """Return what PHP's json_encode prints for a float: whole numbers without a fraction."""
    return int(value) if value == value.to_integral_value() else float(value)


def three_byte(text: str) -> str:
    """Replace what utf8mb3 tables cannot hold: each 4-byte character becomes `????`."""
    return "".join("????" if ord(char) > 0xFFFF else char for char in text)


def date_text(text: str) -> str:
    """Bring a date to yyyy-mm-dd; day-first forms happen to be understood, anything else is lost."""
    if match := _ISO_DATE.match(text.strip()):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.match(text.strip()):
        day, month, year = match.groups()
    else:
        return ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def moment_literal(text: str) -> str:
    """Bring a date or datetime literal to 19 characters; a zone letter is ignored as MySQL does."""
    plain = text.strip().replace("T", " ").rstrip("Z")
    return plain + " 00:00:00" if len(plain) == 10 else plain[:19]


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Give the key of utf8_general_ci: no case, no accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).upper()


def collate(text: str) -> str:
    """Give the comparison key; trailing blanks do not count (PAD SPACE)."""
    return fold(text.rstrip(" "))


def sql_unescape(text: str) -> str:
    """Undo MySQL's backslash escapes of a string literal."""
    return re.sub(r"\\(.)", lambda hit: _SQL_ESCAPES.get(hit.group(1), hit.group(1)), text, flags=re.DOTALL)


def like_pattern(text: str) -> re.Pattern[str]:
    """Compile a LIKE pattern for text that went through `fold`."""
    parts: list[str] = []
    chars = iter(fold(text))
    for char in chars:
        if char == "\\":
            parts.append(re.escape(next(chars, "\\")))
        else:
            parts.append({"%": ".*", "_": "."}.get(char, re.escape(char)))
    return re.compile("".join(parts), re.DOTALL)


def entities(text: str) -> str:
    """Escape as PHP's htmlentities does, which knows the entities of HTML 4 only."""
    return "".join(
        "&#039;" if char == "'" else f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name else char
        for char in text
    )


def label(text: str) -> str:
    """Make the record's label: decoded, trimmed, escaped; the only field that stays escaped on the wire."""
    return entities(html.unescape(text).strip(" \t\n\r\0\x0b"))


def purified(text: str) -> str:
    """Store a text: a script in it makes the server escape every angle bracket and quote.

    What it takes for one is any line with `script` and later `/script`; tags play no part.
    """
    if not _SCRIPT.search(text):
        return text
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def escaped_again(text: str) -> str:
    """Apply the escaping that each `update` without a description puts on the stored one."""
    return html.escape(text, quote=False).replace('"', "&quot;").replace("'", "&#039;")
