"""Judging: what is to become of each record that was read, or that waits. Writes nothing to either side."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.ids import record_number
from vtxero.domain.options import ConflictPolicy
from vtxero.domain.sides import Direction, Side
from vtxero.sync.lookup import SYMBOLS
from vtxero.sync.match import Match, find_heir_link, find_namesake, match_vtiger, unfinished, unlike
from vtxero.sync.merge import Pair, merge
from vtxero.sync.pair import PairTerms, judge_pair
from vtxero.sync.records import FieldChange, Outcome, Presence, Snapshot
from vtxero.sync.recover import Recovery
from vtxero.sync.selection import EVERYTHING, Allowance, Selection
from vtxero.sync.settle import Tell
from vtxero.sync.slice import Slice, belongs
from vtxero.sync.state import Action, Intent, Link, State, StoredRecord


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a module is judged."""

    direction: Direction
    policy: ConflictPolicy
    required: bool = True
    leader: Side | None = None
    """The side whose word counts in this module, whoever changed what; None where each side's changes count."""

    def counted_for(self, author: Side) -> Side:
        """The side whose row counts a pair without a write: away from its author, or where the direction goes."""
        if self.direction is Direction.BOTH:
            return author.other
        return Side.XERO if self.direction is Direction.TO_XERO else Side.VTIGER


