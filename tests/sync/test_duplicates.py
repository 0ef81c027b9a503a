"""Several records that could be one: never guessed between, and never made twice."""

from __future__ import annotations

import pytest

from sync.world import World, counts, in_step
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome


def test_duplicates_in_vtiger_share_one_partner():
    world = World()
    first = world.vtiger.add("parents", name="Twin")
    second = world.vtiger.add("parents", name="twin")
    world.vtiger.add("cards", name="of first", parent=first)
    world.vtiger.add("cards", name="of second", parent=second)

    report = world.sync()

    assert world.xero.names("parents") == ["Twin"]
    partner = next(iter(world.xero.tables["parents"]))
    assert set(world.xero.values("parent")) == {partner}
    assert [r.reasons[0].code for r in report.records if r.outcome is Outcome.SKIPPED] == [Code.ORG_DUPLICATE]
    before = world.writes()
    world.sync()
    assert world.writes() == before


def test_two_candidates_are_never_guessed_between():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.xero.add("cards", name="Ann")
    world.xero.add("cards", name="ANN")

    report = world.sync(direction=Direction.TO_XERO)

    assert (world.writes(), report.records[0].reasons[0].code) == (0, Code.AMBIGUOUS)


def test_two_records_made_anew_in_place_of_one_leave_the_younger_a_duplicate():
    world = World()
    old = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.tables["cards"].pop(old)
    world.sync(full=True)
    first, second = (world.vtiger.add("cards", name="Ann", phone="1") for _ in range(2))

    report = world.sync()

    assert world.xero.names() == ["Ann"]
    told = {record.vtiger_id: [str(reason.code) for reason in record.reasons] for record in report.records}
    assert told == {first: [], second: ["ORG-DUPLICATE"]}
    world.vtiger.edit("cards", first, phone="2")
    world.sync()
    [card] = world.xero.tables["cards"].values()
    assert card["phone"] == "2"
    world.quiet()


@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_record_made_anew_in_place_of_a_deleted_one_takes_over_its_partner(side):
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    service = getattr(world, side)
    service.tables["cards"].clear()
    world.sync(full=True, allow=("emptied",))
    service.add("cards", name="Ann", phone="1")

    world.sync()

    assert world.vtiger.names() == world.xero.names() == ["Ann"]
    new = next(iter(service.tables["cards"]))
    service.edit("cards", new, phone="2")
    world.sync()
    in_step(world, phone="2")


def test_duplicate_takes_over_when_the_first_of_the_name_is_deleted():
    world = World()
    first = world.vtiger.add("cards", name="Ann", phone="1")
    world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.tables["cards"].pop(first)

    world.sync(full=True)
    world.sync()

    assert (world.xero.names(), world.vtiger.names()) == (["Ann"], ["Ann"])
    world.quiet()


def test_candidate_that_was_not_chosen_is_not_made_a_second_time():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.xero.add("cards", name="Ann")
    world.xero.add("cards", name="ANN")

    world.sync()

    assert (world.vtiger.names(), world.writes()) == (["Ann"], 0)


def test_law_2_record_whose_id_one_in_vtiger_carries_is_not_made_there_again_though_the_link_is_lost():
    world = World()
    card = world.xero.add("cards", name="c")
    world.sync()
    [own] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", own, marker=card, phone="1")
    world.sync()
    world.vtiger.add("cards", name="later")  # the first one is read no more
    world.sync()
    world.database.execute("DELETE FROM links WHERE xero_id = ?", (card,))
    world.xero.edit("cards", card, name="another")

    report = world.sync()

    assert world.vtiger.names() == ["c", "later"]
    assert [record.reasons[0].code for record in report.records] == [Code.AMBIGUOUS]


def test_copy_in_vtiger_that_carries_the_id_of_a_linked_partner_gets_one_of_its_own():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    [partner] = world.xero.tables["cards"]
    world.vtiger.add("cards", name="Ann, copied", phone="2", marker=partner)

    world.sync()

    assert {row["name"]: row["phone"] for row in world.xero.tables["cards"].values()} == {
        "Ann": "1",
        "Ann, copied": "2",
    }
    assert world.vtiger.names() == world.xero.names()
    world.quiet()


def test_copy_in_vtiger_that_carries_the_id_of_a_partner_of_the_same_plan_gets_one_of_its_own():
    world = World()
    partner = world.xero.add("cards", name="Ann")
    world.vtiger.add("cards", name="Ann", marker=partner)
    world.vtiger.add("cards", name="Ann, copied", marker=partner)

    report = world.sync()

    assert counts(report) == {"linked": 1, "created": 1}
    assert world.vtiger.names() == world.xero.names() == ["Ann", "Ann, copied"]
    world.quiet()
