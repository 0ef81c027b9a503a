"""The values that pass between the slices and the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Generic, TypeAlias, TypeVar

from vtxero.domain.findings import Finding
from vtxero.domain.sides import Side

R = TypeVar("R")

Payload: TypeAlias = Mapping[str, Any]
"""One element as the wire wants it: Xero's JSON element, or the steps for Vtiger (see each slice's `payload`)."""


class Presence(Enum):
    """Whether a record is there for use on its side."""

    ACTIVE = auto()
    GONE = auto()
    """Deleted or archived: nothing may be written to it, and no new record may be made in its place unasked."""


MEMBER = "member"
"""The kind of key under which a record is found by its members."""


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[R]):
    """A record as one side answered it.

    `modified` is in the service's own notation, comparable as text. `keys` are the natural keys, strongest first, as
    (kind, folded value). `marker` is the other side's id that this record carries, blank when none. `raw` is
    the row as JSON text, enough to read the record again when the mapping has been mended.
    """

    id: str
    label: str
    modified: str
    record: R
    raw: str
    keys: tuple[tuple[str, str], ...] = ()
    marker: str = ""
    presence: Presence = Presence.ACTIVE
    members: tuple[str, ...] = ()
    """Ids of what is a part of this record, or of what it is a part of: it is found by them, and never matched."""
    findings: tuple[Finding, ...] = ()
    """What bars the record already on its own side (ORG-ARCHIVED, an unreadable amount, ...)."""
    alike: tuple[tuple[str, str], ...] = ()
    """Keys that many records of a side may have, any of which may stand for any other: payments of one invoice, day and
    amount. The free ones pair up, and none bars another."""


@dataclass(frozen=True, slots=True)
class Projection(Generic[R]):
    """A record of one side as the other side would hold and answer it.

    `findings` stop a write, notes among them do not. References to records that the same plan creates are symbols
    (`domain.lookups.symbol`).
    """

    record: R
    findings: tuple[Finding, ...] = ()

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """The findings that stop the record."""
        return tuple(item for item in self.findings if not item.is_note)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that do not."""
        return tuple(item for item in self.findings if item.is_note)


class Outcome(StrEnum):
    """What became of a record. The values are the JSON contract's."""

    CREATED = "created"
    UPDATED = "updated"
    LINKED = "linked"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    CONFLICT = "conflict"
    FAILED = "failed"


LINK = "link"
"""The field under which it is told that a pair is linked no more: it is on neither side."""

LINK_TO_GONE = "gone"
"""What it was, where one of the pair had been taken away by somebody."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's before and after, as shown to people.

    A record may be changed on both sides at once: `side` is where, if that is not where its direction goes.
    """

    field: str
    before: str | None
    after: str | None
    side: Side | None = None

    @property
    def where(self) -> str:
        """The side in words, to stand behind the field's name; blank where the record's direction says it."""
        return f" in {self.side.label}" if self.side else ""


@dataclass(frozen=True, slots=True)
class Removal:
    """A record to be taken away: `way` is the status it gets in Xero; `parts` are Vtiger records that go with it."""

    id: str
    way: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The service took the element; `raw` is a page of one, as `parse` reads it."""

    raw: bytes
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The service refused the element, in its own words."""

    messages: tuple[str, ...]


Answer: TypeAlias = Accepted | Refused


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows as one side answered it: JSON bytes that the slice's `parse` reads."""

    raw: bytes
    count: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a service told of its deletions. `place` is where to go on asking."""

    ids: frozenset[str]
    place: str
