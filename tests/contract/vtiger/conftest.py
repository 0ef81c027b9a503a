"""The Vtigers that the suite is held against: both stand-ins always, a real one when the environment names it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr

from contract.vtiger.calling import FAULTY, Books, Vtiger
from contract.vtiger.cloud_calling import CloudVtiger
from contract.vtiger.rows import Rows
from vtxero.sandbox.serving import ServerThread
from vtxero.sandbox.vtiger import VtigerState, create_app
from vtxero.sandbox.vtiger.cloud import create_cloud_app
from vtxero.sandbox.vtiger.cloud_limits import FloodControl
from vtxero.vtiger.access import Edition
from vtxero.vtiger.client import VtigerAccess, VtigerClient

URL, USER, KEY = (f"VTXERO_TEST_VTIGER_{name}" for name in ("URL", "USER", "KEY"))
CLOUD_URL, CLOUD_USER, CLOUD_KEY = (f"VTXERO_TEST_VTIGER_CLOUD_{name}" for name in ("URL", "USER", "KEY"))
REAL = ["real"] if URL in os.environ else []
CLOUDS = [
    "stand-in cloud",
    "stand-in cloud, refusing in the body",
    *(["real cloud"] if CLOUD_URL in os.environ else []),
]
WORKING = ["stand-in 8.2.0", *REAL]
MENDED = [f"stand-in {FAULTY}", *REAL]
ALL = ["stand-in 8.2.0", f"stand-in {FAULTY}", *REAL]


class Targets:
    """Opens each Vtiger once, with the suite's books in it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[str, Books] = {}
        self._rows: dict[str, Rows] = {}

    def rows(self, name: str) -> Rows:
        """Our own client and source on the same Vtiger."""
        if name not in self._rows:
            books = self.books(name)
            vtiger = books.vtiger
            edition = Edition.CLOUD if name in CLOUDS else Edition.OPEN_SOURCE
            access = VtigerAccess(vtiger.url, vtiger.user, SecretStr(vtiger.key), allow_http=True, edition=edition)
            self._rows[name] = Rows(books, self._stack.enter_context(VtigerClient(access)))
        return self._rows[name]

    def books(self, name: str) -> Books:
        if name not in self._open:
            vtiger = self._opened(name)
            self._stack.callback(vtiger.http.close)
            self._open[name] = Books(vtiger)
            self._stack.callback(self._open[name].clear)
        return self._open[name]

    def _opened(self, name: str) -> Vtiger:
        match name:
            case "real":
                return Vtiger(os.environ[URL], os.environ[USER], os.environ[KEY])
            case "real cloud":
                return CloudVtiger(os.environ[CLOUD_URL], os.environ[CLOUD_USER], os.environ[CLOUD_KEY])
            case _ if name in CLOUDS:
                return self._cloud("body" if "body" in name else "status")
            case _:
                return self._stand_in(name.rpartition(" ")[2])

    def _cloud(self, failures: str) -> Vtiger:
        app = create_cloud_app(VtigerState.sample_empty(), limits=FloodControl(counts=False), failures=failures)
        server = ServerThread(app)
        self._stack.enter_context(server)
        return CloudVtiger(server.url, "admin", "sandbox-key")

    def _stand_in(self, version: str) -> Vtiger:
        server = ServerThread(create_app(VtigerState.sample_empty(version=version)))
        self._stack.enter_context(server)
        vtiger = Vtiger(server.url, "admin", "sandbox-key")
        for element in (
            {"taxlabel": "On top", "percentage": "10", "method": "Compound", "formula": "tax1"},
            {"taxlabel": "Withheld", "percentage": "20", "method": "Deducted"},
        ):
            # A real Vtiger is given none of these: a tax is a column that never goes away.
            vtiger.post("create", elementType="Tax", element=element)
        dollars = {"currency_name": "USA, Dollars", "currency_code": "USD", "currency_symbol": "$", "deleted": "0"}
        dollars |= {"conversion_rate": "0.6", "currency_status": "Active", "defaultid": "0"}
        vtiger.post("create", elementType="Currency", element=dollars)
        return vtiger


@pytest.fixture(scope="session")
def targets() -> Iterator[Targets]:
    with ExitStack() as stack:
        yield Targets(stack)


@pytest.fixture(scope="session", params=ALL)
def books(request: pytest.FixtureRequest, targets: Targets) -> Books:
    """The suite's records in each Vtiger."""
    return targets.books(request.param)


@pytest.fixture(scope="session")
def vtiger(books: Books) -> Vtiger:
    """Each Vtiger."""
    return books.vtiger


@pytest.fixture(scope="session", params=WORKING)
def sales(request: pytest.FixtureRequest, targets: Targets) -> Books:
    """The suite's records in each Vtiger that can create invoices."""
    books = targets.books(request.param)
    if books.vtiger.version == FAULTY:
        pytest.skip(f"{FAULTY} cannot create invoices")
    return books


@pytest.fixture(scope="session", params=MENDED)
def faulty(request: pytest.FixtureRequest, targets: Targets) -> Books:
    """The suite's records in each Vtiger of the version with the faults."""
    books = targets.books(request.param)
    if books.vtiger.version != FAULTY:
        pytest.skip(f"this is {books.vtiger.version}, not {FAULTY}")
    return books


@pytest.fixture(scope="session", params=CLOUDS)
def cloud(request: pytest.FixtureRequest, targets: Targets) -> Books:
    """The suite's records in each Vtiger in the cloud."""
    return targets.books(request.param)


@pytest.fixture(scope="session", params=[*ALL, *CLOUDS])
def rows(request: pytest.FixtureRequest, targets: Targets) -> Rows:
    """Our client in each Vtiger of either edition."""
    return targets.rows(request.param)


@pytest.fixture(scope="session", params=ALL)
def hosted_rows(request: pytest.FixtureRequest, targets: Targets) -> Rows:
    """Our client in each self-hosted Vtiger."""
    return targets.rows(request.param)


@pytest.fixture(scope="session", params=[*WORKING, *CLOUDS])
def bills(request: pytest.FixtureRequest, targets: Targets) -> Rows:
    """Our client in each Vtiger of either edition that can create invoices."""
    return _with_invoices(targets.rows(request.param))


@pytest.fixture(scope="session", params=WORKING)
def hosted_bills(request: pytest.FixtureRequest, targets: Targets) -> Rows:
    """Our client in each self-hosted Vtiger that can create invoices."""
    return _with_invoices(targets.rows(request.param))


def _with_invoices(rows: Rows) -> Rows:
    if rows.books.vtiger.version == FAULTY:
        pytest.skip(f"{FAULTY} cannot create invoices")
    return rows


@pytest.fixture(scope="session", params=MENDED)
def faulty_rows(request: pytest.FixtureRequest, targets: Targets) -> Rows:
    """Our client in each Vtiger of the version with the faults."""
    rows = targets.rows(request.param)
    if rows.books.vtiger.version != FAULTY:
        pytest.skip(f"this is {rows.books.vtiger.version}, not {FAULTY}")
    return rows
