"""Which records a run looks at when it was asked for some only: `--only`, `--since`, `--limit`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from vtxero.domain.text import match_key
from vtxero.sync.records import Snapshot


@dataclass(frozen=True, slots=True)
class Selection:
    """A module's part of what was asked for. `ids` are folded ids of either side, or numbers and names."""

    ids: frozenset[str] | None = None
    since: str = ""
    limit: int | None = None

    @property
    def is_partial(self) -> bool:
        """Tell whether records may be left out: then no cursor moves."""
        return self.ids is not None or bool(self.since) or self.limit is not None

    def wants(self, *names: str, modified: Collection[str] = ()) -> bool:
        """Tell whether a record known under these ids and names, modified at these times, was asked for."""
        if self.ids is not None and not self.ids.intersection(match_key(name) for name in names if name):
            return False
        return not self.since or any(moment >= self.since for moment in modified)

    def asks_for(self, *snapshots: Snapshot[Any], ids: Collection[str] = ()) -> bool:
        """Tell whether a record, as one side or both have it, was asked for; `ids` are further ids that it goes by."""
        names = (
            name for item in snapshots for name in (item.id, item.label, item.marker, *(key for _, key in item.keys))
        )
        return self.wants(*names, *ids, modified=[item.modified for item in snapshots])


EVERYTHING = Selection()


@dataclass(slots=True)
class Allowance:
    """Counts the records that may still be written under `--limit`."""

    limit: int | None
    used: int = field(default=0)

    def take(self) -> bool:
        """Use one; False when none is left."""
        if self.limit is not None and self.used >= self.limit:
            return False
        self.used += 1
        return True


def only_of(module: str, texts: Collection[str]) -> frozenset[str] | None:
    """The folded ids that `module:id` texts name in a module; None when nothing at all is named."""
    if not texts:
        return None
    parts = (text.partition(":") for text in texts)
    return frozenset(match_key(record_id) for name, _, record_id in parts if name == module)
