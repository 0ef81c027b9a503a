"""The Xero stand-in as an ASGI app: login, connections and the accounting API on one port."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from vtxero.sandbox.faults import FaultRule
from vtxero.sandbox.instrument import Instrumented, instrumented
from vtxero.sandbox.xero.answers import Answer, error_answer
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.errors import NotFoundError, NotModelledError, UnauthorisedError, XeroError
from vtxero.sandbox.xero.identity import Grant
from vtxero.sandbox.xero.limits import IdempotencyKeys, Limits
from vtxero.sandbox.xero.markup import XML, to_xml
from vtxero.sandbox.xero.routes import dispatch, needed_scopes
from vtxero.sandbox.xero.state import XeroState
from vtxero.sandbox.xero.wire import hyphened

PREFIX = "/api.xro/2.0/"
MAX_BODY = 3_500_000
GZIP_FROM = 500
SERVER_ERROR = 500
BROAD = "accounting.transactions"
TRANSACTIONS = {
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
}
"""What the broad scope was parted into."""
WRITES = {"PUT", "POST", "DELETE", "PATCH"}


@dataclass(slots=True)
class Asked:
    """A request as it came, names of headers and of the query in lower case."""

    method: str
    path: str
    raw_query: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def key(self) -> str:
        """The Idempotency-Key of a write, blank without one."""
        return self.headers.get("idempotency-key", "") if self.method in {"PUT", "POST", "PATCH"} else ""

    @property
    def target(self) -> str:
        return f"{self.path.lower()}?{self.raw_query}"

    @property
    def wants_json(self) -> bool:
        """Whether JSON was asked for; anything else gets XML."""
        return "json" in self.headers.get("accept", "").lower()


class XeroApp:
    """Serves one `XeroState`."""

    def __init__(self, state: XeroState, limits: Limits, latency: float) -> None:
        self.state = state
        self.limits = limits
        self._limits_of_others: dict[str, Limits] = {}
        self.keys = IdempotencyKeys(state.clock)
        self.latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = await _read(scope, receive)
        lowered = asked.path.lower()
        if not lowered.startswith(PREFIX):
            with self.state.lock:
                answer = self._login(scope, asked, lowered)
            await _send(answer, asked, scope, receive, send)
            return
        name, _, key = asked.path[len(PREFIX) :].partition("/")
        scope["vtxero.operation"] = f"{asked.method} {name}{'/{id}' if key else ''}"
        scope["vtxero.write"] = asked.method in WRITES
        books, limits, refusal = self._admit(asked)
        if refusal is not None:
            await _send(_with_limits(refusal, limits), asked, scope, receive, send)
            return
        try:
            await _send(_with_limits(await self._api(scope, asked, books), limits), asked, scope, receive, send)
        finally:
            limits.leave()

    def _admit(self, asked: Asked) -> tuple[Books, Limits, Answer | None]:
        """Check who calls whom, then count the call; without a refusal it is counted in and must be counted out."""
        with self.state.lock:
            try:
                books = self._authorise(asked)
            except XeroError as error:
                return self.state, self.limits, error_answer(error)
            limits = self._limits_of(books)
            return books, limits, limits.enter()

    def _limits_of(self, books: Books) -> Limits:
        """Give an organisation's own limits: Xero counts by app and organisation."""
        if books is self.state:
            return self.limits
        kept = self._limits_of_others
        return kept.setdefault(str(books.organisation["OrganisationID"]), self.limits.fresh())

    def _login(self, scope: Scope, asked: Asked, path: str) -> Answer:
        """Serve identity and connections, which no limit counts."""
        identity, key = self.state.identity, (asked.method, path.rstrip("/"))
        scope["vtxero.operation"] = f"{asked.method} {asked.path}"
        authorization = asked.headers.get("authorization", "")
        try:
            match key:
                case ("GET", "/identity/connect/authorize"):
                    return identity.authorize(asked.query)
                case ("POST", "/connect/token"):
                    return identity.token(asked.form, authorization)
                case ("POST", "/connect/revocation"):
                    return identity.revoke(asked.form, authorization)
                case ("GET", "/connections"):
                    return identity.connections(identity.login(authorization), asked.query.get("autheventid"))
                case ("DELETE", name) if name.startswith("/connections/"):
                    return identity.disconnect(name.rpartition("/")[2], identity.login(authorization))
            raise NotModelledError(f"{asked.method} {asked.path}")
        except XeroError as error:
            return error_answer(error)

    async def _api(self, scope: Scope, asked: Asked, books: Books) -> Answer:
        """Serve a call to the accounting API that was let in."""
        if self.latency:
            await asyncio.sleep(self.latency)
        with self.state.lock:
            try:
                return self._answered(scope, asked, books)
            except XeroError as error:
                return error_answer(error)

    def _answered(self, scope: Scope, asked: Asked, books: Books) -> Answer:
        if "%2f" in asked.path.lower():  # the service decodes it first: a code with a slash has no address
            raise NotFoundError
        parts = [hyphened(unquote(part)) for part in asked.path[len(PREFIX) :].split("/") if part]
        if not parts:
            raise NotFoundError
        if len(asked.body) > MAX_BODY:
            return Answer(413, "The request body is larger than 3.5 MB", "text/plain; charset=utf-8")
        call = Call(books, asked.method, parts, asked.query, asked.headers, asked.body)
        try:
            return self._keyed(call, asked)
        finally:
            scope["vtxero.operation"] = call.operation or scope["vtxero.operation"]
            scope["vtxero.created"] = call.created

    def _authorise(self, asked: Asked) -> Books:
        """Check token, tenant and scope, in this order; give the organisation that is called."""
        identity = self.state.identity
        grant = identity.login(asked.headers.get("authorization", ""))
        books = identity.books_of(grant, asked.headers.get("xero-tenant-id", ""))
        scopes = needed_scopes(asked.path[len(PREFIX) :])
        if scopes and not _may(grant, scopes, asked.method):
            raise UnauthorisedError("AuthorizationUnsuccessful", scope=True)
        return books

    def broke(self, scope: Scope, body: bytes, status: int, content: bytes) -> None:
        """Keep an injected HTTP 500 under the request's key: Xero stores what it answered, its own failures too."""
        asked = _asked(scope, body)
        if status == SERVER_ERROR and asked.key:
            with self.state.lock:
                answer = Answer(status, content.decode("utf-8", "replace"), "text/html")
                self.keys.keep(asked.key, asked.method, asked.target, body, answer)

    def _keyed(self, call: Call, asked: Asked) -> Answer:
        """Serve a write once per Idempotency-Key, and its stored answer to a repetition."""
        key, target = asked.key, asked.target
        if not key:
            return dispatch(call)
        stored = self.keys.find(key, asked.method, target, asked.body)
        if stored is not None:
            call.operation = f"{asked.method} {call.parts[0]} (repeated key)"
            return stored
        try:
            answer = dispatch(call)
        except NotModelledError:
            raise
        except XeroError as error:
            answer = error_answer(error)
        self.keys.keep(key, asked.method, target, asked.body, answer)
        return answer


