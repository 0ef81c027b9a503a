"""Calls that change an organisation's settings (accounts, tax rates, currencies, tracking) and allocations.

They take one element a request, of a list the first one only, and know no `summarizeErrors`: a refusal is a 400.
"""

from __future__ import annotations

from collections.abc import Callable

from vtxero.sandbox.xero.accounts import change_account, create_account, get_account, remove_account
from vtxero.sandbox.xero.answers import Answer, api_answer, validation_answer
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.credit_views import allocation_answer, allocation_view
from vtxero.sandbox.xero.credits import Kind, allocate, get_allocation, get_credit, take_back
from vtxero.sandbox.xero.errors import InvalidError
from vtxero.sandbox.xero.forms import check_forms
from vtxero.sandbox.xero.reading import answer
from vtxero.sandbox.xero.reference import CURRENCY_NAMES, account_view
from vtxero.sandbox.xero.saving import refused
from vtxero.sandbox.xero.tax_rates import save_tax_rate
from vtxero.sandbox.xero.tracking import (
    change,
    create_category,
    create_option,
    get_category,
    get_option,
    remove_category,
    remove_option,
)  # fmt: skip
from vtxero.sandbox.xero.wire import Record, dumps, text_in

NO_CURRENCIES = "The organisation is not subscribed to multi currency"


def put_account(call: Call) -> Answer:
    """PUT /Accounts."""
    return written(call, "Accounts", "AccountID", create_account, account_view)


def post_account(call: Call) -> Answer:
    """POST /Accounts/{AccountID}."""
    account = get_account(call.books, call.parts[1])
    return written(
        call, "Accounts", "AccountID", lambda books, element: change_account(books, account, element), account_view
    )


def delete_account(call: Call) -> Answer:
    """DELETE /Accounts/{AccountID}."""
    account = get_account(call.books, call.parts[1])
    return _settled(call, "Accounts", "AccountID", account, lambda: account_view(remove_account(call.books, account)))


def put_tax_rate(call: Call) -> Answer:
    """PUT /TaxRates."""
    return written(call, "TaxRates", "TaxType", lambda books, one: save_tax_rate(books, one, create=True), dict)


def post_tax_rate(call: Call) -> Answer:
    """POST /TaxRates."""
    return written(call, "TaxRates", "TaxType", lambda books, one: save_tax_rate(books, one, create=False), dict)


def put_currency(call: Call) -> Answer:
    """PUT /Currencies: subscribes to one more, where the plan allows foreign currencies."""
    return written(call, "Currencies", "Code", _add_currency, dict)


def _add_currency(books: Books, element: Record) -> Record:
    code = (text_in(element, "Code") or "").upper()
    if not books.has_many_currencies:
        raise InvalidError(NO_CURRENCIES)
    if code not in CURRENCY_NAMES:
        raise InvalidError(f"The currency code '{code}' is not valid")
    currency = {"Code": code, "Description": CURRENCY_NAMES[code]}
    if not books.has_currency(code):
        books.currencies.append(currency)
    return currency


def put_category(call: Call) -> Answer:
    """PUT /TrackingCategories."""
    return written(call, "TrackingCategories", "TrackingCategoryID", create_category, dict)


def post_category(call: Call) -> Answer:
    """POST /TrackingCategories/{TrackingCategoryID}."""
    category = get_category(call.books, call.parts[1])
    return written(
        call,
        "TrackingCategories",
        "TrackingCategoryID",
        lambda books, element: change(books.tracking.values(), category, element),
        dict,
    )


def delete_category(call: Call) -> Answer:
    """DELETE /TrackingCategories/{TrackingCategoryID}."""
    category = get_category(call.books, call.parts[1])
    return _settled(
        call, "TrackingCategories", "TrackingCategoryID", category, lambda: remove_category(call.books, category)
    )


def put_option(call: Call) -> Answer:
    """PUT /TrackingCategories/{TrackingCategoryID}/Options."""
    category = get_category(call.books, call.parts[1])
    return written(
        call, "Options", "TrackingOptionID", lambda books, element: create_option(books, category, element), _option
    )


def post_option(call: Call) -> Answer:
    """POST /TrackingCategories/{TrackingCategoryID}/Options/{TrackingOptionID}."""
    category = get_category(call.books, call.parts[1])
    option = get_option(category, call.parts[3])
    return written(
        call, "Options", "TrackingOptionID", lambda _, element: change(category["Options"], option, element), _option
    )


def delete_option(call: Call) -> Answer:
    """DELETE /TrackingCategories/{TrackingCategoryID}/Options/{TrackingOptionID}."""
    category = get_category(call.books, call.parts[1])
    option = get_option(category, call.parts[3])
    return _settled(
        call, "Options", "TrackingOptionID", option, lambda: _option(remove_option(call.books, category, option))
    )


def _option(option: Record) -> Record:
    flags = {f"Is{status.capitalize()}": option["Status"] == status for status in ("DELETED", "ARCHIVED", "ACTIVE")}
    return {**option, "HasValidationErrors": False, **flags}


def put_allocations(kind: Kind) -> Callable[[Call], Answer]:
    """PUT /CreditNotes/{id}/Allocations, and the same for overpayments and prepayments."""

    def put(call: Call) -> Answer:
        credit = get_credit(call.books, kind, call.parts[1])
        return written(
            call,
            "Allocations",
            "AllocationID",
            lambda books, element: allocate(books, kind, credit, element),
            lambda made: allocation_answer(call.books, kind, credit, made),
            alone=False,
        )

    return put


def delete_allocation(kind: Kind) -> Callable[[Call], Answer]:
    """DELETE /CreditNotes/{id}/Allocations/{AllocationID}; answered without an envelope."""

    def delete(call: Call) -> Answer:
        call.allow(set())
        credit = get_credit(call.books, kind, call.parts[1])
        allocation = get_allocation(credit, call.parts[3])
        take_back(call.books, kind, credit, allocation)
        call.operation = f"DELETE {kind.plural}/{{id}}/Allocations x1"
        return api_answer(dumps({**allocation_view(call.books, allocation), "IsDeleted": True}))

    return delete


def written(
    call: Call,
    plural: str,
    key: str,
    save: Callable[[Books, Record], Record],
    view: Callable[[Record], Record],
    *,
    alone: bool = True,
) -> Answer:
    """Save what was sent, and show it."""
    call.allow({"summarizeerrors"})
    elements = call.elements(plural)[: 1 if alone else None]
    call.operation = f"{call.method} {plural} x{len(elements)}"
    for element in elements:
        check_forms(element)
    shown = []
    for element in elements:
        try:
            saved = save(call.books, element)
        except InvalidError as error:
            return validation_answer([refused(element, key, error.messages)])
        if call.method == "PUT":
            call.created.append(str(saved[key]))
        shown.append(dumps(view(saved)))
    return answer(call, plural, shown)


def _settled(call: Call, plural: str, key: str, record: Record, remove: Callable[[], Record]) -> Answer:
    """Remove a record, and show what it was."""
    call.allow(set())
    call.operation = f"DELETE {plural} x1"
    try:
        shown = remove()
    except InvalidError as error:
        return validation_answer([refused({key: record[key]}, key, error.messages)])
    return answer(call, plural, [dumps(shown)])
