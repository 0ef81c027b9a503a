"""The Accounting API through xero-python: the only place that knows the SDK. What comes out is bytes.

The SDK's own retries send a dropped PUT four times and sleep through a day's limit; they are switched off here, and
every call gets a timeout. What is sent again, and how often, is decided below.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from vtxero.domain.closing import Closing
from vtxero.domain.network import fault_in_words
from vtxero.errors import AuthError, BudgetError, NotModelledError, ReplyLostError, TemporaryError
from vtxero.sync.budget import CallBudget
from vtxero.sync.ports import Clock
from vtxero.xero.access import API_OPTION, Grant, XeroAccess, is_local, is_own, no_xero
from vtxero.xero.endpoints import Operation
from vtxero.xero.errors import AddressTooLongError, BatchRefusedError, Failure, Kind, error_of, failure_of_answer
from vtxero.xero.limits import Limiter
from vtxero.xero.tokens import LOG_IN, TokenSource

T = TypeVar("T")

LOGGER = logging.getLogger("vtxero.xero")
TIMEOUT = (5, 60)
"""Seconds to connect and to wait for bytes; the SDK takes whole numbers only and drops anything else."""
READ_TRIES = 4
WRITE_TRIES = 3
LIMIT_TRIES = 5
PAUSES = (1.0, 3.0, 8.0)
LONGEST_PAUSE = 30.0
NOT_MODIFIED = 304
TOO_LONG = 414
NO_XERO = frozenset({404, 405, 501})
"""What a server that is no Xero says to the first question: that there is nothing, or that it cannot."""
KEY_SECONDS = 240.0
"""Xero keeps an Idempotency-Key for six minutes: after four, nothing is sent again under it, for a wait may follow."""


@dataclass(slots=True)
class _Exchange:
    """One operation under way: how often it was sent, and what became of it."""

    operation: Operation
    arguments: Mapping[str, Any]
    is_write: bool
    started: float
    faults: int = 0
    limited: int = 0
    renewed: bool = False
    lost_by: str = ""
    """What kept the first answer to a write from us, blank while nothing is in doubt."""
    bearer: str = ""

    @property
    def in_doubt(self) -> bool:
        """Tell whether Xero may have carried it out unseen."""
        return bool(self.lost_by)


class XeroClient(Closing):
    """One login at one organisation. Make one per process: the SDK's configuration is a copied singleton."""

    def __init__(
        self,
        access: XeroAccess,
        tokens: TokenSource,
        clock: Clock,
        *,
        limiter: Limiter | None = None,
        sleep: Callable[[float], None] = time.sleep,
        budget: CallBudget | None = None,
    ) -> None:
        self.limiter = limiter or Limiter(clock, sleep=sleep)
        self._access = access
        self._tokens = tokens
        self._clock = clock
        self._sleep = sleep
        self._local = threading.local()
        self._budget = budget or CallBudget()
        self._count = 0
        self._met = False
        """Whether Xero has answered a question yet."""
        self._seconds = 0.0
        self._mutex = threading.Lock()
        self._api = _open_api(access, lambda: str(self._local.bearer))

    def close(self) -> None:
        """Give the connections back."""
        self._api.api_client.rest_client.pool_manager.clear()

    @property
    def calls(self) -> int:
        """Requests sent so far, to the login server too."""
        return self._count + self._tokens.calls

    @property
    def pace(self) -> float:
        """Seconds that a call took on average, 0 before the first."""
        return self._seconds / self._count if self._count else 0.0

    @property
    def reach(self) -> str:
        """Name what decides which organisation is reached: the app and the organisation chosen.

        Raises:
            AuthError, TemporaryError: there is no login to tell.
        """
        self._tokens.bearer()
        return f"{self._access.client_id} {self._tenant()}".rstrip()

    def read(self, operation: Operation, parse: Callable[[bytes], T], **arguments: object) -> T:
        """Send a GET and give what `parse` makes of the body; it raises ValueError for what is no answer of Xero's.

        Raises:
            AuthError, TemporaryError, BudgetError, NotModelledError: as `RowSource` says.
        """
        exchange = _Exchange(operation, arguments, is_write=False, started=self._clock.monotonic())
        try:
            return self._run(exchange, parse)
        except BatchRefusedError as error:
            kind = AddressTooLongError if error.status == TOO_LONG else NotModelledError
            raise kind(f"Xero refused {operation}: {error.message}") from error

    def write(
        self, operation: Operation, parse: Callable[[bytes], T], *, key: str, body: str, data: object, **more: object
    ) -> T:
        """Send a PUT or POST under an Idempotency-Key, and again under the same key when its answer was lost.

        Raises:
            ReplyLostError: it may or may not have been carried out.
            RefusedError: Xero refused the request as a whole and did nothing (`BatchRefusedError`).
            AuthError, TemporaryError, BudgetError, NotModelledError: as `RowSource` says; nothing was done.
        """
        arguments = {body: data, "idempotency_key": key, "summarize_errors": "false", **more}
        exchange = _Exchange(operation, arguments, is_write=True, started=self._clock.monotonic())
        try:
            return self._run(exchange, parse)
        except (AuthError, BudgetError, TemporaryError) as error:
            if not exchange.in_doubt or isinstance(error, ReplyLostError):
                raise
            raise _lost(exchange, error.message) from error

    def _run(self, exchange: _Exchange, parse: Callable[[bytes], T]) -> T:
        while True:
            answer = self._once(exchange)
            if isinstance(answer, bytes):
                try:
                    found = parse(answer)
                except ValueError as error:
                    # Where the JSON breaks helps nobody who has to find out what answered.
                    why = "it is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
                    answer = Failure(Kind.LOST, f"the answer cannot be read ({why})", 200)
                else:
                    self._met = True
                    return found
            self._settle(exchange, answer)

    def _once(self, exchange: _Exchange) -> bytes | Failure:
        """Send one request."""
        exchange.bearer = self._tokens.bearer()
        tenant_id = self._tenant()
        with self.limiter.call():
            self._budget.take()
            with self._mutex:
                self._count += 1
            self._local.bearer = exchange.bearer
            started = self._clock.monotonic()
            answer, status, headers = _send(self._api, tenant_id, exchange)
            self.limiter.learn(headers)
        spent = self._clock.monotonic() - started
        with self._mutex:
            self._seconds += spent
        LOGGER.debug("%s %s %d ms", exchange.operation, status or answer, round(spent * 1000))
        return answer

    def _tenant(self) -> str:
        """Give the organisation: the one pinned in the config, else the one chosen at the login."""
        tenant_id = self._access.tenant_id or self._tokens.tenant_id
        if not tenant_id and self._access.grant is not Grant.CLIENT_CREDENTIALS:
            raise AuthError("No Xero organisation is chosen.", remedy=LOG_IN)
        return tenant_id

    def _settle(self, exchange: _Exchange, failure: Failure) -> None:
        """Return when the request is to be sent again, else raise."""
        where, address = str(exchange.operation), self._access.api_url
        if not (self._met or exchange.is_write) and failure.status in NO_XERO and not is_own(address):
            # A stand-in that is one may lack an operation; what lacks the first one that is asked for is no Xero.
            raise no_xero(address, API_OPTION, where, f"HTTP {failure.status}")
        match failure.kind:
            case Kind.EXPIRED if not exchange.renewed:
                exchange.renewed = True
                self._tokens.renew(exchange.bearer)
            case Kind.LIMITED if exchange.limited < LIMIT_TRIES:
                exchange.limited += 1
                self.limiter.pause(failure.limit, failure.retry_after)
                self._check_key(exchange, failure)
            case Kind.UNSENT | Kind.LOST:
                exchange.faults += 1
                if exchange.is_write and failure.kind is Kind.LOST:
                    exchange.lost_by = exchange.lost_by or failure.message
                if exchange.faults >= (WRITE_TRIES if exchange.is_write else READ_TRIES):
                    if exchange.in_doubt:
                        raise _lost(exchange, failure.message)
                    raise error_of(failure, where=where, access=self._access)
                self._sleep(_pause(exchange.faults, failure))
                self._check_key(exchange, failure)
            case _:
                raise error_of(failure, where=where, access=self._access)

    def _check_key(self, exchange: _Exchange, failure: Failure) -> None:
        """Send nothing again whose key Xero may have forgotten: it would be carried out twice."""
        if exchange.in_doubt and self._clock.monotonic() - exchange.started > KEY_SECONDS:
            raise _lost(exchange, failure.message)


