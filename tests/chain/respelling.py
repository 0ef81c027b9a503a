"""Stands between a client and the Xero stand-in, and writes its answers in other forms that Xero's own may take."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from chain.holding import Holding, headers_but_length, is_json, length_of

MONEY = re.compile(r"(Amount|Total|Due|Paid|Credited|Price|Rate|Quantity|Tax)$")

Change = Callable[[str, Any], Any]
"""Gives a member's new value by its name; `GONE` takes the member away."""
GONE = object()


class Number(str):
    """A number as it is to be written."""

    __slots__ = ()


class Respelt(Holding):
    """Changes every JSON answer, member by member, and counts as changed the answers that it wrote otherwise."""

    def __init__(self, app: Any, change: Change) -> None:
        super().__init__(app)
        self.change = change

    async def answer(self, start: dict[str, Any], body: bytes, send: Any) -> None:
        if is_json(start):
            answer = json.loads(body, parse_float=Number, parse_int=Number)
            text = written(self._walked("", answer))
            self.changed += text != written(answer)
            body = text.encode()
        await send({**start, "headers": [*headers_but_length(start), length_of(body)]})
        await send({"type": "http.response.body", "body": body})

    def _walked(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            members = {key: self._walked(key, one) for key, one in value.items()}
            value = {key: one for key, one in members.items() if one is not GONE}
        elif isinstance(value, list):
            value = [self._walked("", one) for one in value]
        return self.change(name, value)


def written(value: Any) -> str:
    """Write JSON with the numbers as they are spelt."""
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(name)}:{written(one)}" for name, one in value.items()) + "}"
        case list():
            return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


def dates_without_offset(_name: str, value: Any) -> Any:
    return value.replace("+0000)/", ")/") if isinstance(value, str) and value.startswith("/Date(") else value


def dates_once(name: str, value: Any) -> Any:
    """Leave the readable twins of dates out."""
    return GONE if name.endswith(("DateString", "UTCString")) else value


def dates_in_iso(name: str, value: Any) -> Any:
    from vtxero.sandbox.xero.wire import parse_moment

    if isinstance(value, str) and value.startswith("/Date("):
        moment = parse_moment(value)
        assert moment is not None
        return moment.strftime("%Y-%m-%dT%H:%M:%S")
    return dates_once(name, value)


def numbers_as_text(name: str, value: Any) -> Any:
    return str(value) if isinstance(value, Number) and MONEY.search(name) else value


def numbers_with_exponents(name: str, value: Any) -> Any:
    return Number(f"{Decimal(value).normalize():E}") if isinstance(value, Number) and MONEY.search(name) else value


def numbers_with_many_zeros(name: str, value: Any) -> Any:
    return Number(f"{Decimal(value):.10f}") if isinstance(value, Number) and MONEY.search(name) else value


def no_envelope(name: str, value: Any) -> Any:
    """Leave out all that stands around the elements of an answer: its head, and the block of pages."""
    return GONE if name in {"ProviderName", "DateTimeUTC", "pagination"} else value


def nothing_blank(_name: str, value: Any) -> Any:
    """Leave out what is blank."""
    return GONE if value in ("", []) and value != 0 else value


def nulls_for_blanks(name: str, value: Any) -> Any:
    return None if value == "" or (value == [] and name in PARTS) else value


PARTS = {"Addresses", "Phones", "ContactPersons", "ContactGroups", "LineItems", "Payments", "Tracking", "CreditNotes"}


def unknown_members(_name: str, value: Any) -> Any:
    """Add members that no client knows, to every object."""
    if not isinstance(value, dict):
        return value
    return {"$new": {"Nested": [None, True]}, **value, "AddedLater": "x", "AddedNumber": Number("1e-7")}


def no_types(_name: str, value: Any) -> Any:
    """Leave out which kind a document is of; only sales and their payments were asked for."""
    return GONE if value in ("ACCREC", "ACCRECPAYMENT") else value


def no_verdicts(name: str, value: Any) -> Any:
    """Leave out what says that an element is well; what says that it is not stays."""
    return GONE if (name == "StatusAttributeString" and value == "OK") or value is False else value


SPOILT = [
    None, "", " ", "x", Number("0"), Number("-1"), Number("1.5"), Number("1E+30"), Number("9" * 30), Number("1e-9"),
    True, [], {}, [Number("1")], ["x"], [[]], [None], {"a": Number("1")}, "NaN", "1e400", "\ud800", "a\x00b",
    "/Date(99999999999999999)/", "/Date(-62135596800000)/", "2026-99-99", "0001-01-01", "DELETED", "VOIDED",
    "00000000-0000-0000-0000-000000000000", GONE,
]  # fmt: skip
"""What no client expects where it stands."""


def spoiling(chance: random.Random, share: float) -> Change:
    """Put something unexpected in the place of a share of all members."""

    def change(name: str, value: Any) -> Any:
        return chance.choice(SPOILT) if name and chance.random() < share else value

    return change


GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")


def ids_in_capitals(_name: str, value: Any) -> Any:
    return value.upper() if isinstance(value, str) and GUID.match(value) else value


class IdsInChangingCase:
    """Writes the same id in capitals one time and in small letters the next."""

    __name__ = "ids_in_changing_case"

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, _name: str, value: Any) -> Any:
        if not (isinstance(value, str) and GUID.match(value)):
            return value
        self.seen += 1
        return value.upper() if self.seen % 2 else value


def flags_as_text(_name: str, value: Any) -> Any:
    """Write true and false as Xero's samples of tax rates do."""
    return str(value).lower() if isinstance(value, bool) else value


def verdicts_in_small_letters(name: str, value: Any) -> Any:
    return str(value).lower() if name == "StatusAttributeString" else value


def line_ids_anew(name: str, value: Any) -> Any:
    """Give every line another id each time it is shown."""
    return str(uuid.uuid4()) if name == "LineItemID" else value


def no_line_ids(name: str, value: Any) -> Any:
    return GONE if name == "LineItemID" else value


def empty_slots_left_out(name: str, value: Any) -> Any:
    """Leave out phones and addresses that hold nothing but their type."""
    if name not in {"Phones", "Addresses"}:
        return value
    return [slot for slot in value if any(text for key, text in slot.items() if not key.endswith("Type"))]


def no_zeros(name: str, value: Any) -> Any:
    """Leave out amounts of nothing."""
    is_sum = name in {"AmountPaid", "AmountCredited", "TotalDiscount", "TaxAmount", "TotalTax", "DiscountRate"}
    return GONE if is_sum and isinstance(value, Number) and not Decimal(value) else value


def dates_in_iso_with_zone(name: str, value: Any) -> Any:
    plain = dates_in_iso(name, value)
    return f"{plain}.0000000Z" if plain is not GONE and plain != value else plain


def members_in_other_order(_name: str, value: Any) -> Any:
    return dict(reversed(value.items())) if isinstance(value, dict) else value


def dates_without_times(name: str, value: Any) -> Any:
    """Write the dates of documents as dates, and leave the others alone."""
    if name in {"Date", "DueDate"} and isinstance(value, str) and value.startswith("/Date("):
        return dates_in_iso(name, value)[:10]
    return GONE if name in {"DateString", "DueDateString"} else value
