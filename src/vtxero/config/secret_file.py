"""Secrets in a file that only its owner can read, for machines without a keyring."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path

from vtxero.config.files import private_folder, write_private
from vtxero.config.lock import token_lock
from vtxero.config.redact import never_show
from vtxero.errors import AuthError, ConfigError


class FileStore:
    """A JSON file of mode 0600 in a folder of mode 0700."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.place = str(path)

    @property
    def is_there(self) -> bool:
        """Whether logins were kept here before, or are in a folder that is closed to us: then reading says so."""
        try:
            return self.path.exists()
        except PermissionError:
            return True

    def get(self, name: str) -> str | None:
        """Read from the file."""
        found = self._read().get(name)
        never_show(found or "")
        return found

    def set(self, name: str, text: str) -> None:
        """Write the file anew."""
        never_show(text)
        with self._alone():
            self._write(self._read() | {name: text})

    def delete(self, name: str) -> None:
        """Write the file without it."""
        with self._alone():
            kept = self._read()
            if kept.pop(name, None) is not None:
                self._write(kept)

    def _alone(self) -> AbstractContextManager[object]:
        return token_lock(self.path.with_suffix(".lock"))

    def _write(self, values: dict[str, str]) -> None:
        private_folder(self.path.parent)
        try:
            write_private(self.path, json.dumps(values, indent=1))
        except OSError as error:
            raise ConfigError(
                f"The login cannot be saved in {self.path}: {error.strerror}.", remedy="Make room there, then log in."
            ) from error

    def _read(self) -> dict[str, str]:
        try:
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)
            values = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(
                f"The logins in {self.path} cannot be read: {error.strerror}.",
                remedy="Make that file readable for you, or remove it and log in again.",
            ) from error
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise AuthError(f"The logins in {self.path} are damaged.", remedy="Remove that file and log in again.")
        return values
