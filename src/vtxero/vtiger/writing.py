"""Carries out the steps of a payload, one record at a time, and reads the record again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS
from vtxero.domain.reference import VtigerReference
from vtxero.errors import NotModelledError, RefusedError, ReplyLostError, StopError, VtxeroError
from vtxero.sync.records import Accepted, Answer, Payload, Refused
from vtxero.vtiger.amounts import changed_amount
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.elements import INVOICE, PRICED, complete, needs_current
from vtxero.vtiger.errors import SERVICE
from vtxero.vtiger.invoices import split_invoice
from vtxero.vtiger.rows import Row, dump_page, text

_log = logging.getLogger("vtxero.vtiger")

REPAIRS = 2
"""How often lost lines of an invoice are sent again."""

_SYMBOL = "$"


@dataclass(frozen=True, slots=True)
class _Step:
    """One write. `sent` is the element as it left, `answer` the record as Vtiger stored it."""

    operation: str
    module: str
    sent: Row
    answer: Row

    @property
    def record_id(self) -> str:
        return text(self.answer, "id")


@dataclass(slots=True)
class _Progress:
    """The steps done so far, and what went wrong without undoing them."""

    steps: list[_Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes records. `read_again` gives the composite row of an id as it is now.

    `changed` tells of an amount that Vtiger did not keep as it was sent; nothing more is written then.
    """

    client: VtigerClient
    reference: VtigerReference
    read_again: Callable[[str, str], Row | None]
    changed: list[str] = field(default_factory=list)

    def write(self, module: str, payload: Payload) -> Answer:
        """Carry out one payload.

        A refusal of the first step refuses the record. One of a later step is a warning: what was done before it
        stands. Any other error after a step was done means that nobody knows how much is there.

        Raises:
            StopError: an amount of an earlier record was changed on its way in; nothing was sent.
            ReplyLostError: something was, or may have been, carried out; look before sending again.
        """
        if self.changed:
            raise amounts_changed(self.changed[0])
        steps = _steps_of(payload)
        progress = _Progress()
        try:
            for step in steps:
                progress.steps.append(self._carry_out(step, progress))
        except RefusedError as error:
            if not progress.steps:
                return Refused(error.messages)
            progress.warnings.append(f"A later step was refused: {error.message}.")
        except ReplyLostError:
            raise
        except VtxeroError as error:
            raise _broken_off(error, progress) from error
        return self._accepted(module, payload, progress)

    def _accepted(self, module: str, payload: Payload, progress: _Progress) -> Accepted:
        try:
            row = self._repair_lines(progress) if module == "invoices" else None
            row = row or self.read_again(module, _root_id(module, payload, progress.steps))
        except ReplyLostError:
            raise
        except VtxeroError as error:
            raise _broken_off(error, progress) from error
        if row is None:
            progress.warnings.append("Vtiger does not show the record to the API user; what it answered was taken.")
            row = _from_answers(module, progress.steps)
        return Accepted(dump_page([row]), tuple(progress.warnings))

    def _carry_out(self, step: Mapping[str, Any], progress: _Progress) -> _Step:
        operation, module = text(step, "op"), text(step, "module")
        element = _resolved(step["element"], progress.steps)
        _bar_faulty_version(self.reference, module, operation, element)
        current = self._current(module, operation, element)
        wanted = complete(module, operation, element, current)
        answer = self._send(operation, module, wanted)
        changed = changed_amount(self.reference.modules.get(module), wanted, answer)
        if changed:
            said = f"{changed} ({named(answer)})."
            self.changed.append(said)
            progress.warnings.append(said)
        return _Step(operation, module, wanted, answer)

    def _current(self, module: str, operation: str, element: Mapping[str, Any]) -> Row | None:
        if not needs_current(module, operation, element):
            return None
        return self.client.retrieve(text(element, "id"))

    def _send(self, operation: str, module: str, element: Mapping[str, Any]) -> Row:
        match operation:
            case "create":
                return self.client.create(module, element)
            case "revise":
                return self.client.revise(element)
            case "update":
                return self.client.update(element)
            case _:
                raise NotModelledError(f"Vtiger has no operation {operation!r}.")

    # -- invoices ----------------------------------------------------------------------------------------------

    def _repair_lines(self, progress: _Progress) -> Row | None:
        """Send the lines again where Vtiger lost some. Gives the invoice as read last, None where none was read.

        It gives lines ids of one more than the highest without a lock, so that two writers at once overwrite each
        other's lines, and both are told of success (45 of 240 invoices when measured).
        """
        sent = [step for step in progress.steps if step.module == INVOICE and step.sent.get("LineItems")]
        if not sent:
            return None
        record_id, element = sent[-1].record_id, sent[-1].sent
        wanted = len(element["LineItems"])
        tries_left = REPAIRS
        while True:
            found = self.client.find(record_id)
            row = None if found is None else split_invoice(found)
            there = wanted if row is None else len(row["lines"])
            if there == wanted:
                return row
            words = f"Vtiger kept {there} of the {wanted} lines of {record_id}"
            if not tries_left:
                progress.warnings.append(f"{words}: another program writes invoices at the same time.")
                return row
            tries_left -= 1
            _log.debug("%s; sending them again", words)
            try:
                again = complete(INVOICE, "update", {**element, "id": record_id}, found)
                self.client.update(again)
            except RefusedError as error:
                progress.warnings.append(f"{words}, and refused them when sent again: {error.message}.")
                return row


