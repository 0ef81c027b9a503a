"""Carrying out the plan: journal first, then the write, then link and outcome in one commit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeAlias

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding, in_order
from vtxero.domain.lookups import read_symbol
from vtxero.domain.sides import Side
from vtxero.errors import ReplyLostError
from vtxero.sync.doubt import plain, proof
from vtxero.sync.fetch import reread
from vtxero.sync.groups import SENT, groups
from vtxero.sync.lookup import CACHED, SYMBOLS, StateLookups
from vtxero.sync.ports import Progress, RowSource
from vtxero.sync.records import Accepted, Answer, Outcome, Refused, Snapshot
from vtxero.sync.settle import Settler, Tell
from vtxero.sync.slice import Slice
from vtxero.sync.state import Action, Departure, State

OTHER_KIND = "It was saved, and answered as a record of another kind. Look there what became of it."
Translate: TypeAlias = Callable[[Side, str, tuple[str, ...]], tuple[Finding, ...]]
"""Turns a service's own words, said of a record of a module, into findings."""


@dataclass(frozen=True, slots=True)
class Ready:
    """An action whose symbols are replaced, with its payload."""

    action: Action
    wanted: str
    payload: Mapping[str, Any]


class Applier:
    """Applies the actions of one module. `record` is called once for every counted outcome.

    `tell` notes, for an earlier run, what it made and could not note.
    """

    def __init__(
        self,
        state: State,
        slice_: Slice[Any],
        sources: Mapping[Side, RowSource],
        lookups: StateLookups,
        *,
        tenant: str,
        run: str,
        translate: Translate,
        record: Callable[[Action], None],
        tell: Tell,
        should_stop: Callable[[], None],
        progress: Progress,
        unseen: Mapping[Side, Collection[str]] | None = None,
    ) -> None:
        """`unseen` are records that this run judged as an earlier one had read them."""
        self._state = state
        self._slice = slice_
        self._unseen = unseen or {}
        self._settler = Settler(state, slice_, tell)
        self._sources = sources
        self._lookups = lookups
        self._tenant = tenant
        self._run = run
        self._translate = translate
        self._record = record
        self._should_stop = should_stop
        self._progress = progress
        self.newest: dict[Side, str] = {}
        """The largest time that an answer to a write bore."""
        self._lost: ReplyLostError | None = None
        self._ahead: Iterator[list[Action]] = iter(())
        self._under_way: list[Action] = []
        self._carried: set[tuple[str, str]] = set()
        """Pairs whose first write was taken. New records have but one."""
        self._resolved: dict[str, str] = {}

    def apply(self) -> None:
        """Carry out the module's actions in order.

        Raises:
            ReplyLostError: after everything else was done, when the answer to a write was lost; the next run finds out.
        """
        total, done = self._state.count_actions(self._slice.name), 0
        self._ahead = groups(self._state.actions(self._slice.name), self._size)
        self._progress.phase(f"Writing {self._slice.name}")
        for group in self._ahead:
            self._under_way = group
            self._should_stop()
            if group[0].write in SENT:
                self._write_group(group)
            else:
                self._settle_group(group)
            self._under_way = []
            done += len(group)
            self._progress.step(self._slice.name, done, total)
        if self._lost:
            raise self._lost

    def left(self) -> Iterator[Action]:
        """Give what `apply` did not come to when it ended early."""
        for group in chain([self._under_way], self._ahead):
            yield from filter(self._may_follow, group)

    def _may_follow(self, action: Action) -> bool:
        """A pair's second write goes out only where the first one was taken."""
        return action.counted or (action.vtiger_id, action.xero_id) in self._carried

    def _size(self, action: Action) -> int:
        if action.write in SENT:
            return self._sources[action.target].batch_size(self._slice.name)
        return 500

    # without a remote write

    def _settle_group(self, group: list[Action]) -> None:
        with self._state.transaction():
            for action in group:
                if action.write == "link":
                    self._settler.settle(action)
                self._record(action)

    # with a remote write

    def _write_group(self, group: list[Action]) -> None:
        ready = self._still_there([item for item in (self._prepare(action) for action in group) if item])
        if ready and ready[0].action.write == "update":
            ready = self._unmoved(ready)
        if not ready:
            return
        first = ready[0].action
        key = self._key(ready)
        intents = self._state.open_intents(self._departure(item, key) for item in ready)
        source = self._sources[first.target]
        send = source.create if first.write == "create" else source.update
        try:
            answers = send(self._slice.name, [item.payload for item in ready], key)
        except ReplyLostError as error:
            self._lost = error
            self._fail_all(ready, str(error))
            return
        with self._state.transaction():
            for item, answer in zip(ready, answers, strict=True):
                self._finish(item, answer)
            self._state.close_intents(intents)

    def _departure(self, item: Ready, key: str) -> Departure:
        action = item.action
        known = self._state.modified(self._slice.name, action.target, action.target_id) if action.target_id else None
        return Departure(action, item.wanted, key, plain(known))

    def _prepare(self, action: Action) -> Ready | None:
        if not self._may_follow(action):
            return None  # the pair stays as it was: both edits are there for the next run
        missing = [need for need in action.needs if self._resolve(need) is None]
        wanted, unresolved = self._replace_symbols(action.wanted)
        missing += unresolved
        if missing:
            self._leave_dependent(action, missing)
            return None
        record = self._slice.decode(wanted)
        current = self._slice.decode(action.current) if action.current else None
        mapper = self._slice.mappers[action.target]
        payload = mapper.payload(record, current, action.vtiger_id, action.xero_id)
        return Ready(action, wanted, payload)

    def _leave_dependent(self, action: Action, missing: Iterable[str]) -> None:
        names = ", ".join(sorted({self._name_of(item) for item in missing}))
        reason = finding(Code.DEPENDENCY, f"It needs {names}, which did not cross in this run.")
        with self._state.transaction():
            self._record(not_written(action, Outcome.SKIPPED, (*action.reasons, reason)))

    def _name_of(self, text: str) -> str:
        module, source_id = read_symbol(text)
        for side in Side:
            row = self._state.record(module, side, source_id)
            if row:
                return f"{module} {row.label}"
        return f"{module} {source_id}"

    def _replace_symbols(self, text: str) -> tuple[str, list[str]]:
        missing: list[str] = []

        def put(match: re.Match[str]) -> str:
            found = self._resolve(match.group(0))
            if found is None:
                missing.append(match.group(0))
            return found or match.group(0)

        return SYMBOLS.sub(put, text), missing

    def _resolve(self, text: str) -> str | None:
        found = self._resolved.get(text) or self._find(text)
        if found:
            if len(self._resolved) == CACHED:
                self._resolved.clear()
            self._resolved[text] = found
        return found

    def _find(self, text: str) -> str | None:
        module, source_id = read_symbol(text)
        for side in Side:
            link = self._state.link(module, side, source_id)
            if link:
                return link.id_on(side.other)
        return self._lookups.seed(module, source_id)

    def _still_there(self, ready: list[Ready]) -> list[Ready]:
        """Look for the records that wait since an earlier run: what was deleted since then does not cross."""
        if not ready:
            return []
        side, module = ready[0].action.target.other, self._slice.name
        doubtful = [item.action.source_id for item in ready if item.action.source_id in self._unseen.get(side, ())]
        if not doubtful or not self._sources[side].may_vanish(module):
            return ready
        gone = set(doubtful) - set(self._sources[side].existing(module, doubtful))
        for item in ready:
            if item.action.source_id in gone:
                self._leave_gone(item.action, side)
        return [item for item in ready if item.action.source_id not in gone]

    def _unmoved(self, ready: list[Ready]) -> list[Ready]:
        """Look once more before changing existing records: who edited one meanwhile is not overwritten."""
        target, module = ready[0].action.target, self._slice.name
        ids = [item.action.target_id for item in ready]
        known = {record_id: self._state.modified(module, target, record_id) for record_id in ids}
        now = self._sources[target].modified_now(module, ids)
        same = {record_id for record_id in now if now[record_id] == plain(known[record_id])}
        doubtful = {record_id for record_id in same if proof(known[record_id]) is None}
        same -= self._differing([item for item in ready if item.action.target_id in doubtful])
        kept, moved = [], []
        for item, record_id in zip(ready, ids, strict=True):
            if record_id in same:
                kept.append(item)
            elif record_id not in now:
                self._leave_gone(item.action, target)
            else:
                moved.append(record_id)
                text = f"It was edited in {target.label} during this run."
                self._leave(item.action, Outcome.CONFLICT, finding(Code.MOVED, text))
        with self._state.transaction():
            # Its time may lie before all that the next run reads: a backup was put back meanwhile.
            reread(self._state, self._slice, self._sources[target], moved)
        return kept

    def _differing(self, doubtful: list[Ready]) -> set[str]:
        """Read again those whose time proves nothing; give the ids of those that are not as they were judged."""
        if not doubtful:
            return set()
        target = doubtful[0].action.target
        judged = {item.action.target_id: item.action.current for item in doubtful}
        mapper = self._slice.mappers[target]
        for page in self._sources[target].fetch_ids(self._slice.name, list(judged)):
            for found in mapper.parse(page.raw):
                if judged.get(found.id) == self._slice.encode(found.record):
                    del judged[found.id]
        return set(judged)

    def _leave_gone(self, action: Action, side: Side) -> None:
        self._leave(action, Outcome.SKIPPED, finding(Code.GONE, f"It is gone in {side.label}."))

    def _leave(self, action: Action, outcome: Outcome, reason: Finding) -> None:
        with self._state.transaction():
            self._record(not_written(action, outcome, in_order((*action.reasons, reason))))

    def _finish(self, item: Ready, answer: Answer) -> None:
        snapshots = [] if isinstance(answer, Refused) else self._slice.mappers[item.action.target].parse(answer.raw)
        if isinstance(answer, Refused) or not snapshots:
            messages = answer.messages if isinstance(answer, Refused) else (OTHER_KIND,)
            reasons = self._translate(item.action.target, self._slice.name, messages)
            self._record(not_written(item.action, Outcome.FAILED, in_order((*item.action.reasons, *reasons))))
            return
        self._accept(item, answer, snapshots[0])

    def _accept(self, item: Ready, answer: Accepted, snapshot: Snapshot[Any]) -> None:
        action, side = item.action, item.action.target
        self.newest[side] = max(snapshot.modified, self.newest.get(side, ""))
        surprises = self._slice.mappers[side].check_answer(self._slice.decode(item.wanted), snapshot.record)
        named = _with_id(action, snapshot.id)
        self._settler.settle_answer(named, snapshot)
        if action.write == "update":
            self._carried.add((named.vtiger_id, named.xero_id))
        notes = (*action.notes, *self._translate_warnings(side, answer), *(item for item in surprises if item.is_note))
        outcome, reasons = action.outcome, action.reasons
        failures = tuple(item for item in surprises if not item.is_note)
        if failures:
            outcome, reasons = Outcome.FAILED, in_order((*reasons, *failures))
        self._record(replace(named, outcome=outcome, reasons=reasons, notes=in_order(notes)))

    def _translate_warnings(self, side: Side, answer: Accepted) -> tuple[Finding, ...]:
        if not answer.warnings:
            return ()
        found = self._translate(side, self._slice.name, answer.warnings)
        return tuple(replace(item, is_note=True) for item in found)

    def _fail_all(self, ready: list[Ready], text: str) -> None:
        reason = finding(Code.ANSWER_LOST, text)
        with self._state.transaction():
            for item in ready:
                self._record(not_written(item.action, Outcome.FAILED, (reason,)))

    def _key(self, ready: list[Ready]) -> str:
        """The Idempotency-Key: tenant, endpoint, the payloads in order, and the run."""
        digest = hashlib.sha256()
        first = ready[0].action
        for part in (self._tenant, self._slice.name, first.target, first.write, self._run, *(r.wanted for r in ready)):
            digest.update(str(part).encode())
            digest.update(b"\0")
        return f"vtxero-{digest.hexdigest()[:48]}"


def not_written(action: Action, outcome: Outcome, reasons: tuple[Finding, ...]) -> Action:
    """Give a planned write that came to nothing: what was noted of how the record crosses is not said of it."""
    return replace(action, outcome=outcome, reasons=reasons, changes=(), notes=())


def _with_id(action: Action, record_id: str) -> Action:
    if action.target is Side.VTIGER:
        return replace(action, vtiger_id=record_id)
    return replace(action, xero_id=record_id)
