"""Stands between a client and the Xero stand-in, and holds every answer of the accounting API until it is whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

API = "/api.xro/"


class Holding(ABC):
    """An ASGI app in front of another. A subclass says how it sends an answer."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.changed = 0
        """How much was asked or answered in another way: a test that counts on a change reads that there was one."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not scope.get("path", "").startswith(API):
            await self.app(scope, receive, send)
            return
        # A packed answer cannot be read here.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: dict[str, Any] = {}
        body = bytearray()

        async def hold(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await self.answer(start, bytes(body), send)

        await self.app(scope, receive, hold)

    @abstractmethod
    async def answer(self, start: dict[str, Any], body: bytes, send: Any) -> None:
        """Send a whole answer on."""


def is_json(start: dict[str, Any]) -> bool:
    return any(value.startswith(b"application/json") for _, value in start["headers"])


def headers_but_length(start: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]


def length_of(body: bytes) -> tuple[bytes, bytes]:
    return (b"content-length", str(len(body)).encode())
