"""A run over forty records in both directions dies at each of its writes, in four ways; the next run finishes it.

Afterwards the log tells each write once, and an undo of both runs ends as one of an undisturbed run.
"""

from __future__ import annotations

import pytest

from machine import forty, nearby, views
from machine.afterwards import latest_run, taken_back, writes_told
from machine.dying import WAYS, can_be_halved, dying_at
from machine.nearby import numbered, open_nearby
from vtxero.sync.records import Outcome

PARTS = 4
COMPLETED = WAYS[:3]
"""Where a record of several requests may be left half made: the next run completes it, which is a write of its own."""


@pytest.fixture(scope="module")
def company():
    with open_nearby(batch=3) as running:
        forty.begin(running)
        running.start = forty.save(running)
        forty.restore(running, running.start)
        first = running.sync()
        assert first.exit_code == 0
        running.written = [request for request in running.net.requests if request.is_write]
        made = [record for record in first.records if record.outcome in {Outcome.CREATED, Outcome.UPDATED}]
        assert len(made) >= 40
        assert len(running.written) > 30
        assert {record.direction for record in made} == {"to-xero", "to-vtiger"}
        running.told = writes_told(running, first.run)
        running.sync()
        running.undisturbed = (views.view(running), views.links(running))
        running.undone = taken_back(running, first.run)
        yield running


def points(company, way):
    """Number the writes that can be ended in this way."""
    if way == WAYS[1]:
        return [number for number, request in enumerate(company.written) if can_be_halved(request)]
    return list(range(len(company.written)))


def test_company_put_back_knows_no_answer_of_a_run_that_never_was(company, monkeypatch):
    forty.restore(company, company.start)
    name = numbered(company.time.now())
    monkeypatch.setattr(nearby, "numbered", lambda _: name)
    company.sync()
    forty.restore(company, company.start)
    company.sync()
    assert views.view(company) == company.undisturbed[0]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("way", WAYS)
def test_law_2_run_killed_at_any_write_is_finished_by_the_next_as_if_undisturbed(company, way, part):
    """And taken back with the run that finished it, both leave what an undisturbed run that is taken back leaves."""
    deaths = 0
    for number in points(company, way)[part::PARTS]:
        forty.restore(company, company.start)
        with dying_at(company, number, way) as died:
            company.sync()
        if not died and way == WAYS[3]:
            continue  # a record made in several requests is noted once
        assert died
        deaths += 1
        killed = latest_run(company)

        second = company.sync()
        before = len(company.writes())
        third = company.sync()

        place = f"write {number}, {way}"
        failed = [record for record in second.records if record.outcome in {Outcome.FAILED, Outcome.CONFLICT}]
        if (second.exit_code, third.exit_code) != (0, 0):
            pytest.fail("\n".join([place, *second.messages, *map(repr, failed)]))
        assert company.writes()[before:] == [], place
        assert views.view(company) == company.undisturbed[0], place
        assert views.links(company) == company.undisturbed[1], place
        told = writes_told(company, killed, second.run)
        more = told - company.told
        assert told - more == company.told, place
        assert all(outcome == "updated" and way in COMPLETED for *_, outcome in more), (place, more)
        assert taken_back(company, second.run, killed) == company.undone, place
    assert deaths
