"""What goes wrong on the way to Vtiger and back, in vtxero's own errors; what both editions' answers share."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import httpx

from vtxero.domain.network import UNTRUSTED, fault_in_words
from vtxero.errors import ConfigError, ReplyLostError, SecretRefusedError, TemporaryError, VtxeroError

SERVICE = "vtiger"
LONGEST_WAIT = 65.0
"""Seconds of a rate limit's wait that are waited out; a longer one ends the run."""

SESSION_CODES = frozenset({"INVALID_SESSIONID", "SESSION_EXPIRED", "SESSION_LEFT_IDLE", "AUTHENTICATION_REQUIRED"})
LOGIN_CODES = frozenset({"INVALID_USER_CREDENTIALS", "INVALID_AUTH_TOKEN", "AUTHENTICATION_FAILURE"})
BROKEN_CODES = frozenset({"INTERNAL_SERVER_ERROR", "DATABASE_QUERY_ERROR"})
DENIED = "Permission to perform the operation is denied"
_LAYERS = 6
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_TOO_LATE = (httpx.ReadTimeout, httpx.WriteTimeout)


@dataclass(frozen=True, slots=True)
class Call:
    """What is being asked, for messages and for telling reads from writes. `subject` names the record or module.

    `statement` is a query in full, which only those understand who will mend it.
    """

    operation: str
    subject: str
    endpoint: str
    username: str
    writes: bool = False
    statement: str = ""

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
            self.code == "ACCESS_DENIED" and self.message == DENIED
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


def login_refused(call: Call, words: str, *, name: str) -> SecretRefusedError:
    """Make the error of a login that is not accepted; `name` says what this edition takes as a user's name."""
    return SecretRefusedError(
        f"Vtiger at {call.endpoint} does not let the user {call.username!r} in: {words}.",
        service=SERVICE,
        secret="access key",  # noqa: S106 - its name
        first=f"Check vtiger.username in the config ({name}), and that the user is active in Vtiger.",
    )


def transport_fault(error: httpx.HTTPError | httpx.InvalidURL, call: Call) -> VtxeroError | PassingFaultError:
    """Translate what httpx raised."""
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return ConfigError(f"Vtiger's address {call.endpoint} cannot be used: {error}.", remedy="Correct vtiger.url.")
    if _is_certificate(error):
        why = fault_in_words(error, otherwise=UNTRUSTED)
        return ConfigError(
            f"Nothing was sent to {call.endpoint}: {why}.",
            remedy="Have it renewed, or name your own authority's file under vtiger.verify in the config.",
        )
    if "WRONG_VERSION_NUMBER" in str(error):
        return ConfigError(
            f"What answers at {call.endpoint} does not speak https.",
            remedy="Write http:// in front of vtiger.url if it speaks plain http; else check the address and its port.",
        )
    if isinstance(error, _NEVER_SENT):
        return PassingFaultError(
            TemporaryError(
                f"Vtiger cannot be reached at {call.endpoint}: {_words(error)}.",
                remedy="Check the proxy (the variables HTTPS_PROXY and HTTP_PROXY), then run again."
                if isinstance(error, httpx.ProxyError)
                else "Check vtiger.url and that the server is up, then run again.",
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


def _words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.ProxyError):
        return "the proxy of this network let nothing through"
    if isinstance(error, httpx.ConnectTimeout):
        return "no connection came about in time"
    broken = "no connection came about" if isinstance(error, _NEVER_SENT) else "the connection broke"
    return fault_in_words(error, otherwise="no answer came in time" if isinstance(error, _TOO_LATE) else broken)
