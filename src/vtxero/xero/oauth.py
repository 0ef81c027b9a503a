"""Xero's login server, by httpx. The SDK can neither do PKCE nor name scopes, and takes no lock: it has no part."""

from __future__ import annotations

import base64
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from vtxero.domain.closing import Closing
from vtxero.domain.network import fault_in_words, is_untrusted
from vtxero.errors import AuthError, NotModelledError, SecretRefusedError, TemporaryError, VtxeroError
from vtxero.sync.budget import CallBudget
from vtxero.sync.ports import Clock
from vtxero.xero.access import (
    API_OPTION,
    IDENTITY_OPTION,
    Grant,
    XeroAccess,
    is_local,
    is_own,
    no_xero,
    when_silent,
    when_untrusted,
)
from vtxero.xero.login import LoginAttempt
from vtxero.xero.tokens import LOG_IN, LoginExpiredError, Token

LOGGER = logging.getLogger("vtxero.xero")
TRIES = 3
PAUSE_SECONDS = 2.0
PROXY = "the proxy of this network let nothing through"
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
SERVER_FAULT = 500
LIFETIME = 1800
"""Seconds that an access token lasts where its answer does not say."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An organisation that a login reaches. `kind` is ORGANISATION for those that have books."""

    id: str
    tenant_id: str
    kind: str
    name: str


def _one_text(scopes: object) -> object:
    """Join scopes that come as a list."""
    return " ".join(map(str, scopes)) if isinstance(scopes, list) else scopes


class _TokenAnswer(BaseModel):
    """The token endpoint's answer (developer.xero.com/documentation/guides/oauth2/auth-flow)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr
    expires_in: Annotated[int, BeforeValidator(lambda told: LIFETIME if told is None else told)] = LIFETIME
    refresh_token: SecretStr | None = None
    scope: Annotated[str | None, BeforeValidator(_one_text)] = ""
    id_token: SecretStr | None = None


class _Claims(BaseModel):
    """What an id_token says of the person (scopes `profile` and `email`)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    given_name: str = ""
    family_name: str = ""
    email: str = ""

    @property
    def who(self) -> str:
        """The person in one line."""
        name = f"{self.given_name} {self.family_name}".strip()
        return f"{name} <{self.email}>" if name and self.email else name or self.email


class _ErrorAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    error: str = ""
    error_description: str | None = ""


class _ConnectionAnswer(BaseModel):
    """One element of GET /connections, which has no envelope."""

    model_config = ConfigDict(extra="ignore")

    id: str | None = ""
    tenant_id: str = Field(alias="tenantId")
    kind: str | None = Field("ORGANISATION", alias="tenantType")
    name: str | None = Field("", alias="tenantName")


