"""The engine's rules, told with a toy module: what must hold whatever the services are like."""

from __future__ import annotations

import pytest

from sync.toy import Killed, ToySlice, World, killed_at
from vtxero.domain.codes import Code
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ReplyLostError
from vtxero.sync.records import Outcome


def counts(report, module="cards"):
    rows = [row for row in report.modules if row.module == module]
    return {
        outcome.value: sum(row.counts[outcome] for row in rows)
        for outcome in Outcome
        if any(r.counts[outcome] for r in rows)
    }


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

    assert [row["phone"] for row in world.xero.tables["cards"].values()] == ["2"]
    assert [(c.field, c.before, c.after) for c in report.records[0].changes] == [("phone", "1", "2")]
    world.quiet()


def test_edits_of_different_fields_on_both_sides_are_merged():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1", note="old")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0001", note="new")

    report = world.sync()

    for service in (world.vtiger, world.xero):
        [row] = service.tables["cards"].values()
        assert (row["phone"], row["note"]) == ("2", "new")
    assert counts(report) == {"updated": 1}
    world.quiet()


def test_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_written():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0001", phone="3")
    before = world.writes()

    report = world.sync()

    assert world.writes() == before
    assert counts(report) == {"conflict": 1}
    assert report.exit_code == 8
    assert report.records[0].reasons[0].code is Code.CONFLICT
    assert "Vtiger has 2, Xero 3" in report.records[0].reasons[0].message


def test_conflict_stays_until_a_side_is_chosen():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0001", phone="3")
    world.sync()

    assert counts(world.sync()) == {"conflict": 1}
    world.sync(conflict="xero")

    assert [row["phone"] for row in world.vtiger.tables["cards"].values()] == ["3"]
    world.quiet()


def test_conflict_in_one_field_does_not_hold_up_another():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1", note="a")
    world.sync()
    world.vtiger.edit("cards", card, phone="2", note="b")
    world.xero.edit("cards", "guid-0001", phone="3")

    world.sync()
    [row] = world.xero.tables["cards"].values()

    assert (row["phone"], row["note"]) == ("3", "b")
    assert counts(world.sync()) == {"conflict": 1}


def test_equal_edit_on_both_sides_is_no_change():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0001", phone="2")

    assert counts(world.sync()) == {"unchanged": 1}
    world.quiet()


def test_what_a_side_cannot_hold_never_echoes():
    world = World()
    card = world.vtiger.add("cards", name="Ann", note="a text of more than twelve")
    world.sync()
    world.quiet()
    world.xero.edit("cards", "guid-0001", colour="red")
    world.quiet()
    world.vtiger.edit("cards", card, phone="9")

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert (row["colour"], row["phone"]) == ("red", "9")
    assert world.vtiger.tables["cards"][card]["note"] == "a text of more than twelve"
    world.quiet()


def test_first_meeting_of_equal_records_links_without_a_write():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="ann".capitalize(), phone="1")

    report = world.sync()

    assert (world.writes(), counts(report)) == (0, {"linked": 1})
    world.quiet()


def test_first_meeting_fills_what_is_blank_on_one_side():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="Ann", note="n")

    world.sync()

    for service in (world.vtiger, world.xero):
        [row] = service.tables["cards"].values()
        assert (row["phone"], row["note"]) == ("1", "n")
    world.quiet()


def test_first_meeting_of_records_that_differ_is_a_conflict_never_just_a_link():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    world.xero.add("cards", name="Ann", phone="2")

    assert counts(world.sync()) == {"conflict": 1}
    assert world.writes() == 0
    assert counts(world.sync()) == {"conflict": 1}
    world.sync(conflict="vtiger")
    assert [row["phone"] for row in world.xero.tables["cards"].values()] == ["1"]
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
    assert [row["phone"] for row in world.vtiger.tables["cards"].values()] == ["2"]


def test_value_that_a_person_cleared_is_cleared_on_the_other_side():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="")

    world.sync()

    assert [row["phone"] for row in world.xero.tables["cards"].values()] == [""]


def test_skipped_record_is_judged_anew_without_being_read_again():
    world = World()
    card = world.vtiger.add("cards", name="A<b")
    assert counts(world.sync()) == {"skipped": 1}
    world.vtiger.tables["cards"].pop(card)

    assert counts(world.sync()) == {"skipped": 1}


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


