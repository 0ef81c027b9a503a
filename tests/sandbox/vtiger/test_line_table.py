"""The table of lines finds an invoice's own, whatever became of others."""

from __future__ import annotations

from copy import deepcopy

import pytest

from vtxero.sandbox.vtiger.line_table import LineTable
from vtxero.sandbox.vtiger.state import Line


@pytest.fixture
def table():
    return LineTable(Line(number, f"7x{1 + number // 3}", "14x1", {}) for number in range(1, 5))


def numbers(table, parent):
    return [line.number for line in table.of(parent)]


def test_lines_of_an_invoice_when_others_have_lines_are_its_own(table):
    assert (numbers(table, "7x1"), numbers(table, "7x2"), numbers(table, "7x3")) == ([1, 2], [3, 4], [])


def test_lines_of_an_invoice_when_some_were_taken_out_are_those_left(table):
    del table[1]
    table.pop(3)
    table.pop(4)

    assert (numbers(table, "7x1"), numbers(table, "7x2"), list(table)) == ([2], [], [2])
    with pytest.raises(KeyError):
        del table[1]


def test_number_of_the_next_line_when_the_highest_was_taken_out_comes_back(table):
    assert table.next_number() == 5

    del table[4]

    assert table.next_number() == 4


def test_table_when_cleared_has_no_lines_of_any_invoice(table):
    table.clear()

    assert (numbers(table, "7x1"), table.next_number()) == ([], 1)


def test_copy_of_the_table_when_it_changes_leaves_the_table_alone(table):
    copy = deepcopy(table)
    assert copy == table

    copy.of("7x1")[0].fields["comment"] = "changed"
    del copy[2]

    assert copy[1].fields == {"comment": "changed"}
    assert (table[1].fields, numbers(table, "7x1"), numbers(copy, "7x1")) == ({}, [1, 2], [1])
