"""Writes whose answers were never noted: the next run finds what arrived, and notes it for the run that sent it."""

from __future__ import annotations

import json

import pytest

from sync.world import World, in_step, killed_at
from vtxero.domain.codes import Code
from vtxero.domain.sides import Side
from vtxero.errors import ReplyLostError
from vtxero.store import SqliteRuns, SqliteState
from vtxero.store.runs import NO_END, STOPPED_HARD
from vtxero.sync.effects import CREATED, UPDATED

SENT, FOUND = "run-0002", "run-0003"


@pytest.fixture
def world():
    """Two sides in step: Ann, with a phone and a colour that Xero alone can hold."""
    world = World()
    world.card = world.vtiger.add("cards", name="Ann", phone="1", note="old")
    world.sync()
    [world.contact] = world.xero.tables["cards"]
    world.xero.edit("cards", world.contact, colour="red")
    return world


def die_once_written(world, side="xero"):
    with killed_at(getattr(world, side), 1, after=True) as died:
        world.sync()
    assert died


def told(world, run):
    """What the log says of a run: label, outcome, the fields changed, and the codes of its notes."""
    records = SqliteRuns(world.database).report(run).records
    return [
        (r.label, r.outcome, [c.field + c.where for c in r.changes], [str(n.code) for n in r.notes]) for r in records
    ]


def effects(world, run):
    return SqliteState(world.database, "").effects_of(run)


def card(text, *fields):
    return tuple(json.loads(text)[field] for field in fields)


@pytest.mark.parametrize("side", list(Side))
def test_change_that_arrived_is_told_and_kept_as_the_doing_of_the_run_that_sent_it(world, side):
    edited, written = (world.vtiger, "xero") if side is Side.XERO else (world.xero, "vtiger")
    edited.edit("cards", world.card if side is Side.XERO else world.contact, phone="2", name="Anna")
    die_once_written(world, written)
    assert told(world, SENT) == []

    assert world.sync().exit_code == 0

    assert told(world, SENT) == [
        ("Ann" if side is Side.VTIGER else "Anna", "updated", ["name", "phone"], ["ANSWER-LOST"])
    ]
    assert told(world, FOUND) == []
    [effect] = effects(world, SENT)
    assert (effect.write, effect.side, effect.fields) == (UPDATED, side, ("name", "phone"))
    assert (card(effect.before, "name", "phone"), card(effect.after, "name", "phone")) == (("Ann", "1"), ("Anna", "2"))
    [row] = getattr(world, written).tables["cards"].values()
    assert effect.modified == row["modified"]
    assert effects(world, FOUND) == []
    in_step(world, name="Anna", phone="2")
    world.quiet()


def test_change_that_never_left_is_planned_again_and_told_of_the_run_that_carried_it_out(world):
    world.vtiger.edit("cards", world.card, phone="2")
    with killed_at(world.xero, 1, after=False) as died:
        world.sync()
    assert died

    world.sync()

    assert told(world, SENT) == []
    assert told(world, FOUND) == [("Ann", "updated", ["phone"], [])]
    assert [len(effects(world, run)) for run in (SENT, FOUND)] == [0, 1]
    in_step(world, phone="2")


def test_change_of_which_a_person_changed_a_part_since_is_told_as_far_as_it_is_there(world):
    world.vtiger.edit("cards", world.card, phone="2", note="new")
    die_once_written(world)
    world.xero.edit("cards", world.contact, phone="9")

    assert world.sync().exit_code == 8

    [(_, outcome, fields, notes)] = told(world, SENT)
    assert (outcome, fields, notes) == ("updated", ["note"], ["ANSWER-LOST"])
    [effect] = effects(world, SENT)
    assert (effect.fields, card(effect.after, "phone", "note")) == (("note",), ("2", "new"))
    assert (world.vtiger.values("phone"), world.xero.values("phone")) == (["2"], ["9"])


def test_edit_of_another_field_since_is_carried_and_known_as_somebody_elses(world):
    world.vtiger.edit("cards", world.card, phone="2")
    die_once_written(world)
    world.xero.edit("cards", world.contact, note="theirs", colour="blue")

    assert world.sync().exit_code == 0

    [effect] = effects(world, SENT)
    assert card(effect.after, "phone", "note", "colour") == ("2", "old", "red")
    in_step(world, phone="2", note="theirs")
    world.quiet()


def test_edit_since_on_the_side_that_was_read_is_carried_and_no_conflict(world):
    world.vtiger.edit("cards", world.card, phone="2")
    die_once_written(world)
    world.vtiger.edit("cards", world.card, phone="3")

    assert world.sync().exit_code == 0

    in_step(world, phone="3")
    assert [len(effects(world, run)) for run in (SENT, FOUND)] == [1, 1]
    assert [card(effect.after, "phone") for run in (SENT, FOUND) for effect in effects(world, run)] == [("2",), ("3",)]


def test_everything_that_was_sent_and_changed_since_by_a_person_is_their_edit_alone(world):
    world.vtiger.edit("cards", world.card, phone="2")
    die_once_written(world)
    world.xero.edit("cards", world.contact, phone="9")

    assert world.sync().exit_code == 8

    assert told(world, SENT) == []
    assert effects(world, SENT) == []


