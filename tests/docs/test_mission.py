"""docs/mission.md names a test for each rule, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mission.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ") and not row.startswith(("| rule", "| ---"))]


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_test_that_the_page_names_exists_and_is_run(path, name):
    found = functions(ROOT / path)

    assert name in found
    if not name.startswith("test_"):
        decorators = {ast.unparse(each).partition("(")[0] for each in found[name].decorator_list}
        assert decorators == {"produces"}, "a play is run where it is entered under a reason"


@pytest.mark.parametrize("row", ROWS)
def test_rule_on_the_page_names_the_test_that_holds_it(row):
    rule, held_by, _ = (cell.strip() for cell in row.strip("|").split("|"))

    assert rule.endswith(".")
    assert re.search(r"`tests/[\w/]+\.py::\w+`", held_by)


def test_page_holds_the_rules_of_every_module():
    assert len(ROWS) > 40
