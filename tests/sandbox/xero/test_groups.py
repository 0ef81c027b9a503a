"""Contact groups, as Xero's pages describe them."""

from __future__ import annotations

import pytest


@pytest.fixture
def group(xero):
    """The id of a group named VIPs."""
    return xero.put("ContactGroups", {"Name": "VIPs"})[0]["ContactGroupID"]


def said(answer):
    assert answer.status_code == 400, answer.text
    return answer.json()["Elements"][0]["ValidationErrors"][0]["Message"]


def members(xero, group):
    return [one["Name"] for one in xero.rows(f"ContactGroups/{group}")[0]["Contacts"]]


def test_group_when_made_is_listed_without_its_members(xero, group, contact):
    xero.api("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": contact}]})

    assert xero.rows("ContactGroups") == [
        {"ContactGroupID": group, "Name": "VIPs", "Status": "ACTIVE", "Contacts": [], "HasValidationErrors": False}
    ]
    assert members(xero, group) == ["Rimu Joinery"]


def test_group_when_a_contact_is_in_it_shows_on_the_contact_but_not_in_a_list(xero, group, contact):
    before = xero.rows(f"Contacts/{contact}")[0]

    answer = xero.api("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": contact.upper()}] * 2})

    assert [one["ContactID"] for one in answer.json()["Contacts"]] == [contact, contact]
    assert members(xero, group) == ["Rimu Joinery"]
    (single,), (paged,), (listed,) = (
        xero.rows(f"Contacts/{contact}"),
        xero.rows("Contacts?page=1"),
        xero.rows("Contacts"),
    )
    assert [one["Name"] for one in single["ContactGroups"]] == ["VIPs"]
    assert single["ContactGroups"] == paged["ContactGroups"]
    assert listed["ContactGroups"] == []
    assert single["UpdatedDateUTC"] == before["UpdatedDateUTC"]


def test_group_when_renamed_is_renamed_on_its_contacts(xero, group, contact):
    xero.api("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": contact}]})
    assert xero.rows(f"Contacts/{contact}")[0]["ContactGroups"][0]["Name"] == "VIPs"

    assert xero.api("POST", f"ContactGroups/{group}", {"ContactGroups": [{"Name": "Friends"}]}).status_code == 200

    assert xero.rows(f"Contacts/{contact}")[0]["ContactGroups"][0]["Name"] == "Friends"


def test_group_when_deleted_is_gone_everywhere_and_its_name_is_free(xero, group, contact):
    xero.api("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": contact}]})

    answer = xero.api("POST", f"ContactGroups/{group}", {"ContactGroups": [{"Status": "DELETED"}]})

    assert answer.json()["ContactGroups"][0]["Status"] == "DELETED"
    assert xero.rows("ContactGroups") == []
    assert xero.api("GET", f"ContactGroups/{group}").status_code == 404
    assert xero.rows(f"Contacts/{contact}")[0]["ContactGroups"] == []
    assert xero.put("ContactGroups", {"Name": "VIPs"})


def test_members_when_taken_out_leave_the_contacts_alone(xero, group, contact, state):
    other = state.add_contact(Name="Totara Ltd")
    both = {"Contacts": [{"ContactID": contact}, {"ContactID": other}]}
    xero.api("PUT", f"ContactGroups/{group}/Contacts", both)

    assert xero.api("DELETE", f"ContactGroups/{group}/Contacts/{contact}").status_code == 204
    assert members(xero, group) == ["Totara Ltd"]
    assert xero.api("DELETE", f"ContactGroups/{group}/Contacts/{contact}").status_code == 404
    assert xero.api("DELETE", f"ContactGroups/{group}/Contacts").status_code == 204
    assert members(xero, group) == []
    assert len(xero.rows("Contacts")) == 2


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ({"Name": " "}, "name cannot be empty"),
        ({"Name": "vips"}, "already assigned to another contact group"),
        ({"Name": "A", "Status": "ARCHIVED"}, "must be ACTIVE or DELETED"),
    ],
)
@pytest.mark.usefixtures("group")
def test_group_when_it_cannot_be_is_refused(xero, element, words):
    assert words in said(xero.api("PUT", "ContactGroups", {"ContactGroups": [element]}))
    assert len(xero.rows("ContactGroups")) == 1


def test_group_when_there_are_a_hundred_is_refused_in_xeros_words(xero):
    xero.api("PUT", "ContactGroups", {"ContactGroups": [{"Name": f"Group {number}"} for number in range(100)]})

    answer = xero.api("PUT", "ContactGroups", {"ContactGroups": [{"Name": "One more"}]})

    assert said(answer) == "You\u2019ve reached the limit of 100 contact groups."


def test_group_when_a_member_is_unknown_is_not_found(xero, group):
    unknown = {"Contacts": [{"ContactID": "00000000-0000-4000-8000-000000000000"}]}

    assert xero.api("PUT", f"ContactGroups/{group}/Contacts", unknown).status_code == 404


def test_groups_when_filtered_and_ordered_are(xero):
    xero.put("ContactGroups", {"Name": "B"}, {"Name": "A"})

    assert [one["Name"] for one in xero.rows("ContactGroups?order=Name%20ASC")] == ["A", "B"]
    assert [one["Name"] for one in xero.rows('ContactGroups?where=Name=="B"')] == ["B"]