def test_both_writes_of_a_pair_are_told_once_when_the_second_one_was_not_noted(world):
    world.vtiger.edit("cards", world.card, phone="2")
    world.xero.edit("cards", world.contact, note="theirs")
    die_once_written(world, "vtiger")

    assert world.sync().exit_code == 0

    [(_, outcome, fields, _)] = told(world, SENT)
    assert (outcome, sorted(fields)) == ("updated", ["note in Vtiger", "phone"])
    assert [(effect.side, effect.fields) for effect in effects(world, SENT)] == [
        (Side.XERO, ("phone",)),
        (Side.VTIGER, ("note",)),
    ]
    in_step(world, phone="2", note="theirs")
    world.quiet()


def test_pair_of_which_only_the_first_write_left_is_told_by_each_run_as_far_as_it_carried_it(world):
    world.vtiger.edit("cards", world.card, phone="2")
    world.xero.edit("cards", world.contact, note="theirs")
    die_once_written(world, "xero")

    assert world.sync().exit_code == 0

    assert told(world, SENT) == [("Ann", "updated", ["phone"], ["ANSWER-LOST"])]
    assert told(world, FOUND) == [("Ann", "updated", ["note"], [])]
    in_step(world, phone="2", note="theirs")


def test_run_killed_between_the_two_writes_of_a_pair_tells_the_first_alone(world):
    world.vtiger.edit("cards", world.card, phone="2")
    world.xero.edit("cards", world.contact, note="theirs")
    with killed_at(world.vtiger, 1, after=False) as died:
        world.sync()
    assert died
    assert told(world, SENT) == [("Ann", "updated", ["phone"], [])]

    assert world.sync().exit_code == 0

    assert told(world, SENT) == [("Ann", "updated", ["phone"], [])]
    assert told(world, FOUND) == [("Ann", "updated", ["note"], [])]


def test_two_that_met_for_the_first_time_are_one_as_the_killed_run_had_meant(world):
    other = world.vtiger.add("cards", name="Bob", phone="5")
    world.xero.add("cards", name="Bob", note="theirs")
    die_once_written(world)
    world.vtiger.edit("cards", other, phone="6")

    assert world.sync().exit_code == 0

    assert (world.vtiger.values("phone")[-1], world.xero.values("phone")[-1]) == ("6", "6")
    [effect] = effects(world, SENT)
    assert (effect.write, effect.fields, effect.made_link) == (UPDATED, ("phone",), True)
    world.quiet()


@pytest.mark.parametrize("make", [True, False])
def test_lost_answer_is_told_as_lost_and_afterwards_as_what_became_of_it(world, make):
    if make:
        world.vtiger.add("cards", name="Bob")
    else:
        world.vtiger.edit("cards", world.card, phone="2")
    name = "create" if make else "update"
    send = getattr(world.xero, name)

    def send_and_lose_the_answer(*args):
        send(*args)
        raise ReplyLostError("The answer to a write was lost.")

    setattr(world.xero, name, send_and_lose_the_answer)
    report = world.sync()
    setattr(world.xero, name, send)
    assert [r.reasons[0].code for r in report.records] == [Code.ANSWER_LOST]

    world.sync()

    [(_, outcome, _, notes)] = told(world, SENT)
    assert (outcome, notes) == ("created" if make else "updated", ["ANSWER-LOST"])
    assert [effect.write for effect in effects(world, SENT)] == [CREATED if make else UPDATED]
    assert SqliteRuns(world.database).waiting() == []


def test_creation_that_arrived_is_told_of_the_run_that_sent_it(world):
    world.vtiger.add("cards", name="Bob", phone="5")
    die_once_written(world)

    world.sync()

    assert told(world, SENT) == [("Bob", "created", ["name", "phone"], ["ANSWER-LOST"])]
    assert [(label, outcome) for label, outcome, *_ in told(world, FOUND)] == [("Bob", "linked")]
    assert [effect.write for effect in effects(world, SENT)] == [CREATED]


def test_run_over_a_part_settles_what_was_sent_of_the_rest_as_well(world):
    world.vtiger.edit("cards", world.card, phone="2")
    die_once_written(world)
    assert SqliteState(world.database, "").unknown_writes() == 1

    world.sync(only=("cards:nobody",))

    assert SqliteState(world.database, "").unknown_writes() == 0
    assert [outcome for _, outcome, *_ in told(world, SENT)] == ["updated"]
    world.quiet()


def test_log_of_a_killed_run_says_what_is_known_of_its_end_at_each_time(world):
    log = SqliteRuns(world.database)
    world.vtiger.add("cards", name="Bob")
    with killed_at(world.xero, 1, after=False) as died:
        world.sync()
    assert died
    assert log.report(SENT).messages == (NO_END,)

    world.sync(limit=0)
    [told] = log.report(SENT).messages
    assert told == f"{STOPPED_HARD} The next run over all records finds out what became of its last writes."

    world.sync()
    [told] = log.report(SENT).messages
    assert told == f"{STOPPED_HARD} A later run found out what became of its last writes: what arrived is told here."
