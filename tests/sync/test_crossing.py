"""What crosses: records new on a side, edits, and what only one direction may carry."""

from __future__ import annotations

import pytest

from sync.world import World, counts, led, paired
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction


def test_first_run_creates_what_is_missing_on_either_side():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.xero.add("cards", name="Bob")

    report = world.sync()

    assert world.vtiger.names() == world.xero.names() == ["Ann", "Bob"]
    assert counts(report) == {"created": 2}
    world.quiet()


def test_run_in_one_direction_leaves_the_other_side_alone():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.xero.add("cards", name="Bob")

    report = world.sync(direction=Direction.TO_XERO)

    assert (world.vtiger.names(), world.xero.names()) == (["Ann"], ["Ann", "Bob"])
    assert counts(report) == {"created": 1}


def test_record_left_out_by_one_direction_crosses_when_the_direction_changes():
    world = World()
    world.xero.add("cards", name="Bob")
    world.sync(direction=Direction.TO_XERO)
    world.sync(direction=Direction.TO_XERO)

    world.sync()

    assert world.vtiger.names() == ["Bob"]


def test_edit_on_one_side_is_carried_to_the_other():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")

    report = world.sync()

    assert world.xero.values("phone") == ["2"]
    assert [(c.field, c.before, c.after) for c in report.records[0].changes] == [("phone", "1", "2")]
    world.quiet()


def test_what_a_side_cannot_hold_never_echoes():
    world = paired(note="a text of more than twelve")
    world.quiet()
    world.edit(xero={"colour": "red"})
    world.quiet()
    world.edit(vtiger={"phone": "9"})

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert (row["colour"], row["phone"]) == ("red", "9")
    assert world.vtiger.tables["cards"][world.card]["note"] == "a text of more than twelve"
    world.quiet()


def test_change_on_the_unread_side_is_reported_and_kept_for_later():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.sync(direction=Direction.TO_XERO)
    world.xero.edit("cards", "guid-0001", phone="2")

    report = world.sync(direction=Direction.TO_XERO)
    assert counts(report) == {"skipped": 1}
    assert report.records[0].reasons[0].code is Code.ONE_WAY
    assert counts(world.sync(direction=Direction.TO_XERO)) == {"skipped": 1}

    world.sync()
    assert world.vtiger.values("phone") == ["2"]


def test_value_that_a_person_cleared_is_cleared_on_the_other_side():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="")

    world.sync()

    assert world.xero.values("phone") == [""]


def test_skipped_record_is_judged_anew_without_being_read_again():
    world = World()
    card = world.vtiger.add("cards", name="A<b")
    world.vtiger.add("cards", name="Bob")
    assert counts(world.sync()) == {"skipped": 1, "created": 1}
    world.vtiger.tables["cards"][card]["name"] = "read again"  # under its old time, which lies before the cursor

    assert counts(world.sync())["skipped"] == 1
    assert world.xero.names() == ["Bob"]


def test_update_that_the_other_side_bars_is_skipped_with_its_reason_and_kept():
    world = paired(phone="1")
    world.edit(xero={"colour": "closed"})
    world.sync()
    world.edit(vtiger={"phone": "2"})

    report = world.sync()

    assert [f.code for f in report.records[0].reasons] == [Code.INV_CLOSED]
    world.edit(xero={"colour": ""})
    world.sync()
    assert world.xero.values("phone") == ["2"]


def test_law_9_every_record_seen_has_exactly_one_outcome():
    world = World()
    for number in range(9):
        world.vtiger.add("cards", name=f"c<{number}" if number % 3 == 0 else f"c{number}")

    report = world.sync()

    assert sum(row.seen for row in report.modules) == 9
    assert len({r.vtiger_id for r in report.records}) == len(report.records) == 9


def test_retired_record_crosses_only_when_another_needs_it():
    world = World()
    needed = world.vtiger.add("parents", name="needed", colour="grey")
    world.vtiger.add("parents", name="spare", colour="grey")
    world.vtiger.add("cards", name="C", parent=needed)

    report = world.sync()

    assert world.xero.names("parents") == ["needed"]
    assert [(r.label, r.reasons[0].message) for r in report.records if r.reasons] == [("spare", "retired")]
    assert [r.label for r in world.sync(modules=("cards",)).records] == []
    world.quiet()


@pytest.mark.parametrize("conflict", [None, "report", "vtiger"])
def test_side_that_leads_wins_at_the_first_meeting_and_ever_after(conflict):
    world = led()
    card = world.vtiger.add("cards", name="ann", phone="1")
    world.xero.add("cards", name="ann", phone="2")

    first = world.sync(conflict=conflict)
    assert (world.vtiger.tables["cards"][card]["phone"], first.exit_code) == ("2", 0)
    world.vtiger.edit("cards", card, phone="3")
    second = world.sync(conflict=conflict)

    assert (world.vtiger.tables["cards"][card]["phone"], second.exit_code) == ("2", 0)
    assert [(c.before, c.after) for c in second.records[0].changes] == [("3", "2")]
    assert world.xero.writes == []
    world.quiet()


def test_module_of_one_direction_is_left_out_of_the_other_and_reads_nothing():
    world = led()
    world.xero.add("cards", name="ann")
    world.sync(modules=("parents",))
    before = world.vtiger.calls + world.xero.calls

    report = world.sync(modules=("cards",), direction=Direction.TO_XERO)

    assert (report.modules, world.vtiger.names()) == ((), [])
    assert world.vtiger.calls + world.xero.calls == before


def test_words_that_look_like_an_old_symbol_are_only_words():
    world = World()
    parent = world.vtiger.add("parents", name="P")
    world.vtiger.add("cards", name="C", note="new:parents:" + parent)

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert row["note"] == ("new:parents:" + parent)[:12]
    world.quiet()
