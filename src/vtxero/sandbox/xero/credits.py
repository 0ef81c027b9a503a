"""Credit notes, overpayments and prepayments: made, allocated to invoices, taken back.

Source: developer.xero.com, Accounting API, Credit Notes.
Overpayments and prepayments come out of bank transactions, which this stand-in does not have; people make them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.drafting import check_lock, fill_document
from vtxero.sandbox.xero.errors import Findings, InvalidError, NotFoundError, NotModelledError
from vtxero.sandbox.xero.invoices import BAD_NEW_STATUS, BAD_STATUS, FINAL, HAS_PAYMENT, MOVES, NO_LINES, settle
from vtxero.sandbox.xero.lines import NOTHING
from vtxero.sandbox.xero.saving import Mode, Saved, id_sent, refuse_unmodelled
from vtxero.sandbox.xero.wire import Record, cents, date_in, is_guid, number_in, text_in


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credit: its names at Xero, and the type of invoice that each of its types may be allocated to."""

    singular: str
    types: dict[str, str]

    @property
    def plural(self) -> str:
        return f"{self.singular}s"

    @property
    def key(self) -> str:
        return f"{self.singular}ID"


CREDIT_NOTE = Kind("CreditNote", {"ACCRECCREDIT": "ACCREC", "ACCPAYCREDIT": "ACCPAY"})
OVERPAYMENT = Kind("Overpayment", {"RECEIVE-OVERPAYMENT": "ACCREC", "SPEND-OVERPAYMENT": "ACCPAY"})
PREPAYMENT = Kind("Prepayment", {"RECEIVE-PREPAYMENT": "ACCREC", "SPEND-PREPAYMENT": "ACCPAY"})
KINDS = {kind.plural.lower(): kind for kind in (CREDIT_NOTE, OVERPAYMENT, PREPAYMENT)}

BAD_TYPE = "Credit note not of valid type for creation"
UNKNOWN = "An existing Credit Note with the specified CreditNoteID could not be found"
NUMBER_TAKEN = "Credit Note # must be unique."
NO_INVOICE = "The document with the supplied id was not found for this endpoint."
NOT_OPEN = "Credits can only be allocated to and from Authorised documents"
OTHER_PARTY = "Credits can only be allocated to documents of the same contact, type and currency"
TOO_MUCH = "The amount to credit exceeds the amount outstanding on this document"
TOO_LITTLE = "The amount to credit exceeds the credit that remains"
NO_AMOUNT = "The amount to credit must be greater than zero"
NOT_MODELLED = {"Allocations", "CISRate", "InvoiceAddresses", "Payments"}


def kind_of(credit: Record) -> Kind:
    """Tell a credit's kind by its type."""
    return next(kind for kind in KINDS.values() if credit["Type"] in kind.types)


def of_kind(books: Books, kind: Kind) -> dict[str, Record]:
    """List the credits of a kind."""
    return {key: one for key, one in books.credits.items() if one["Type"] in kind.types}


def get_credit(books: Books, kind: Kind, key: str) -> Record:
    """Get a credit by its id, a credit note by its number as well.

    Raises:
        NotFoundError: there is none.
    """
    found = of_kind(books, kind)
    if is_guid(key) and key.lower() in found:
        return found[key.lower()]
    for credit in found.values():
        if kind is CREDIT_NOTE and key and credit.get("CreditNoteNumber", "").casefold() == key.casefold():
            return credit
    raise NotFoundError


def save_credit_note(books: Books, element: Record, mode: Mode) -> Saved:
    """Create a credit note, or change the one that CreditNoteID or CreditNoteNumber points at.

    Raises:
        InvalidError: Xero would not take the element.
    """
    refuse_unmodelled(element, NOT_MODELLED, "CreditNote")
    current = _matched(books, element, mode)
    if current is None:
        return _create(books, element, mode)
    return _change(books, current, element, mode)


def _matched(books: Books, element: Record, mode: Mode) -> Record | None:
    credit_id = id_sent(element, CREDIT_NOTE.plural, mode)
    if mode.create:
        return None
    try:
        return get_credit(books, CREDIT_NOTE, credit_id or text_in(element, "CreditNoteNumber") or "")
    except NotFoundError:
        if credit_id:
            raise InvalidError(UNKNOWN) from None
        return None


