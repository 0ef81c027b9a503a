"""How a Vtiger is reached, and which of its two editions it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import SecretStr


class Edition(StrEnum):
    """The two kinds of Vtiger; `auto` finds out which of them answers."""

    AUTO = "auto"
    OPEN_SOURCE = "open-source"
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class VtigerAccess:
    """How to reach a Vtiger. Timeouts in seconds; `verify` is False, or the path of an authority's certificates."""

    url: str
    username: str
    access_key: SecretStr
    allow_http: bool = False
    timeout: float = 60.0
    connect_timeout: float = 10.0
    verify: bool | str = True
    edition: Edition = Edition.OPEN_SOURCE
