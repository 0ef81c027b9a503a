"""The forms that values of a request may have, by name, and how Xero echoes what it understood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vtxero.sandbox.xero.errors import BadRequestError
from vtxero.sandbox.xero.wire import Record, bool_in, date_in, date_out, number_in

NUMBERS = (
    "Amount", "AppliedAmount", "BankAmount", "CurrencyRate", "DiscountAmount", "DiscountRate", "LineAmount", "Quantity",
    "Rate", "SubTotal", "TaxAmount", "Total", "TotalTax", "UnitAmount", "UnitPrice",
)  # fmt: skip
DATES = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate")
BOOLS = (
    "EnablePaymentsToAccount", "IncludeInEmails", "IsCompound", "IsNonRecoverable", "IsPurchased", "IsReconciled",
    "IsSold", "SentToContact", "ShowInExpenseClaims",
)  # fmt: skip
NESTED = (
    "Account", "Bills", "Contact", "CreditNote", "Invoice", "Overpayment", "PaymentTerms", "Prepayment",
    "PurchaseDetails", "Sales", "SalesDetails",
)  # fmt: skip
NESTED_LISTS = ("Addresses", "ContactPersons", "LineItems", "Options", "Phones", "TaxComponents", "Tracking")


def check_forms(element: Record) -> None:
    """Refuse values of the wrong form before anything is saved, as a service that reads first and acts then does."""
    readers: tuple[tuple[tuple[str, ...], Callable[[Record, str], Any]], ...] = (
        (NUMBERS, number_in), (DATES, date_in), (BOOLS, bool_in),
    )  # fmt: skip
    for names, read in readers:
        for name in names:
            if name in element:
                read(element, name)
    for name in NESTED:
        value = element.get(name)
        if value is not None and not isinstance(value, dict):
            raise BadRequestError.unreadable(f" {name} must be an object")
        if value:
            check_forms(value)
    for name in NESTED_LISTS:
        value = element.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            raise BadRequestError.unreadable(f" {name} must be a list of objects")
        for one in value or ():
            check_forms(one)


def understood(element: Record) -> Record:
    """Give an element as Xero echoes it: numbers, dates and booleans in its own forms, whatever they came in."""
    return {name: _value_understood(element, name) for name in element}


def _value_understood(element: Record, name: str) -> Any:
    value = element[name]
    if name in NUMBERS:
        return number_in(element, name)
    if name in BOOLS:
        return bool_in(element, name)
    if name in DATES:
        day = date_in(element, name)
        return date_out(day) if day else value
    if name in NESTED and value:
        return understood(value)
    return [understood(one) for one in value] if name in NESTED_LISTS and value else value
