"""A record that waits and is deleted meanwhile: it must neither cross later nor be told of for ever."""

from __future__ import annotations

import pytest

from sync.world import World, counts, killed_at
from vtxero.domain.reasons import Code
from vtxero.store import SqliteRuns
from vtxero.sync.gone import Deletions
from vtxero.sync.records import Outcome


@pytest.fixture
def world():
    """A card waits for its parent, which may not cross."""
    made = World()
    made.parent = made.vtiger.add("parents", name="<P>")
    made.card = made.vtiger.add("cards", name="c", parent=made.parent)
    assert told(made.sync()) == ["<P>", "c"]
    return made


@pytest.fixture
def _nobody_looks(monkeypatch):
    """Larger books: the look-up that goes round has not come to the record yet."""
    monkeypatch.setattr(Deletions, "_look_at_next", lambda *_: "")


def told(report):
    return [record.label for record in report.records]


def test_law_9_record_that_was_deleted_while_it_waited_is_told_of_no_more(world):
    del world.vtiger.tables["cards"][world.card]

    assert told(world.sync()) == ["<P>"]


@pytest.mark.usefixtures("_nobody_looks")
def test_law_9_whole_read_finds_that_a_waiting_record_was_deleted(world):
    del world.vtiger.tables["cards"][world.card]
    assert told(world.sync()) == ["<P>", "c"]

    assert told(world.sync(full=True)) == ["<P>"]
    assert told(world.sync()) == ["<P>"]


@pytest.mark.usefixtures("_nobody_looks")
def test_law_6_record_that_was_deleted_while_it_waited_does_not_cross_once_its_reason_is_mended(world):
    del world.vtiger.tables["cards"][world.card]
    world.vtiger.edit("parents", world.parent, name="P")

    report = world.sync()

    assert world.xero.names("parents") == ["P"]
    assert world.xero.names("cards") == []
    [card] = [record for record in report.records if record.label == "c"]
    assert (card.outcome, card.reasons[0].code) == (Outcome.SKIPPED, Code.GONE)


@pytest.mark.usefixtures("_nobody_looks")
def test_law_6_edit_that_waited_is_not_written_once_its_record_was_deleted():
    world = World()
    card = world.vtiger.add("cards", name="c")
    assert world.sync().exit_code == 0
    parent = world.vtiger.add("parents", name="<P>")
    world.vtiger.edit("cards", card, phone="1", parent=parent)
    world.sync()
    del world.vtiger.tables["cards"][card]
    world.vtiger.edit("parents", parent, name="P")

    world.sync()

    [row] = world.xero.tables["cards"].values()
    assert (row["phone"], row["parent"]) == ("", "")


def test_law_2_creation_whose_reply_was_lost_is_claimed_though_its_record_was_deleted_since():
    world = World()
    card = world.vtiger.add("cards", name="c")
    with killed_at(world.xero, 1, after=True):
        world.sync()
    del world.vtiger.tables["cards"][card]

    for _ in range(3):
        world.sync()

    assert world.xero.names("cards") == ["c"]
    assert world.vtiger.tables["cards"] == {}


def test_law_8_wave_of_waiting_records_that_vanish_stops_the_run_and_nothing_is_forgotten():
    world = World(max_deletions=2)
    parent = world.vtiger.add("parents", name="<P>")
    for number in range(3):
        world.vtiger.add("cards", name=f"c{number}", parent=parent)
    world.sync()
    hidden = dict(world.vtiger.tables["cards"])
    world.vtiger.tables["cards"].clear()

    assert world.sync().exit_code == 6
    world.vtiger.tables["cards"].update(hidden)
    world.vtiger.edit("parents", parent, name="P")
    assert world.sync().exit_code == 0

    assert world.xero.names("cards") == ["c0", "c1", "c2"]


def test_law_8_wave_of_waiting_records_that_really_went_is_let_through_by_its_flag():
    world = World(max_deletions=2)
    parent = world.vtiger.add("parents", name="<P>")
    for number in range(3):
        world.vtiger.add("cards", name=f"c{number}", parent=parent)
    world.sync()
    world.vtiger.tables["cards"].clear()

    assert told(world.sync(allow=("deletions",))) == ["<P>"]
    assert (world.sync().exit_code, told(world.sync())) == (0, ["<P>"])


