"""What a run's writes did, record by record: enough to take them back (`sync.undo`). The store keeps them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from vtxero.domain.sides import Side

CREATED, UPDATED, LINKED = "create", "update", "link"


@dataclass(frozen=True, slots=True)
class Effect:
    """One write that a side took, or one link that was made without any.

    `before` and `after` are the record of `side`, encoded: as the plan read it (blank for a creation), and as the side
    answered the write; of a mere link they are the other side's record and this side's. `known` is the time of change
    that the plan knew, blank where it knew none, `modified` the one in the answer. The bases and `unsettled` are the
    link's as they were before; blank bases: there was no link.
    """

    module: str
    side: Side
    write: str
    vtiger_id: str
    xero_id: str
    label: str
    fields: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    known: str = ""
    modified: str = ""
    vtiger_base: str = ""
    xero_base: str = ""
    unsettled: tuple[str, ...] = ()
    run: str = ""
    seq: int = 0

    @property
    def id(self) -> str:
        """The id of the record that was written."""
        return self.id_on(self.side)

    def id_on(self, side: Side) -> str:
        """The pair's id on a side, blank where it has none."""
        return self.vtiger_id if side is Side.VTIGER else self.xero_id

    @property
    def made_link(self) -> bool:
        """Whether the link was made along with it."""
        return not self.vtiger_base and bool(self.vtiger_id and self.xero_id)


class EffectLog(Protocol):
    """What undoing reads of the effects, and notes about them. Effects taken back already are never given."""

    def effects_of(self, run: str) -> Sequence[Effect]:
        """The effects of a run, in the order in which they happened."""
        ...

    def effects_made_in(self, side: Side) -> Sequence[Effect]:
        """The effects on all records that runs made on a side, of whatever run, in the order in which they happened."""
        ...

    def effects_after(self, effect: Effect) -> Sequence[Effect]:
        """The later effects of other runs on the same record."""
        ...

    def mark_undone(self, seqs: Collection[int]) -> None:
        """Note that these were taken back by the present run."""
        ...

    def narrow(self, effect: Effect, fields: Collection[str], after: str, modified: str) -> None:
        """Note that of an effect these fields alone still stand: in the record as a side answered it at that time."""
        ...

    def begun_removals(self) -> Collection[tuple[str, Side, str]]:
        """The records whose removal left in an earlier run, with no known end, by module, side and id."""
        ...

    def set_back_at(self, undone: Effect, modified: str) -> None:
        """Note when a side answered that an effect was taken back: the one before it stands as of that time."""
        ...

    def drop_link(self, module: str, vtiger_id: str) -> None:
        """Forget that two records are one."""
        ...

    def unknown_writes(self) -> int:
        """How many writes of syncs left of which nobody has noted yet what became of them."""
        ...
