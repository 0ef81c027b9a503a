"""Serves a stand-in on loopback from a thread, so that tests and the demo use real sockets."""

from __future__ import annotations

import asyncio
import functools
import socket
import threading
import time
from types import TracebackType
from typing import Any, Self

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from vtxero.sandbox.instrument import ABORT, REASON, Instrumented, instrumented

__all__ = ["Instrumented", "ServerThread", "instrumented"]

START_SECONDS = 10.0
TICK = 0.01
STOP_TICKS = 100
"""How long requests that are being served may take to end when the server stops."""


class ServerThread:
    """A running server; use as a context manager or call `start` and `stop`."""

    def __init__(self, app: ASGIApp, port: int = 0, host: str = "127.0.0.1") -> None:
        """Bind at once, so that `port` and `url` are known and a taken port is refused here."""
        self.app = app
        # The protocol is named because asyncio switches Nagle's delay (40 ms an answer) off for no other socket.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app, http=_Protocol, ws="none", lifespan="off", log_config=None, log_level="critical",
            access_log=False, server_header=False, timeout_keep_alive=60,
        )  # fmt: skip
        self._ready = threading.Event()
        self._server = _Server(config, self._ready)
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> Self:
        """Return once the server answers."""
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise TimeoutError(f"the stand-in on port {self.port} did not start")
        return self

    def stop(self) -> None:
        """End the server and wait for its thread; harmless when it is stopped already."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(START_SECONDS)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


class _Server(uvicorn.Server):
    """Tells when it listens, and leaves signals to the main program."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()

    async def main_loop(self) -> None:
        """Look for the end ten times as often as uvicorn does: test suites start and stop many servers.

        uvicorn writes the Date of answers anew each tenth tick, which a busy machine stretches to seconds. Clients go
        by that clock, so it is written as soon as a second begins.
        """
        second = 0
        while not self.should_exit:
            if int(time.time()) != second:
                second = int(time.time())
                if await self.on_tick(counter=0):
                    return
            await asyncio.sleep(TICK)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, without its waits of a tenth of a second and more."""
        for server in (*self.servers, *(sockets or ())):
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(STOP_TICKS):
            if not (self.server_state.connections or self.server_state.tasks):
                return
            await asyncio.sleep(TICK)
        for task in self.server_state.tasks:
            task.cancel()


class _Protocol(H11Protocol):
    """Hands two things of the connection to the app that ASGI does not have.

    Its own `abort`, so that a fault can cut it without a reply, and the reason phrase, in which Vtiger's cloud edition
    says what it refuses.
    """

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.conn = wire = _Wire(h11.SERVER)
        self.app = functools.partial(_with_connection, self.app, {ABORT: transport.abort, REASON: wire.say})


class _Wire(h11.Connection):
    """The connection's protocol, with a reason phrase of the app's own for the next answer."""

    reason = b""

    def say(self, words: str) -> None:
        """Choose the reason phrase; it is one line of Latin letters."""
        self.reason = " ".join(words.split()).encode("latin-1", "replace")

    def send_with_data_passthrough(self, event: h11.Event) -> list[bytes] | None:
        if isinstance(event, h11.Response) and self.reason:
            reason, self.reason = self.reason, b""
            event = h11.Response(status_code=event.status_code, headers=list(event.headers), reason=reason)
        return super().send_with_data_passthrough(event)


async def _with_connection(app: ASGIApp, offers: Scope, scope: Scope, receive: Receive, send: Send) -> None:
    scope.update(offers)
    await app(scope, receive, send)
