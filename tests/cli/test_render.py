from __future__ import annotations

import re

import pytest

from cli.samples import TO_VTIGER, TO_XERO, count, full_report, quiet_report, record, summary
from vtxero.cli.advice import loosened
from vtxero.cli.log_view import Filter, record_parts, report_parts, runs_parts
from vtxero.cli.naming import View
from vtxero.cli.render import closing_line, count_tables, rough_time, run_parts
from vtxero.cli.text import Screen
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding, note
from vtxero.sync.records import FieldChange, Outcome

WIDTHS = [80, 200]


def drawn(parts, width=80):
    return Screen(width, is_plain=True).render(parts)


@pytest.mark.parametrize("width", WIDTHS)
def test_run_looks_as_agreed(golden, width):
    golden(f"run-{width}.txt", drawn(run_parts(full_report(), View()), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_plan_looks_as_agreed(golden, width):
    report = full_report(dry_run=True, planned_calls={"vtiger": 1, "xero": 2}, planned_seconds=139.0, exit_code=0)

    golden(f"plan-{width}.txt", drawn(run_parts(report, View()), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_log_of_a_run_looks_as_agreed(golden, width):
    golden(f"log-{width}.txt", drawn(report_parts(full_report(), Filter(), View(cap=None)), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_list_of_runs_looks_as_agreed(golden, width):
    runs = [summary(), summary("2026-11-21T17-12-16Z-aaaa", exit_code=None, finished_at=None, status="interrupted")]

    golden(f"runs-{width}.txt", drawn(runs_parts(runs, "vtxero"), width))


def test_quiet_run_looks_as_agreed(golden):
    golden("quiet-80.txt", drawn(run_parts(quiet_report(), View())))


@pytest.mark.parametrize("width", [80, 81, 100, 200])
def test_run_never_is_wider_than_the_screen(width):
    for parts in (run_parts(full_report(), View()), report_parts(full_report(), Filter(), View(cap=None))):
        assert max(map(len, drawn(parts, width).splitlines())) <= width


def test_counts_of_six_digits_fit_in_80_columns():
    numbers = {outcome.value: 100_000 for outcome in Outcome}

    text = drawn(count_tables([count("organizations", TO_XERO, **numbers)]))

    assert len(re.findall("100000", text)) == 7
    assert "700000" in text


def test_list_of_runs_with_six_digits_fits_in_80_columns():
    text = drawn(runs_parts([summary(totals=dict.fromkeys(Outcome, 100_000))], "vtxero"))

    assert text.count("100000") == 7
    assert "2026-11-22T17-12-16Z-3f9c " in text


def test_run_when_labels_are_hostile_holds_no_escape_and_no_markup_effect():
    text = drawn(run_parts(full_report(), View()))

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]Evil]8;;http://evil.example & Sons[2Jgnp [/red] (11x5)" in text


def test_run_on_a_terminal_only_holds_escapes_of_our_own():
    text = Screen(80, is_plain=False).render(run_parts(full_report(), View(is_plain=False)))

    assert "\x1b]8;;http://evil" not in text
    assert "\x1b[2J" not in text
    assert re.search(r"\x1b\]8;[^;]*;https://crm\.example\.com/", text)


def test_skipped_records_say_the_remedy_once_and_count_the_rest():
    text = drawn(run_parts(full_report(), View("vtxero --config a.yaml")))

    assert text.count("Give the discount on the lines instead.") == 1
    assert "INV-GROUP-DISCOUNT  7 invoices, Vtiger → Xero" in text
    assert "... and 2 more: vtxero --config a.yaml log 2026-11-22T17-12-16Z-3f9c" in " ".join(text.split())


def test_record_when_it_has_several_reasons_stands_under_the_first_and_names_the_others():
    text = " ".join(drawn(run_parts(full_report(), View())).split())

    assert "INV20 (7x20): Xero has no tax `Luxus 33 %`. (also INV-ADJUSTMENT)" in text


def conflict_beside_a_change():
    reasons = (finding(Code.CONFLICT, "Email changed on both sides: Vtiger has a@x.example, Xero b@x.example."),)
    changes = (FieldChange("phone", "1", "2"),)
    return record("Acme", Outcome.CONFLICT, "organizations", number=9, reasons=reasons, changes=changes)


def test_advice_names_the_command_as_it_has_to_be_typed():
    report = full_report(records=(conflict_beside_a_change(),))

    text = " ".join(drawn(run_parts(report, View("vtxero --config a.yaml"))).split())

    assert "`vtxero --config a.yaml sync --only KIND:ID --conflict xero`" in text
    assert "`vtxero sync" not in text


def test_advice_on_a_further_reason_names_the_command_as_it_has_to_be_typed():
    reasons = (finding(Code.INV_ADJUSTMENT), finding(Code.CONFLICT, "Email changed on both sides."))
    report = full_report(records=(record("INV9", Outcome.CONFLICT, number=9, reasons=reasons),))

    text = " ".join(drawn(report_parts(report, Filter(), View("vtxero --config a.yaml", cap=None))).split())

    assert "`vtxero --config a.yaml sync --only KIND:ID --conflict xero`" in text
    assert "`vtxero sync" not in text


def test_record_that_was_changed_meanwhile_is_not_told_among_the_conflicts():
    moved = record("Acme", Outcome.CONFLICT, "organizations", number=9, reasons=(finding(Code.MOVED),))

    text = drawn(run_parts(full_report(records=(moved, conflict_beside_a_change())), View()))

    assert "In conflict: 1\n  CONFLICT  1 organization, Vtiger → Xero\n" in text
    assert "Changed meanwhile: 1\n  MOVED  1 organization, Vtiger → Xero\n" in text


def test_record_with_two_conflicts_says_both():
    reasons = tuple(finding(Code.CONFLICT, f"{name} changed on both sides: Vtiger has 1, Xero 2.") for name in "AB")
    item = record("INV1", Outcome.CONFLICT, reasons=reasons)

    text = drawn(run_parts(quiet_report(records=(item,)), View()))

    assert "A changed on both sides" in text
    assert "B changed on both sides" in text
    assert "also CONFLICT" not in text


@pytest.mark.parametrize("dry_run", [False, True])
def test_record_of_which_only_a_part_crossed_is_told_with_what_did_not(dry_run):
    reasons = (finding(Code.INV_CLOSED, "The invoice is PAID in Xero; what waits: lines."),)
    partly = record("INV7", Outcome.UPDATED, number=7, reasons=reasons, changes=(FieldChange("status", "", "Paid"),))

    text = drawn(run_parts(full_report(dry_run=dry_run, records=(partly,)), View()))

    assert "Crossed in part: 1\n  INV-CLOSED  1 invoice, Vtiger → Xero\n" in text
    assert "INV7 (7x7): The invoice is PAID in Xero; what waits: lines." in text
    verb = "crosses" if dry_run else "crossed"
    assert f"What else was changed {verb}: status: (blank) → Paid" in text


@pytest.mark.parametrize("others", [0, 1])
def test_run_of_which_a_record_was_edited_meanwhile_calls_nobody_for_it(others):
    moved = record("Acme", Outcome.CONFLICT, "organizations", number=9, reasons=(finding(Code.MOVED),))
    modules = (count("organizations", TO_XERO, conflict=1 + others),)

    closing = loosened(closing_line(quiet_report(modules=modules, records=(moved,)), "vtxero"))

    waits = "Conflicts wait for your decision: vtxero log --conflicts"
    assert closing == (waits if others else "Done. What was edited meanwhile crosses in the next run: vtxero sync")


def test_log_of_a_run_that_nobody_saw_end_claims_no_time_and_no_exit_code():
    text = drawn(report_parts(quiet_report(has_ended=False, exit_code=130), Filter(), View()))

    assert text.splitlines()[0].endswith(", without an end")
    assert "130" not in text


def test_plan_shows_what_it_changes_of_a_record_in_conflict():
    text = drawn(run_parts(full_report(dry_run=True, records=(conflict_beside_a_change(),)), View()))

    assert "change  Acme (11x9)  phone: 1 → 2" in text


def test_run_and_log_say_what_crossed_of_a_record_in_conflict():
    report = full_report(records=(conflict_beside_a_change(),))

    assert "What else was changed crossed: phone: 1 → 2" in drawn(run_parts(report, View()))
    assert "phone: 1 → 2" in drawn(report_parts(report, Filter(), View(cap=None)))


def test_log_in_full_gives_every_reason_with_its_remedy_and_both_addresses():
    text = drawn(report_parts(full_report(), Filter(), View(cap=None)), 200)

    assert "Set modules.invoices.adjustment_account in the config" in text
    assert text.count("Vtiger: https://crm.example.com/") == len(full_report().records)


def test_reasons_are_shown_in_the_order_of_the_catalogue_dependency_last():
    codes = [Code.DEPENDENCY, Code.INV_DATE, Code.AMBIGUOUS]
    records = tuple(record(code.value, Outcome.SKIPPED, reasons=(finding(code),)) for code in codes)

    text = drawn(run_parts(quiet_report(records=records), View()))

    positions = [text.index(f"  {code.value}  1 invoice") for code in (Code.AMBIGUOUS, Code.INV_DATE, Code.DEPENDENCY)]
    assert positions == sorted(positions)


def test_plan_when_it_is_long_is_capped_and_says_so():
    records = tuple(record(f"INV{n}", Outcome.CREATED, number=n) for n in range(500))

    text = drawn(run_parts(quiet_report(dry_run=True, records=records), View()))

    assert text.count("\n  create  ") == 10
    assert "... and 490 more" in text


def test_plan_when_values_are_long_or_blank_stays_readable():
    changes = (FieldChange("terms", None, "x" * 5_000), FieldChange("fax", "1", ""))
    item = record("INV1", Outcome.UPDATED, changes=changes)

    text = drawn(run_parts(quiet_report(dry_run=True, records=(item,)), View()))

    assert "x" * 61 not in "".join(text.split())
    assert "fax: 1 → (blank)" in text
    assert "With all that is cut at … here: the same with `-o json`" in text


def test_plan_of_which_nothing_is_cut_says_nothing_of_that():
    item = record("INV1", Outcome.UPDATED, changes=(FieldChange("terms", None, "x"),))

    assert "…" not in drawn(run_parts(quiet_report(dry_run=True, records=(item,)), View()))


@pytest.mark.parametrize("changes", [(FieldChange("terms", "x" * 61, ""),), (FieldChange("terms", "", "x"),) * 9])
def test_log_of_which_something_is_cut_says_how_to_see_it(changes):
    report = quiet_report(records=(record("INV1", Outcome.UPDATED, changes=changes),))

    text = drawn(report_parts(report, Filter(), View("vtxero --config a.yaml", cap=None)))

    advice = "`vtxero --config a.yaml log KIND:ID` shows a record with all that is cut at … here."
    assert advice in " ".join(text.split())


@pytest.mark.parametrize(("label", "shown"), [("Acme", "create  Acme"), ("", "create  0f3c8a52-")])
def test_record_from_xero_is_named_by_its_long_id_only_where_it_has_no_name(label, shown):
    item = record(
        label,
        Outcome.CREATED,
        "organizations",
        TO_VTIGER,
        vtiger_id="11x1",
        xero_id="0f3c8a52-6f5b-4a4c-9a0e-6f6f1e0b7a11",
    )

    text = drawn(run_parts(quiet_report(dry_run=True, records=(item,)), View()), 200)

    assert shown in text
    assert ("0f3c8a52" in text) == (not label)
    assert "11x1" not in text


@pytest.mark.parametrize(
    ("numbers", "changes", "expected"),
    [
        ({"unchanged": 1}, {}, "Nothing to do: both sides are in step."),
        ({"created": 1}, {}, "Done. Both sides are in step."),
        ({"created": 1, "skipped": 1}, {}, "vtxero log --skipped"),
        ({"unchanged": 1, "skipped": 1}, {}, "Nothing to do. Records left alone"),
        ({"conflict": 1, "skipped": 1}, {"exit_code": 8}, "vtxero log --conflicts"),
        ({"conflict": 1, "failed": 1}, {"exit_code": 8}, "vtxero log --failed"),
        ({"created": 1}, {"dry_run": True}, "without --dry-run"),
        ({"unchanged": 1}, {"dry_run": True}, "There is nothing to do."),
        ({"skipped": 1, "conflict": 1}, {"dry_run": True}, "Conflicts wait for your decision: see above."),
        ({"skipped": 1}, {"dry_run": True}, "Nothing would be written. Records left alone"),
        ({"created": 1}, {"exit_code": 7}, "Not finished: what was allowed is used up."),
        ({"created": 1}, {"exit_code": 6}, "ended early (exit code 6)"),
        ({}, {"exit_code": 130}, "What was done is saved"),
    ],
)
def test_closing_line_says_what_to_do_next(numbers, changes, expected):
    report = quiet_report(modules=(count("invoices", TO_XERO, **numbers),), **changes)

    assert expected in loosened(closing_line(report, "vtxero"))


@pytest.mark.parametrize(
    ("repeated", "part", "where", "named"),
    [
        (True, "", "vtxero log --skipped", False),
        (False, "", "see above", True),
        (True, "--only", "see above", True),
    ],
)
def test_idle_plan_says_where_what_was_left_alone_is_told(repeated, part, where, named):
    waits = record("INV7", Outcome.SKIPPED, reasons=(finding(Code.INV_DATE),), repeated=repeated)
    report = quiet_report(dry_run=True, modules=(count("invoices", TO_XERO, skipped=1),), records=(waits,))

    text = drawn(run_parts(report, View(part=part)))

    assert " ".join(loosened(text).split()).endswith(f"with what to do about them: {where}.")
    assert ("INV7" in text) is named


@pytest.mark.parametrize(("dry_run", "where"), [(True, "with -o json"), (False, "vtxero log RUN1 --reason INV-TOTAL")])
def test_hint_to_the_rest_of_a_long_note_leads_to_where_it_is(dry_run, where):
    records = [record(f"INV{n}", Outcome.CREATED, number=n, notes=(note(Code.INV_TOTAL),)) for n in range(9)]
    report = quiet_report(run="RUN1", dry_run=dry_run, records=tuple(records))

    text = drawn(run_parts(report, View()))

    assert f"... and 4 more: {where}" in text


def test_address_is_never_broken_where_it_cannot_be_clicked():
    url = "https://go.xero.com/" + "x" * 120
    one = record("INV1", Outcome.SKIPPED, vtiger_url=url, reasons=(finding(Code.INV_DATE),))

    text = drawn(record_parts([one], View(cap=None)))

    assert f"        Vtiger: {url}" in text.splitlines()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.3, "some 1 s"), (20.4, "some 20 s"), (100, "some 2 minutes"), (7300, "some 2 hours")],
)
def test_rough_time_is_no_more_exact_than_an_estimate(seconds, said):
    assert rough_time(seconds) == said