def _lost(exchange: _Exchange, told: str) -> ReplyLostError:
    """Make the error of a write whose fate is unknown; `told` is what was the matter in the end."""
    lost_by, last = exchange.lost_by.rstrip("."), told.rstrip(".")
    again = "" if last == lost_by else f" It could not be sent again: {last}."
    return ReplyLostError(
        f"{exchange.operation} was sent to Xero, and no usable answer came: {lost_by}.{again}",
        remedy="The next run looks what became of it before it sends anything again.",
    )


def _pause(faults: int, failure: Failure) -> float:
    told = failure.retry_after
    return min(PAUSES[min(faults, len(PAUSES)) - 1] if told is None else told, LONGEST_PAUSE)


def _open_api(access: XeroAccess, bearer: Callable[[], str]) -> Any:
    """Make the SDK's objects; importing them takes a tenth of a second, so it happens here."""
    import urllib3  # noqa: PLC0415 - heavy
    from xero_python.accounting import AccountingApi  # noqa: PLC0415 - heavy
    from xero_python.api_client import ApiClient  # noqa: PLC0415 - heavy
    from xero_python.api_client.configuration import Configuration  # noqa: PLC0415 - heavy
    from xero_python.api_client.oauth2 import OAuth2Token  # noqa: PLC0415 - heavy
    from xero_python.api_client.serializer import serialize_model  # noqa: PLC0415 - heavy

    settings = Configuration()
    settings.oauth2_token = OAuth2Token()
    settings.ssl_ca_cert = os.environ.get("SSL_CERT_FILE") or None
    settings.proxy = _proxy(access.api_url)

    def token() -> dict[str, object]:
        # Without expires_at the SDK takes the token as live for ever and never tries to renew it.
        return {"access_token": bearer(), "scope": [], "expires_in": 1800, "token_type": "Bearer"}

    client = ApiClient(settings, oauth2_token_getter=token)
    client.set_default_header("Accept-Encoding", "gzip")
    pool = client.rest_client.pool_manager
    pool.connection_pool_kw["retries"] = urllib3.Retry(
        total=0, connect=0, read=0, redirect=0, status=0, other=0,
        respect_retry_after_header=False, raise_on_status=False,
    )  # fmt: skip
    pool.clear()
    # A null clears a field at Xero; the SDK's serialiser knows every JSON value but that one.
    serialize_model.register(type(None), lambda _: None)
    api = AccountingApi(client)
    api.base_url = access.accounting_url
    return api


