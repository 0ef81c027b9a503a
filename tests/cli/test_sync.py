from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chain.company import line
from cli.samples import full_report, quiet_report, stopped_report
from vtxero.domain.sides import Direction
from vtxero.errors import AuthError, LockedError, StopError, TemporaryError
from vtxero.sync.records import Outcome
from vtxero.sync.request import RunRequest


def test_sync_when_nothing_is_asked_for_runs_as_the_config_says(vtxero, engine, config):
    engine.answers = [quiet_report()]

    ran = vtxero("sync")

    assert ran.code == 0
    assert engine.requests == [RunRequest()]
    assert engine.settings[0].state_folder == config.parent / "state" / "default"
    assert "Nothing to do: both sides are in step." in ran.out
    assert ran.err == ""


@pytest.mark.usefixtures("config")
def test_sync_when_everything_is_asked_for_passes_it_on(vtxero, engine):
    engine.answers = [quiet_report(dry_run=True)]

    ran = vtxero(
        "sync", "services", "invoices", "--direction", "to-xero", "-n", "--conflict", "xero", "--full", "--resync",
        "-y", "--only", "invoice:INV12", "--only", "products:AB", "--since", "2026-11-01", "--limit", "5",
        "--max-calls", "9",
        "--max-duration", "1m", "--lock-timeout", "10m", "--allow", "changes", "--allow", "RUN-GUARD-EMPTIED",
    )  # fmt: skip

    assert ran.code == 0
    assert engine.requests == [
        RunRequest(
            modules=("products", "invoices"),
            direction=Direction.TO_XERO,
            dry_run=True,
            conflict="xero",
            full=True,
            resync=True,
            only=("invoices:INV12", "products:AB"),
            since="2026-11-01",
            limit=5,
            max_calls=9,
            max_seconds=60.0,
            allow=("changes", "emptied"),
            command="sync products invoices --direction to-xero --dry-run",
        )
    ]
    assert engine.settings[0].lock_timeout == 600


@pytest.mark.parametrize(
    "words",
    [["invoces"], ["--direction", "up"], ["--conflict", "newer"], ["--only", "INV1"], ["--since", "x"],
     ["--limit", "0"],
     ["--max-calls", "-1"], ["--max-duration", "x"], ["--lock-timeout", "x"], ["--allow", "all"], ["--fail-on", "x"],
     ["--nonsense"], ["quotes"]],
)  # fmt: skip
@pytest.mark.usefixtures("config")
def test_sync_when_asked_for_nonsense_starts_nothing(vtxero, engine, words):
    ran = vtxero("sync", *words)

    assert ran.code == 2
    assert engine.requests == []
    assert ran.out == ""
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.usefixtures("config")
def test_output_json_wherever_it_stands_gives_one_document(vtxero, engine, place):
    engine.answers = [full_report()]

    ran = vtxero("-o", "json", "sync") if place == "before" else vtxero("sync", "-o", "json")

    document = json.loads(ran.out)
    assert ran.code == 8
    assert document["version"] == 1
    assert document["exit_code"] == 8
    assert len(document["records"]) == len(full_report().records)
    assert ran.err == ""


@pytest.mark.usefixtures("config")
def test_output_jsonl_gives_one_record_a_line(vtxero, engine):
    engine.answers = [full_report()]

    lines = vtxero("sync", "-o", "jsonl").out.splitlines()

    assert [json.loads(line)["label"] for line in lines] == [record.label for record in full_report().records]


@pytest.mark.parametrize(("fail_on", "expected"), [("skip", 8), ("failed", 8), ("conflict", 8), ("never", 0)])
@pytest.mark.usefixtures("config")
def test_fail_on_tunes_the_exit_code_of_the_process_and_of_the_document(vtxero, engine, fail_on, expected):
    engine.answers = [full_report()]

    ran = vtxero("sync", "-o", "json", "--fail-on", fail_on)

    assert ran.code == expected
    assert json.loads(ran.out)["exit_code"] == expected


@pytest.mark.usefixtures("config")
def test_quiet_when_all_is_well_prints_nothing(vtxero, engine):
    engine.answers = [quiet_report()]

    ran = vtxero("sync", "-q")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.usefixtures("config")
def test_quiet_when_something_is_wrong_prints_the_tables(vtxero, engine):
    engine.answers = [full_report()]

    ran = vtxero("sync", "-q")

    assert ran.code == 8
    assert "In conflict: 1" in ran.out


def test_quiet_run_reminds_in_a_line_of_a_conflict_that_an_earlier_one_told_with_both_addresses(shop, vtxero):
    crm = shop.company
    acme = crm.organization("Acme Ltd", phone="1")
    vtxero("sync")
    [contact] = crm.xero.contacts
    crm.crm.post("revise", element={"id": acme, "phone": "2"})
    crm.xero.edit_contact(contact, Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "3"}])

    told, reminded, whole = vtxero("sync", "-q"), vtxero("sync", "-q"), vtxero("sync")

    assert (told.code, reminded.code, whole.code) == (8, 8, 8)
    assert "In conflict: 1" in told.out
    assert f"record={acme.partition('x')[2]}\n" in told.out
    assert f"{contact}\n" in told.out
    assert reminded.out == "1 conflict waits for your decision, as before: vtxero log --conflicts\n"
    assert "In conflict: 1" in whole.out


