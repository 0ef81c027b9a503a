"""A Xero that answers by script, over a real socket: xero-python cannot be intercepted in process."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from vtxero.xero.access import Grant, XeroAccess
from vtxero.xero.client import XeroClient
from vtxero.xero.oauth import XeroOAuth
from vtxero.xero.tokens import MemoryTokenKeeper, TokenSource

PER_MINUTE, AT_ONCE = 60, 5
"""Xero's limits (developer.xero.com: API limits)."""
TENANT = "11111111-2222-3333-4444-555555555555"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DROP = "drop the connection"
TOKEN = {"access_token": "AT-secret", "expires_in": 1800, "token_type": "Bearer", "scope": "accounting.contacts"}


class ManualClock:
    """Time that moves only when somebody sleeps."""

    def __init__(self):
        self.seconds = 0.0
        self.slept = []

    def now(self):
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body, parse_float=str)

    @property
    def form(self):
        return {name: values[-1] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Reply:
    """One answer as it goes out; `body` is JSON unless it is text or bytes already."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"


class Script:
    """Answers in order, the last one for ever; a callable answer is given the request."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self.token_answers = [TOKEN]
        self._lock = threading.Lock()

    def says(self, *answers):
        self.answers = list(answers)

    def next_answer(self, asked):
        with self._lock:
            if asked.path == "/connect/token":
                answers = self.token_answers
            else:
                self.asked.append(asked)
                answers = self.answers
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        answer = answer(asked) if callable(answer) else answer
        return answer if isinstance(answer, Reply) or answer == DROP else Reply(body=answer)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        asked = Asked(self.command, parts.path, query, dict(self.headers.items()), self.rfile.read(length))
        reply = self.server.script.next_answer(asked)
        if reply == DROP:
            self.close_connection = True
            return
        body = reply.body if isinstance(reply.body, bytes) else None
        body = reply.body.encode() if isinstance(reply.body, str) else body
        body = json.dumps(reply.body).encode() if body is None else body
        headers = {"Content-Type": reply.kind, **reply.headers}
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.send_response_only(reply.status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def machine_access(url, **changes):
    """A Custom Connection at a stand-in."""
    secret = SecretStr("sandbox")
    fields = {"client_id": "sandbox", "client_secret": secret, "grant": Grant.CLIENT_CREDENTIALS, "tenant_id": TENANT}
    return XeroAccess(**{**fields, "login_url": url, "identity_url": url, "api_url": url, **changes})


@contextlib.contextmanager
def opened(access, clock, sleep, token=None):
    """A client over real sockets, and everything it needs, closed at the end."""
    with XeroOAuth(access, clock, sleep=sleep) as oauth:
        tokens = TokenSource(MemoryTokenKeeper(token), oauth, clock)
        with XeroClient(access, tokens, clock, sleep=sleep) as client:
            yield client
