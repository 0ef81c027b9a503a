"""Invented histories over the toy sides: people edit, runs are killed, and the laws hold afterwards."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.world import World, killed_at
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome

SIDES = st.sampled_from(["vtiger", "xero"])
NAMES = st.sampled_from(["ann", "bob", "cid", "dan"])


class Histories(RuleBasedStateMachine):
    """Names are unique and never edited; `phone` is edited by people on either side."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.edits: dict[str, dict[str, str]] = {}
        self.values = count(1)

    def service(self, side):
        return getattr(self.world, side)

    def row(self, side, name):
        rows = self.service(side).tables.get("cards", {}).values()
        return next((row for row in rows if row["name"] == name), None)

    @rule(side=SIDES, name=NAMES)
    def person_writes(self, side, name):
        self.write(side, name, str(next(self.values)))

    @rule(name=NAMES)
    def people_write_the_same_on_both_sides(self, name):
        value = str(next(self.values))
        for side in ("vtiger", "xero"):
            self.write(side, name, value)
        self.edits.pop(name)

    def write(self, side, name, value):
        row = self.row(side, name)
        if row is None:
            self.service(side).add("cards", name=name, phone=value)
        else:
            self.service(side).edit("cards", row["id"], phone=value)
        self.edits.setdefault(name, {})[side] = value

    @rule()
    def run_in_both_directions(self):
        self.check(self.world.sync())

    def check(self, report):
        assert report.exit_code in {0, 8}
        disputed = {record.label for record in report.records if record.outcome is Outcome.CONFLICT}
        for name in set(self.edits) - disputed:
            values = {row["phone"] for side in ("vtiger", "xero") if (row := self.row(side, name))}
            assert len(values) == 1
            assert values <= set(self.edits.pop(name).values())

    @rule(direction=st.sampled_from([Direction.TO_XERO, Direction.TO_VTIGER]))
    def run_in_one_direction(self, direction):
        self.world.sync(direction=direction)
        for name in list(self.edits):
            self.settle_if_equal(name)

    def settle_if_equal(self, name):
        """Both sides say the same: whatever was edited before is agreed on."""
        rows = [self.row(side, name) for side in ("vtiger", "xero")]
        if all(rows) and len({row["phone"] for row in rows}) == 1:
            assert rows[0]["phone"] in self.edits[name].values()
            del self.edits[name]

    @rule(side=SIDES, nth=st.integers(1, 4), after=st.booleans())
    def run_is_killed(self, side, nth, after):
        with killed_at(self.service(side), nth, after=after) as died:
            report = self.world.sync()
        if not died:
            self.check(report)
        for name in list(self.edits):
            self.settle_if_equal(name)

    @invariant()
    def law_2_no_record_exists_twice(self):
        for side in ("vtiger", "xero"):
            names = self.service(side).names()
            assert len(names) == len(set(names))

    @invariant()
    def law_3_no_edit_is_lost(self):
        for name, edits in self.edits.items():
            kept = {row["phone"] for side in ("vtiger", "xero") if (row := self.row(side, name))}
            assert set(edits.values()) <= kept

    def teardown(self):
        self.run_in_both_directions()
        before = self.world.writes()
        self.world.sync()
        assert self.world.writes() == before


class LongHistories(Histories):
    """The same, searched for longer."""


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLongHistories = pytest.mark.soak(pytest.mark.timeout(3600)(LongHistories.TestCase))
TestLongHistories.settings = settings(max_examples=2000, stateful_step_count=30, deadline=None)
