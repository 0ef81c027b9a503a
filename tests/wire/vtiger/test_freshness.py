"""When a row is proven not to have changed since it was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vtxero.errors import ConfigError
from vtxero.vtiger.freshness import Freshness, less_overlap

READ = "2026-11-22 12:00:00"


def fresh(*, seconds_later: int, zone_hours: float = 0, known: str | None = READ) -> Freshness:
    """A server whose database runs in another zone than UTC, asked so long after the modification."""
    modified = datetime(2026, 11, 22, 12, 0, tzinfo=UTC) - timedelta(hours=zone_hours)
    return Freshness(lambda _: known, (modified + timedelta(seconds=seconds_later)).timestamp())


@pytest.mark.parametrize("zone", [0, 13, -9.5, 5.75])
def test_same_time_long_ago_is_unchanged_in_any_zone(zone):
    assert fresh(seconds_later=60, zone_hours=zone).is_unchanged("7x1", READ)


@pytest.mark.parametrize("zone", [0, 13, -9.5, 5.75])
@pytest.mark.parametrize("seconds", [-1, 0, 1, 5])
def test_same_time_within_seconds_may_have_changed_again(zone, seconds):
    assert not fresh(seconds_later=seconds, zone_hours=zone).is_unchanged("7x1", READ)


@pytest.mark.parametrize("known", [None, "2026-11-22 11:59:59", "2026-11-22 12:00:01"])
def test_other_time_than_known_has_changed(known):
    assert not fresh(seconds_later=60, known=known).is_unchanged("7x1", READ)


@pytest.mark.parametrize(("known", "covered"), [(None, False), ("2026-11-22 11:59:59", False), (READ, True),
                                               ("2026-11-22 12:00:01", True)])  # fmt: skip
def test_part_is_covered_by_the_latest_time_of_the_whole(known, covered):
    assert fresh(seconds_later=60, known=known).is_covered("11x1", READ) is covered


@pytest.mark.parametrize("time", ["", "soon", "2026-11-22"])
def test_unreadable_time_proves_nothing(time):
    assert not fresh(seconds_later=60, known=time).is_unchanged("7x1", time)


def test_overlap_is_taken_off_in_the_servers_own_notation():
    assert less_overlap("2026-11-22 00:02:00") == "2026-11-21 23:57:00"
    assert less_overlap("2026-11-22") == "2026-11-21 23:55:00"
    with pytest.raises(ConfigError):
        less_overlap("now")
