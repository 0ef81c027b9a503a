"""What the engine remembers between runs, as values and as a port. The store implements the port over SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from vtxero.domain.findings import Finding
from vtxero.domain.sides import Direction, Side
from vtxero.sync.effects import Effect
from vtxero.sync.records import FieldChange, Outcome, Presence

FOLLOW = "follow"
"""The kind of write that a follow-up is, in the plan and in a saved one: it is due only after other lines."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two records that are one, with their two bases: each side's record as that side last answered it, encoded.

    `author` is the side that made the record. `unsettled` names fields that never had a common value: a first meeting
    that differed in them.
    """

    module: str
    vtiger_id: str
    xero_id: str
    author: Side
    vtiger_base: str
    xero_base: str
    unsettled: tuple[str, ...] = ()

    def base(self, side: Side) -> str:
        """The base of one side."""
        return self.vtiger_base if side is Side.VTIGER else self.xero_base

    def id_on(self, side: Side) -> str:
        """The record's id on one side."""
        return self.vtiger_id if side is Side.VTIGER else self.xero_id


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record read from one side.

    `raw` is the row while it waits to be judged or settled, None once a link's base holds all of it.
    """

    module: str
    side: Side
    id: str
    modified: str
    label: str
    marker: str = ""
    presence: Presence = Presence.ACTIVE
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class KeyHit:
    """A record found by a natural key; `linked` when it has a partner on the other side, or this plan gives it one."""

    id: str
    linked: bool
    presence: Presence


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the plan. Texts are encoded records; symbols in `wanted` are replaced just before sending.

    `target` is the side that is written to, or that the outcome is counted for. `fields` are written, `hold` keep their
    old bases (conflicts, one-way changes, what the pair's other action writes).
    """

    module: str
    target: Side
    outcome: Outcome
    write: str
    """`create`, `update`, `link` (no remote write), or blank."""
    vtiger_id: str
    xero_id: str
    label: str
    source: str = ""
    """The record of the side that is read from, as it was when the plan was made."""
    wanted: str = ""
    current: str = ""
    vtiger_base: str = ""
    """The bases that the plan was made against, blank at a first meeting."""
    xero_base: str = ""
    fields: tuple[str, ...] = ()
    hold: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    differed: bool = False
    """At their first meeting the two said different things, so neither is surely made of the other."""
    author: Side = Side.VTIGER
    needs: tuple[str, ...] = ()
    reasons: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    counted: bool = True
    """False for the second write of a pair, whose outcome the first one carries."""
    required: bool = True
    """False for what crosses only when something else in the plan needs it."""
    spare: tuple[Finding, ...] = ()
    """Why it does not cross by itself; blank for a record of a module that only came along."""
    seq: int = 0

    @property
    def direction(self) -> Direction:
        """The direction this line is counted under."""
        return Direction.towards(self.target)

    @property
    def target_id(self) -> str:
        """The id on the side that is written to, blank for a new record."""
        return self.vtiger_id if self.target is Side.VTIGER else self.xero_id

    @property
    def source_id(self) -> str:
        """The id on the side that is read from."""
        return self.xero_id if self.target is Side.VTIGER else self.vtiger_id


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that left without a known end.

    `highest` is the largest Vtiger record number that was known then, `known` the time of change of the record to be
    changed, `run` sent it. `action` is the plan's line, None where an older version of vtxero sent it.
    """

    id: int
    module: str
    target: Side
    write: str
    source_id: str
    target_id: str
    source: str
    wanted: str
    highest: int
    key: str
    run: str = ""
    known: str = ""
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """A write about to leave: `wanted` is the record with its symbols replaced, `key` the idempotency key.

    `known` is the time of change under which the plan knows the record that is to be changed, blank where it has none.
    """

    action: Action
    wanted: str
    key: str
    known: str = ""


class State(Protocol):
    """The state database of one profile. Reads see what the same run wrote. Ids are text."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside is kept together, or not at all."""
        ...

    # what was read
    def cursor(self, module: str, side: Side) -> str | None:
        """The largest modification time read, None before the first whole fetch."""
        ...

    def set_cursor(self, module: str, side: Side, value: str) -> None:
        """Note the largest modification time read."""
        ...

    def modified(self, module: str, side: Side, record_id: str) -> str | None:
        """The modification time under which a record was last read."""
        ...

    def put_record(self, record: StoredRecord, keys: Iterable[tuple[str, str]]) -> None:
        """Keep a record and its natural keys, in place of what was kept before."""
        ...

    def touch(self, module: str, side: Side, record_id: str, modified: str) -> None:
        """Note that a linked record was read and says what its base says: nothing waits."""
        ...

    def forget_modified(self, module: str, side: Side, record_id: str) -> None:
        """Have a record that we wrote read once more: an edit in the same second as our write has the same time."""
        ...

    def settle_record(self, module: str, side: Side, record_id: str) -> None:
        """Drop the waiting row: the link's bases hold all of it."""
        ...

    def record(self, module: str, side: Side, record_id: str) -> StoredRecord | None:
        """A record as last read."""
        ...

    def hits(self, module: str, side: Side, kind: str, key: str) -> list[KeyHit]:
        """The records of a side with this natural key, oldest first."""
        ...

    def marked(self, module: str, side: Side, marker: str) -> list[KeyHit]:
        """The records of a side that carry this marker."""
        ...

    def count_links(self, module: str, *, present_on: Side | None = None) -> int:
        """How many links a module has; of those, with a side, whose record there is not known to be gone."""
        ...

    def linked_after(self, module: str, side: Side, after: str, limit: int) -> list[str]:
        """The next ids of linked records of a side, in a fixed order, beginning after one of them."""
        ...

    def known_after(self, module: str, side: Side, after: str, limit: int) -> list[str]:
        """The same of records that are linked, wait, or vanished while they waited: each may come or go unseen."""
        ...

    def waiting_ids(self, module: str, side: Side) -> set[str]:
        """The ids of all records that wait to be judged: rows that were read, and pairs with open conflicts."""
        ...

    def mark_gone(self, module: str, side: Side, record_id: str) -> bool:
        """Note that a linked record is not there any more; tells whether that is new."""
        ...

    def drop_record(self, module: str, side: Side, record_id: str) -> None:
        """Forget a record that has no link: it is not there any more."""
        ...

    def highest_number(self) -> int:
        """The largest Vtiger record number read or written so far, 0 at first."""
        ...

    def mark_vanished(self, module: str, side: Side, record_id: str) -> None:
        """Note that a record without a link is not there any more: it waits no longer, and nothing finds it."""
        ...

    def mark_waiting(self, record: StoredRecord) -> None:
        """Take that note back."""
        ...

    def mark_present(self, module: str, side: Side, record_id: str) -> None:
        """Take that note back."""
        ...

    # links
    def links(self, module: str, side: Side, ids: Iterable[str]) -> dict[str, Link]:
        """Links by the ids of one side."""
        ...

    def link(self, module: str, side: Side, record_id: str) -> Link | None:
        """The link of one record, aliases not followed."""
        ...

    def put_link(self, link: Link) -> None:
        """Make or replace a link; one that a deleted namesake had with the same partner ends."""
        ...

    def unsettle(self, module: str, fields: Iterable[str]) -> None:
        """Note for every link of a module that these fields never had a common value."""
        ...

    def alias_of(self, module: str, vtiger_id: str) -> str | None:
        """The Vtiger record that stands for this duplicate."""
        ...

    def put_alias(self, module: str, vtiger_id: str, holder: str) -> None:
        """Note a duplicate."""
        ...

    def drop_alias(self, module: str, vtiger_id: str) -> None:
        """Forget that a record was a duplicate."""
        ...

    # what is to be judged
    def waiting_links(self, module: str) -> Iterator[Link]:
        """Links with a waiting row on either side, or unsettled fields, in the order of their Vtiger record numbers."""
        ...

    def unlinked(self, module: str, side: Side) -> Iterator[StoredRecord]:
        """Waiting rows without a link, oldest first: those that there are at the first of them, each as it is then."""
        ...

    # the plan
    def clear_plan(self) -> None:
        """Forget the plan of an earlier run."""
        ...

    def clear_actions(self, module: str) -> None:
        """Forget a module's lines; its follow-ups stay."""
        ...

    def add_action(self, action: Action) -> None:
        """Append to the plan."""
        ...

    def planned_partner(self, module: str, side: Side, record_id: str) -> str | None:
        """The counterpart that this plan gives a record: its id, blank when it is created, None when there is none."""
        ...

    def planned_write(self, module: str, side: Side, record_id: str) -> Action | None:
        """The write of this plan that makes or changes the counterpart, on the other side, of a record."""
        ...

    def actions(self, module: str) -> Iterator[Action]:
        """A module's plan: what needs no write first, then updates and creations, Xero before Vtiger, each in order."""
        ...

    def line(self, seq: int) -> Action:
        """One line of the plan."""
        ...

    def lines_of(self, module: str, side: Side, record_id: str) -> list[Action]:
        """The lines about a record, follow-ups left out."""
        ...

    def add_follow_up(self, action: Action) -> None:
        """Append what a record will need once other lines of the plan are carried out: no line of its module's own."""
        ...

    def follow_ups(self, module: str) -> Iterator[Action]:
        """The follow-ups of a module's records."""
        ...

    def count_actions(self, module: str) -> int:
        """How many lines a module's plan has."""
        ...

    def unneeded(self) -> list[Action]:
        """The lines that are not required and that nothing in the plan refers to."""
        ...

    def drop_action(self, seq: int) -> None:
        """Take a line out of the plan."""
        ...

    # what runs did
    def add_effect(self, effect: Effect) -> None:
        """Note what a write did, so that it can be taken back: of the run it names, of the present one by default."""
        ...

    def saved_again(self, module: str, side: Side, record_id: str, before: str, after: str) -> None:
        """Note that a write of ours, which is no effect of its own, moved a record's time: nobody else saved it."""
        ...

    # the journal
    def open_intents(self, writes: Iterable[Departure]) -> list[int]:
        """Journal writes about to leave; committed before it returns."""
        ...

    def close_intents(self, ids: Iterable[int]) -> None:
        """Note that the end of these writes is known."""
        ...

    def find_intents(self, module: str) -> Mapping[tuple[Side, str], Intent]:
        """Open creations of a module by target and source id."""
        ...

    def open_changes(self, module: str) -> list[Intent]:
        """Changes of existing records that earlier runs sent, with no known end, the latest first."""
        ...

    def sent_creation(self, module: str, vtiger_id: str, xero_id: str) -> Intent | None:
        """The creation, sent by an earlier run, that a new link of these two shows to have arrived."""
        ...
