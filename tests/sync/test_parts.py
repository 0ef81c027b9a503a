"""Runs over a part: some records, a limit, a budget of calls."""

from __future__ import annotations

import pytest

from sync.world import World, counts, in_step, paired
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.errors import SignalError
from vtxero.store import SqliteState
from vtxero.sync.records import Outcome
from vtxero.sync.run import Run


def test_only_one_record_is_synced_and_the_cursor_stays():
    world = World()
    for name in ("ann", "bob"):
        world.vtiger.add("cards", name=name)

    world.sync(only=("cards:Bob",), modules=("cards",))
    assert world.xero.names() == ["bob"]

    world.sync()
    assert world.xero.names() == ["ann", "bob"]


@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_since_leaves_what_was_last_changed_before_for_later(side):
    world = World()
    here, there = (world.vtiger, world.xero) if side == "vtiger" else (world.xero, world.vtiger)
    ann = here.add("cards", name="ann", phone="1")
    here.add("cards", name="bob")
    now = here.values("modified")[1]

    world.sync(since=now)
    assert there.names() == ["bob"]

    here.edit("cards", ann, phone="2")
    world.sync(since=now)
    assert sorted(there.values("phone")) == ["", "2"]
    world.quiet()


def test_since_counts_a_change_on_either_side_of_a_pair():
    world = paired(phone="1")
    world.edit(vtiger={"phone": "2"})
    for note in ("read", "seen"):
        world.edit(xero={"note": note})
    [earlier], [later] = world.vtiger.values("modified"), world.xero.values("modified")
    assert earlier < later

    world.sync(since=later)

    in_step(world, phone="2", note="seen")


def test_limit_leaves_the_rest_for_later():
    world = World()
    for number in range(5):
        world.vtiger.add("cards", name=f"c{number}")

    assert counts(world.sync(limit=2)) == {"created": 2}
    assert counts(world.sync()) == {"created": 3, "unchanged": 2}


def test_budget_of_calls_ends_the_run_with_exit_code_7_and_the_next_goes_on():
    world = World()
    for number in range(9):
        world.vtiger.add("cards", name=f"c{number}")

    report = world.sync(max_calls=5)
    assert (report.exit_code, 0 < len(world.xero.names()) < 9) == (7, True)

    world.sync()
    assert len(world.xero.names()) == 9
    world.quiet()


def test_law_9_records_not_reached_when_a_run_ends_early_say_so():
    world = World()
    for number in range(9):
        world.vtiger.add("cards", name=f"c{number}")

    report = world.sync(max_calls=6)

    assert report.exit_code == 7
    assert sum(row.seen for row in report.modules) == 9
    late = [record for record in report.records if record.outcome is Outcome.SKIPPED]
    assert late
    assert {record.reasons[0].code for record in late} == {Code.RUN_ENDED}
    assert len(late) + len(world.xero.names()) == 9


def test_law_9_run_that_ends_between_the_two_writes_of_a_pair_tells_what_crossed_and_what_is_left():
    world = paired(phone="1", note="old")
    world.edit(vtiger={"phone": "2"}, xero={"note": "new"})

    before, allowed = world.writes(), 0
    while world.writes() == before:
        world.vtiger.calls = world.xero.calls = 0
        allowed += 1
        report = world.sync(max_calls=allowed)

    assert (report.exit_code, world.writes() - before) == (7, 1)
    [told] = report.records
    assert [change.field + change.where for change in told.changes] == ["phone"]
    assert [each.code for each in told.reasons] == [Code.RUN_ENDED]
    world.sync()
    in_step(world, phone="2", note="new")


def test_reading_of_many_records_is_stopped_between_two_pages(monkeypatch):
    world, asked = World(), []
    world.vtiger.size = 2
    for number in range(20):
        world.vtiger.add("cards", name=f"c{number}")

    def check(_run):
        asked.append(len(list(SqliteState(world.database, "").unlinked("cards", Side.VTIGER))))
        if asked[-1] >= 6:
            raise SignalError("Stopped.", exit_code=130)

    monkeypatch.setattr(Run, "_check_budget", check)

    assert world.sync().exit_code == 130
    assert asked[-4:] == [0, 2, 4, 6]
    assert world.writes() == 0
