"""One HTTP answer, and the shapes of Xero's refusals (developer.xero.com: response codes)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from vtxero.sandbox.xero.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    NotModelledError,
    UnauthorisedError,
    XeroError,
)  # fmt: skip
from vtxero.sandbox.xero.wire import Record, dumps

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    text: str = ""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    """A file, sent as it is in place of the text."""
    has_xml: bool = False
    """Whether it goes out as XML unless JSON was asked for: answers of the API do, the gateway's do not."""


def api_answer(text: str, status: int = 200) -> Answer:
    """Give an answer of the accounting API, from its JSON."""
    return Answer(status, text, has_xml=True)


def json_answer(value: Record | list[Record], status: int = 200) -> Answer:
    return Answer(status, dumps(value))


def validation_answer(elements: list[Record]) -> Answer:
    """400 for the elements that were refused; those of the same request that were good are saved, and not told."""
    shape: Record = {
        "ErrorNumber": 10,
        "Type": "ValidationException",
        "Message": "A validation exception occurred",
        "Elements": elements,
    }
    return api_answer(dumps(shape), 400)


def problem(status: int, title: str, detail: str) -> Answer:
    """Give the shape that Xero's gateway uses for refusals of its own."""
    shape: Record = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return json_answer(shape, status)


def error_answer(error: XeroError) -> Answer:
    """Turn a refusal into its answer."""
    match error:
        case NotModelledError():
            return _not_implemented(f"not modelled: {error}")
        case NotFoundError():
            return Answer(404, "The resource you're looking for cannot be found", "text/html; charset=utf-8")
        case BadRequestError():
            return api_answer(dumps({"ErrorNumber": error.number, "Type": error.kind, "Message": str(error)}), 400)
        case UnauthorisedError():
            answer = problem(401, "Unauthorized", str(error))
            challenge = ' error="insufficent_scope"' if error.scope else ""
            answer.headers["WWW-Authenticate"] = f"Bearer{challenge}"
            return answer
        case ForbiddenError():
            return problem(403, "Forbidden", "AuthenticationUnsuccessful")
    raise error


def _not_implemented(message: str) -> Answer:
    """Give a 501, which is XML whatever was asked for."""
    inside = f"<ErrorNumber>20</ErrorNumber><Type>ApiMethodNotImplementedException</Type><Message>{escape(message)}"
    return Answer(501, f"<ApiException>{inside}</Message></ApiException>", "text/xml; charset=utf-8")


def expired_text(moment: datetime) -> str:
    return f"TokenExpired: token expired at {moment.strftime('%m/%d/%Y %H:%M:%S')}"
