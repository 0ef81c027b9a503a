"""Talks to one Vtiger's webservice.php: one login, one request at a time, as its session lock wants it anyway."""

from __future__ import annotations

import json
import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import SecretStr

from vtxero.errors import ConfigError, NotModelledError, RefusedError
from vtxero.vtiger.address import Address, parse_address
from vtxero.vtiger.errors import (
    LOGIN_CODES,
    SERVICE,
    SESSION_CODES,
    Call,
    Failure,
    PassingFaultError,
    lost,
    read_answer,
    translate,
    transport_fault,
)
from vtxero.vtiger.rows import Row, dump_element, text
from vtxero.vtiger.session import Request, Session, log_in

_log = logging.getLogger("vtxero.vtiger")

PAUSES = (1.0, 2.0, 4.0)
"""Seconds between the tries of a request; one more try than pauses."""

KEEP_ALIVE = 4.0
"""Apache drops idle connections after 5 seconds; one that is dropped while we write on it would cost a lost reply."""


@dataclass(frozen=True, slots=True)
class VtigerAccess:
    """How to reach a Vtiger. Timeouts in seconds; `verify` is False, or the path of an authority's certificates."""

    url: str
    username: str
    access_key: SecretStr
    allow_http: bool = False
    timeout: float = 60.0
    connect_timeout: float = 10.0
    verify: bool | str = True


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


