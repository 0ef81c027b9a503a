"""Notes on a record's history (developer.xero.com: Accounting API, History and Notes).

Only notes are kept: what Xero itself writes into a history has no wording that could be checked.
"""

from __future__ import annotations

from collections.abc import Callable

from vtxero.sandbox.xero.answers import Answer, validation_answer
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.reading import answer
from vtxero.sandbox.xero.shelves import Shelf
from vtxero.sandbox.xero.wire import Record, dumps, moment_out, text_in

LONGEST = 2500
NO_DETAILS = "The Details field is mandatory for each history record."
TOO_LONG = f"The Details field exceeds the maximum length of {LONGEST} characters."


def read_history(shelf: Shelf) -> Callable[[Call], Answer]:
    """GET /Collection/{id}/History: the newest first."""

    def read(call: Call) -> Answer:
        call.allow(set())
        record = shelf.get(call.books, call.parts[1])
        notes = reversed(call.books.notes.get(str(record[shelf.key]), []))
        shown = [{"Changes": "Note", **_when(note), "User": "System Generated", **_said(note)} for note in notes]
        return answer(call, "HistoryRecords", [dumps(one) for one in shown])

    return read


def put_history(shelf: Shelf) -> Callable[[Call], Answer]:
    """PUT /Collection/{id}/History."""

    def put(call: Call) -> Answer:
        call.allow({"summarizeerrors"})
        record_id = str(shelf.get(call.books, call.parts[1])[shelf.key])
        elements = call.elements("HistoryRecords")
        call.operation = f"PUT {shelf.plural}/{{id}}/History x{len(elements)}"
        shown = []
        for element in elements:
            try:
                note = _add_note(call.books, record_id, element)
            except InvalidError as error:
                told = [{"Message": message} for message in error.messages]
                return validation_answer([{**element, "ValidationErrors": told}])
            shown.append(dumps({**_when(note), **_said(note), "ValidationErrors": []}))
        return answer(call, "HistoryRecords", shown)

    return put


def _add_note(books: Books, record_id: str, element: Record) -> Record:
    details = text_in(element, "Details") or ""
    if not details.strip():
        raise InvalidError(NO_DETAILS)
    if len(details) > LONGEST:
        raise InvalidError(TOO_LONG)
    note: Record = {"Details": details, "DateUTC": books.now()}
    books.notes.setdefault(record_id, []).append(note)
    return note


def _when(note: Record) -> Record:
    moment = note["DateUTC"]
    return {"DateUTCString": moment.strftime("%Y-%m-%dT%H:%M:%S"), "DateUTC": moment_out(moment)}


def _said(note: Record) -> Record:
    return {"Details": note["Details"]}
