"""Xero's ways of saying no, told apart. The only place where the SDK's and Xero's faults become ours.

Sources: developer.xero.com/documentation/api/accounting/responsecodes and recorded answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from xml.sax.saxutils import unescape

from vtxero.domain.network import is_untrusted
from vtxero.errors import AuthError, NotModelledError, RefusedError, TemporaryError, VtxeroError
from vtxero.xero.access import API_OPTION, XeroAccess, is_own, when_silent, when_untrusted, wrong_tenant
from vtxero.xero.limits import told_wait
from vtxero.xero.tokens import LOG_IN

SCOPE_WORDS = ("insufficent_scope", "insufficient_scope", "authorizationunsuccessful")
"""Xero misspells the first; both spellings count."""

WHOLE_REFUSALS = {
    404: "The resource you're looking for cannot be found",
    413: "The request is larger than Xero takes",
    414: "The address is longer than Xero takes (HTTP 414)",
}
"""What to say when Xero refuses without a readable word."""

UNDER_WAY = {408, 409, 425}
"""Came too early or took too long; a 409 says that a request of this Idempotency-Key is still being carried out."""

_XML_MESSAGE = re.compile(r"<Message>([^<]{1,300})</Message>")
RUN_AGAIN = "Nothing needs mending; run again later."


class Kind(Enum):
    """What became of one request that brought no usable answer."""

    UNSENT = auto()
    """It never left: sending again is harmless."""
    LOST = auto()
    """It left, and what Xero did with it is unknown."""
    LIMITED = auto()
    """A call limit; nothing was done."""
    EXPIRED = auto()
    """The access token is not, or no longer, taken; nothing was done. A new one may help."""
    DENIED = auto()
    """The login does not reach this."""
    BLOCKED = auto()
    """Something between here and Xero answered in its place."""
    REFUSED = auto()
    """Xero read the request and refused all of it."""
    UNKNOWN = auto()
    """A shape that vtxero does not know."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed request. `limit` and `retry_after` belong to LIMITED, `elements` to a REFUSED that lists elements."""

    kind: Kind
    message: str
    status: int = 0
    limit: str = ""
    retry_after: int | None = None
    elements: tuple[tuple[str, ...], ...] | None = None


class BatchRefusedError(RefusedError):
    """A whole request was refused. `elements` holds the messages of those that Xero listed, None for no list."""

    def __init__(self, failure: Failure) -> None:
        super().__init__((failure.message,), service="xero")
        self.status = failure.status
        self.elements = failure.elements


class AddressTooLongError(NotModelledError):
    """The address of a read held more than Xero's servers take; ask for less at once."""


