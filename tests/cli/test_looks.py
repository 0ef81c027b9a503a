"""What every table of the command line looks like, as a person sees it after real runs: golden outputs."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest

from cli.office import open_office

SAME_EVERY_TIME = (
    (r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{4}", "2026-11-22T15-12-16Z-3f9c"),
    (r"(?<!\d)20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d", r"2026-11-22\g<1>15:12:16"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "0f3c8a52-6f5b-4a4c-9a0e-6f6f1e0b7a11"),
    (r"127\.0\.0\.1:\d{5}", "127.0.0.1:55555"),
    (r"/tmp/vtxero-\w{8}", "/tmp/vtxero-abcd1234"),
    (r"\d+\.\d s\b", "0.1 s"),
    (r"to \d+ s\.", "to 1 s."),
    (r"need nothing any more: \d", "need nothing any more: 2"),
    (r"Calls: Vtiger \d+, Xero \d+", "Calls: Vtiger 12, Xero 5"),
)
"""What differs from run to run, and what stands for it: as long, so that lines break at the same place."""
LOOKS = {
    "status": "status",
    "status-record": "status invoices:{good}",
    "doctor": "doctor",
    "plan-whole": "plan",
    "undo-whole": "undo {first} --dry-run",
    "verify-whole": "verify",
    "explain": "explain INV-GROUP-DISCOUNT",
    "config-show": "config show",
    "log-skipped": "log --skipped",
    "log-runs": "log",
    "auth-status": "auth status",
}


@pytest.fixture(scope="module")
def office():
    """An office in a folder whose name is as long every time: some tables tell paths."""
    folder = Path(tempfile.mkdtemp(prefix="vtxero-", dir="/tmp"))
    try:
        with open_office(folder / "desk") as office:
            yield office
    finally:
        shutil.rmtree(folder)


def told(ran):
    text = ran.out
    for pattern, instead in SAME_EVERY_TIME:
        text = re.sub(pattern, instead, text)
    return text.rstrip("\n")


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("look", LOOKS)
def test_command_looks_as_agreed(office, golden, look, columns):
    words = [word.format(**office.names) for word in LOOKS[look].split()]

    ran = office.run(words, office.folder, COLUMNS=str(columns))

    assert ran.code == 0, ran
    golden(f"{look}-{columns}.txt", told(ran))


def test_saved_plan_carried_out_looks_as_agreed(office, golden):
    folder = office.copy()
    saved = office.run(["plan", "--out", "friday.json"], folder, COLUMNS="80")
    applied = office.run(["apply", "friday.json"], folder, COLUMNS="80")
    office.company.crm.post("revise", element={"id": office.acme, "phone": "333"})
    late = office.run(["apply", "friday.json"], folder, COLUMNS="80")

    assert (saved.code, applied.code, late.code) == (0, 8, 8), (saved, applied, late)
    golden("apply-80.txt", told(applied))
    golden("apply-late-80.txt", told(late))


def test_plan_that_holds_nothing_offers_not_to_carry_it_out_and_claims_nothing_of_both_sides(
    office,
):
    folder = office.copy()
    saved = office.run(["plan", "contacts", "--out", "none.json"], folder)
    applied = office.run(["apply", "none.json"], folder)

    assert (saved.code, applied.code) == (0, 0), (saved, applied)
    assert "There is nothing to do." in saved.out
    assert "carry" not in saved.out + saved.err
    assert "in step" not in applied.out
    assert applied.out.rstrip().endswith("This plan held nothing to do. What is to be done now: vtxero plan")


def test_plan_is_carried_out_by_other_words_than_a_dry_run(office):
    assert office.run(["plan"]).out.rstrip().endswith("run the same with `sync` in the place of `plan`.")
    assert office.run(["plan", "--out", "a b.json"]).out.rstrip().endswith("To carry this out: vtxero apply 'a b.json'")


def test_advice_on_a_conflict_solves_that_record_and_no_other(office):
    folder = office.copy()
    plan = office.run(["plan"], folder, COLUMNS="200")
    advised = re.search(r"`vtxero (sync --only invoices:\S+ --conflict xero)`", plan.out).group(1).split()

    assert advised[2] == f"invoices:{office.ids[office.good]}"
    solved = office.run([*advised, "--dry-run", "-o", "json"], folder)
    assert [record["label"] for record in solved.json["records"]] == [office.good]
    assert solved.json["records"][0]["outcome"] == "updated"
