"""Xero's XML: what it answers unless JSON is asked for, and request bodies written in it.

Both are the JSON in another spelling (developer.xero.com: requests and responses): a list's members have its name in
the singular, dates are ISO, the ISO twins of dates are left out, null is an absent element, and the verdict on one
element of a batch is its attribute `status`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from vtxero.sandbox.xero.errors import BadRequestError
from vtxero.sandbox.xero.forms import NESTED
from vtxero.sandbox.xero.wire import Record, moment_of

XML = "text/xml; charset=utf-8"
SCHEMAS = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
MEMBERS = {
    "Addresses": "Address",
    "Allocations": "Allocation",
    "BatchPayments": "BatchPayment",
    "BrandingThemes": "BrandingTheme",
    "Currencies": "Currency",
    "InvoiceAddresses": "InvoiceAddress",
    "InvoicePaymentServices": "PaymentService",
    "PurchasesTrackingCategories": "TrackingCategory",
    "SalesTrackingCategories": "TrackingCategory",
    "Tracking": "TrackingCategory",
    "TrackingCategories": "TrackingCategory",
}
"""Members of lists whose name is not the list's without its s."""

LISTS = {
    *MEMBERS, "Accounts", "ContactGroups", "ContactPersons", "Contacts", "CreditNotes", "ExternalLinks",
    "HistoryRecords", "Invoices", "Items", "LineItems", "Options", "Overpayments", "Payments", "Phones", "Prepayments",
    "TaxComponents", "TaxRates",
}  # fmt: skip
"""What is a list in a request, though it has one member or none."""

TWINS = ("DateString", "UTCString")
_SLASH_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to write."""


def to_xml(text: str) -> str:
    """Write an answer's JSON as XML: an envelope becomes a Response, a refusal an ApiException."""
    value: Record = json.loads(text, parse_float=str, parse_int=str)
    if "ErrorNumber" not in value:
        return f"<Response {SCHEMAS}>{_inside(value)}</Response>"
    kinds = {name: "DataContractBase" for name in ("Elements",) if name in value}
    return f"<ApiException {SCHEMAS}>{_inside(value, kinds)}</ApiException>"


def _inside(value: Record, members: dict[str, str] | None = None) -> str:
    return "".join(_named(name, one, members or {}) for name, one in value.items())


def _named(name: str, value: Any, members: dict[str, str]) -> str:
    if value is None or name == "StatusAttributeString" or name.endswith(TWINS):
        return ""
    if isinstance(value, list):
        member = members.get(name) or MEMBERS.get(name) or name.removesuffix("s")
        value = "".join(_member(member, one) for one in value)
        return f"<{name}>{value}</{name}>" if value else f"<{name} />"
    if isinstance(value, dict):
        return f"<{name}>{_inside(value)}</{name}>"
    shown = _scalar(value)
    return f"<{name}>{shown}</{name}>" if shown else f"<{name} />"


def _member(name: str, value: Any) -> str:
    if not isinstance(value, dict):
        return _named(name, value, {})
    status = value.get("StatusAttributeString")
    attributes = f" status={quoteattr(str(status))}" if status else ""
    if name == "DataContractBase":
        attributes = f' xsi:type="{_kind(value)}"'
    return f"<{name}{attributes}>{_inside(value)}</{name}>"


def _kind(element: Record) -> str:
    """Tell what a refused element is by its id, which is echoed first."""
    return next((name.removesuffix("ID") for name in element if name.endswith("ID")), "Element")


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text, moment = str(value), None
    date = _SLASH_DATE.match(text)
    with suppress(ValueError):  # a text of somebody's that only looks like a date stays as it is
        moment = moment_of(int(date[1])) if date else None
    if moment:
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + (
            f".{moment.microsecond // 1000:03d}" if moment.microsecond else ""
        )
    return escape(_UNWRITABLE.sub("\ufffd", text))


def from_xml(body: bytes) -> Any:
    """Read a request body in XML into what the same in JSON would be; numbers and booleans stay text.

    Raises:
        BadRequestError: it is no XML, or one with a document type, which no request needs.
    """
    if b"<!" in body and re.search(rb"<!(DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise _unreadable("a document type is not allowed")
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a document type there are no entities to expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _unreadable(str(error)) from None
    name = _local(root)
    value = _value(root)
    return {name: value} if name in LISTS else value


def _value(element: ET.Element) -> Any:
    if _local(element) in LISTS:
        return [_value(one) for one in element]
    if not len(element):
        empty: Any = {} if _local(element) in NESTED else ""
        return (element.text or empty) if "nil" not in set(_attributes(element)) else None
    return {_local(one): _value(one) for one in element}


def _attributes(element: ET.Element) -> Iterator[str]:
    return (name.rpartition("}")[2] for name, value in element.items() if value == "true")


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unreadable(why: str) -> BadRequestError:
    return BadRequestError(14, "PostDataInvalidException", f"The XML for post data was invalid, {why}")