def failure_of_answer(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """Tell what an answer that is no success means."""
    told = _json(body)
    message = _message(told, body)
    limit, retry_after = headers.get("X-Rate-Limit-Problem", ""), told_wait(headers)
    match status:
        case 429:
            return Failure(Kind.LIMITED, f"Xero's {limit or 'call'} limit is reached", status, limit, retry_after)
        case 404 | 413 | 414:
            return Failure(Kind.REFUSED, message or WHOLE_REFUSALS[status], status)
        case 401 | 403:
            return _denied(status, headers, told, message, body)
        case 400 if told is not None or b"<ApiException" in body[:300]:
            return _invalid(told, message, body)
    if (status >= 500 and status != 501) or status in UNDER_WAY:
        return Failure(Kind.LOST, message or f"HTTP {status}", status, retry_after=retry_after)
    return _strange(status, headers, body, message)


def error_of(failure: Failure, *, where: str, access: XeroAccess) -> VtxeroError:
    """Make the error that leaves this package; `where` names the request (`PUT /Invoices`)."""
    address = access.api_url
    match failure.kind:
        case Kind.UNSENT | Kind.LOST | Kind.LIMITED | Kind.BLOCKED:
            return _passing(failure, where, address)
        case Kind.EXPIRED | Kind.DENIED:
            return _denial(failure, where, access)
        case Kind.REFUSED:
            return BatchRefusedError(failure)
        case Kind.UNKNOWN:
            return NotModelledError(f"{where}: {failure.message}")


def _passing(failure: Failure, where: str, address: str) -> TemporaryError:
    if failure.kind is Kind.BLOCKED:
        return TemporaryError(
            f"{where} did not reach Xero: {failure.message}.",
            remedy="Look at the proxy or firewall of this network, then run again.",
        )
    if failure.kind is Kind.LIMITED:
        return TemporaryError(f"{failure.message} again and again at {where}.", remedy=RUN_AGAIN)
    if failure.kind is Kind.UNSENT and is_untrusted(failure.message):
        return TemporaryError(
            f"Xero did not answer {where} at {address}: {failure.message}.",
            remedy=when_untrusted(address, API_OPTION),
        )
    if failure.kind is Kind.UNSENT:
        return TemporaryError(
            f"Xero did not answer {where} at {address}: {failure.message}.", remedy=when_silent(address, API_OPTION)
        )
    remedy = RUN_AGAIN if is_own(address) else f"If it stays so, check {API_OPTION} in the config."
    return TemporaryError(f"Xero did not answer {where} at {address}: {failure.message}.", remedy=remedy)


def validation_messages(element: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect an element's validation errors, each once, and those of its parts: lines, contact, account."""
    return tuple(dict.fromkeys(_validation_texts(element)))


def warnings_of(element: Mapping[str, Any]) -> tuple[str, ...]:
    """Collect an element's warnings, each once."""
    return tuple(dict.fromkeys(_texts(element.get("Warnings"))))


def _denied(status: int, headers: Mapping[str, str], told: dict[str, Any] | None, message: str, body: bytes) -> Failure:
    challenge = headers.get("WWW-Authenticate", "")
    if told is None and not challenge and _is_page(headers, body):
        return _blocked(status)
    words = f"{challenge} {message}".lower()
    if any(word in words for word in SCOPE_WORDS):
        return Failure(Kind.DENIED, "the login lacks a scope that this needs.", status, limit="scope")
    said = message or challenge or f"HTTP {status}"
    if status == 401:
        return Failure(Kind.EXPIRED, said, status)
    return Failure(Kind.DENIED, f"the login does not reach this organisation ({said}).", status, limit="tenant")


def _strange(status: int, headers: Mapping[str, str], body: bytes, message: str) -> Failure:
    """Tell a proxy's page from an answer of Xero's that vtxero does not know; Xero's own 501 is XML."""
    if _is_page(headers, body) and status != 501:
        return _blocked(status)
    return Failure(Kind.UNKNOWN, f"Xero answered HTTP {status}: {message or 'nothing'}", status)


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("Content-Type", "").lower() or body.lstrip()[:1] == b"<"


def _blocked(status: int) -> Failure:
    return Failure(Kind.BLOCKED, f"something between here and Xero answered HTTP {status}", status)


def _denial(failure: Failure, where: str, access: XeroAccess) -> AuthError:
    said = f"Xero refused {where}: {failure.message}"
    match failure.limit:
        case "scope":
            remedy = "Give the app the scopes that `vtxero doctor` lists, then run `vtxero auth xero`."
            return AuthError(said, remedy=remedy)
        case "tenant" if access.tenant_id:
            which = f"The organisation is {access.tenant_id}, which xero.tenant_id (or VTXERO_XERO_TENANT_ID) names."
            return AuthError(f"{said} {which}", remedy=wrong_tenant(access))
        case "tenant":
            remedy = "Connect the organisation that was chosen at the login: run `vtxero auth xero` and allow it."
            return AuthError(said, remedy=remedy)
    return AuthError(said, remedy=LOG_IN)


def _invalid(told: dict[str, Any] | None, message: str, body: bytes) -> Failure:
    """A 400: with Elements these were judged one by one, without them nothing was read."""
    if told is None:
        # XML, though JSON was asked for: whether elements were judged one by one is all that is read of it.
        return Failure(Kind.REFUSED, message, 400, elements=((),) if b"<Elements" in body else None)
    if "idempoten" in message.lower():
        return Failure(Kind.UNKNOWN, message, 400)
    elements = told.get("Elements")
    if not isinstance(elements, list) or not elements:
        return Failure(Kind.REFUSED, message or "Xero refused the request without a word", 400)
    judged = tuple(validation_messages(item) if isinstance(item, Mapping) else () for item in elements)
    return Failure(Kind.REFUSED, message, 400, elements=judged)


def _message(told: dict[str, Any] | None, body: bytes) -> str:
    """Find the sentence in an error's JSON or XML, or show a short plain text; never a page of HTML."""
    if told is None:
        text = body[:1000].decode("utf-8", "replace").strip()
        found = _XML_MESSAGE.search(text)
        return unescape(found[1]) if found else "" if text.startswith("<") else text[:300]
    for name in ("Message", "Detail", "Title"):
        if isinstance(told.get(name), str) and told[name]:
            return str(told[name])
    return ""


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body, parse_float=str)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _validation_texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for part in value for text in _validation_texts(part)]
    if not isinstance(value, Mapping):
        return []
    parts = (part for name, part in value.items() if name != "ValidationErrors")
    return [*_texts(value.get("ValidationErrors")), *(text for part in parts for text in _validation_texts(part))]


def _texts(entries: object) -> list[str]:
    if not isinstance(entries, list):
        return []
    told = [entry.get("Message") for entry in entries if isinstance(entry, Mapping)]
    return [text for text in told if isinstance(text, str) and text]
