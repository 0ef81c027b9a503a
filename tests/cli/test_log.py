from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli.samples import STARTED, full_report, quiet_report, record, stopped_report, summary
from vtxero.config.load import Sources, load
from vtxero.config.lock import RunLock
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.sync.records import FieldChange, Outcome

pytestmark = pytest.mark.usefixtures("config")

OLD = "2026-11-01T10-00-00Z-0001"
NEW = "2026-11-22T17-12-16Z-3f9c"


@pytest.fixture
def filled(book):
    old = STARTED - timedelta(days=21)
    book.summaries = [summary(NEW), summary(OLD, started_at=old)]
    again = record("INV12", Outcome.SKIPPED, number=12, reasons=(finding(Code.INV_DATE),))
    book.reports = {NEW: full_report(), OLD: full_report(run=OLD, started_at=old, records=(again,))}
    book.waits = [
        record for record in full_report().records if record.outcome not in {Outcome.CREATED, Outcome.UPDATED}
    ]
    return book


def labels(ran):
    return [item["label"] for item in json.loads(ran.out)["records"]]


@pytest.mark.usefixtures("filled")
def test_log_lists_the_runs_newest_first(vtxero):
    document = json.loads(vtxero("log", "-o", "json").out)

    assert [run["run"] for run in document["runs"]] == [NEW, OLD]
    assert document["version"] == 1
    assert document["runs"][0]["skipped"] == 9


@pytest.mark.usefixtures("filled")
def test_log_as_a_table_lists_the_runs(vtxero):
    ran = vtxero("log")

    assert ran.code == 0
    assert NEW in ran.out
    assert OLD in ran.out


def unended(status, **changes):
    return summary(NEW, exit_code=None, finished_at=None, status=status, **changes)


def test_log_says_of_a_run_that_holds_the_lock_that_it_is_under_way(vtxero, book, config):
    lock = load(Sources(config=config)).settings.lock_file
    with RunLock(lock):
        book.summaries = [unended("running", started_at=datetime.now(UTC))]
        assert f"Exit -: {NEW} is under way." in vtxero("log").out
    out = " ".join(vtxero("log").out.split())
    assert f"Exit -: {NEW} was interrupted; the next run settles what it left." in out


def test_run_that_was_stopped_hard_is_not_under_way_while_a_later_one_holds_the_lock(vtxero, book, config):
    book.summaries = [unended("running")]
    with RunLock(load(Sources(config=config)).settings.lock_file):
        assert f"Exit -: {NEW} was interrupted" in vtxero("log").out


def test_run_that_was_interrupted_leaves_nothing_to_the_next_one_once_that_has_begun(vtxero, book):
    book.summaries = [summary("2026-11-23T17-12-16Z-aaaa"), unended("interrupted")]

    out = " ".join(vtxero("log").out.split())

    assert "the next run settles" not in out
    assert f"Exit -: {NEW} was interrupted. What it had done: vtxero log {NEW}" in out


@pytest.mark.usefixtures("book")
def test_log_when_there_are_no_runs_says_how_to_begin(vtxero):
    assert "vtxero sync --dry-run" in vtxero("log").out


def test_log_of_a_run_that_was_stopped_tells_its_errors_from_its_notes(vtxero, book):
    book.summaries = [summary(NEW)]
    book.reports = {NEW: stopped_report()}

    out = vtxero("log", "--last").out

    assert "Error: Too many changes." in out
    assert "! No Payments module." in out
    assert "! Too many" not in out


@pytest.mark.parametrize("words", [[NEW], ["--last"]])
@pytest.mark.usefixtures("filled")
def test_log_of_a_run_gives_its_document(vtxero, words):
    document = json.loads(vtxero("log", *words, "-o", "json").out)

    assert document["run"] == NEW
    assert len(document["records"]) == len(full_report().records)


@pytest.mark.usefixtures("filled")
def test_log_of_a_run_with_a_filter_keeps_the_counts_and_those_records(vtxero):
    ran = vtxero("log", "--last", "--created", "-o", "json")

    assert labels(ran) == ["INV23"]
    assert len(json.loads(ran.out)["modules"]) == 3


@pytest.mark.usefixtures("filled")
def test_log_of_an_unknown_run_says_how_to_find_one(vtxero):
    ran = vtxero("log", "nothing")

    assert ran.code == 2
    assert "There is no run 'nothing'" in ran.err
    assert "`vtxero log` lists the runs" in ran.err


@pytest.mark.usefixtures("filled")
def test_log_of_the_beginning_of_a_run_s_name_gives_the_name(vtxero):
    ran = vtxero("log", NEW[:-2])

    assert (ran.code, ran.err.splitlines()[0]) == (2, f"Error: There is no run '{NEW[:-2]}'. Did you mean {NEW}?")


@pytest.mark.usefixtures("filled")
def test_log_of_a_day_says_how_to_see_the_runs_since_then(vtxero):
    ran = vtxero("log", "2026-11-22")

    assert ran.code == 2
    assert ran.err.splitlines()[0] == "Error: 2026-11-22 is a day, not a run."
    assert "`vtxero log --since 2026-11-22`" in ran.err


@pytest.mark.usefixtures("filled")
def test_log_of_a_day_that_the_calendar_does_not_have_is_no_day(vtxero):
    ran = vtxero("log", "2026-13-45")

    assert (ran.code, ran.err.splitlines()[0]) == (2, "Error: There is no run '2026-13-45'.")


def test_log_of_a_run_that_is_too_old_says_what_decides_that(vtxero, book):
    book.forgotten.add("2020-01-01T00-00-00Z-0000")

    ran = vtxero("log", "2020-01-01T00-00-00Z-0000")

    assert ran.code == 2
    assert "is no longer kept: it is older than history.log_days in the config" in ran.err


