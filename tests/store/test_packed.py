"""Packed results behave like the tuple that they stand for."""

from __future__ import annotations

import pytest

from vtxero.domain.sides import Direction
from vtxero.store.codec import dump_result
from vtxero.store.packed import BLOCK, PackedResults
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult


def results(count):
    return tuple(
        RecordResult("invoices", Direction.TO_XERO, Outcome.CREATED, f"INV{number}", f"7x{number}", None)
        for number in range(count)
    )


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_packed_results_when_read_are_the_same_in_the_same_order(count):
    plain = results(count)
    packed = PackedResults(map(dump_result, plain))

    assert (len(packed), tuple(packed), bool(packed)) == (count, plain, bool(count))
    assert packed == plain
    assert plain == tuple(packed)
    assert packed != results(count + 1)


def test_packed_results_when_one_or_some_are_asked_for_give_those():
    plain = results(BLOCK + 5)
    packed = PackedResults(map(dump_result, plain))

    assert [packed[place] for place in (0, BLOCK, -1)] == [plain[0], plain[BLOCK], plain[-1]]
    assert packed[3:7] == plain[3:7]
    with pytest.raises(IndexError):
        packed[BLOCK + 5]
