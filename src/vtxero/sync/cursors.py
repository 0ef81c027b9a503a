"""Where the next run begins to read (law 8 in `docs/laws.md`)."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORT = 60.0
"""Seconds of reading that the sides' own overlap of five minutes covers amply."""


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
