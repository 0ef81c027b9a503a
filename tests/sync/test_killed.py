"""Runs that were killed and replies that were lost: the next run ends as if nothing had happened."""

from __future__ import annotations

import pytest

from sync.world import Killed, World, in_step, killed_at
from vtxero.domain.codes import Code
from vtxero.errors import ReplyLostError
from vtxero.store import SqliteState


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
    """What both sides hold, without what differs from world to world: ids and times. A parent is told by its name."""
    return {
        (service.side, module): sorted(
            tuple(
                service.tables["parents"][value]["name"] if name == "parent" and value else value
                for name, value in row.items()
                if name not in {"id", "modified", "marker"}
            )
            for row in service.tables[module].values()
        )
        for service in (world.vtiger, world.xero)
        for module in ("parents", "cards")
    }


def other(side):
    return "xero" if side == "vtiger" else "vtiger"


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
    with killed_at(getattr(world, side), nth, after=after) as died:
        world.sync()
    assert died

    world.sync()

    assert settled(world) == settled(calm)
    world.quiet()


def test_reply_lost_leaves_the_outcome_open_and_the_next_run_finds_the_record():
    world = World()
    for number in range(5):
        world.vtiger.add("cards", name=f"c{number}")
    create = world.xero.create

    def create_and_lose_the_reply(*args):
        create(*args)
        raise ReplyLostError("The answer to a write was lost.")

    world.xero.create = create_and_lose_the_reply
    assert world.sync().exit_code == 5
    made = dict(world.xero.tables["cards"])
    world.xero.create = create

    world.sync()

    assert world.xero.tables["cards"] == made
    assert world.xero.names() == [f"c{n}" for n in range(5)]
    world.quiet()


def die_once_written(world, service, *, records=1):
    """Let a run die when so many records of a side are written and nobody noted the last one yet."""
    with killed_at(service, records, after=True) as died:
        world.sync()
    assert died


def test_edit_between_crash_and_next_run_is_carried_not_overwritten():
    world = World()
    card = world.vtiger.add("cards", name="Ann", phone="1")
    die_once_written(world, world.xero)
    world.vtiger.edit("cards", card, phone="2")

    world.sync()

    assert world.xero.values("phone") == ["2"]
    world.quiet()


def test_killed_is_no_exception_that_code_may_swallow():
    assert not issubclass(Killed, Exception)


def test_law_2_record_made_in_vtiger_before_a_crash_is_claimed_though_it_was_renamed_in_xero():
    world = World()
    card = world.xero.add("cards", name="Ann")
    die_once_written(world, world.vtiger)
    world.xero.edit("cards", card, name="Anna")

    world.sync()

    assert world.vtiger.names() == world.xero.names() == ["Anna"]
    world.quiet()


def test_edit_in_xero_after_a_crash_is_carried_and_no_conflict():
    world = World()
    card = world.xero.add("cards", name="Ann", phone="1")
    die_once_written(world, world.vtiger)
    world.xero.edit("cards", card, phone="2")

    assert world.sync().exit_code == 0
    in_step(world, phone="2")


def test_record_that_was_made_before_a_crash_bears_our_mark_and_was_edited_since_gives_its_edit_away():
    world = World()
    world.vtiger.add("cards", name="Ann", phone="1")
    die_once_written(world, world.xero)
    [made] = world.xero.tables["cards"]
    world.xero.edit("cards", made, phone="2")

    assert world.sync().exit_code == 0
    in_step(world, phone="2")


def test_record_that_was_made_before_a_crash_without_a_mark_and_edited_since_waits_for_a_person():
    """Nothing tells it from a record that a person made: see below."""
    world = World()
    world.xero.add("cards", name="Ann", phone="1", note="sent")
    die_once_written(world, world.vtiger)
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="2")

    assert world.sync().exit_code == 8

    assert (world.vtiger.values("phone"), world.xero.values("phone")) == (["2"], ["1"])
    assert world.sync(conflict="vtiger").exit_code == 0
    in_step(world, phone="2", note="sent")
    world.quiet()


@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_law_3_record_that_a_person_made_where_a_killed_run_sent_none_is_a_first_meeting(side):
    world = World()
    made, source = getattr(world, side), getattr(world, other(side))
    source.add("cards", name="Ann", phone="1", note="kept")
    with killed_at(made, 1, after=False):
        world.sync()
    mine = made.add("cards", name="Ann", phone="2")

    report = world.sync()

    assert [reason.code for reason in report.records[0].reasons] == [Code.CONFLICT]
    assert (made.values("phone"), source.values("phone")) == (["2"], ["1"])
    assert (made.values("note"), source.values("note")) == (["kept"], ["kept"])
    assert list(made.tables["cards"]) == [mine]
    assert [effect.write for effect in SqliteState(world.database, "").effects_of("run-0001")] == []


@pytest.mark.parametrize("policy", ["vtiger", "xero"])
@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_record_that_may_be_a_persons_is_no_killed_run_s_creation_though_a_policy_settles_it(side, policy):
    world = World()
    made, source = getattr(world, side), getattr(world, other(side))
    source.add("cards", name="Ann", phone="1", note="kept")
    with killed_at(made, 1, after=False):
        world.sync()
    made.add("cards", name="Ann", phone="2")

    assert world.sync(conflict=policy).exit_code == 0

    assert [effect.write for effect in SqliteState(world.database, "").effects_of("run-0001")] == []
    in_step(world, phone="2" if side == policy else "1", note="kept")


def test_edits_on_both_sides_after_a_crash_in_vtiger_are_a_conflict_and_stay():
    world = World()
    card = world.xero.add("cards", name="Ann", phone="1")
    die_once_written(world, world.vtiger)
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="2")
    world.xero.edit("cards", card, phone="3")

    assert world.sync().exit_code == 8
    assert (world.vtiger.values("phone"), world.xero.values("phone")) == (["2"], ["3"])


def test_half_made_record_in_vtiger_is_completed_though_a_person_edited_another_field():
    world = World()
    world.xero.add("cards", name="Ann", phone="1", tags="a b")
    die_once_written(world, world.vtiger)
    [made] = world.vtiger.tables["cards"]
    world.vtiger.edit("cards", made, phone="", tags="a", note="mine")

    assert world.sync().exit_code == 0
    in_step(world, phone="1", tags="a b", note="mine")
    world.quiet()


def test_record_of_a_killed_run_that_a_limit_left_out_is_still_known_as_ours_afterwards():
    world = World()
    cards = [world.vtiger.add("cards", name=f"c{number}", phone="1") for number in range(3)]
    die_once_written(world, world.xero, records=3)
    for card in cards:
        world.vtiger.edit("cards", card, phone="2")

    world.sync(limit=1)

    assert world.sync().exit_code == 0
    assert set(world.xero.values("phone")) == {"2"}
    world.quiet()
