"""A Vtiger on a real socket, with a clock that the test moves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import respx
from pydantic import SecretStr

from vtxero.sandbox.serving import Instrumented, ServerThread, instrumented
from vtxero.sandbox.vtiger.app import create_app
from vtxero.sandbox.vtiger.state import DEFAULT_KEY, User, VtigerState
from vtxero.sync.records import Page
from vtxero.vtiger.access import Edition, VtigerAccess
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.invoices import NeedsRetrieve
from vtxero.vtiger.reference import read_reference
from vtxero.vtiger.source import VtigerSource
from wire.vtiger.answering import AnsweringServer
from wire.vtiger.cloud_server import HOST, cloud_server
from wire.vtiger.webservice_server import URL, webservice_server

USERS = (User("admin", 1, DEFAULT_KEY, is_admin=True), User("clerk", 5, "clerk-key"))


@dataclass
class Rig:
    """The stand-in and what talks to it."""

    state: VtigerState
    app: Instrumented
    url: str
    at: list[datetime]
    sleeps: list[float] = field(default_factory=list)
    clients: list[VtigerClient] = field(default_factory=list)
    seen: int = 0

    def pass_time(self, **span: int) -> None:
        self.at[0] += timedelta(**span)

    def client(self, user: str = "admin") -> VtigerClient:
        key = next(each.access_key for each in USERS if each.name == user)
        client = VtigerClient(VtigerAccess(self.url, user, SecretStr(key)), sleep=self.sleeps.append, timeout=60.0)
        self.clients.append(client)
        return client

    def source(self, user: str = "admin", *, needs: NeedsRetrieve | None = None) -> VtigerSource:
        client = self.client(user)
        reference = read_reference(client)
        self.forget()
        return VtigerSource(client, reference, needs_retrieve=needs or (lambda *_: False))

    def asked(self, operation: str = "") -> list[str]:
        """Name what the stand-in was asked since the last `source` or `forget`, the catalogue apart."""
        self._settle()
        names = [entry.operation or "?" for entry in self.app.journal.entries]
        return [name for name in names if operation.lower() in name.lower()]

    def forget(self) -> None:
        self._settle()
        self.seen += len(self.app.journal.entries)
        self.app.journal.clear()

    def _settle(self) -> None:
        """Wait for the journal: a request is noted only after its answer has left."""
        sent = sum(client.calls for client in self.clients)
        until = time.monotonic() + 20
        while self.seen + len(self.app.journal.entries) < sent:
            assert time.monotonic() < until, "a request is missing in the journal"
            time.sleep(0.001)

    # -- a person's hands ----------------------------------------------------------------------------------

    def account(self, name: str, *people: str, **fields: Any) -> str:
        account = self.state.add("Accounts", {"accountname": name, **fields})
        for person in people:
            self.state.add("Contacts", {"lastname": person, "account_id": account})
        return account

    def product(self, name: str, **fields: Any) -> str:
        return self.state.add(
            "Products", {"productname": name, "unit_price": "10", "assigned_user_id": "19x1", **fields}
        )

    def invoice(self, account: str, product: str, lines: int = 1, **fields: Any) -> str:
        element = {"subject": "An invoice", "account_id": account, **fields}
        return self.state.add_invoice_as_ui(
            element, [{"productid": product, "quantity": str(n + 1), "listprice": "10"} for n in range(lines)]
        )


@pytest.fixture
def rig() -> Iterator[Rig]:
    yield from _served("8.2.0")


@pytest.fixture
def old_rig() -> Iterator[Rig]:
    """The version whose invoices cannot be written, and which answers null for blank."""
    yield from _served("8.3.0")


def _served(version: str) -> Iterator[Rig]:
    at = [datetime(2026, 11, 22, 12, 0, tzinfo=UTC)]
    state = VtigerState.sample_empty(version=version, users=USERS, clock=lambda: at[0])
    app = instrumented(create_app(state), expire=state.expire_sessions, keep_bodies=True)
    with ServerThread(app) as server:
        rig = Rig(state, app, server.url, at)
        yield rig
        for client in rig.clients:
            client.close()


def rows(pages: Iterator[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in json.loads(page.raw)]


@pytest.fixture
def read() -> Callable[[Iterator[Page]], list[dict[str, Any]]]:
    """Give the rows of pages."""
    return rows


@pytest.fixture
def sleeps() -> list[float]:
    return []


@pytest.fixture
def connect_cloud(sleeps: list[float]) -> Iterator[Callable[..., tuple[VtigerClient, AnsweringServer]]]:
    """Give a client, and the server that answers it as told."""
    with respx.mock(assert_all_called=False) as mock:

        def make(
            url: str = HOST, edition: Edition = Edition.CLOUD, **answers: list[Any]
        ) -> tuple[VtigerClient, AnsweringServer]:
            server = cloud_server(answers)
            mock.route().mock(side_effect=server)
            access = VtigerAccess(url, "ann@example.com", SecretStr("k3y:ž"), edition=edition)
            return VtigerClient(access, sleep=sleeps.append), server

        yield make


@pytest.fixture
def connect(sleeps: list[float]) -> Iterator[Callable[..., tuple[VtigerClient, AnsweringServer]]]:
    """Give a client of an open-source Vtiger, and the server that answers it as told."""
    with respx.mock(assert_all_called=False) as mock:

        def make(**answers: list[Any]) -> tuple[VtigerClient, AnsweringServer]:
            server = webservice_server(answers)
            mock.route(url__startswith=URL).mock(side_effect=server)
            access = VtigerAccess("crm.example.com", "ann", SecretStr("k3y"))
            return VtigerClient(access, sleep=sleeps.append), server

        yield make
