"""Another Xero, by other hands: it keeps the contract, and does whatever the contract leaves open in another way.

Stands in front of the stand-in and changes what is asked of it, or how its answers are delivered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from chain.holding import API, Holding, headers_but_length, is_json, length_of
from chain.respelling import Number, written

Query = dict[str, str]
Headers = dict[str, str]
Asking = Callable[[Query, Headers], None]
"""Changes the query and the headers of a request, names in lower case."""
Answering = Callable[[dict[str, Any]], None]
"""Changes an answer's envelope."""


def as_asked(_query: Query, _headers: Headers) -> None:
    return


def as_answered(_envelope: dict[str, Any]) -> None:
    return


class OtherXero(Holding):
    """Counts as changed the requests that it took differently, and the answers that it sent bare."""

    def __init__(
        self, app: Any, asking: Asking = as_asked, answering: Answering = as_answered, *, is_bare: bool = False
    ) -> None:
        super().__init__(app)
        self.asking = asking
        self.answering = answering
        self.is_bare = is_bare

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").startswith(API):
            self._ask(scope)
        await super().__call__(scope, receive, send)

    def _ask(self, scope: Any) -> None:
        query = {name.lower(): value for name, value in parse_qsl(scope["query_string"].decode())}
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        before = (dict(query), dict(headers))
        self.asking(query, headers)
        self.changed += (query, headers) != before
        scope["query_string"] = urlencode(query).encode()
        scope["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def answer(self, start: dict[str, Any], body: bytes, send: Any) -> None:
        if is_json(start):
            envelope = json.loads(body, parse_float=Number, parse_int=Number)
            self.answering(envelope)
            body = written(envelope).encode()
        headers = headers_but_length(start)
        if self.is_bare:
            self.changed += 1
            headers = [one for one in headers if not one[0].lower().startswith((b"x-", b"date"))]
            headers.append((b"connection", b"close"))
        else:
            headers.append(length_of(body))
        await send({**start, "headers": headers})
        for at in range(0, len(body), 1000):
            await send({"type": "http.response.body", "body": body[at : at + 1000], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def ignores_where(query: Query, _headers: Headers) -> None:
    query.pop("where", None)


def ignores_times(_query: Query, headers: Headers) -> None:
    headers.pop("if-modified-since", None)


def lists_only_what_is_later(_query: Query, headers: Headers) -> None:
    """Compare with `>` where the stand-in compares with `>=`."""
    if "if-modified-since" in headers:
        moment = datetime.fromisoformat(headers["if-modified-since"]) + timedelta(seconds=1)
        headers["if-modified-since"] = moment.isoformat()


def ignores_order(query: Query, _headers: Headers) -> None:
    if "order" in query:
        query["order"] = "UpdatedDateUTC DESC"


def small_pages(query: Query, _headers: Headers) -> None:
    if "page" in query:
        query["pagesize"] = "2"


def ignores_keys(_query: Query, headers: Headers) -> None:
    headers.pop("idempotency-key", None)


def hides_archived(query: Query, _headers: Headers) -> None:
    query.pop("includearchived", None)


def no_page_block(envelope: dict[str, Any]) -> None:
    envelope.pop("pagination", None)
