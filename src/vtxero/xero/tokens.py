"""Tokens: kept elsewhere, renewed here, one process at a time, saved before they are used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, SecretStr, ValidationError

from vtxero.errors import AuthError
from vtxero.sync.ports import Clock

MARGIN = timedelta(seconds=60)
LOG_IN = "Log in with `vtxero auth xero`."


@dataclass(frozen=True, slots=True)
class Token:
    """What a login gave. `previous` is the refresh token before `refresh`: Xero takes it for 30 minutes more."""

    access: SecretStr
    expires_at: datetime
    refresh: SecretStr | None = None
    previous: SecretStr | None = None
    scopes: tuple[str, ...] = ()
    tenant_id: str = ""
    who: str = ""
    """The person who logged in, as Xero names them; blank where it does not say."""

    def is_live(self, now: datetime) -> bool:
        """Tell whether the access token lasts for another minute."""
        return self.expires_at - now >= MARGIN


class _Stored(BaseModel):
    """A token as text in the keyring, the secrets file or the environment."""

    model_config = ConfigDict(extra="ignore")

    access: str
    expires_at: AwareDatetime
    refresh: str = ""
    previous: str = ""
    scopes: tuple[str, ...] = ()
    tenant_id: str = ""
    who: str = ""


def encode_token(token: Token) -> str:
    """Write a token as JSON, secrets in the clear: for the place where secrets are kept, and nowhere else."""
    stored = _Stored(
        access=token.access.get_secret_value(),
        expires_at=token.expires_at,
        refresh=_clear(token.refresh),
        previous=_clear(token.previous),
        scopes=token.scopes,
        tenant_id=token.tenant_id,
        who=token.who,
    )
    return stored.model_dump_json()


def decode_token(text: str) -> Token:
    """Read what `encode_token` wrote.

    Raises:
        AuthError: the text is damaged; it is never quoted.
    """
    try:
        stored = _Stored.model_validate_json(text)
    except ValidationError:
        raise AuthError("The stored Xero login cannot be read.", remedy=LOG_IN) from None
    return Token(
        SecretStr(stored.access),
        stored.expires_at,
        SecretStr(stored.refresh) if stored.refresh else None,
        SecretStr(stored.previous) if stored.previous else None,
        stored.scopes,
        stored.tenant_id,
        stored.who,
    )


class TokenKeeper(Protocol):
    """Where the token rests between runs. `lock` keeps other processes from renewing at the same time."""

    def load(self) -> Token | None:
        """Give the token as it is stored now, None when nobody has logged in."""
        ...

    def save(self, token: Token) -> None:
        """Store a token; on return it survives a crash."""
        ...

    def lock(self) -> AbstractContextManager[object]:
        """Hold the right to renew."""
        ...


class TextTokenKeeper:
    """A keeper over any place that stores one text: the keyring, a file of mode 0600."""

    def __init__(
        self,
        load: Callable[[], str | None],
        save: Callable[[str], None],
        lock: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._load = load
        self._save = save
        self.lock = lock

    def load(self) -> Token | None:
        """Read the stored text, None when there is none."""
        text = self._load()
        return decode_token(text) if text else None

    def save(self, token: Token) -> None:
        """Store the token as text."""
        self._save(encode_token(token))


class MemoryTokenKeeper:
    """A keeper for one process: tests, and client credentials, which can be asked for again."""

    def __init__(self, token: Token | None = None) -> None:
        self.token = token
        self._lock = threading.Lock()

    def load(self) -> Token | None:
        """Give the token."""
        return self.token

    def save(self, token: Token) -> None:
        """Keep the token."""
        self.token = token

    def lock(self) -> AbstractContextManager[object]:
        """Keep other threads out; there is no other process."""
        return self._lock


class Grants(Protocol):
    """What a token source asks of the login server; see `oauth.XeroOAuth`."""

    @property
    def calls(self) -> int:
        """Requests sent so far."""
        ...

    @property
    def needs_login(self) -> bool:
        """Whether a person has to log in first."""
        ...

    def client_credentials(self) -> Token:
        """Ask for a token of a Custom Connection."""
        ...

    def refresh(self, refresh_token: SecretStr) -> Token:
        """Change a refresh token into a new pair."""
        ...


class LoginExpiredError(AuthError):
    """The login server no longer takes this refresh token or code (`invalid_grant`)."""


class TokenSource:
    """Gives a live bearer to any thread.

    Refresh tokens rotate and are good for one use: the keeper is locked and read again before one is spent, and the new
    one is stored before it is used.
    """

    def __init__(self, keeper: TokenKeeper, oauth: Grants, clock: Clock) -> None:
        self._keeper = keeper
        self._oauth = oauth
        self._clock = clock
        self._token: Token | None = None
        self._mutex = threading.Lock()

    @property
    def calls(self) -> int:
        """Requests sent to the login server."""
        return self._oauth.calls

    @property
    def tenant_id(self) -> str:
        """The organisation chosen at the login, blank before the first bearer or when none was chosen."""
        return self._token.tenant_id if self._token else ""

    def bearer(self) -> str:
        """Give an access token that lasts for another minute.

        Raises:
            AuthError: nobody has logged in, or the login has expired or was revoked.
            TemporaryError: the login server cannot be reached.
        """
        with self._mutex:
            token = self._token
            if token is None or not token.is_live(self._clock.now()):
                token = self._renew(rejected="")
            return token.access.get_secret_value()

    def renew(self, rejected: str) -> str:
        """Give another access token than the one that Xero has just refused.

        Raises:
            AuthError: as `bearer`.
            TemporaryError: as `bearer`.
        """
        with self._mutex:
            return self._renew(rejected=rejected).access.get_secret_value()

    def _renew(self, *, rejected: str) -> Token:
        with self._keeper.lock():
            stored = self._keeper.load()
            if stored and stored.is_live(self._clock.now()) and stored.access.get_secret_value() != rejected:
                self._token = stored
                return stored
            fresh = self._ask(stored)
            self._keeper.save(fresh)
            self._token = fresh
            return fresh

    def _ask(self, stored: Token | None) -> Token:
        if not self._oauth.needs_login:
            fresh = self._oauth.client_credentials()
            return replace(fresh, tenant_id=stored.tenant_id) if stored else fresh
        if stored is None:
            raise AuthError("Nobody has logged in to Xero yet.", remedy=LOG_IN)
        if stored.refresh is None:
            raise AuthError(
                "The Xero login cannot be renewed: it was made without the scope offline_access.", remedy=LOG_IN
            )
        return self._spend(stored, stored.refresh)

    def _spend(self, stored: Token, refresh: SecretStr) -> Token:
        """Spend the refresh token, or the one before it, which counts for 30 minutes when an answer was lost."""
        spent = refresh
        try:
            fresh = self._oauth.refresh(spent)
        except LoginExpiredError:
            if stored.previous is None:
                raise
            spent = stored.previous
            fresh = self._oauth.refresh(spent)
        return replace(
            fresh,
            refresh=fresh.refresh or spent,
            previous=spent,
            scopes=fresh.scopes or stored.scopes,
            tenant_id=stored.tenant_id,
            who=fresh.who or stored.who,
        )


def _clear(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
