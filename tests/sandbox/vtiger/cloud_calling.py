"""A small caller for the cloud edition's stand-in, in process."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from sandbox.vtiger.calling import Asking, as_form
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger.cloud import BASE, create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl

ADMIN = ("admin", "sandbox-key")


class CloudCaller(Asking):
    """Sends requests to an app and opens envelopes. Without limits of calls unless some are given."""

    def __init__(
        self,
        state: VtigerState,
        *,
        auth: tuple[str, str] | None = ADMIN,
        limits: FloodControl | None = None,
        failures: str = "status",
    ) -> None:
        self.state = state
        self.auth = auth
        self.reasons: list[str] = []
        self.scope: dict[str, Any] = {}
        app = create_cloud_app(state, limits=limits or FloodControl(counts=False), failures=failures)

        async def spied(scope: Any, receive: Any, send: Any) -> None:
            self.scope = scope
            scope["vtxero.reason"] = self.reasons.append
            await app(scope, receive, send)

        self._transport = httpx.ASGITransport(app=spied)

    def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://vtiger", auth=self.auth) as client:
                return await client.request(method, path, **kwargs)

        return asyncio.run(go())

    def get(self, operation: str, **params: Any) -> httpx.Response:
        return self.send("GET", f"{BASE}/{operation}", params=params)

    def post(self, operation: str, **params: Any) -> httpx.Response:
        return self.send("POST", f"{BASE}/{operation}", data=as_form(params))

    def account(self, name: str = "Kauri Ltd", **fields: Any) -> str:
        return self.create("Accounts", accountname=name, assigned_user_id="19x1", **fields)["id"]

    def product(self, name: str = "Widget", **fields: Any) -> str:
        element = {"productname": name, "unit_price": "10", "assigned_user_id": "19x1", "discontinued": "1", **fields}
        return self.create("Products", **element)["id"]

    def invoice(self, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
        element = {
            "subject": "Work", "assigned_user_id": "19x1", "bill_street": "1 High St", "ship_street": "1 High St",
            "invoicestatus": "Created", "currency_id": "21x1", "conversion_rate": "1", "hdnTaxType": "group",
            "productid": lines[0].get("productid", "6x1") if lines else "6x1",
        }  # fmt: skip
        account = fields.pop("account_id", None) or self.account(f"Customer {self.state.next_number}")
        return self.create("Invoice", **{**element, "account_id": account, **fields, "LineItems": list(lines)})


def error(response: httpx.Response) -> tuple[int, str, str]:
    content = response.json()
    assert content["success"] is False
    return response.status_code, content["error"]["code"], content["error"]["message"]


def widget(caller, **fields):
    return caller.product(**{"tax1": "4.5", **fields})


def line(product, quantity="1", price="10", **fields):
    return {"productid": product, "quantity": quantity, "listprice": price, "tax1": "4.5", **fields}
