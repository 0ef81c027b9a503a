"""Narrow terminals: another layout, never half a figure; and commands that can be copied at any width."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from rich.text import Text

from cli.samples import TO_VTIGER, TO_XERO, count, full_report, record, summary
from cli.terminal import Terminal, plain
from cli.test_verify import verified
from vtxero.bootstrap.standing import CallsLeft, FieldStory, ModuleStanding, RecordStory, Standing
from vtxero.cli.log_view import Filter, report_parts, runs_parts
from vtxero.cli.naming import View, indented
from vtxero.cli.render import count_tables, message_parts, run_parts
from vtxero.cli.status_view import standing_parts, story_parts
from vtxero.cli.text import Screen
from vtxero.cli.verify_view import ledger_parts
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.sides import Side
from vtxero.modules.invoices.ledger import Amounts
from vtxero.sync.records import FieldChange, Outcome

WIDTHS = [40, 50, 60, 72, 80, 120, 200]
COMMAND = "vtxero --config /home/anna/books/vtxero.yaml --profile second"
RUN = "2026-11-22T17-12-16Z-3f9c"
TOTALS = {outcome: 123_450 + number for number, outcome in enumerate(Outcome)}


def drawn(parts, width):
    return Screen(width, is_plain=True).render(parts)


def assert_whole(text, width, figures):
    """Each figure is there as often as it has to be, nothing is cut, and only what must be copied is wider."""
    for figure in figures:
        assert figure in re.split(r"[\s,;()]+", text), (figure, text)
    assert "…" not in text
    for line in text.splitlines():
        assert len(line) <= width or COMMAND in line or "://" in line, (line, text)


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_when_the_screen_is_narrow_are_whole(width):
    numbers = {outcome.value: number for outcome, number in TOTALS.items()}

    text = drawn(count_tables([count("organizations", TO_XERO, **numbers), count("invoices", TO_VTIGER)]), width)

    assert_whole(text, width, [*map(str, TOTALS.values()), str(sum(TOTALS.values()))])
    assert re.search(r"invoices\b.* 0", text)


@pytest.mark.parametrize("width", WIDTHS)
def test_list_of_runs_when_the_screen_is_narrow_is_whole(width):
    runs = [summary(totals=TOTALS), summary("2026-11-21T17-12-16Z-aaaa", exit_code=None, totals={})]

    text = drawn(runs_parts(runs, COMMAND), width)

    assert_whole(text, width, [RUN, "2026-11-21T17-12-16Z-aaaa", *map(str, TOTALS.values())])


@pytest.mark.parametrize("width", WIDTHS)
def test_status_when_the_screen_is_narrow_is_whole(width):
    cursors = {Side.VTIGER: "2026-11-22 15:12:16", Side.XERO: "2026-11-23T16:13:17"}
    waiting = {(Outcome.SKIPPED, Code.INV_GROUP_DISCOUNT): 4711, (Outcome.FAILED, Code.XERO_REFUSED): 815}
    module = ModuleStanding("organizations", enabled=True, links=123_456, cursors=cursors, waiting=waiting)
    off = ModuleStanding("taxes", enabled=False, links=0, cursors=dict.fromkeys(Side, ""), waiting={})
    left = (CallsLeft(side=Side.XERO, left=987, as_of="2026-11-22T15:12:16"),)
    found = Standing((summary(totals=TOTALS),), (off, module), "https://crm.example.com", "Acme", 0, left)

    text = drawn(standing_parts(found, COMMAND, "default"), width)

    assert_whole(text, width, [RUN, "123456", str(4711 + 815), "4711", "815", "987", *map(str, TOTALS.values())])
    assert "2026-11-22 15:12:16 UTC" in text
    assert "2026-11-23 16:13:17 UTC" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_story_when_the_screen_is_narrow_is_whole(width):
    lines = "; ".join(f"Widget {number}: 1 x {1000 + number}.25 (account 200)" for number in range(12))
    fields = (
        FieldStory("total", "1234567.89", "1234567.88", "7654321.98"),
        FieldStory("lines", lines, None),
        FieldStory("reference", "", "A note"),
    )
    ids = {"vtiger_id": "7x1", "xero_id": "0f3c8a52-6f5b-4a4c-9a0e-6f6f1e0b7a11"}
    nothing = dict.fromkeys(("vtiger_url", "xero_url"))
    state = {"linked": True, "author": "vtiger", "alias_of": "", "gone": (), "waits": (), "unsettled": ()}
    story = RecordStory("invoices", "INV1", fields=fields, history=(), **ids, **nothing, **state)

    text = drawn(story_parts(story, COMMAND), width)

    figures = ["1234567.89", "1234567.88", "7654321.98", "1000.25", "1011.25", *ids.values()]
    assert_whole(text, width, figures)
    assert width > 60 or "\n  Vtiger: (blank)\n  Xero: A note\n" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_amounts_when_the_screen_is_narrow_are_whole(width):
    result = verified(unexplained=True)
    large = Amounts(Decimal("12345678.91"), Decimal("2345678.92"), Decimal("9999999.99"))
    result.ledger.accounts[0].vtiger += large

    text = drawn(ledger_parts(result, COMMAND), width)

    sums = result.ledger.currencies()[0]
    for value in (sums.vtiger.invoiced, sums.vtiger.paid, sums.vtiger.due, sums.xero.invoiced):
        assert f"{value:,.2f}" in text
    assert f"{sums.difference.due:+,.2f}" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_plan_when_the_screen_is_narrow_is_whole(width):
    changes = (FieldChange("total", "12345678.91", "98765432.19"),)
    records = (
        record("INV1234567890", Outcome.UPDATED, changes=changes),
        record("INV2", Outcome.CREATED, changes=changes),
    )

    text = drawn(run_parts(full_report(dry_run=True, records=records), View(COMMAND)), width)

    assert_whole(text, width, ["INV1234567890", "12345678.91", "98765432.19"])


@pytest.mark.parametrize("width", WIDTHS)
def test_command_in_advice_is_never_broken(width):
    refused = finding(
        Code.INV_ADJUSTMENT, "Odd.", remedy="Look at it, then run `vtxero sync --only invoices:7x1` twice."
    )
    skipped = tuple(record(f"INV{n}", Outcome.SKIPPED, number=n, reasons=(refused,)) for n in range(9))
    report = full_report(records=skipped, messages=("It stopped: run `vtxero sync --allow changes` to go on.",))
    typed = View(COMMAND)

    text = drawn(run_parts(report, typed), width)
    log = drawn(report_parts(report, Filter(), View(COMMAND, cap=None)), width)
    runs = drawn(runs_parts([summary()], COMMAND), width)

    assert f"`{COMMAND} sync --only invoices:7x1`" in text
    assert f"{COMMAND} log {RUN} --reason INV-ADJUSTMENT" in text
    assert f"{COMMAND} log --failed" in text
    assert f"{COMMAND} status invoices:7x0" in log
    assert f"{COMMAND} log --skipped" in runs
    assert "`vtxero sync --allow changes`" in drawn(message_parts(report), width)


def test_text_when_it_is_set_in_keeps_its_margin_and_breaks_only_words_that_no_line_holds():
    part = indented(Text(f"A {'x' * 50} and https://crm.example.com/{'y' * 50}"), 4)

    lines = drawn([part], 40).splitlines()

    assert lines == ["    A", f"    {'x' * 36}", f"    {'x' * 14} and", f"    https://crm.example.com/{'y' * 50}"]


@pytest.mark.parametrize("columns", [50, 60, 80])
@pytest.mark.usefixtures("config")
def test_error_on_a_terminal_keeps_its_command_in_one_piece(tmp_path, columns):
    words = ["--config", "vtxero.yaml", "status", "invoices:INV-2026-0815"]

    with Terminal(words, tmp_path, columns=columns) as screen:
        assert screen.end() == 2

    text = plain(screen.seen)
    assert "`vtxero --config vtxero.yaml sync --only invoices:INV-2026-0815 --dry-run`" in text
    others = [line for line in text.splitlines() if "`vtxero" not in line]
    assert max(map(len, others)) <= columns


def test_command_that_a_stand_in_advises_is_whole_however_its_config_is_named(tmp_path):
    name = f"a sandbox {'x' * 40}.yaml"

    with Terminal(["sandbox", "--write-config", name], tmp_path, columns=60) as screen:
        screen.press("\x03", at="Serving until Ctrl-C.")
        screen.end()

    assert f"vtxero --config '{name}' sync --dry-run" in plain(screen.seen)
