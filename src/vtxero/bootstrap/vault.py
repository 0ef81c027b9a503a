"""The secrets of one profile: what the config and the environment hold, then what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from vtxero.config.lock import token_lock
from vtxero.config.placed import PlacedSecret
from vtxero.config.secrets import (
    KeptToken,
    KeyringUnavailableError,
    SecretStore,
    open_store,
    vtiger_key_name,
    xero_secret_name,
    xero_token_name,
)
from vtxero.config.settings import Settings
from vtxero.config.staging import StagedStore
from vtxero.errors import AuthError
from vtxero.xero.tokens import TextTokenKeeper, Token, decode_token

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Held:
    """A secret and where it lies."""

    secret: SecretStr
    place: str
    is_stored: bool


@dataclass(slots=True)
class Vault:
    """Reads, keeps and forgets secrets.

    `origins` tells where each option comes from; `warn` says what is odd about the place; `learn` is told every secret
    that passes, so that no output can hold it. `staged` is a place that keeps nothing yet, for logins that are tried.
    """

    settings: Settings
    origins: Mapping[str, str]
    warn: Callable[[str], None]
    learn: Callable[[str], None]
    staged: StagedStore | None = None
    _store: SecretStore | None = field(default=None, init=False)

    @property
    def place(self) -> str:
        """Where logins are stored."""
        return self._opened().place

    def vtiger_key(self) -> Held | None:
        """Find Vtiger's access key."""
        return self._held(self.settings.vtiger.access_key, "vtiger.access_key", vtiger_key_name(self.settings))

    def xero_secret(self) -> Held | None:
        """Find the secret of the Xero app."""
        return self._held(self.settings.xero.client_secret, "xero.client_secret", xero_secret_name(self.settings))

    def keep_vtiger_key(self, key: SecretStr) -> None:
        """Store Vtiger's access key."""
        self._asked(lambda: self._opened().set(vtiger_key_name(self.settings), key.get_secret_value()))

    def keep_xero_secret(self, secret: SecretStr) -> None:
        """Store the secret of the Xero app."""
        self._asked(lambda: self._opened().set(xero_secret_name(self.settings), secret.get_secret_value()))

    def token_keeper(self) -> TextTokenKeeper:
        """Open the place of Xero's token; what is loaded and saved there is told to `learn`."""
        keeper = KeptToken(self._opened(), xero_token_name(self.settings), self.settings.token_lock_file)

        def load() -> str | None:
            text = keeper.load_text()
            if text:
                self.learn_token(decode_token(text))
            return text

        def save(text: str) -> None:
            self.learn_token(decode_token(text))
            keeper.save_text(text)

        # What is only tried is nobody else's: no lock, whose file would stay behind.
        return TextTokenKeeper(load, save, nullcontext if self.staged else keeper.lock)

    def complete(self) -> Settings:
        """Give the settings with the secrets that are known; what the flow does not need is left out."""
        settings, key, secret = self.settings, self.vtiger_key(), None
        if settings.xero.flow != "pkce":
            secret = self.xero_secret()
        vtiger = settings.vtiger.model_copy(update={"access_key": key.secret if key else None})
        xero = settings.xero.model_copy(update={"client_secret": secret.secret if secret else None})
        return settings.model_copy(update={"vtiger": vtiger, "xero": xero})

    def learn_token(self, token: Token) -> None:
        """Never show these."""
        for secret in (token.access, token.refresh, token.previous):
            if secret is not None:
                self.learn(secret.get_secret_value())

    def forget(self) -> tuple[str, ...]:
        """Delete what is stored, and name it."""
        names = {
            "Vtiger's access key": vtiger_key_name(self.settings),
            "Xero's token": xero_token_name(self.settings),
            "Xero's client secret": xero_secret_name(self.settings),
        }
        store = self._opened()
        with token_lock(self.settings.token_lock_file):
            return tuple(said for said, name in names.items() if self._asked(partial(_remove, store, name)))

    def _held(self, given: SecretStr | None, option: str, name: str) -> Held | None:
        if given is not None:
            self.learn(given.get_secret_value())
            return Held(given, self.origins.get(option, "the config"), is_stored=False)
        store = self._opened()
        text = self._asked(lambda: store.get(name))
        if not text:
            return None
        self.learn(text)
        return Held(PlacedSecret(text, store.place, is_stored=True), store.place, is_stored=True)

    def _opened(self) -> SecretStore:
        if self._store is None:
            self._store = self.staged or open_store(self.settings, self.warn)
        return self._store

    @staticmethod
    def _asked(do: Callable[[], T]) -> T:
        try:
            return do()
        except KeyringUnavailableError as error:
            raise AuthError(
                f"The keyring stopped answering: {error}.",
                remedy="Unlock it and run again, or set `logins: file` in the config.",
            ) from error


def _remove(store: SecretStore, name: str) -> bool:
    was_there = store.get(name) is not None
    store.delete(name)
    return was_there
