"""A world of two toy services and one state database, runs over it, and how a run dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sync.toy import ToyService, ToySlice
from vtxero.domain.codes import Code
from vtxero.domain.findings import finding
from vtxero.domain.options import GuardOptions, ModuleOptions
from vtxero.domain.sides import Direction, Side
from vtxero.store import SqliteRuns, SqliteState, open_database
from vtxero.sync.environment import Environment, ModulePlan
from vtxero.sync.lookup import StateLookups
from vtxero.sync.mapping import Mapped
from vtxero.sync.records import Outcome
from vtxero.sync.report import RunReport
from vtxero.sync.request import RunRequest
from vtxero.sync.run import Run


class Killed(BaseException):
    """The process dies here."""


class FixedClock:
    """Time stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 15, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


class Silent:
    """Progress that nobody watches."""

    def phase(self, text: str) -> None: ...

    def step(self, module: str, done: int, total: int | None) -> None: ...


class World:
    """Two toy services and one state database: runs can be made, killed, and made again."""

    def __init__(self, **guards: int) -> None:
        self.vtiger, self.xero = ToyService(Side.VTIGER), ToyService(Side.XERO)
        self.database = open_database(None)
        self.guards = GuardOptions(**guards)
        self.runs = 0
        self.mapped = Mapped({"a": "1", "b": "2"})
        self.fields = ToySlice.fields
        self.only: Direction | None = None
        self.card = self.partner = ""

    def sync(self, **request: Any) -> RunReport:
        self.runs += 1
        name = f"run-{self.runs:04d}"
        state = SqliteState(self.database, name)
        lookups = StateLookups(state)
        slices = {module: ToySlice(module, lookups) for module in ("parents", "cards")}
        for slice_ in slices.values():
            slice_.fields = self.fields
        lookups.slices = slices
        environment = Environment(
            run=name,
            state=state,
            recorder=SqliteRuns(self.database),
            sources={Side.VTIGER: self.vtiger, Side.XERO: self.xero},
            slices=slices,
            modules=(
                ModulePlan("parents", (), ModuleOptions()),
                ModulePlan("cards", ("parents",), ModuleOptions(), only=self.only),
            ),
            lookups=lookups,
            guards=self.guards,
            tenant="toy",
            mapped=self.mapped,
            clock=FixedClock(),
            progress=Silent(),
            translate=lambda side, module, words: tuple(
                finding(Code.XERO_REFUSED if side is Side.XERO else Code.VTIGER_REFUSED, word)
                for word in words
                if module
            ),
            page_of=lambda module, side, record_id: f"{side}/{module}/{record_id}",
            should_stop=lambda: None,
            transaction=state.transaction,
        )
        return Run(environment, RunRequest(**request)).execute()

    def edit(self, *, vtiger: dict[str, str] | None = None, xero: dict[str, str] | None = None) -> None:
        """People edit, on either side, the card that `paired` made."""
        if vtiger:
            self.vtiger.edit("cards", self.card, **vtiger)
        if xero:
            self.xero.edit("cards", self.partner, **xero)

    def writes(self) -> int:
        return len(self.vtiger.writes) + len(self.xero.writes)

    def quiet(self) -> None:
        """Law 1: a run now sends no write."""
        before = self.writes()
        report = self.sync()
        assert (self.writes() - before, report.exit_code) == (0, 0)


@contextmanager
def killed_at(service: ToyService, nth: int, *, after: bool) -> Iterator[list[bool]]:
    """Die at the nth write call, before it leaves, or after the nth element was committed; tells whether it did."""
    ticks, died = count(1), list[bool]()

    def tick() -> None:
        if next(ticks) == nth:
            raise Killed

    old = service.before_write, service.after_element
    if after:
        service.after_element = tick
    else:
        service.before_write = tick
    try:
        yield died
    except Killed:
        died.append(True)
    finally:
        service.before_write, service.after_element = old


def counts(report: RunReport, module: str = "cards") -> dict[str, int]:
    """How many records of the module came to which outcome; outcomes of none are left out."""
    rows = [row for row in report.modules if row.module == module]
    return {
        outcome.value: sum(row.counts[outcome] for row in rows)
        for outcome in Outcome
        if any(r.counts[outcome] for r in rows)
    }


def paired(**fields: str) -> World:
    """One card, Ann, is on both sides."""
    world = World()
    world.card = world.vtiger.add("cards", name="Ann", **fields)
    world.sync()
    [world.partner] = world.xero.tables["cards"]
    return world


def led() -> World:
    """Cards go to Vtiger only, and Xero leads."""
    world = World()
    world.only = Direction.TO_VTIGER
    return world


def in_step(world: World, **fields: str) -> None:
    """Both sides hold one card, and these values in it."""
    for service in (world.vtiger, world.xero):
        assert {name: service.values(name) for name in fields} == {name: [value] for name, value in fields.items()}
