"""The cloud edition's limits of calls, as its answers tell them: waited for where that is short, else the run ends.

Every answer has X-FloodControl-Remaining and -Reset (the minute, an epoch in seconds) and X-RateLimit-Remaining (the
day); some have X-RateLimit-Reset. A call too many is HTTP 429, for which no Retry-After is documented. It has also been
seen for bursts of more than three calls in a second, with calls of the minute left. Source: Vtiger's help, article
152099716, and public clients.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

import httpx

from vtxero.errors import BudgetError, TemporaryError, VtxeroError
from vtxero.vtiger.errors import LONGEST_WAIT, Call, PassingFaultError
from vtxero.vtiger.transport import Sleep

MINUTE = 60.0
SPACING = 0.35
"""Seconds between calls once a burst was refused."""

BACKOFF = (2.0, 8.0, 30.0)
"""Seconds to wait after each 429 in a row that does not say how long."""


class Limits:
    """What is left of the minute and of the day. Waits go by the server's clock, so ours does not matter."""

    def __init__(self, sleep: Sleep, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        self._free_at = 0.0
        self._asked_at = 0.0
        self._spacing = 0.0
        self._day_is_over = False
        self._refusals = 0
        self.day_left: int | None = None
        """Calls left for the day by the last answer that said so."""

    def before(self, call: Call) -> None:
        """Wait until a call may be made.

        Raises:
            BudgetError: none may be made today.
        """
        if self._day_is_over:
            raise _day_over(call)
        wait = max(self._free_at, self._asked_at + self._spacing) - self._monotonic()
        if wait > 0:
            self._sleep(wait)
        self._free_at = 0.0
        self._asked_at = self._monotonic()

    def note(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer says is left."""
        told = headers.get("x-ratelimit-remaining", "")
        if told.isdecimal():
            self.day_left = int(told)
        if headers.get("x-floodcontrol-remaining") == "0":
            self._free_at = self._monotonic() + _minute_wait(headers)
        wait = _day_wait(headers)
        if wait > LONGEST_WAIT:
            self._day_is_over = True
        elif wait:
            self._free_at = max(self._free_at, self._monotonic() + wait)

    def accepted(self) -> None:
        """Take note that a call was let through."""
        self._refusals = 0

    def refused(self, headers: Mapping[str, str], call: Call) -> VtxeroError | PassingFaultError:
        """Say what to do about HTTP 429."""
        # Waiting is done by whoever sends again; `before` is not asked in between.
        self._free_at = 0.0
        wait = _told_wait(headers)
        if wait is None:
            if self._day_is_over:
                return _day_over(call)
            if self._refusals >= len(BACKOFF):
                return _limited(call, "for longer than is worth waiting")
            wait = BACKOFF[self._refusals]
            self._spacing = SPACING
        elif wait > LONGEST_WAIT:
            return _limited(call, f"for {wait:.0f} seconds")
        self._refusals += 1
        return PassingFaultError(_busy(call), wait=wait)


def _told_wait(headers: Mapping[str, str]) -> float | None:
    plain = headers.get("retry-after", "")
    if plain.isdecimal():
        return float(plain)
    if headers.get("x-floodcontrol-remaining") == "0" and _day_wait(headers) <= LONGEST_WAIT:
        return max(_minute_wait(headers), _day_wait(headers))
    return None


def _minute_wait(headers: Mapping[str, str]) -> float:
    """Give the seconds until the minute's calls come back; a whole minute where the answer tells nonsense."""
    wait = _until(headers.get("x-floodcontrol-reset", ""), headers)
    # Vtiger's own example is an epoch in the year 2456.
    return wait if wait is not None and wait <= 2 * MINUTE else MINUTE


def _day_wait(headers: Mapping[str, str]) -> float:
    """Give the seconds until the day's calls come back: 0 while some are left, endless where nobody says."""
    if headers.get("x-ratelimit-remaining") != "0":
        return 0.0
    wait = _until(headers.get("x-ratelimit-reset", ""), headers)
    return float("inf") if wait is None else wait


def _until(epoch: str, headers: Mapping[str, str]) -> float | None:
    """Give the seconds from the answer's date to a moment, at least one: a date has no fractions."""
    if not epoch.isdecimal():
        return None
    try:
        return max(1.0, float(epoch) - parsedate_to_datetime(headers.get("date", "")).timestamp())
    except ValueError:
        return None


def is_refusal(response: httpx.Response) -> bool:
    """Tell whether a call was one too many."""
    return response.status_code == httpx.codes.TOO_MANY_REQUESTS


def _busy(call: Call) -> TemporaryError:
    return TemporaryError(
        f"Vtiger at {call.endpoint} takes no more calls just now (HTTP 429).",
        remedy="Run again in a few minutes; what is done is saved.",
    )


def _limited(call: Call, how_long: str) -> BudgetError:
    return BudgetError(
        f"Vtiger at {call.endpoint} takes no more calls {how_long} (HTTP 429).",
        remedy="Run again after that; what is done is saved.",
    )


def _day_over(call: Call) -> BudgetError:
    return BudgetError(
        f"The calls that Vtiger at {call.endpoint} allows in a day are used up.",
        remedy="Run again tomorrow; what is done is saved. Other programs' calls count too, and more can be bought.",
    )
