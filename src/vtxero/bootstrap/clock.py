"""The real clock, the only place that asks the machine for the time."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime


class SystemClock:
    """Time as the machine has it. No decision about records depends on it (law 8 in `docs/laws.md`)."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds for measuring."""
        return time.monotonic()


def new_run_id(moment: datetime) -> str:
    """Name a run after its start: `2026-11-22T15-12-16Z-3f9c`. Names sort as the runs did."""
    return f"{moment:%Y-%m-%dT%H-%M-%SZ}-{secrets.token_hex(2)}"
