"""Call limits and idempotency keys, as Xero counts them per app and organisation."""

from __future__ import annotations

import hashlib
import math
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vtxero.sandbox.xero.answers import Answer, problem
from vtxero.sandbox.xero.books import Clock

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
APP_MINUTE = 10_000
KEY_LIFE = timedelta(minutes=6)
KEY_LENGTH = 128


@dataclass(slots=True)
class Limits:
    """60 calls in any minute, 1,000 in a day with a fixed start, 5 at once; switched off, only the headers stay."""

    clock: Clock
    enabled: bool = True
    per_minute: int = 60
    per_day: int = 1000
    at_once: int = 5
    in_flight: int = 0
    most_in_flight: int = 0
    _recent: deque[datetime] = field(default_factory=deque)
    _day_start: datetime | None = None
    _today: int = 0

    def enter(self) -> Answer | None:
        """Count a call in, or refuse it with an empty 429 that names the limit; `leave` counts out what was let in."""
        now = self.clock()
        self._forget(now)
        refusal: Answer | None = None
        if self.enabled and self.in_flight >= self.at_once:
            refusal = self._refuse("concurrent", None)
        elif self.enabled and self._today >= self.per_day and self._day_start is not None:
            refusal = self._refuse("day", self._day_start + DAY - now)
        elif self.enabled and len(self._recent) >= self.per_minute:
            refusal = self._refuse("minute", self._recent[0] + MINUTE - now)
        if refusal is None:
            self._recent.append(now)
            self._today += 1
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return refusal

    def fresh(self) -> Limits:
        """Make the same limits for another organisation."""
        return Limits(self.clock, self.enabled, self.per_minute, self.per_day, self.at_once)

    def leave(self) -> None:
        self.in_flight -= 1

    def headers(self) -> dict[str, str]:
        """Give the headers that every answer carries."""
        used_minute, used_day = (len(self._recent), self._today) if self.enabled else (0, 0)
        return {
            "X-DayLimit-Remaining": str(max(0, self.per_day - used_day)),
            "X-MinLimit-Remaining": str(max(0, self.per_minute - used_minute)),
            "X-AppMinLimit-Remaining": str(max(0, APP_MINUTE - used_minute)),
        }

    def _forget(self, now: datetime) -> None:
        while self._recent and now - self._recent[0] >= MINUTE:
            self._recent.popleft()
        if self._day_start is None or now - self._day_start >= DAY:
            self._day_start, self._today = now, 0

    def _refuse(self, name: str, wait: timedelta | None) -> Answer:
        headers = {"X-Rate-Limit-Problem": name}
        if wait is not None:
            headers["Retry-After"] = str(max(1, math.ceil(wait.total_seconds())))
        return Answer(429, "", "", headers)


@dataclass(slots=True)
class IdempotencyKeys:
    """Stored answers, errors included, for six minutes; a key belongs to the app, not to the tenant."""

    clock: Clock
    _kept: dict[str, tuple[datetime, str, Answer]] = field(default_factory=dict)

    def find(self, key: str, method: str, target: str, body: bytes) -> Answer | None:
        """Give the stored answer of the same request, or a refusal when the key was used for another one."""
        if len(key) > KEY_LENGTH:
            return problem(400, "Bad Request", f"The Idempotency-Key must not be longer than {KEY_LENGTH} characters")
        now = self.clock()
        self._kept = {one: kept for one, kept in self._kept.items() if now - kept[0] < KEY_LIFE}
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept[1] != _fingerprint(method, target, body):
            return problem(400, "Bad Request", "The Idempotency-Key was already used with a different request")
        return kept[2]

    def keep(self, key: str, method: str, target: str, body: bytes, answer: Answer) -> None:
        self._kept[key] = (self.clock(), _fingerprint(method, target, body), answer)


def _fingerprint(method: str, target: str, body: bytes) -> str:
    return hashlib.sha256(f"{method} {target}\n".encode() + body).hexdigest()
