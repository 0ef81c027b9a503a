"""Where the next run begins to read (law 8 in `docs/laws.md`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

SHORT = 60.0
"""Seconds of reading that the sides' own overlap of five minutes covers amply."""

OVERLAP = 300.0
"""Seconds within which a service may show a change after the time that it writes on it."""

COMPLETE = "!"
"""Ends a cursor of which everything is known to have been read, up to its second: no overlap is taken off.

Else the last five minutes of a large run would be read again by every quiet run after it.
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The largest time known of a service, and a moment of that service's own clock, in seconds, at which it was."""

    newest: str
    clock: float

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Read one that was kept."""
        newest, _, clock = (text or "").rpartition(" ")
        return cls(newest, float(clock)) if newest else None

    def __str__(self) -> str:
        """Write it for `read`."""
        return f"{self.newest} {self.clock}"

    def proves(self, newest: str, began: float) -> bool:
        """Tell whether a read that began then has met every row up to that time."""
        return self.newest == newest and began - self.clock > OVERLAP


def is_complete(cursor: str) -> bool:
    """Tell whether nothing can come to light any more up to this cursor, but in its own second."""
    return cursor.endswith(COMPLETE)


def moment_of(cursor: str) -> str:
    """Give the time that a cursor stands for."""
    return cursor.removesuffix(COMPLETE)


def cursor_after(newest: str, seconds: float) -> str:
    """Give the cursor after a read that took so many seconds.

    A long read passes a row early that is edited while it goes on; a later row, edited after that, must not lead past
    that edit. So the cursor goes back by the time that the read took. No clock takes part, only its length, and the
    service's own notation is kept.
    """
    if seconds <= SHORT:
        return newest
    try:
        moment = datetime.fromisoformat(newest)
    except ValueError:
        return newest
    separator = "T" if "T" in newest else " "
    return (moment - timedelta(seconds=round(seconds))).isoformat(separator, timespec="seconds")
