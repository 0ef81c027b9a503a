"""Logging in: the questions to ask and what to make of the answers, without sending anything.

Vtiger's scheme: a challenge token for the user, then the MD5 of token and access key in lower-case hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import SecretStr

from vtxero.errors import NotModelledError
from vtxero.vtiger.rows import text


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the web service. `params` may hold secrets and are never shown."""

    operation: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    post: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A login. `server_time` is the server's clock at its beginning, in seconds since 1970 UTC.

    `is_admin` is False where the answer does not say (before Vtiger 7). `name` is blank where requests need none;
    `user` is the API user's own record where the login shows it.
    """

    name: SecretStr
    user_id: str
    username: str
    version: str
    server_time: int
    is_admin: bool = False
    user: Mapping[str, Any] = field(default_factory=dict, repr=False)


LoginFlow: TypeAlias = Generator[Request, Mapping[str, Any], Session]


def log_in(username: str, access_key: SecretStr) -> LoginFlow:
    """Yield what to ask, take each answer's result, return the session.

    Raises:
        NotModelledError: an answer lacks what a Vtiger's has.
    """
    challenge = yield Request("getchallenge", {"username": username})
    token = _need(challenge, "token", "getchallenge")
    # The hash proves knowledge of the key; MD5 is the vendor's scheme and cannot be chosen.
    proof = hashlib.md5((token + access_key.get_secret_value()).encode(), usedforsecurity=False).hexdigest()
    answer = yield Request("login", {"username": username, "accessKey": proof}, post=True)
    return Session(
        name=SecretStr(_need(answer, "sessionName", "login")),
        user_id=_need(answer, "userId", "login"),
        username=text(answer, "username") or username,
        version=text(answer, "vtigerVersion") or text(answer, "version"),
        server_time=int(_need(challenge, "serverTime", "getchallenge").partition(".")[0]),
        is_admin=text(answer, "is_admin") == "on",
    )


def _need(answer: Mapping[str, Any], name: str, operation: str) -> str:
    value = text(answer, name) if isinstance(answer, Mapping) else ""
    if not value:
        raise NotModelledError(
            f"Vtiger's answer to {operation} has no {name}.",
            remedy="Check that vtiger.url leads to a Vtiger, and report this answer to vtxero with Vtiger's version.",
        )
    return value