def test_dependency_alone_is_brought_along_and_no_other():
    world = World()
    parent = world.vtiger.add("parents", name="needed")
    world.vtiger.add("parents", name="not needed")
    world.vtiger.add("cards", name="C", parent=parent)

    world.sync(modules=("cards",))

    assert (world.xero.names("parents"), world.xero.names()) == (["needed"], ["C"])
    world.sync()
    assert world.xero.names("parents") == ["needed", "not needed"]


def test_duplicates_in_vtiger_share_one_partner():
    world = World()
    first = world.vtiger.add("parents", name="Twin")
    second = world.vtiger.add("parents", name="twin")
    world.vtiger.add("cards", name="of first", parent=first)
    world.vtiger.add("cards", name="of second", parent=second)

    report = world.sync()

    assert world.xero.names("parents") == ["Twin"]
    partner = next(iter(world.xero.tables["parents"]))
    assert {row["parent"] for row in world.xero.tables["cards"].values()} == {partner}
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


def test_record_edited_during_the_run_is_not_overwritten():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    original = world.xero.modified_now

    def edit_meanwhile(module, ids):
        world.xero.edit("cards", "guid-0001", phone="person")
        return original(module, ids)

    world.xero.modified_now = edit_meanwhile
    assert counts(world.sync()) == {"conflict": 1}
    assert world.xero.tables["cards"]["guid-0001"]["phone"] == "person"
    world.xero.modified_now = original
    assert counts(world.sync()) == {"conflict": 1}


def test_update_that_the_other_side_bars_is_skipped_with_its_reason_and_kept():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.xero.edit("cards", "guid-0001", colour="closed")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")

    report = world.sync()

    assert [f.code for f in report.records[0].reasons] == [Code.INV_CLOSED]
    world.xero.edit("cards", "guid-0001", colour="")
    world.sync()
    assert world.xero.tables["cards"]["guid-0001"]["phone"] == "2"


def test_dry_run_writes_nothing_and_tells_what_would_be_sent():
    world = World()
    for number in range(7):
        world.vtiger.add("cards", name=f"c{number}")

    report = world.sync(dry_run=True)

    assert (world.writes(), counts(report), report.planned_calls) == (0, {"created": 7}, {"xero": 3})


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


def disturbed_world():
    world = World()
    for number in range(4):
        world.vtiger.add("parents", name=f"p{number}")
    parents = list(world.vtiger.tables["parents"])
    for number in range(7):
        world.vtiger.add("cards", name=f"v{number}", parent=parents[number % 4], note="a text of more than twelve")
        world.xero.add("cards", name=f"x{number}")
    return world


def settled(world):
    strip = {"id", "modified", "marker", "parent"}
    return {
        (side, module): sorted(
            tuple(sorted((k, v) for k, v in row.items() if k not in strip))
            for row in service.tables.get(module, {}).values()
        )
        for side, service in (("vtiger", world.vtiger), ("xero", world.xero))
        for module in ("parents", "cards")
    }


def points():
    """Every write call and every committed element of an undisturbed run, on both sides."""
    world = disturbed_world()
    world.sync()
    for name in ("vtiger", "xero"):
        writes = getattr(world, name).writes
        yield from ((name, nth, False) for nth in range(1, len(writes) + 1))
        yield from ((name, nth, True) for nth in range(1, sum(size for _, _, size in writes) + 1))


@pytest.mark.parametrize(("side", "nth", "after"), list(points()))
def test_law_2_killed_at_any_write_the_next_run_ends_as_if_undisturbed(side, nth, after):
    calm = disturbed_world()
    calm.sync()
    world = disturbed_world()
    with killed_at(getattr(world, side), nth, after=after):
        world.sync()

    world.sync()

    assert settled(world) == settled(calm)
    world.quiet()


def test_reply_lost_leaves_the_outcome_open_and_the_next_run_finds_the_record():
    world = World()
    for number in range(5):
        world.vtiger.add("cards", name=f"c{number}")
    calls = iter([True, False, False])

    def lose():
        if next(calls):
            raise ReplyLostError("The answer to a write was lost.")

    world.xero.after_element = lambda: None
    real = world.xero.create

    def create(module, payloads, key):
        answers = real(module, payloads, key)
        lose()
        return answers

    world.xero.create = create
    report = world.sync()
    assert report.exit_code == 5
    world.xero.create = real
    world.sync()

    assert world.xero.names() == [f"c{n}" for n in range(5)]
    world.quiet()


