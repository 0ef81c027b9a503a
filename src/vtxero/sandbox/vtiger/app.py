"""The HTTP side: one address, envelopes with status 200, and the few cases that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from vtxero.sandbox.vtiger import operations
from vtxero.sandbox.vtiger.cloud import create_cloud_app
from vtxero.sandbox.vtiger.cloud_edition import EDITION
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.sandbox.vtiger.errors import CrashError, NotModelledError, VtigerError
from vtxero.sandbox.vtiger.state import VtigerState

PATH: Final = "/webservice.php"
REQUEST_LINE: Final = 8190
_TOO_LONG: Final = "<html><head><title>414 Request-URI Too Long</title></head><body></body></html>"
_NO_STORE: Final = {
    "Expires": "Thu, 19 Nov 1981 08:52:00 GMT",
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Pragma": "no-cache",
}


def create_app(state: VtigerState, *, edition: str = "open-source", limits: bool = False) -> Starlette:
    """Make the ASGI app that serves a state as an edition does; only the cloud has limits of calls."""
    if edition == EDITION:
        return create_cloud_app(state, limits=FloodControl(counts=limits))
    if edition != state.edition:
        raise ValueError(f"the {edition} edition cannot serve what the {state.edition} edition holds")

    async def webservice(request: Request) -> Response:
        form = parse_form(request, await request.body())
        return serve(state, request, form)

    app = Starlette(routes=[Route(PATH, webservice, methods=["GET", "POST"])])
    app.state.vtiger = state
    return app


def parse_form(request: Request, body: bytes) -> dict[str, str]:
    """Read a form body; any other kind of body is not seen by PHP."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind != "application/x-www-form-urlencoded":
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def serve(state: VtigerState, request: Request, form: Mapping[str, str]) -> Response:
    """Answer one request, and leave word for the journal in its scope."""
    if _request_line(request) > REQUEST_LINE:
        return HTMLResponse(_TOO_LONG, status_code=414)
    url = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    name = form.get("operation", url.get("operation", ""))
    try:
        operation = operations.find(name)
        params = form if operation.posts else url
        request.scope["vtxero.operation"] = operations.caption(name, params)
        if operation.writes:
            request.scope["vtxero.write"] = True
        # Reading $_REQUEST, the body wins over the address; extendsession looks at its own body only.
        session_name = form.get("sessionName", url.get("sessionName", ""))
        outcome = operations.perform(state, operation, session_name, params)
    except VtigerError as error:
        return _json(state, {"success": False, "error": {"message": error.message, "code": error.code}})
    except CrashError:
        return Response(status_code=500, headers={"Connection": "close"}, media_type="text/html")
    except NotModelledError as error:
        return JSONResponse({"error": f"not modelled: {error}"}, status_code=501)
    if outcome.created:
        request.scope["vtxero.created"] = list(outcome.created)
    return _json(state, {"success": True, "result": outcome.result})


def _request_line(request: Request) -> int:
    target: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return len(request.method) + len(target.partition(b"?")[0]) + len(query) + len(" ? HTTP/1.1")


def _json(state: VtigerState, content: dict[str, Any]) -> Response:
    """Encode as PHP does: ASCII only, and slashes escaped too; 8.3.0 escapes neither."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=not state.is_83)
    text = text if state.is_83 else text.replace("/", "\\/")
    return Response(text, media_type="application/json", headers=_NO_STORE)
