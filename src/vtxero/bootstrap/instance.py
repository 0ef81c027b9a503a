"""Before every run: are these still the Vtiger and the Xero organisation whose ids the state's links hold?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from vtxero.domain.codes import Code
from vtxero.domain.ids import record_number
from vtxero.domain.reference import VtigerReference
from vtxero.domain.sides import Side
from vtxero.domain.witness import Witness, newest
from vtxero.errors import StopError
from vtxero.store import Database, SqliteState
from vtxero.store.witnesses import forget_pairs, newest_vtiger_ids, still_there
from vtxero.sync.request import RunRequest
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.cloud_deletions import MODULES as VTIGER_MODULES
from vtxero.vtiger.instance import Memories
from vtxero.vtiger.instance import recognise as recognise_vtiger
from vtxero.xero.instance import recognise as recognise_xero
from vtxero.xero.source import LASTING, XeroSource

WITNESSES = {Side.VTIGER: "witnesses", Side.XERO: "witnesses in xero"}
ALLOW = "instance"
ALLOW_XERO = "tenant"
NEWEST = 50
MOST_MISSING = 300
XERO_MODULES = {"organizations": ("organizations", "contacts"), "invoices": ("invoices",)}
"""Which modules of ours hold the records of a list of Xero's."""
MOVED = (
    "If people only deleted these records, go on with `--allow instance`. If a backup was put back, a stand-in was "
    "started anew, or this is a copy, run `vtxero sync --resync`: all links are forgotten and found again."
)
SET_BACK = (
    "If the demo company was reset or a stand-in was started anew, run `vtxero sync --resync`: all links are forgotten "
    "and found again. To go on as it is: `--allow tenant`."
)
ODD = (
    "If people deleted that, nothing is wrong. If a backup was put back or a stand-in was started anew, run "
    "`vtxero sync --resync`."
)
FORGOTTEN = "All links were forgotten and are found again."


class Pins(BaseModel):
    """Times of Vtiger's newest records as they were told before, and the records known to be missing since."""

    model_config = ConfigDict(frozen=True)

    seen: dict[str, Witness] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()


class XeroPins(BaseModel):
    """Times of Xero's newest records as they were told before, by module."""

    model_config = ConfigDict(frozen=True)

    seen: dict[str, dict[str, Witness]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Services:
    """Both services, and the state that tells what was there."""

    database: Database
    state: SqliteState
    vtiger: VtigerClient
    xero: XeroSource
    reference: VtigerReference


@dataclass(frozen=True, slots=True)
class Look:
    """How a service was found: why it is not as the last run left it, what is odd, and how to remember it so."""

    side: Side
    keep: Callable[[], None]
    doubt: str = ""
    told: tuple[str, ...] = ()

    def error(self) -> StopError:
        """Give the stop that the doubt is, unless somebody said to go on."""
        if self.side is Side.VTIGER:
            return StopError(self.doubt, code=Code.RUN_VTIGER_INSTANCE, remedy=MOVED, allow=ALLOW)
        return StopError(self.doubt, code=Code.RUN_TENANT, remedy=SET_BACK, allow=ALLOW_XERO)


def check_instance(services: Services, request: RunRequest) -> tuple[str, ...]:
    """Look at the newest records once more, one call a side as a rule; gives what people should know.

    Under `--resync` services that were put back are taken as they are: links are forgotten, for their ids may be
    strangers'.

    Raises:
        StopError: one cannot be the same, and nobody said to go on.
    """
    looks = look(services)
    doubts = [each for each in looks if each.doubt]
    if doubts and request.resync:
        with services.state.transaction():
            forget_pairs(services.database)
            _put(services.state, Side.VTIGER, Pins())
            _put(services.state, Side.XERO, XeroPins())
        return (" ".join((*(each.doubt for each in doubts), FORGOTTEN)),)
    barring = [error for error in (each.error() for each in doubts) if error.allow not in request.allow]
    if barring:
        raise barring[0]
    with services.state.transaction():
        for each in looks:
            each.keep()
    return tuple(text for each in looks for text in each.told)


def look(services: Services) -> tuple[Look, Look]:
    """Compare both services with what is remembered of them. Nothing is noted yet."""
    return _look_at_vtiger(services), _look_at_xero(services)


def remember(state: SqliteState, vtiger: VtigerClient, xero: XeroSource) -> None:
    """Keep what the answers of this run told of the newest records, those that it wrote included."""
    with state.transaction():
        pins = _pins(state)
        seen = newest({**pins.seen, **vtiger.memory.seen})
        _put(state, Side.VTIGER, pins.model_copy(update={"seen": seen}))
        kept = _xero_pins(state).seen
        told = {module: xero.memory[plural].seen for module, plural in LASTING.items()}
        merged = {module: {**kept.get(module, {}), **rows} for module, rows in told.items()}
        _put(state, Side.XERO, XeroPins(seen={module: newest(rows) for module, rows in merged.items()}))


def _look_at_vtiger(services: Services) -> Look:
    pins = _pins(services.state)
    there = _there(services.database, Side.VTIGER, VTIGER_MODULES, pins.seen)
    there |= set(newest_vtiger_ids(services.database, NEWEST))
    found = recognise_vtiger(services.vtiger, services.reference, Memories(pins.seen, there, pins.missing))

    def keep() -> None:
        absent = there | pins.seen.keys() if found.doubt else found.asked
        missing = {*absent, *pins.missing} - found.now.keys()
        seen = found.now if found.doubt else {**pins.seen, **found.now}
        excused = sorted(missing, key=record_number, reverse=True)[:MOST_MISSING]
        _put(services.state, Side.VTIGER, Pins(seen=newest(seen), missing=tuple(excused)))

    doubt = f"This is not the Vtiger of the last run: {found.doubt}." if found.doubt else ""
    return Look(Side.VTIGER, keep, doubt, _odd(found.unexplained))


def _odd(ids: Sequence[str]) -> tuple[str, ...]:
    if not ids:
        return ()
    which = f"the newest {len(ids)} records known of it" if len(ids) > 1 else "the newest record known of it"
    return (f"Vtiger does not show {which} any more ({', '.join(ids)}). {ODD}",)


def _look_at_xero(services: Services) -> Look:
    pins = _xero_pins(services.state)
    seen = {}
    for module, rows in pins.seen.items():
        there = _there(services.database, Side.XERO, XERO_MODULES[module], rows)
        seen[module] = {each: witness for each, witness in rows.items() if each in there}
    found = recognise_xero(services.xero, seen)

    def keep() -> None:
        before = {} if found.doubt else seen
        kept = {module: {**before.get(module, {}), **found.now.get(module, {})} for module in seen}
        _put(services.state, Side.XERO, XeroPins(seen=kept))

    doubt = f"This is not the Xero organisation as the last run left it: {found.doubt}." if found.doubt else ""
    return Look(Side.XERO, keep, doubt)


def _there(database: Database, side: Side, modules: Iterable[str], ids: Collection[str]) -> set[str]:
    return {each for module in modules for each in still_there(database, side, module, ids)}


def _pins(state: SqliteState) -> Pins:
    return Pins.model_validate_json(state.get_meta(WITNESSES[Side.VTIGER]) or "{}")


def _xero_pins(state: SqliteState) -> XeroPins:
    return XeroPins.model_validate_json(state.get_meta(WITNESSES[Side.XERO]) or "{}")


def _put(state: SqliteState, side: Side, pins: Pins | XeroPins) -> None:
    state.set_meta(WITNESSES[side], pins.model_dump_json())
