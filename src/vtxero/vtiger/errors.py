"""Vtiger's answers, and what goes wrong on the way to them, in vtxero's own errors. The only place that translates.

Vtiger answers HTTP 200 for success and failure alike; an uncaught PHP error is HTTP 500 without a body (measured on
8.2.0 and 8.3.0). The code of a failure is text, except the integer 0 of the duplicate check.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from vtxero.errors import (
    AuthError,
    BudgetError,
    ConfigError,
    NotModelledError,
    RefusedError,
    ReplyLostError,
    TemporaryError,
    VtxeroError,
)
from vtxero.vtiger.envelope import parse_envelope, title_of, wait_of

SERVICE = "vtiger"
LONGEST_WAIT = 65.0
"""Seconds of a rate limit's wait that are waited out; a longer one ends the run."""

SESSION_CODES = frozenset({"INVALID_SESSIONID", "SESSION_EXPIRED", "SESSION_LEFT_IDLE", "AUTHENTICATION_REQUIRED"})
LOGIN_CODES = frozenset({"INVALID_USER_CREDENTIALS", "INVALID_AUTH_TOKEN", "AUTHENTICATION_FAILURE"})
_BROKEN_CODES = frozenset({"INTERNAL_SERVER_ERROR", "DATABASE_QUERY_ERROR"})
_DENIED = "Permission to perform the operation is denied"
_NO_MODULE = re.compile(r"denied for name : (.+)\Z")
_NO_FIELD = re.compile(r"Permission to access '?\.?([^'. ]+)\.?'? attribute denied")
_LAYERS = 6
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class Call:
    """What is being asked, for messages and for telling reads from writes. `subject` names the record or module."""

    operation: str
    subject: str
    endpoint: str
    username: str
    writes: bool = False

    def __str__(self) -> str:
        """Give it as a message names it."""
        return f"{self.operation} {self.subject}".rstrip()


@dataclass(frozen=True, slots=True)
class Failure:
    """`success: false`, in Vtiger's own words."""

    code: str
    message: str

    @property
    def is_missing(self) -> bool:
        """Tell whether a record asked for by its id is not there (deleted, never was, or another module's)."""
        return self.code in {"RECORD_NOT_FOUND", "INVALID_ID_ATTRIBUTE"} or (
            self.code == "ACCESS_DENIED" and self.message == _DENIED
        )


class NoVtigerError(ConfigError):
    """What answers at the address is no web service of Vtiger's."""


