"""Edits on both sides and first meetings: different fields merge, the same field waits for a person."""

from __future__ import annotations

from contextlib import contextmanager

from sync.toy import ToySlice
from sync.world import World, counts, in_step, paired
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction, Side
from vtxero.sync.mapping import Mapped
from vtxero.sync.records import FieldChange, Outcome


@contextmanager
def edited_meanwhile(service, card, **fields):
    """A person edits the card at the last moment: just before its time of change is looked at once more."""
    look = service.modified_now

    def edit_and_look(module, ids):
        service.edit("cards", card, **fields)
        return look(module, ids)

    service.modified_now = edit_and_look
    yield
    service.modified_now = look


def edited_on_both_sides():
    world = paired(phone="1", note="old")
    world.edit(vtiger={"phone": "2"}, xero={"note": "new"})
    return world


def test_edits_of_different_fields_on_both_sides_are_merged():
    world = edited_on_both_sides()

    report = world.sync()

    in_step(world, phone="2", note="new")
    assert counts(report) == {"updated": 1}
    world.quiet()


def test_change_that_is_written_on_the_other_side_than_its_record_s_row_names_that_side():
    world = edited_on_both_sides()

    [told] = world.sync().records

    assert told.direction is Direction.TO_XERO
    assert told.changes == (FieldChange("phone", "1", "2"), FieldChange("note", "old", "new", Side.VTIGER))


def test_conflict_beside_edits_on_both_sides_leaves_no_change_untold():
    world = paired(phone="1", note="old", colour="red")
    world.edit(vtiger={"phone": "2", "name": "Anna"}, xero={"phone": "3", "note": "new"})

    for report in (world.sync(dry_run=True), world.sync()):
        [told] = report.records
        assert (told.outcome, [each.code for each in told.reasons]) == (Outcome.CONFLICT, [Code.CONFLICT])
        assert [each.field + each.where for each in told.changes] == ["name", "note in Vtiger"]


def test_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_written():
    world = paired(phone="1")
    world.edit(vtiger={"phone": "2"}, xero={"phone": "3"})
    before = world.writes()

    report = world.sync()

    assert world.writes() == before
    assert counts(report) == {"conflict": 1}
    assert report.exit_code == 8
    assert report.records[0].reasons[0].code is Code.CONFLICT
    assert "Vtiger has 2, Xero 3" in report.records[0].reasons[0].message


def test_conflict_stays_until_a_side_is_chosen():
    world = paired(phone="1")
    world.edit(vtiger={"phone": "2"}, xero={"phone": "3"})
    world.sync()

    assert counts(world.sync()) == {"conflict": 1}
    world.sync(conflict="xero")

    assert world.vtiger.values("phone") == ["3"]
    world.quiet()


def test_conflict_in_one_field_does_not_hold_up_another():
    world = paired(phone="1", note="a")
    world.edit(vtiger={"phone": "2", "note": "b"}, xero={"phone": "3"})

    world.sync()
    [row] = world.xero.tables["cards"].values()

    assert (row["phone"], row["note"]) == ("3", "b")
    assert counts(world.sync()) == {"conflict": 1}


def test_equal_edit_on_both_sides_is_no_change():
    world = paired(phone="1")
    world.edit(vtiger={"phone": "2"}, xero={"phone": "2"})

    assert counts(world.sync()) == {"unchanged": 1}
    world.quiet()


def test_first_meeting_of_equal_records_links_without_a_write():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="Ann", phone="1")

    report = world.sync()

    assert (world.writes(), counts(report)) == (0, {"linked": 1})
    world.quiet()


def test_first_meeting_fills_what_is_blank_on_one_side():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="Ann", note="n")

    world.sync()

    in_step(world, phone="1", note="n")
    world.quiet()


def test_first_meeting_of_records_that_differ_is_a_conflict_never_just_a_link():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="Ann", phone="2")

    assert counts(world.sync()) == {"conflict": 1}
    assert world.writes() == 0
    assert counts(world.sync()) == {"conflict": 1}
    world.sync(conflict="vtiger")
    assert world.xero.values("phone") == ["1"]
    world.quiet()