class XeroOAuth(Closing):
    """One app at Xero's login server. Safe to use from several threads; close it, or use it as a context manager."""

    def __init__(
        self,
        access: XeroAccess,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        budget: CallBudget | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self.access = access
        self.calls = 0
        self._budget = budget or CallBudget()
        self._clock = clock
        self._sleep = sleep
        self._http = http or _http_client(access.identity_url)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    @property
    def needs_login(self) -> bool:
        """Whether a person has to log in by browser first."""
        return self.access.grant is not Grant.CLIENT_CREDENTIALS

    def client_credentials(self) -> Token:
        """Ask for a token of a Custom Connection; it lasts 30 minutes and is asked for again.

        Raises:
            AuthError: client id, secret or scopes are not accepted.
            TemporaryError: the login server cannot be reached.
        """
        form = {"grant_type": "client_credentials", "scope": " ".join(self.access.wanted_scopes)}
        return self._token(form, tries=TRIES)

    def exchange(self, attempt: LoginAttempt, code: str) -> Token:
        """Change a login's code into tokens. A code is good for one use, so this is sent once.

        Raises:
            AuthError: the code or the app is not accepted.
            TemporaryError: no answer came; the login has to be started again.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.access.redirect_uri}
        if attempt.verifier:
            form["code_verifier"] = attempt.verifier
        return self._token(form, tries=1)

    def refresh(self, refresh_token: SecretStr) -> Token:
        """Change a refresh token into a new pair; after a lost answer Xero takes the same one again for 30 minutes.

        Raises:
            AuthError: the login has expired or was revoked.
            TemporaryError: the login server cannot be reached.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
        return self._token(form, tries=TRIES)

    def revoke(self, token: Token) -> None:
        """End a login and every connection it made. A token of client credentials has nothing to revoke.

        Raises:
            AuthError: the app is not accepted.
            TemporaryError: the login server cannot be reached.
        """
        if token.refresh is not None:
            self._post(self.access.revoke_url, {"token": token.refresh.get_secret_value()}, tries=TRIES)

    def connections(self, bearer: str) -> list[Connection]:
        """List the organisations that a bearer reaches; practices and other kinds are left out.

        Raises:
            AuthError: the bearer is not accepted.
            TemporaryError: Xero cannot be reached.
        """
        url = self.access.connections_url
        answer = self._send("GET", url, tries=TRIES, headers={"Authorization": f"Bearer {bearer}"})
        try:
            found = TypeAdapter(list[_ConnectionAnswer]).validate_json(answer.content)
        except ValidationError:
            raise self._unread(url, answer, "Xero's list of connections has an unknown form.") from None
        listed = [
            Connection(item.id or "", item.tenant_id, item.kind or "ORGANISATION", item.name or "") for item in found
        ]
        return [item for item in listed if item.kind.upper() == "ORGANISATION"]

    def _token(self, form: dict[str, str], *, tries: int) -> Token:
        asked_at = self._clock.now()
        answer = self._post(self.access.token_url, form, tries=tries)
        try:
            told = _TokenAnswer.model_validate_json(answer.content)
        except ValidationError:
            raise self._unread(self.access.token_url, answer, "Xero's token answer has an unknown form.") from None
        return Token(
            told.access_token,
            asked_at + timedelta(seconds=told.expires_in),
            told.refresh_token,
            scopes=tuple((told.scope or "").split()),
            tenant_id=self.access.tenant_id,
            who=_person(told.id_token),
        )

    def _post(self, url: str, form: dict[str, str], *, tries: int) -> httpx.Response:
        if self.access.grant is Grant.PKCE:
            return self._send("POST", url, tries=tries, form=form | {"client_id": self.access.client_id})
        return self._send("POST", url, tries=tries, form=form, auth=(self.access.client_id, self.access.secret))

    def _send(
        self,
        method: str,
        url: str,
        *,
        tries: int,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> httpx.Response:
        """Send until an answer comes that is not a passing fault."""
        told = ""
        for turn in range(tries):
            if turn:
                self._sleep(PAUSE_SECONDS * turn)
            self._budget.take()
            self.calls += 1
            try:
                answer = self._http.request(method, url, data=form, headers=headers, auth=auth)
            except httpx.HTTPError as error:
                by_proxy = isinstance(error, httpx.ProxyError)
                told = PROXY if by_proxy else fault_in_words(error, otherwise="the connection broke")
                LOGGER.debug("%s %s failed: %s", method, httpx.URL(url).path, told)
                continue
            LOGGER.debug("%s %s %s", method, httpx.URL(url).path, answer.status_code)
            if answer.is_success:
                return answer
            if answer.status_code < SERVER_FAULT and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                raise self._refused(url, answer)
            told = f"HTTP {answer.status_code}"
            if answer.status_code == httpx.codes.NOT_IMPLEMENTED:
                break
        address, option = self._asked(url)
        if told == "HTTP 501" and not is_own(address):
            raise no_xero(address, option, f"{method} {httpx.URL(url).path}", told)
        advice = when_untrusted if is_untrusted(told) else when_silent
        raise TemporaryError(f"{_called(option)} at {address} did not answer ({told}).", remedy=advice(address, option))

    def _unread(self, url: str, answer: httpx.Response, text: str) -> VtxeroError:
        """Say what an answer is that cannot be read: a page is no answer of Xero's."""
        address, option = self._asked(url)
        if not answer.content.lstrip().startswith(b"<"):
            return NotModelledError(text)
        if is_own(address):
            said = f"Something between here and Xero answered in the place of {address}, with a page."
            return TemporaryError(said, remedy="Look at the proxy or firewall of this network, then run again.")
        return no_xero(address, option, f"{answer.request.method} {answer.request.url.path}", "a page")

    def _asked(self, url: str) -> tuple[str, str]:
        """Give the address that a request went to, and the option that holds it."""
        if url == self.access.connections_url:
            return self.access.api_url, API_OPTION
        return self.access.identity_url, IDENTITY_OPTION

    def _refused(self, url: str, answer: httpx.Response) -> VtxeroError:
        """Say what a refusal means; what no login server says comes from something else at a mistyped address."""
        address, option = self._asked(url)
        error = _refusal(answer)
        if isinstance(error, NotModelledError) and not is_own(address):
            asked = f"{answer.request.method} {answer.request.url.path}"
            return no_xero(address, option, asked, f"HTTP {answer.status_code}")
        return error


def _http_client(address: str) -> httpx.Client:
    # Nobody is trusted where nothing is encrypted: reading all authorities takes longer than a call.
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if address.lower().startswith("http://") else True
    headers = {"Accept": "application/json"}
    return httpx.Client(timeout=TIMEOUT, headers=headers, verify=verify, trust_env=not is_local(address))


def _called(option: str) -> str:
    return "Xero" if option == API_OPTION else "Xero's login server"


def _person(id_token: SecretStr | None) -> str:
    """Read who logged in; the token came from the login server itself, so nothing depends on its signature."""
    if id_token is None:
        return ""
    payload = id_token.get_secret_value().split(".")[1:2]
    try:
        return _Claims.model_validate_json(base64.urlsafe_b64decode((payload or [""])[0] + "===")).who
    except (ValueError, ValidationError):
        return ""


def _refusal(answer: httpx.Response) -> VtxeroError:
    """Say what the login server's `error` means (RFC 6749 §5.2, and Xero's own texts)."""
    try:
        told = _ErrorAnswer.model_validate_json(answer.content)
    except ValidationError:
        told = _ErrorAnswer()
    words = told.error_description or told.error or f"HTTP {answer.status_code}"
    match told.error:
        case "invalid_grant":
            return LoginExpiredError("The login has expired or was revoked.", remedy=LOG_IN)
        case "invalid_client":
            return SecretRefusedError(
                f"Xero does not accept the client id or the client secret ({words}).",
                service="xero",
                secret="client secret",  # noqa: S106 - its name
                first="Compare xero.client_id in the config with the app's page at developer.xero.com.",
            )
        case "invalid_scope" | "unauthorized_client":
            return AuthError(
                f"Xero does not grant this app the scopes that vtxero needs ({words}).",
                remedy="Give the app the accounting scopes at developer.xero.com, then run `vtxero auth xero`.",
            )
    if answer.status_code in {401, 403}:
        return AuthError(f"Xero did not accept the login ({words}).", remedy=LOG_IN)
    return NotModelledError(f"Xero's login server answered {answer.status_code}: {words}")
