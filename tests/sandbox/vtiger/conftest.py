"""A fresh Vtiger for each test, with a clock that stands still."""

from __future__ import annotations

import pytest

from sandbox.vtiger.calling import Caller, Clock
from sandbox.vtiger.cloud_calling import CloudCaller
from vtxero.sandbox.vtiger import VtigerState


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(clock: Clock) -> VtigerState:
    return VtigerState.sample_empty(clock=clock)


@pytest.fixture
def vtiger(state: VtigerState) -> Caller:
    """A caller logged in as the administrator, with a GST of 15 % beside the installed taxes."""
    caller = Caller(state).login()
    caller.create("Tax", taxlabel="GST", percentage="15")
    return caller


@pytest.fixture
def cloud(state):
    return CloudCaller(state)
