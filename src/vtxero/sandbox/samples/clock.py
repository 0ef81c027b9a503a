"""The time at which sample records come into being: in the past, one after the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

AGE = timedelta(days=30)
STEP = timedelta(minutes=20)


class PastClock:
    """Begins thirty days ago and stands still until it is stepped on."""

    def __init__(self) -> None:
        self._moment = datetime.now(UTC).replace(microsecond=0) - AGE

    def __call__(self) -> datetime:
        return self._moment

    def step(self) -> None:
        """Let twenty minutes pass."""
        self._moment += STEP


def present() -> datetime:
    """The clock of a stand-in that serves."""
    return datetime.now(UTC)