@pytest.mark.usefixtures("book")
def test_log_of_the_last_run_when_there_is_none_says_how_to_begin(vtxero):
    ran = vtxero("log", "--last")

    assert ran.code == 2
    assert "There are no runs yet" in ran.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--failed"], ["INV21"]),
        (["--conflicts"], ["INV22"]),
        (["--failed", "--conflicts"], ["INV21", "INV22"]),
        (["--skipped", "--reason", "inv-tax-unknown"], ["INV20"]),
        (["--reason", "INV-ADJUSTMENT"], ["INV20"]),
        (["--failed", "--module", "products"], []),
    ],
)
@pytest.mark.usefixtures("filled")
def test_log_without_a_run_shows_what_waits_now(vtxero, words, expected):
    assert labels(vtxero("log", *words, "-o", "json")) == expected


def test_log_skipped_shows_what_crossed_in_part_for_the_rest_of_it_waits(vtxero, filled):
    reasons = (finding(Code.INV_CLOSED),)
    filled.waits = [record("INV30", Outcome.UPDATED, reasons=reasons, changes=(FieldChange("status", "", "VOIDED"),))]

    assert labels(vtxero("log", "--skipped", "-o", "json")) == ["INV30"]
    assert labels(vtxero("log", "--conflicts", "-o", "json")) == []


def test_log_updated_shows_what_was_changed_of_a_record_whose_rest_is_in_conflict(vtxero, filled):
    part = record(
        "INV30",
        Outcome.CONFLICT,
        reasons=(finding(Code.CONFLICT),),
        changes=(FieldChange("due_on", "2026-12-01", "2026-12-02"),),
    )
    report = filled.reports[summary().run]
    filled.reports[summary().run] = replace(report, records=(*report.records, part))

    assert "INV30" in labels(vtxero("log", "--last", "--updated", "-o", "json"))


@pytest.mark.usefixtures("filled")
def test_log_skipped_shows_each_record_with_reason_remedy_and_address(vtxero):
    out = " ".join(vtxero("log", "--skipped").out.split())

    assert "INV-GROUP-DISCOUNT 7 invoices" in out
    assert "Give the discount on the lines instead." in out
    assert all(f"INV{number} (7x{number})" in out for number in range(12, 19))
    assert "https://crm.example.com/index.php?module=Invoice&record=18" in out


@pytest.mark.usefixtures("filled")
def test_log_created_without_a_run_means_the_latest(vtxero):
    assert labels(vtxero("log", "--created", "-o", "json")) == ["INV23"]


@pytest.mark.usefixtures("filled")
def test_log_since_keeps_the_runs_from_then_on(vtxero):
    document = json.loads(vtxero("log", "--since", "2026-11-02", "-o", "json").out)

    assert [run["run"] for run in document["runs"]] == [NEW]


@pytest.mark.usefixtures("filled")
def test_log_since_with_a_filter_shows_each_record_once_as_last_judged(vtxero):
    ran = vtxero("log", "--since", "2026-10-01", "--skipped", "--module", "invoices", "-o", "json")

    reasons = {item["label"]: item["reason"] for item in json.loads(ran.out)["records"]}
    assert len(reasons) == 8
    assert reasons["INV12"] == "INV-GROUP-DISCOUNT"


@pytest.mark.usefixtures("filled")
def test_log_jsonl_gives_one_record_a_line(vtxero):
    lines = vtxero("log", "--skipped", "-o", "jsonl").out.splitlines()

    assert len(lines) == 9
    assert all(json.loads(line)["outcome"] == "skipped" for line in lines)


@pytest.mark.usefixtures("filled")
def test_log_of_a_run_that_has_no_such_record_says_so(vtxero):
    assert vtxero("log", "--last", "--module", "taxes").out.endswith("No record of this run is of that kind.\n")


@pytest.mark.usefixtures("filled")
def test_log_leads_to_all_that_waits_whatever_keeps_it(vtxero):
    advised = vtxero("log").out.rstrip().rpartition(": vtxero ")[2].split()

    assert set(labels(vtxero(*advised, "-o", "json"))) == {
        *labels(vtxero("log", "--skipped", "-o", "json")),
        "INV21",
        "INV22",
    }


@pytest.mark.usefixtures("book")
def test_log_when_nothing_waits_says_so(vtxero):
    assert vtxero("log", "--failed").out == "No record of that kind waits now.\n"


@pytest.mark.parametrize(
    "words", [["x", "--last"], ["--module", "x"], ["--reason", "x"], ["--since", "x"], ["--limit", "0"]]
)
@pytest.mark.usefixtures("filled")
def test_log_when_asked_for_nonsense_is_a_usage_error(vtxero, words):
    ran = vtxero("log", *words)

    assert ran.code == 2
    assert ran.err.startswith("Error: ")


def test_log_of_a_quiet_run_has_the_same_document_as_sync(vtxero, book, engine):
    engine.answers = [quiet_report()]
    book.summaries, book.reports = [summary()], {summary().run: quiet_report()}

    assert vtxero("sync", "-o", "json").out == vtxero("log", "--last", "-o", "json").out


def test_log_of_a_conflict_tells_which_field_is_in_conflict_and_what_crossed(vtxero, book):
    reason = finding(Code.CONFLICT, "duedate changed on both sides.", field="duedate")
    changes = (FieldChange("phone", "1", "2"),)
    book.waits = [record("INV22", Outcome.CONFLICT, number=22, reasons=(reason,), changes=changes)]

    told = vtxero("log", "--conflicts").out.partition("In conflict: 1")[0].splitlines()

    assert "      CONFLICT: duedate changed on both sides." in told
    assert "      What else was changed crossed: phone: 1 → 2" in told
