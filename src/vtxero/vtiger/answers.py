"""Vtiger's answers: the result, or what is wrong, in vtxero's own errors.

Vtiger answers HTTP 200 for success and failure alike; an uncaught PHP error is HTTP 500 without a body (measured on
8.2.0 and 8.3.0). The code of a failure is text, except the integer 0 of the duplicate check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from vtxero.errors import AuthError, BudgetError, NotModelledError, TemporaryError, VtxeroError
from vtxero.vtiger.envelope import parse_envelope, title_of, wait_of
from vtxero.vtiger.errors import BROKEN_CODES, LONGEST_WAIT, Call, Failure, NoVtigerError, PassingFaultError, lost

FIRST = frozenset({"getchallenge", "me"})
"""What is asked before anything else, and what every Vtiger can do."""


def read_answer(response: httpx.Response, call: Call) -> Any:
    """Give the result of an answer, or its Failure.

    Raises:
        PassingFaultError: worth another try.
        ReplyLostError: a write whose fate is unknown.
        ConfigError, AuthError, BudgetError, NotModelledError: it is no answer of a Vtiger, or not to this user.
    """
    envelope = parse_envelope(response.content)
    if envelope is None:
        raise _no_envelope(response, call)
    if envelope.get("success") is True and "result" in envelope:
        return envelope["result"]
    error = envelope.get("error")
    if not isinstance(error, Mapping):
        if call.writes:
            raise lost(call, "an envelope without result and error")
        raise NotModelledError(
            f"Vtiger at {call.endpoint} answered {call} without result and without error.",
            remedy="Report this to vtxero with the version of Vtiger.",
        )
    return settled(Failure(str(error.get("code", "")), str(error.get("message", ""))), call)


def settled(failure: Failure, call: Call) -> Failure:
    """Give a failure back, unless the server broke on a read.

    Raises:
        PassingFaultError: worth another try.
    """
    if failure.code in BROKEN_CODES and not call.writes:
        raise PassingFaultError(
            TemporaryError(
                f"Vtiger at {call.endpoint} failed on {call}: {failure.message} ({failure.code}).",
                remedy="Run again later; if it stays so, look into the server's PHP and database logs.",
            )
        )
    return failure


def _no_envelope(response: httpx.Response, call: Call) -> VtxeroError | PassingFaultError:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return _limited(response, call)
    if response.is_redirect:
        return _redirected(response, call)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return _crashed(response, call)
    if response.is_success:
        if call.writes:
            # A page in the place of JSON may hide that it was done.
            return lost(call, f"HTTP {status} without JSON{title_of(response)}")
        return _no_web_service(response, call)
    return _turned_away(response, call)


def _turned_away(response: httpx.Response, call: Call) -> VtxeroError:
    status = response.status_code
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return AuthError(
            f"Something in front of Vtiger (a password, a firewall) refuses {call.endpoint}: HTTP {status}.",
            remedy="Let the machine that vtxero runs on reach Vtiger's web service.",
        )
    if status == httpx.codes.REQUEST_URI_TOO_LONG:
        return NotModelledError(
            f"The web server of {call.endpoint} finds the address of {call} too long (HTTP 414).",
            remedy="Raise the server's limit for request lines (Apache: LimitRequestLine) to 16380.",
        )
    return _no_web_service(response, call)


def _crashed(response: httpx.Response, call: Call) -> VtxeroError | PassingFaultError:
    if response.status_code == httpx.codes.NOT_IMPLEMENTED and call.operation in FIRST:
        return _no_web_service(response, call)
    if response.status_code == httpx.codes.NOT_IMPLEMENTED:
        words = response.text.strip()[:300]
        return NotModelledError(f"Vtiger at {call.endpoint} cannot do {call}: {words or 'HTTP 501'}.")
    body = "an empty body" if not response.content else f"a page{title_of(response)}"
    what = f"HTTP {response.status_code} with {body}"
    if call.writes:
        return lost(call, what)
    return PassingFaultError(
        TemporaryError(
            f"Vtiger at {call.endpoint} answered {call} with {what}.",
            remedy="Run again later; if it stays so, look into the error logs of the web server and of PHP.",
        )
    )


def _limited(response: httpx.Response, call: Call) -> VtxeroError | PassingFaultError:
    wait = wait_of(response.headers)
    if wait is not None and wait > LONGEST_WAIT:
        return BudgetError(
            f"Vtiger at {call.endpoint} takes no more calls for {wait:.0f} seconds (HTTP 429).",
            remedy="Run again after that; what is done is saved.",
        )
    return PassingFaultError(
        TemporaryError(
            f"Vtiger at {call.endpoint} takes no more calls just now (HTTP 429).",
            remedy="Run again in a few minutes; what is done is saved.",
        ),
        wait=wait,
    )


def _redirected(response: httpx.Response, call: Call) -> NoVtigerError:
    target = response.headers.get("location", "")
    try:
        shown = str(response.request.url.join(target).copy_with(query=None, fragment=None)) if target else "nowhere"
    except httpx.InvalidURL:
        shown = "an address that is none"
    return NoVtigerError(
        f"{call.endpoint} redirects to {shown} instead of answering.",
        remedy="If that is the same Vtiger, put its address into vtiger.url; if it is a login page, "
        "let the web service through without it.",
    )


def _no_web_service(response: httpx.Response, call: Call) -> NoVtigerError:
    return no_vtiger(
        response,
        call,
        "Vtiger's web service",
        remedy="Check vtiger.url: it must be the address that Vtiger's login page has, and the web service must be "
        "reachable there without another login.",
    )


def no_vtiger(response: httpx.Response, call: Call, expected: str, *, remedy: str) -> NoVtigerError:
    """Make the error of an answer that something else gave than what was expected at this address."""
    kind = response.headers.get("content-type", "no content type").partition(";")[0]
    return NoVtigerError(
        f"{call.endpoint} answered {call.operation} with HTTP {response.status_code} and {kind}{title_of(response)}, "
        f"which is no answer of {expected}.",
        remedy=remedy,
    )
