"""A small caller for the Vtiger stand-in, in process, and the opening of its envelopes."""

from __future__ import annotations

import asyncio
import hashlib
import json
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from vtxero.sandbox.vtiger import VtigerState, create_app

ACCOUNT = {"accountname": "Kauri Ltd", "assigned_user_id": "19x1"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Asking(ABC):
    """What is asked of either edition in the same words; a subclass knows the way there."""

    @abstractmethod
    def get(self, operation: str, **params: Any) -> httpx.Response:
        """Ask by a GET."""

    @abstractmethod
    def post(self, operation: str, **params: Any) -> httpx.Response:
        """Ask by a POST."""

    def create(self, module: str, **element: Any) -> dict[str, Any]:
        return result(self.post("create", elementType=module, element=element))

    def retrieve(self, wire_id: str) -> dict[str, Any]:
        return result(self.get("retrieve", id=wire_id))

    def query(self, text: str) -> list[dict[str, Any]]:
        return result(self.get("query", query=text))


def as_form(params: dict[str, Any]) -> dict[str, Any]:
    """Write what has parts as JSON, as both editions take it in a form."""
    return {name: json.dumps(each) if isinstance(each, (dict, list)) else each for name, each in params.items()}


class Caller(Asking):
    """Sends requests to an app and opens envelopes."""

    def __init__(self, state: VtigerState) -> None:
        self.state = state
        self.scopes: list[dict[str, Any]] = []
        app = create_app(state)

        async def spied(scope: Any, receive: Any, send: Any) -> None:
            self.scopes.append(scope)
            await app(scope, receive, send)

        self._transport = httpx.ASGITransport(app=spied)
        self.session = ""

    def send(self, method: str, **kwargs: Any) -> httpx.Response:
        request = httpx.Request(method, "http://vtiger/webservice.php", **kwargs)

        async def go() -> httpx.Response:
            response = await self._transport.handle_async_request(request)
            await response.aread()
            return response

        return asyncio.run(go())

    def get(self, operation: str, **params: Any) -> httpx.Response:
        return self.send("GET", params={"operation": operation, "sessionName": self.session, **params})

    def post(self, operation: str, **params: Any) -> httpx.Response:
        return self.send("POST", data={"operation": operation, "sessionName": self.session, **as_form(params)})

    def challenge(self, name: str = "admin") -> str:
        return self.send("GET", params={"operation": "getchallenge", "username": name}).json()["result"]["token"]

    def login_with(self, token: str, name: str = "admin", key: str = "sandbox-key") -> dict[str, Any]:
        access = hashlib.md5((token + key).encode()).hexdigest()
        return self.send("POST", data={"operation": "login", "username": name, "accessKey": access}).json()

    def login(self, name: str = "admin", key: str = "sandbox-key") -> Caller:
        self.session = self.login_with(self.challenge(name), name, key)["result"]["sessionName"]
        return self

    def invoice(self, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return self.create("Invoice", **invoice_element(self, *lines, **fields))


def invoice_element(caller: Caller, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    accounts = caller.query("select id from Accounts limit 1;")
    account = accounts[0]["id"] if accounts else caller.create("Accounts", **ACCOUNT)["id"]
    element = {
        "subject": "Work", "account_id": account, "assigned_user_id": "19x1", "bill_street": "1 High St",
        "ship_street": "1 High St", "invoicestatus": "Created", "currency_id": "21x1", "conversion_rate": "1",
        "productid": lines[0].get("productid", "14x1") if lines else "14x1", "hdnTaxType": "group",
    }  # fmt: skip
    return element | fields | {"LineItems": list(lines)}


def result(response: httpx.Response) -> Any:
    content = response.json()
    assert (content["success"], response.status_code) == (True, 200), content
    return content["result"]


def error(response: httpx.Response) -> tuple[str | int, str]:
    assert response.status_code == 200
    content = response.json()
    assert not content["success"], content
    return content["error"]["code"], content["error"]["message"]
