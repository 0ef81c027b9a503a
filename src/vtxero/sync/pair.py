"""From a merge to the plan: one action that is counted, and a second write where both sides are written. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.sides import Side
from vtxero.domain.words import all_called, called, quoted
from vtxero.sync.merge import Merge, Pair
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.slice import LeavingOut, Slice, followed_fields
from vtxero.sync.state import Action


@dataclass(frozen=True, slots=True)
class PairTerms:
    """Whose record it was, which side's row a pair without a write is counted in, and whether it has no link yet.

    `rests`: nothing may be written now; what would be is left to a later run, by the bases that it has.
    """

    author: Side
    counted_for: Side
    is_new: bool
    rests: bool = False
    barred: tuple[Finding, ...] = ()
    """Why Vtiger may not be written, as its other records stand."""


def judge_pair(slice_: Slice[Any], pair: Pair[Any], merged: Merge[Any], terms: PairTerms) -> list[Action]:
    """Say what is to become of a pair: what is written, what is held back and why."""
    return _Judgement(slice_, pair, merged, terms).actions()


class _Judgement:
    def __init__(self, slice_: Slice[Any], pair: Pair[Any], merged: Merge[Any], terms: PairTerms) -> None:
        self._slice = slice_
        self._pair = pair
        self._merged = merged
        self._terms = terms

    def actions(self) -> list[Action]:
        sides = [side for side in (Side.XERO, Side.VTIGER) if self._merged.to(side)]
        barred = {side: found for side in sides if (found := self._check(side))}
        left_out = {side: self._left_out(side) for side in sides if side not in barred}
        names = {side: names for side, (names, _) in left_out.items()}
        held = self._held(barred, names.values())
        reasons = self._reasons(barred | {side: said for side, (_, said) in left_out.items() if said})
        if self._terms.rests or not left_out:
            return [self._at_rest(held, reasons)]
        first, *second = left_out
        later = (name for side in second for name in self._merged.to(side) if name not in self._merged.to(first))
        return [
            self._write(first, (*held, *later), reasons, names[first], counted=True),
            *(self._write(side, held, reasons, names[side], counted=False) for side in second),
        ]

    def _held(self, barred: Iterable[Side], left_out: Iterable[frozenset[str]]) -> tuple[str, ...]:
        """Name the fields whose bases stay, for what they say now has not crossed."""
        merged = self._merged
        held = [*merged.conflicts, *merged.one_way, *(name for side in barred for name in merged.to(side))]
        held += merged.waiting
        held += sorted(self._slice.unions) if merged.removed else ()
        held += merged.written if self._terms.rests else ()
        held += (name for names in left_out for name in sorted(names))
        return tuple(held)

    def _left_out(self, side: Side) -> tuple[frozenset[str], tuple[Finding, ...]]:
        if not isinstance(self._slice, LeavingOut):
            return frozenset(), ()
        names, said = self._slice.left_out(side, self._pair.on(side).record, self._wanted(side))
        return names & frozenset(self._merged.to(side)), said

    def _check(self, side: Side) -> tuple[Finding, ...]:
        """Say why a side may not be written."""
        found = (
            *self._pair.on(side.other).findings,
            *self._merged.projected(side).blockers,
            *self._slice.mappers[side].check_update(self._pair.on(side).record, self._wanted(side)),
            *(self._terms.barred if side is Side.VTIGER else ()),
        )
        return tuple(dict.fromkeys(found))

    def _wanted(self, side: Side, *, but: frozenset[str] = frozenset()) -> Any:
        projected = self._merged.projected(side).record
        fields = {field: getattr(projected, field) for field in self._merged.to(side) if field not in but}
        return replace(self._pair.on(side).record, **fields)

    def _reasons(self, barred: dict[Side, tuple[Finding, ...]]) -> tuple[Finding, ...]:
        reasons = [item for found in barred.values() for item in found]
        reasons += [self._conflict(field) for field in self._merged.conflicts]
        reasons += self._merged.removed
        if self._merged.one_way:
            first, names = self._merged.one_way[0], all_called(self._slice.name, self._merged.one_way)
            reasons.append(finding(Code.ONE_WAY, f"Changed on the side that is not read: {names}.", field=first))
        return in_order(reasons)

    def _conflict(self, field: str) -> Finding:
        mine, theirs = (self._shown(field, self._pair.on(side).record) for side in Side)
        name = called(self._slice.name, field)
        what = f"{name[0].upper()}{name[1:]} changed on both sides"
        if self._has_no_base(field):
            what = f"The two never agreed on {name}"
        text = f"{what}: Vtiger has {mine}, Xero {theirs}."
        choose = f"`vtxero sync --only {self._slice.name}:{self._pair.vtiger.id} --conflict xero`"
        remedy = f"Make both sides equal by hand, or let one win: {choose} (or `vtiger`)."
        if field in followed_fields(self._slice):
            remedy = f"Make both sides equal by hand, or let Xero's win, where this is never written: {choose}."
        return finding(Code.CONFLICT, text, field=field, remedy=remedy)

    def _shown(self, field: str, record: Any) -> str:
        """Give a value within a sentence: one with commas in quotes, or nobody sees where it ends."""
        shown = self._slice.show(field, record) or "nothing"
        return quoted(shown) if ", " in shown else shown

    def _has_no_base(self, field: str) -> bool:
        return self._pair.vtiger_base is None or field in self._pair.unsettled

    def _outcome(self, reasons: tuple[Finding, ...], *, writes: bool) -> Outcome:
        if self._merged.conflicts:
            return Outcome.CONFLICT
        if writes:
            return Outcome.UPDATED
        if reasons:
            return Outcome.SKIPPED
        return Outcome.LINKED if self._terms.is_new else Outcome.UNCHANGED

    def _at_rest(self, held: tuple[str, ...], reasons: tuple[Finding, ...]) -> Action:
        action = self._action(self._terms.counted_for, held, reasons)
        return replace(action, write="link", outcome=self._outcome(reasons, writes=False))

    def _write(
        self,
        side: Side,
        held: tuple[str, ...],
        reasons: tuple[Finding, ...],
        left_out: frozenset[str],
        *,
        counted: bool,
    ) -> Action:
        fields = tuple(name for name in self._merged.to(side) if name not in left_out)
        wanted, current = self._wanted(side, but=left_out), self._pair.on(side).record
        show = self._slice.show
        return replace(
            self._action(side, held, reasons),
            write="update",
            outcome=self._outcome(reasons, writes=True),
            wanted=self._slice.encode(wanted),
            fields=fields,
            notes=in_order(self._merged.projected(side).notes),
            changes=tuple(FieldChange(field, show(field, current), show(field, wanted)) for field in fields),
            counted=counted,
        )

    def _action(self, target: Side, held: tuple[str, ...], reasons: tuple[Finding, ...]) -> Action:
        pair = self._pair
        return Action(
            self._slice.name,
            target,
            Outcome.UNCHANGED,
            "",
            pair.vtiger.id,
            pair.xero.id,
            pair.vtiger.label or pair.xero.label,
            source=self._slice.encode(pair.on(target.other).record),
            current=self._slice.encode(pair.on(target).record),
            vtiger_base=self._encoded(pair.vtiger_base),
            xero_base=self._encoded(pair.xero_base),
            hold=tuple(dict.fromkeys(held)),
            unsettled=tuple(field for field in dict.fromkeys(held) if self._has_no_base(field)),
            differed=self._terms.is_new and any(map(self._has_no_base, (*held, *self._merged.written))),
            author=self._terms.author,
            reasons=reasons,
        )

    def _encoded(self, base: Any) -> str:
        return "" if base is None else self._slice.encode(base)
