from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vtxero.cli import arguments
from vtxero.cli.hoisting import hoist
from vtxero.errors import ConfigError

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "moved"),
    [
        (["sync", "-n", "-o", "json"], ["-o", "json", "sync", "-n"]),
        (["sync", "-ojson"], ["-ojson", "sync"]),
        (["sync", "--output=json", "--config=a.yaml"], ["--output=json", "--config=a.yaml", "sync"]),
        (["sync", "--only", "a:b", "-vv", "-q"], ["-vv", "-q", "sync", "--only", "a:b"]),
        (["log", "--", "-q"], ["log", "--", "-q"]),
        (["sync", "--only", "a:b"], ["sync", "--only", "a:b"]),
        (["sync", "-o"], ["sync", "-o"]),
    ],
)
def test_global_options_wherever_they_stand_come_first(typed, moved):
    assert hoist(typed) == moved


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("invoices", "invoices"),
        ("Invoice", "invoices"),
        ("services", "products"),
        ("products", "products"),
        ("item", "products"),
        ("organization", "organizations"),
        ("accounts", "organizations"),
    ],
)
def test_module_is_understood_in_the_words_of_users(typed, ours):
    assert arguments.module(typed) == ours


def test_modules_when_two_words_name_one_is_one():
    assert arguments.modules(["services", "products", "invoices"]) == ("products", "invoices")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("invoces", "Did you mean invoices?"), ("xyz", "no module 'xyz'")],
)
def test_module_when_unknown_says_which_there_are(typed, said):
    with pytest.raises(ConfigError) as caught:
        arguments.module(typed)

    assert said in caught.value.message
    assert "organizations, contacts, products, invoices" in caught.value.remedy


@pytest.mark.parametrize(
    ("typed", "asked", "read"),
    [
        (["invoice:INV12"], (), ("invoices:INV12",)),
        (["services:14x3", "products:AB  c"], (), ("products:14x3", "products:AB  c")),
        (["invoices:A:B"], (), ("invoices:A:B",)),
        (["INV12"], ("invoices",), ("invoices:INV12",)),
        ([], (), ()),
    ],
)
def test_only_when_typed_in_any_of_its_forms_names_the_records(typed, asked, read):
    assert arguments.records(typed, asked) == read


@pytest.mark.parametrize(
    ("typed", "asked"), [("INV12", ()), ("INV12", ("invoices", "products")), ("invoices:", ()), (":x", ())]
)
def test_only_when_it_names_no_record_is_refused(typed, asked):
    with pytest.raises(ConfigError, match="names no record"):
        arguments.records([typed], asked)


def test_only_when_its_kind_is_unknown_is_refused():
    with pytest.raises(ConfigError, match="no module 'quote'"):
        arguments.records(["quote:Q1"], ())


@pytest.mark.parametrize("typed", ["2026-11-01T08:00:00Z", "today", "", "01.11.2026", "2026-11-31"])
def test_day_when_it_is_none_names_the_option(typed):
    with pytest.raises(ConfigError, match="--since"):
        arguments.past_day(typed, "--since", NOON)


@pytest.mark.parametrize(("typed", "said"), [("01.11.2026", "year-month-day"), ("2026-11-31", "no such day")])
def test_day_when_it_is_none_says_how_it_is_written(typed, said):
    with pytest.raises(ConfigError) as caught:
        arguments.past_day(typed, "--since", NOON)

    assert said in f"{caught.value.message} {caught.value.remedy}"


def test_day_is_past_when_it_has_begun_somewhere_on_earth():
    assert arguments.past_day("2026-11-02", "--since", NOON) == "2026-11-02"
    with pytest.raises(ConfigError, match="2026-11-03 is still to come"):
        arguments.past_day("2026-11-03", "--since", NOON)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2H", 7200), ("0", 0), ("0s", 0), ("10 minutes", 600),
     ("10min", 600), ("1 hour 30 min", 5400), ("90 Sec", 90)],
)  # fmt: skip
def test_duration_is_read_in_seconds(typed, seconds):
    assert arguments.duration(typed, "--max-duration") == seconds


@pytest.mark.parametrize("typed", ["", " ", "90", "soon", "-5", "10x", "m", "1m1h", "1.5h", "1d", "10 m 5"])
def test_duration_when_it_is_none_names_the_option(typed):
    with pytest.raises(ConfigError, match="--max-duration"):
        arguments.duration(typed, "--max-duration")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-11-01", "2026-11-01"),
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z"),
        ("2026-11-01T08:00:00+02:00", "2026-11-01T06:00:00Z"),
        ("2026-11-01T08:00", "2026-11-01T08:00:00Z"),
    ],
)
def test_moment_is_a_day_or_utc(typed, read):
    assert arguments.moment(typed, "--since") == read


@pytest.mark.parametrize("typed", ["yesterday", "01.11.2026", "2026-13-01", "2026-02-30"])
def test_moment_when_it_is_none_names_the_option(typed):
    with pytest.raises(ConfigError, match="--since"):
        arguments.moment(typed, "--since")


@pytest.mark.parametrize(
    ("typed", "name"), [("changes", "changes"), ("RUN-GUARD-EMPTIED", "emptied"), ("Config", "config")]
)
def test_guard_is_known_by_name_and_code(typed, name):
    assert arguments.guard(typed) == name


def test_guard_when_unknown_suggests_one():
    with pytest.raises(ConfigError, match="Did you mean changes"):
        arguments.guard("change")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("inv-group-discount", "INV-GROUP-DISCOUNT"), ("INV_DATE", "INV-DATE"), ("emptied", "RUN-GUARD-EMPTIED")],
)
def test_reason_is_known_in_any_case(typed, code):
    assert arguments.reason(typed).value == code


@pytest.mark.parametrize("typed", ["inv-group", "INV-GRUOP", "group-discount"])
def test_reason_when_begun_or_misspelt_suggests_the_likeliest_first(typed):
    with pytest.raises(ConfigError, match="Did you mean INV-GROUP-DISCOUNT"):
        arguments.reason(typed)


def test_reason_when_blank_suggests_none():
    with pytest.raises(ConfigError, match=r"^There is no reason ''\.$"):
        arguments.reason("")
