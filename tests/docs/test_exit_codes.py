"""The tables of exit codes say what the code does: none is missing, none is told that cannot come."""

from __future__ import annotations

import re

from docs.commands import ROOT
from vtxero import errors
from vtxero.cli import exitcodes
from vtxero.sync.severity import GRAVEST_FIRST

README = (ROOT / "README.md").read_text(encoding="utf-8")
CRON = (ROOT / "docs" / "cron.md").read_text(encoding="utf-8")
OF_PLAN = {exitcodes.CHANGES}
"""Only `plan --detailed-exitcode` ends so: no cron job does."""


def of_the_code():
    """Every code that a process can end with: of the errors, and of the command line itself."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VtxeroError)]
    named = {value for name, value in vars(exitcodes).items() if name.isupper() and isinstance(value, int)}
    return named | {kind.exit_code for kind in kinds} | set(GRAVEST_FIRST)


def of_the_table(text, heading):
    """The codes in the first cells of the table below a line."""
    table = text.partition(heading)[2].strip().split("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    return [int(number) for cell in cells for number in re.findall(r"\d+", cell)]


def test_readme_tells_every_exit_code_once():
    told = of_the_table(README, "## Exit codes\n")

    assert len(told) == len(set(told))
    assert set(told) == of_the_code() == {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 130, 143}


def test_page_of_cron_tells_every_exit_code_that_a_job_can_end_with():
    told = of_the_table(CRON, "Nothing is ever asked where no terminal listens.\n")

    assert sorted(told) == sorted(of_the_code() - OF_PLAN)


def test_every_exit_code_has_a_test_of_a_whole_run():
    runs = (ROOT / "tests" / "cli" / "test_every_exit_code.py").read_text(encoding="utf-8")
    tested = {int(number) for number in re.findall(r"^def test_(\d+)_", runs, re.MULTILINE)}

    assert tested == of_the_code() - {exitcodes.INTERRUPTED, exitcodes.TERMINATED}
