"""Nothing is lost from a list that changes while it is read."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vtxero.xero.endpoints import endpoint
from vtxero.xero.paging import modified_of, read_rows
from vtxero.xero.wire import Envelope, parse_moment, read_envelope

CONTACTS = endpoint("organizations")
START = 1_789_344_000


class Shelf:
    """Rows by modification time; `between` happens after every page that is read."""

    def __init__(self, times, size=3, *, blocks=True, between=None):
        self.rows = {f"c{number}": time for number, time in enumerate(times)}
        self.size = size
        self.blocks = blocks
        self.between = between
        self.asked = []

    def read(self, since, number) -> Envelope:
        self.asked.append((since, number))
        after = parse_moment(since).timestamp() if since else 0
        rows = sorted((time, name) for name, time in self.rows.items() if time >= after)
        part = rows[(number - 1) * self.size : number * self.size]
        told = {"Contacts": [{"ContactID": name, "UpdatedDateUTC": f"/Date({time}000+0000)/"} for time, name in part]}
        if self.blocks:
            told["pagination"] = {"page": number, "pageCount": -(-len(rows) // self.size)}
        if self.between:
            self.between(self)
        return read_envelope(json.dumps(told).encode(), "Contacts")


def names_read(shelf, since=None):
    return [
        (row.value["ContactID"], modified_of(row)) for page in read_rows(CONTACTS, since, shelf.read) for row in page
    ]


def test_list_when_it_rests_is_read_whole_and_each_row_once():
    shelf = Shelf(range(START, START + 50, 5))

    found = names_read(shelf)

    assert [name for name, _ in found] == [f"c{number}" for number in range(10)]


def test_list_when_it_fits_one_page_takes_one_call():
    shelf = Shelf([START, START + 1])

    assert len(names_read(shelf, "2026-09-13T00:00:00")) == 2
    assert shelf.asked == [("2026-09-13T00:00:00", 1)]


def test_list_when_empty_gives_nothing():
    assert names_read(Shelf([])) == []
    assert names_read(Shelf([], blocks=False)) == []


@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("times", [[START] * 8, [START] * 3, [START] * 7 + [START + 1] * 7, [START, *[START + 9] * 9]])
def test_list_when_a_second_holds_more_than_a_page_is_read_whole(times, blocks):
    shelf = Shelf(times, blocks=blocks)

    found = names_read(shelf)

    assert sorted(found) == sorted(set(found))
    assert {name for name, _ in found} == set(shelf.rows)


def test_list_when_a_read_row_changes_meanwhile_loses_none_and_gives_the_later_state_last():
    now = iter(range(START + 1000, START + 2000))

    def change_the_oldest(shelf):
        if len(shelf.asked) <= 4:
            shelf.rows[min(shelf.rows, key=shelf.rows.__getitem__)] = next(now)

    shelf = Shelf(range(START, START + 12), between=change_the_oldest)

    found = names_read(shelf)

    assert {name for name, _ in found} == set(shelf.rows)
    last = dict(found)
    assert all(parse_moment(last[name]).timestamp() == time for name, time in shelf.rows.items())
    assert max(Counter(found).values()) == 1


def ids_read(read):
    return [row.value["ContactID"] for page in read_rows(CONTACTS, None, read) for row in page]


def answered(*rows):
    return read_envelope(json.dumps({"Contacts": [dict(row) for row in rows]}).encode(), "Contacts")


def test_list_when_it_does_not_come_in_the_order_of_time_is_read_by_number():
    times = [START + 50, START, START + 20, START + 10, START + 60, START + 30, START + 40]
    rows = [{"ContactID": f"c{n}", "UpdatedDateUTC": f"/Date({time}000+0000)/"} for n, time in enumerate(times)]

    def read(since, number):
        after = parse_moment(since).timestamp() if since else 0
        listed = [row for row, time in zip(rows, times, strict=True) if time >= after]
        return answered(*listed[number * 3 - 3 : number * 3])

    assert sorted(ids_read(read)) == [f"c{number}" for number in range(7)]


@pytest.mark.parametrize("row", [{"ContactID": "a"}, {"ContactID": "a", "UpdatedDateUTC": None}])
def test_list_when_its_rows_have_no_time_is_read_by_number(row):
    pages = {1: answered(row), 2: answered({**row, "ContactID": "b"})}

    assert ids_read(lambda _since, number: pages.get(number, answered())) == ["a", "b"]


def test_list_when_numbers_behind_the_end_give_the_last_page_again_ends():
    row = {"ContactID": "a", "UpdatedDateUTC": "/Date(0)/"}

    assert ids_read(lambda _since, _number: answered(row)) == ["a"]


@pytest.mark.parametrize(
    "block", [{"page": "1", "pageCount": "1"}, {"Page": 1, "PageCount": 1}, {"page": 1, "pageCount": 1, "extra": None}]
)
def test_list_when_its_block_is_spelt_otherwise_takes_one_call(block):
    asked = []

    def read(_since, number):
        asked.append(number)
        body = {"pagination": block, "Contacts": [{"ContactID": "a", "UpdatedDateUTC": "/Date(0)/"}]}
        return read_envelope(json.dumps(body).encode(), "Contacts")

    assert (ids_read(read), asked) == (["a"], [1])


@settings(max_examples=150, deadline=None)
@given(
    times=st.lists(st.integers(START, START + 6), max_size=25),
    size=st.integers(1, 5),
    blocks=st.booleans(),
    seed=st.integers(0, 999),
)
def test_list_when_anybody_edits_between_any_pages_loses_no_row(times, size, blocks, seed):
    chance = random.Random(seed)
    edits = iter(range(START + 100, START + 106))

    def edit(shelf):
        time = next(edits, None)
        if time and shelf.rows:
            shelf.rows[chance.choice(sorted(shelf.rows))] = time

    shelf = Shelf(times, size, blocks=blocks, between=edit)

    last = dict(names_read(shelf))

    assert set(last) == set(shelf.rows)
