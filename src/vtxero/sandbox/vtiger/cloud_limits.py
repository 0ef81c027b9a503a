"""The cloud's limits of calls: so many in a minute and in a day, told in the headers of every answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

MINUTE: Final = 60
DAY: Final = 86_400


@dataclass(slots=True)
class FloodControl:
    """Counts calls. `counts` off lets all through and shows the whole limits as left. The clock is in epoch seconds.

    The limits are those of the edition Professional with two users.
    """

    counts: bool = True
    minute_limit: int = 60
    day_limit: int = 7_200
    clock: Callable[[], float] = time.time
    _window: float = 0.0
    _used: int = 0
    _calls: list[float] = field(default_factory=list)

    def take(self) -> bool:
        """Count a call; False when there is none left."""
        now = self.clock()
        if now >= self._window + MINUTE:
            self._window, self._used = now, 0
        self._calls = [each for each in self._calls if each > now - DAY]
        if not self.counts:
            return True
        if self._used >= self.minute_limit or len(self._calls) >= self.day_limit:
            return False
        self._used += 1
        self._calls.append(now)
        return True

    def headers(self) -> dict[str, str]:
        """Say what is left."""
        return {
            "X-FloodControl-MinuteLimit": str(self.minute_limit),
            "X-FloodControl-Remaining": str(self.minute_limit - self._used),
            "X-FloodControl-Reset": str(int(self._window) + MINUTE),
            "X-RateLimit-DailyLimit": str(self.day_limit),
            "X-RateLimit-Remaining": str(self.day_limit - len(self._calls)),
        }
