"""Carries requests to a Vtiger over one connection, counts them, and sends again what may be sent again."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from vtxero.errors import ConfigError
from vtxero.sync.budget import CallBudget
from vtxero.vtiger.access import VtigerAccess
from vtxero.vtiger.errors import Call, PassingFaultError, transport_fault

_log = logging.getLogger("vtxero.vtiger")

PAUSES = (1.0, 2.0, 4.0)
"""Seconds between the tries of a request; one more try than pauses."""

KEEP_ALIVE = 4.0
"""Apache drops idle connections after 5 seconds; one that is dropped while we write on it would cost a lost reply."""

Sleep: TypeAlias = Callable[[float], None]
Reading: TypeAlias = Callable[[httpx.Response, Call], Any]
"""Gives an answer's result or Failure; raises PassingFaultError for what another try may overcome."""


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP request. `values` go into the address, or into the form of a post; they may hold secrets."""

    url: str
    values: Mapping[str, str] = field(repr=False)
    post: bool = False
    auth: httpx.Auth | None = field(default=None, repr=False)


class _NoSessionNames(logging.Filter):
    """Keeps httpx's own log free of session names: GET requests carry them in the address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx.URL) and "sessionName" in arg.params else arg
                for arg in record.args
            )
        return True


_HIDE = _NoSessionNames()


class Transport:
    """One connection. The http client is closed with it unless it was given."""

    def __init__(
        self,
        access: VtigerAccess,
        *,
        http: httpx.Client | None = None,
        sleep: Sleep,
        timeout: float | None = None,
        budget: CallBudget | None = None,
    ) -> None:
        self._timeout = httpx.Timeout(timeout or access.timeout, connect=access.connect_timeout)
        self._own_http = http is None
        self._http = http or _http_client(access)
        self.sleep = sleep
        self.calls = 0
        self.seconds = 0.0
        """How long the answers took, those of broken connections left out."""
        self._budget = budget or CallBudget()
        logging.getLogger("httpx").addFilter(_HIDE)

    def close(self) -> None:
        """Let go of the connection."""
        if self._own_http:
            self._http.close()

    def send(self, message: Message, call: Call, read: Reading) -> Any:
        """Send, and again after a passing fault as long as nothing can have been carried out."""
        pauses = iter(PAUSES)
        while True:
            try:
                return read(self._exchange(message, call), call)
            except PassingFaultError as fault:
                pause = next(pauses, None)
                if pause is None:
                    raise fault.error from fault.__cause__
                wait = fault.wait if fault.wait is not None else pause
                _log.debug("%s: %s; trying again in %.1f s", call.operation, type(fault.error).__name__, wait)
                self.sleep(wait)

    def _exchange(self, message: Message, call: Call) -> httpx.Response:
        self._budget.take()
        self.calls += 1
        started = time.monotonic()
        try:
            response = self._http.request(
                "POST" if message.post else "GET",
                message.url,
                params=None if message.post else message.values,
                data=message.values if message.post else None,
                auth=message.auth,
                timeout=self._timeout,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport_fault(error, call) from error
        elapsed = time.monotonic() - started
        self.seconds += elapsed
        _log.debug("%s: HTTP %d, %.0f ms", call.operation, response.status_code, elapsed * 1000)
        return response


def _http_client(access: VtigerAccess) -> httpx.Client:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_ALIVE)
    return httpx.Client(
        verify=_trust(access), limits=limits, follow_redirects=False, headers={"Accept": "application/json"}
    )


def _trust(access: VtigerAccess) -> ssl.SSLContext | bool:
    if isinstance(access.verify, str):
        return _authority(access.verify)
    if access.url.strip().lower().startswith("http://"):
        # Nobody is trusted where nothing is encrypted: reading all authorities takes longer than a call.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return access.verify


def _authority(path: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"The certificates under vtiger.verify cannot be read from {path}: {_why(error)}.",
            remedy="Name a file of PEM certificates.",
        ) from error


def _why(error: OSError) -> str:
    # A fault of the certificates is an OSError too, in the words of OpenSSL.
    return "it holds none" if isinstance(error, ssl.SSLError) else error.strerror or "it cannot be opened"