@pytest.mark.usefixtures("config")
def test_quiet_run_with_a_failed_record_beside_a_known_conflict_prints_the_tables(vtxero, engine):
    report = full_report()
    known = tuple(replace(each, repeated=each.outcome is Outcome.CONFLICT) for each in report.records)
    engine.answers = [replace(report, records=known)]

    assert "Failed: 1" in vtxero("sync", "-q").out


@pytest.mark.usefixtures("config")
def test_run_that_a_person_must_see_to_says_so_on_stderr_even_with_quiet_and_json(vtxero, engine):
    engine.answers = [stopped_report()]

    ran = vtxero("sync", "-q", "-o", "json")

    assert ran.code == 6
    assert ran.err == "Error: Too many changes.\n"
    assert json.loads(ran.out)["messages"] == ["No Payments module.", "Too many changes."]
    assert json.loads(ran.out)["errors"] == ["Too many changes."]


@pytest.mark.parametrize("code", [0, 5, 7, 130, 143])
@pytest.mark.usefixtures("config")
def test_quiet_run_that_asks_nobody_for_anything_prints_nothing(vtxero, engine, code):
    engine.answers = [quiet_report(exit_code=code, status="error", messages=("Something passing.",))]

    ran = vtxero("sync", "-q")

    assert (ran.code, ran.out, ran.err) == (code, "", "")


@pytest.mark.parametrize("error", [LockedError("Another run."), TemporaryError("No network.")])
@pytest.mark.usefixtures("config")
def test_quiet_run_that_cannot_begin_and_asks_nobody_for_anything_prints_nothing(vtxero, engine, error):
    engine.answers = [error]

    ran = vtxero("sync", "-q")

    assert (ran.code, ran.out, ran.err) == (error.exit_code, "", "")


@pytest.mark.usefixtures("config")
def test_error_is_told_once_in_the_table_where_stderr_goes_there_too_and_else_on_stderr(vtxero, engine, monkeypatch):
    engine.answers = [stopped_report()]

    apart = vtxero("sync")
    monkeypatch.setattr("vtxero.cli.running.in_one_place", lambda: True)
    together = vtxero("sync")

    assert "Too many changes." not in apart.out
    assert apart.err == "Error: Too many changes.\n"
    assert (together.out.count("Error: Too many changes."), together.err) == (1, "")


@pytest.mark.usefixtures("config")
def test_note_on_a_run_that_failed_is_no_error_and_comes_after_the_errors(vtxero, engine, monkeypatch):
    engine.answers = [stopped_report()]

    apart = vtxero("sync")
    monkeypatch.setattr("vtxero.cli.running.in_one_place", lambda: True)
    together = vtxero("sync").out

    assert "! No Payments module." in apart.out
    assert "Payments" not in apart.err
    assert "Error: No Payments" not in together
    assert together.index("Error: Too many changes.") < together.index("! No Payments module.")


@pytest.mark.parametrize(
    "words",
    [
        ["--only", "invoices:INV1"],
        ["--limit", "5"],
        ["--since", "2026-11-01"],
        ["invoices"],
        ["--direction", "to-xero"],
    ],
)
@pytest.mark.usefixtures("config")
def test_run_of_a_part_never_says_that_both_sides_are_in_step(vtxero, engine, words):
    engine.answers = [quiet_report()]

    out = vtxero("sync", *words).out

    assert "in step" not in out
    assert f"as far as {words[0]}" in out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            AuthError("Nobody has logged in.", remedy="Log in."),
            4,
            "Error: Nobody has logged in.\nWhat to do: Log in.\n",
        ),
        (LockedError("Another run: process 5."), 11, "Error: Another run: process 5.\n"),
        (StopError("Wrong one.", code="RUN-TENANT"), 6, "Error: RUN-TENANT: Wrong one.\n"),
    ],
)
@pytest.mark.usefixtures("config")
def test_run_that_cannot_begin_gives_one_message_and_its_code(vtxero, engine, error, code, said):
    engine.answers = [error]

    ran = vtxero("sync")

    assert (ran.code, ran.out, ran.err) == (code, "", said)


@pytest.mark.usefixtures("config")
def test_run_that_cannot_begin_still_gives_a_document_with_json(vtxero, engine):
    engine.answers = [AuthError("Nobody has logged in.", remedy="Log in.")]

    ran = vtxero("sync", "-o", "json")

    assert json.loads(ran.out)["error"]["message"] == "Nobody has logged in."
    assert json.loads(ran.out)["exit_code"] == ran.code == 4


