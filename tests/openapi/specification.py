"""Judges answers by Xero's own OpenAPI file, with openapi-core.

The file (`xero_accounting.yaml` of github.com/XeroAPI/Xero-OpenAPI) lies outside this project; the variable
VTXERO_XERO_OPENAPI names it. It is read more strictly than it is written: a property that it does not name is a fault
too, for it is how a misspelt one would look.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VARIABLE = "VTXERO_XERO_OPENAPI"
HOST = "https://api.xero.com"
BASE = "/api.xro/2.0"
MS_DATE = r"^/Date\(-?[0-9]+([+-][0-9]{4})?\)/$"
BAD_REQUEST = 400
DESCRIBED = (200, 204, 400)
"""The statuses that the file describes; UNDESCRIBED has the others."""

ENVELOPE = ("Id", "Status", "ProviderName", "DateTimeUTC")
"""Around every answer: the file's examples and all recordings have them, its schemas name them for a few."""

RECORDED = "real answers have it, the file's examples for this operation too or not at all"
EXCEPTIONS = {
    "Invoice.DateString": f"the ISO twin of Date: {RECORDED}",
    "Invoice.DueDateString": f"the ISO twin of DueDate: {RECORDED}",
    "Invoice.ExpectedPaymentDateString": "the ISO twin of ExpectedPaymentDate, as with the other dates",
    "Invoice.PlannedPaymentDateString": "the ISO twin of PlannedPaymentDate, as with the other dates",
    "Invoice.InvoicePaymentServices": f"an empty list: {RECORDED}",
    "LineItem.ValidationErrors": f"an empty list in the answer to a write: {RECORDED}",
    "LineItemTracking.Options": "an empty list, recorded",
    **{f"{name}.DateString": "the file's own examples have it" for name in ("CreditNote", "Overpayment", "Prepayment")},
    **{
        f"TrackingOption.{name}": "the file's own examples have it"
        for name in ("HasValidationErrors", "IsDeleted", "IsArchived", "IsActive")
    },
    "ContactGroup.HasValidationErrors": "the file's own examples have it",
    **{f"HistoryRecord.{name}": "the file's own examples have it" for name in ("DateUTCString", "ValidationErrors")},
    "BatchPayment.StatusAttributeString": "its PUT takes summarizeErrors, and all other kinds then bear this verdict",
    "Element.*": "a refused element is echoed with whatever was sent; the file lists a few names of several kinds",
}
"""`Schema.Property` as the file spells it, and why an answer may differ from it there."""

ECHOED = {"maxLength", "enum", "required"}
"""What may be wrong with an element that was refused: it is echoed as it was sent, and was refused for just that."""

GATEWAY = {"Title", "Detail", "Instance"}
"""A 400 with these is no answer of the API's but of the gateway before it (an Idempotency-Key used for another
request); the file describes none of the gateway's."""

UNDESCRIBED = {
    401: "the file describes no 401; its shape is that of Xero's page on response codes",
    403: "the same for 403",
    404: "the same for 404, which is text/html",
    413: "the same for a request that is too large",
    429: "the same for 429, which is empty",
    501: "the stand-in's own: what it does not model",
}
"""Statuses that cannot be judged by the file, and why. Nor can the 400 of a GET (a filter that cannot be read), for the
file gives GETs no 400."""

WITHOUT_400 = {("PUT", "/Currencies"): "the file gives it no 400; where the plan knows no currencies, Xero must refuse"}
"""Further operations whose refusal cannot be judged, and why."""


def find_file() -> Path | None:
    """Give the file, None when there is none on this machine."""
    named = os.environ.get(VARIABLE, "").strip()
    path = Path(named).expanduser()
    return path if named and path.is_file() else None


class Specification:
    """The file, made ready once; see `faults`."""

    def __init__(self, path: Path) -> None:
        import yaml
        from openapi_core import Config, OpenAPI

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        for name, schema in content["components"]["schemas"].items():
            _tighten(name, schema)
        # The file breaks OpenAPI's own rules (defaults of the wrong type), so only its use is checked.
        self._openapi = OpenAPI.from_dict(content, config=Config(spec_validator_cls=None))

    def faults(self, method: str, path: str, status: int, body: str, content_type: str) -> list[str]:
        """Say what the file finds wrong with an answer; `path` is what follows /api.xro/2.0."""
        from openapi_core.exceptions import OpenAPIError
        from openapi_core.testing import MockRequest, MockResponse

        content = json.loads(body) if body else {}
        is_judged = method != "GET" and (method, path) not in WITHOUT_400 and not set(content) >= GATEWAY
        if status == BAD_REQUEST and not is_judged:
            return []
        request = MockRequest(HOST, method.lower(), BASE + path)
        response = MockResponse(body.encode(), status_code=status, content_type=content_type or "application/json")
        try:
            self._openapi.validate_response(request, response)
        except OpenAPIError as error:
            return list(dict.fromkeys(_words(error, content)))
        return []


def _tighten(name: str, schema: Any) -> None:
    """Name what the file leaves open: no other properties, and how Xero writes a date."""
    properties = schema.get("properties")
    if properties is None or f"{name}.*" in EXCEPTIONS:
        return
    for kind in properties.values():
        if kind.get("x-is-msdate") or kind.get("x-is-msdate-time"):
            kind.pop("format", None)
            kind["pattern"] = MS_DATE
    for key in EXCEPTIONS:
        owner, _, part = key.partition(".")
        if owner == name:
            properties.setdefault(part, {})
    for part in ENVELOPE if any(kind.get("type") == "array" for kind in properties.values()) else ():
        properties.setdefault(part, {"type": "string"})
    schema["additionalProperties"] = False


def _words(error: BaseException, content: Any) -> Iterator[str]:
    """Collect the messages of an error and of those below it, but for what is excused."""
    nested = getattr(error, "schema_errors", None)
    if nested is None and error.__cause__ is not None:
        yield from _words(error.__cause__, content)
        return
    if nested is None:
        yield str(error)
    for one in nested or ():
        if one.validator in ECHOED and _is_refused(content, [*one.absolute_path]):
            continue
        where = "/".join("*" if isinstance(part, int) else str(part) for part in one.absolute_path)
        yield f"{where}: {one.message[-120:]}"


def _is_refused(content: Any, path: list[Any]) -> bool:
    """Tell whether a place in an answer lies in an element that was refused."""
    element = content[path[0]][path[1]] if len(path) > 1 else {}
    return isinstance(element, dict) and element.get("StatusAttributeString") == "ERROR"


def signature(value: Any) -> str:
    """Tell the shape of a JSON value: its names and the kinds of its values, each kind of element once."""
    match value:
        case dict():
            return "{" + ",".join(f"{name}:{signature(one)}" for name, one in sorted(value.items())) + "}"
        case list():
            return "[" + "|".join(sorted({signature(one) for one in value})) + "]"
        case bool():
            return "b"
        case int() | float():
            return "n"
        case None:
            return "0"
        case _:
            return "d" if re.match(MS_DATE, str(value)) else "s"
