"""Xero's `where` and `order`: read into predicates and sort keys over records (developer.xero.com: Requests)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from vtxero.sandbox.xero.errors import BadRequestError, NotModelledError
from vtxero.sandbox.xero.wire import Record, hyphened

Reader = Callable[[Record], Any]
Predicate = Callable[[Record], bool]
Fields = dict[str, Reader]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<guid>Guid\(\s*"(?P<guid_text>[0-9a-fA-F-]{32,36})"\s*\))
    | (?P<moment>DateTime\((?P<moment_text>[\d,\s]+)\))
    | (?P<parsed>DateTime\.Parse\(\s*"(?P<parsed_text>[^"]*)"\s*\))
    | "(?P<text>(?:[^"\\]|\\.)*)"
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<operator>==|!=|<=|>=|=|<|>)
    | (?P<join>&&|\|\||\bAND\b|\bOR\b)
    | (?P<bracket>[()])
    | (?P<word>\.?[A-Za-z_][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE | re.IGNORECASE,
)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: bool(left == right),
    "=": lambda left, right: bool(left == right),
    "!=": lambda left, right: bool(left != right),
    "<": lambda left, right: left is not None and bool(left < right),
    ">": lambda left, right: left is not None and bool(left > right),
    "<=": lambda left, right: left is not None and bool(left <= right),
    ">=": lambda left, right: left is not None and bool(left >= right),
}


def parse_where(text: str, fields: Fields) -> Predicate:
    """Turn a `where` text into a predicate.

    Raises:
        BadRequestError: it cannot be parsed.
        NotModelledError: it uses a field or function that this stand-in does not know.
    """
    parser = _Parser(_tokens(text), fields, text)
    predicate = parser.either()
    if parser.rest:
        raise BadRequestError.query(f"Syntax error in: {text}")
    return predicate


def parse_order(text: str, fields: Fields) -> list[tuple[Reader, bool]]:
    """Turn an `order` text into readers, each with whether it runs downwards."""
    keys: list[tuple[Reader, bool]] = []
    for part in text.split(","):
        words = part.split()
        if not words or len(words) > 2 or (len(words) == 2 and words[1].upper() not in {"ASC", "DESC"}):
            raise BadRequestError.query(f"Syntax error in: {text}")
        keys.append((_field(words[0], fields), len(words) == 2 and words[1].upper() == "DESC"))
    return keys


def sort_records(records: list[Record], keys: list[tuple[Reader, bool]]) -> list[Record]:
    """Sort by the keys, the first being the strongest; an absent value comes first."""
    ordered = list(records)
    for read, downwards in reversed(keys):
        ordered.sort(key=lambda record, read=read: _sortable(read(record)), reverse=downwards)  # type: ignore[misc]
    return ordered


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
_CHANGES = {"tolower", "toupper", "trim"}


def _tested(test: Callable[[str, str], bool], value: Any, wanted: Any) -> bool:
    """Apply a text function; what is absent has no text that it could hold."""
    return isinstance(value, str) and isinstance(wanted, str) and test(_plain(value), wanted)


def _changed(value: Any) -> Any:
    """Change case or blanks: only the blanks matter, for case never counts."""
    return value.strip() if isinstance(value, str) else value


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, _plain(value) if value is not None else 0)


def _field(name: str, fields: Fields) -> Reader:
    for known, reader in fields.items():
        if known.lower() == name.lower():
            return reader
    raise NotModelledError(f"filtering or ordering by {name!r} is not modelled by the stand-in")


def _plain(value: Any) -> Any:
    """Compare texts without letter case and without accents."""
    if isinstance(value, str):
        apart = unicodedata.normalize("NFKD", value.casefold())
        return "".join(letter for letter in apart if not unicodedata.combining(letter))
    return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadRequestError.query(f"Syntax error at position {position} in: {text}")
        kind = match.lastgroup or ""
        kind = kind.removesuffix("_text")
        value = match[f"{kind}_text"] if kind in {"guid", "moment", "parsed"} else match[kind]
        found.append((kind, value))
        position = match.end()
    return found


class _Parser:
    """Reads OR of ANDs of comparisons and brackets."""

    def __init__(self, tokens: list[tuple[str, str]], fields: Fields, text: str) -> None:
        self.rest = tokens
        self._fields = fields
        self._text = text

    def either(self) -> Predicate:
        parts = [self._all()]
        while self._take("join", {"||", "OR"}):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda record: any(part(record) for part in parts)

    def _all(self) -> Predicate:
        parts = [self._one()]
        while self._take("join", {"&&", "AND"}):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda record: all(part(record) for part in parts)

    def _one(self) -> Predicate:
        if self._take("bracket", {"("}):
            inner = self.either()
            if not self._take("bracket", {")"}):
                raise BadRequestError.query(f"')' expected in: {self._text}")
            return inner
        read = self._reader()
        if not self.rest or self.rest[0][0] != "operator":
            return lambda record: read(record) is True
        compare, wanted = _COMPARE[self._next("operator")], self._literal()
        return lambda record: _matches(compare, read(record), wanted)

    def _reader(self) -> Reader:
        """Read a field, and the functions called on it: Name.ToLower().Contains("x")."""
        name = self._next("word")
        if self.rest[:1] != [("bracket", "(")]:
            return _field(name, self._fields)
        field, _, function = name.rpartition(".")
        read = _field(field, self._fields)
        while self._take("bracket", {"("}):
            read = self._called(read, function)
            if self.rest[:1] and self.rest[0][0] == "word" and self.rest[0][1].startswith("."):
                function = self._next("word")[1:]
        return read

    def _called(self, read: Reader, function: str) -> Reader:
        test, change = _TESTS.get(function.lower()), function.lower() in _CHANGES
        if test is None and not change:
            raise NotModelledError(f"the function {function!r} in where is not modelled by the stand-in")
        wanted = _plain(self._literal()) if test else ""
        if not self._take("bracket", {")"}):
            raise BadRequestError.query(f"')' expected in: {self._text}")
        if test:
            return lambda record: _tested(test, read(record), wanted)
        return lambda record: _changed(read(record))

    def _literal(self) -> Any:
        kind, value = self.rest.pop(0) if self.rest else ("", "")
        match kind:
            case "text":
                return _plain(re.sub(r"\\(.)", r"\1", value))
            case "guid":
                return hyphened(value.casefold())
            case "moment":
                return _moment(value)
            case "parsed":
                return _parsed(value)
            case "number":
                return Decimal(value)
            case "word" if value.lower() in {"true", "false", "null"}:
                return {"true": True, "false": False, "null": None}[value.lower()]
        raise BadRequestError.query(f"Expression expected in: {self._text}")

    def _next(self, kind: str) -> str:
        if not self.rest or self.rest[0][0] != kind:
            raise BadRequestError.query(f"Syntax error in: {self._text}")
        return self.rest.pop(0)[1]

    def _take(self, kind: str, values: set[str]) -> bool:
        if self.rest and self.rest[0][0] == kind and self.rest[0][1].upper() in values:
            self.rest.pop(0)
            return True
        return False


def _matches(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """Compare a record's value with a literal; a date field is compared by its day."""
    if isinstance(right, datetime) and isinstance(left, date) and not isinstance(left, datetime):
        right = right.date()
    try:
        return compare(_plain(left), right)
    except TypeError:
        raise BadRequestError.query("Operator incompatible with operand types") from None


def _moment(value: str) -> datetime:
    try:
        return datetime(*(int(part) for part in value.split(",")), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (TypeError, ValueError):
        raise BadRequestError.query(f"DateTime({value}) is no date") from None


def _parsed(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadRequestError.query(f"String was not recognized as a valid DateTime: {value}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
