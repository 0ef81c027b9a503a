"""What goes wrong on the way of one run: at the request with a chosen number, or at a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextlib import suppress as ending

from machine.dying import WAYS, Killed, at_note, commit_half
from machine.nearby import Nearby
from machine.wires import LostError, Reply, Request

Forward = Callable[[Request], Reply]
KINDS = (
    *WAYS,
    "reply lost once",
    "replies lost from here on",
    "connection lost before it leaves",
    "500 after commit",
    "503 instead",
    "token expires",
    "somebody edits",
)


@contextmanager
def trouble(company: Nearby, kind: str, number: int, edit: Callable[[], None]) -> Iterator[list[str]]:
    """Make the request with this number (writes only, where it kills or loses) go wrong; lists what happened."""
    happened: list[str] = []
    seen = 0

    def gate(request: Request, forward: Forward) -> Reply:
        nonlocal seen
        if request.path.startswith("/connect") or not _counts(kind, request):
            return forward(request)
        seen += 1
        if seen < number or (seen > number and kind != "replies lost from here on"):
            return forward(request)
        happened.append(kind)
        return _spoil(company, kind, request, forward, edit)

    company.net.gate, old = gate, company.net.gate
    try:
        with ending(Killed), at_note(number - 1, happened) if kind == WAYS[3] else nullcontext():
            yield happened
    finally:
        company.net.gate = old


def _counts(kind: str, request: Request) -> bool:
    if kind in {"token expires", "somebody edits", "connection lost before it leaves"}:
        return True
    return request.may_write and kind != WAYS[3]


def _spoil(company: Nearby, kind: str, request: Request, forward: Forward, edit: Callable[[], None]) -> Reply:
    match kind:
        case "before it leaves":
            raise Killed
        case "half of it committed":
            commit_half(company, request, forward)
            raise Killed
        case "all committed, no reply":
            forward(request)
            raise Killed
        case "reply lost once" | "replies lost from here on":
            forward(request)
            raise LostError
        case "connection lost before it leaves":
            raise LostError
        case "500 after commit":
            # The stand-in's own fault: Xero keeps that answer under the request's key, and gives it again.
            company.apps[request.side].faults.add({"do": "500", "after_commit": True})
        case "503 instead":
            return 503, [("Content-Type", "text/html")], b"The service is temporarily unavailable"
        case "token expires":
            company.xero.identity.expire()
            company.vtiger.expire_sessions()
            company.crm.login()  # the people's own
        case "somebody edits":
            edit()
    return forward(request)
