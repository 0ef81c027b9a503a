"""Answers as the cloud edition gives them, by operation, for its client."""

from __future__ import annotations

import json
from typing import Any

import httpx

from wire.vtiger.answering import AnsweringServer

HOST = "https://acme.od2.vtiger.com"
BASE = f"{HOST}/restapi/v1/vtiger/default"
DATE = {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}
NOON = 1795348800
ME = {"id": "19x5", "user_name": "ann@example.com", "is_admin": "on", "currency_id": "21x1", "accesskey": "k3y"}
ACCOUNT = {"id": "3x2", "accountname": "Kiwi"}
PAGE = "<html><head><title>Welcome to Acme</title></head></html>"


def fine(result: Any, **headers: str) -> httpx.Response:
    text = json.dumps({"success": True, "result": result})
    return httpx.Response(200, text=text, headers={"content-type": "text/json", **DATE, **headers})


def in_body(code: str, message: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"success": False, "error": {"code": code, "message": message}})


def in_reason(message: str, status: int = 400, **parts: Any) -> httpx.Response:
    return httpx.Response(status, extensions={"reason_phrase": message.encode()}, **parts)


def cloud_server(answers: dict[str, list[Any]]) -> AnsweringServer:
    """Name the operation in the path, and know who asks."""
    return AnsweringServer(lambda request: request.url.path.rpartition("/")[2], {"me": [fine(ME)], **answers})
