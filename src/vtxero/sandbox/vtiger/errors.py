"""What a Vtiger answers when it refuses: envelope errors, the empty HTTP 500, and our own loud 501."""

from __future__ import annotations

from typing import Final

ACCESS_DENIED: Final = "ACCESS_DENIED"
DENIED_TEXT: Final = "Permission to perform the operation is denied"


class VtigerError(Exception):
    """A refusal in the envelope; `code` is text, except the integer 0 of duplicates."""

    def __init__(self, code: str | int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CrashError(Exception):
    """An uncaught PHP error: the client sees HTTP 500 without a body."""


class NotModelledError(Exception):
    """The real server can do this, the stand-in cannot, and says so rather than invent an answer."""


def denied(name: str | None = None, *, on: str | None = None) -> VtigerError:
    """Build the general refusal, for a module (`name : X`) or for a parameter (`on`)."""
    if name is not None:
        return VtigerError(ACCESS_DENIED, f"{DENIED_TEXT} for name : {name}")
    return VtigerError(ACCESS_DENIED, f"{DENIED_TEXT} for {on}" if on else DENIED_TEXT)


def invalid_id() -> VtigerError:
    return VtigerError("INVALID_ID_ATTRIBUTE", "Id specified is incorrect")


def internal() -> VtigerError:
    return VtigerError("INTERNAL_SERVER_ERROR", "Unknown Error while processing request")


def not_found() -> VtigerError:
    """Build the refusal of a row that is lost while it is being written; one that never was is `denied()`."""
    return VtigerError("RECORD_NOT_FOUND", "Record not found")


def missing(field: str) -> VtigerError:
    return VtigerError("MANDATORY_FIELDS_MISSING", f"{field} does not have a value")


def duplicate() -> VtigerError:
    return VtigerError(0, "Duplicate(s) detected!")


def no_write() -> VtigerError:
    return VtigerError(ACCESS_DENIED, "Permission to write is denied")


def no_read() -> VtigerError:
    """Build the refusal of a record that is there: hidden from this user, or not to be changed by it."""
    return VtigerError(ACCESS_DENIED, "Permission to read given object is denied")


def syntax(message: str) -> VtigerError:
    return VtigerError("QUERY_SYNTAX_ERROR", message)
