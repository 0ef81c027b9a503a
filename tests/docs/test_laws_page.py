"""docs/laws.md names the tests that there are, and its faults can still be made."""

from __future__ import annotations

import ast
import re

import pytest

from laws.page import PAGE, ROOT, read_laws

NAME = re.compile(r"test_law_(\d+)_")
LAWS = read_laws()


def law_tests():
    """Give every test function of the tree whose name carries a law's number, as (number, file, name)."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (found := NAME.match(node.name)):
                yield int(found[1]), path.relative_to(ROOT).as_posix(), node.name


def test_page_has_the_ten_laws_each_with_tests():
    assert [law.number for law in LAWS] == list(range(1, 11))
    assert all(law.tests for law in LAWS)


def test_page_names_only_tests_that_there_are_each_under_its_law():
    listed = {(law.number, file, name) for law in LAWS for file, name in law.tests}

    assert sorted(listed - set(law_tests())) == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: str(law.number))
def test_fault_of_a_law_stands_in_one_place_of_the_code(law):
    code = (ROOT / law.file).read_text(encoding="utf-8")

    assert code.count(law.before) == 1
    assert law.before != law.after


def test_cases_of_others_name_tests_that_there_are_and_every_case_is_listed():
    names = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    _, _, table = PAGE.read_text(encoding="utf-8").partition("## Cases that others got wrong")
    listed = {name for name in re.findall(r"`(test_\w+)`", table) if not name.endswith("_")}

    assert sorted(listed - names) == []
    assert sorted({name for name in names if name.startswith("test_case_")} - listed) == []
