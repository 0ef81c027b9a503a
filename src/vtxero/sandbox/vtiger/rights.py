"""What a user may do with records: profiles that only read, and modules whose records only their owners see."""

from __future__ import annotations

from vtxero.sandbox.vtiger import errors, values
from vtxero.sandbox.vtiger.state import Record, User, VtigerState

WRITING_FLAGS = ("createable", "updateable", "deleteable")


def sees(state: VtigerState, user: User, record: Record) -> bool:
    """Tell whether a user sees a record: under private sharing only its owner and administrators do.

    Those of a group are seen by its members, and every role is in each group as installed (measured on 8.2.0). That
    superiors see what their subordinates own is not modelled.
    """
    if user.is_admin or record.module not in state.private:
        return True
    owner = values.record_number(record.fields.get("assigned_user_id", ""))
    is_group = owner not in state.actors["Users"] and owner in state.actors["Groups"]
    return is_group or owner == user.number


def check_create(user: User) -> None:
    """Refuse to create, before the element is even looked at."""
    if user.reads_only:
        raise errors.no_write()


def check_read(state: VtigerState, user: User, record: Record) -> None:
    """Refuse a record that sharing hides."""
    if not sees(state, user, record):
        raise errors.no_read()


def check_write(state: VtigerState, user: User, record: Record) -> None:
    """Refuse to change or delete; the words speak of reading even where reading is allowed."""
    if user.reads_only or not sees(state, user, record):
        raise errors.no_read()
