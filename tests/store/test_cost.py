"""What a look-up costs does not grow with the books: SQLite's own steps are counted, no clock takes part."""

from __future__ import annotations

from itertools import count

import pytest

from vtxero.domain.sides import Direction, Side
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.sync.records import Outcome, Presence
from vtxero.sync.report import RecordResult
from vtxero.sync.state import Action, Link, StoredRecord

FEW, MANY = 30, 3000

LOOK_UPS = {
    "by a natural key, in Vtiger": lambda state: state.hits("cards", Side.VTIGER, "name", "card 7"),
    "by a natural key, in Xero": lambda state: state.hits("cards", Side.XERO, "name", "card 7"),
    "by marker": lambda state: state.marked("cards", Side.XERO, "mark 7"),
    "partner of a Vtiger record in the plan": lambda state: state.planned_partner("cards", Side.VTIGER, "1x7"),
    "partner of a Xero record in the plan": lambda state: state.planned_partner("cards", Side.XERO, "new-7"),
    "partner that the plan does not give": lambda state: state.planned_partner("cards", Side.XERO, "nobody"),
    "write of the plan from Vtiger": lambda state: state.planned_write("cards", Side.VTIGER, "1x7"),
    "write of the plan from Xero": lambda state: state.planned_write("cards", Side.XERO, "new-7"),
    "lines about a Vtiger record": lambda state: state.lines_of("cards", Side.VTIGER, "1x7"),
    "lines about a Xero record": lambda state: state.lines_of("cards", Side.XERO, "new-7"),
    "follow-ups of a module that has none": lambda state: list(state.follow_ups("cards")),
    "what to look up next": lambda state: state.known_after("decks", Side.VTIGER, "2x1", 10),
    "what waits among links": lambda state: list(state.waiting_links("decks")),
}


def filled(size):
    """Cards that are linked, cards of either side that are planned to be made, and a few that wait."""
    connection = open_database(None)
    state = SqliteState(connection, "run-1")
    with state.transaction():
        for number in range(size):
            put(state, Side.VTIGER, f"1x{number}", number)
            put(state, Side.XERO, f"new-{number}", number)
            put(state, Side.VTIGER, f"2x{number}", number, raw="{}" if number < 3 else None)
            put(state, Side.XERO, f"old-{number}", number, raw="{}" if number in {3, 4} else None)
            state.put_link(Link("decks", f"2x{number}", f"old-{number}", Side.VTIGER, "{}", "{}"))
            for ids, target in (((f"1x{number}", ""), Side.XERO), (("", f"new-{number}"), Side.VTIGER)):
                state.add_action(Action("cards", target, Outcome.CREATED, "create", *ids, f"card {number}"))
        for side, record_id in ((Side.VTIGER, "2x5"), (Side.XERO, "old-6")):
            state.mark_gone("decks", side, record_id)
    return connection, state


def put(state, side, record_id, number, raw="{}"):
    module = "decks" if record_id.startswith(("2x", "old")) else "cards"
    record = StoredRecord(module, side, record_id, "1", "card", f"mark {number}", Presence.ACTIVE, raw)
    state.put_record(record, [("name", f"card {number}")])


def steps(connection, work):
    """How many steps of SQLite's machine some work takes."""
    counter = count()
    connection.set_progress_handler(lambda: next(counter) and None, 1)
    work()
    connection.set_progress_handler(None, 1)
    return next(counter)


@pytest.fixture(scope="module")
def sizes():
    return filled(FEW), filled(MANY)


def test_waiting_links_when_a_row_waits_or_is_gone_on_either_side_are_found_once(sizes):
    _, state = sizes[0]

    assert [link.vtiger_id for link in state.waiting_links("decks")] == [f"2x{number}" for number in range(7)]


@pytest.mark.parametrize("name", LOOK_UPS)
def test_look_up_when_the_books_are_a_hundred_times_as_large_costs_the_same(sizes, name):
    few, many = (steps(connection, lambda state=state: LOOK_UPS[name](state)) for connection, state in sizes)

    assert many <= few * 1.5, (few, many)


def judged(size):
    """Records of either side, each judged in two runs, of which some wait."""
    connection = open_database(None)
    state, runs = SqliteState(connection, "run-1"), SqliteRuns(connection)
    with state.transaction():
        for run in ("run-1", "run-2"):
            for number in range(size):
                side = Side.VTIGER if number % 2 else Side.XERO
                ids = (f"1x{number}", "") if number % 2 else ("", f"guid-{number}")
                put(state, side, ids[0] or ids[1], number, raw=None if number % 10 else "{}")
                result = RecordResult("cards", Direction.TO_XERO, Outcome.SKIPPED, f"card {number}", *ids)
                runs.add(run, result)
    return connection, runs


def test_what_waits_when_the_log_is_a_hundred_times_as_large_costs_a_hundred_times_as_much():
    (few, of_few), (many, of_many) = judged(FEW), judged(MANY)

    assert len(of_few.waiting()) == FEW // 10
    assert steps(many, of_many.waiting) <= 2 * (MANY / FEW) * steps(few, of_few.waiting)


def test_what_waits_when_it_has_crossed_since_waits_no_more():
    """It was known by its id in Xero alone, and later by both."""
    connection = open_database(None)
    state, runs = SqliteState(connection, "run-1"), SqliteRuns(connection)
    put(state, Side.XERO, "guid-1", 1)
    runs.add("run-1", RecordResult("cards", Direction.TO_VTIGER, Outcome.SKIPPED, "card", "", "guid-1"))
    assert [found.label for found in runs.waiting()] == ["card"]

    runs.add("run-2", RecordResult("cards", Direction.TO_VTIGER, Outcome.CREATED, "card", "1x1", "guid-1"))

    assert runs.waiting() == []
