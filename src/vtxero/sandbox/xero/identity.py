"""Xero's login: tokens, consent without a page, revocation, connections (developer.xero.com: OAuth 2.0 guides)."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from vtxero.sandbox.xero.answers import Answer, expired_text, json_answer
from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.errors import ForbiddenError, NotFoundError, UnauthorisedError
from vtxero.sandbox.xero.tokens import TokenRefusedError, challenge_of, client_of, readable_token
from vtxero.sandbox.xero.wire import Record

ACCESS_LIFE = timedelta(minutes=30)
CODE_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)
PERSON = {"given_name": "Sandra", "family_name": "Box", "email": "sandra@example.com"}
PERSONAL = {"openid", "profile", "email", "offline_access"}
_AREAS = "contacts|invoices|payments|settings|banktransactions|manualjournals|attachments"
_SCOPE = re.compile(rf"^accounting\.(?:(?:{_AREAS})(?:\.read)?|reports\.[a-z0-9]+\.read|budgets\.read)$")
_BROAD = re.compile(r"^accounting\.(?:transactions(?:\.read)?|reports\.read|journals\.read)$")
"""What apps made before 2 March 2026 may ask for until 13 September 2027 (developer.xero.com: granular scopes)."""

MACHINE_SCOPES = (
    "accounting.contacts", "accounting.invoices", "accounting.payments", "accounting.settings",
    "accounting.attachments",
)  # fmt: skip


@dataclass(slots=True)
class Grant:
    """What somebody consented to, and the login that it came from."""

    client_id: str
    scopes: tuple[str, ...]
    machine: bool
    pkce: bool
    event_id: str
    made_at: datetime
    redirect_uri: str = ""
    challenge: str = ""
    expires_at: datetime | None = None
    rotated_at: datetime | None = None


@dataclass(slots=True)
class Connection:
    """An organisation that people's logins reach, and whether they still do."""

    books: Books
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_live: bool = True

    @property
    def tenant_id(self) -> str:
        return str(self.books.organisation["OrganisationID"])


