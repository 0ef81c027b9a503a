"""Contact groups: made, renamed, deleted, and who is in them (developer.xero.com: Accounting API, Contact Groups)."""

from __future__ import annotations

from vtxero.sandbox.xero.books import Books
from vtxero.sandbox.xero.contact_views import contact_short, group_view
from vtxero.sandbox.xero.errors import InvalidError, NotFoundError
from vtxero.sandbox.xero.wire import Record, text_in

MOST = 100
TOO_MANY = f"You\u2019ve reached the limit of {MOST} contact groups."
NO_NAME = "Contact group name cannot be empty"
NAME_TAKEN = "The contact group name is already assigned to another contact group."
BAD_STATUS = "The status of a contact group must be ACTIVE or DELETED"


def get_group(books: Books, group_id: str) -> Record:
    """Get a group by its id; a deleted one is no longer shown.

    Raises:
        NotFoundError: there is none.
    """
    group = books.groups.get(group_id.lower())
    if group is None or group["Status"] != "ACTIVE":
        raise NotFoundError
    return group


def living_groups(books: Books) -> list[Record]:
    """List the groups that are not deleted."""
    return [group for group in books.groups.values() if group["Status"] == "ACTIVE"]


def create_group(books: Books, element: Record) -> Record:
    """Make a group.

    Raises:
        InvalidError: no name, one that is taken, or too many groups.
    """
    if len(living_groups(books)) >= MOST:
        raise InvalidError(TOO_MANY)
    group: Record = {"ContactGroupID": books.new_id(), "Name": "", "Status": "ACTIVE", "members": []}
    change_group(books, group, element)
    books.groups[group["ContactGroupID"]] = group
    return group


def change_group(books: Books, group: Record, element: Record) -> Record:
    """Rename a group or delete it.

    Raises:
        InvalidError: no name, one that is taken, or an unknown status.
    """
    name, status = text_in(element, "Name"), text_in(element, "Status") or group["Status"]
    name = group["Name"] if name is None else name.strip()
    if not name:
        raise InvalidError(NO_NAME)
    if status not in {"ACTIVE", "DELETED"}:
        raise InvalidError(BAD_STATUS)
    others = [one for one in living_groups(books) if one is not group]
    if status == "ACTIVE" and any(one["Name"].casefold() == name.casefold() for one in others):
        raise InvalidError(NAME_TAKEN)
    group |= {"Name": name, "Status": status}
    _touch(books, group["members"])
    return group


def add_member(books: Books, group: Record, element: Record) -> Record:
    """Put a contact into a group; one that is in it already stays.

    Raises:
        NotFoundError: there is no such contact.
    """
    contact_id = (text_in(element, "ContactID") or "").lower()
    if contact_id not in books.contacts:
        raise NotFoundError
    if contact_id not in group["members"]:
        group["members"] = [*group["members"], contact_id]
        _touch(books, [contact_id])
    return books.contacts[contact_id]


def remove_members(books: Books, group: Record, contact_id: str | None = None) -> None:
    """Take one contact out of a group, or all of them.

    Raises:
        NotFoundError: that contact is not in it.
    """
    gone = list(group["members"]) if contact_id is None else [contact_id.lower()]
    if not set(gone) <= set(group["members"]):
        raise NotFoundError
    group["members"] = [one for one in group["members"] if one not in gone]
    _touch(books, gone)


def group_with_members(books: Books, group: Record) -> Record:
    """Show a group asked for by its id."""
    return {**group_view(group), "Contacts": [contact_short(books, one) for one in group["members"]]}


def _touch(books: Books, contact_ids: list[str]) -> None:
    """Have contacts shown anew; being in a group does not move their modification time."""
    for contact_id in contact_ids:
        books.touch(contact_id, books.contacts[contact_id], moved=False)
