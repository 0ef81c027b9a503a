"""The cursor law: nothing that was edited while a long read went on is passed over."""

from __future__ import annotations

import pytest

from vtxero.sync.cursors import cursor_after


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