def _create(books: Books, element: Record, mode: Mode) -> Saved:
    findings = Findings()
    kind, status = text_in(element, "Type"), text_in(element, "Status") or "DRAFT"
    if kind not in CREDIT_NOTE.types:
        raise InvalidError(BAD_TYPE)
    if status not in {"DRAFT", "SUBMITTED", "AUTHORISED"}:
        raise InvalidError(BAD_NEW_STATUS)
    credit = _blank(books, CREDIT_NOTE, kind, status, text_in(element, "CreditNoteID") if mode.person else None)
    _fill(books, credit, element, mode, findings)
    if not element.get("LineItems"):
        findings.add(NO_LINES)
    check_lock(books, credit["Date"], findings, mode)
    findings.stop()
    return _keep(books, credit, mode, is_new=True, warnings=findings.warnings)


def _change(books: Books, current: Record, element: Record, mode: Mode) -> Saved:
    findings = Findings()
    status = text_in(element, "Status") or current["Status"]
    if current["Status"] in FINAL or (status != current["Status"] and status not in MOVES[current["Status"]]):
        raise InvalidError(BAD_STATUS)
    if current["Allocations"] or books.living_payments(current["CreditNoteID"]):
        raise InvalidError(HAS_PAYMENT)
    check_lock(books, current["Date"], findings, mode, editing=True)
    credit: Record = {**current, "Status": status}
    if status in FINAL:
        findings.stop()
        return _keep(books, credit, mode)
    _fill(books, credit, element, mode, findings)
    check_lock(books, credit["Date"], findings, mode)
    findings.stop()
    return _keep(books, credit, mode, warnings=findings.warnings)


def _blank(books: Books, kind: Kind, named: str, status: str, credit_id: str | None) -> Record:
    return {
        "Type": named,
        "Status": status,
        kind.key: credit_id or books.new_id(),
        "Date": books.today(),
        "LineAmountTypes": "Exclusive",
        "SentToContact": False,
        "LineItems": [],
        "Allocations": [],
    }


def _fill(books: Books, credit: Record, element: Record, mode: Mode, findings: Findings) -> None:
    fill_document(books, credit, element, mode, findings)
    number = text_in(element, "CreditNoteNumber")
    if number is not None:
        credit["CreditNoteNumber"] = number
    others = [one for one in of_kind(books, CREDIT_NOTE).values() if one["CreditNoteID"] != credit["CreditNoteID"]]
    if number and credit["Type"] == "ACCRECCREDIT" and any(_is_taken(one, number) for one in others):
        findings.add(NUMBER_TAKEN)
    if "ContactID" not in credit:
        findings.stop()
        raise NotModelledError("a credit note for a contact that it makes is not modelled by the stand-in")
    credit["RemainingCredit"] = credit["Total"] - _applied(books, CREDIT_NOTE, credit)


def _is_taken(other: Record, number: str) -> bool:
    is_sale = other["Type"] == "ACCRECCREDIT" and other["Status"] != "DELETED"
    return is_sale and bool(other.get("CreditNoteNumber", "").casefold() == number.casefold())


def _keep(
    books: Books, credit: Record, mode: Mode, *, is_new: bool = False, warnings: list[str] | None = None
) -> Saved:
    if credit["Type"] == "ACCRECCREDIT" and not credit.get("CreditNoteNumber"):
        credit["CreditNoteNumber"] = _next_number(books)
    credit_id = credit["CreditNoteID"]
    if is_new and not mode.person:
        books.made_by_app.add(credit_id)
    books.credits[credit_id] = credit
    books.touch(credit_id, credit)
    return Saved(credit_id, created=is_new, warnings=warnings or [])


def _next_number(books: Books) -> str:
    taken = {one.get("CreditNoteNumber") for one in books.credits.values()}
    number = 1
    while f"CN-{number:04d}" in taken:
        number += 1
    return f"CN-{number:04d}"


def add_money(books: Books, kind: Kind, invoice: Record, value: Decimal) -> str:
    """Put an overpayment or a prepayment by an invoice's contact into the books, as a bank transaction would."""
    named = next(name for name, paid in kind.types.items() if paid == invoice["Type"])
    credit = _blank(books, kind, named, "AUTHORISED", None)
    credit |= {
        **{name: invoice[name] for name in ("ContactID", "CurrencyCode", "CurrencyRate")},
        "LineAmountTypes": "NoTax",
        "SubTotal": value,
        "TotalTax": NOTHING,
        "Total": value,
        "RemainingCredit": value,
    }
    books.credits[credit[kind.key]] = credit
    books.touch(credit[kind.key], credit)
    return str(credit[kind.key])


