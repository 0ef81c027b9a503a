"""One call to the accounting API, as the readers and writers see it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import BadRequestError, NotModelledError


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
        """Refuse, loudly, query parameters that are not modelled here."""
        unknown = sorted(set(self.query) - names)
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
        """Read a comma list, without letter case."""
        return {one.strip().casefold() for one in self.query.get(name, "").split(",") if one.strip()}

    def json(self) -> Any:
        """Read the body, numbers exactly as they were written.

        Raises:
            BadRequestError: it is no JSON.
        """
        kind = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind not in {"application/json", "text/json"}:
            raise NotModelledError(f"a request body of type {kind}; send application/json")
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, UnicodeDecodeError) as error:
            raise BadRequestError.unreadable(f" {error}") from None
