"""What the steps of one run share: what it works with, what it was asked, and where it notes what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vtxero.sync.environment import Environment
from vtxero.sync.request import RunRequest
from vtxero.sync.run_report import RunLedger
from vtxero.sync.scope import Scope


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run, as planning and applying see it."""

    env: Environment
    request: RunRequest
    scope: Scope
    ledger: RunLedger
    check_budget: Callable[[], None]
    """Raises when the run has to end between two steps: a signal came, or its calls or its time are used up."""
