"""Which skips are told again, and which are new."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.sides import Direction
from vtxero.store import SqliteRuns, open_database
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.report import RecordResult, RunReport

STARTED = datetime(2026, 11, 22, 12, tzinfo=UTC)


@contextmanager
def opened(tmp_path):
    with closing(open_database(tmp_path / "state.sqlite3")) as database:
        yield SqliteRuns(database)


def result(outcome=Outcome.SKIPPED, message="The due date is missing.", vtiger_id="7x1", xero_id=None):
    reasons = (finding(Code.INV_DATE, message),) if outcome is Outcome.SKIPPED else ()
    return RecordResult("invoices", Direction.TO_XERO, outcome, "INV1", vtiger_id, xero_id, reasons=reasons)


def told(runs, name, *results, ends=True):
    """Note a run; gives, for each of its records, whether it is nothing new."""
    runs.start(name, "sync", STARTED)
    for each in results:
        runs.add(name, each)
    flags = [each.repeated for each in runs.results(name)]
    if ends:
        report = RunReport(
            name, dry_run=False, status="success", exit_code=0, started_at=STARTED, seconds=1.0, modules=(),
            records=(), calls={},
        )  # fmt: skip
        runs.finish(report, STARTED)
    return flags


def test_skip_is_new_in_the_first_run_and_repeated_in_those_after_it(tmp_path):
    with opened(tmp_path) as runs:
        assert [told(runs, name, result()) for name in "abc"] == [[False], [True], [True]]
        assert [[each.repeated for each in runs.results(name)] for name in "abc"] == [[False], [True], [True]]


def test_conflict_is_new_in_the_first_run_and_whenever_it_is_another_one(tmp_path):
    def conflict(message):
        return replace(result(Outcome.CONFLICT), reasons=(finding(Code.CONFLICT, message),))

    with opened(tmp_path) as runs:
        said = ["1 or 2", "1 or 2", "1 or 3", "1 or 3"]
        assert [told(runs, name, conflict(text)) for name, text in zip("abcd", said, strict=True)] == [
            [False], [True], [False], [True],
        ]  # fmt: skip


def test_conflict_beside_which_other_fields_crossed_before_is_no_new_one(tmp_path):
    conflict = replace(result(Outcome.CONFLICT), reasons=(finding(Code.CONFLICT, "1 or 2"),))
    in_part = replace(conflict, changes=(FieldChange("due_on", "2026-11-01", "2026-12-01"),))

    with opened(tmp_path) as runs:
        assert [told(runs, name, each) for name, each in (("a", in_part), ("b", conflict))] == [[False], [True]]


def test_skip_for_another_reason_is_new_and_one_after_a_run_that_did_not_look_at_it_is_not(tmp_path):
    with opened(tmp_path) as runs:
        told(runs, "a", result())
        told(runs, "b", result(vtiger_id="7x2"))
        assert told(runs, "c", result(), result(vtiger_id="7x2")) == [True, True]
        assert told(runs, "d", result(message="The invoice date is missing.")) == [False]


def test_skip_that_was_mended_in_between_is_new(tmp_path):
    with opened(tmp_path) as runs:
        told(runs, "a", result())
        told(runs, "b", result(Outcome.UPDATED))
        assert told(runs, "c", result()) == [False]


def test_report_of_a_run_that_never_ended_says_that_it_was_stopped(tmp_path):
    with opened(tmp_path) as runs:
        runs.start("killed", "sync", STARTED)

        report = runs.report("killed")

    assert (report.status, report.exit_code, report.has_ended) == ("error", 130, False)
    assert "no end" in report.messages[0]


def test_skip_that_only_an_interrupted_run_saw_was_told_to_nobody(tmp_path):
    with opened(tmp_path) as runs:
        told(runs, "a", result(), ends=False)
        assert told(runs, "b", result()) == [False]
        assert told(runs, "c", result()) == [True]


def test_skip_of_a_record_of_xero_alone_is_known_again_too(tmp_path):
    with opened(tmp_path) as runs:
        told(runs, "a", result(vtiger_id=None, xero_id="x-1"))
        assert told(runs, "b", result(vtiger_id=None, xero_id="x-1")) == [True]
        assert told(runs, "c", result(vtiger_id=None, xero_id="x-2")) == [False]
