"""A run's results in little memory: 100,000 of them as values would take more than all the rest of a run."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

from vtxero.store.codec import load_result
from vtxero.sync.report import RecordResult

BLOCK = 200


class PackedResults(Sequence[RecordResult]):
    """Results kept as compressed texts, read when they are asked for; equal to any sequence of equal results."""

    def __init__(self, texts: Iterable[str]) -> None:
        source, self._blocks, self._length = iter(texts), list[bytes](), 0
        while block := list(islice(source, BLOCK)):
            self._blocks.append(zlib.compress(json.dumps(block).encode(), level=1))
            self._length += len(block)

    def __len__(self) -> int:
        """Give their number."""
        return self._length

    def __iter__(self) -> Iterator[RecordResult]:
        """Read them one after the other."""
        for place in range(len(self._blocks)):
            yield from map(load_result, self._texts(place))

    @overload
    def __getitem__(self, index: int) -> RecordResult: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[RecordResult, ...]: ...
    def __getitem__(self, index: int | slice) -> RecordResult | tuple[RecordResult, ...]:
        """Read one, or some."""
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(self._length)))
        place = index + self._length if index < 0 else index
        if not 0 <= place < self._length:
            raise IndexError(index)
        return load_result(self._texts(place // BLOCK)[place % BLOCK])

    def __eq__(self, other: object) -> bool:
        """Compare with any sequence."""
        return isinstance(other, Sequence) and len(other) == len(self) and all(map(_same, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show them as a tuple."""
        return repr(tuple(self))

    def _texts(self, place: int) -> list[str]:
        found: list[str] = json.loads(zlib.decompress(self._blocks[place]))
        return found


def _same(one: object, other: object) -> bool:
    return one == other
