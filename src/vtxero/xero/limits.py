"""Xero's call limits, kept from this side: 60 calls a minute, 5 at once, a number a day told by Xero.

Source: developer.xero.com/documentation/guides/oauth2/limits. Fed by the headers of every answer; time is given.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime

from vtxero.errors import BudgetError
from vtxero.sync.ports import Clock

PER_MINUTE = 60
AT_ONCE = 5
WINDOW = 60.0
CEILING = 70.0
"""The longest wait that is waited out, in seconds: a whole minute window and a little."""
CONCURRENT_PAUSE = 1.0
MINUTE_HEADERS = ("X-MinLimit-Remaining", "X-AppMinLimit-Remaining")
DAY_HEADER = "X-DayLimit-Remaining"


class Limiter:
    """Lets calls pass at the pace that Xero allows, and ends the run where the wait would be long.

    A call counts from its *answer* for a minute: whenever Xero counted it, that was earlier, so that no minute of
    Xero's holds more than 60 of ours. Safe to use from several threads.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        ceiling: float = CEILING,
    ) -> None:
        self.day_remaining: int | None = None
        """Calls left today by Xero's last answer, None before the first."""
        self.server_date = ""
        """The date header of Xero's last answer: its clock, blank before the first."""
        self._clock = clock
        self._sleep = sleep
        self._ceiling = ceiling
        self._answered: deque[float] = deque()
        self._in_flight = 0
        self._foreign_left: int | None = None
        self._hold_until = 0.0
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._mutex = threading.Lock()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Wait for the right to send one call, and hold it until the answer is there.

        Raises:
            BudgetError: the day's calls are used up, or the wait would be longer than the ceiling.
        """
        with self._slots:
            self._take()
            try:
                yield
            finally:
                with self._mutex:
                    self._in_flight -= 1
                    self._answered.append(self._clock.monotonic())

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of calls left; another program may be using up the same limits."""
        with self._mutex:
            self.server_date = headers.get("Date") or self.server_date
            day = _number(headers.get(DAY_HEADER))
            if day is not None:
                self.day_remaining = day
            told = [left for name in MINUTE_HEADERS if (left := _number(headers.get(name))) is not None]
            if told:
                self._learn_minute(min(told))

    def _learn_minute(self, told: int) -> None:
        """Note when Xero has counted more calls than ours; otherwise our own count governs."""
        if told >= PER_MINUTE - self._used:
            self._foreign_left = None
            return
        self._foreign_left = told - max(self._in_flight - 1, 0)
        if self._foreign_left <= 0:
            self._hold_until = max(self._hold_until, self._clock.monotonic() + WINDOW)

    def pause(self, problem: str, seconds: int | None) -> None:
        """Wait out a 429, which says which limit it was and mostly for how long.

        Raises:
            BudgetError: it is the day's limit, or the wait would be longer than the ceiling.
        """
        if seconds is None and problem.lower() == "day":
            raise self._over("day", None)
        if seconds is None:
            seconds = int(CONCURRENT_PAUSE if problem.lower() == "concurrent" else WINDOW)
        seconds = max(seconds, int(CONCURRENT_PAUSE))
        if seconds > self._ceiling:
            raise self._over(problem or "call", seconds)
        with self._mutex:
            self._foreign_left = None
            self.day_remaining = None if problem.lower() == "day" else self.day_remaining
            self._hold_until = self._clock.monotonic() + seconds
        self._sleep(seconds)

    @property
    def _used(self) -> int:
        return len(self._answered) + self._in_flight

    def _take(self) -> None:
        while True:
            with self._mutex:
                wait = self._wait()
                if wait <= 0:
                    self._in_flight += 1
                    if self._foreign_left is not None:
                        self._foreign_left -= 1
                    return
            if wait > self._ceiling:
                raise self._over("minute", wait)
            self._sleep(wait)

    def _wait(self) -> float:
        """Give the seconds until one more call may leave; 0 or less for now."""
        if self.day_remaining is not None and self.day_remaining <= 0:
            raise self._over("day", None)
        now = self._clock.monotonic()
        if self._hold_until > now:
            return self._hold_until - now
        while self._answered and self._answered[0] + WINDOW <= now:
            self._answered.popleft()
        if self._used >= PER_MINUTE:
            return self._answered[0] + WINDOW - now
        if self._foreign_left is not None and self._foreign_left <= 0:
            if self._in_flight:
                return CONCURRENT_PAUSE
            self._foreign_left = None
        return 0.0

    def _over(self, limit: str, seconds: float | None) -> BudgetError:
        if seconds is None:
            until = "until Xero's day for this organisation starts anew"
        else:
            moment = self._clock.now() + timedelta(seconds=seconds)
            until = f"until {moment:%Y-%m-%d %H:%M} UTC"
        return BudgetError(
            f"Xero's {limit} limit of calls is used up {until}.",
            remedy="What is done is saved; the next run goes on from there.",
        )


def told_wait(headers: Mapping[str, str]) -> int | None:
    """Read Retry-After: seconds, or a date, counted from the answer's own (RFC 9110 §10.2.3); None for neither."""
    told = headers.get("Retry-After") or ""
    try:
        return max(math.ceil(float(told)), 0)
    except (ValueError, OverflowError):
        pass
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(headers.get("Date") or "")
    except (ValueError, TypeError):
        return None
    return max(round(wait.total_seconds()), 0)


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
