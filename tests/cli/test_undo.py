"""`vtxero undo`: what it says before it writes, whom it asks, and what it answers; also as a real process."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from chain.company import line, open_company
from chain.processes import config_file
from cli.forking import VTXERO, shared
from cli.samples import STARTED, TO_VTIGER, TO_XERO, count, full_report, record
from cli.terminal import Terminal, plain
from vtxero.bootstrap import undoing
from vtxero.cli.changes_view import changes_of
from vtxero.cli.session import Globals, Session
from vtxero.cli.text import Screen
from vtxero.cli.undo import asked_parts
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.sides import Side
from vtxero.sync.records import FieldChange, Outcome
from vtxero.sync.undo import FORGOTTEN
from vtxero.sync.undo_plan import UndoRequest

RUN = "2026-11-22T15-12-16Z-3f9c"


def undo_report(**changes):
    records = (
        record("INV1", Outcome.UPDATED, changes=(FieldChange("status", "DRAFT", "DELETED"),)),
        record("INV2", Outcome.UPDATED, number=2, changes=(FieldChange("status", "AUTHORISED", "VOIDED"),)),
        record("Acme Ltd", Outcome.UPDATED, "organizations", TO_VTIGER, changes=(FieldChange("phone", "1", "2"),)),
        record(
            "Widget",
            Outcome.SKIPPED,
            "products",
            reasons=(finding(Code.UNDO_STAYS, "Items are never deleted in Xero by vtxero."),),
        ),
    )
    given = {
        "status": "success",
        "exit_code": 0,
        "started_at": STARTED,
        "modules": (
            count("invoices", TO_XERO, updated=2),
            count("products", TO_XERO, skipped=1),
            count("organizations", TO_VTIGER, updated=1),
        ),
        "records": records,
        "messages": (
            "Items that stay in Xero: 1. vtxero deletes none.",
            "The next `vtxero sync` would make them again.",
        ),
        "planned_calls": {"xero": 1, "vtiger": 1},
    }
    return full_report(**(given | changes))


class Undoer:
    """Stands in for the composition root."""

    def __init__(self):
        self.requests = []
        self.answer = undo_report()

    def run_undo(self, settings, request, progress, announce):
        del settings, progress
        self.requests.append(request)
        if not request.dry_run:
            announce(self.answer)
        return self.answer


@pytest.fixture
def undoer(monkeypatch, config):
    del config
    undoer = Undoer()
    monkeypatch.setattr(undoing, "run_undo", undoer.run_undo)
    monkeypatch.setattr(undoing, "check_undo", lambda _settings, _request: None)
    return undoer


def test_undo_without_a_terminal_and_without_yes_is_refused_before_anything_happens(vtxero, undoer):
    ran = vtxero("undo", RUN)

    assert (ran.code, ran.out, undoer.requests) == (2, "", [])
    assert "there is nobody to ask" in ran.err
    assert "--dry-run" in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Which run"),
        ([RUN, "--origin", "xero"], "exclude each other"),
        (["--origin", "vtiger"], "Only xero can"),
    ],
)
def test_undo_when_it_is_unclear_what_is_meant_asks_for_it(vtxero, undoer, words, said):
    ran = vtxero("undo", *words, "--yes")

    assert (ran.code, undoer.requests) == (2, [])
    assert said in ran.err


def test_undo_says_first_what_it_will_do_and_what_it_cannot(vtxero, undoer, golden):
    ran = vtxero("undo", RUN, "-y")

    assert ran.code == 0
    assert undoer.requests == [UndoRequest(RUN, command=f"undo {RUN}")]
    golden("undo-announced.txt", ran.err.rstrip("\n"))
    golden("undo-80.txt", ran.out.rstrip("\n"))


def test_undo_as_a_dry_run_shows_each_field_and_asks_nobody(vtxero, undoer, golden):
    undoer.answer = undo_report(dry_run=True)

    ran = vtxero("undo", RUN, "-n")

    assert (ran.code, ran.err) == (0, "")
    assert undoer.requests == [UndoRequest(RUN, dry_run=True, command=f"undo {RUN} --dry-run")]
    golden("undo-plan-80.txt", ran.out.rstrip("\n"))


def test_undo_by_origin_is_asked_for_as_such(vtxero, undoer):
    assert vtxero("undo", "--origin", "Xero", "-y").code == 0

    assert undoer.requests == [UndoRequest("", Side.XERO, command="undo --origin xero")]


def test_undo_for_a_machine_is_one_document_and_the_talk_goes_elsewhere(vtxero, undoer):
    del undoer
    ran = vtxero("undo", RUN, "-y", "-o", "json")

    document = json.loads(ran.out)
    assert document["version"] == 1
    assert [item["label"] for item in document["records"]] == ["INV1", "INV2", "Acme Ltd", "Widget"]
    assert document["records"][0]["changes"] == {"status": ["DRAFT", "DELETED"]}
    assert "Records to take back: 3, to leave alone: 1" in ran.err


def test_undo_that_a_second_ctrl_c_ends_at_once_says_that_the_same_undo_goes_on(vtxero, undoer, monkeypatch):
    del undoer

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(undoing, "run_undo", interrupted)

    ran = vtxero("undo", RUN, "-y")

    assert ran.code == 130
    assert "Stopped at once. The same undo again finds out what became of a write that was under way" in words(ran.err)


def test_undo_that_leaves_records_alone_fails_only_when_that_is_asked_for(vtxero, undoer):
    del undoer
    assert vtxero("undo", RUN, "-y").code == 0
    assert vtxero("undo", RUN, "-y", "--fail-on", "skip").code == 3


def half_an_undo(outcome=Outcome.SKIPPED, **changes):
    """An undo of one pair, of which somebody edited the half in Xero since."""
    half = record(
        "Acme Ltd",
        outcome,
        "organizations",
        reasons=(finding(Code.UNDO_TOUCHED, "Changed since: phone."),),
        changes=(FieldChange("fax", "2", "1", Side.VTIGER),),
    )
    return undo_report(records=(half,), modules=(count("organizations", TO_XERO, **{outcome: 1}),), **changes)


def test_undo_of_a_half_is_counted_as_taken_back_in_part(vtxero, undoer):
    undoer.answer = half_an_undo()

    ran = vtxero("undo", RUN, "-y")

    assert "Records to take back: 1, of 1 only a part, to leave alone: 0" in ran.err
    assert "What else the run changed was set back: fax in Vtiger: 2 → 1" in words(ran.out)
    assert "Taken back: 1, of 1 only a part; why, and what to do: vtxero log" in words(ran.out)


def test_dry_run_of_the_undo_of_a_half_says_how_to_carry_it_out(vtxero, undoer):
    undoer.answer = half_an_undo(dry_run=True)

    ran = vtxero("undo", RUN, "-n")

    assert "What else the run changed is set back: fax in Vtiger: 2 → 1" in words(ran.out)
    assert f"To carry this out: vtxero undo {RUN}" in words(ran.out)


def test_undo_of_which_one_half_failed_is_not_yet_taken_back(vtxero, undoer):
    undoer.answer = half_an_undo(Outcome.FAILED, exit_code=3, status="partial")

    ran = vtxero("undo", RUN, "-y")

    assert "Taken back: 0, not yet: 1." in ran.out


def test_undo_of_nothing_but_halves_asks_before_it_writes(vtxero, undoer, monkeypatch):
    undoer.answer = half_an_undo()
    asked = []
    monkeypatch.setattr(Session, "may_ask", property(lambda _: True))
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text) or True)

    vtxero("undo", RUN)

    assert asked == ["Take it back?"]


def test_undo_that_was_told_before_leads_to_its_own_records(vtxero, undoer):
    known = record("Widget", Outcome.SKIPPED, "products", reasons=(finding(Code.UNDO_STAYS),), repeated=True)
    undoer.answer = undo_report(records=(known,), modules=(count("products", TO_XERO, skipped=1),))

    ran = vtxero("undo", RUN, "-y")

    assert f"Each with what to do: vtxero log {undoer.answer.run} --skipped" in words(ran.out)


def test_dry_run_of_an_undo_tells_in_full_what_was_told_before_since_no_log_has_it(vtxero, undoer):
    known = record("Widget", Outcome.SKIPPED, "products", reasons=(finding(Code.UNDO_STAYS),), repeated=True)
    undoer.answer = undo_report(records=(known,), modules=(count("products", TO_XERO, skipped=1),), dry_run=True)

    ran = vtxero("undo", RUN, "-n")

    assert "Widget" in ran.out
    assert "as before" not in ran.out


def test_pair_whose_record_goes_and_whose_other_half_is_set_back_is_told_in_words():
    record_goes, status = FieldChange("record", "there", "deleted"), FieldChange("status", "there", "ARCHIVED")
    phone = FieldChange("phone", "2", "1", Side.VTIGER)

    told = [changes_of(record("Acme", Outcome.UPDATED, changes=(each, phone))).plain for each in (record_goes, status)]

    assert told == [
        "goes to Vtiger's recycle bin\nphone in Vtiger: 2 → 1",
        "stays in Xero, archived\nphone in Vtiger: 2 → 1",
    ]


def test_pair_of_which_somebody_took_one_away_is_not_said_to_stay():
    phone = FieldChange("phone", "2", "1", Side.VTIGER)

    told = [
        changes_of(record("Acme", Outcome.UPDATED, changes=changes)).plain
        for changes in ((FORGOTTEN,), (phone, FORGOTTEN))
    ]

    assert told == [
        "was taken away by somebody before, and is linked no more",
        "phone in Vtiger: 2 → 1\nand it is unlinked: one of both was taken away by somebody before",
    ]


# as a process


@pytest.fixture
def company(tmp_path):
    with open_company(tmp_path / "state") as company:
        company.invoice(company.organization(), line(company.product()))
        company.config = config_file(company, tmp_path)
        company.ran = company.sync()
        yield company


def words(text):
    """What is said, wherever its lines end."""
    return " ".join(text.split())


def process(company, *words):
    """The installed command, with nobody to ask."""
    return shared().run(["--config", company.config, *words], company.config.parent)


def test_installed_undo_takes_a_run_back_and_stands_in_the_log(company):
    refused = process(company, "undo", company.ran.run)
    assert refused.code == 2
    assert company.contacts()["Acme Ltd"]["ContactStatus"] == "ACTIVE"

    done = process(company, "undo", company.ran.run, "--yes", "-o", "json")

    document = json.loads(done.out)
    assert (done.code, document["exit_code"], document["status"]) == (0, 0, "success")
    assert "Approved invoices voided in Xero: 1." in done.err
    assert company.contacts()["Acme Ltd"]["ContactStatus"] == "ARCHIVED"
    shown = json.loads(process(company, "log", document["run"], "-o", "json").out)
    assert shown["records"] == document["records"]
    listed = json.loads(process(company, "log", "-o", "json").out)["runs"]
    assert listed[0]["command"] == f"undo {company.ran.run}"
    assert listed[0]["takes_back"] == company.ran.run
    again = process(company, "undo", document["run"], "-y")
    assert again.code == 2
    assert "was an undo itself" in again.err


def test_installed_undo_of_a_run_that_was_taken_back_says_by_which_run_and_when(company):
    first = json.loads(process(company, "undo", company.ran.run, "--yes", "-o", "json").out)

    again = process(company, "undo", company.ran.run, "--yes")

    when = first["started_at"].replace("T", " at ").replace("Z", " UTC")
    assert f"was taken back before, by the run {first['run']} on {when}" in words(again.out)
    assert "Taken back: nothing. Left alone: 1;" in words(again.out)


def test_installed_undo_of_which_nothing_is_left_says_by_which_run_it_was_taken_back(tmp_path):
    with open_company(tmp_path / "state") as company:
        company.organization()
        company.config = config_file(company, tmp_path)
        company.ran, nothing = company.sync(), company.sync()
        idle = process(company, "undo", nothing.run, "--yes")
        first = json.loads(process(company, "undo", company.ran.run, "--yes", "-o", "json").out)

        again = process(company, "undo", company.ran.run, "--yes")

    assert f"The run {company.ran.run} was already taken back, by the run {first['run']} on " in words(again.out)
    assert words(again.out).endswith("Nothing was taken back.")
    assert "wrote nothing, so there is nothing to take back." in words(idle.out)


def test_installed_log_and_status_mark_undos_and_what_they_took_back(company):
    undo = json.loads(process(company, "undo", company.ran.run, "--yes", "-o", "json").out)["run"]
    again = json.loads(process(company, "undo", company.ran.run, "--yes", "-o", "json").out)["run"]

    for command in ("log", "status"):
        shown = process(company, command).out.splitlines()
        assert f"{undo} took back {company.ran.run}" in shown
        assert f"{again} took nothing back of {company.ran.run}" in shown
        assert [line.split()[1] for line in shown if line.startswith(undo)] == ["undo", "took"]
        assert [line.split()[1] for line in shown if line.startswith(company.ran.run)] == ["sync"]
    assert f"An undo of {company.ran.run}" in process(company, "log", undo).out.splitlines()
    assert "An undo of" not in process(company, "log", company.ran.run).out


def test_installed_undo_of_an_unknown_run_says_so_before_it_says_that_nobody_can_be_asked(company):
    ran = process(company, "undo", "nonsense")

    assert ran.code == 2
    assert "There is no run 'nonsense'." in ran.err
    assert "nobody to ask" not in ran.err


def test_installed_undo_of_the_beginning_of_a_run_s_name_gives_the_name_and_takes_nothing_back(company):
    ran = process(company, "undo", company.ran.run[:-2], "-y")

    assert ran.code == 2
    assert f"Did you mean {company.ran.run}?" in ran.err


def test_installed_undo_of_an_unknown_run_says_where_runs_are_listed(company):
    ran = process(company, "undo", "nonsense", "-y")

    assert ran.code == 2
    assert "log` lists the runs" in ran.err


@pytest.mark.parametrize(("answer", "code", "status"), [("n", 6, "ACTIVE"), ("y", 0, "ARCHIVED")])
def test_installed_undo_at_a_terminal_does_what_it_is_told(company, answer, code, status):
    master, terminal = pty.openpty()
    command = [VTXERO, "--config", company.config, "undo", company.ran.run, "-o", "json"]
    env = {**os.environ, "TERM": "dumb"}
    running = subprocess.Popen(command, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE, env=env)
    os.close(terminal)
    said = b""
    while b"Take it back?" not in said:
        said += os.read(master, 1000)
    os.write(master, f"{answer}\n".encode())

    output = running.communicate(timeout=100)[0]

    os.close(master)
    assert running.returncode == code
    assert company.contacts()["Acme Ltd"]["ContactStatus"] == status
    assert json.loads(output)["exit_code"] == code
    told = words(said.decode())
    assert "Contacts archived in Xero, not deleted: 1." in told
    assert "archive Acme Ltd (11x2) stays in Xero, archived" in told
    assert "status: AUTHORISED → VOIDED" in told
    assert "Items are never deleted in Xero by vtxero." in told


def test_installed_undo_when_the_answer_is_no_says_so_once(company):
    with Terminal(["--config", company.config, "undo", company.ran.run], company.config.parent) as screen:
        screen.answer("Take it back?", "n")
        assert screen.end() == 6

    after = plain(screen.seen).partition("Take it back?")[2]
    assert after.splitlines()[1:] == ["Nothing was taken back."]
    last = process(company, "log", "--last").out
    assert "exit code 6" in last
    assert last.count("Error: ") == 1


def test_installed_undo_whose_question_is_left_by_ctrl_c_stops_at_once_and_writes_nothing(company):
    with Terminal(["--config", company.config, "undo", company.ran.run], company.config.parent) as screen:
        screen.press("\x03", at="Take it back?")
        assert screen.end() == 130

    after = words(plain(screen.seen).partition("Take it back?")[2])
    assert "Stopped by Ctrl-C; nothing was written." in after
    assert "under way" not in after
    assert company.contacts()["Acme Ltd"]["ContactStatus"] == "ACTIVE"


def test_installed_undo_on_a_terminal_says_what_is_special_about_it_once(company):
    with Terminal(["--config", company.config, "undo", company.ran.run], company.config.parent) as screen:
        screen.answer("Take it back?", "y")
        assert screen.end() == 0

    before, _, after = words(plain(screen.seen)).partition("Take it back?")
    assert "Approved invoices voided in Xero: 1." in before
    assert "Approved invoices voided in Xero" not in after
    assert "Taken back: 2. Left alone: 1; why, and what to do: vtxero" in after


def test_installed_undo_on_a_terminal_says_that_nothing_is_left_to_take_back(company):
    idle = company.sync().run

    with Terminal(["--config", company.config, "undo", idle], company.config.parent) as screen:
        assert screen.end() == 0

    said = words(plain(screen.seen))
    assert said.count(f"The run {idle} wrote nothing, so there is nothing to take back.") == 1
    assert said.endswith("Nothing was taken back.")


def test_undo_that_is_long_shows_its_first_records_before_it_asks_and_how_to_see_all():
    session = Session(options=Globals(config=Path("a.yaml")))
    many = tuple(record(f"INV{n}", Outcome.UPDATED, number=n) for n in range(30))
    shown = Screen(80, is_plain=True).render(
        asked_parts(session, undo_report(records=many), UndoRequest(RUN, command=f"undo {RUN}"))
    )

    assert shown.count("\n  change  INV") == 10
    assert f"... and 20 more:\n  vtxero --config a.yaml undo {RUN} --dry-run -o json" in shown
