"""Secrets in the keyring of the operating system."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from vtxero.config.redact import never_show
from vtxero.config.settings import APP

KEYRING_SECONDS = 3.0
LOWEST_PRIORITY = 1
"""Backends below it keep secrets in plain text, or nothing at all."""

T = TypeVar("T")


class KeyringUnavailableError(Exception):
    """There is no keyring, it is locked, or it does not answer."""


class KeyringStore:
    """The operating system's keyring. Each call is given up after three seconds: without a desktop, some never answer.

    Raises on every method:
        KeyringUnavailableError: there is no keyring that answers.
    """

    def __init__(self, profile: str, *, timeout: float = KEYRING_SECONDS) -> None:
        self.service = f"{APP}:{profile}"
        self.place = "the keyring"
        self._timeout = timeout

    def probe(self) -> None:
        """Ask whether there is a keyring worth the name."""

        def look() -> float:
            import keyring  # noqa: PLC0415 - slow to import, and most runs need none

            return float(keyring.get_keyring().priority)

        if self._within_time(look) < LOWEST_PRIORITY:
            raise KeyringUnavailableError("no keyring is set up")
        self.get("probe")

    def get(self, name: str) -> str | None:
        """Read from the keyring."""
        found: str | None = self._within_time(lambda: _keyring().get_password(self.service, name))
        never_show(found or "")
        return found

    def set(self, name: str, text: str) -> None:
        """Write to the keyring."""
        never_show(text)
        self._within_time(lambda: _keyring().set_password(self.service, name, text))

    def delete(self, name: str) -> None:
        """Remove from the keyring."""
        if self.get(name) is not None:
            self._within_time(lambda: _keyring().delete_password(self.service, name))

    def _within_time(self, ask: Callable[[], T]) -> T:
        answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put((ask(), None))
            except Exception as error:  # noqa: BLE001 - backends raise anything; all of it means: not usable
                answers.put((None, error))

        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            value, error = answers.get(timeout=self._timeout)
        except queue.Empty:
            raise KeyringUnavailableError(f"it did not answer within {self._timeout:g} seconds") from None
        if error is not None:
            raise KeyringUnavailableError(type(error).__name__) from error
        return value  # type: ignore[return-value]


def _keyring() -> Any:
    import keyring  # noqa: PLC0415 - slow to import, and most runs need none

    return keyring
