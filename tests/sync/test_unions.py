"""Fields that both sides add to: they are united, and what was removed on one side is not made anew."""

from __future__ import annotations

import pytest

from sync.world import World, counts, in_step, paired
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.sync.records import Outcome


def card_on(world, side):
    """A side's service, and the one card that it has."""
    return (world.vtiger, world.card) if side is Side.VTIGER else (world.xero, world.partner)


def test_field_that_both_sides_add_to_is_united_not_a_conflict():
    world = paired(tags="a")
    world.edit(vtiger={"tags": "a b"}, xero={"tags": "a c"})

    report = world.sync()

    in_step(world, tags="a b c")
    assert counts(report) == {"updated": 1}
    world.quiet()


def test_union_that_differs_at_the_first_meeting_is_filled_up_on_both_sides():
    world = World()
    world.vtiger.add("cards", name="Ann", tags="a")
    world.xero.add("cards", name="Ann", tags="b")

    world.sync()

    in_step(world, tags="a b")
    world.quiet()


@pytest.mark.parametrize(("vtiger", "xero"), [("a", "a b"), ("a b", "a")])
def test_union_that_is_larger_on_one_side_at_the_first_meeting_fills_up_the_other(vtiger, xero):
    world = World()
    world.vtiger.add("cards", name="Ann", tags=vtiger)
    world.xero.add("cards", name="Ann", tags=xero)

    world.sync()

    in_step(world, tags="a b")
    assert world.writes() == 1
    world.quiet()


@pytest.mark.parametrize("side", list(Side))
def test_member_of_a_union_removed_on_one_side_is_reported_and_never_made_anew(side):
    world = paired(tags="a b")
    (here, ours), (there, theirs) = card_on(world, side), card_on(world, side.other)
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
    world = paired(tags="a b")
    (here, ours), (there, theirs) = card_on(world, side), card_on(world, side.other)
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
    world = paired(tags="a b")
    for each in (side, side.other):
        service, card = card_on(world, each)
        service.edit("cards", card, tags="a")
        report = world.sync()

    assert report.records == ()
    world.edit(vtiger={"tags": "a b"})
    world.sync()
    assert next(iter(world.xero.tables["cards"].values()))["tags"] == "a b"
    world.quiet()
