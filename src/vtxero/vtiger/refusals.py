"""What Vtiger refuses in its own words, as the error to raise."""

from __future__ import annotations

import re

from vtxero.errors import AuthError, NotModelledError, RefusedError, VtxeroError
from vtxero.vtiger.errors import (
    BROKEN_CODES,
    DENIED,
    LOGIN_CODES,
    SERVICE,
    SESSION_CODES,
    Call,
    Failure,
    login_refused,
    lost,
)

_NO_MODULE = re.compile(r"denied for name : (.+)\Z")
_NO_FIELD = re.compile(r"Permission to access '?\.?([^'. ]+)\.?'? attribute denied")


def translate(failure: Failure, call: Call) -> VtxeroError:
    """Turn a failure that is no lost session into the error to raise."""
    if failure.code in LOGIN_CODES or failure.code in SESSION_CODES or call.operation in {"getchallenge", "login"}:
        return login_refused(call, f"{failure.message} ({failure.code})", name="the login name, not the e-mail")
    if failure.code in BROKEN_CODES:
        return lost(call, f"{failure.message} ({failure.code})")
    if failure.code == "ACCESS_DENIED":
        return _denied(failure, call)
    if call.writes:
        return _refused(failure)
    return _unexpected(failure, call)


def _denied(failure: Failure, call: Call) -> VtxeroError:
    """Tell the many meanings of ACCESS_DENIED apart by its message, the only way there is."""
    module = _NO_MODULE.search(failure.message)
    if module:
        return AuthError(
            f"This Vtiger has no module {module.group(1)}, or the user {call.username!r} may not use it ({call}).",
            remedy="Give that user's profile access to the module, or switch it off in vtxero's config.",
        )
    field = _NO_FIELD.search(failure.message)
    if field:
        return AuthError(
            f"The Vtiger user {call.username!r} may not see the field {field.group(1)}, or it was removed ({call}).",
            remedy="Make the field visible for that user's profile, then run again.",
        )
    if call.writes:
        return _refused(failure)
    if failure.message in {DENIED, "Permission to read given object is denied"}:
        return AuthError(
            f"The Vtiger user {call.username!r} may not read what was asked for ({call}): {failure.message}.",
            remedy="Check that user's role and Vtiger's sharing rules.",
        )
    return _unexpected(failure, call)


def _refused(failure: Failure) -> RefusedError:
    messages = (failure.message or failure.code,)
    if failure.code == "0":
        remedy = (
            "Another record has the same value in a field that must be unique, maybe one that the API user cannot see."
        )
    elif failure.code == "ACCESS_DENIED":
        remedy = "Check that the record still exists and that the API user may edit it."
    elif failure.code == "MANDATORY_FIELDS_MISSING":
        remedy = "Fill the field, or give it a default in the config under modules.<name>.defaults."
    else:
        remedy = ""
    return RefusedError(messages, service=SERVICE, remedy=remedy)


def _unexpected(failure: Failure, call: Call) -> NotModelledError:
    asked = f" It was asked: {call.statement}" if call.statement else ""
    return NotModelledError(
        f"Vtiger at {call.endpoint} refused {call}: {failure.message} ({failure.code or 'no code'}).{asked}",
        remedy="Report this to vtxero with the version of Vtiger.",
    )
