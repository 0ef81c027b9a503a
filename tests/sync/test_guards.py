"""The guards: a side that is empty, too many changes, a wave of deletions, another config."""

from __future__ import annotations

import pytest

from sync.world import World, counts
from vtxero.sync.mapping import Mapped


def test_law_10_emptied_side_stops_before_any_write():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.vtiger.add("cards", name="Bob")
    world.sync()
    world.vtiger.tables["cards"].clear()
    world.xero.add("cards", name="new")

    report = world.sync(full=True)

    assert (report.exit_code, report.status) == (6, "error")
    assert world.vtiger.names() == []
    assert "--allow emptied" in report.messages[0]


def test_last_record_of_a_side_when_it_is_deleted_is_gone_and_holds_up_no_run():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.sync()
    world.vtiger.tables["cards"].clear()
    world.xero.add("cards", name="new")

    report = world.sync(full=True)

    assert (report.exit_code, counts(report)) == (0, {"skipped": 1, "created": 1})
    assert world.sync(full=True).exit_code == 0


@pytest.mark.parametrize(("number", "code"), [(1, 0), (3, 6)])
def test_side_that_never_gave_a_row_of_its_own_is_emptied_only_when_it_lost_several(number, code):
    world = World()
    for place in range(number):
        world.xero.add("cards", name=f"Card {place}")
    world.sync()
    world.vtiger.tables["cards"].clear()

    assert world.sync().exit_code == code


def test_side_that_was_let_through_as_empty_once_is_not_stopped_at_again():
    world = World()
    for name in ("Ann", "Bob", "Cat"):
        world.vtiger.add("cards", name=name)
    world.sync()
    world.xero.tables["cards"].clear()

    assert world.sync(full=True).exit_code == 6
    assert world.sync(full=True, allow=("emptied",)).exit_code == 0
    assert world.sync(full=True).exit_code == 0


def test_law_10_more_changes_than_allowed_stop_before_any_write():
    world = World(max_changes=2)
    cards = [world.vtiger.add("cards", name=f"c{n}") for n in range(3)]
    world.sync()
    for card in cards:
        world.vtiger.edit("cards", card, phone="2")
    before = world.writes()

    assert world.sync().exit_code == 6
    assert world.writes() == before
    assert counts(world.sync(allow=("changes",))) == {"updated": 3}


@pytest.mark.parametrize(("edited", "share", "code"), [(21, "0.5", 6), (20, "0.5", 0), (21, "0.8", 0)])
def test_law_10_change_of_most_records_of_a_module_stops_the_run_until_it_is_allowed(edited, share, code):
    world = World(max_share=share)
    cards = [world.vtiger.add("cards", name=f"card {number}") for number in range(30)]
    world.sync()
    for card in cards[:edited]:
        world.vtiger.edit("cards", card, phone="1")

    report = world.sync()

    assert report.exit_code == code
    assert ("guards.max_share" in " ".join(report.messages)) == (code == 6)
    assert world.sync(allow=("changes",)).exit_code == 0
    assert world.xero.values("phone").count("1") == edited


def test_law_10_wave_of_deletions_stops_the_run_until_it_is_allowed():
    world = World(max_deletions=1)
    cards = [world.vtiger.add("cards", name=f"c{n}") for n in range(3)]
    world.sync()
    for card in cards[:2]:
        world.vtiger.tables["cards"].pop(card)

    assert [world.sync(full=True).exit_code for _ in range(2)] == [6, 6]
    report = world.sync(full=True, allow=("deletions",))
    assert (report.exit_code, counts(report)) == (0, {"skipped": 2, "unchanged": 1})


def test_law_10_changed_mapping_stops_the_run_until_it_is_allowed():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.sync()
    world.mapped = Mapped({"a": "1", "b": "3", "c": "4"})
    world.vtiger.add("cards", name="Bob")
    wanted = "changed since the last run: b was 2 and is 3; c was not set and is 4."

    dry = world.sync(dry_run=True)
    report = world.sync()

    assert dry.exit_code == 0
    assert "A real run would stop here. RUN-GUARD-CONFIG: " in dry.messages[0]
    assert wanted in dry.messages[0]
    assert (report.exit_code, world.xero.names()) == (6, ["Ann"])
    assert report.messages[0].startswith("RUN-GUARD-CONFIG: ")
    assert wanted in report.messages[0]
    assert world.sync(allow=("config",)).exit_code == 0
    assert world.sync().exit_code == 0