def amounts_changed(what: str) -> StopError:
    """Make the error that ends a run whose amounts Vtiger changes."""
    return StopError(
        f"Vtiger changes amounts on their way in, as its API user's number format or currency tells it to: {what}",
        code=Code.RUN_VTIGER_USER,
        remedy=f"{REASONS[Code.RUN_VTIGER_USER].remedy} Then correct that record, and run with --full.",
    )


def named(row: Row) -> str:
    """Name a record for messages: its label and id."""
    return f"{text(row, 'label')} {text(row, 'id')}".strip()


def calls_of_steps(payload: Payload) -> int:
    """How many calls the steps of a payload take, with the present records that some of them need."""
    return sum(
        2 if needs_current(text(step, "module"), text(step, "op"), step["element"]) else 1
        for step in _steps_of(payload)
    )


def _steps_of(payload: Payload) -> Sequence[Mapping[str, Any]]:
    steps = payload.get("steps")
    if not isinstance(steps, Sequence) or not steps:
        raise NotModelledError("A payload for Vtiger has no steps.", remedy="Report this to vtxero.")
    return steps


_REFERENCES = frozenset({"id", "account_id", "contact_id", "related_to", "productid"})
"""Where an id may stand: elsewhere `$0` is somebody's text."""


def _resolved(element: Mapping[str, Any], steps: Sequence[_Step]) -> Row:
    """Put the ids of records that earlier steps made in the place of `$0`, `$1`, ..."""
    symbols = {f"{_SYMBOL}{index}": step.record_id for index, step in enumerate(steps)}
    return {name: symbols.get(value, value) if name in _REFERENCES else value for name, value in element.items()}


def _bar_faulty_version(vtiger: VtigerReference, module: str, operation: str, element: Mapping[str, Any]) -> None:
    """Refuse what one version cannot do: it fails to create invoices, and zeroes one whose lines are sent."""
    if not vtiger.loses_invoices or module != INVOICE:
        return
    if operation == "create" or element.get("LineItems"):
        raise RefusedError(
            (f"Vtiger {vtiger.version} cannot take invoices with their lines by its web service.",),
            service=SERVICE,
            remedy="Update Vtiger, or let invoices cross to Xero only.",
        )


def _root_id(module: str, payload: Payload, steps: Iterable[_Step]) -> str:
    """Find the record that the payload is about: an organization may be touched through its contacts only."""
    given = text(payload, "id")
    if given:
        return given
    first = next(iter(steps))
    if module != "organizations":
        return first.record_id
    accounts = (step.record_id for step in steps if step.module == "Accounts")
    return next(accounts, "") or text(first.answer, "account_id")


def _from_answers(module: str, steps: Sequence[_Step]) -> Row:
    if module == "invoices":
        return split_invoice(steps[-1].answer)
    if module in {"taxes", "payments"}:
        return steps[-1].answer
    if module == "contacts":
        return {"contact": steps[-1].answer, "invoiced": False}
    if module == "products":
        last = next(step for step in reversed(steps) if step.module in PRICED)
        return {"module": last.module, "row": last.answer}
    account = next((step.answer for step in reversed(steps) if step.module == "Accounts"), {})
    contacts = {step.record_id: step.answer for step in steps if step.module == "Contacts"}
    return {"account": account, "contacts": list(contacts.values())}


def _broken_off(error: VtxeroError, progress: _Progress) -> VtxeroError:
    """Tell the engine to look before it sends again, once anything was carried out."""
    if not progress.steps:
        return error
    done = ", ".join(step.record_id for step in progress.steps)
    return ReplyLostError(
        f"The write was broken off after {done} was written: {error.message}",
        remedy=error.remedy or "Run again: vtxero looks for the record first.",
    )
