"""The state database: what it promises about files, versions and transactions."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace

import pytest

from vtxero.domain.codes import Code
from vtxero.domain.findings import note
from vtxero.domain.sides import Direction, Side
from vtxero.errors import StateError, TemporaryError
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.store.codec import dump_result
from vtxero.store.database import scratch_copy
from vtxero.store.migrations import MIGRATIONS
from vtxero.sync.effects import CREATED, Effect
from vtxero.sync.records import FieldChange, Outcome, Presence
from vtxero.sync.report import RecordResult
from vtxero.sync.state import Action, Departure, Link, StoredRecord


def stored(record_id, side=Side.VTIGER, **kwargs):
    values = {"modified": "1", "label": record_id, "raw": "{}", **kwargs}
    return StoredRecord("cards", side, record_id, **values)


@pytest.fixture
def state():
    return SqliteState(open_database(None), "run-1")


def test_new_database_can_be_read_by_its_owner_only(tmp_path):
    path = tmp_path / "profile" / "state.sqlite3"
    open_database(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_database_of_a_newer_version_is_refused_with_exit_code_12(tmp_path):
    path = tmp_path / "state.sqlite3"
    connection = open_database(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()

    with pytest.raises(StateError, match="newer vtxero") as caught:
        open_database(path)
    assert caught.value.exit_code == 12


def test_log_of_an_older_version_is_taken_over_with_its_runs(tmp_path):
    path = tmp_path / "state.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        old.executescript("".join(MIGRATIONS[:3]) + "PRAGMA user_version = 3;")
        for run in ("b", "a"):
            old.execute("INSERT INTO runs (run, command, status, started_at) VALUES (?, 'sync', 'success', '')", (run,))
            values = (run, dump_result(RecordResult("cards", Direction.TO_XERO, Outcome.SKIPPED, run, "7x1", None)))
            old.execute("INSERT INTO outcomes VALUES (NULL, ?, 'cards', '7x1', '', 'skipped', ?)", values)
            old.execute("INSERT INTO counts VALUES (?, 'decks', 'to-xero', 'unchanged', 5)", (run,))
        old.commit()

    runs = SqliteRuns(open_database(path))

    assert [[each.label for each in runs.results(run)] for run in "ab"] == [["a"], ["b"]]
    assert {count.module: count.seen for count in runs.counts("a")} == {"cards": 1, "decks": 5}
    runs.add("c", RecordResult("cards", Direction.TO_XERO, Outcome.SKIPPED, "a", "7x1", None))
    assert [each.label for each in runs.results("c")] == ["a"]
    assert [len(runs.results(run)) for run in "bac"] == [1, 1, 1]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"\x00" * 4096])
def test_damaged_database_is_refused_and_left_as_it_is(tmp_path, content):
    path = tmp_path / "state.sqlite3"
    path.write_bytes(content)

    with pytest.raises(StateError, match="cannot be used"):
        open_database(path)
    assert path.read_bytes() == content


def test_database_in_use_by_another_program_in_the_middle_of_a_run_is_a_passing_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("vtxero.store.database.PATIENCE", 0.05)
    path = tmp_path / "state.sqlite3"
    state = SqliteState(open_database(path), "run-1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TemporaryError, match="in use by another program"):
        state.set_meta("a", "b")
    other.execute("ROLLBACK")
    other.close()
    state.set_meta("a", "b")


def test_disk_that_is_full_is_told_as_the_state_that_cannot_be_used(tmp_path):
    path = tmp_path / "state.sqlite3"
    connection = open_database(path)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StateError, match="database or disk is full") as caught:
        SqliteState(connection, "run-1").set_meta("a", "b" * 1_000_000)
    assert "Make room on the disk" in caught.value.remedy


def test_transaction_that_a_full_disk_ended_says_so_and_lets_the_next_one_begin(tmp_path):
    connection = open_database(tmp_path / "state.sqlite3")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    state = SqliteState(connection, "run-1")

    def fill():
        with state.transaction():
            state.set_meta("a", "b")
            state.put_record(stored("7x1", raw="x" * 1_000_000), [])

    with pytest.raises(StateError, match="database or disk is full"):
        fill()
    with state.transaction():
        state.set_meta("c", "d")

    assert state.record("cards", Side.VTIGER, "7x1") is None
    assert (state.get_meta("a"), state.get_meta("c")) == (None, "d")


def test_transaction_that_fails_keeps_nothing(state):
    def fail():
        with state.transaction():
            state.put_record(stored("7x1"), [("name", "ann")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert state.record("cards", Side.VTIGER, "7x1") is None
    assert state.hits("cards", Side.VTIGER, "name", "ann") == []


def test_scratch_copy_is_changed_without_changing_the_original():
    connection = open_database(None)
    SqliteState(connection, "a").put_record(stored("7x1"), [])
    copy = SqliteState(scratch_copy(connection), "b")
    copy.put_record(stored("7x2"), [])

    assert SqliteState(connection, "a").record("cards", Side.VTIGER, "7x2") is None
    assert copy.record("cards", Side.VTIGER, "7x1") is not None


def test_waiting_rows_come_in_the_order_of_their_record_numbers_not_as_text(state):
    for record_id in ("14x100", "26x9", "14x20"):
        state.put_record(stored(record_id), [])

    assert [row.id for row in state.unlinked("cards", Side.VTIGER)] == ["26x9", "14x20", "14x100"]


def test_new_keys_replace_the_old_ones(state):
    state.put_record(stored("7x1"), [("name", "ann")])
    state.put_record(stored("7x1"), [("name", "anna")])

    assert state.hits("cards", Side.VTIGER, "name", "ann") == []
    assert [hit.id for hit in state.hits("cards", Side.VTIGER, "name", "anna")] == ["7x1"]


def test_two_links_of_one_xero_record_are_impossible(state):
    state.put_link(Link("cards", "7x1", "guid", Side.VTIGER, "{}", "{}"))

    with pytest.raises(sqlite3.IntegrityError):
        state.put_link(Link("cards", "7x2", "guid", Side.VTIGER, "{}", "{}"))


def test_settled_record_waits_no_more_but_is_still_known(state):
    state.put_record(stored("7x1", presence=Presence.ACTIVE, modified="5"), [("name", "ann")])
    state.settle_record("cards", Side.VTIGER, "7x1")

    assert list(state.unlinked("cards", Side.VTIGER)) == []
    assert state.modified("cards", Side.VTIGER, "7x1") == "5"
    assert len(state.hits("cards", Side.VTIGER, "name", "ann")) == 1


def test_links_of_many_ids_are_found_in_chunks(state):
    for number in range(1203):
        state.put_link(Link("cards", f"7x{number}", f"g{number}", Side.XERO, "{}", "{}", ("phone", "name")))

    found = state.links("cards", Side.XERO, [f"g{number}" for number in range(1300)])

    assert len(found) == 1203
    assert found["g7"].unsettled == ("phone", "name")


def test_database_of_the_first_version_keeps_its_links_and_learns_of_effects(tmp_path):
    path = tmp_path / "state.sqlite3"
    old = sqlite3.connect(path)
    old.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
    old.execute("INSERT INTO links VALUES ('cards', '7x1', 'guid-1', 'vtiger', 'a', 'b', '')")
    old.commit()
    old.close()

    state = SqliteState(open_database(path), "run-2")

    assert state.link("cards", Side.VTIGER, "7x1") == Link("cards", "7x1", "guid-1", Side.VTIGER, "a", "b")
    state.add_effect(Effect("cards", Side.XERO, CREATED, "7x1", "guid-1", "One", after="b", modified="5"))
    assert [(e.run, e.id, e.after) for e in state.effects_of("run-2")] == [("run-2", "guid-1", "b")]
    assert state.effects_of("run-1") == []


def test_effect_that_was_taken_back_is_given_no_more(state):
    first = Effect("cards", Side.XERO, CREATED, "7x1", "guid-1", "One", after="b", modified="5")
    state.add_effect(first)
    [kept] = state.effects_of("run-1")

    state.mark_undone([kept.seq])

    assert (state.effects_of("run-1"), state.effects_made_in(Side.XERO)) == ([], [])


def test_creation_that_a_killed_run_sent_is_known_by_either_id_until_its_end_is_noted(state):
    killed = SqliteState(state._db, "killed")
    sent = Action("cards", Side.XERO, Outcome.CREATED, "create", "7x1", "", "One", source="a", wanted="b")
    [intent] = killed.open_intents([Departure(sent, "b", "key")])
    assert killed.sent_creation("cards", "7x1", "guid-1") is None

    found = state.sent_creation("cards", "7x1", "guid-1")

    assert found is not None
    assert (found.run, found.action, state.unknown_writes()) == ("killed", sent, 1)
    state.close_intents([intent])
    assert (state.sent_creation("cards", "7x1", "guid-1"), state.unknown_writes()) == (None, 0)


def test_changes_that_a_killed_run_sent_are_known_with_what_was_to_be_written_the_latest_first(state):
    killed = SqliteState(state._db, "killed")
    sent = Action("cards", Side.XERO, Outcome.UPDATED, "update", "7x1", "guid-1", "One", current="b", fields=("name",))
    first, second = killed.open_intents(Departure(sent, wanted, "key", "5") for wanted in ("c", "d"))

    assert killed.open_changes("cards") == []
    assert [(i.id, i.run, i.wanted, i.known, i.action) for i in state.open_changes("cards")] == [
        (second, "killed", "d", "5", sent),
        (first, "killed", "c", "5", sent),
    ]
    state.close_all_intents("cards")
    assert (state.open_changes("cards"), state.unknown_writes()) == ([], 0)
    assert state._db.execute("SELECT DISTINCT action FROM intents").fetchall() == [("",)]


def test_open_writes_of_an_older_version_are_taken_over_and_changes_among_them_are_judged_again(tmp_path):
    path = tmp_path / "state.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        old.executescript("".join(MIGRATIONS[:4]) + "PRAGMA user_version = 4;")
        for write, source_id, target_id in (("create", "7x1", ""), ("update", "7x2", "guid-2")):
            old.execute(
                "INSERT INTO intents (run, module, target, write, source_id, target_id, source, wanted, highest, key,"
                " hash, opened_at) VALUES ('killed', 'cards', 'xero', ?, ?, ?, 'a', 'b', 0, 'key', '', '')",
                (write, source_id, target_id),
            )
        old.commit()

    state = SqliteState(open_database(path), "run-2")

    found = state.sent_creation("cards", "7x1", "guid-1")
    assert found is not None
    assert (found.run, found.action) == ("killed", None)
    assert (state.open_changes("cards"), state.unknown_writes()) == ([], 1)


def test_outcome_that_is_noted_late_takes_the_place_of_all_that_the_run_told_and_of_nothing_else(state):
    runs = SqliteRuns(state._db)
    lost = RecordResult("cards", Direction.TO_XERO, Outcome.FAILED, "One", "7x1", None)
    for run in ("sent", "later"):
        runs.add(run, lost)
        runs.add(run, replace(lost, label="Two", vtiger_id="7x2"))

    runs.add_late("sent", replace(lost, outcome=Outcome.CREATED, xero_id="guid-1"), is_second=False)

    told = {run: sorted((r.label, r.outcome) for r in runs.results(run)) for run in ("sent", "later")}
    assert told["sent"] == [("One", Outcome.CREATED), ("Two", Outcome.FAILED)]
    assert told["later"] == [("One", Outcome.FAILED), ("Two", Outcome.FAILED)]


@pytest.mark.parametrize(("before", "after"), [(Outcome.FAILED, Outcome.UPDATED), (Outcome.CONFLICT, Outcome.CONFLICT)])
def test_second_write_of_a_pair_that_is_noted_late_says_something_only_where_it_was_told_as_failed(
    state, before, after
):
    runs = SqliteRuns(state._db)
    told = RecordResult("cards", Direction.TO_XERO, before, "One", "7x1", "guid-1")
    runs.add("sent", told)

    runs.add_late("sent", replace(told, outcome=Outcome.UPDATED), is_second=True)

    assert [record.outcome for record in runs.results("sent")] == [after]


def test_write_that_is_noted_late_after_another_of_the_same_record_and_run_is_added_to_it(state):
    runs = SqliteRuns(state._db)
    change = FieldChange("status", "Approved", "Paid")
    found = note(Code.ANSWER_LOST)
    runs.add("sent", RecordResult("cards", Direction.TO_XERO, Outcome.CREATED, "One", "7x1", "guid-1"))

    later = RecordResult("cards", Direction.TO_VTIGER, Outcome.UPDATED, "One", "7x1", "guid-1", changes=(change,))
    runs.add_late("sent", replace(later, notes=(found,)), is_second=False)

    [told] = runs.results("sent")
    assert (told.outcome, told.changes, told.notes) == (Outcome.CREATED, (replace(change, side=Side.VTIGER),), (found,))