def test_law_8_waiting_record_that_comes_back_from_the_bin_is_judged_again(world):
    """Its time of change is an old one: no list shows it."""
    row = world.vtiger.tables["cards"].pop(world.card)
    assert told(world.sync()) == ["<P>"]
    world.vtiger.add("parents", name="Later")
    world.sync()
    world.vtiger.tables["cards"][world.card] = row
    world.vtiger.edit("parents", world.parent, name="P")

    for _ in range(3):
        world.sync()

    assert world.xero.names("cards") == ["c"]


def test_law_3_linked_record_that_comes_back_from_the_bin_is_linked_still_and_carries_what_was_edited():
    world = World()
    card = world.vtiger.add("cards", name="c")
    world.sync()
    row = world.vtiger.tables["cards"].pop(card)
    assert told(world.sync()) == ["c"]
    [partner] = world.xero.tables["cards"]
    world.xero.edit("cards", partner, phone="1")
    world.vtiger.add("cards", name="later")
    world.sync()
    world.vtiger.tables["cards"][card] = row

    for _ in range(3):
        last = world.sync()

    assert told(last) == []
    assert world.vtiger.tables["cards"][card]["phone"] == "1"
    assert world.xero.names() == ["c", "later"]


def test_record_made_anew_in_the_place_of_one_that_vanished_crosses(world):
    """What vanished stands in nobody's way."""
    del world.vtiger.tables["cards"][world.card]
    assert told(world.sync()) == ["<P>"]
    world.xero.add("cards", name="c")

    assert told(world.sync()) == ["<P>", "c"]
    assert world.vtiger.names() == ["c"]


def test_law_9_pair_of_which_one_is_gone_is_among_what_waits_until_it_is_there_again():
    world = World()
    card = world.vtiger.add("cards", name="c")
    world.sync()
    row = world.vtiger.tables["cards"].pop(card)
    log = SqliteRuns(world.database)
    world.sync()
    assert [(each.label, each.reasons[0].code) for each in log.waiting()] == [("c", Code.GONE)]

    world.vtiger.tables["cards"][card] = row
    world.sync()
    world.sync()
    assert log.waiting() == []


def first_meeting(world):
    return world.vtiger.add("cards", name="same", phone="1"), world.xero.add("cards", name="same", phone="2")


def edited_on_both_sides(world):
    card = world.vtiger.add("cards", name="same", phone="0")
    world.sync()
    [partner] = world.xero.tables["cards"]
    world.vtiger.edit("cards", card, phone="1")
    world.xero.edit("cards", partner, phone="2")
    return card, partner


@pytest.mark.parametrize("conflict", [first_meeting, edited_on_both_sides])
@pytest.mark.parametrize("gone", ["vtiger", "xero"])
@pytest.mark.parametrize("runs", [1, 3])
def test_law_3_value_of_a_deleted_record_never_wins_a_conflict(conflict, gone, runs):
    world = World()
    ids = dict(zip(("vtiger", "xero"), conflict(world), strict=True))
    for _ in range(runs):
        assert counts(world.sync())["conflict"] == 1
    getattr(world, gone).tables["cards"].pop(ids[gone])

    [told] = world.sync(conflict=gone).records

    left = world.xero if gone == "vtiger" else world.vtiger
    assert left.values("phone") == ["2" if gone == "vtiger" else "1"]
    assert (told.outcome, [reason.code for reason in told.reasons]) == (Outcome.SKIPPED, [Code.GONE])


def test_law_9_pair_in_conflict_of_which_one_was_deleted_is_told_as_gone_and_its_heir_alone_meets_the_partner():
    world = World()
    old, partner = world.vtiger.add("cards", name="same", phone="1"), world.xero.add("cards", name="same", phone="2")
    assert counts(world.sync())["conflict"] == 1
    world.vtiger.tables["cards"].pop(old)

    [told] = world.sync(full=True).records
    assert (told.outcome, [reason.code for reason in told.reasons]) == (Outcome.SKIPPED, [Code.GONE])

    heir = world.vtiger.add("cards", name="same", phone="3")
    [met] = world.sync().records
    assert (met.outcome, met.vtiger_id, met.xero_id) == (Outcome.CONFLICT, heir, partner)
