"""Taking a run back, as a run of its own: plan, announce, note, write, report.

Our own notes change before each write leaves: links are dropped or set back first. Killed at any point, the worst that
is left are two records without a link, which the next sync joins again by marker and natural key; and an `undo` that is
repeated goes on where this one stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.domain.words import all_called
from vtxero.errors import DeclinedError, ReplyLostError, StateError, VtxeroError
from vtxero.sync.doubt import in_doubt
from vtxero.sync.effects import CREATED, UPDATED
from vtxero.sync.fetch import keep
from vtxero.sync.records import Accepted, Answer, Outcome, Refused, Removal, Snapshot
from vtxero.sync.report import RunReport
from vtxero.sync.slice import with_fields
from vtxero.sync.state import Action, Departure, Link
from vtxero.sync.undo import Kind, UndoStep, announce, forgotten, moved_on
from vtxero.sync.undo_forecast import calls_of_undo, restoring_payloads
from vtxero.sync.undo_plan import UndoRequest, UndoTools, link_of, plan_undo, read, with_others
from vtxero.sync.undo_report import UndoReport, refused

T = TypeVar("T")

Announce: TypeAlias = Callable[[RunReport], None]
"""Told what is going to happen, before anything is written; raises to stop it."""

LOOK = 50
"""Records looked at once more at a time before they are written."""
SIDES = (Side.XERO, Side.VTIGER)
ORDER = (Kind.RESTORE, Kind.REMOVE, Kind.UNLINK, Kind.DONE)


class UndoRun:
    """One undo. `execute` ends with a report; only an unusable state, and a person's no or Ctrl-C, are raised."""

    def __init__(self, tools: UndoTools, request: UndoRequest, announce_to: Announce) -> None:
        self._tools = tools
        self._env = tools.env
        self._state = tools.state
        self._request = request
        self._announce_to = announce_to
        self._report = UndoReport(tools.env, request.command, dry_run=request.dry_run)
        self._stayed: set[tuple[Side, str]] = set()

    def execute(self) -> RunReport:
        """Plan, announce, take back, report."""
        try:
            steps = self._plan()
            if self._request.dry_run:
                for step in steps:
                    self._report.count(step)
            else:
                self._ask(steps)
                self._carry_out(steps)
        except (StateError, DeclinedError):
            raise
        except VtxeroError as error:
            self._report.note(error)
        return self._report.finish()

    def _plan(self) -> list[UndoStep]:
        steps = sorted(plan_undo(self._tools, self._request), key=self._turn)
        self._report.plan(calls_of_undo(self._env, steps, LOOK))
        said = self._tools.earlier if steps else self._tools.nothing
        self._report.say(*filter(None, (said,)))
        if any(step.kind is Kind.REMOVE and step.effect.side is Side.XERO for step in steps):
            self._report.say(*self._tools.words)
        self._report.say(*announce(steps, self._tools.rules))
        return steps

    def _turn(self, step: UndoStep) -> tuple[int, ...]:
        """Put steps in the order in which they are carried out: so a plan tells what its undo will tell."""
        if step.kind is Kind.LEAVE:
            return (0,)
        places = [module.name for module in reversed(self._env.modules)]
        return (1, places.index(step.effect.module), SIDES.index(step.effect.side), ORDER.index(step.kind))

    def _ask(self, steps: Sequence[UndoStep]) -> None:
        try:
            self._announce_to(self._report.preview(steps))
        except DeclinedError as error:
            self._report.note(error)
            self._report.finish()
            raise
        except VtxeroError:
            raise
        except Exception:
            self._report.stopped()
            self._report.finish()
            raise

    # doing

    def _carry_out(self, steps: Sequence[UndoStep]) -> None:
        """Module after module, what depends on others first."""
        for step in steps:
            if step.kind is Kind.LEAVE:
                self._report.count(step)
        for module in reversed(self._env.modules):
            own = with_others(self._tools, [step for step in steps if step.effect.module == module.name])
            for side in SIDES:
                for kind in ORDER:
                    self._take_back([s for s in own if s.kind is kind and s.effect.side is side])

    def _take_back(self, steps: Sequence[UndoStep]) -> None:
        for group in _chunks(steps, LOOK):
            self._env.should_stop()
            if group[0].kind in {Kind.UNLINK, Kind.DONE}:
                self._settle(group)
                continue
            module, side, _ = group[0].place
            self._env.progress.phase(f"Taking back {module} in {side.label}")
            size = self._env.sources[side].batch_size(module)
            for batch in _chunks(self._unmoved([step for step in group if self._is_free(step)]), size):
                self._write(batch)

    def _is_free(self, step: UndoStep) -> bool:
        """Leave what is still used by something that was to go first and did not."""
        held = [each for each in step.users if (step.effect.side, each) in self._stayed]
        if held:
            text = f"It is used by {', '.join(held)}, which could not be taken back."
            self._spare(step, finding(Code.DEPENDENCY, text))
        return not held

    def _spare(self, step: UndoStep, reason: Finding) -> None:
        """Leave a record alone after all, and with it what it uses."""
        self._stayed.add((step.effect.side, step.effect.id))
        self._report.count(step, Outcome.SKIPPED, (reason,))

    def _unmoved(self, steps: Sequence[UndoStep]) -> list[UndoStep]:
        """Look once more: who edited a record since the plan was made is not overruled."""
        if not steps:
            return []
        module, side, _ = steps[0].place
        times = self._env.sources[side].modified_now(module, [step.effect.id for step in steps])
        kept = []
        for step in self._moved_on(steps, times):
            if step.effect.id not in times:
                gone = replace(step, kind=Kind.DONE, now=None)
                is_linked = step.kind is Kind.REMOVE and any(link_of(self._state, each) for each in step.effects)
                self._settle([forgotten(gone) if is_linked else gone])
            elif step.now and times[step.effect.id] != step.now.modified:
                self._spare(step, finding(Code.UNDO_TOUCHED, "It was saved by somebody just now."))
            else:
                kept.append(step)
        return kept

    def _moved_on(self, steps: Sequence[UndoStep], times: Mapping[str, str]) -> list[UndoStep]:
        """Read again what was moved by others that went before it: nothing else of it may have changed since."""
        moved = [step for step in steps if step.moved and step.now and times.get(step.effect.id) != step.now.modified]
        found = read(self._tools, [step.place for step in moved])
        return [self._over(step, found.get(step.place)) for step in steps]

    def _over(self, step: UndoStep, now: Snapshot[Any] | None) -> UndoStep:
        slice_, rules = self._env.slices[step.effect.module], self._tools.rules[step.effect.module]
        return (moved_on(slice_, rules, step, now) if now else None) or step

    def _settle(self, steps: Sequence[UndoStep]) -> None:
        """What needs no write."""
        with self._env.transaction():
            for step in steps:
                self._release(step)
                if step.now is None and step.effect.write == CREATED:
                    self._state.drop_record(*step.place)
                self._finished(step)

    def _write(self, batch: Sequence[UndoStep]) -> None:
        key = self._key(batch)
        with self._env.transaction():
            intents = self._state.open_intents(Departure(_intent(step), self._wanted(step), key) for step in batch)
            links = [self._release(step) for step in batch]
        try:
            answers = self._send(batch, key)
        except ReplyLostError as error:
            self._report.note(error)
            self._fail(batch, error)
            return
        except VtxeroError:
            with self._env.transaction():  # nothing was done
                self._put_back(links)
                self._state.close_intents(intents)
            raise
        with self._env.transaction():
            for step, answer, link in zip(batch, answers, links, strict=True):
                self._finish_step(step, answer, link)
            self._state.close_intents(intents)

    def _send(self, batch: Sequence[UndoStep], key: str) -> list[Answer]:
        module, side, _ = batch[0].place
        remover = self._tools.removers[side]
        if batch[0].kind is Kind.REMOVE:
            return remover.remove(module, [Removal(s.effect.id, s.way, tuple(s.parts)) for s in batch], key)
        parts = [Removal("", step.way, tuple(step.parts)) for step in batch if step.parts]
        if parts:
            remover.remove(module, parts, key)
        return self._env.sources[side].update(module, restoring_payloads(self._env, batch), key)

    def _finish_step(self, step: UndoStep, answer: Answer, link: Link | None) -> None:
        module, side, record_id = step.place
        if isinstance(answer, Refused):
            self._stayed.add((side, record_id))
            self._put_back([link])
            self._report.count(step, Outcome.FAILED, self._env.translate(side, module, answer.messages))
        elif step.kind is Kind.REMOVE and not answer.raw:
            self._state.drop_record(module, side, record_id)
            self._finished(step)
        else:
            self._keep_answer(step, answer, link)

    def _keep_answer(self, step: UndoStep, answer: Accepted, link: Link | None) -> None:
        """Keep the record as it is now for the next sync, and compare it with what was wanted."""
        module, side, _ = step.place
        snapshot = self._env.slices[module].mappers[side].parse(answer.raw)[0]
        keep(self._state, module, side, snapshot)
        self._state.forget_modified(module, side, snapshot.id)
        stuck = tuple(name for name in step.fields if getattr(snapshot.record, name) != getattr(step.wanted, name))
        if step.kind is Kind.RESTORE and stuck:
            self._keep_bases(link, stuck)
            self._leave_standing(step, stuck, snapshot)
            text = f"{side.label} took the write and kept its own: {all_called(module, stuck)}."
            reason = finding(refused(side), text, remedy="Set it back by hand, then undo once more.")
            took = tuple(change for change in step.changes if change.field not in stuck)
            self._report.count(step, Outcome.FAILED, (reason,), took)
            return
        self._state.set_back_at(step.effect, snapshot.modified)
        self._finished(step)

    def _leave_standing(self, step: UndoStep, fields: Sequence[str], answered: Snapshot[Any]) -> None:
        """Let what could not be set back be there for the next undo, as part of the first write to the record."""
        first = next(effect for effect in step.effects if effect.write == UPDATED)
        after = self._env.slices[first.module].encode(answered.record)
        self._state.narrow(first, fields, after, answered.modified)
        self._state.mark_undone([effect.seq for effect in step.effects if effect is not first])

    def _keep_bases(self, link: Link | None, fields: Sequence[str]) -> None:
        """Let fields that could not be set back be as settled as they were: else they would cross as new edits."""
        present = self._state.link(link.module, Side.VTIGER, link.vtiger_id) if link else None
        if link and present and present.xero_id == link.xero_id:
            self._state.put_link(self._rebased(present, link.vtiger_base, link.xero_base, fields, ()))

    def _finished(self, step: UndoStep) -> None:
        self._state.mark_undone([effect.seq for effect in step.effects])
        self._report.count(step)

    def _fail(self, batch: Sequence[UndoStep], error: VtxeroError) -> None:
        again = "Run the same undo again: it looks what became of it."
        reason = finding(Code.ANSWER_LOST, error.message, remedy=again)
        with self._env.transaction():
            for step in batch:
                self._stayed.add((step.effect.side, step.effect.id))
                self._report.count(step, Outcome.FAILED, (reason,))

    # our own notes

    def _release(self, step: UndoStep) -> Link | None:
        """Before the write leaves: drop the link or set its bases back, and let both records wait for the next sync.

        Returns the link as it was.
        """
        effect = step.effect
        link = next((found for each in step.effects if (found := link_of(self._state, each))), None)
        if link and step.makes_strangers:
            self._state.drop_link(effect.module, link.vtiger_id)
        elif link:
            first = step.effect
            self._state.put_link(self._rebased(link, first.vtiger_base, first.xero_base, step.fields, first.unsettled))
        for side, snapshot in ((effect.side, step.now), (effect.side.other, step.other)):
            if snapshot is not None and (link is not None or effect.write == CREATED):
                # Read for the plan, in whatever second: it proves nothing.
                keep(self._state, effect.module, side, replace(snapshot, modified=in_doubt(snapshot.modified)))
        return link

    def _rebased(
        self, link: Link, vtiger_base: str, xero_base: str, fields: Sequence[str], unsettled: Sequence[str]
    ) -> Link:
        """Give a link whose bases have these fields as they once were."""
        slice_ = self._env.slices[link.module]

        def mixed(now: str, then: str) -> str:
            if not then:
                return now
            return slice_.encode(with_fields(slice_, slice_.decode(now), fields, slice_.decode(then)))

        open_again = tuple(name for name in unsettled if name in fields)
        return replace(
            link,
            vtiger_base=mixed(link.vtiger_base, vtiger_base),
            xero_base=mixed(link.xero_base, xero_base),
            unsettled=tuple(dict.fromkeys((*link.unsettled, *open_again))),
        )

    def _put_back(self, links: Sequence[Link | None]) -> None:
        for link in links:
            if link:
                self._state.put_link(link)

    def _key(self, batch: Sequence[UndoStep]) -> str:
        """The Idempotency-Key: organisation, what is done to which records, and the run."""
        digest = hashlib.sha256()
        first = batch[0]
        for part in (self._env.tenant, *first.place[:2], first.kind, self._env.run, *(s.effect.id for s in batch)):
            digest.update(str(part).encode())
            digest.update(b"\0")
        return f"vtxero-{digest.hexdigest()[:48]}"

    def _wanted(self, step: UndoStep) -> str:
        return step.way if step.wanted is None else self._env.slices[step.effect.module].encode(step.wanted)


def _intent(step: UndoStep) -> Action:
    """The journal's form of a step."""
    write = "remove" if step.kind is Kind.REMOVE else "restore"
    effect = step.effect
    return Action(effect.module, effect.side, Outcome.UPDATED, write, effect.vtiger_id, effect.xero_id, effect.label)


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
