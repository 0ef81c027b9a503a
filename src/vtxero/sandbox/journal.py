"""What a stand-in was asked, in order, so that tests and people can read it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request served; `status` is None when the reply was dropped on purpose."""

    method: str
    path: str
    query: str
    status: int | None
    size: int
    milliseconds: float
    operation: str | None
    write: bool
    created: tuple[str, ...]
    fault: str | None
    headers: dict[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Leave out headers and body: they may hold credentials and are for in-process readers only."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "status": self.status,
            "bytes": self.size,
            "milliseconds": round(self.milliseconds, 3),
            "operation": self.operation,
            "write": self.write,
            "created": list(self.created),
            "fault": self.fault,
        }


@dataclass(slots=True)
class Journal:
    """Every request served since the start or the last `clear`, in order of arrival of its answer."""

    keep_bodies: bool = False
    entries: list[JournalEntry] = field(default_factory=list)

    def clear(self) -> None:
        self.entries.clear()

    @property
    def writes(self) -> list[JournalEntry]:
        return [entry for entry in self.entries if entry.write]
