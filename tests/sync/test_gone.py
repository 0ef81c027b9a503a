"""Records that are no longer there: found, reported, and never made anew."""

from __future__ import annotations

from sync.world import World, counts, led, paired
from vtxero.domain.codes import Code
from vtxero.sync.records import Outcome


def test_record_deleted_in_vtiger_when_its_partner_is_edited_is_reported_and_never_made_anew():
    world = paired(phone="1")
    world.vtiger.tables["cards"].pop(world.card)
    world.edit(xero={"phone": "2"})

    report = world.sync()

    assert [(r.outcome, r.reasons[0].code) for r in report.records] == [(Outcome.SKIPPED, Code.GONE)]
    assert world.vtiger.names() == []
    assert counts(world.sync()) == {"skipped": 1}


def test_deletion_that_nobody_tells_of_is_found_in_turn_by_looking_up_a_hundred_records_a_run():
    world = World()
    world.xero.size = world.vtiger.size = 100
    for number in range(2):
        world.vtiger.add("parents", name=f"p{number}")
    cards = [world.vtiger.add("cards", name=f"c{number:03}") for number in range(230)]
    world.sync(full=True)
    existing, looks = world.vtiger.existing, []

    def look(module, ids):
        looks.append((module, len(ids)))
        return existing(module, ids)

    world.vtiger.existing = look
    world.vtiger.tables["cards"].pop(max(cards))

    reports = [world.sync() for _ in range(5)]

    assert looks == [("parents", 2), ("cards", 100), ("cards", 100), ("cards", 30), ("parents", 2)]
    assert {record.reasons[0].code for report in reports for record in report.records} == {Code.GONE}


def test_restored_record_is_in_step_again():
    world = paired(phone="1")
    row = world.vtiger.tables["cards"].pop(world.card)
    world.sync()
    world.vtiger.tables["cards"][world.card] = row
    world.edit(vtiger={"phone": "2"})

    world.sync()

    assert world.xero.values("phone") == ["2"]
    world.quiet()


def test_deletion_is_seen_at_once_in_a_list_without_times():
    world = World()
    world.vtiger.is_timeless = world.xero.is_timeless = True
    card = world.vtiger.add("cards", name="ann")
    world.vtiger.add("cards", name="bob")
    world.sync()
    world.quiet()
    del world.vtiger.tables["cards"][card]

    report = world.sync()

    assert [(record.label, record.reasons[0].code) for record in report.records] == [("ann", Code.GONE)]
    assert world.xero.names() == ["ann", "bob"]


def test_record_that_never_crossed_and_left_a_list_without_times_is_forgotten():
    world = led()
    world.vtiger.is_timeless = world.xero.is_timeless = True
    card = world.vtiger.add("cards", name="ann")
    world.vtiger.add("cards", name="bob")
    world.sync()
    del world.vtiger.tables["cards"][card]
    world.xero.add("cards", name="ann")

    report = world.sync()

    assert (counts(report), world.vtiger.names()) == ({"created": 1}, ["ann", "bob"])
