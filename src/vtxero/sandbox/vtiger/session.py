"""Logging in: challenge, key, session; and everything that goes wrong with them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final

from vtxero.sandbox.vtiger import errors
from vtxero.sandbox.vtiger.state import User, VtigerState

_TOKEN_SECONDS: Final = 300
_API_VERSION: Final = "0.22"
_PROFILE: Final = (
    # the answer's key, and the field of the user that holds it
    ("first_name", "first_name"), ("last_name", "last_name"), ("email", "email1"), ("time_zone", "time_zone"),
    ("hour_format", "hour_format"), ("date_format", "date_format"),
)  # fmt: skip


def challenge(state: VtigerState, params: Mapping[str, str]) -> dict[str, Any]:
    """Hand out a token for five minutes; the user's former one dies."""
    name = params.get("username", "")
    if not name:
        raise errors.VtigerError(errors.ACCESS_DENIED, "No username given")
    if name not in state.users:
        raise errors.VtigerError(errors.ACCESS_DENIED, "username does not exists")
    now = state.clock().timestamp()
    token = secrets.token_hex(7)[:13]
    state.tokens[name] = (token, now + _TOKEN_SECONDS)
    return {"token": token, "serverTime": int(now), "expireTime": int(now) + _TOKEN_SECONDS}


def login(state: VtigerState, params: Mapping[str, str]) -> dict[str, Any]:
    """Open a session; a token serves several logins, also after a failed one."""
    user = state.users.get(params.get("username", ""))
    token, expires = state.tokens.get(params.get("username", ""), ("", 0.0))
    if user is None or not token or expires < state.clock().timestamp():
        raise errors.VtigerError("INVALID_AUTH_TOKEN", "Specified token is invalid or expired")
    wanted = hashlib.md5((token + user.access_key).encode()).hexdigest()
    if not user.active or not secrets.compare_digest(wanted.encode(), params.get("accessKey", "").encode()):
        raise errors.VtigerError("INVALID_USER_CREDENTIALS", "Invalid username or password")
    session = secrets.token_hex(11)[:21]
    state.sessions[session] = user.name
    result = {"username": user.name} | {key: user.profile.get(name, "") for key, name in _PROFILE}
    result |= {"is_admin": "on" if user.is_admin else "off"}
    result |= {"call_duration": user.profile.get("callduration") or "5"}
    result |= {"other_event_duration": user.profile.get("othereventduration") or "5"}
    return result | _identity(state, user, session)


def extend(state: VtigerState, params: Mapping[str, str]) -> dict[str, Any]:
    """Show the session again; the name must stand in the body."""
    session = params.get("sessionName", "")
    return _identity(state, user_of(state, session), session)


def user_of(state: VtigerState, session: str) -> User:
    """Return who a session belongs to; raises the two refusals of a missing and of an unknown one."""
    if not session:
        raise errors.VtigerError("AUTHENTICATION_REQUIRED", "Authencation required")
    name = state.sessions.get(session)
    if name is None:
        raise errors.VtigerError("INVALID_SESSIONID", "Session Identifier provided is Invalid")
    return state.users[name]


def _identity(state: VtigerState, user: User, session: str) -> dict[str, Any]:
    return {
        "sessionName": session,
        "userId": f"19x{user.number}",
        "version": _API_VERSION,
        "vtigerVersion": state.version,
    }