def _may(grant: Grant, scopes: tuple[str, ...], method: str) -> bool:
    """Any of the scopes will do; the `.read` variants do for GET."""
    broad = {BROAD} if TRANSACTIONS & set(scopes) else set()
    wanted = {*scopes, *broad}
    wanted |= {f"{scope}.read" for scope in wanted} if method == "GET" else set()
    return bool(wanted & set(grant.scopes))


def _with_limits(answer: Answer, limits: Limits) -> Answer:
    """Each answer of the accounting API carries what is left of the limits."""
    return replace(answer, headers={**answer.headers, **limits.headers()})


async def _read(scope: Scope, receive: Receive) -> Asked:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return _asked(scope, bytes(body))


def _asked(scope: Scope, body: bytes) -> Asked:
    raw_query = scope["query_string"].decode("latin-1")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = {name.lower(): value for name, value in parse_qsl(raw_query, keep_blank_values=True)}
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Asked(scope["method"], raw_path.decode("latin-1").partition("?")[0], raw_query, query, headers, body)


async def _send(answer: Answer, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
    text, content_type = answer.text, answer.content_type
    if answer.has_xml and not asked.wants_json:
        text, content_type = to_xml(text), XML
    content, headers = answer.raw or text.encode(), dict(answer.headers)
    if content_type:
        headers["Content-Type"] = content_type
    if len(content) > GZIP_FROM and "gzip" in asked.headers.get("accept-encoding", ""):
        content = gzip.compress(content, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    await Response(content, answer.status, headers)(scope, receive, send)


def _refusal(rule: FaultRule) -> tuple[dict[str, str], bytes]:
    """Give injected faults the look of Xero's own: a 429 is empty and names the limit, a 503 is text."""
    texts = {"429": "", "500": "", "503": "The Xero API is temporarily unavailable"}
    headers: dict[str, str] = {"Content-Type": "text/html"} if rule.do != "429" else {}
    if rule.do == "429":
        headers |= {"X-Rate-Limit-Problem": "minute", "X-MinLimit-Remaining": "0"}
    if rule.retry_after is not None:
        headers["Retry-After"] = str(rule.retry_after)
    return headers, (rule.text if rule.text is not None else texts[rule.do]).encode()


def create_app(
    state: XeroState,
    *,
    limits: str = "on",
    per_minute: int = 60,
    per_day: int = 1000,
    latency: float = 0.0,
    keep_bodies: bool = False,
) -> Instrumented:
    """Build the stand-in; `limits="off"` refuses nothing, `latency` holds every call for so many seconds."""
    counted = Limits(state.clock, enabled=limits != "off", per_minute=per_minute, per_day=per_day)
    app = XeroApp(state, counted, latency)
    return instrumented(app, expire=state.identity.expire, refusal=_refusal, told=app.broke, keep_bodies=keep_bodies)
