"""Records that refer to others: what is needed goes first, and what failed stops only what depends on it."""

from __future__ import annotations

import pytest

from sync.world import World, counts
from vtxero.domain.codes import Code


def test_one_refused_record_stops_only_itself_and_what_depends_on_it():
    world = World()
    bad = world.vtiger.add("parents", name="Bad")
    good = world.vtiger.add("parents", name="Good")
    world.vtiger.add("cards", name="child of bad", parent=bad)
    world.vtiger.add("cards", name="child of good", parent=good)
    world.xero.refuse = lambda payload: "No." if payload["name"] == "Bad" else ""

    report = world.sync()

    assert world.xero.names("parents") == ["Good"]
    assert world.xero.names() == ["child of good"]
    reasons = {r.label: [f.code for f in r.reasons] for r in report.records if r.reasons}
    assert reasons == {"Bad": [Code.XERO_REFUSED], "child of bad": [Code.DEPENDENCY]}
    assert report.exit_code == 3


def test_reference_to_a_record_of_the_same_plan_is_resolved_when_it_is_sent():
    world = World()
    parent = world.vtiger.add("parents", name="P")
    world.vtiger.add("cards", name="C", parent=parent)

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert row["parent"] == next(iter(world.xero.tables["parents"]))


@pytest.mark.parametrize("part", [{"modules": ("cards",)}, {"only": ("cards:C",)}])
def test_part_of_a_run_brings_along_what_its_records_need_and_no_other(part):
    world = World()
    parent = world.vtiger.add("parents", name="needed")
    world.vtiger.add("parents", name="not needed")
    world.vtiger.add("cards", name="C", parent=parent)

    world.sync(**part)

    assert (world.xero.names("parents"), world.xero.names()) == (["needed"], ["C"])
    world.sync()
    assert world.xero.names("parents") == ["needed", "not needed"]


def test_refused_write_has_what_it_refers_to_looked_up_in_the_next_run():
    world = World()
    world.xero.may_vanish = lambda module: module == "parents"
    parent = world.vtiger.add("parents", name="P")
    world.vtiger.add("parents", name="Q")
    world.vtiger.add("cards", name="C", parent=parent)
    world.sync()
    [gone] = [row["id"] for row in world.xero.tables["parents"].values() if row["name"] == "P"]
    world.xero.tables["parents"].pop(gone)
    world.vtiger.add("cards", name="D", parent=parent)
    world.xero.refuse = lambda payload: "No such parent." if payload["parent"] else ""
    assert counts(world.sync())["failed"] == 1

    report = world.sync()

    assert [r.reasons[0].code for r in report.records if r.label == "P"] == [Code.GONE]
