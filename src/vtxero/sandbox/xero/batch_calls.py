"""The call that deletes a batch payment (developer.xero.com: Accounting API, Batch Payments)."""

from __future__ import annotations

from vtxero.sandbox.xero.answers import Answer, validation_answer
from vtxero.sandbox.xero.batch_payments import delete_batch, get_batch
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import BadRequestError, InvalidError, NotModelledError
from vtxero.sandbox.xero.reading import answer, shown
from vtxero.sandbox.xero.saving import refused
from vtxero.sandbox.xero.shelves import BATCH_PAYMENTS
from vtxero.sandbox.xero.wire import text_in


def post_batch(call: Call) -> Answer:
    """POST /BatchPayments with an id in the body, and POST /BatchPayments/{id}: deletes, which is the sole change."""
    call.allow(set())
    [element, *more] = call.elements("BatchPayments")
    key = call.parts[1] if len(call.parts) > 1 else text_in(element, "BatchPaymentID") or ""
    if more or element.get("Status") != "DELETED":
        raise NotModelledError('POST BatchPayments with anything but one {"Status": "DELETED"}')
    if not key:
        raise BadRequestError.unreadable(" Required property 'BatchPaymentID' not found in JSON")
    batch = get_batch(call.books, key)
    call.operation = "POST BatchPayments x1"
    try:
        delete_batch(call.books, batch)
    except InvalidError as error:
        echo = {"BatchPaymentID": batch["BatchPaymentID"]}
        return validation_answer([refused(echo, "BatchPaymentID", error.messages)])
    return answer(call, "BatchPayments", [shown(call, BATCH_PAYMENTS, batch, "answer")])
