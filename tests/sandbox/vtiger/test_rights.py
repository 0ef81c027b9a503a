"""What users without rights are told: measured on 8.2.0 with a profile that only reads, and with private sharing."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import ACCOUNT, Caller, error, invoice_element, result
from vtxero.sandbox.vtiger import VtigerState
from vtxero.sandbox.vtiger.state import User

NO_WRITE = ("ACCESS_DENIED", "Permission to write is denied")
NO_READ = ("ACCESS_DENIED", "Permission to read given object is denied")
NOTHING = ("ACCESS_DENIED", "Permission to perform the operation is denied")


@pytest.fixture
def state(clock):
    users = (
        User("admin", 1, "sandbox-key", is_admin=True),
        User("limited", 5, "sandbox-limited"),
        User("reader", 6, "sandbox-reader", reads_only=True),
    )
    return VtigerState.sample_empty(clock=clock, users=users)


@pytest.fixture
def account(vtiger):
    return vtiger.create("Accounts", **ACCOUNT)["id"]


@pytest.fixture
def reader(state):
    return Caller(state).login("reader", "sandbox-reader")


@pytest.fixture
def limited(state):
    state.private = frozenset({"Accounts"})
    return Caller(state).login("limited", "sandbox-limited")


def test_reader_is_shown_everything_and_described_no_writing(reader, account):
    assert reader.retrieve(account)["accountname"] == "Kauri Ltd"
    assert [row["id"] for row in reader.query("select id from Accounts;")] == [account]
    described = result(reader.get("describe", elementType="Accounts"))
    flags = ("createable", "updateable", "deleteable", "retrieveable")
    assert [described[name] for name in flags] == [False, False, False, True]


@pytest.mark.parametrize("element", [ACCOUNT, {}])
def test_reader_may_not_create_whatever_is_sent(reader, element):
    assert error(reader.post("create", elementType="Accounts", element=element)) == NO_WRITE


def test_reader_may_not_create_an_invoice_even_without_lines(reader, vtiger):
    element = invoice_element(vtiger) | {"LineItems": []}
    assert error(reader.post("create", elementType="Invoice", element=element)) == NO_WRITE


@pytest.mark.parametrize("operation", ["revise", "update"])
def test_reader_that_changes_is_told_it_may_not_read(reader, account, operation):
    assert error(reader.post(operation, element={"id": account, "phone": "1"})) == NO_READ


def test_reader_that_deletes_is_told_it_may_not_read(reader, account):
    assert error(reader.post("delete", id=account)) == NO_READ


def test_reader_that_changes_what_is_not_there_is_told_so(reader):
    assert error(reader.post("revise", element={"id": "11x999", "phone": "1"})) == NOTHING


@pytest.mark.usefixtures("account")
def test_private_records_are_missing_from_lists_and_counts(limited):
    assert limited.query("select id from Accounts;") == []
    assert limited.query("select count(*) from Accounts;") == [{"count": "0"}]


def test_private_records_are_denied_by_their_ids(limited, account):
    assert error(limited.get("retrieve", id=account)) == NO_READ
    assert error(limited.post("revise", element={"id": account, "phone": "1"})) == NO_READ
    assert error(limited.post("delete", id=account)) == NO_READ


@pytest.mark.usefixtures("account")
def test_hidden_name_is_taken_all_the_same(limited):
    element = ACCOUNT | {"assigned_user_id": "19x5"}
    assert error(limited.post("create", elementType="Accounts", element=element)) == (0, "Duplicate(s) detected!")


@pytest.mark.usefixtures("account")
def test_own_records_are_seen_under_private_sharing(limited):
    mine = limited.create("Accounts", accountname="Mine", assigned_user_id="19x5")["id"]
    assert [row["id"] for row in limited.query("select id from Accounts;")] == [mine]
    assert limited.retrieve(mine)["accountname"] == "Mine"


def test_records_of_a_group_are_seen_under_private_sharing(limited, vtiger):
    theirs = vtiger.create("Accounts", accountname="Ours", assigned_user_id="20x2")["id"]
    assert [row["id"] for row in limited.query("select id from Accounts;")] == [theirs]
    limited.post("revise", element={"id": theirs, "phone": "5"})
    assert limited.retrieve(theirs)["phone"] == "5"


def test_record_given_to_another_is_lost_from_sight(limited):
    given = limited.create("Accounts", accountname="Given", assigned_user_id="19x1")["id"]
    assert error(limited.get("retrieve", id=given)) == NO_READ
