"""`vtxero plan` and `vtxero apply`, through the command line, against both stand-ins."""

from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from chain.company import line
from chain.processes import config_file
from vtxero.cli import main


@pytest.fixture
def process(company, tmp_path):
    """Run a command line as a process of its own."""
    path = config_file(company, tmp_path)

    def run(*arguments):
        command = [sys.executable, "-m", "vtxero", "--config", str(path), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)

    return run


@pytest.fixture
def vtxero(company, tmp_path):
    """Run a command line in this process, and give its exit code."""
    path = config_file(company, tmp_path)
    return lambda *arguments: main(["--config", str(path), *arguments])


def test_saved_plan_is_applied_line_by_line_and_stale_lines_are_refused(company, process, tmp_path):
    acme = company.organization(accounttype="Customer")
    other = company.organization("Other", accounttype="Customer")
    invoice = company.invoice(acme, line(company.product()))
    file = tmp_path / "plan.json"
    assert process("plan", "--out", str(file)).returncode == 0
    assert company.writes() == []
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    company.vtiger.edit(other, accountname="Another")
    company.organization("Late", accounttype="Customer")

    applied = process("apply", str(file), "-o", "json")

    report = json.loads(applied.stdout)
    assert applied.returncode == 8
    assert [(r["label"], r["outcome"]) for r in report["records"] if r["outcome"] == "conflict"] == [
        ("Another", "conflict")
    ]
    assert list(company.contacts()) == ["Acme Ltd"]
    assert list(company.invoices()) == [company.number_of(invoice)]
    assert process("sync").returncode == 0
    assert sorted(company.contacts()) == ["Acme Ltd", "Another", "Late"]


def test_detailed_exitcode_tells_whether_there_is_anything_to_do(company, vtxero):
    company.organization(accounttype="Customer")

    assert vtxero("plan", "--detailed-exitcode") == 10
    assert vtxero("sync") == 0
    assert vtxero("plan", "--detailed-exitcode") == 0


@pytest.mark.parametrize("content", ["", "{}", "[1]", "\x00\x01"])
def test_file_that_is_no_plan_is_refused_with_exit_code_2(vtxero, tmp_path, capsys, content):
    file = tmp_path / "plan.json"
    file.write_text(content)

    code = vtxero("apply", str(file))

    assert (code, "is no plan" in capsys.readouterr().err.replace("\n", " ")) == (2, True)
    assert vtxero("apply", str(tmp_path / "none.json")) == 2
