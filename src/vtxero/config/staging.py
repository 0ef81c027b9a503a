"""Secrets that are tried before they are kept: until then nothing is written, however the process ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtxero.config.secrets import SecretStore


class StagedStore:
    """Lies over a place for secrets: reads through it, and holds in memory what is set.

    `staged` is the memory, which may outlive this: another draft of the settings has another place. `opened` gives that
    place; where nothing has to be read or kept, nobody asks for it, and nothing is said of it.
    """

    def __init__(self, opened: Callable[[], SecretStore], staged: dict[str, str]) -> None:
        self._opened = opened
        self._staged = staged
        self._place: SecretStore | None = None

    @property
    def _under(self) -> SecretStore:
        if self._place is None:
            self._place = self._opened()
        return self._place

    @property
    def place(self) -> str:
        """Where they will be kept."""
        return self._under.place

    def get(self, name: str) -> str | None:
        """Give what was set here, else what is kept."""
        return self._staged.get(name) or self._under.get(name)

    def set(self, name: str, text: str) -> None:
        """Hold a secret in memory."""
        self._staged[name] = text

    def delete(self, name: str) -> None:
        """Forget what was set here."""
        self._staged.pop(name, None)

    @contextmanager
    def kept(self, *names: str) -> Iterator[None]:
        """Keep those of them that were set; where the body fails, or is stopped, all is put back as it was."""
        wanted = {name: self._staged[name] for name in names if name in self._staged}
        before = {name: self._under.get(name) for name in wanted}
        try:
            for name, text in wanted.items():
                self._under.set(name, text)
            yield
        except BaseException:
            for name, old in before.items():
                if old is None:
                    self._under.delete(name)
                else:
                    self._under.set(name, old)
            raise
