"""Waits on this machine for the browser to come back from a login."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from vtxero.errors import ConfigError
from vtxero.xero.access import is_local

PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>vtxero</title><h1>{}</h1><p>{}</p></html>"
DONE = PAGE.format("Thank you", "Go back to the terminal, where the login goes on. This page can be closed.").encode()
REFUSED = PAGE.format(
    "Not logged in", "Xero did not allow the login. The terminal says more; this page can be closed."
).encode()


class RedirectListener:
    """Listens on the redirect address, on loopback only; `wait` gives the address that the browser asked for.

    Raises:
        ConfigError: the address is not on this machine, or its port is taken.
    """

    def __init__(self, redirect_uri: str) -> None:
        parts = urlsplit(redirect_uri)
        if parts.scheme != "http" or not is_local(redirect_uri):
            raise ConfigError(
                f"{redirect_uri} is not on this machine, so the browser cannot come back by itself.",
                remedy="Use `vtxero auth xero --no-browser` and paste the address that the browser ends at.",
            )
        self.redirect = ""
        self._arrived = threading.Event()
        try:
            self._server = HTTPServer(("127.0.0.1", parts.port or 80), _handler(parts.path or "/", self._take))
        except OSError as error:
            raise ConfigError(
                f"Port {parts.port or 80} on this machine is taken: {error.strerror}.",
                remedy="End the program that has it, or use `vtxero auth xero --no-browser`.",
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="vtxero-login", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, seconds: float) -> str:
        """Give the path and query that the browser came back with, blank when it did not in time."""
        self._arrived.wait(seconds)
        return self.redirect

    def _take(self, target: str) -> None:
        self.redirect = target
        self._arrived.set()


def _handler(path: str, take: Callable[[str], None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            """Take the redirect; everything else (a favicon) is not found."""
            if urlsplit(self.path).path != path:
                self.send_error(404)
                return
            page = REFUSED if "error" in parse_qs(urlsplit(self.path).query) else DONE
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
            take(self.path)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing: the line would hold the code."""

    return Handler