def test_advice_names_the_config_and_profile_that_were_given(vtxero, engine, config):
    engine.answers = [full_report()]
    config.write_text(f"{config.read_text()}profile: acme\n")

    ran = vtxero("--config", config, "--profile", "acme", "sync")

    wanted = f"vtxero --config {config} --profile acme log --failed"
    assert "".join(wanted.split()) in "".join(ran.out.split())  # a long path is broken at the edge


@pytest.mark.usefixtures("config")
def test_resync_without_a_terminal_asks_nothing(vtxero, engine):
    engine.answers = [quiet_report()]

    assert vtxero("sync", "--resync").code == 0
    assert engine.requests[0].resync


@pytest.mark.usefixtures("config")
def test_output_without_a_terminal_has_no_escape_codes(vtxero, engine):
    engine.answers = [full_report()]

    ran = vtxero("sync")

    assert "\x1b" not in ran.out + ran.err
    assert max(map(len, ran.out.splitlines())) <= 80


LIMITS = ["--max-calls", "40", "--max-duration", "5m", "--lock-timeout", "2m"]


@pytest.mark.usefixtures("config")
def test_plan_asks_for_what_a_sync_with_the_same_options_would(vtxero, engine):
    engine.answers = [quiet_report()]
    words = [
        *("invoices", "--direction", "to-xero", "--conflict", "xero", "--full", "--only", "INV1"),
        *("--since", "2026-11-01", "--limit", "3", "--allow", "changes", *LIMITS),
    ]

    assert vtxero("sync", "--dry-run", *words).code == 0
    assert vtxero("plan", *words).code == 0

    synced, planned = engine.requests
    assert replace(planned, command="") == replace(synced, command="")
    assert [settings.lock_timeout for settings in engine.settings] == [120.0, 120.0]


@pytest.mark.usefixtures("config")
def test_apply_keeps_to_the_limits_that_it_is_given(vtxero, engine, tmp_path):
    engine.answers = [quiet_report(dry_run=True)]
    assert vtxero("plan", "--out", tmp_path / "friday.json").code == 0

    assert vtxero("apply", tmp_path / "friday.json", *LIMITS).code == 0

    applied = engine.requests[-1]
    assert (applied.max_calls, applied.max_seconds, engine.settings[-1].lock_timeout) == (40, 300.0, 120.0)


def test_plan_calls_customers_products_taxes_and_dates_as_people_do(shop, vtxero):
    crm = shop.company
    acme, widget = crm.organization("Acme Ltd"), crm.product("Widget")
    assert vtxero("sync", "organizations", "products").code == 0
    crm.invoice(acme, line(widget))

    shown = " ".join(vtxero("plan", "invoices").out.split())

    assert "customer Acme Ltd, " in shown
    assert "invoice date 20" in shown
    assert "due date 20" in shown
    assert "VAT 4.5 %, account 200" in shown
    assert not [word for word in ("invoice_on", "party", "tax1", "TAX00", acme) if word in shown]


def test_second_run_counts_what_was_skipped_before_and_tells_in_full_only_what_is_new(shop, vtxero):
    crm = shop.company
    acme, widget = crm.organization("Acme Ltd"), crm.product("Widget")
    crm.invoice(acme, line(widget), hdnDiscountAmount="1")
    first = vtxero("sync", "--fail-on", "skip")
    second = vtxero("sync", "--fail-on", "skip", "--quiet")
    crm.invoice(acme, line(widget), duedate="")
    third = vtxero("sync", "--fail-on", "skip", "--quiet")
    fourth = vtxero("sync")

    assert (first.code, second.code, third.code, fourth.code) == (3, 3, 3, 0)
    assert "Skipped: 1\n" in first.out
    assert "Skipped as before" not in first.out
    assert "Skipped as before: 1\n  INV-GROUP-DISCOUNT 1\n" in second.out
    assert "Skipped: 1 new\n  INV-DATE" in third.out
    assert "Skipped as before: 1\n  INV-GROUP-DISCOUNT 1\n  Each with what to do: vtxero log --skipped" in third.out
    assert "Skipped as before: 2\n  INV-DATE 1, INV-GROUP-DISCOUNT 1\n" in fourth.out
    records = json.loads(vtxero("log", "--last", "-o", "json").out)["records"]
    assert [record["reason"] for record in records] == ["INV-GROUP-DISCOUNT", "INV-DATE"]
    assert vtxero("log", "--skipped").out.count("What to do:") == 2


def test_placeholder_is_explained_where_it_is_made_and_pages_nobody(shop, vtxero):
    xero = shop.company.xero
    line_of_xero = {"Description": "Advice", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": "NONE"}
    xero.add_invoice(xero.add_contact(Name="Blue Ltd"), [line_of_xero], Status="AUTHORISED", DueDate="2026-12-01")

    planned = vtxero("sync", "--dry-run")
    ran = [vtxero("sync", "--fail-on", "skip") for _ in "ab"]

    assert "create  ??????  made for lines that name no product; it never goes to Xero" in planned.out
    assert [each.code for each in ran] == [0, 0]
    assert "PRD-PLACEHOLDER" in ran[1].out
