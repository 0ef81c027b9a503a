"""One call to the accounting API, as the readers and writers see it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import BadRequestError, NotModelledError
from vtxero.sandbox.xero.markup import from_xml
from vtxero.sandbox.xero.wire import Record, hyphened


@dataclass(slots=True)
class Call:
    """Method, path behind /api.xro/2.0, query with lower-case names, headers with lower-case names, body."""

    books: Books
    method: str
    parts: list[str]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    operation: str = ""
    created: list[str] = field(default_factory=list)

    @property
    def places(self) -> int:
        """Decimals of unit amounts: two, or four with `unitdp=4`."""
        return self.whole("unitdp", 2)

    def allow(self, names: frozenset[str] | set[str]) -> None:
        """Refuse, loudly, query parameters that are not modelled here; `unitdp` may come with any call."""
        unknown = sorted(set(self.query) - names - {"unitdp"})
        if unknown:
            raise NotModelledError(f"query parameter {unknown[0]!r} on {self.method} {'/'.join(self.parts)}")
        if self.places not in {2, 4}:
            raise NotModelledError(f"unitdp={self.query['unitdp']}")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a boolean parameter; letter case does not count."""
        value = self.query.get(name)
        if value is None:
            return default
        if value.lower() not in {"true", "false"}:
            raise BadRequestError.query(f"{name} must be true or false")
        return value.lower() == "true"

    def whole(self, name: str, default: int) -> int:
        try:
            return int(self.query.get(name, default))
        except ValueError:
            raise BadRequestError.query(f"{name} must be a whole number") from None

    def listed(self, name: str) -> set[str]:
        """Read a comma list, without letter case; ids may come without their hyphens."""
        return {hyphened(one.strip().casefold()) for one in self.query.get(name, "").split(",") if one.strip()}

    def content(self) -> Any:
        """Read the body, numbers exactly as they were written: JSON, XML, or XML in the field `xml` of a form.

        A body without a type is what it looks like.

        Raises:
            BadRequestError: it cannot be read.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = self.body
        if kind == "application/x-www-form-urlencoded":
            fields = dict(parse_qsl(body, keep_blank_values=True))
            kind, body = "text/xml", fields.get(b"xml", b"")
        if kind in {"application/json", "text/json"} or (not kind and body.lstrip()[:1] != b"<"):
            return _json(body)
        if kind in {"", "application/xml", "text/xml"}:
            return from_xml(body)
        raise NotModelledError(f"a request body of type {kind}; send JSON or XML")

    def elements(self, plural: str) -> list[Record]:
        """Take the elements out of the body: an envelope, an array, or one alone.

        Raises:
            BadRequestError: there are none, or they are no objects.
        """
        body = self.content()
        if isinstance(body, dict):
            named = next((body[name] for name in body if name.lower() == plural.lower()), None)
            body = body if named is None else named
        elements = body if isinstance(body, list) else [body]
        if not elements:
            raise BadRequestError.unreadable(f" no {plural} in the request")
        if not all(isinstance(element, dict) for element in elements):
            raise BadRequestError.unreadable(f" {plural} must be objects")
        return elements


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadRequestError.unreadable(f" {error}") from None
