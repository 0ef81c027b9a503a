"""A stand-in per test, on a clock that the test moves, and a small client for it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from vtxero.sandbox.xero import XeroState, create_app


class StoppedClock:
    """Stands still until it is moved."""

    def __init__(self):
        self.moment = datetime(2026, 9, 14, 1, 2, 3, tzinfo=UTC)

    def __call__(self):
        return self.moment

    def forward(self, **parts):
        self.moment += timedelta(**parts)


@dataclass
class Client:
    """Calls the app in process; `last` is the answer to the latest call."""

    app: Any
    token: str = ""
    tenant: str = ""
    last: Any = None

    def send(self, method, path, *, body=None, headers=None, raw=None):
        sent = {"Accept": "application/json", "Authorization": f"Bearer {self.token}", "xero-tenant-id": self.tenant}
        sent = {name: value for name, value in {**sent, **(headers or {})}.items() if value is not None}
        content = raw if raw is not None else None if body is None else json.dumps(body, default=str).encode()
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        self.last = asyncio.run(self._send(method, path, content, sent))
        return self.last

    async def _send(self, method, path, content, headers):
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, content=content, headers=headers)

    def login(self, scope=""):
        answer = self.form("/connect/token", grant_type="client_credentials", client_id="sandbox",
                           client_secret="sandbox", scope=scope)  # fmt: skip
        self.token = answer.json()["access_token"]
        return self

    def form(self, path, headers=None, **fields):
        content = str(httpx.QueryParams({name: value for name, value in fields.items() if value})).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": None, **(headers or {})}
        return self.send("POST", path, raw=content, headers=form)

    def api(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, f"/api.xro/2.0/{path}", body=body, headers=named)

    def get(self, path, **headers):
        answer = self.api("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)

    def rows(self, path, **headers):
        """Get a list and take it out of its envelope."""
        body = self.get(path, **headers)
        return next(value for value in body.values() if isinstance(value, list))

    def put(self, plural, *elements, query="", method="PUT"):
        """Write elements with summarizeErrors=false and give their results by position."""
        answer = self.api(method, f"{plural}?summarizeErrors=false&unitdp=4{query}", {plural: list(elements)})
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_float=Decimal)[plural]

    def post(self, plural, *elements, query=""):
        return self.put(plural, *elements, query=query, method="POST")

    def errors(self, plural, element, *, method="PUT"):
        """Write one element and give the texts of its refusal."""
        (result,) = self.put(plural, element, method=method)
        assert result["StatusAttributeString"] == "ERROR", result
        return [one["Message"] for one in result["ValidationErrors"]]


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def state(clock):
    return XeroState.new(clock=clock, seed=1)


@pytest.fixture
def app(state):
    return create_app(state, limits="off")


@pytest.fixture
def xero(app):
    return Client(app).login()


@pytest.fixture
def new_client(app):
    return lambda: Client(app)


@pytest.fixture
def client_of():
    return Client


@pytest.fixture
def contact(state):
    """The id of a contact that a person made."""
    return state.add_contact(Name="Rimu Joinery", EmailAddress="ann@rimu.test", FirstName="Ann", LastName="Lee")


@pytest.fixture
def sale(contact):
    """Make the body of a sales invoice; keywords replace or add properties."""

    def make(*lines, **fields):
        rows = lines or ({"Description": "Oak", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"},)
        return {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact},
            "Date": "2026-09-14",
            "DueDate": "2026-10-14",
            "LineItems": list(rows),
            **fields,
        }

    return make
