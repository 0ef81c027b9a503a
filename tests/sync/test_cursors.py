"""The cursor law: nothing that was edited while a long read went on is passed over."""

from __future__ import annotations

import pytest

from sync.toy import ToySlice
from sync.world import World, paired
from vtxero.domain.sides import Side
from vtxero.store import SqliteState
from vtxero.sync.cursors import Sighting, cursor_after, is_complete
from vtxero.sync.doubt import proof
from vtxero.sync.fetch import reread
from vtxero.sync.lookup import StateLookups


@pytest.mark.parametrize("newest", ["2026-11-22 10:00:00", "2026-11-22T10:00:00", "00000042"])
def test_law_8_short_read_leaves_the_cursor_at_the_newest_time_read(newest):
    assert cursor_after(newest, 59.0) == newest


@pytest.mark.parametrize(
    ("newest", "expected"),
    [("2026-11-22 10:00:00", "2026-11-22 09:40:00"), ("2026-11-22T00:05:00", "2026-11-21T23:45:00")],
)
def test_law_8_long_read_takes_the_cursor_back_by_its_length_in_the_same_notation(newest, expected):
    assert cursor_after(newest, 1200.2) == expected


def test_law_8_unknown_notation_is_left_as_it_is():
    assert cursor_after("00000042", 1200) == "00000042"


def asked_after(world, seconds):
    """Where a run at this time of Vtiger's clock begins to read cards."""
    world.vtiger.seconds = seconds
    world.vtiger.asked.clear()
    world.sync()
    return world.vtiger.asked[-1]


def test_law_8_overlap_is_read_until_vtigers_own_clock_proves_that_nothing_is_missing_in_it():
    world = World()
    world.vtiger.add("cards", name="Ann")
    assert asked_after(world, 1000.0) is None
    newest = asked_after(world, 1300.0)
    assert not is_complete(newest)
    assert asked_after(world, 1301.0) == newest
    assert asked_after(world, 1302.0) == f"{newest}!"

    world.vtiger.add("cards", name="Bob")

    assert asked_after(world, 9000.0) == f"{newest}!"
    assert not is_complete(asked_after(world, 9001.0))
    assert sorted(world.xero.names()) == ["Ann", "Bob"]


def test_law_8_overlap_is_always_read_where_the_service_tells_no_time():
    world = World()
    world.vtiger.add("cards", name="Ann")
    asked_after(world, None)

    assert not any(is_complete(asked_after(world, None)) for _ in range(3))


def test_law_8_own_writes_are_known_from_the_moment_they_were_answered():
    """A run reads its own writes once more; the next one need not."""
    world = World()
    world.xero.add("cards", name="Ann")
    assert asked_after(world, 1000.0) is None
    assert asked_after(world, 5000.0) is None
    assert is_complete(asked_after(world, 9000.0))


@pytest.mark.parametrize("newest", ["2026-11-22 10:00:00", "2026-11-22T10:00:00"])
def test_sighting_when_kept_is_read_as_it_was(newest):
    sighting = Sighting(newest, 1790000000.25)

    assert Sighting.read(str(sighting)) == sighting
    assert Sighting.read(None) is None


@pytest.mark.parametrize("is_over", [True, False])
def test_row_that_is_read_again_by_its_id_proves_nothing_until_its_second_is_over(is_over):
    world = paired(phone="1")
    state = SqliteState(world.database, "")
    world.vtiger.is_settled = lambda *_: is_over

    reread(state, ToySlice("cards", StateLookups(state)), world.vtiger, [world.card])

    assert (proof(state.modified("cards", Side.VTIGER, world.card)) is not None) == is_over
