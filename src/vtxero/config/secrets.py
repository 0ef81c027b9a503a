"""Where logins rest: the keyring of the operating system, else a file that only its owner can read.

Values from the environment or the config win over what is stored here. Everything is stored under names that hold the
address and the user or app it is for, so that another config never picks up a foreign login.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr

from vtxero.config.keyring_store import KeyringStore, KeyringUnavailableError
from vtxero.config.lock import token_lock
from vtxero.config.placed import PlacedSecret
from vtxero.config.secret_file import FileStore
from vtxero.config.settings import Settings
from vtxero.errors import AuthError

Warn = Callable[[str], None]


class SecretStore(Protocol):
    """A place for secrets."""

    @property
    def place(self) -> str:
        """The place's name, for messages."""
        ...

    def get(self, name: str) -> str | None:
        """Give a secret, None when it is not there."""
        ...

    def set(self, name: str, text: str) -> None:
        """Keep a secret; on return it survives a crash."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret; one that is not there is fine."""
        ...


def open_store(settings: Settings, warn: Warn) -> SecretStore:
    """Choose the place for secrets.

    A file that exists is used even if a keyring has come up since: two places would end up with two different logins.

    Raises:
        AuthError: the config asks for the keyring, and there is none that answers.
    """
    file = FileStore(settings.secrets_file)
    if settings.logins == "file" or (settings.logins == "auto" and file.is_there):
        return file
    ring = KeyringStore(settings.profile)
    try:
        ring.probe()
    except KeyringUnavailableError as error:
        if settings.logins == "keyring":
            raise AuthError(
                f"The keyring cannot be used: {error}.",
                remedy="Unlock it, set logins: file in the config, or give secrets by VTXERO_* variables.",
            ) from error
        warn(
            f"No keyring can be used ({error}): the place for logins is {file.path}, readable by you only."
            " On a server that is usual: `logins: file` in the config says so. On a desktop, unlock or install a"
            " keyring and log in anew, if you would rather have them there."
        )
        return file
    return ring


def vtiger_key_name(settings: Settings) -> str:
    """The name under which the access key is kept."""
    return f"vtiger.access_key {settings.vtiger.username} {settings.vtiger.url}"


def xero_secret_name(settings: Settings) -> str:
    """The name under which the app's secret is kept."""
    return f"xero.client_secret {settings.xero.client_id}"


def xero_token_name(settings: Settings) -> str:
    """The name under which Xero's token is kept."""
    return f"xero.token {settings.xero.client_id}"


def with_secrets(settings: Settings, warn: Warn, *, only_xero: bool = False) -> Settings:
    """Fill in, from the place for secrets, what environment and config do not hold; with `only_xero` Xero's alone.

    Raises:
        AuthError: a secret that is needed is nowhere.
    """
    wants_secret = settings.xero.flow != "pkce" and settings.xero.client_secret is None
    wants_key = settings.vtiger.access_key is None and not only_xero
    if not (wants_key or wants_secret):
        return settings
    store = open_store(settings, warn)
    vtiger, xero = settings.vtiger, settings.xero
    if wants_key:
        vtiger = vtiger.model_copy(update={"access_key": _found(store, vtiger_key_name(settings), no_key(settings))})
    if wants_secret:
        xero = xero.model_copy(update={"client_secret": _found(store, xero_secret_name(settings), no_secret(settings))})
    return settings.model_copy(update={"vtiger": vtiger, "xero": xero})


def no_key(settings: Settings) -> AuthError:
    """Say that Vtiger's access key is nowhere: for whom, for a mistyped user or address is as likely."""
    chosen = settings.vtiger
    return AuthError(
        f"The access key of the user {chosen.username!r} of the Vtiger at {chosen.url} is not known: it is neither in "
        "the environment nor in the config, nor was it given with `vtxero auth vtiger`.",
        remedy="Check vtiger.username and vtiger.url in the config: a key is kept for that user there only. If both "
        "are right, run `vtxero auth vtiger`, or set the variable VTXERO_VTIGER_ACCESS_KEY.",
    )


def no_secret(settings: Settings) -> AuthError:
    """Say the same of the secret of the Xero app."""
    return AuthError(
        f"The client secret of the Xero app {settings.xero.client_id!r} is not known: it is neither in the "
        "environment nor in the config, nor was it given with `vtxero auth xero`.",
        remedy="Check xero.client_id in the config: a secret is kept for that app only. If it is right, run "
        "`vtxero auth xero`, or set the variable VTXERO_XERO_CLIENT_SECRET.",
    )


def _found(store: SecretStore, name: str, missing: AuthError) -> SecretStr:
    text = _get(store, name)
    if not text:
        raise missing
    return PlacedSecret(text, store.place, is_stored=True)


def _get(store: SecretStore, name: str) -> str | None:
    try:
        return store.get(name)
    except KeyringUnavailableError as error:
        raise AuthError(f"The keyring stopped answering: {error}.", remedy="Unlock it and run again.") from error


class KeptToken:
    """Xero's token, as text, in the place for secrets; renewing is locked by a file, across processes."""

    def __init__(self, store: SecretStore, name: str, lock_file: Path) -> None:
        self._store = store
        self._name = name
        self._lock_file = lock_file

    def load_text(self) -> str | None:
        """Give the token, None when nobody has logged in.

        Raises:
            AuthError: the keyring stopped answering.
        """
        return _get(self._store, self._name)

    def save_text(self, text: str) -> None:
        """Keep the token; on return it survives a crash.

        Raises:
            AuthError: the keyring refuses it.
        """
        try:
            self._store.set(self._name, text)
        except KeyringUnavailableError as error:
            raise AuthError(
                f"The keyring did not take the new login: {error}.", remedy="Set logins: file, then log in again."
            ) from error

    def lock(self) -> AbstractContextManager[Any]:
        """Hold the right to renew the token."""
        return token_lock(self._lock_file)


def open_token_keeper(settings: Settings, warn: Warn) -> KeptToken:
    """Open the place of Xero's token."""
    return KeptToken(open_store(settings, warn), xero_token_name(settings), settings.token_lock_file)


__all__ = [
    "FileStore",
    "KeptToken",
    "KeyringStore",
    "KeyringUnavailableError",
    "SecretStore",
    "no_key",
    "no_secret",
    "open_store",
    "open_token_keeper",
    "vtiger_key_name",
    "with_secrets",
    "xero_secret_name",
    "xero_token_name",
]
