"""Cuts what is to be written into requests that Xero takes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vtxero.xero.wire import size_of

MOST_BYTES = 3_000_000
"""Of the 3.5 MB that Xero takes in practice, so that the envelope and the SDK's spelling of numbers fit too."""

LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Batch:
    """Elements of one request, with their places in the whole, and its Idempotency-Key."""

    places: tuple[int, ...]
    elements: tuple[Any, ...]
    key: str

    def halves(self) -> tuple[Batch, Batch]:
        """Cut in two, each half under a key of its own: to Xero a key belongs to one body."""
        middle = len(self.places) // 2
        return self._part(slice(None, middle)), self._part(slice(middle, None))

    def _part(self, part: slice) -> Batch:
        return Batch(self.places[part], self.elements[part], part_key(self.key, self.places[part]))


def cut(elements: Sequence[tuple[int, Any]], key: str, *, most: int, most_bytes: int = MOST_BYTES) -> Iterator[Batch]:
    """Group elements, given with their places, by number and by bytes; one request keeps the key as it is."""
    groups = list(_groups(elements, most, most_bytes))
    for group in groups:
        places = tuple(place for place, _ in group)
        own = key if len(groups) == 1 and len(key) <= LONGEST_KEY else part_key(key, places)
        yield Batch(places, tuple(element for _, element in group), own)


def part_key(key: str, places: tuple[int, ...]) -> str:
    """Derive the key of a part: the same for the same part, so that it protects a repetition too."""
    return hashlib.sha256(f"{key}:{places[0]}-{places[-1]}".encode()).hexdigest()


def _groups(elements: Sequence[tuple[int, Any]], most: int, most_bytes: int) -> Iterator[list[tuple[int, Any]]]:
    group: list[tuple[int, Any]] = []
    held = 0
    for place, element in elements:
        size = size_of(element)
        if group and (len(group) >= most or held + size > most_bytes):
            yield group
            group, held = [], 0
        group.append((place, element))
        held += size
    if group:
        yield group
