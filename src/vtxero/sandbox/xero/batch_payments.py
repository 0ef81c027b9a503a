"""Batch payments: several invoices paid in one go (developer.xero.com: Accounting API, Batch Payments)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotModelledError
from vtxero.sandbox.xero.invoices import settle
from vtxero.sandbox.xero.payments import TOO_MUCH, Paid, keep_payment, make_payment
from vtxero.sandbox.xero.saving import Mode, Saved, by_guid, id_sent
from vtxero.sandbox.xero.wire import Record, date_in, text_in

NO_PAYMENTS = "One or more payments must be specified"
MIXED = "A batch holds payments of sales invoices or of bills, not of both"
DELETED_ALREADY = "Batch payment not of valid status for modification"
TEXTS = {"Reference": 255, "Particulars": 12, "Code": 12, "Details": 18, "Narrative": 18}
"""The longest that each text may be; which of them a country's edition shows is not modelled."""
TYPES = {"ACCREC": "RECBATCH", "ACCPAY": "PAYBATCH"}


def get_batch(books: Books, key: str) -> Record:
    """Get a batch by BatchPaymentID.

    Raises:
        NotFoundError: there is none.
    """
    return by_guid(books.batches, key)


def save_batch(books: Books, element: Record, mode: Mode) -> Saved:
    """Pay several invoices at once: all of them, or none.

    Raises:
        InvalidError: Xero would not take it.
    """
    id_sent(element, "BatchPayments", mode)
    findings = Findings()
    findings.too_long(element, TEXTS)
    made = _payments(books, element, mode, findings)
    kinds = {paid.record["Type"] for _, paid in made}
    if len(kinds) > 1:
        findings.add(MIXED)
    wanted: Counter[str] = Counter()
    for payment, paid in made:
        wanted[paid.id] += payment["Amount"]
        if wanted[paid.id] > paid.due:
            findings.add(TOO_MUCH)
    findings.stop()
    return _keep(books, element, made, mode)


def _payments(books: Books, element: Record, mode: Mode, findings: Findings) -> list[tuple[Record, Paid]]:
    """Judge each payment with the batch's own account and date; what is wrong goes to `findings`."""
    sent = element.get("Payments") or []
    if not sent:
        findings.add(NO_PAYMENTS)
    made = []
    for one in sent:
        if any(one.get(name) for name in ("CreditNote", "Prepayment", "Overpayment")):
            raise NotModelledError("a credit in a batch payment is not modelled by the stand-in")
        whole = {**one, **{name: element[name] for name in ("Account", "Date", "Reference") if element.get(name)}}
        try:
            made.append(make_payment(books, whole, mode))
        except InvalidError as error:
            for message in error.messages:
                findings.add(message)
    return made


def _keep(books: Books, element: Record, made: list[tuple[Record, Paid]], mode: Mode) -> Saved:
    batch_id = books.new_id()
    total = sum((payment["Amount"] for payment, _ in made), Decimal(0))
    first, paid = made[0]
    batch: Record = {
        "BatchPaymentID": batch_id,
        "AccountID": first["AccountID"],
        **{name: text for name in TEXTS if (text := text_in(element, name))},
        "Date": date_in(element, "Date") or books.today(),
        "payments": [payment["PaymentID"] for payment, _ in made],
        "Type": TYPES[paid.record["Type"]],
        "Status": "AUTHORISED",
        "TotalAmount": total,
        "IsReconciled": False,
    }
    for payment, document in made:
        payment["BatchPaymentID"] = batch_id
        keep_payment(books, payment, document, mode)
    books.batches[batch_id] = batch
    books.made_by_app.add(batch_id)
    books.touch(batch_id, batch)
    return Saved(batch_id, created=True)


def delete_batch(books: Books, batch: Record) -> None:
    """Delete a batch with all of its payments, which re-opens what they paid.

    Raises:
        InvalidError: it is deleted already.
    """
    if batch["Status"] == "DELETED":
        raise InvalidError(DELETED_ALREADY)
    batch["Status"] = "DELETED"
    books.touch(batch["BatchPaymentID"], batch)
    for payment_id in batch["payments"]:
        payment = books.payments[payment_id]
        payment["Status"] = "DELETED"
        books.touch(payment_id, payment)
        settle(books, books.invoices[payment["DocumentID"]])
