"""Secrets that know where they were taken from, so that a refusal can say which one to correct."""

from __future__ import annotations

from pydantic import SecretStr


class PlacedSecret(SecretStr):
    """A secret and its place: file and line, a variable, the keyring. `is_stored`: a login put it there."""

    def __init__(self, text: str, place: str, *, is_stored: bool = False) -> None:
        super().__init__(text)
        self.place = place
        self.is_stored = is_stored


def placed(secret: SecretStr | None, place: str) -> SecretStr | None:
    """Note where a secret of the config or the environment stands."""
    return secret and PlacedSecret(secret.get_secret_value(), place)
