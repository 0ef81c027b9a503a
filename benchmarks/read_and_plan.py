"""Reading, parsing and planning 1,000 invoices against loaded links, beside xero-python decoding the same 1,000.

Both read from the same stand-in over a socket; it runs in a process of its own, so that only the readers' CPU time
counts. Exits 1 when vtxero costs more.

    python benchmarks/read_and_plan.py [--invoices 1000] [--lines 5] [--rounds 5]
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token

from vtxero.bootstrap.clock import SystemClock
from vtxero.bootstrap.services import open_vtiger, open_xero
from vtxero.config.settings import Settings
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Direction, Side
from vtxero.registry import open_slices
from vtxero.store import SqliteState, open_database
from vtxero.sync.fetch import Fetcher, keep
from vtxero.sync.lookup import StateLookups
from vtxero.sync.plan import Planner, Terms
from vtxero.sync.state import Link
from vtxero.vtiger.reference import read_reference as read_vtiger
from vtxero.xero.reference import read_reference as read_xero
from vtxero.xero.source import XeroSource

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Size:
    """How much is read."""

    invoices: int
    lines: int


class Quiet:
    """Progress that nobody looks at."""

    def phase(self, text: str) -> None:
        """Say nothing."""

    def step(self, module: str, done: int, total: int | None) -> None:
        """Say nothing."""


def main() -> int:
    """Measure both, print both, and judge."""
    size, rounds = _arguments()
    with ExitStack() as stack:
        urls = stack.enter_context(_stand_ins(size))
        ours = stack.enter_context(_vtxero(urls, size))
        theirs = _xero_python(urls, size)
        for read in (ours, theirs):
            read()
        pairs = [(_cpu(ours), _cpu(theirs)) for _ in range(rounds)]
    mine, others = (statistics.median(times) for times in zip(*pairs, strict=True))
    _print(size, rounds, pairs, mine, others)
    return 0 if mine <= others else 1


def _arguments() -> tuple[Size, int]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    found = parser.parse_args()
    return Size(found.invoices, found.lines), found.rounds


def _cpu(read: Callable[[], None]) -> float:
    """Give the CPU time of this process in seconds, all its threads together."""
    gc.collect()
    start = time.process_time()
    read()
    return time.process_time() - start


def _print(size: Size, rounds: int, pairs: list[tuple[float, float]], mine: float, others: float) -> None:
    print(f"{size.invoices} invoices of {size.lines} lines, CPU time in ms, median of {rounds} (least to most)")
    rows = (
        ("vtxero: read, parse into records, compare with links, plan", mine, [pair[0] for pair in pairs]),
        ("xero-python alone: read, decode into its own models", others, [pair[1] for pair in pairs]),
    )
    for name, median, times in rows:
        print(f"  {name:<60} {median * 1000:7.0f}  ({min(times) * 1000:.0f} to {max(times) * 1000:.0f})")
    print(f"  vtxero costs {mine / others:.2f} of xero-python")


# the stand-ins, in a process of their own


@contextmanager
def _stand_ins(size: Size) -> Iterator[tuple[str, str]]:
    """Serve both until the end; give the addresses of Vtiger and Xero."""
    command = [sys.executable, str(HERE / "serve.py"), str(size.invoices), str(size.lines)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        vtiger_url, _, xero_url = process.stdout.readline().strip().partition(" ")
        if not xero_url:
            raise SystemExit("the stand-ins did not start")
        try:
            yield vtiger_url, xero_url
        finally:
            process.stdin.close()


# what is measured


@contextmanager
def _vtxero(urls: tuple[str, str], size: Size) -> Iterator[Callable[[], None]]:
    """Prepare a state with a link for each invoice, and give the function that reads and plans."""
    settings = _settings(urls)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(Path(folder) / "state.sqlite3")) as database,
        open_vtiger(settings) as vtiger,
        open_xero(settings, SystemClock(), print) as xero,
    ):
        state = SqliteState(database, "benchmark")
        lookups = StateLookups(state)
        reference = Reference(read_vtiger(vtiger), read_xero(xero))
        lookups.slices = open_slices(reference, settings.modules, settings.taxes, lookups)
        slice_, source = lookups.slices["invoices"], XeroSource(xero)
        pages = source.fetch("invoices", None, lambda _: None)
        snapshots = [one for page in pages for one in slice_.mappers[Side.XERO].parse(page.raw)]
        with state.transaction():
            for number, snapshot in enumerate(snapshots, 1):
                base = slice_.encode(snapshot.record)
                state.put_link(Link("invoices", f"7x{number}", snapshot.id, Side.XERO, base, base))
                keep(state, "invoices", Side.XERO, snapshot)
                state.settle_record("invoices", Side.XERO, snapshot.id)

        def read() -> None:
            fetcher = Fetcher(state, slice_, {Side.XERO: source}, Quiet())
            fetcher.fetch(Side.XERO, full=True)
            with state.transaction():
                judged = Planner(state, slice_, Terms(Direction.BOTH, "report")).plan()
            assert (len(fetcher.unchanged), len(judged)) == (size.invoices, 0)

        yield read


def _settings(urls: tuple[str, str]) -> Any:

    vtiger_url, xero_url = urls
    return Settings.model_validate(
        {
            "vtiger": {"url": vtiger_url, "username": "admin", "access_key": "sandbox-key"},
            "xero": {
                "flow": "client_credentials",
                "client_id": "sandbox",
                "client_secret": "sandbox",
                "api_url": f"{xero_url}/api.xro/2.0",
                "identity_url": xero_url,
            },
            "modules": {"invoices": {"sales_account": "200"}},
        }
    )


def _xero_python(urls: tuple[str, str], size: Size) -> Callable[[], None]:
    """Give the function that reads the same invoices with Xero's own library, as its documentation shows."""
    form = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
    token = httpx.post(f"{urls[1]}/connect/token", data=form).json()["access_token"]
    settings = Configuration()
    settings.oauth2_token = OAuth2Token()
    client = ApiClient(settings, pool_threads=1)
    bearer = {"access_token": token, "scope": "", "expires_in": 1800, "token_type": "Bearer", "expires_at": 4e9}
    client.oauth2_token_getter(lambda: bearer)
    client.oauth2_token_saver(lambda _token: None)
    api = AccountingApi(client)
    api.base_url = f"{urls[1]}/api.xro/2.0"

    def read() -> None:
        found: list[Any] = []
        while len(found) < size.invoices:
            page = api.get_invoices("", where='Type=="ACCREC"', page=len(found) // 1000 + 1, page_size=1000, unitdp=4)
            found += page.invoices
        assert len(found) == size.invoices

    return read


if __name__ == "__main__":
    sys.exit(main())
