"""Shapes of answers: a value stands for itself, a type for any value of it, a mapping for at least these keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

Fill = Callable[[Any], Any]


@dataclass(frozen=True)
class Like:
    """A text that matches a pattern as a whole."""

    pattern: str

    def misfits(self, found: Any, where: str) -> Iterator[str]:
        if not (isinstance(found, str) and re.fullmatch(self.pattern, found)):
            yield f"{where}: {found!r} is not like {self.pattern}"

    def filled(self, _fill: Fill) -> Like:
        return self


@dataclass(frozen=True)
class Exactly:
    """A mapping with these keys, in this order, and no others."""

    keys: dict[str, Any]

    def misfits(self, found: Any, where: str) -> Iterator[str]:
        if isinstance(found, dict) and list(found) == list(self.keys):
            yield from misfits(self.keys, found, where)
        else:
            yield f"{where}: has {list(found) if isinstance(found, dict) else found!r}, not {list(self.keys)}"

    def filled(self, fill: Fill) -> Exactly:
        return replace(self, keys=fill(self.keys))


@dataclass(frozen=True)
class Each:
    """A list of so many rows (None: any number but none), each of this shape."""

    row: Any
    number: int | None = None

    def misfits(self, found: Any, where: str) -> Iterator[str]:
        if not isinstance(found, list) or not found or len(found) != (self.number or len(found)):
            yield f"{where}: {found!r} is no list of {self.number or 'some'} rows"
            return
        for index, row in enumerate(found):
            yield from misfits(self.row, row, f"{where}[{index}]")

    def filled(self, fill: Fill) -> Each:
        return replace(self, row=fill(self.row))


@dataclass(frozen=True)
class Without:
    """A mapping that has not these keys."""

    names: tuple[str, ...]
    shape: Any = dict

    def misfits(self, found: Any, where: str) -> Iterator[str]:
        yield from (f"{where}: has {name}" for name in self.names if name in found)
        yield from misfits(self.shape, found, where)

    def filled(self, fill: Fill) -> Without:
        return replace(self, shape=fill(self.shape))


NUMBER = (int, float)
DECIMAL8 = Like(r"-?\d+\.\d{8}")
DECIMAL3 = Like(r"-?\d+\.\d{3}")
MOMENT = Like(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def wire_id(prefix: int | str) -> Like:
    return Like(rf"{prefix}x\d+")


def misfits(shape: Any, found: Any, where: str = "") -> Iterator[str]:
    """Say where a value has not the shape."""
    if isinstance(shape, Like | Exactly | Each | Without):
        yield from shape.misfits(found, where)
    elif isinstance(shape, dict):
        yield from _mapping(shape, found, where)
    elif isinstance(shape, type | tuple):
        if not isinstance(found, shape) or (isinstance(found, bool) and shape is not bool):
            yield f"{where}: {found!r} is no {shape}"
    elif type(found) is not type(shape) or found != shape:
        yield f"{where}: {found!r}, not {shape!r}"


def _mapping(shape: dict[str, Any], found: Any, where: str) -> Iterator[str]:
    if not isinstance(found, dict):
        yield f"{where}: {found!r} is no mapping"
        return
    for name, each in shape.items():
        if name in found:
            yield from misfits(each, found[name], f"{where}.{name}")
        else:
            yield f"{where}.{name} is missing"
