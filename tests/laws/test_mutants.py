"""Each law's fault is made in a copy of the code: at least one of the law's tests must fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from laws.page import ROOT, read_laws

TESTS_FAILED = 1


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("law", read_laws(), ids=lambda law: str(law.number))
def test_fault_of_a_law_is_found_by_its_tests(law, tmp_path):
    copy = tmp_path / "src"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    spoilt = copy.parent / law.file
    spoilt.write_text(spoilt.read_text(encoding="utf-8").replace(law.before, law.after), encoding="utf-8")
    names = [f"{file}::{name}" for file, name in law.tests]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *names]

    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(copy)}, capture_output=True, text=True, check=False
    )

    assert result.returncode == TESTS_FAILED, result.stdout[-2000:]