class PassingFaultError(Exception):
    """A fault that another try may overcome; it never leaves the client, `error` does when the tries are used up."""

    def __init__(self, error: VtxeroError, *, wait: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


# -- the way there and back ------------------------------------------------------------------------------------


def lost(call: Call, what: str) -> ReplyLostError:
    """Make the error of a write whose fate is unknown."""
    return ReplyLostError(
        f"Vtiger at {call.endpoint} gave no usable answer to {call}: {what}. "
        "It may have been carried out, whole or in part.",
        remedy="Run again: vtxero looks for the record before it sends it once more.",
    )


def transport_fault(error: httpx.HTTPError | httpx.InvalidURL, call: Call) -> VtxeroError | PassingFaultError:
    """Translate what httpx raised."""
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return ConfigError(f"Vtiger's address {call.endpoint} cannot be used: {error}.", remedy="Correct vtiger.url.")
    if _is_certificate(error):
        return ConfigError(
            f"The certificate of {call.endpoint} was not accepted: {error}.",
            remedy="Have it renewed, or name your own authority's file under vtiger.verify in the config.",
        )
    if isinstance(error, _NEVER_SENT):
        return PassingFaultError(
            TemporaryError(
                f"Vtiger cannot be reached at {call.endpoint}: {_words(error)}.",
                remedy="Check vtiger.url and that the server is up, then run again.",
            )
        )
    if call.writes:
        return lost(call, _words(error))
    return PassingFaultError(
        TemporaryError(
            f"Vtiger at {call.endpoint} broke off while answering {call}: {_words(error)}.",
            remedy="Run again later; if it stays so, raise vtiger.read_timeout or ask who runs the server.",
        )
    )


def _is_certificate(error: BaseException) -> bool:
    """Look through the layers of libraries; there are three, and a chain of causes may bite its own tail."""
    seen: BaseException | None = error
    for _ in range(_LAYERS):
        if isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(seen):
            return True
        seen = seen and (seen.__cause__ or seen.__context__)
    return False


def _words(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


# -- the answer ------------------------------------------------------------------------------------------------


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
    if failure.code in _BROKEN_CODES and not call.writes:
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
        # On a write, a page in the place of JSON may hide that it was done.
        return (
            lost(call, f"HTTP {status} without JSON{title_of(response)}") if call.writes else _no_vtiger(response, call)
        )
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
    return _no_vtiger(response, call)


def _crashed(response: httpx.Response, call: Call) -> VtxeroError | PassingFaultError:
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


def _no_vtiger(response: httpx.Response, call: Call) -> NoVtigerError:
    kind = response.headers.get("content-type", "no content type").partition(";")[0]
    return NoVtigerError(
        f"{call.endpoint} answered {call.operation} with HTTP {response.status_code} and {kind}{title_of(response)}, "
        "which is no answer of Vtiger's web service.",
        remedy="Check vtiger.url: it must be the address that Vtiger's login page has, and the web service must be "
        "reachable there without another login.",
    )


# -- Vtiger's own words ----------------------------------------------------------------------------------------


def translate(failure: Failure, call: Call) -> VtxeroError:
    """Turn a failure that is no lost session into the error to raise."""
    if failure.code in LOGIN_CODES or failure.code in SESSION_CODES or call.operation in {"getchallenge", "login"}:
        return _login_refused(failure, call)
    if failure.code in _BROKEN_CODES:
        return lost(call, f"{failure.message} ({failure.code})")
    if failure.code == "ACCESS_DENIED":
        return _denied(failure, call)
    if call.writes:
        return _refused(failure)
    return _unexpected(failure, call)


def _login_refused(failure: Failure, call: Call) -> AuthError:
    return AuthError(
        f"Vtiger at {call.endpoint} does not let the user {call.username!r} in: {failure.message} ({failure.code}).",
        remedy="Check the user name (the login name, not the e-mail), that the user is active, and the access key from "
        "My Preferences; then run `vtxero auth vtiger`.",
    )


def _denied(failure: Failure, call: Call) -> VtxeroError:
    """Tell the many meanings of ACCESS_DENIED apart by its message, the only way there is."""
    module = _NO_MODULE.search(failure.message)
    if module:
        return AuthError(
            f"This Vtiger has no module {module.group(1)}, or the user {call.username!r} may not use it ({call}).",
            remedy="Give that user's profile access to the module, or switch it off in vtxero's config.",
        )
    field = _NO_FIELD.search(failure.message)
    if field:
        return AuthError(
            f"The Vtiger user {call.username!r} may not see the field {field.group(1)}, or it was removed ({call}).",
            remedy="Make the field visible for that user's profile, then run again.",
        )
    if call.writes:
        return _refused(failure)
    if failure.message in {_DENIED, "Permission to read given object is denied"}:
        return AuthError(
            f"The Vtiger user {call.username!r} may not read what was asked for ({call}): {failure.message}.",
            remedy="Check that user's role and Vtiger's sharing rules.",
        )
    return _unexpected(failure, call)


def _refused(failure: Failure) -> RefusedError:
    messages = (failure.message or failure.code,)
    if failure.code == "0":
        remedy = (
            "Another record has the same value in a field that must be unique, maybe one that the API user cannot see."
        )
    elif failure.code == "ACCESS_DENIED":
        remedy = "Check that the record still exists and that the API user may edit it."
    elif failure.code == "MANDATORY_FIELDS_MISSING":
        remedy = "Fill the field, or give it a default in the config under modules.<name>.defaults."
    else:
        remedy = ""
    return RefusedError(messages, service=SERVICE, remedy=remedy)


def _unexpected(failure: Failure, call: Call) -> NotModelledError:
    return NotModelledError(
        f"Vtiger at {call.endpoint} refused {call}: {failure.message} ({failure.code or 'no code'}).",
        remedy="Report this to vtxero with the version of Vtiger.",
    )
