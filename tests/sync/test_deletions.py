"""Deletions that a service tells of itself: found in turn, believed only after a look, cheap where there are none."""

from __future__ import annotations

import pytest

from sync.world import World
from vtxero.domain.codes import Code
from vtxero.errors import TemporaryError
from vtxero.sync.records import Deleted


class Telling:
    """Lets a world's Vtiger tell what was deleted. `asked` holds what it was asked, `looks` the look-ups of ids."""

    def __init__(self, world, *, tells=("parents", "cards")):
        self.world, self.tells = world, tells
        self.bin, self.asked, self.looks, self.times = [], [], [], []
        world.vtiger.deleted = self.deleted
        self.existing, world.vtiger.existing = world.vtiger.existing, self.look

    def deleted(self, module, since, place):
        self.asked.append((module, place))
        self.times.append((module, since))
        if module not in self.tells:
            return None
        return Deleted(frozenset(self.bin), f"{module} up to {len(self.asked)}")

    def look(self, module, ids):
        self.looks.append((module, sorted(ids)))
        return self.existing(module, ids)

    def delete(self, *ids, module="cards"):
        for each in ids:
            self.world.vtiger.tables[module].pop(each)
        self.bin += ids


@pytest.fixture
def world(monkeypatch):
    # Only what is told leads to a look here.
    monkeypatch.setattr("vtxero.sync.gone.Deletions._look_at_next", lambda *_: "")
    made = World()
    made.parent = made.vtiger.add("parents", name="P")
    made.cards = [made.vtiger.add("cards", name=f"c{n}", parent=made.parent) for n in range(4)]
    made.sync()
    made.telling = Telling(made)
    return made


def gone(report):
    return [record.label for record in report.records if Code.GONE in {item.code for item in record.reasons}]


def test_deletion_that_is_told_is_found_within_as_many_runs_as_there_are_modules(world):
    world.telling.delete(world.cards[1])

    assert gone(world.sync()) + gone(world.sync()) == ["c1"]
    assert "c1" in world.xero.names()
    assert world.telling.looks == [("cards", [world.cards[1]])]


def test_each_run_asks_about_one_module_and_each_module_goes_on_from_its_place(world):
    for _ in range(4):
        world.sync()

    assert world.telling.asked == [
        ("parents", ""), ("cards", ""), ("parents", "parents up to 1"), ("cards", "cards up to 2"),
    ]  # fmt: skip
    assert world.telling.looks == []


def test_module_is_asked_about_from_its_first_cursor_though_edits_moved_it_before_its_turn(world):
    first = max(row["modified"] for row in world.vtiger.tables["cards"].values())
    world.vtiger.edit("cards", world.cards[0], phone="1")
    world.sync()
    world.vtiger.edit("cards", world.cards[0], phone="2")
    world.sync()

    assert world.telling.times[-1] == ("cards", first)


def test_record_that_is_told_to_be_deleted_and_is_there_stays(world):
    world.telling.bin += [world.cards[0], "no such record"]

    assert gone(world.sync()) + gone(world.sync()) == []
    assert world.telling.looks == [("cards", [world.cards[0]])]


def test_deletion_that_is_known_is_not_looked_up_again(world):
    world.telling.delete(world.cards[1])
    for _ in range(6):
        world.sync()

    assert len(world.telling.looks) == 1


def test_module_that_is_not_told_of_leaves_its_turn_to_the_next(world):
    world.telling.tells = ("cards",)
    world.telling.delete(world.cards[2])

    assert gone(world.sync()) == ["c2"]
    assert [module for module, _ in world.telling.asked] == ["parents", "cards"]


def test_wave_of_deletions_that_is_told_stops_the_run_until_it_is_allowed(world):
    world.guards = type(world.guards)(max_deletions=1)
    world.telling.tells = ("cards",)
    world.telling.delete(*world.cards[:3])

    assert [world.sync().exit_code for _ in range(2)] == [6, 6]
    assert {place for _, place in world.telling.asked} == {""}
    report = world.sync(allow=("deletions",))
    assert (report.exit_code, gone(report)) == (0, ["c0", "c1", "c2"])


def test_dry_run_tells_of_the_deletion_and_moves_no_place(world):
    world.telling.tells = ("cards",)
    world.telling.delete(world.cards[3])

    world.sync(dry_run=True)
    world.sync()

    assert [place for module, place in world.telling.asked if module == "cards"] == ["", ""]


def test_fault_while_it_is_told_stops_the_module_and_the_next_run_asks_again(world):
    def broken(module, since, place):
        raise TemporaryError(f"cannot tell of {module} since {since}, {place}")

    world.vtiger.deleted = broken
    assert world.sync().exit_code == 5
    world.telling.tells = ("cards",)
    world.telling.delete(world.cards[0])
    world.vtiger.deleted = world.telling.deleted
    assert gone(world.sync()) == ["c0"]


def test_full_run_looks_up_all_itself(world):
    world.telling.delete(world.cards[1])

    assert gone(world.sync(full=True)) == ["c1"]
    assert world.telling.asked == []
