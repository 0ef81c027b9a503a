"""Xero's stand-in, and in front of it many invoices that are made while they are read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from serve import organisation

from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.xero import XeroState
from vtxero.sandbox.xero import create_app as xero_app

SAMPLES = 50
LINES = 5
FIRST_MS = 1_780_000_000_000


def xero_with_many(state: XeroState, count: int) -> Any:
    """Make an ASGI app that answers lists of invoices itself, and leaves the rest to the stand-in."""
    return _Many(xero_app(state, limits="off"), state, count)


def sample_books() -> dict[str, Any]:
    """Give an organisation with the samples; untaxed, for Vtiger's taxes are as just installed."""
    books = organisation(SAMPLES, LINES)
    for invoice in books["Invoices"]:
        for item in invoice["LineItems"]:
            item["TaxType"] = "NONE"
    return books


class _Many:
    def __init__(self, app: Any, state: XeroState, count: int) -> None:
        self._app = app
        self._count = count
        self._samples = _samples(state)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        query = dict(parse_qsl(scope.get("query_string", b"").decode()))
        if scope["type"] != "http" or not scope["path"].endswith("/Invoices") or "page" not in query:
            await self._app(scope, receive, send)
            return
        since = dict(scope["headers"]).get(b"if-modified-since", b"").decode()
        body = self._page(int(query["page"]), int(query.get("pageSize", 100)), _number_since(since))
        headers = [(b"content-type", b"application/json; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _page(self, page: int, size: int, first: int) -> bytes:
        begin = first + (page - 1) * size
        rows = [self._row(number) for number in range(begin, min(begin + size, self._count))]
        return ('{"Id":"x","Status":"OK","Invoices":[' + ",".join(rows) + "]}").encode()

    def _row(self, number: int) -> str:
        text = self._samples[number % SAMPLES]
        text = text.replace("BIG-00000", f"BIG-{number:06}").replace("NUMBER", f"{number:012x}")
        return text.replace("MODIFIED", f"/Date({FIRST_MS + number * 1000}+0000)/")


def _samples(state: XeroState) -> list[str]:
    """Write sample invoices as the stand-in shows them, with marks where each one has its own."""
    import httpx  # noqa: PLC0415 - asked once

    with ServerThread(xero_app(state, limits="off")) as server:
        form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
        token = httpx.post(f"{server.url}/connect/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        rows = httpx.get(f"{server.url}/api.xro/2.0/Invoices?page=1&pageSize=100", headers=headers).json()["Invoices"]
    return [_marked(row) for row in rows[:SAMPLES]]


def _marked(row: dict[str, Any]) -> str:
    row = {**row, "InvoiceNumber": "BIG-00000", "InvoiceID": "be9c0000-0002-4000-8000-NUMBER"}
    row["UpdatedDateUTC"] = "MODIFIED"
    for place, item in enumerate(row["LineItems"]):
        item["LineItemID"] = f"be9c0000-0002-4000-9{place:03}-NUMBER"
    return json.dumps(row)


def _number_since(text: str) -> int:
    """Give the number of the first invoice that was modified at or after a moment."""
    if not text:
        return 0
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000
    return max(0, -(-int(moment - FIRST_MS) // 1000))
