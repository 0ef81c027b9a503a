"""How a run reaches both services. Tests reach stand-ins without sockets, in small batches."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from vtxero.bootstrap.services import Warn, open_vtiger, open_xero
from vtxero.config.settings import Settings
from vtxero.sync.budget import CallBudget
from vtxero.sync.ports import Clock
from vtxero.vtiger.client import VtigerClient
from vtxero.xero.client import XeroClient
from vtxero.xero.endpoints import BATCH


class OpenVtiger(Protocol):
    """Opens the client of Vtiger; see `services.open_vtiger`."""

    def __call__(self, settings: Settings, budget: CallBudget | None) -> AbstractContextManager[VtigerClient]:
        """Open it; nothing is sent yet."""
        ...


class OpenXero(Protocol):
    """Opens the client of Xero; see `services.open_xero`."""

    def __call__(
        self, settings: Settings, clock: Clock, warn: Warn, budget: CallBudget | None
    ) -> AbstractContextManager[XeroClient]:
        """Open it; nothing is sent yet."""
        ...


@dataclass(frozen=True, slots=True)
class Wires:
    """The openers of both clients, and how many elements one write call to Xero takes."""

    open_vtiger: OpenVtiger = open_vtiger
    open_xero: OpenXero = open_xero
    xero_batch: int = BATCH


SOCKETS = Wires()
