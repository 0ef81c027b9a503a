"""Calls that read and change contact groups (developer.xero.com: Accounting API, Contact Groups)."""

from __future__ import annotations

from vtxero.sandbox.xero.answers import Answer
from vtxero.sandbox.xero.calls import Call
from vtxero.sandbox.xero.contact_views import group_view
from vtxero.sandbox.xero.groups import (
    add_member,
    change_group,
    create_group,
    get_group,
    group_with_members,
    living_groups,
    remove_members,
)  # fmt: skip
from vtxero.sandbox.xero.reading import answer, catalogue
from vtxero.sandbox.xero.settings_calls import written
from vtxero.sandbox.xero.wire import Record, dumps

KEY = "ContactGroupID"


def read_groups(call: Call) -> Answer:
    """GET /ContactGroups, and one of them by its id."""
    if len(call.parts) == 2:
        call.allow(set())
        group = get_group(call.books, call.parts[1])
        return answer(call, "ContactGroups", [dumps(group_with_members(call.books, group))])
    names = (KEY, "Name", "Status")
    return catalogue(call, "ContactGroups", living_groups(call.books), key=KEY, names=names, view=group_view)


def put_groups(call: Call) -> Answer:
    """PUT /ContactGroups."""
    return written(call, "ContactGroups", KEY, create_group, group_view, alone=False)


def post_group(call: Call) -> Answer:
    """POST /ContactGroups/{ContactGroupID}."""
    group = get_group(call.books, call.parts[1])
    return written(call, "ContactGroups", KEY, lambda books, one: change_group(books, group, one), group_view)


def put_members(call: Call) -> Answer:
    """PUT /ContactGroups/{ContactGroupID}/Contacts; answered with shells that hold the ids."""
    group = get_group(call.books, call.parts[1])
    return written(call, "Contacts", "ContactID", lambda books, one: add_member(books, group, one), _added, alone=False)


def delete_members(call: Call) -> Answer:
    """DELETE /ContactGroups/{ContactGroupID}/Contacts, and of one contact in it."""
    call.allow(set())
    group = get_group(call.books, call.parts[1])
    remove_members(call.books, group, *call.parts[3:])
    call.operation = "DELETE ContactGroups/{id}/Contacts x1"
    return Answer(204, "", "")


def _added(contact: Record) -> Record:
    shells: Record = {name: [] for name in ("Addresses", "Phones", "ContactGroups", "ContactPersons")}
    return {"ContactID": contact["ContactID"], **shells, "HasValidationErrors": False, "ValidationErrors": []}