def test_edit_between_crash_and_next_run_is_carried_not_overwritten():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    with killed_at(world.xero, 1, after=True):
        world.sync()
    world.vtiger.edit("cards", card, phone="2")

    world.sync()

    assert [row["phone"] for row in world.xero.tables["cards"].values()] == ["2"]
    world.quiet()


def test_law_9_every_record_seen_has_exactly_one_outcome():
    world = World()
    for number in range(9):
        world.vtiger.add("cards", name=f"c<{number}" if number % 3 == 0 else f"c{number}")

    report = world.sync()

    assert sum(row.seen for row in report.modules) == 9
    assert len({r.vtiger_id for r in report.records}) == len(report.records) == 9


def test_killed_is_no_exception_that_code_may_swallow():
    assert not issubclass(Killed, Exception)


def test_only_one_record_is_synced_and_the_cursor_stays():
    world = World()
    for name in ("ann", "bob"):
        world.vtiger.add("cards", name=name)

    world.sync(only=("cards:Bob",), modules=("cards",))
    assert world.xero.names() == ["bob"]

    world.sync()
    assert world.xero.names() == ["ann", "bob"]


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


def test_retired_record_crosses_only_when_another_needs_it():
    world = World()
    needed = world.vtiger.add("parents", name="needed", colour="grey")
    world.vtiger.add("parents", name="spare", colour="grey")
    world.vtiger.add("cards", name="C", parent=needed)

    report = world.sync()

    assert world.xero.names("parents") == ["needed"]
    assert [(r.label, r.reasons[0].message) for r in report.records if r.reasons] == [("spare", "retired")]
    world.quiet()


def test_field_that_both_sides_add_to_is_united_not_a_conflict():
    world = World()
    card = world.vtiger.add("cards", name="Ann", tags="a")
    world.sync()
    world.vtiger.edit("cards", card, tags="a b")
    world.xero.edit("cards", "guid-0001", tags="a c")

    report = world.sync()

    assert [row["tags"] for service in (world.vtiger, world.xero) for row in service.tables["cards"].values()] == [
        "a b c",
        "a b c",
    ]
    assert counts(report) == {"updated": 1}
    world.quiet()


def test_union_that_differs_at_the_first_meeting_is_filled_up_on_both_sides():
    world = World()
    world.vtiger.add("cards", name="Ann", tags="a")
    world.xero.add("cards", name="Ann", tags="b")

    world.sync()

    assert {row["tags"] for service in (world.vtiger, world.xero) for row in service.tables["cards"].values()} == {
        "a b"
    }
    world.quiet()


@pytest.mark.parametrize("side", list(Side))
def test_member_of_a_union_removed_on_one_side_is_reported_and_never_made_anew(side):
    world = World()
    world.vtiger.add("cards", name="Ann", tags="a b")
    world.sync()
    here, there = (world.vtiger, world.xero) if side is Side.VTIGER else (world.xero, world.vtiger)
    ours, theirs = next(iter(here.tables["cards"])), next(iter(there.tables["cards"]))
    here.edit("cards", ours, tags="a")

    report = world.sync()

    [told] = report.records
    assert (told.outcome, [(r.code, r.message) for r in told.reasons]) == (
        Outcome.SKIPPED,
        [(Code.GONE, f"b was removed in {side}")],
    )
    there.edit("cards", theirs, tags="a b c", phone="1")
    here.edit("cards", ours, note="mine")
    world.sync()
    assert here.tables["cards"][ours]["tags"] == "a c"
    assert there.tables["cards"][theirs]["tags"] == "a b c"
    assert (here.tables["cards"][ours]["phone"], there.tables["cards"][theirs]["note"]) == ("1", "mine")
    world.quiet()
    assert [r.reasons[0].code for r in world.sync().records] == [Code.GONE]


@pytest.mark.parametrize("side", list(Side))
def test_member_removed_while_both_sides_add_others_stays_away(side):
    world = World()
    world.vtiger.add("cards", name="Ann", tags="a b")
    world.sync()
    here, there = (world.vtiger, world.xero) if side is Side.VTIGER else (world.xero, world.vtiger)
    ours, theirs = next(iter(here.tables["cards"])), next(iter(there.tables["cards"]))
    here.edit("cards", ours, tags="a d")
    there.edit("cards", theirs, tags="a b c")

    for _ in range(3):
        world.sync()

    assert (here.tables["cards"][ours]["tags"], there.tables["cards"][theirs]["tags"]) == ("a c d", "a b c d")
    there.edit("cards", theirs, tags="a b c d e")
    world.sync()
    assert here.tables["cards"][ours]["tags"] == "a c d e"


