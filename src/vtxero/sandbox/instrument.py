"""The ASGI wrapper that gives any stand-in its journal and its faults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vtxero.sandbox.faults import FaultRule, FaultRuleError, Faults
from vtxero.sandbox.journal import Journal, JournalEntry

ABORT = "vtxero.abort"
"""Scope key under which the server thread offers a callable that cuts the connection."""

REASON = "vtxero.reason"
"""Scope key under which the server thread offers a callable that sets the reason phrase of the answer."""

Refusal = Callable[[FaultRule], tuple[dict[str, str], bytes]]
Told = Callable[[Scope, bytes, int, bytes], None]
"""Is told of an answer that a rule gave in the app's place: the request with its body, the status and the content."""


@dataclass(slots=True)
class _Exchange:
    """What is known of one request while it is served."""

    scope: Scope
    started: float
    body: bytes | None = None
    status: int | None = None
    sent: int = 0
    fault: str | None = None
    noted: bool = False


class Instrumented:
    """An ASGI app with `/_sandbox/journal` and `/_sandbox/faults` in front of it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        expire: Callable[[], object] | None = None,
        refusal: Refusal | None = None,
        told: Told | None = None,
        keep_bodies: bool = False,
    ) -> None:
        self.app = app
        self.journal = Journal(keep_bodies=keep_bodies)
        self.faults = Faults()
        self._expire = expire
        self._refusal = refusal or plain_refusal
        self._told = told
        self.serving = 0
        """How many requests are being served: each is noted in the journal when its answer has left."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: the sandbox's own addresses here, everything else through faults and journal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"].lower() in {"/_sandbox/journal", "/_sandbox/faults"}:
            await (await self._own(Request(scope, receive)))(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _own(self, request: Request) -> Response:
        journal = request.url.path.lower().endswith("journal")
        match request.method:
            case "GET" if journal:
                return JSONResponse([entry.as_json() for entry in list(self.journal.entries)])
            case "GET":
                return JSONResponse([rule.as_json() for rule in self.faults.rules])
            case "DELETE":
                (self.journal if journal else self.faults).clear()
                return Response(status_code=204)
            case "POST" if not journal:
                return await self._add_rules(request)
        return Response("method not allowed", status_code=405)

    async def _add_rules(self, request: Request) -> Response:
        try:
            rules = await request.json()
            self.faults.add(*(rules if isinstance(rules, list) else [rules]))
        except (FaultRuleError, ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse([rule.as_json() for rule in self.faults.rules], status_code=201)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.update({"vtxero.operation": None, "vtxero.write": False, "vtxero.created": []})
        self.serving += 1
        try:
            await self._serve_noted(_Exchange(scope, time.perf_counter()), receive, send)
        finally:
            self.serving -= 1

    async def _serve_noted(self, exchange: _Exchange, receive: Receive, send: Send) -> None:
        scope = exchange.scope
        if self.journal.keep_bodies or self.faults.need_body or (self._told and self.faults.rules):
            exchange.body = await _read(receive)
            receive = _replay(exchange.body, receive)
        query = scope["query_string"].decode("latin-1")
        target = scope["path"] + ("?" + query if query else "")
        body = (exchange.body or b"").decode("utf-8", "replace")
        try:
            await self._spoil(self.faults.matching(scope["method"], target, body), exchange, receive, send)
        finally:
            self._note(exchange)

    def _note(self, exchange: _Exchange) -> None:
        """Enter a request into the journal, before its answer is whole: who has the answer finds it there."""
        if not exchange.noted:
            exchange.noted = True
            self.journal.entries.append(self._entry(exchange))

    async def _spoil(self, rules: list[FaultRule], exchange: _Exchange, receive: Receive, send: Send) -> None:
        """Do what the rules say; a rule that ends the request wins over those behind it."""
        for rule in rules:
            exchange.fault = rule.do
            match rule.do:
                case "slow":
                    send = _late(rule.seconds, send)
                case "expire-token":
                    if self._expire is not None:
                        self._expire()
                case "drop-before":
                    await _cut(exchange.scope, receive)
                    return
                case "drop-after-commit":
                    await self.app(exchange.scope, receive, _nowhere)
                    await _cut(exchange.scope, receive)
                    return
                case _:
                    if rule.after_commit:
                        await self.app(exchange.scope, receive, _nowhere)
                    headers, content = self._refusal(rule)
                    if self._told:
                        self._told(exchange.scope, exchange.body or b"", int(rule.do), content)
                    answer = Response(content, int(rule.do), {**headers, **rule.headers})
                    await answer(exchange.scope, receive, self._counting(exchange, send))
                    return
        await self.app(exchange.scope, receive, self._counting(exchange, send))

    def _counting(self, exchange: _Exchange, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            else:
                exchange.sent += len(message.get("body", b""))
                if not message.get("more_body", False):
                    self._note(exchange)
            await send(message)

        return counted

    def _entry(self, exchange: _Exchange) -> JournalEntry:
        scope = exchange.scope
        return JournalEntry(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            status=exchange.status,
            size=exchange.sent,
            milliseconds=(time.perf_counter() - exchange.started) * 1000,
            operation=scope["vtxero.operation"],
            write=bool(scope["vtxero.write"]),
            created=tuple(str(one) for one in scope["vtxero.created"]),
            fault=exchange.fault,
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=exchange.body if self.journal.keep_bodies else None,
        )


def instrumented(
    app: ASGIApp,
    *,
    expire: Callable[[], object] | None = None,
    refusal: Refusal | None = None,
    told: Told | None = None,
    keep_bodies: bool = False,
) -> Instrumented:
    """Wrap a stand-in; it reports through `scope["vtxero.operation"]`, `["vtxero.write"]`, `["vtxero.created"]`."""
    return Instrumented(app, expire=expire, refusal=refusal, told=told, keep_bodies=keep_bodies)


def plain_refusal(rule: FaultRule) -> tuple[dict[str, str], bytes]:
    """Answer an injected 429, 500 or 503 without any vendor's manners."""
    headers = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
    text = rule.text if rule.text is not None else {"429": "", "500": "Internal Server Error"}.get(rule.do, "")
    return headers, text.encode()


async def _cut(scope: Scope, receive: Receive) -> None:
    """End the connection without a reply; in process, where there is none, the client sees the same error."""
    abort = scope.get(ABORT)
    if abort is None:
        raise ConnectionResetError("the stand-in dropped the connection, as a fault rule told it to")
    abort()
    message: Message = {"type": "http.request"}
    while message["type"] != "http.disconnect":
        message = await receive()


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [body]

    async def again() -> Message:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return again


def _late(seconds: float, send: Send) -> Send:
    """Hold the answer back after the work is done: the app counts the request as in flight meanwhile."""

    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return late


async def _nowhere(message: Message) -> None:
    """Swallow an answer that the client is not to get."""