def _proxy(address: str) -> str | None:
    """Find the network's proxy where httpx finds it too; the SDK alone would not look."""
    host = urlsplit(address).hostname or ""
    if is_local(address) or proxy_bypass(host):
        return None
    return getproxies().get("https")


def _send(api: Any, tenant_id: str, exchange: _Exchange) -> tuple[bytes | Failure, int, Mapping[str, str]]:
    """Call the SDK once: the body or the failure, the HTTP status (0 when there was none), the headers."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415 - heavy
    from xero_python.exceptions import ApiSSLException, HTTPStatusException  # noqa: PLC0415 - heavy

    call = getattr(api, exchange.operation.name)
    try:
        answer = call(tenant_id, _preload_content=False, _request_timeout=TIMEOUT, **exchange.arguments)
        return bytes(answer.data), answer.status, answer.headers
    except HTTPStatusException as error:
        # Not error.status: for a 400 the SDK reads the body as JSON there, and trips over a proxy's HTML.
        answer = error.http_resp
        headers = answer.urllib3_response.headers
        if answer.status == NOT_MODIFIED and "if_modified_since" in exchange.arguments:
            return exchange.operation.no_rows(), answer.status, headers
        return failure_of_answer(answer.status, headers, answer.data or b""), answer.status, headers
    except ApiSSLException as error:
        return Failure(Kind.UNSENT, fault_in_words(error, otherwise="no secure connection came about")), 0, {}
    except (HTTPError, OSError) as error:
        return _network_failure(error), 0, {}


def _network_failure(error: Exception) -> Failure:
    """Tell a connection that was never made from one that broke with a request on it."""
    from urllib3.exceptions import (  # noqa: PLC0415 - heavy
        ConnectTimeoutError,
        MaxRetryError,
        NewConnectionError,
        ProxyError,
        ResponseError,
        SSLError,
    )

    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, SSLError):
        return Failure(Kind.UNSENT, _secure_fault(cause))
    if isinstance(cause, ResponseError):
        return Failure(Kind.BLOCKED, "something between here and Xero sends elsewhere")
    if isinstance(cause, ProxyError):
        return Failure(Kind.UNSENT, "the proxy of this network let nothing through")
    # The class of a connection refused is one of those of connections that took too long.
    if isinstance(cause, NewConnectionError):
        return Failure(Kind.UNSENT, fault_in_words(cause, otherwise="no connection came about"))
    if isinstance(cause, ConnectTimeoutError):
        return Failure(Kind.UNSENT, "no connection came about in time")
    return Failure(Kind.LOST, fault_in_words(cause, otherwise="the connection broke"))


def _secure_fault(error: Exception) -> str:
    """Say why no secure connection came about; urllib3 keeps the fault itself in its own error's arguments."""
    inner = next((each for each in error.args if isinstance(each, BaseException)), error)
    return fault_in_words(inner, otherwise="no secure connection came about")
