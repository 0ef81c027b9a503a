"""The HTTP side of the cloud edition: an address for each operation, Basic authentication, limits of calls."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vtxero.sandbox.instrument import REASON
from vtxero.sandbox.vtiger import cloud_operations, operations
from vtxero.sandbox.vtiger.cloud_edition import make_cloud
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.sandbox.vtiger.errors import CrashError, NotModelledError, VtigerError
from vtxero.sandbox.vtiger.state import User, VtigerState

BASE: Final = "/restapi/v1/vtiger/default"
FAILURES: Final = ("status", "body")

_FORM: Final = "application/x-www-form-urlencoded"
_OK: Final = 200
_FAILED: Final = 400


def create_cloud_app(
    state: VtigerState,
    *,
    limits: FloodControl | None = None,
    failures: str = "status",
    with_payments: bool = True,
) -> Starlette:
    """Make the ASGI app that serves a state, which becomes one of the cloud edition.

    `with_payments` gives it the add-on Payments. `failures` chooses between the two ways in which the cloud is
    documented to refuse: `status` 400 with the words in the reason phrase, or 200 with the words in the `body` alone.
    """
    if failures not in FAILURES:
        raise ValueError(f"failures: {failures!r} is none of {', '.join(FAILURES)}")
    make_cloud(state, with_payments=with_payments)
    server = _Server(state, limits or FloodControl(), failures)
    app = Starlette(
        routes=[
            Route(f"{BASE}/{{operation}}", server.rest, methods=["GET", "POST"]),
            Route("/webservice.php", server.webservice, methods=["GET", "POST"]),
        ]
    )
    app.state.vtiger = state
    return app


@dataclass(frozen=True, slots=True)
class _Server:
    state: VtigerState
    limits: FloodControl
    failures: str

    async def webservice(self, _request: Request) -> Response:
        """The cloud answers here too, in ways that nobody has written down."""
        return JSONResponse({"error": "not modelled: webservice.php of the cloud edition"}, status_code=501)

    async def rest(self, request: Request) -> Response:
        """Answer one request, and leave word for the journal in its scope."""
        name = request.path_params["operation"]
        if name not in cloud_operations.OPERATIONS:
            return Response("Not Found", status_code=404, media_type="text/plain")
        body = await request.body()
        response = self._answer(request, name, body)
        response.headers.update(self.limits.headers())
        return response

    def _answer(self, request: Request, name: str, body: bytes) -> Response:
        operation = cloud_operations.OPERATIONS[name]
        user = self._user(request.headers.get("authorization", ""))
        if user is None:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="Vtiger"'})
        if not self.limits.take():
            return Response(status_code=429)
        if (request.method == "POST") is not operation.posts:
            return Response(status_code=405)
        if operation.posts and _kind(request) != _FORM:
            return _not_modelled(f"a body of the type {_kind(request) or 'none'}, only forms are")
        params = _params(body.decode("utf-8", "replace") if operation.posts else _query_string(request))
        request.scope["vtxero.operation"] = operations.caption(name, params)
        if operation.writes:
            request.scope["vtxero.write"] = True
        return self._perform(request, user, name, params)

    def _perform(self, request: Request, user: User, name: str, params: Mapping[str, str]) -> Response:
        try:
            outcome = cloud_operations.perform(self.state, user, name, params)
        except VtigerError as error:
            return self._failure(request, error)
        except CrashError:
            return Response(status_code=500)
        except NotModelledError as error:
            return _not_modelled(str(error))
        if outcome.created:
            request.scope["vtxero.created"] = list(outcome.created)
        return _json({"success": True, "result": outcome.result}, _OK)

    def _failure(self, request: Request, error: VtigerError) -> Response:
        body = {"success": False, "error": {"code": str(error.code), "message": error.message}}
        if self.failures == "body":
            return _json(body, _OK)
        say: Callable[[str], None] = request.scope.get(REASON, _nobody)
        say(error.message)
        return _json(body, _FAILED)

    def _user(self, authorization: str) -> User | None:
        """Find who sends the right key."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            name, _, key = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user = self.state.users.get(name)
        if scheme.lower() != "basic" or user is None or not user.active:
            return None
        return user if secrets.compare_digest(user.access_key.encode(), key.encode()) else None


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _query_string(request: Request) -> str:
    return str(request.scope["query_string"].decode("latin-1"))


def _params(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def _not_modelled(what: str) -> Response:
    return JSONResponse({"error": f"not modelled: {what}"}, status_code=501)


def _json(content: Mapping[str, Any], status: int) -> Response:
    return Response(json.dumps(content, separators=(",", ":")), status_code=status, media_type="text/json")


def _nobody(_words: str) -> None:
    """Say nothing where there is no server that could."""
