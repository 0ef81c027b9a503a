from __future__ import annotations

import io

import pytest

from cli.terminal import plain
from vtxero.cli.progress import RunProgress


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("done", "total"), [(0, None), (12_345, 99_999), (99_999, 99_999)])
def test_progress_stays_on_one_line_of_80_columns_and_says_what_is_left(monkeypatch, done, total):
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()

    with RunProgress(screen, shown=True, no_color=False) as progress:
        progress.watch_calls(lambda: 4_988)
        progress.phase("Reading organizations from Vtiger")
        progress.step("organizations", done, total)
        progress._bars.refresh()
        shown = screen.getvalue()

    last = plain(shown).split("\r")[-1]
    assert "\x1b[1A" not in shown  # the cursor goes up a line only where there are two
    assert len(last) <= 80
    assert last.rstrip().endswith("4988 calls left")
    assert "Reading organizations from Vtiger" in last
    assert f"{done}/" in last


@pytest.mark.parametrize("columns", [50, 60, 72])
def test_progress_on_a_narrow_terminal_cuts_no_figure(monkeypatch, columns):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", str(columns))
    screen = Screen()

    with RunProgress(screen, shown=True, no_color=False) as progress:
        progress.watch_calls(lambda: 4_988)
        progress.phase("Taking back organizations in Vtiger")
        progress.step("organizations", 1_234, 9_999)
        progress._bars.refresh()
        shown = screen.getvalue()

    last = plain(shown).split("\r")[-1]
    assert len(last.rstrip()) <= columns
    assert "Taking back organizations in Vtiger 1234/9999" in last
    assert "…" not in last


def test_progress_into_a_file_writes_nothing():
    file = io.StringIO()

    with RunProgress(file, shown=True, no_color=False) as progress:
        progress.phase("Reading organizations from Vtiger")
        progress.step("organizations", 1, 2)

    assert file.getvalue() == ""
