"""The plain caller for the cloud edition: an address for each operation, Basic authentication, no session."""

from __future__ import annotations

import json
from typing import Any

import httpx

from contract.vtiger.calling import Vtiger, opened

BASE = "/restapi/v1/vtiger/default"
CLOUD = "cloud"


class CloudVtiger(Vtiger):
    """One Vtiger in the cloud under test. `key` may be wrong, to see what comes of it."""

    def __init__(self, url: str, user: str, key: str) -> None:
        self.url = f"{url.rstrip('/').removesuffix(BASE)}{BASE}"
        self.user, self.key, self.version = user, key, CLOUD
        self.http = httpx.Client(timeout=120, auth=(user, key))
        me = opened(self.get("me"))
        self.identity = {**me, "userId": me["id"]}

    def get(self, operation: str, **params: Any) -> httpx.Response:
        return self.http.get(f"{self.url}/{operation}", params=params)

    def post(self, operation: str, **params: Any) -> httpx.Response:
        data = {name: each if isinstance(each, str) else json.dumps(each) for name, each in params.items()}
        return self.http.post(f"{self.url}/{operation}", data=data)


def refused(response: httpx.Response) -> str:
    """Open a refusal, in either of its two documented forms, and give its words."""
    words = "" if response.status_code == 200 else response.reason_phrase
    try:
        content = response.json()
    except ValueError:
        content = {}
    assert content.get("success") is not True, content
    assert response.status_code in {200, 400, 403}, response.status_code
    return str(content.get("error", {}).get("message", words))