class VtigerClient:
    """One login to one Vtiger. Close it, or use it as a context manager, unless the http client is yours.

    Every method may raise ConfigError (the address leads elsewhere), AuthError, TemporaryError (after some tries),
    BudgetError and NotModelledError; writes also RefusedError and ReplyLostError.
    """

    def __init__(
        self,
        access: VtigerAccess,
        *,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float | None = None,
    ) -> None:
        self.address: Address = parse_address(access.url, allow_http=access.allow_http)
        self.username = access.username
        self._access = access
        self._timeout = httpx.Timeout(timeout or access.timeout, connect=access.connect_timeout)
        self._own_http = http is None
        self._http = http or _http_client(access)
        self._sleep = sleep
        self._session: Session | None = None
        self._logged_in_at = 0.0
        self._lock = threading.RLock()
        self._calls = 0
        logging.getLogger("httpx").addFilter(_HIDE)

    def __repr__(self) -> str:
        """Show the address and the user, no secret."""
        return f"VtigerClient({self.address.endpoint!r}, {self.username!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection; the session ends by itself, since Vtiger's logout fails on PHP 8."""
        if self._own_http:
            self._http.close()

    @property
    def calls(self) -> int:
        """Requests sent so far, logins and repeated tries included."""
        return self._calls

    @property
    def session(self) -> Session:
        """The login, made when it is first needed."""
        with self._lock:
            if self._session is None:
                self._session = self._log_in()
            return self._session

    def server_now(self) -> float:
        """Give the server's clock, in seconds since 1970 UTC: as it stood at the login, and the time passed since."""
        session = self.session
        return session.server_time + (time.monotonic() - self._logged_in_at)

    # -- operations --------------------------------------------------------------------------------------------

    def list_types(self) -> tuple[str, ...]:
        """Name the modules that the user may see."""
        found = _mapping(self._result(Request("listtypes"), "")).get("types")
        if not isinstance(found, Sequence) or isinstance(found, str):
            raise NotModelledError("Vtiger's listtypes names no types.", remedy="Report this to vtxero.")
        return tuple(str(name) for name in found)

    def describe(self, module: str) -> Row:
        """Describe a module as this user sees it."""
        return _mapping(self._result(Request("describe", {"elementType": module}), module))

    def query(self, statement: str) -> list[Row]:
        """Run a query of Vtiger's query language, its closing semicolon included; at most 100 rows come."""
        found = self._result(Request("query", {"query": statement}), f"({statement})")
        # 8.3.0 answers `select count(*)` with an empty list; a null has been seen where there are no rows.
        if found is None:
            return []
        if not isinstance(found, list):
            raise NotModelledError(f"Vtiger answered {statement!r} with something else than rows.")
        return [_mapping(row) for row in found]

    def retrieve(self, record_id: str) -> Row:
        """Read one record whole.

        Raises:
            RefusedError: it is not there.
        """
        found = self.find(record_id)
        if found is None:
            raise RefusedError(
                (f"Vtiger has no record {record_id} that the user {self.username!r} may read.",),
                service=SERVICE,
                remedy="Check that it was not deleted, and that user's role and sharing rules.",
            )
        return found

    def find(self, record_id: str) -> Row | None:
        """Read one record whole, None when it is not there: deleted, never made, or of another module."""
        request, call = Request("retrieve", {"id": record_id}), self._call("retrieve", record_id)
        found = self._run(request, call)
        if isinstance(found, Failure):
            if found.is_missing:
                return None
            raise translate(found, call)
        return _mapping(found)

    def create(self, module: str, element: Mapping[str, Any]) -> Row:
        """Make a record; the answer is the record as stored."""
        params = {"elementType": module, "element": dump_element(element)}
        return self._write(Request("create", params, post=True), f"{module} {_name_of(element)}".rstrip())

    def update(self, element: Mapping[str, Any]) -> Row:
        """Overlay a whole record; all mandatory fields must be there."""
        return self._write(Request("update", {"element": dump_element(element)}, post=True), text(element, "id"))

    def revise(self, element: Mapping[str, Any]) -> Row:
        """Overlay some fields of a record."""
        return self._write(Request("revise", {"element": dump_element(element)}, post=True), text(element, "id"))

    def delete(self, record_id: str) -> None:
        """Move a record to the recycle bin."""
        self._result(Request("delete", {"id": record_id}, post=True), record_id, writes=True)

    # -- requests ----------------------------------------------------------------------------------------------

    def _call(self, operation: str, subject: str, *, writes: bool = False) -> Call:
        return Call(operation, subject, self.address.endpoint, self.username, writes)

    def _write(self, request: Request, subject: str) -> Row:
        found = self._result(request, subject, writes=True)
        if not isinstance(found, dict) or not text(found, "id"):
            raise lost(self._call(request.operation, subject, writes=True), "a result without an id")
        return found

    def _result(self, request: Request, subject: str, *, writes: bool = False) -> Any:
        call = self._call(request.operation, subject, writes=writes)
        found = self._run(request, call)
        if isinstance(found, Failure):
            raise translate(found, call)
        return found

    def _run(self, request: Request, call: Call) -> Any:
        """Ask within the session, and once more in a new one where Vtiger does not know it any longer."""
        with self._lock:
            found = self._send(self._within(self.session, request), call)
            if isinstance(found, Failure) and found.code in SESSION_CODES:
                _log.debug("%s: session lost (%s), logging in anew", request.operation, found.code)
                self._session = None
                # Safe for writes as well: the session is looked at before anything else.
                found = self._send(self._within(self.session, request), call)
            return found

    @staticmethod
    def _within(session: Session, request: Request) -> Request:
        return Request(
            request.operation, {"sessionName": session.name.get_secret_value(), **request.params}, request.post
        )

    def _log_in(self) -> Session:
        """Log in; a second time where another worker's challenge for the same user may have voided ours."""
        found = self._try_login()
        if isinstance(found, Failure):
            found = self._try_login()
        if isinstance(found, Failure):
            raise translate(found, self._call("login", ""))
        self._logged_in_at = time.monotonic()
        return found

    def _try_login(self) -> Session | Failure:
        flow = log_in(self.username, self._access.access_key)
        request = next(flow)
        while True:
            call = self._call(request.operation, "")
            answer = self._send(request, call)
            if isinstance(answer, Failure):
                if answer.code in LOGIN_CODES:
                    return answer
                raise translate(answer, call)
            try:
                request = flow.send(_mapping(answer))
            except StopIteration as done:
                session: Session = done.value
                return session

    def _send(self, request: Request, call: Call) -> Any:
        """Send, and again after a passing fault as long as nothing can have been carried out."""
        for pause in (*PAUSES, None):
            try:
                return read_answer(self._exchange(request, call), call)
            except PassingFaultError as fault:
                if pause is None:
                    raise fault.error from fault.__cause__
                wait = fault.wait if fault.wait is not None else pause
                _log.debug("%s: %s; trying again in %.1f s", call.operation, type(fault.error).__name__, wait)
                self._sleep(wait)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _exchange(self, request: Request, call: Call) -> httpx.Response:
        values = {"operation": request.operation, **request.params}
        self._calls += 1
        started = time.monotonic()
        try:
            response = self._http.request(
                "POST" if request.post else "GET",
                self.address.endpoint,
                params=None if request.post else values,
                data=values if request.post else None,
                timeout=self._timeout,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise transport_fault(error, call) from error
        elapsed = (time.monotonic() - started) * 1000
        _log.debug("%s: HTTP %d, %.0f ms", call.operation, response.status_code, elapsed)
        return response


def _http_client(access: VtigerAccess) -> httpx.Client:
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_ALIVE)
    return httpx.Client(
        verify=_trust(access.verify), limits=limits, follow_redirects=False, headers={"Accept": "application/json"}
    )


def _trust(verify: bool | str) -> ssl.SSLContext | bool:  # noqa: FBT001 - as httpx and the config call it
    if isinstance(verify, bool):
        return verify
    try:
        return ssl.create_default_context(cafile=verify)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"The certificates under vtiger.verify cannot be read from {verify}: {error}.",
            remedy="Name a file of PEM certificates.",
        ) from error


def _mapping(found: Any) -> Row:
    if isinstance(found, dict):
        return found
    raise NotModelledError(
        f"Vtiger answered with {type(found).__name__} where a record is expected.",
        remedy="Report this to vtxero with the version of Vtiger.",
    )


def _name_of(element: Mapping[str, Any]) -> str:
    """Name a new record for messages, by the first of the name fields that it has."""
    names = ("accountname", "lastname", "productname", "servicename", "subject", "taxlabel")
    return next((json.dumps(text(element, name), ensure_ascii=False) for name in names if text(element, name)), "")
