"""Dry runs and saved plans: what is shown is what is sent."""

from __future__ import annotations

import pytest

from sync.world import World, counts


def test_dry_run_writes_nothing_and_tells_what_would_be_sent():
    world = World()
    for number in range(7):
        world.vtiger.add("cards", name=f"c{number}")

    report = world.sync(dry_run=True)

    assert (world.writes(), counts(report), report.planned_calls) == (0, {"created": 7}, {"xero": 3})


@pytest.mark.parametrize(("held_up", "seconds"), [(0.0, 1.5), (10.0, 30.0)])
def test_dry_run_tells_how_long_the_calls_take_or_how_long_limits_hold_them_up(held_up, seconds):
    """Half a second a call here; where a service's limits need longer, they decide."""
    world = World()
    world.xero.held_up_by = held_up
    for number in range(7):
        world.vtiger.add("cards", name=f"c{number}")

    report = world.sync(dry_run=True)

    assert report.planned_seconds == pytest.approx(seconds + held_up * report.calls["xero"], abs=report.seconds + 0.1)


def test_law_4_saved_plan_is_what_is_sent_and_nothing_else():
    world = World()
    world.vtiger.add("cards", name="ann")
    plan = world.sync(dry_run=True)
    world.vtiger.add("cards", name="bob")

    report = world.sync(approved=plan.planned)

    assert world.xero.names() == ["ann"]
    assert counts(report) == {"created": 1}
    world.sync()
    assert world.xero.names() == ["ann", "bob"]


def test_law_4_line_of_a_plan_whose_record_moved_is_refused_and_the_others_are_sent():
    world = World()
    card = world.vtiger.add("cards", name="ann")
    world.vtiger.add("cards", name="bob")
    plan = world.sync(dry_run=True)
    world.vtiger.edit("cards", card, phone="1")

    report = world.sync(approved=plan.planned)

    assert world.xero.names() == ["bob"]
    assert counts(report) == {"created": 1, "conflict": 1}
    assert report.exit_code == 8


def test_law_4_plan_applied_twice_does_nothing_the_second_time():
    world = World()
    world.vtiger.add("cards", name="ann")
    plan = world.sync(dry_run=True)
    world.sync(approved=plan.planned)
    before = world.writes()

    report = world.sync(approved=plan.planned)

    assert (world.writes(), report.exit_code) == (before, 0)


def test_plan_shows_the_name_of_a_record_that_it_makes_not_its_symbol():
    world = World()
    parent = world.vtiger.add("parents", name="Parent & Co")
    world.vtiger.add("cards", name="C", parent=parent)

    report = world.sync(dry_run=True)

    shown = {
        change.field: change.after for record in report.records if record.label == "C" for change in record.changes
    }
    assert shown["parent"] == "Parent & Co"