@pytest.mark.parametrize("side", list(Side))
def test_member_removed_on_the_other_side_too_is_settled(side):
    world = World()
    world.vtiger.add("cards", name="Ann", tags="a b")
    world.sync()
    services = {Side.VTIGER: world.vtiger, Side.XERO: world.xero}
    for service in (services[side], services[side.other]):
        service.edit("cards", next(iter(service.tables["cards"])), tags="a")
        report = world.sync()

    assert report.records == ()
    world.vtiger.edit("cards", next(iter(world.vtiger.tables["cards"])), tags="a b")
    world.sync()
    assert next(iter(world.xero.tables["cards"].values()))["tags"] == "a b"
    world.quiet()


def test_deleted_in_vtiger_is_found_by_looking_up_a_hundred_records_a_run():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    world.vtiger.tables["cards"].pop(card)
    world.xero.edit("cards", "guid-0001", phone="2")

    report = world.sync()

    assert [(r.outcome, r.reasons[0].code) for r in report.records] == [(Outcome.SKIPPED, Code.GONE)]
    assert world.vtiger.names() == []
    assert counts(world.sync()) == {"skipped": 1}


def test_restored_record_is_in_step_again():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    world.sync()
    row = world.vtiger.tables["cards"].pop(card)
    world.sync()
    world.vtiger.tables["cards"][card] = row
    world.vtiger.edit("cards", card, phone="2")

    world.sync()

    assert [row["phone"] for row in world.xero.tables["cards"].values()] == ["2"]
    world.quiet()


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
    in_step(world, "2", "")


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
    assert [row["phone"] for row in world.xero.tables["cards"].values()].count("1") == edited


def test_law_10_wave_of_deletions_stops_the_run_until_it_is_allowed():
    world = World(max_deletions=1)
    cards = [world.vtiger.add("cards", name=f"c{n}") for n in range(3)]
    world.sync()
    for card in cards[:2]:
        world.vtiger.tables["cards"].pop(card)

    assert [world.sync(full=True).exit_code for _ in range(2)] == [6, 6]
    report = world.sync(full=True, allow=("deletions",))
    assert (report.exit_code, counts(report)) == (0, {"skipped": 2, "unchanged": 1})


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
    world.fields, world.fingerprint = ToySlice.fields, "another"

    report = world.sync(allow=("config",))

    assert counts(report) == {"updated": 1, "conflict": 1}
    assert world.vtiger.tables["cards"][blank]["phone"] == "5"
    assert world.vtiger.tables["cards"][differs]["phone"] == "1"
    assert counts(world.sync(conflict="xero"))["updated"] == 1
    world.quiet()


def test_law_10_changed_mapping_stops_the_run_until_it_is_allowed():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.sync()
    world.fingerprint = "another"
    world.vtiger.add("cards", name="Bob")

    report = world.sync()

    assert (report.exit_code, world.xero.names()) == (6, ["Ann"])
    assert world.sync(allow=("config",)).exit_code == 0
    assert world.sync().exit_code == 0


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


def led() -> World:
    """Cards go to Vtiger only, and Xero leads."""
    world = World()
    world.only = Direction.TO_VTIGER
    return world


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


def both_edited(world):
    card = world.vtiger.add("cards", name="Ann", phone="1", note="old")
    world.sync()
    world.vtiger.edit("cards", card, phone="2")
    world.xero.edit("cards", "guid-0001", note="new")
    return card


def in_step(world, phone, note):
    for service in (world.vtiger, world.xero):
        [row] = service.tables["cards"].values()
        assert (row["phone"], row["note"]) == (phone, note)


def test_law_3_second_write_of_a_pair_waits_when_the_first_was_refused():
    world = World()
    both_edited(world)
    world.xero.refuse = lambda _: "No."
    assert counts(world.sync()) == {"failed": 1}
    world.xero.refuse = lambda _: ""

    world.sync()

    in_step(world, "2", "new")
    world.quiet()


