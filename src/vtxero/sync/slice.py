"""What a module brings: one mapper for each side, over one record type. Everything here is pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.sides import Side
from vtxero.sync.records import Payload, Projection, Snapshot

R = TypeVar("R")


class Mapper(Protocol[R]):
    """Reads and writes the records of one side."""

    @property
    def side(self) -> Side:
        """The side this mapper reads and writes."""
        ...

    def parse(self, page: bytes) -> list[Snapshot[R]]:
        """Read a page as the side's RowSource gives it, or a page of one.

        A row that cannot be read becomes a snapshot whose findings say why.
        """
        ...

    def parse_one(self, raw: str) -> Snapshot[R]:
        """Read a row kept from earlier (`Snapshot.raw`)."""
        ...

    def project(self, source: Snapshot[R], current: R | None) -> Projection[R]:
        """Give the other side's record as this side would hold and answer it.

        `current` is this side's present record, None when there is none yet: what the other side cannot carry is taken
        over from it. Where the present value of a field already means what the other side says, it is kept.
        """
        ...

    def check_update(self, current: R, wanted: R) -> tuple[Finding, ...]:
        """Say why the present record of this side may not be changed into the wanted one; empty when it may."""
        ...

    def payload(self, wanted: R, current: R | None, vtiger_id: str, xero_id: str) -> Payload:
        """Give the wire form: a creation when `current` is None, else only what differs from it.

        The ids are blank on the side where the record does not exist yet.
        """
        ...

    def check_answer(self, wanted: R, answered: R) -> tuple[Finding, ...]:
        """Compare what the service answered with what was wanted: totals to the cent, lines counted."""
        ...


@runtime_checkable
class MeetsLeniently(Protocol):
    """What a slice may have besides: fields that say the same at a first meeting though they are not equal."""

    def says_same(self, field: str, vtiger: Any, as_vtiger: Any) -> bool:
        """Tell whether Vtiger's present value already says what Xero's would be there (a blank text may stand for it).

        `as_vtiger` is Xero's record as Vtiger would hold it. Asked only of pairs that have no past.
        """
        ...


@runtime_checkable
class LeavingOut(Protocol):
    """What a slice may have besides: a write that ends a record (voids it), and carries nothing else."""

    def left_out(self, side: Side, current: Any, wanted: Any) -> tuple[frozenset[str], tuple[Finding, ...]]:
        """Name the fields that a write to a side cannot carry with the others, and say so; nothing as a rule."""
        ...


@runtime_checkable
class Followed(Protocol):
    """A slice with fields that only Xero sets, and that a person may still fill in Vtiger (what was received)."""

    @property
    def followed(self) -> frozenset[str]:
        """These fields. They go to Vtiger, where Vtiger holds what Xero said before; else it is a conflict."""
        ...


def followed_fields(slice_: object) -> frozenset[str]:
    """Give the fields of a slice that only Xero sets."""
    return slice_.followed if isinstance(slice_, Followed) else frozenset()


@runtime_checkable
class MovingAlone(Protocol):
    """A slice with fields whose projection looks at other fields too: a status, at what Vtiger knows to be paid."""

    @property
    def moving_alone(self) -> frozenset[str]:
        """These fields. One is compared with its former value among the record's present ones, not among its former."""
        ...


def moving_alone(slice_: object) -> frozenset[str]:
    """Give the fields of a slice whose change is their own, whatever the others make of their projection."""
    return slice_.moving_alone if isinstance(slice_, MovingAlone) else frozenset()


@runtime_checkable
class GoingWith(Protocol):
    """A slice with fields that are true only beside others: a status of paid, beside what was paid."""

    @property
    def goes_with(self) -> Mapping[str, frozenset[str]]:
        """These fields, and the others. While one of those is in conflict, the field is written to no side."""
        ...


def going_with(slice_: object) -> Mapping[str, frozenset[str]]:
    """Give the fields of a slice that wait for others."""
    return slice_.goes_with if isinstance(slice_, GoingWith) else {}


@runtime_checkable
class Composed(Protocol):
    """A slice with fields that a side makes out of one another: a full name, and its first and last part."""

    @property
    def composed(self) -> tuple[frozenset[str], ...]:
        """Which belong together: who writes one of them changes the others on that side."""
        ...


def moved_by_each_other(slice_: Slice[Any]) -> tuple[frozenset[str], ...]:
    """Give the sets of a slice's fields of which a write to one may change the others."""
    return (*slice_.groups, *(slice_.composed if isinstance(slice_, Composed) else ()))


@runtime_checkable
class Accompanied(Protocol[R]):
    """A slice with fields that say nothing without others, which are not merged: a tax, and the rates attached."""

    def with_fields(self, record: R, fields: Collection[str], other: R) -> R:
        """Give a record with these fields of another one, and with what they say nothing without."""
        ...


def with_fields(slice_: Slice[R], record: R, fields: Iterable[str], other: R) -> R:
    """Give a record of which these fields are as in another one: a base whose other fields have moved on."""
    changed: R
    if isinstance(slice_, Accompanied):
        changed = slice_.with_fields(record, tuple(fields), other)
    else:
        changed = replace(record, **{name: getattr(other, name) for name in fields})  # type: ignore[type-var]
    return changed


@runtime_checkable
class MovesOthers(Protocol):
    """A slice whose new records change records of another module on their side: a payment pays its invoice."""

    @property
    def moves(self) -> str:
        """The other module."""
        ...

    def moved(self, record: Any) -> str:
        """Give the id of the record that a new one changes, on the new one's own side."""
        ...