def allocate(books: Books, kind: Kind, credit: Record, element: Record) -> Record:
    """Allocate a credit to an invoice, which owes less from then on; give the allocation.

    Raises:
        InvalidError: one of the two is not open, they do not belong together, or the amount is too large.
    """
    findings = Findings()
    # The pages in XML call it AppliedAmount, the file in JSON Amount.
    amount = cents(number_in(element, "Amount") or number_in(element, "AppliedAmount") or NOTHING)
    invoice = books.invoices.get((text_in(element.get("Invoice") or {}, "InvoiceID") or "").lower())
    if invoice is None:
        raise InvalidError(NO_INVOICE)
    if amount <= 0:
        findings.add(NO_AMOUNT)
    if (credit["Status"], invoice["Status"]) != ("AUTHORISED", "AUTHORISED"):
        findings.add(NOT_OPEN)
    parties = [(one["ContactID"], one["CurrencyCode"]) for one in (credit, invoice)]
    if parties[0] != parties[1] or kind.types[credit["Type"]] != invoice["Type"]:
        findings.add(OTHER_PARTY)
    if amount > invoice["AmountDue"]:
        findings.add(TOO_MUCH)
    if amount > credit["RemainingCredit"]:
        findings.add(TOO_LITTLE)
    findings.stop()
    allocation: Record = {
        "AllocationID": books.new_id(),
        "InvoiceID": invoice["InvoiceID"],
        "Amount": amount,
        "Date": date_in(element, "Date") or books.today(),
    }
    credit["Allocations"] = [*credit["Allocations"], allocation]
    books.credits_of.setdefault(invoice["InvoiceID"], []).append(credit[kind.key])
    _settle_both(books, kind, credit, invoice)
    return allocation


def get_allocation(credit: Record, allocation_id: str) -> Record:
    """Get an allocation of a credit.

    Raises:
        NotFoundError: there is none.
    """
    for allocation in credit["Allocations"]:
        if allocation["AllocationID"] == allocation_id.lower():
            found: Record = allocation
            return found
    raise NotFoundError


def take_back(books: Books, kind: Kind, credit: Record, allocation: Record) -> None:
    """Take an allocation back, which re-opens its invoice."""
    credit["Allocations"] = [one for one in credit["Allocations"] if one is not allocation]
    books.credits_of[allocation["InvoiceID"]].remove(credit[kind.key])
    _settle_both(books, kind, credit, books.invoices[allocation["InvoiceID"]])


def _settle_both(books: Books, kind: Kind, credit: Record, invoice: Record) -> None:
    settle_credit(books, kind, credit)
    shares = [amount for _, amount, _ in credits_of(books, invoice["InvoiceID"])]
    invoice["AmountCredited"] = sum(shares, NOTHING)
    settle(books, invoice)


def settle_credit(books: Books, kind: Kind, credit: Record) -> None:
    """Work out what is left of a credit after an allocation or a payment came or went; nothing means PAID."""
    credit["RemainingCredit"] = credit["Total"] - _applied(books, kind, credit)
    credit["Status"] = "PAID" if credit["RemainingCredit"] <= 0 else "AUTHORISED"
    books.touch(credit[kind.key], credit)


def _applied(books: Books, kind: Kind, credit: Record) -> Decimal:
    """Sum up what was allocated of a credit, and what was paid back."""
    spent = [*credit["Allocations"], *books.living_payments(credit[kind.key])]
    return sum((one["Amount"] for one in spent), NOTHING)


def credits_of(books: Books, invoice_id: str) -> list[tuple[Record, Decimal, date]]:
    """List what is credited to an invoice: the credit, its share, and the day of the last allocation."""
    found: list[tuple[Record, Decimal, date]] = []
    for credit_id in dict.fromkeys(books.credits_of.get(invoice_id, ())):
        own = [one for one in books.credits[credit_id]["Allocations"] if one["InvoiceID"] == invoice_id]
        found.append((books.credits[credit_id], sum((one["Amount"] for one in own), NOTHING), own[-1]["Date"]))
    return found
