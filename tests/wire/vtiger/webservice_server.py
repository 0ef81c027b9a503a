"""Answers as the open-source edition gives them, by operation, for its client."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx

from wire.vtiger.answering import AnsweringServer

URL = "https://crm.example.com/webservice.php"
CHALLENGE = {"token": "t0k3n", "serverTime": 1700000000, "expireTime": 1700000300}
LOGIN = {"sessionName": "s3ss10n", "userId": "19x1", "username": "ann", "is_admin": "on", "vtigerVersion": "8.2.0"}
ACCOUNT = {"id": "11x2", "accountname": "Kiwi"}


def fine(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "result": result})


def wrong(code: str | int, message: str) -> httpx.Response:
    return httpx.Response(200, json={"success": False, "error": {"message": message, "code": code}})


def webservice_server(answers: dict[str, list[Any]]) -> AnsweringServer:
    """Name the operation in the body or in the address, and let anybody log in."""
    return AnsweringServer(_operation_of, {"getchallenge": [fine(CHALLENGE)], "login": [fine(LOGIN)], **answers})


def _operation_of(request: httpx.Request) -> str:
    body = request.content.decode() if request.method == "POST" else request.url.query.decode()
    return parse_qs(body)["operation"][0]