class Planner:
    """Judges one module's waiting records into actions."""

    def __init__(
        self,
        state: State,
        slice_: Slice[Any],
        terms: Terms,
        *,
        tell: Tell,
        known_seeds: frozenset[str] = frozenset(),
        selection: Selection = EVERYTHING,
        remapped: Collection[str] = (),
    ) -> None:
        """`remapped` fields mean something else than when bases were kept: each pair meets in them anew."""
        self._state = state
        self._slice = slice_
        self._terms = terms
        self._intents: Mapping[tuple[Side, str], Intent] = {}
        self._tell = tell
        self._known_seeds = known_seeds
        self._selection = selection
        self._remapped = remapped
        self._allowance = Allowance(selection.limit)
        self._allowed = True
        self._refused: set[str] = set()
        """Xero records that were told of beside a Vtiger record of the same key that is not their partner."""
        self._bereft: list[tuple[Side, Pair[Any], tuple[Finding, ...]]] = []
        self.seeds: set[str] = set()
        """Symbols of records without a counterpart that the slice asks to be made first (the placeholder product)."""
        self.parted: dict[str, str] = {}
        """Vtiger records that were duplicates until now, and who stood for them."""

    def plan(self) -> set[str]:
        """Judge everything. Returns the Vtiger ids of the linked pairs that were judged.

        Before that, the changes that interrupted runs sent are settled; `tell` notes their outcomes.
        """
        module, judged = self._slice.name, set()
        self._intents = self._state.find_intents(module)
        recovery = Recovery(self._state, self._slice, self._tell)
        recovery.settle_changes()
        recovery.settle_seed()
        self._state.unsettle(module, self._remapped)
        self._recover_made()
        for link in self._state.waiting_links(module):
            pair = self._load_pair(link)
            if self._wants(pair.vtiger, pair.xero):
                judged.add(link.vtiger_id)
                self._judge_pair(pair, link)
        for row in self._state.unlinked(module, Side.VTIGER):
            self._judge_vtiger(row)
        if self._terms.direction.reaches(Side.VTIGER):
            for row in self._state.unlinked(module, Side.XERO):
                self._judge_xero(row)
        self._skip_bereft()
        return judged

    # one record alone

    def _recover_made(self) -> None:
        """Before anything else, claim what an interrupted run may have made in Vtiger: it is nobody's new record."""
        for (target, source_id), intent in self._intents.items():
            row = self._state.record(self._slice.name, Side.XERO, source_id) if target is Side.VTIGER else None
            if row is None or row.raw is None or self._state.link(self._slice.name, Side.XERO, source_id):
                continue
            source = self._read(row)
            orphan = self._find_made(source, intent)
            if orphan:
                self._adopt(source, orphan, intent)

    def _judge_vtiger(self, row: StoredRecord) -> None:
        if self._state.planned_partner(self._slice.name, Side.VTIGER, row.id) is not None:
            return
        source = self._read(row)
        if not self._wants(source) or not belongs(self._slice, row.side, source):
            return
        orphan = self._find_sent(source)
        if orphan:
            self._adopt(*orphan)
            return
        heir = find_heir_link(self._state, self._slice, Side.VTIGER, source)
        if heir:
            first = self._heir_before(heir, Side.XERO)
            if first:
                self._skip_duplicate(source, first)
            else:
                self._meet(source, heir.xero_id)
            return
        match = match_vtiger(self._state, self._slice, source)
        self._end_alias(source, match)
        if match.xero_id:
            self._meet(source, match.xero_id)
        elif not self._terms.direction.reaches(Side.XERO):
            return
        elif match.holder:
            self._skip_duplicate(source, match.holder)
        elif match.finding:
            self._skip(Side.XERO, source.id, "", source.label, (*source.findings, match.finding))
        else:
            self._create(Side.XERO, source)

    def _judge_xero(self, row: StoredRecord) -> None:
        if self._state.planned_partner(self._slice.name, Side.XERO, row.id) is not None:
            return
        source = self._read(row)
        if not self._wants(source) or not belongs(self._slice, row.side, source):
            return
        if source.presence is Presence.GONE or source.id in self._refused:
            return
        heir = find_heir_link(self._state, self._slice, Side.XERO, source)
        if heir and not self._heir_before(heir, Side.VTIGER):
            self._judge_pair(Pair(self._present(heir, Side.VTIGER), source), None)
            return
        ids = self._possible_partners(source)
        if ids:
            text = (
                f"Vtiger has {', '.join(ids[:5])} of the same name, code or number, and it did not become the partner."
            )
            reason = finding(Code.AMBIGUOUS, text)
            self._skip(Side.VTIGER, "", source.id, source.label, (*source.findings, reason))
        else:
            self._create(Side.VTIGER, source)

    def _heir_before(self, link: Link, side: Side) -> str:
        """Find the other record that this plan has take over the partner on `side`, blank when there is none."""
        lines = self._state.lines_of(self._slice.name, side, link.id_on(side))
        ids = (line.vtiger_id if side is Side.XERO else line.xero_id for line in lines if line.write)
        return next((each for each in ids if each not in {"", link.id_on(side.other)}), "")

    def _possible_partners(self, source: Snapshot[Any]) -> list[str]:
        """Vtiger records that could be this one: any with its id or strongest key, free ones under the others."""
        found = [hit.id for hit in self._state.marked(self._slice.name, Side.VTIGER, source.id)]
        for place, (kind, key) in enumerate(source.keys):
            hits = self._state.hits(self._slice.name, Side.VTIGER, kind, key)
            found += [hit.id for hit in hits if not place or not hit.linked]
        for kind, key in source.alike:
            hits = self._state.hits(self._slice.name, Side.VTIGER, kind, key)
            found += [hit.id for hit in hits if not hit.linked]
        return list(dict.fromkeys(found))

    def _create(self, target: Side, source: Snapshot[Any]) -> None:
        projection = self._slice.mappers[target].project(source, None)
        blockers = (*source.findings, *projection.blockers)
        vtiger_id, xero_id = (source.id, "") if target is Side.XERO else ("", source.id)
        if blockers:
            self._skip(target, vtiger_id, xero_id, source.label, blockers)
            return
        wanted = projection.record
        changes = tuple(
            FieldChange(field, None, self._slice.show(field, wanted))
            for field in self._slice.fields
            if not self._slice.is_blank(field, wanted)
        )
        self._add(
            Action(
                self._slice.name,
                target,
                Outcome.CREATED,
                "create",
                vtiger_id,
                xero_id,
                source.label,
                source=self._slice.encode(source.record),
                wanted=self._slice.encode(wanted),
                author=target.other,
                notes=projection.notes,
                changes=changes,
                spare=in_order(self._slice.unneeded(source.record)) if target is Side.XERO else (),
            )
        )

    def _skip_duplicate(self, source: Snapshot[Any], holder: str) -> None:
        self._state.put_alias(self._slice.name, source.id, holder)
        code = self._slice.duplicate_code
        if code is None:
            raise AssertionError(f"{self._slice.name} knows no duplicates")
        reason = finding(code, f"Vtiger's {holder} has the same name or code and crosses for both.")
        self._skip(Side.XERO, source.id, "", source.label, (reason,))

    def _end_alias(self, source: Snapshot[Any], match: Match) -> None:
        """A record that has the key of its holder no more stands for itself, or waits by itself."""
        holder = self._state.alias_of(self._slice.name, source.id)
        if holder and holder != match.holder:
            self._state.drop_alias(self._slice.name, source.id)
            self.parted[source.id] = holder

    # two records

    def _meet(self, source: Snapshot[Any], xero_id: str) -> None:
        """Two existing records meet for the first time."""
        row = self._state.record(self._slice.name, Side.XERO, xero_id)
        if row is None:
            raise AssertionError(f"{xero_id} was matched and is not there")
        link = self._state.link(self._slice.name, Side.XERO, xero_id)
        found = self._present(link, Side.XERO) if link else self._read(row)
        wanted = self._slice.mappers[Side.XERO].project(source, found.record).record
        other = self._slice.check_match(wanted, found.record)
        if not belongs(self._slice, Side.XERO, found):
            other = (finding(Code.AMBIGUOUS, f"Xero's {found.label} belongs to a record of another module."),)
        if other:
            counted_for = self._terms.counted_for(Side.VTIGER)
            # Both are told of in one line; a Xero record that several may not meet, in the first of theirs.
            told = "" if xero_id in self._refused else xero_id
            self._skip(counted_for, source.id, told, source.label, (*source.findings, *other))
            self._refused.add(xero_id)
            return
        self._judge_pair(Pair(source, found), None)

    def _adopt(self, source: Snapshot[Any], found: Snapshot[Any], intent: Intent) -> None:
        """Link a record with the one that an interrupted run made of it; what was not carried out then is done now."""
        sent = self._slice.decode(intent.wanted)
        meant = self._slice.decode(intent.source)
        is_ours = found.marker == source.id
        if intent.target is Side.XERO:
            strange = frozenset[str]() if is_ours else unlike(self._slice, found.record, sent)
            pair = Pair(source, found, vtiger_base=meant, xero_base=sent, unsettled=strange)
            self._judge_pair(pair, None, intent=intent)
            return
        whole = self._slice.mappers[Side.VTIGER].project(replace(source, record=meant), found.record).record
        half = unfinished(self._slice, found.record, sent, whole)
        strange = frozenset[str]() if is_ours else unlike(self._slice, found.record, whole) - half
        pair = Pair(found, source, vtiger_base=sent, xero_base=meant, unsettled=strange)
        self._judge_pair(pair, None, intent=intent, forced=half)

    def _find_sent(self, source: Snapshot[Any]) -> tuple[Snapshot[Any], Snapshot[Any], Intent] | None:
        """Find, in Xero, what an interrupted run may have created from this Vtiger record."""
        intent = self._intents.get((Side.XERO, source.id))
        if intent is None:
            return None
        match = match_vtiger(self._state, self._slice, source)
        row = self._state.record(self._slice.name, Side.XERO, match.xero_id) if match.xero_id else None
        return (source, self._read(row), intent) if row else None

    def _find_made(self, source: Snapshot[Any], intent: Intent) -> Snapshot[Any] | None:
        """Find, in Vtiger, what an interrupted run may have created from this Xero record: newer than all it knew."""
        sent, alike = self._slice.decode(intent.wanted), None
        for row in self._state.unlinked(self._slice.name, Side.VTIGER):
            claimed = self._state.planned_partner(self._slice.name, Side.VTIGER, row.id) is not None
            if claimed or record_number(row.id) <= intent.highest:
                continue
            found = self._read(row)
            if found.marker == source.id:
                return found
            # One that carries another's marker was made of that one, however equal the two are.
            same = all(getattr(found.record, field) == getattr(sent, field) for field in self._slice.identity)
            if same and not found.marker and alike is None:
                alike = found
        return alike

    def _judge_pair(
        self,
        pair: Pair[Any],
        link: Link | None,
        *,
        intent: Intent | None = None,
        forced: frozenset[str] = frozenset(),
    ) -> None:
        author = link.author if link else (intent.target.other if intent else Side.VTIGER)
        terms = self._terms
        gone = self._gone(pair)
        if gone:
            self._bereft.append((terms.counted_for(author), pair, gone))
            return
        merged = merge(self._slice, pair, terms.direction, terms.policy, forced=forced, leader=terms.leader)
        # What a killed run made is linked though nothing may be written: an undo has to know of it.
        rests = intent is not None and self._selection.limit == 0 and not forced
        counted_for = terms.counted_for(author)
        barred = find_namesake(self._state, self._slice, pair, merged.to_vtiger)
        pair_terms = PairTerms(author, counted_for, link is None, rests=rests, barred=barred)
        for action in judge_pair(self._slice, pair, merged, pair_terms):
            self._add(action)

    def _skip_bereft(self) -> None:
        """Leave the pairs alone of which one is gone, except where the other has an heir: its outcome is theirs."""
        partner, told = self._state.planned_partner, set[str]()
        for target, pair, gone in self._bereft:
            left = [side for side in Side if pair.on(side).presence is not Presence.GONE]
            if all(partner(self._slice.name, side, pair.on(side).id) is None for side in left):
                # Several of one name may meet the same record: it is told of once.
                xero_id = "" if pair.xero.id in told else pair.xero.id
                self._skip(target, pair.vtiger.id, xero_id, pair.vtiger.label, gone)
                told.add(pair.xero.id)

    def _gone(self, pair: Pair[Any]) -> tuple[Finding, ...]:
        """Say that one of the two is gone; where both are, they agree."""
        if all(pair.on(side).presence is Presence.GONE for side in Side):
            return ()
        for side in Side:
            snapshot = pair.on(side)
            if snapshot.presence is Presence.GONE:
                return snapshot.findings or (finding(Code.GONE, f"It is gone in {side.label}."),)
        return ()

    def _load_pair(self, link: Link) -> Pair[Any]:
        bases = {side: self._slice.decode(link.base(side)) for side in Side}
        return Pair(
            self._now(link, Side.VTIGER, bases[Side.VTIGER]),
            self._now(link, Side.XERO, bases[Side.XERO]),
            bases[Side.VTIGER],
            bases[Side.XERO],
            frozenset(link.unsettled),
        )

    def _present(self, link: Link, side: Side) -> Snapshot[Any]:
        return self._now(link, side, self._slice.decode(link.base(side)))

    def _now(self, link: Link, side: Side, base: Any) -> Snapshot[Any]:
        row = self._state.record(self._slice.name, side, link.id_on(side))
        if row and row.raw is not None:
            found = self._read(row)
            # What waits was read before it was found to be gone.
            return replace(found, presence=Presence.GONE) if row.presence is Presence.GONE else found
        if row is None:
            return Snapshot(link.id_on(side), "", "", base, "")
        return Snapshot(row.id, row.label, row.modified, base, "", marker=row.marker, presence=row.presence)

    def _read(self, row: StoredRecord) -> Snapshot[Any]:
        if row.raw is None:
            raise AssertionError(f"{row.id} is settled and cannot be judged")
        return self._slice.mappers[row.side].parse_one(row.raw)

    # adding to the plan

    def _skip(self, target: Side, vtiger_id: str, xero_id: str, label: str, reasons: tuple[Finding, ...]) -> None:
        module = self._slice.name
        self._add(Action(module, target, Outcome.SKIPPED, "", vtiger_id, xero_id, label, reasons=in_order(reasons)))

    def _wants(self, *snapshots: Snapshot[Any]) -> bool:
        return self._selection.asks_for(*snapshots)

    def _add(self, action: Action) -> None:
        """Append to the plan, with the records of the same plan that this one refers to."""
        if action.write in {"create", "update"}:
            if action.counted:
                self._allowed = self._allowance.take()
            if not self._allowed:
                return
        needs = tuple(dict.fromkeys(SYMBOLS.findall(action.wanted)))
        self.seeds.update(need for need in needs if need in self._known_seeds)
        required = self._terms.required and not action.spare
        self._state.add_action(replace(action, needs=needs, required=required))
