"""What is remembered of a service's records, so that it is known again: when each was made and changed last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from vtxero.domain.ids import record_number

KEPT = 100
"""So many of the records changed last are remembered, and as many of those with the highest numbers."""

_FULL = 2_000


@dataclass(frozen=True, slots=True)
class Witness:
    """A record's times as the service told them, in its own notation; blank where it tells none."""

    created: str
    modified: str


Witnesses: TypeAlias = Mapping[str, Witness]
"""By the service's id."""


class Memory:
    """Notes what passes in answers, and keeps the newest of it however much passes."""

    def __init__(self) -> None:
        self._seen: dict[str, Witness] = {}

    def note(self, record_id: str, witness: Witness) -> None:
        """Take a record as it was just told; one without a time says nothing."""
        if not record_id or not witness.modified:
            return
        self._seen[record_id] = witness
        if len(self._seen) > _FULL:
            self._seen = newest(self._seen)

    @property
    def seen(self) -> dict[str, Witness]:
        """The newest of what passed, each as it was told last."""
        return newest(self._seen)


def newest(seen: Witnesses, limit: int = KEPT) -> dict[str, Witness]:
    """Leave the records that were changed last, and those whose numbers were given out last."""
    by_time = latest(seen, seen, limit)
    by_number = sorted(seen, key=record_number, reverse=True)[:limit]
    return {each: seen[each] for each in dict.fromkeys((*by_time, *by_number))}


def latest(seen: Witnesses, ids: Iterable[str], limit: int) -> list[str]:
    """Give those of the ids that were changed last, the latest first."""
    return sorted(ids, key=lambda each: (seen[each].modified, record_number(each), each), reverse=True)[:limit]
