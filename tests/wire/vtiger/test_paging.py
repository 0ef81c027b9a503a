"""The query language's quoting, and how many queries lists cost."""

from __future__ import annotations

import pytest

from vtxero.errors import NotModelledError
from vtxero.vtiger.paging import Lists, any_of, in_chunks, quote


@pytest.mark.parametrize(
    ("value", "written"),
    [("Kiwi", "'Kiwi'"), ("O'Neil", "'O''Neil'"), ("a\\b", "'a\\\\b'"), ("x; or 1=1", "'x; or 1=1'"), ("ž", "'ž'")],
)
def test_text_is_quoted_as_the_query_language_wants_it(value, written):
    assert quote(value) == written


def test_empty_text_cannot_be_asked_for():
    with pytest.raises(ValueError, match="empty"):
        quote("")


def test_quoted_text_finds_the_record(rig):
    for name in ("O'Neil", "a\\b", "x; or 1=1"):
        account = rig.account(name)
        found = rig.client().query(f"select id from Accounts where accountname = {quote(name)};")
        assert [row["id"] for row in found] == [account]


def test_ids_are_cut_to_chunks_once_each():
    assert list(in_chunks(["1x1", "1x2", "1x1", "", "1x3"], 2)) == [["1x1", "1x2"], ["1x3"]]
    assert any_of(["11x2", "11x3"]) == "('11x2','11x3')"


def test_what_is_no_id_never_comes_into_a_list():
    assert list(in_chunks(["1x1", "abc", "1x1) or (1=1", "1x", "²x1"])) == [["1x1"]]
    with pytest.raises(ValueError, match="no id"):
        any_of(["1x1) or (1=1"])


@pytest.mark.parametrize(
    ("user", "count", "queries"),
    [
        ("admin", 0, 1),
        ("admin", 99, 1),
        ("admin", 100, 2),
        ("admin", 250, 3),
        ("clerk", 0, 1),
        ("clerk", 99, 2),
        ("clerk", 100, 2),
        ("clerk", 250, 4),
    ],
)
def test_list_by_id_costs_one_more_query_only_where_the_end_is_not_proven(rig, user, count, queries):
    for number in range(count):
        rig.account(f"Company {number}")
    client = rig.client(user)
    assert client.session.user_id
    rig.forget()
    pages = list(Lists(client).by_id("Accounts", ("id",)))
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == count
    assert len(rig.asked()) == queries


def test_list_by_time_pages_through_many_records_of_one_second(rig):
    accounts = [rig.account(f"Company {number}") for number in range(230)]
    rig.pass_time(seconds=9)
    accounts.append(rig.account("Later"))
    found = [row["id"] for page in Lists(rig.client()).since("Accounts", ("id", "modifiedtime"), "2026-11-22 12:00:00")
             for row in page]  # fmt: skip
    assert found == accounts


def test_list_by_time_leaves_earlier_records_out(rig):
    rig.account("Early")
    rig.pass_time(seconds=1)
    late = rig.account("Late")
    pages = Lists(rig.client()).since("Accounts", ("id", "modifiedtime"), "2026-11-22 12:00:01")
    assert [row["id"] for page in pages for row in page] == [late]


def test_ids_of_another_module_are_not_taken_for_ours(rig):
    account = rig.account("Kiwi")
    wrong = "12x" + account.partition("x")[2]
    assert [page for page in Lists(rig.client()).of_ids("Accounts", ("id",), [wrong]) if page] == []


class Unordered:
    """A client whose server ignores the order."""

    def query(self, _statement):
        return [{"id": "11x3"}, {"id": "11x2"}]


def test_answer_out_of_order_stops_the_list():
    with pytest.raises(NotModelledError, match="order"):
        list(Lists(Unordered()).by_id("Accounts", ("id",)))


class Stuck:
    """A client whose server ignores the condition."""

    def query(self, _statement):
        return [{"id": f"11x{number}"} for number in range(1, 101)]


def test_answer_that_does_not_move_on_stops_the_list():
    with pytest.raises(NotModelledError, match="order"):
        list(Lists(Stuck()).by_id("Accounts", ("id",)))


@pytest.mark.parametrize("user", ["admin", "clerk"])
@pytest.mark.parametrize("shape", [[0] * 130, [1] * 250, [0, 260, 0, 1, 0], [3, 0, 1] * 70, [100, 100], []])
def test_children_come_whole_to_their_parents_in_few_queries(rig, user, shape):
    accounts = [rig.account(f"Company {place}") for place in range(len(shape))]
    # The last parent's children are the oldest, so that the order of parents is not that of children.
    for place in reversed(range(len(shape))):
        for number in range(shape[place]):
            rig.state.add("Contacts", {"lastname": f"P{number}", "account_id": accounts[place]})
    lists = Lists(rig.client(user))
    assert lists.client.session.user_id
    rig.forget()
    found = list(lists.with_children(lists.by_id("Accounts", ("id",)), "Contacts", "account_id", ("id", "account_id")))
    assert [(row["id"], len(children)) for row, children in found] == list(zip(accounts, shape, strict=True))
    assert all(child["account_id"] == row["id"] for row, children in found for child in children)
    assert all(children == sorted(children, key=lambda each: int(each["id"][3:])) for _, children in found)
    assert len(rig.asked("query Contacts")) <= -(-sum(shape) // 100) + 1 + len(shape) // 100
