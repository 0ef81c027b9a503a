"""What runs did is forgotten once they cannot be undone any more; what was made in Vtiger stays known as ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vtxero.domain.sides import Side
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.sync.effects import CREATED, LINKED, UPDATED, Effect
from vtxero.sync.records import Outcome
from vtxero.sync.state import Action

OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
HORIZON = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def database():
    return open_database(None)


def run(database, name, started_at):
    SqliteRuns(database).start(name, "sync", started_at)
    return SqliteState(database, name)


def made(side=Side.VTIGER, **fields):
    return Effect("cards", side, CREATED, "7x1", "guid-1", "One", **{"after": "a", "modified": "5", **fields})


def changed(side=Side.VTIGER, **fields):
    return Effect("cards", side, UPDATED, "7x1", "guid-1", "One", ("name",), **fields)


def kept(database):
    return database.execute("SELECT run, side, write, after, modified FROM effects ORDER BY seq").fetchall()


def test_effects_of_old_runs_are_forgotten_and_those_of_later_ones_stay(database):
    old = run(database, "old", OLD)
    old.add_effect(made(Side.XERO))
    old.add_effect(Effect("cards", Side.XERO, LINKED, "7x2", "guid-2", "Two"))
    run(database, "new", NEW).add_effect(changed(Side.XERO, before="a", after="b", modified="6"))

    old.forget_effects(HORIZON)

    assert kept(database) == [("new", "xero", "update", "b", "6")]


def test_creation_in_vtiger_stays_with_the_record_as_the_last_run_left_it(database):
    old = run(database, "old", OLD)
    old.add_effect(made())
    old.add_effect(changed(before="a", after="b", known="5", modified="6"))
    old.add_effect(changed(before="b", after="c", known="6", modified="7"))

    old.forget_effects(HORIZON)

    assert kept(database) == [("old", "vtiger", "create", "c", "7")]


@pytest.mark.parametrize("later", [{"before": "by hand", "known": "5"}, {"before": "a", "known": "saved by hand"}])
def test_change_that_shows_somebodys_edit_before_it_stays(database, later):
    old = run(database, "old", OLD)
    old.add_effect(made())
    old.add_effect(changed(**later, after="b", modified="6"))

    old.forget_effects(HORIZON)

    assert [row[2:4] for row in kept(database)] == [("create", "a"), ("update", "b")]


def test_change_of_a_record_that_a_person_made_is_forgotten(database):
    old = run(database, "old", OLD)
    old.add_effect(changed(before="a", after="b", known="5", modified="6"))

    old.forget_effects(HORIZON)

    assert kept(database) == []


def test_creation_that_was_taken_back_is_forgotten(database):
    old = run(database, "old", OLD)
    old.add_effect(made())
    old.mark_undone([effect.seq for effect in old.effects_of("old")])

    old.forget_effects(HORIZON)

    assert kept(database) == []


def test_journal_forgets_old_writes_whose_end_is_known_and_no_other(database):
    state = run(database, "old", OLD)
    sent = Action("cards", Side.XERO, Outcome.CREATED, "create", "7x1", "", "One", source="a", wanted="b")
    first, second, _ = state.open_intents([(sent, "b", "key")] * 3)
    state.close_intents([first, second])
    database.execute("UPDATE intents SET opened_at = ? WHERE id <> ?", (OLD.isoformat(timespec="seconds"), second))

    state.forget_intents(HORIZON)

    assert database.execute("SELECT id, closed FROM intents ORDER BY id").fetchall() == [(2, 1), (3, 0)]


def test_newest_runs_that_wrote_can_be_undone_whatever_the_clock_says(database):
    for number in range(5):
        run(database, f"wrote {number}", OLD + timedelta(days=number)).add_effect(made())
        run(database, f"quiet {number}", OLD + timedelta(days=number, hours=1))

    assert SqliteRuns(database).writing_since(3) == OLD + timedelta(days=2)
    assert SqliteRuns(database).writing_since(5) == OLD
    assert SqliteRuns(database).writing_since(6) is None
