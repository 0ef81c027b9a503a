"""What a run holds in memory does not grow with the records that it makes: the books may be larger than memory."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

import vtxero
from sync.world import Silent, World

FEW, MANY = 100, 400
AT_ONCE = 50
COUNTED = tracemalloc.Filter(inclusive=True, filename_pattern=f"{Path(vtxero.__file__).parent}/*")
MOST = 40
"""Bytes for a record that is on its way: less than any object takes that is kept for it."""


def held(monkeypatch, count, side):
    """How many bytes the engine and the state hold at most while so many cards are made; SQLite's do not count."""
    world, sizes = World(), []
    world.vtiger.size = world.xero.size = AT_ONCE
    source = {"vtiger": world.vtiger, "xero": world.xero}[side]
    for number in range(count):
        source.add("cards", name=f"Card {number}")

    def step(_self, module, done, total):
        if module == "cards" and total and done in {AT_ONCE, total}:
            gc.collect()
            sizes.append(sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([COUNTED]).traces))

    monkeypatch.setattr(Silent, "step", step)
    tracemalloc.start()
    try:
        report = world.sync()
    finally:
        tracemalloc.stop()
    assert (len(report.records), report.exit_code) == (count, 0)
    assert len(sizes) == 2
    return max(sizes)


@pytest.mark.parametrize("side", ["vtiger", "xero"])
def test_memory_when_four_times_as_many_records_are_made_stays_as_it_is(monkeypatch, side):
    held(monkeypatch, MANY, side)  # what is made once for all runs, and caches of a fixed size, do not count

    few, many = (held(monkeypatch, count, side) for count in (FEW, MANY))

    assert (many - few) / (MANY - FEW) < MOST, (few, many)