def test_first_meeting_leaves_a_field_alone_that_only_one_side_can_speak_of():
    """Vtiger's toy can hold no colour; what stands there none the less is nobody's to wipe."""
    world = World()
    world.vtiger.add("cards", name="Ann", colour="red")
    world.xero.add("cards", name="Ann", colour="blue")

    assert counts(world.sync()) == {"linked": 1}
    assert (world.vtiger.values("colour"), world.xero.values("colour")) == (["red"], ["blue"])
    world.quiet()


def test_record_edited_during_the_run_is_not_overwritten():
    world = paired(phone="1")
    world.edit(vtiger={"phone": "2"})
    with edited_meanwhile(world.xero, world.partner, phone="person"):
        assert counts(world.sync()) == {"conflict": 1}

    assert world.xero.values("phone") == ["person"]
    assert counts(world.sync()) == {"conflict": 1}


def test_law_3_field_switched_on_later_meets_for_the_first_time():
    world = World()
    world.fields = ("name", "note")
    blank = world.vtiger.add("cards", name="Ann")
    differs = world.vtiger.add("cards", name="Bob", phone="1")
    world.sync()
    made = {row["name"]: row["id"] for row in world.xero.tables["cards"].values()}
    world.xero.edit("cards", made["Ann"], phone="5")
    world.xero.edit("cards", made["Bob"], phone="2")
    world.sync()
    world.fields, world.mapped = ToySlice.fields, Mapped({})

    report = world.sync(allow=("config",))

    assert counts(report) == {"updated": 1, "conflict": 1}
    assert world.vtiger.tables["cards"][blank]["phone"] == "5"
    assert world.vtiger.tables["cards"][differs]["phone"] == "1"
    assert counts(world.sync(conflict="xero"))["updated"] == 1
    world.quiet()


def test_law_3_second_write_of_a_pair_waits_when_the_first_was_refused():
    world = edited_on_both_sides()
    world.xero.refuse = lambda _: "No."
    assert counts(world.sync()) == {"failed": 1}
    world.xero.refuse = lambda _: ""

    world.sync()

    in_step(world, phone="2", note="new")
    world.quiet()


def test_law_3_second_write_of_a_pair_waits_when_somebody_edits_the_first_side():
    world = edited_on_both_sides()
    with edited_meanwhile(world.xero, world.partner, colour="red"):
        world.sync()
    world.sync()

    in_step(world, phone="2", note="new")
    world.quiet()


def test_second_write_of_a_pair_that_somebody_was_quicker_than_needs_nobody_and_the_first_one_stays_told():
    world = edited_on_both_sides()
    with edited_meanwhile(world.vtiger, world.card, colour="red"):
        report = world.sync()

    [told] = report.records
    assert (told.outcome, [reason.code for reason in told.reasons]) == (Outcome.CONFLICT, [Code.MOVED])
    assert told.changes == (FieldChange("phone", "1", "2"),)
    assert (report.exit_code, counts(report)) == (0, {"conflict": 1})
    assert (world.xero.values("phone"), world.vtiger.values("note")) == (["2"], ["old"])
    assert world.sync().exit_code == 0
    in_step(world, phone="2", note="new")


def test_law_3_limit_takes_both_writes_of_a_pair_or_none():
    world = World()
    first = world.vtiger.add("cards", name="Zoe")
    card = world.vtiger.add("cards", name="Ann", phone="1", note="old")
    world.sync()
    world.vtiger.edit("cards", first, phone="9")
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0002", note="new")

    world.sync(limit=1)
    world.sync()

    for service in (world.vtiger, world.xero):
        rows = {row["name"]: (row["phone"], row["note"]) for row in service.tables["cards"].values()}
        assert rows == {"Zoe": ("9", ""), "Ann": ("2", "new")}
    world.quiet()
