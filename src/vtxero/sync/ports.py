"""What the engine asks of the outside: rows to read and write, a clock, progress."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias, runtime_checkable

from vtxero.domain.sides import Side
from vtxero.sync.records import Answer, Deleted, Page, Payload, Removal

KnownModified: TypeAlias = Callable[[str], str | None]
"""Gives the modification time under which a record was last read, None when it never was."""


class RowSource(Protocol):
    """One side's rows, opaque to the engine. `module` is one of ours (`organizations`, `products`, `invoices`, ...).

    Every method may raise AuthError, TemporaryError, BudgetError or NotModelledError; writes also ReplyLostError.
    """

    side: Side

    @property
    def calls(self) -> int:
        """Requests sent so far in this run, logins and token requests included."""
        ...

    def fetch(self, module: str, since: str | None, known: KnownModified) -> Iterator[Page]:
        """Read all rows (since is None), or those modified at or after `since` less the side's overlap.

        `since` is a cursor (see `cursors`): the largest modification time read before, in the service's own notation;
        of one that is complete no overlap is taken off. Rows that `known` proves
        unchanged may be left out where reading them costs calls. Half a list is an error, never a result.
        """
        ...

    def fetch_ids(self, module: str, ids: Sequence[str]) -> Iterator[Page]:
        """Read these rows as they are now; those that are gone are missing."""
        ...

    def modified_now(self, module: str, ids: Sequence[str]) -> Mapping[str, str]:
        """Modification time by id of those that still exist: the cheap look before a write."""
        ...

    def existing(self, module: str, ids: Sequence[str]) -> Collection[str]:
        """Those of the ids that still exist: the cheapest look there is."""
        ...

    def clock(self) -> float | None:
        """The service's own clock in seconds, as it was told last; None when it was not. Only differences count."""
        ...

    def is_settled(self, modified: str, newest: str) -> bool:
        """Tell of a row just read whether a change after this can only bear a later time.

        `newest` is the largest time on the row's page.
        """
        ...

    def may_vanish(self, module: str) -> bool:
        """Tell whether deleted records disappear without a trace; else they stay listed with a status of their own."""
        ...

    def batch_size(self, module: str) -> int:
        """How many elements one write call takes."""
        ...

    def calls_to_read(self, module: str, number: int) -> int:
        """How many calls `fetch_ids` takes for so many rows, as a rule."""
        ...

    def calls_to_look(self, module: str, number: int) -> int:
        """How many calls `modified_now` takes for so many rows."""
        ...

    def calls_to_write(self, module: str, payloads: Sequence[Payload]) -> int:
        """How many calls `create` or `update` takes for these when all goes well, with what it reads on the way."""
        ...

    @property
    def pace(self) -> float:
        """Seconds that a call took on average so far, 0 before the first."""
        ...

    def held_up(self, calls: int) -> float:
        """How many seconds so many calls in a row take at least under the service's limits, as known beforehand."""
        ...

    def create(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Create; answers by position. `key` is the Idempotency-Key, used where the service knows such keys."""
        ...

    def update(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Change existing records; answers by position."""
        ...


@runtime_checkable
class TellsDeletions(Protocol):
    """A side that can be asked what was deleted there. Its RowSource may be one, with the same errors."""

    def deleted(self, module: str, since: str, place: str) -> Deleted | None:
        """Give ids deleted after `place`, which is what the last answer gave; a call or two where little was changed.

        Where `place` is blank, what was deleted since the time `since`, in the service's own notation. It may tell of
        too many, and of records long gone, and must not leave one out. None where the service does not say.
        """
        ...


@runtime_checkable
class TellsMembers(Protocol):
    """A side where a part of one record may become a part of another, or of none, and only the part's time moves."""

    def members(self, module: str) -> Mapping[str, str]:
        """Give the parts that the last `fetch` of a module saw changed: the record of each, blank where it has none."""
        ...


class Clock(Protocol):
    """Time, given from outside."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds for measuring."""
        ...


class Progress(Protocol):
    """Told what goes on; never decides anything."""

    def phase(self, text: str) -> None:
        """A new phase begins (`Reading invoices from Vtiger`)."""
        ...

    def step(self, module: str, done: int, total: int | None) -> None:
        """So many records of this phase are done; `total` is None while it is unknown."""
        ...


class Remover(Protocol):
    """Takes records of one side away again, for `undo`. Beside the side's RowSource, with the same errors."""

    side: Side

    def users(self, module: str, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Give, for each of these records that others refer to, the ids of those others; few calls for many ids."""
        ...

    def remove(self, module: str, removals: Sequence[Removal], key: str) -> list[Answer]:
        """Take records away, at most a batch; answers by position. What remains to be read comes with the answer."""
        ...
