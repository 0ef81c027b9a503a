"""The cloud edition's answers: a failure stands in the body, in the HTTP reason phrase, or in both.

Vtiger's manual promises HTTP 400 with the words in the header line; its own client reads the body of HTTP 200 as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from vtxero.domain.text import unescape
from vtxero.errors import AuthError
from vtxero.vtiger.answers import no_vtiger, read_answer, settled
from vtxero.vtiger.envelope import parse_envelope
from vtxero.vtiger.errors import LOGIN_CODES, SESSION_CODES, Call, Failure, login_refused, lost

_USER_NAME = "of the cloud edition: the e-mail that you log in with"
_CODES = (
    # the beginning of Vtiger's words, and the code it gives with them where it gives one
    ("permission to", "ACCESS_DENIED"),
    ("id specified is incorrect", "INVALID_ID_ATTRIBUTE"),
    ("record not found", "RECORD_NOT_FOUND"),
    ("record you are trying to access is not found", "RECORD_NOT_FOUND"),
    ("mandatory fields missing", "MANDATORY_FIELDS_MISSING"),
    ("duplicate(s) detected", "0"),
    ("syntax error", "QUERY_SYNTAX_ERROR"),
    ("invalid reference", "REFERENCE_INVALID"),
    ("unknown error while processing request", "INTERNAL_SERVER_ERROR"),
)


def read_cloud_answer(response: httpx.Response, call: Call) -> Any:
    """Give the result of an answer, or its Failure. HTTP 429 is not for this function.

    Raises:
        PassingFaultError: worth another try.
        ReplyLostError: a write whose fate is unknown.
        NoVtigerError, AuthError, NotModelledError: it is no answer of a Vtiger, or not to this user.
    """
    status = response.status_code
    if status == httpx.codes.UNAUTHORIZED:
        raise login_refused(call, _words(response) or "HTTP 401", name=_USER_NAME)
    has_envelope = parse_envelope(response.content) is not None
    if response.is_server_error and call.writes and has_envelope:
        # A refusal is told by HTTP 400; whatever broke here may have broken half way.
        raise lost(call, f"HTTP {status}: {_words(response)}")
    if has_envelope or response.is_success or response.is_redirect or response.is_server_error:
        found = read_answer(response, call)
    else:
        found = settled(_refusal(response, call), call)
    if isinstance(found, Failure) and found.code in LOGIN_CODES | SESSION_CODES:
        raise login_refused(call, found.message or found.code, name=_USER_NAME)
    return _decoded(found)


def _refusal(response: httpx.Response, call: Call) -> Failure:
    """Read HTTP 4xx without an envelope.

    Raises:
        NoVtigerError: nothing of Vtiger's answers there.
        AuthError: not to this user.
    """
    status, words = response.status_code, _words(response)
    if not words and status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
        raise no_vtiger(
            response,
            call,
            "Vtiger's cloud edition",
            remedy="Check vtiger.url: for the cloud edition it is https://<your instance>.vtiger.com, with the od1 or "
            "od2 that the browser shows.",
        )
    if not words and status == httpx.codes.FORBIDDEN:
        raise AuthError(
            f"Vtiger at {call.endpoint} refuses {call} to the user {call.username!r}: HTTP 403.",
            remedy="Check that user's role, and that the instance's edition includes the API (One Pilot has none).",
        )
    return Failure(_code_of(words), words or f"HTTP {status} {response.reason_phrase}".strip())


def _words(response: httpx.Response) -> str:
    """Give what Vtiger says: in the body, else in the reason phrase; blank when that is only the status's name."""
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, Mapping) else None
    said = error.get("message") if isinstance(error, Mapping) else None
    if said:
        return str(said)
    reason = unescape(response.reason_phrase.strip())
    return "" if reason.lower() == _usual_reason(response.status_code).lower() else reason


def _usual_reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _code_of(words: str) -> str:
    said = words.lower()
    if said.endswith("does not have a value"):
        return "MANDATORY_FIELDS_MISSING"
    return next((code for start, code in _CODES if said.startswith(start)), "")


def _decoded(found: Any) -> Any:
    """Undo the HTML entities that the cloud edition puts into texts (`&#8364;`)."""
    if isinstance(found, str):
        return unescape(found) if "&" in found else found
    if isinstance(found, list):
        return [_decoded(each) for each in found]
    if isinstance(found, dict):
        return {name: _decoded(value) for name, value in found.items()}
    return found