def test_law_3_second_write_of_a_pair_waits_when_somebody_edits_the_first_side():
    world = World()
    both_edited(world)
    original = world.xero.modified_now

    def edit_meanwhile(module, ids):
        world.xero.edit("cards", "guid-0001", colour="red")
        return original(module, ids)

    world.xero.modified_now = edit_meanwhile
    world.sync()
    world.xero.modified_now = original
    world.sync()

    in_step(world, "2", "new")
    world.quiet()


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


def test_law_2_record_made_in_vtiger_before_a_crash_is_claimed_though_it_was_renamed_in_xero():
    world = World()
    card = world.xero.add("cards", name="Ann")
    with killed_at(world.vtiger, 1, after=True):
        world.sync()
    world.xero.edit("cards", card, name="Anna")

    world.sync()

    assert world.vtiger.names() == world.xero.names() == ["Anna"]
    world.quiet()


def test_edit_in_xero_after_a_crash_is_carried_and_no_conflict():
    world = World()
    card = world.xero.add("cards", name="Ann", phone="1")
    with killed_at(world.vtiger, 1, after=True):
        world.sync()
    world.xero.edit("cards", card, phone="2")

    assert world.sync().exit_code == 0
    in_step(world, "2", "")


def test_edit_in_vtiger_after_a_crash_there_is_carried_and_not_overwritten():
    world = World()
    world.xero.add("cards", name="Ann", phone="1")
    with killed_at(world.vtiger, 1, after=True):
        world.sync()
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="2")

    assert world.sync().exit_code == 0
    in_step(world, "2", "")


def test_edits_on_both_sides_after_a_crash_in_vtiger_are_a_conflict_and_stay():
    world = World()
    card = world.xero.add("cards", name="Ann", phone="1")
    with killed_at(world.vtiger, 1, after=True):
        world.sync()
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="2")
    world.xero.edit("cards", card, phone="3")

    assert world.sync().exit_code == 8
    phones = {row["phone"] for side in (world.vtiger, world.xero) for row in side.tables["cards"].values()}
    assert phones == {"2", "3"}


def test_half_made_record_in_vtiger_is_completed_though_a_person_edited_another_field():
    world = World()
    world.xero.add("cards", name="Ann", phone="1", tags="a b")
    with killed_at(world.vtiger, 1, after=True):
        world.sync()
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="", tags="a", note="mine")

    assert world.sync().exit_code == 0
    for side in (world.vtiger, world.xero):
        [row] = side.tables["cards"].values()
        assert (row["phone"], row["tags"], row["note"]) == ("1", "a b", "mine")
    world.quiet()


def test_record_of_a_killed_run_that_a_limit_left_out_is_still_known_as_ours_afterwards():
    world = World()
    cards = [world.vtiger.add("cards", name=f"c{number}", phone="1") for number in range(3)]
    with killed_at(world.xero, 3, after=True):
        world.sync()
    for card in cards:
        world.vtiger.edit("cards", card, phone="2")

    world.sync(limit=1)

    assert world.sync().exit_code == 0
    assert {row["phone"] for row in world.xero.tables["cards"].values()} == {"2"}
    world.quiet()


def test_candidate_that_was_not_chosen_is_not_made_a_second_time():
    world = World()
    world.vtiger.add("cards", name="Ann")
    world.xero.add("cards", name="Ann")
    world.xero.add("cards", name="ANN")

    world.sync()

    assert (world.vtiger.names(), world.writes()) == (["Ann"], 0)


def test_only_without_a_module_brings_along_what_the_record_needs():
    world = World()
    parent = world.vtiger.add("parents", name="P")
    world.vtiger.add("parents", name="Q")
    world.vtiger.add("cards", name="C", parent=parent)

    world.sync(only=("cards:C",))

    assert (world.xero.names("parents"), world.xero.names()) == (["P"], ["C"])


def test_words_that_look_like_an_old_symbol_are_only_words():
    world = World()
    parent = world.vtiger.add("parents", name="P")
    world.vtiger.add("cards", name="C", note="new:parents:" + parent)

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert row["note"] == ("new:parents:" + parent)[:12]
    world.quiet()


def test_plan_shows_the_name_of_a_record_that_it_makes_not_its_symbol():
    world = World()
    parent = world.vtiger.add("parents", name="Parent & Co")
    world.vtiger.add("cards", name="C", parent=parent)

    report = world.sync(dry_run=True)

    shown = {
        change.field: change.after for record in report.records if record.label == "C" for change in record.changes
    }
    assert shown["parent"] == "Parent & Co"
