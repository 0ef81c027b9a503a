"""What is said about a command line that cannot be understood: what is wrong, and what to write instead."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("config")


@pytest.mark.parametrize(
    ("words", "said", "see"),
    [
        ("synch", "There is no command 'synch'. Did you mean sync?", "vtxero"),
        ("login", "There is no command 'login'. Did you mean auth?", "vtxero"),
        ("frobnicate", "There is no command 'frobnicate'.", "vtxero"),
        ("auth statos", "There is no command 'auth statos'. Did you mean auth status?", "vtxero auth"),
        ("sync --dryrun", "There is no option --dryrun. Did you mean --dry-run?", "vtxero sync"),
        ("sync --colour", "There is no option --colour. Did you mean --no-color?", "vtxero sync"),
        ("sync --frob", "There is no option --frob.", "vtxero sync"),
        ("sync -z", "There is no option -z.", "vtxero sync"),
        ("sync --skipped", "--skipped is an option of `vtxero log`, not of `vtxero sync`.", "vtxero sync"),
        ("--detailed-exitcode plan", "--detailed-exitcode is an option of `vtxero plan`: write it after.", "vtxero"),
        ("sync --direction toxero", "--direction: 'toxero' is not known; did you mean to-xero?", "vtxero sync"),
        ("sync --direction up", "It takes to-xero, to-vtiger or both.", "vtxero sync"),
        ("init --edition clud", "--edition: 'clud' is not known; did you mean cloud?", "vtxero init"),
        ("init --xero-flow magic", "--xero-flow (or VTXERO_XERO_FLOW): 'magic' is not known.", "vtxero init"),
        ("-o xml log", "--output (or VTXERO_OUTPUT): 'xml' is not known.", "vtxero"),
        ("sync --limit none", "--limit: 'none' is no whole number.", "vtxero sync"),
        ("sync --limit 0", "--limit: 0 is too small: it takes 1 or more.", "vtxero sync"),
        ("sandbox --vtiger-port 99999", "--vtiger-port: 99999 is too large: it takes 65535 at most.", "vtxero sandbox"),
        ("sync --limit", "--limit needs a value: write --limit N.", "vtxero sync"),
        ("sync --direction", "--direction needs a value: write --direction to-xero|to-vtiger|both.", "vtxero sync"),
        ("sync --full=yes", "--full takes no value: write --full alone, or leave it out.", "vtxero sync"),
        ("apply", "FILE is missing: A plan made with `vtxero plan --out`.", "vtxero apply"),
        ("doctor invoices", "`vtxero doctor` takes no words: 'invoices' means nothing to it.", "vtxero doctor"),
        (
            "status invoices INV1",
            "`vtxero status` takes one KIND:ID: 'INV1' is too much. Kind and id are one word",
            "vtxero status",
        ),
        (
            "apply f.json --lock-timeout 10 minutes",
            "'minutes' is too much. A time span is one word, like 10m.",
            "apply",
        ),
        ("apply f.json of Friday", "'of Friday' is too much. What holds blanks needs quotes.", "apply"),
    ],
)
def test_command_line_that_is_not_understood_is_told_in_our_words(vtxero, words, said, see):
    ran = vtxero(*words.split())

    first, *_, last = ran.err.splitlines()
    assert (ran.code, ran.out) == (2, "")
    assert said in first
    assert f"{see} --help`." in last
    assert not any(word in ran.err for word in ("Input should", "valid integer", "argument(s)", "Value error", "str>"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sync --lock-timeout 10 minutes", "--lock-timeout: '10' says no unit."),
        ("sync --max-duration 90", "--max-duration: '90' says no unit."),
        ("apply f.json --max-duration 90", "--max-duration: '90' says no unit."),
    ],
)
def test_time_span_without_a_unit_is_refused_before_anything_else_is_looked_at(vtxero, words, said):
    ran = vtxero(*words.split())

    assert ran.code == 2
    assert said in ran.err
    assert "in one word" in ran.err
    assert "module" not in ran.err


@pytest.mark.parametrize("option", ["--max-duration", "--lock-timeout"])
def test_time_span_that_is_blank_is_refused_and_not_taken_for_none(vtxero, option):
    ran = vtxero("sync", option, "")

    assert ran.code == 2
    assert f"{option}: it is blank" in ran.err


def test_lock_timeout_of_more_than_a_day_is_refused_by_its_flag(vtxero):
    ran = vtxero("sync", "--lock-timeout", "25h")

    assert (ran.code, ran.err.splitlines()[0]) == (2, "Error: --lock-timeout: '25h' is more than a day.")


@pytest.mark.parametrize("command", ["sync", "plan"])
def test_since_when_it_is_still_to_come_is_refused(vtxero, command):
    ran = vtxero(command, "--since", "2099-01-01")

    assert ran.code == 2
    assert "--since: 2099-01-01 is still to come: nothing can have changed since then." in ran.err


def test_since_with_a_time_says_that_whole_days_are_wanted(vtxero):
    ran = vtxero("sync", "--since", "2026-11-01T08:00")

    assert ran.code == 2
    assert "--since: '2026-11-01T08:00' has a time of day; whole days are wanted here." in ran.err
    assert "2026-11-01." in ran.err


@pytest.mark.parametrize("command", ["sync", "plan", "log", "undo", "explain", "status", "apply", "init", "sandbox"])
def test_help_names_what_a_value_stands_for_and_no_type_of_a_programmer(vtxero, command):
    shown = vtxero(command, "--help").out

    assert [word for word in ("<str>", "<path>", "list[", "<int", "TEXT", "x>=", "<=x") if word in shown] == []
