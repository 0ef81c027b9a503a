"""What runs did is forgotten once they cannot be undone any more; what was made in Vtiger stays known as ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vtxero.domain.findings import finding
from vtxero.domain.reasons import Code
from vtxero.domain.sides import Direction, Side
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.store.stories import Stories
from vtxero.sync.effects import CREATED, LINKED, UPDATED, Effect
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import RecordResult
from vtxero.sync.state import Action, Departure, StoredRecord

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
    first, second, _ = state.open_intents([Departure(sent, "b", "key")] * 3)
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


# the log


def told(database, run, record_id="7x1", outcome=Outcome.SKIPPED, *, code=Code.ORG_NAME, module="cards"):
    result = RecordResult(module, Direction.TO_XERO, outcome, record_id, record_id, None, reasons=(finding(code),))
    SqliteRuns(database).add(run, result)


def outcomes(database, run):
    return [(each.label, each.outcome.value) for each in SqliteRuns(database).results(run)]


def rows(database, table):
    return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def waits(database, record_id="7x1"):
    SqliteState(database, "").put_record(StoredRecord("cards", Side.VTIGER, record_id, "1", "", raw="{}"), [])


def test_what_waits_and_says_the_same_is_kept_once_and_told_by_every_run(database):
    for run in ("a", "b", "c"):
        told(database, run)

    assert rows(database, "outcomes") == 1
    assert [outcomes(database, run) for run in ("a", "b", "c")] == [[("7x1", "skipped")]] * 3
    [count] = SqliteRuns(database).counts("b")
    assert (count.module, count.seen, count.counts[Outcome.SKIPPED]) == ("cards", 1, 1)


def test_run_that_did_not_judge_the_record_does_not_tell_of_it(database):
    told(database, "a")
    told(database, "only another", "7x2")
    told(database, "another module", "7x3", module="decks")
    told(database, "b")

    assert outcomes(database, "only another") == [("7x2", "skipped")]
    assert outcomes(database, "another module") == [("7x3", "skipped")]
    assert outcomes(database, "a") == outcomes(database, "b") == [("7x1", "skipped")]


def test_run_that_judged_nothing_of_the_module_lies_in_no_stretch(database):
    told(database, "a")
    SqliteRuns(database).start("empty", "sync", NEW)
    told(database, "b")

    assert rows(database, "outcomes") == 1
    assert outcomes(database, "empty") == []


def test_other_reason_begins_anew_and_what_was_told_before_stays_told(database):
    for run, code in (("a", Code.ORG_NAME), ("b", Code.ORG_NAME), ("c", Code.GONE), ("d", Code.ORG_NAME)):
        told(database, run, code=code)

    reasons = [SqliteRuns(database).results(run)[0].reasons[0].code for run in "abcd"]
    assert reasons == [Code.ORG_NAME, Code.ORG_NAME, Code.GONE, Code.ORG_NAME]
    assert rows(database, "outcomes") == 3


def test_second_outcome_of_a_run_takes_the_place_of_the_first_in_that_run_alone(database):
    told(database, "a")
    told(database, "b")
    told(database, "b", outcome=Outcome.UPDATED)
    told(database, "c", outcome=Outcome.UPDATED)
    told(database, "c")

    assert [outcomes(database, run) for run in "abc"] == [
        [("7x1", "skipped")],
        [("7x1", "updated")],
        [("7x1", "skipped")],
    ]


def test_record_that_is_written_in_the_same_way_twice_is_told_twice(database):
    told(database, "a", outcome=Outcome.UPDATED)
    told(database, "b", outcome=Outcome.UPDATED)

    assert rows(database, "outcomes") == 2


def test_changes_of_a_later_write_are_added_in_the_present_run_alone(database):
    told(database, "a")
    told(database, "b")
    later = RecordResult(
        "cards", Direction.TO_XERO, Outcome.UPDATED, "7x1", "7x1", None, changes=(FieldChange("name", "x", "y"),)
    )

    SqliteRuns(database).add_changes("b", later)

    assert [len(SqliteRuns(database).results(run)[0].changes) for run in "ab"] == [0, 1]


def test_story_of_a_record_names_the_last_run_that_told_each_outcome(database):
    for run, code in (("a", Code.ORG_NAME), ("b", Code.ORG_NAME), ("c", Code.GONE), ("d", Code.GONE)):
        told(database, run, code=code)

    assert [told.run for told in Stories(database).history("cards", "7x1", "")] == ["d", "b"]


def test_log_of_old_runs_is_forgotten_and_what_still_waits_stays_known(database):
    for name in ("old", "older"):
        run(database, name, OLD)
        for record_id in ("7x1", "7x2"):
            told(database, name, record_id)
        SqliteRuns(database).add_unchanged(name, "cards", Direction.TO_XERO, 5)
    waits(database)

    SqliteRuns(database).forget_runs(HORIZON, None)

    assert SqliteRuns(database).runs() == []
    assert [each.label for each in SqliteRuns(database).waiting()] == ["7x1"]
    assert [rows(database, table) for table in ("runs", "counts", "outcomes", "judged")] == [0, 0, 1, 1]
    assert [told.run for told in Stories(database).history("cards", "7x1", "")] == ["older"]


def test_stretch_that_reaches_into_kept_runs_is_kept_for_them(database):
    run(database, "old", OLD)
    told(database, "old")
    run(database, "new", NEW)
    told(database, "new")
    told(database, "new", "7x2")

    SqliteRuns(database).forget_runs(HORIZON, None)

    assert [each.run for each in SqliteRuns(database).runs()] == ["new"]
    assert outcomes(database, "new") == [("7x1", "skipped"), ("7x2", "skipped")]


def test_log_of_a_run_that_can_be_undone_stays(database):
    for name in ("wrote", "quiet"):
        run(database, name, OLD)
        told(database, name, outcome=Outcome.UPDATED)
    SqliteState(database, "wrote").add_effect(changed(before="a", after="b"))

    SqliteRuns(database).forget_runs(HORIZON, OLD)
    assert [each.run for each in SqliteRuns(database).runs()] == ["wrote"]

    SqliteRuns(database).forget_runs(HORIZON, HORIZON)
    assert SqliteRuns(database).runs() == []


def test_effects_of_a_run_whose_log_was_forgotten_are_forgotten_as_well(database):
    run(database, "old", OLD).add_effect(changed(Side.XERO, before="a", after="b"))
    SqliteRuns(database).forget_runs(HORIZON, HORIZON)

    SqliteState(database, "new").forget_effects(HORIZON)

    assert kept(database) == []


def test_run_that_was_forgotten_is_told_from_one_that_never_was(database):
    runs = SqliteRuns(database)
    names = ("2026-01-01T00-00-00Z-3f9c", "2026-06-01T00-00-00Z-3f9c", "nothing")
    assert [runs.has_forgotten(name) for name in names] == [False] * 3

    runs.forget_runs(HORIZON, None)

    assert [runs.has_forgotten(name) for name in names] == [True, False, False]


def test_newest_run_is_the_one_that_came_last_though_the_clock_was_set_back(database):
    for name, moment in (("first", NEW), ("second", OLD)):
        run(database, name, moment)

    assert [each.run for each in SqliteRuns(database).runs()] == ["second", "first"]
    assert SqliteRuns(database).report("last").run == "second"
