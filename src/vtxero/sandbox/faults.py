"""Misbehaviour on request: lost replies, refusals, slowness, expired tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

DEEDS = ("drop-after-commit", "drop-before", "429", "500", "503", "slow", "expire-token")
KNOWN_KEYS = frozenset(
    {"path", "method", "body", "nth", "do", "seconds", "retry_after", "after_commit", "headers", "text"},
)


class FaultRuleError(ValueError):
    """The rule cannot be understood; its text says why."""


@dataclass(slots=True)
class FaultRule:
    """One rule: which requests it looks at, which of those it hits, and what it does to them.

    `path` is searched in "path?query", `body` in the request's text. `nth` counts the requests that match, from 1.
    `after_commit` lets the stand-in do its work before a 429, 500 or 503 is answered instead.
    """

    path: re.Pattern[str]
    do: str
    nth: tuple[int, ...] | None = (1,)
    method: str | None = None
    body: re.Pattern[str] | None = None
    seconds: float = 1.0
    retry_after: int | None = None
    after_commit: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    seen: int = 0
    fired: int = 0
    source: dict[str, Any] = field(default_factory=dict, repr=False)

    def hits(self, method: str, target: str, body: str) -> bool:
        """Count the request if it matches and tell whether this one is to be spoiled."""
        if self.method is not None and self.method != method:
            return False
        if not self.path.search(target) or (self.body is not None and not self.body.search(body)):
            return False
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        self.fired += 1
        return True

    def as_json(self) -> dict[str, Any]:
        return {**self.source, "seen": self.seen, "fired": self.fired}


@dataclass(slots=True)
class Faults:
    """The rules in force, in the order in which they were given."""

    rules: list[FaultRule] = field(default_factory=list)

    def add(self, *sources: dict[str, Any]) -> None:
        """Take rules as the HTTP address does; nothing is taken when one of them is wrong."""
        self.rules.extend([parse_rule(source) for source in sources])

    def clear(self) -> None:
        self.rules.clear()

    @property
    def need_body(self) -> bool:
        return any(rule.body is not None for rule in self.rules)

    def matching(self, method: str, target: str, body: str) -> list[FaultRule]:
        return [rule for rule in self.rules if rule.hits(method, target, body)]


def parse_rule(source: dict[str, Any]) -> FaultRule:
    """Turn one JSON rule into a rule, refusing what would silently never fire."""
    unknown = sorted(set(source) - KNOWN_KEYS)
    if unknown:
        raise FaultRuleError(f"unknown key {unknown[0]!r} in a fault rule; known: {', '.join(sorted(KNOWN_KEYS))}")
    deed = str(source.get("do", ""))
    if deed not in DEEDS:
        raise FaultRuleError(f"do: {deed!r} is none of {', '.join(DEEDS)}")
    method = source.get("method")
    if method is not None and not str(method).isalpha():
        raise FaultRuleError(f"method: {method!r} is none, such as POST; a rule has one")
    body = source.get("body")
    return FaultRule(
        path=_pattern(source.get("path", "")),
        do=deed,
        nth=_nth(source.get("nth", 1)),
        method=None if method is None else str(method).upper(),
        body=None if body is None else _pattern(body),
        seconds=float(source.get("seconds", 1.0)),
        retry_after=None if source.get("retry_after") is None else int(source["retry_after"]),
        after_commit=bool(source.get("after_commit", False)),
        headers={str(name): str(value) for name, value in source.get("headers", {}).items()},
        text=source.get("text"),
        source=dict(source),
    )


def _pattern(text: Any) -> re.Pattern[str]:
    try:
        return re.compile(str(text), re.IGNORECASE)
    except re.error as error:
        raise FaultRuleError(f"{text!r} is no regular expression: {error}") from error


def _nth(value: Any) -> tuple[int, ...] | None:
    if value == "every":
        return None
    try:
        return tuple(int(one) for one in value) if isinstance(value, list) else (int(value),)
    except (TypeError, ValueError) as error:
        raise FaultRuleError(f"nth: {value!r} is neither a number, a list of numbers nor 'every'") from error
