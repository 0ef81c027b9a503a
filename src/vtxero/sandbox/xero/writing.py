"""Writing: a request's elements one by one, each saved or refused by itself, and what is answered for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from vtxero.sandbox.xero.answers import Answer, validation_answer
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import BadRequestError, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.forms import check_forms, understood
from vtxero.sandbox.xero.invoices import mark_sent
from vtxero.sandbox.xero.items import MAX_PER_REQUEST, delete_item, get_item
from vtxero.sandbox.xero.payments import delete_payment
from vtxero.sandbox.xero.reading import answer, shown
from vtxero.sandbox.xero.saving import Mode, refused
from vtxero.sandbox.xero.shelves import INVOICES, ITEMS, PAYMENTS, Shelf
from vtxero.sandbox.xero.wire import Record, dumps, given


@dataclass(slots=True)
class Batch:
    """What became of a request's elements, by position."""

    texts: list[str] = field(default_factory=list)
    refused: list[Record] = field(default_factory=list)


def write_shelf(call: Call, shelf: Shelf) -> Answer:
    """Serve PUT and POST of a collection, and POST of one record."""
    call.allow({"summarizeerrors", "unitdp", *(("allowbackorders",) if shelf is INVOICES else ())})
    if len(call.parts) > 2:
        raise NotModelledError(f"{call.method} {'/'.join(call.parts)}")
    elements = _elements(call, shelf)
    call.operation = f"{call.method} {shelf.plural} x{len(elements)}"
    if len(call.parts) == 2:
        return _write_one(call, shelf, elements)
    if shelf is ITEMS and len(elements) > MAX_PER_REQUEST:
        raise BadRequestError(14, "PostDataInvalidException", f"No more than {MAX_PER_REQUEST} items in a request")
    return _write_all(call, shelf, elements)


def _write_one(call: Call, shelf: Shelf, elements: list[Record]) -> Answer:
    """Serve POST /Collection/{id}."""
    if call.method != "POST" or len(elements) != 1:
        raise NotModelledError(f"{call.method} {'/'.join(call.parts)} with {len(elements)} elements")
    record = shelf.get(call.books, call.parts[1])
    if shelf is PAYMENTS:
        return _delete_payment(call, record, elements[0])
    return _write_all(call, shelf, [{**elements[0], shelf.key: record[shelf.key]}])


def _delete_payment(call: Call, payment: Record, element: Record) -> Answer:
    """The only change a payment knows: {"Status": "DELETED"}."""
    if element.get("Status") != "DELETED":
        raise NotModelledError('POST Payments/{id} with anything but {"Status": "DELETED"}')
    try:
        delete_payment(call.books, payment)
    except InvalidError as error:
        return validation_answer([refused({**element, "PaymentID": payment["PaymentID"]}, "PaymentID", error.messages)])
    return answer(call, "Payments", [shown(call, PAYMENTS, payment, "answer")])


def _write_all(call: Call, shelf: Shelf, elements: list[Record]) -> Answer:
    """Save what can be saved; how the rest is told depends on `summarizeErrors`."""
    summarize = call.flag("summarizeerrors", default=True)
    batch = Batch()
    for element in elements:
        _write_element(call, shelf, element, batch, summarize=summarize)
    if batch.refused and summarize:
        return validation_answer(batch.refused)
    return answer(call, shelf.plural, batch.texts)


def _write_element(call: Call, shelf: Shelf, element: Record, batch: Batch, *, summarize: bool) -> None:
    create = call.method == "PUT" or shelf is PAYMENTS
    mode = Mode(create=create, places=call.places, backorders=call.flag("allowbackorders"))
    try:
        saved = shelf.save(call.books, element, mode)
    except InvalidError as error:
        echo = refused(understood(element), shelf.key, error.messages)
        if shelf.error_flag:
            echo[shelf.error_flag] = True
        if not summarize:
            echo["StatusAttributeString"] = "ERROR"
        batch.refused.append(echo)
        batch.texts.append(dumps(echo))
        return
    if saved.created:
        call.created.append(saved.record_id)
    text = shown(call, shelf, shelf.records(call.books)[saved.record_id], "answer")
    extra: Record = {} if summarize else {"StatusAttributeString": "WARNING" if saved.warnings else "OK"}
    if saved.warnings:
        extra["Warnings"] = [{"Message": message} for message in saved.warnings]
    batch.texts.append(f"{text[:-1]},{dumps(extra)[1:]}" if extra else text)


def _elements(call: Call, shelf: Shelf) -> list[Record]:
    """Take the elements out of the body; one of the wrong form, or with an unknown id, refuses the whole."""
    elements = call.elements(shelf.plural)
    for element in elements:
        check_forms(element)
        known = element.get(shelf.key)
        if call.method == "POST" and shelf.plural in {"Contacts", "Items"} and given(known) and len(call.parts) == 1:
            _must_exist(call, shelf, str(known))
    return elements


def _must_exist(call: Call, shelf: Shelf, record_id: str) -> None:
    if record_id.lower() not in shelf.records(call.books):
        raise NotFoundError


def remove_item(call: Call) -> Answer:
    """Serve DELETE /Items/{id}."""
    call.allow(set())
    call.operation = "DELETE Items x1"
    if len(call.parts) != 2:
        raise NotModelledError(f"{call.method} {'/'.join(call.parts)}")
    try:
        delete_item(call.books, call.parts[1])
    except InvalidError as error:
        item_id = get_item(call.books, call.parts[1])["ItemID"]
        return validation_answer([refused({"ItemID": item_id}, "ItemID", error.messages)])
    return Answer(204, "", "")


def email_invoice(call: Call) -> Answer:
    """Serve POST /Invoices/{id}/Email: nothing is mailed here, but the invoice is sent from then on."""
    call.allow(set())
    call.operation = "POST Invoices/{id}/Email x1"
    invoice = INVOICES.get(call.books, call.parts[1])
    try:
        mark_sent(call.books, invoice)
    except InvalidError as error:
        return validation_answer([refused({"InvoiceID": invoice["InvoiceID"]}, "InvoiceID", error.messages)])
    return Answer(204, "", "")
