from __future__ import annotations

import itertools

import pytest

from vtxero.cli.exitcodes import FailOn, gravest, tuned

GRAVEST_FIRST = (143, 130, 1, 12, 6, 4, 7, 5, 8, 3, 0)


@pytest.mark.parametrize(("graver", "lighter"), list(itertools.combinations(GRAVEST_FIRST, 2)))
def test_exit_code_when_two_apply_is_the_graver_one(graver, lighter):
    assert gravest([lighter, graver, 0]) == graver


def test_exit_code_when_nothing_applies_is_0():
    assert gravest([]) == 0


@pytest.mark.parametrize("code", [2, 10, 11])
def test_exit_code_when_it_is_not_one_of_a_run_counts_before_all_others(code):
    assert gravest([0, 3, code]) == code


@pytest.mark.parametrize(
    ("fail_on", "code", "skipped", "expected"),
    [
        (FailOn.SKIP, 0, 0, 0),
        (FailOn.SKIP, 0, 1, 3),
        (FailOn.SKIP, 3, 1, 3),
        (FailOn.SKIP, 8, 1, 8),
        (FailOn.FAILED, 0, 1, 0),
        (FailOn.FAILED, 3, 1, 3),
        (FailOn.FAILED, 8, 1, 8),
        (FailOn.CONFLICT, 0, 1, 0),
        (FailOn.CONFLICT, 3, 1, 0),
        (FailOn.CONFLICT, 8, 1, 8),
        (FailOn.NEVER, 0, 1, 0),
        (FailOn.NEVER, 3, 1, 0),
        (FailOn.NEVER, 8, 1, 0),
    ],
)
def test_fail_on_tunes_what_records_did(fail_on, code, skipped, expected):
    assert tuned(code, skipped=skipped, fail_on=fail_on) == expected


@pytest.mark.parametrize("fail_on", FailOn)
@pytest.mark.parametrize("code", [1, 2, 4, 5, 6, 7, 11, 12, 130, 143])
def test_fail_on_never_touches_what_stopped_a_run(fail_on, code):
    assert tuned(code, skipped=5, fail_on=fail_on) == code
