"""What most modules say of themselves (`sync.slice.Slice`): a module spells out only what is its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.sides import Side
from vtxero.sync.slice import Mapper

R = TypeVar("R")


class PlainSlice(Generic[R]):
    """A module whose records each stand for themselves, are matched by name, and cross whole.

    A module names itself and its type of record, and sets `fields` and `mappers` when it is opened. What the
    attributes mean stands with `Slice`.
    """

    name: str
    fields: tuple[str, ...]
    mappers: Mapping[Side, Mapper[R]]
    unions: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()
    once: frozenset[str] = frozenset()
    duplicate_code: Code | None = None
    taken_code: Code = Code.AMBIGUOUS
    identity: tuple[str, ...] = ("name",)
    seeds: Mapping[str, R] = MappingProxyType({})

    _codec: TypeAdapter[R]

    def unneeded(self, record: R) -> tuple[Finding, ...]:
        """Let every record cross by itself."""
        del record
        return ()

    def check_match(self, wanted: R, found: R) -> tuple[Finding, ...]:
        """Take the key's word for it: where two records of one key differ, that is a conflict for a person to see."""
        del wanted, found
        return ()

    def encode(self, record: R) -> str:
        """Give the record as JSON text."""
        return self._codec.dump_json(record).decode()

    def decode(self, text: str) -> R:
        """Read what `encode` gave."""
        return self._codec.validate_json(text)


class _HoldsXeroId(Protocol):
    """The Vtiger mapper of a module whose records may have a field for Xero's id."""

    @property
    def keeps_id(self) -> bool: ...

    def lacks_id(self, record: Any, xero_id: str) -> bool: ...


class WritesIdBack:
    """A module that writes Xero's id into a custom field of Vtiger, where the config asks for it (`WritingBack`)."""

    _vtiger: _HoldsXeroId

    @property
    def writes_back(self) -> bool:
        """Whether it does: the config asks for it, and Vtiger has the field."""
        return self._vtiger.keeps_id

    def lacks_id(self, record: Any, marker: str, xero_id: str) -> bool:
        """Tell whether the id is missing in the field; the marker may come from elsewhere, and does not count."""
        del marker
        return self._vtiger.lacks_id(record, xero_id)
