"""Files attached to contacts, invoices and credit notes (developer.xero.com: Accounting API, Attachments).

A POST over a file's name replaces the file. What a PUT over one does, no page says, so that is not modelled.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from urllib.parse import quote

from vtxero.sandbox.xero.answers import Answer, validation_answer
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import NotFoundError, NotModelledError
from vtxero.sandbox.xero.reading import answer
from vtxero.sandbox.xero.shelves import CONTACTS, CREDIT_NOTES, INVOICES, Shelf
from vtxero.sandbox.xero.wire import Record, dumps

SCOPES = ("accounting.attachments",)
MOST = 10
TOO_MANY = f"There are {MOST} files attached already, which is the maximum."
EMPTY = "The file is empty."
UNSAID = {"", "application/octet-stream", "application/json", "application/xml", "application/x-www-form-urlencoded"}
"""What programs send for want of a type: the file's name says more."""
ATTACHED_TO = (CONTACTS, INVOICES, CREDIT_NOTES)


def read_attachments(shelf: Shelf) -> Callable[[Call], Answer]:
    """GET /Collection/{id}/Attachments."""

    def read(call: Call) -> Answer:
        call.allow(set())
        found = _files(call.books, _owner(call, shelf))
        return answer(call, "Attachments", [dumps(_view(one)) for one in found.values()])

    return read


def read_content(shelf: Shelf) -> Callable[[Call], Answer]:
    """GET /Collection/{id}/Attachments/{FileName or AttachmentID}: the file itself."""

    def read(call: Call) -> Answer:
        call.allow(set())
        wanted = call.parts[3].casefold()
        for name, one in _files(call.books, _owner(call, shelf)).items():
            if wanted in {name, one["AttachmentID"]}:
                return Answer(200, "", one["MimeType"], raw=one["Content"])
        raise NotFoundError

    return read


def write_attachment(shelf: Shelf) -> Callable[[Call], Answer]:
    """PUT and POST /Collection/{id}/Attachments/{FileName}: the body is the file."""

    def write(call: Call) -> Answer:
        call.allow({"includeonline"} if shelf is not CONTACTS else set())
        record, name = _owner(call, shelf), call.parts[3]
        call.operation = f"{call.method} {shelf.plural}/{{id}}/Attachments x1"
        files = _files(call.books, record)
        there = files.get(name.casefold())
        if there is not None and call.method == "PUT":
            raise NotModelledError(f"PUT of an attachment over one of its name ({name}); POST replaces it")
        refusal = TOO_MANY if there is None and len(files) >= MOST else "" if call.body else EMPTY
        if refusal:
            return validation_answer([{"FileName": name, "ValidationErrors": [{"Message": refusal}]}])
        made = _made(call, shelf, record, there)
        files[name.casefold()] = made
        record["HasAttachments"] = True
        # Whether a file moves the modification time is told nowhere; the record is only shown anew.
        call.books.touch(str(record[shelf.key]), record, moved=False)
        if there is None:
            call.created.append(made["AttachmentID"])
        return answer(call, "Attachments", [dumps(_view(made))])

    return write


def _made(call: Call, shelf: Shelf, record: Record, there: Record | None) -> Record:
    name = call.parts[3]
    address = f"https://api.xero.com/api.xro/2.0/{shelf.plural}/{record[shelf.key]}/Attachments/{quote(name)}"
    kind = call.headers.get("content-type", "").partition(";")[0].strip()
    if kind in UNSAID:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {
        "AttachmentID": there["AttachmentID"] if there else call.books.new_id(),
        "FileName": name,
        "Url": address,
        "MimeType": kind,
        "IncludeOnline": call.flag("includeonline"),
        "Content": call.body,
    }


def _owner(call: Call, shelf: Shelf) -> Record:
    return shelf.get(call.books, call.parts[1])


def _files(books: Books, record: Record) -> dict[str, Record]:
    """Give a record's files by their names in small letters."""
    key = next(str(record[shelf.key]) for shelf in ATTACHED_TO if shelf.key in record)
    return books.attachments.setdefault(key, {})


def _view(attachment: Record) -> Record:
    shown = {name: value for name, value in attachment.items() if name != "Content"}
    return {**shown, "ContentLength": len(attachment["Content"])}
