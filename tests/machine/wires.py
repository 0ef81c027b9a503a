"""The real clients over the real stand-ins without sockets and without waiting: thousands of runs become possible.

httpx and urllib3 are cut off just above the socket; everything of ours, xero-python and the stand-ins run as they are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import urllib3
from pydantic import SecretStr

from vtxero.bootstrap.services import xero_access
from vtxero.bootstrap.wires import Wires
from vtxero.vtiger.access import VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.xero.client import XeroClient
from vtxero.xero.oauth import XeroOAuth
from vtxero.xero.tokens import MemoryTokenKeeper, TokenSource

VTIGER_URL, XERO_URL = "http://127.0.0.1:8001", "http://127.0.0.1:8002"


class Time:
    """The one true time, which passes only when somebody waits or a test says so, and each computer's clock."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.skews = {"vtiger": 0.0, "xero": 0.0, "here": 0.0}

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds

    def clock(self, place: str) -> Callable[[], datetime]:
        start = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        return lambda: start + timedelta(seconds=self.passed + self.skews[place])

    # the clock of the machine that runs vtxero

    def now(self) -> datetime:
        return self.clock("here")()

    def monotonic(self) -> float:
        return self.passed


@dataclass
class Request:
    """One request on its way, and who lets it pass."""

    side: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    scope: dict[str, Any] = field(default_factory=dict)

    @property
    def is_write(self) -> bool:
        """Tell of a request that was served whether it changed something."""
        return bool(self.scope.get("vtxero.write"))

    @property
    def may_write(self) -> bool:
        """Tell before it is served whether it is meant to change something."""
        if self.side == "vtiger":
            return self.method == "POST" and b"operation=login" not in self.body
        return self.method in {"PUT", "POST"} and self.path.startswith("/api.xro/")


Reply = tuple[int, list[tuple[str, str]], bytes]


def serve(app: Any, request: Request) -> Reply:
    """Let an ASGI app answer: nothing in the stand-ins really waits, so no event loop is needed."""
    answer: dict[str, Any] = {"body": b""}
    pending = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return pending.pop() if pending else {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer["status"], answer["headers"] = message["status"], message["headers"]
        else:
            answer["body"] += message.get("body", b"")

    request.scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": request.method, "path": request.path, "raw_path": request.path.encode(),
        "query_string": request.query.encode(), "root_path": "", "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1), "headers": [(k.lower().encode(), v.encode()) for k, v in request.headers.items()],
    }  # fmt: skip
    steps = app(request.scope, receive, send)
    try:
        steps.send(None)
    except StopIteration:
        headers = [(name.decode(), value.decode()) for name, value in answer["headers"]]
        return answer["status"], headers, answer["body"]
    raise AssertionError("a stand-in waits for something that only an event loop gives")


Pass = Callable[[Request, Callable[[Request], Reply]], Reply]
"""Stands between client and service: may let a request through, spoil it, or end the process."""


def let_through(request: Request, forward: Callable[[Request], Reply]) -> Reply:
    return forward(request)


class Net:
    """Both services, and one place that every request has to pass. `LostError` is a connection that broke."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        self.apps = apps
        self.gate: Pass = let_through
        self.requests: list[Request] = []

    def send(self, request: Request) -> Reply:
        def forward(asked: Request) -> Reply:
            self.requests.append(asked)
            return serve(self.apps[asked.side], asked)

        return self.gate(request, forward)


class LostError(Exception):
    """The connection broke with a request on it."""


class _Httpx(httpx.BaseTransport):
    def __init__(self, net: Net, side: str) -> None:
        self._net, self._side = net, side

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raw = request.url.raw_path.decode()
        path, _, query = raw.partition("?")
        asked = Request(self._side, request.method, path, query, dict(request.headers), request.read())
        try:
            status, headers, body = self._net.send(asked)
        except LostError as error:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.") from error
        return httpx.Response(status, headers=headers, content=body)


class _Pool:
    """Takes the place of the SDK's urllib3 pool, its retries already off."""

    def __init__(self, net: Net) -> None:
        self._net = net

    def clear(self) -> None: ...

    def request(self, method: str, url: str, **given: Any) -> urllib3.HTTPResponse:
        address = urlsplit(url)
        query = "&".join(filter(None, [address.query, urlencode(given.get("fields") or {})]))
        body = (given.get("body") or "").encode()
        asked = Request("xero", method, address.path, query, dict(given["headers"]), body)
        try:
            status, headers, content = self._net.send(asked)
        except LostError as error:
            raise urllib3.exceptions.ProtocolError("Connection aborted.", error) from error
        return urllib3.HTTPResponse(io.BytesIO(content), headers=dict(headers), status=status, preload_content=False)


def wires(net: Net, time: Time, *, batch: int) -> Wires:
    """Give the way to both stand-ins in process."""

    @contextmanager
    def open_vtiger(settings: Any, budget: Any) -> Iterator[VtigerClient]:
        chosen = settings.vtiger
        access = VtigerAccess(chosen.url, chosen.username, chosen.access_key or SecretStr(""))
        http = httpx.Client(transport=_Httpx(net, "vtiger"), headers={"Accept": "application/json"})
        with http, VtigerClient(access, http=http, sleep=time.pass_by, budget=budget) as client:
            yield client

    @contextmanager
    def open_xero(settings: Any, clock: Any, warn: Any, budget: Any) -> Iterator[XeroClient]:
        del warn
        access = xero_access(settings)
        http = httpx.Client(transport=_Httpx(net, "xero"), headers={"Accept": "application/json"})
        with XeroOAuth(access, clock, sleep=time.pass_by, http=http, budget=budget) as oauth:
            tokens = TokenSource(MemoryTokenKeeper(), oauth, clock)
            with XeroClient(access, tokens, clock, sleep=time.pass_by, budget=budget) as client:
                client._api.api_client.rest_client.pool_manager = _Pool(net)
                yield client

    return Wires(open_vtiger, open_xero, batch)