@runtime_checkable
class MovedByOthers(Protocol):
    """A slice whose records at Xero are changed there by new records of another module: an invoice is paid."""

    def after(self, record: Any, movers: Sequence[Any]) -> Any:
        """Give Xero's record as it will be once these new ones of the other module are there."""
        ...


class Slice(Protocol[R]):
    """One module, opened over reference data, lookups and options."""

    @property
    def name(self) -> str:
        """The module's name as users type it."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The record's fields that are merged, in the order they are shown."""
        ...

    @property
    def unions(self) -> frozenset[str]:
        """The fields that both sides add to: changed on both, each side gets what it lacks."""
        ...

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """Fields that make up one sum: they are carried together or not at all."""
        ...

    @property
    def once(self) -> frozenset[str]:
        """The fields that are carried when a record is made or two meet for the first time, and never again."""
        ...

    @property
    def duplicate_code(self) -> Code | None:
        """The reason for a second Vtiger record with the same natural key; None where each stands for itself."""
        ...

    @property
    def taken_code(self) -> Code:
        """The reason when the other side's record of the same natural key belongs to another one."""
        ...

    @property
    def identity(self) -> tuple[str, ...]:
        """The fields by which an orphan of ours is known again in Vtiger: all equal the record that was sent."""
        ...

    @property
    def seeds(self) -> Mapping[str, R]:
        """Records that other slices may need in Vtiger though nothing in Xero corresponds to them, by symbol."""
        ...

    def check_match(self, wanted: R, found: R) -> tuple[Finding, ...]:
        """Say why a Xero record of the same natural key is another one; `wanted` is this one as Xero would hold it."""
        ...

    def unneeded(self, record: R) -> tuple[Finding, ...]:
        """Say why a Vtiger record crosses only when another one needs it; empty when it crosses by itself."""
        ...

    @property
    def mappers(self) -> Mapping[Side, Mapper[R]]:
        """The mapper of each side."""
        ...

    def encode(self, record: R) -> str:
        """Give the record as JSON text, not escaped to ASCII; equal records give equal text."""
        ...

    def decode(self, text: str) -> R:
        """Read what `encode` gave."""
        ...

    def show(self, field: str, record: R) -> str | None:
        """Give a field's value for people."""
        ...

    def is_blank(self, field: str, record: R) -> bool:
        """Tell whether a field holds nothing."""
        ...


@runtime_checkable
class Uniting(Protocol[R]):
    """What a slice with unions brings besides: it knows their members, and so whom one side has removed."""

    def without_removed(self, side: Side, source: R, present: R, bases: tuple[R, R]) -> tuple[R, tuple[Finding, ...]]:
        """Leave out of `source` (the other side's record) the members that `side` has removed, and name them.

        Removed is who is in both `bases` (the other side's, then `side`'s own), still in `source`, and in `present`
        (`side`'s record) no more.
        """
        ...


@dataclass(frozen=True, slots=True)
class Members(Generic[R]):
    """Both records as they may cross: of a member that both know, each says only what is to arrive on the other side.

    Whatever is not to arrive is said as the other side has it. `disputed` are the fields of members that both sides
    changed, each to something else.
    """

    vtiger: R
    xero: R
    disputed: frozenset[str] = frozenset()

    def on(self, side: Side) -> R:
        """Give the record of a side."""
        return self.vtiger if side is Side.VTIGER else self.xero


@runtime_checkable
class EditingMembers(Protocol[R]):
    """What a slice with unions brings besides whose members are edited: a person gets another name or address."""

    def decide_members(
        self, records: tuple[R, R], bases: tuple[R, R] | None, unsettled: Collection[str], winner: Side | None
    ) -> Members[R]:
        """Decide each member that both records (Vtiger's first) know as fields are decided, against both bases.

        What both sides changed goes to the side that is not the `winner`'s, and is disputed where there is none.
        `unsettled` are the fields that never had a common value.
        """
        ...

    def settle_members(self, records: tuple[R, R], bases: tuple[R, R], kept: tuple[R, R]) -> tuple[R, R]:
        """Give the bases `kept` of a pair whose unions wait, with the members of whom both `records` say the same.

        The other members stay as the former `bases` have them. Vtiger's comes first in each.
        """
        ...


@runtime_checkable
class Naming(Protocol):
    """What a slice brings besides whose records name others that may be duplicates: an invoice, its customer."""

    @property
    def name(self) -> str: ...

    def naming(self, record: Any, module: str, others: Mapping[str, str]) -> Any:
        """Give Vtiger's record with other records of a module in the places of those that it names."""
        ...


@runtime_checkable
class Sharing(Protocol[R]):
    """What a slice brings besides whose lists another module reads as well."""

    def belongs(self, side: Side, row: Snapshot[R]) -> bool:
        """Tell whether a row is this module's; what is not is neither kept nor judged."""
        ...


@runtime_checkable
class WritingBack(Protocol):
    """What a slice brings besides whose Vtiger records can hold Xero's id."""

    @property
    def writes_back(self) -> bool:
        """Tell whether the config asks for it."""
        ...

    def lacks_id(self, record: Any, marker: str, xero_id: str) -> bool:
        """Tell whether Xero's id is to be written into a Vtiger record; `marker` is the id that it carries now."""
        ...


def belongs(slice_: Slice[Any], side: Side, row: Snapshot[Any]) -> bool:
    """Tell whether a row is a module's. Where no list is shared, all of it is."""
    return not isinstance(slice_, Sharing) or slice_.belongs(side, row)