@dataclass(slots=True)
class Identity:
    """Codes, tokens and connections; everything else is asked of the books.

    `connected` is the app that people log in to, `machine_connected` the Custom Connection: another app at Xero, which
    a person's revocation does not touch, and which reaches the first organisation only. The apps are older ones, which
    may use broad scopes and granular ones side by side; with `granular_only` they are of today.
    """

    books: Books
    deny: bool = False
    granular_only: bool = False
    connected: bool = True
    machine_connected: bool = True
    others: list[Connection] = field(default_factory=list)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, Grant] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _connection_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def expire(self) -> None:
        """Let every access token run out now."""
        self._access = {token: replace(grant, expires_at=self._now()) for token, grant in self._access.items()}

    def authorize(self, query: dict[str, str]) -> Answer:
        """Consent at once, as if a person had clicked, and send the browser back with a code."""
        redirect = query.get("redirect_uri", "")
        parts = urlsplit(redirect)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "localhost"):
            return Answer(400, "unauthorized_client: Invalid redirect_uri", "text/html")
        scopes = tuple(query.get("scope", "").split())
        challenge = query.get("code_challenge", "")
        back = {"state": query["state"]} if "state" in query else {}
        if query.get("response_type") != "code" or not query.get("client_id"):
            return _redirect(redirect, {"error": "unauthorized_client", **back})
        if not scopes or not all(one in PERSONAL or self._knows(one) for one in scopes):
            return _redirect(redirect, {"error": "invalid_scope", **back})
        if challenge and query.get("code_challenge_method") != "S256":
            return _redirect(redirect, {"error": "invalid_request", **back})
        if self.deny:
            return _redirect(redirect, {"error": "access_denied", **back})
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(
            query["client_id"], scopes, machine=False, pkce=bool(challenge), event_id=str(uuid.uuid4()),
            made_at=self._now(), redirect_uri=redirect, challenge=challenge,
        )  # fmt: skip
        self.connected = True
        for other in self.others:
            other.is_live = True
        return _redirect(redirect, {"code": code, "scope": " ".join(scopes), **back})

    def token(self, form: dict[str, str], authorization: str) -> Answer:
        """Serve POST /connect/token."""
        try:
            return json_answer(self._granted(form, authorization))
        except TokenRefusedError as error:
            return json_answer(error.shape, 400)

    def _granted(self, form: dict[str, str], authorization: str) -> Record:
        client_id, proven = client_of(form, authorization)
        match form.get("grant_type"):
            case "client_credentials":
                return self._machine(client_id, form, proven=proven)
            case "authorization_code":
                return self._exchange(client_id, form, proven=proven)
            case "refresh_token":
                return self._renew(client_id, form, proven=proven)
        raise TokenRefusedError("unsupported_grant_type")

    def revoke(self, form: dict[str, str], authorization: str) -> Answer:
        """Serve POST /connect/revocation: the login's tokens and its connections go."""
        try:
            client_of(form, authorization)
        except TokenRefusedError as error:
            return json_answer(error.shape, 400)
        grant = self._refresh.get(form.get("token", ""))
        if grant is not None:
            self._refresh = {one: kept for one, kept in self._refresh.items() if kept.client_id != grant.client_id}
            self._access = {
                one: kept for one, kept in self._access.items() if kept.machine or kept.client_id != grant.client_id
            }
            self.connected = False
            for other in self.others:
                other.is_live = False
        return Answer(200, "", "")

    def connections(self, grant: Grant, event_id: str | None) -> Answer:
        """Serve GET /connections: an array without an envelope."""
        if event_id and event_id != grant.event_id:
            return json_answer([])
        return json_answer([_shown(one, grant) for one in self._reached(grant)])

    def disconnect(self, connection_id: str, grant: Grant) -> Answer:
        """Serve DELETE /connections/{id}."""
        found = next((one for one in self._reached(grant) if one.id == connection_id), None)
        if found is None:
            raise NotFoundError
        if grant.machine:
            self.machine_connected = False
        elif found.books is self.books:
            self.connected = False
        else:
            found.is_live = False
        return Answer(204, "", "")

    def login(self, authorization: str) -> Grant:
        """Tell who calls.

        Raises:
            UnauthorisedError: no token, one that Xero never gave, or one that has run out.
        """
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise UnauthorisedError("AuthenticationUnsuccessful")
        grant = self._access.get(token)
        if grant is None or grant.expires_at is None:
            raise UnauthorisedError("TokenInvalidSignature")
        if self.books.clock() >= grant.expires_at:
            raise UnauthorisedError(expired_text(grant.expires_at))
        return grant

    def books_of(self, grant: Grant, tenant_id: str) -> Books:
        """Give the organisation that is called; a machine reaches one, and need not name it.

        Raises:
            ForbiddenError: this login is not connected to it, or none is named.
        """
        for one in self._reached(grant):
            if one.tenant_id.lower() == tenant_id.lower() or (grant.machine and not tenant_id):
                return one.books
        raise ForbiddenError

    def _reached(self, grant: Grant) -> list[Connection]:
        own = Connection(self.books, self._connection_id)
        if grant.machine:
            return [own] if self.machine_connected else []
        return [*([own] if self.connected else []), *(one for one in self.others if one.is_live)]

    def connect(self, books: Books) -> None:
        """Let people's logins reach one more organisation."""
        self.others.append(Connection(books))

    def _knows(self, scope: str) -> bool:
        return bool(_SCOPE.match(scope) or (not self.granular_only and _BROAD.match(scope)))

    def _machine(self, client_id: str, form: dict[str, str], *, proven: bool) -> Record:
        if not proven:
            raise TokenRefusedError("invalid_client")
        scopes = tuple(form.get("scope", "").split()) or MACHINE_SCOPES
        if not all(self._knows(one) for one in scopes):
            raise TokenRefusedError("invalid_scope", "Client credentials scope validation failed")
        grant = Grant(client_id, scopes, machine=True, pkce=False, event_id=str(uuid.uuid4()), made_at=self._now())
        return self._issue(grant)

    def _exchange(self, client_id: str, form: dict[str, str], *, proven: bool) -> Record:
        """Trade a code, once and within five minutes, for tokens."""
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.client_id != client_id or self._now() - grant.made_at >= CODE_LIFE:
            raise TokenRefusedError("invalid_grant")
        if form.get("redirect_uri") != grant.redirect_uri:
            raise TokenRefusedError("invalid_grant")
        if not grant.pkce and not proven:
            raise TokenRefusedError("invalid_client")
        verifier = form.get("code_verifier", "")
        if grant.pkce and (not 43 <= len(verifier) <= 128 or challenge_of(verifier) != grant.challenge):
            raise TokenRefusedError("invalid_grant")
        return self._issue(grant)

    def _renew(self, client_id: str, form: dict[str, str], *, proven: bool) -> Record:
        """Rotate a refresh token; the one before it still works for half an hour, so that a lost answer is no loss."""
        token = form.get("refresh_token", "")
        grant = self._refresh.get(token)
        now = self._now()
        if grant is None or grant.client_id != client_id or now - grant.made_at >= REFRESH_LIFE:
            raise TokenRefusedError("invalid_grant")
        if grant.rotated_at is not None and now - grant.rotated_at >= GRACE:
            raise TokenRefusedError("invalid_grant")
        if not grant.pkce and not proven:
            raise TokenRefusedError("invalid_client")
        self._refresh[token] = replace(grant, rotated_at=grant.rotated_at or now)
        return self._issue(replace(grant, rotated_at=None))

    def _issue(self, grant: Grant) -> Record:
        now = self._now()
        access = replace(grant, expires_at=now + ACCESS_LIFE)
        claims = {
            "exp": int((now + ACCESS_LIFE).timestamp()),
            "nbf": int(now.timestamp()),
            "client_id": grant.client_id,
            "scope": list(grant.scopes),
            "authentication_event_id": grant.event_id,
            "xero_userid": str(uuid.uuid5(uuid.NAMESPACE_URL, "vtxero-sandbox-user")),
            "jti": secrets.token_hex(8),
        }
        token = readable_token(claims)
        self._access[token] = access
        answer: Record = {
            "access_token": token,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "offline_access" in grant.scopes:
            answer["refresh_token"] = secrets.token_urlsafe(32)
            self._refresh[answer["refresh_token"]] = replace(grant, made_at=now)
        if "openid" in grant.scopes:
            answer["id_token"] = readable_token({**claims, **PERSON, "aud": grant.client_id})
        return answer

    def _now(self) -> datetime:
        return self.books.clock()


def _shown(connection: Connection, grant: Grant) -> Record:
    when = "2026-03-02T00:00:00.0000000"
    return {
        "id": connection.id,
        "authEventId": grant.event_id,
        "tenantId": connection.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": str(connection.books.organisation["Name"]),
        "createdDateUtc": when,
        "updatedDateUtc": when,
    }


def _redirect(uri: str, query: dict[str, str]) -> Answer:
    separator = "&" if urlsplit(uri).query else "?"
    return Answer(302, "", "", {"Location": f"{uri}{separator}{urlencode(query)}"})
