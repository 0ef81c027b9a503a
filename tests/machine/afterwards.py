"""What the log tells of runs, and what both sides hold once the runs are taken back, told by names."""

from __future__ import annotations

from collections import Counter
from typing import Any

from machine import views
from machine.nearby import Nearby
from vtxero.bootstrap.reading import open_log
from vtxero.sync.records import Outcome

Writes = Counter[tuple[str, str, str, str]]


def latest_run(company: Nearby) -> str:
    with open_log(company.settings) as log:
        return log.runs(1)[0].run


def writes_told(company: Nearby, *runs: str) -> Writes:
    """Count what the log tells as made or changed: module, direction, label and outcome."""
    told: Writes = Counter()
    with open_log(company.settings) as log:
        for run in runs:
            report = log.report(run)
            assert report
            for record in report.records:
                if record.outcome in {Outcome.CREATED, Outcome.UPDATED}:
                    told[record.module, record.direction.value, record.label, record.outcome.value] += 1
    return told


def taken_back(company: Nearby, *runs: str) -> dict[str, Any]:
    """Take runs back, the latest first, and show both sides."""
    for run in runs:
        report = company.undo(run)
        assert report.exit_code == 0, (run, report.messages)
    return views.view(company)
