"""Writes rows to Xero in batches, each element settled by itself, and believes no answer that cannot be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vtxero.domain.text import is_broken
from vtxero.errors import AuthError, BudgetError, NotModelledError, ReplyLostError, TemporaryError
from vtxero.sync.records import Accepted, Answer, Payload, Refused
from vtxero.xero.batches import MOST_BYTES, Batch, cut
from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import BATCH, Endpoint, Operation
from vtxero.xero.errors import BatchRefusedError, validation_messages, warnings_of
from vtxero.xero.wire import Element, Envelope, is_true, plain, size_of, write_envelope

SPLITS = 8
"""How often one create or update may be cut in halves in search of the element that spoils the whole."""
NO_ID = "00000000-0000-0000-0000-000000000000"
ERROR_FLAGS = ("HasErrors", "HasValidationErrors")


class Writing:
    """One create or update of many elements, settled element by element."""

    def __init__(
        self, client: XeroClient, place: Endpoint, operation: Operation, read: Callable[[bytes], Envelope]
    ) -> None:
        self._client = client
        self._place = place
        self._operation = operation
        self._read = read
        self._answers: dict[int, Answer] = {}
        self._splits = SPLITS
        self._is_begun = False

    def run(self, payloads: Sequence[Payload], key: str) -> list[Answer]:
        """Send the payloads; answers by position. `key` is what the requests' Idempotency-Keys are made of.

        Raises:
            ReplyLostError: some of them may have been carried out.
        """
        for batch in cut(list(self._sendable(payloads)), key, most=BATCH):
            self._settle(batch)
        return [self._answers[place] for place in range(len(payloads))]

    def _sendable(self, payloads: Sequence[Payload]) -> Iterator[tuple[int, Any]]:
        """Make the payloads plain; one that cannot be sent is refused here, the others go on."""
        for place, payload in enumerate(payloads):
            try:
                element = plain(payload)
                self._check(element)
            except ValueError as error:
                self._answers[place] = Refused((str(error),))
            else:
                yield place, element

    def _check(self, element: dict[str, Any]) -> None:
        """Raise ValueError for an element that must not be sent."""
        if self._operation is self._place.update and not element.get(self._place.id_field):
            # Without its id Xero would find a record by name, number or code, or make a new one.
            raise ValueError(f"It has no {self._place.id_field}, so nothing was changed.")
        size = size_of(element)
        if size > MOST_BYTES:
            raise ValueError(f"It takes {size:,} bytes, and Xero takes {MOST_BYTES:,} in one request.")

    def _settle(self, batch: Batch) -> None:
        try:
            answers = self._send(batch)
        except BatchRefusedError as error:
            self._refuse(batch, error)
            return
        except (AuthError, BudgetError, TemporaryError) as error:
            if not self._is_begun or isinstance(error, ReplyLostError):
                raise
            # Earlier requests of this call were carried out, and their answers go down with this error.
            raise ReplyLostError(
                f"{self._operation} was carried out in part: {error.message}", remedy=error.remedy
            ) from error
        self._answers.update(zip(batch.places, answers, strict=True))

    def _send(self, batch: Batch) -> list[Answer]:
        envelope = self._client.write(
            self._operation,
            self._read,
            key=batch.key,
            body=self._place.body,
            data={self._place.plural: list(batch.elements)},
            **self._place.writing,
        )
        self._is_begun = True
        if len(envelope.elements) != len(batch.elements):
            raise NotModelledError(
                f"{self._operation}: {len(batch.elements)} elements were sent and {len(envelope.elements)} came back."
            )
        self._check_places(batch, envelope)
        answers = [_answer(self._place, element) for element in envelope.elements]
        self._check_keys(batch, envelope, answers)
        return answers

    def _check_places(self, batch: Batch, envelope: Envelope) -> None:
        """Answers are told apart by their places: refuse one that names another record than the one sent there."""
        for sent, answered in zip(batch.elements, envelope.elements, strict=True):
            asked, given = str(sent.get(self._place.id_field) or "").lower(), id_of(self._place, answered)
            if asked and given not in {asked, "", NO_ID}:
                raise NotModelledError(f"{self._operation}: {asked} was sent, and {given} came back in its place.")

    def _check_keys(self, batch: Batch, envelope: Envelope, answers: Sequence[Answer]) -> None:
        """Believe no answer to a creation that bears the key of another element of the request."""
        sent = [_key_of(self._place, element) for element in batch.elements]
        for asked, element, answer in zip(sent, envelope.elements, answers, strict=True):
            given = _key_of(self._place, element.value)
            if isinstance(answer, Accepted) and asked and given != asked and given in sent:
                raise ReplyLostError(
                    f"{self._operation}: {asked} was sent, and {given} came back in its place.",
                    remedy="The next run looks what became of both.",
                )

    def _refuse(self, batch: Batch, error: BatchRefusedError) -> None:
        """Settle a request that was refused as a whole.

        Where Xero judged the elements one by one although it was asked not to stop at them, those it does not list may
        be saved. Else nothing was read, and the element that spoils the rest is sought by halves.
        """
        if error.elements is not None:
            judged = error.elements if len(batch.places) > 1 else (error.elements[0] or error.messages,)
            if len(judged) != len(batch.places) or not all(judged):
                raise ReplyLostError(
                    f"{self._operation} was refused as a whole, and Xero may have saved a part: {error.message}",
                    remedy="The next run looks what became of it.",
                ) from error
            for place, messages in zip(batch.places, judged, strict=True):
                self._answers[place] = Refused(messages)
        elif len(batch.places) > 1 and self._splits:
            self._splits -= 1
            for half in batch.halves():
                self._settle(half)
        else:
            self._answers.update(dict.fromkeys(batch.places, Refused(error.messages)))


def _answer(place: Endpoint, element: Element) -> Answer:
    """Read one element's verdict (developer.xero.com: requests and responses, summarizeErrors=false)."""
    value = element.value
    status = str(value.get("StatusAttributeString") or "").upper()
    flagged = bool(value.get("ValidationErrors")) or any(is_true(value.get(name)) for name in ERROR_FLAGS)
    if status == "ERROR" or (flagged and status != "WARNING"):
        return Refused(validation_messages(value) or ("Xero refused it and gave no reason.",))
    if id_of(place, element) in {"", NO_ID} or is_broken(id_of(place, element)):
        return Refused((f"Xero answered without {place.id_field}.",))
    return Accepted(write_envelope(place.plural, [element.text]), warnings_of(value))


def id_of(place: Endpoint, element: Element) -> str:
    """Give a row's id, blank where it has none."""
    return str(element.value.get(place.id_field) or "").lower()


def _key_of(place: Endpoint, element: Mapping[str, Any]) -> str:
    """Give what a person tells a record by; letter case and blanks, which Xero tidies, do not count."""
    named = next((str(element[name]) for name in place.keys if element.get(name)), "")
    return " ".join(named.split()).casefold()
