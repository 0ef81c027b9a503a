"""Comparing both sides' ledgers, from the settings to the result. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from vtxero.bootstrap.catalogue import check_pins, load_catalogue
from vtxero.bootstrap.instance import Look
from vtxero.bootstrap.syncing import Opened, opened
from vtxero.config.settings import Settings
from vtxero.domain.findings import Finding
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.errors import AuthError, NotModelledError
from vtxero.modules.invoices import record as records
from vtxero.modules.invoices.ledger import VTIGER_COLUMNS, Entry, read_vtiger, read_xero
from vtxero.modules.invoices.statuses import Statuses
from vtxero.modules.invoices.verify import Bases, Customer, Knowledge, Ledger, compare
from vtxero.registry import page_finder
from vtxero.store import SqliteRuns, SqliteState
from vtxero.sync.ports import Clock, Progress
from vtxero.sync.records import MEMBER
from vtxero.vtiger.ledger import invoice_sums as vtiger_sums
from vtxero.vtiger.ledger import party_names
from vtxero.xero.summaries import invoice_sums as xero_sums

INVOICES = "invoices"
ENOUGH = 3
PARTIES = ("organizations", "contacts")


@dataclass(frozen=True, slots=True)
class Verified:
    """Both ledgers compared, the pages of their invoices, and the calls that it took."""

    ledger: Ledger
    page_of: Callable[[Side, str], str | None]
    calls: Mapping[str, int]


def run_verify(settings: Settings, progress: Progress, *, clock: Clock | None = None) -> Verified:
    """Read both ledgers and compare them.

    Raises:
        ConfigError, AuthError, StateError, LockedError: it could not begin.
        StopError, TemporaryError, BudgetError, NotModelledError: the ledgers could not be read.
    """
    with opened(settings, progress, clock=clock, dry_run=True) as tools:
        state = SqliteState(tools.database, "")
        progress.phase("Checking both services")
        reference = load_catalogue(state, tools.vtiger, tools.xero, tools.clock, tools.settings, fresh=False).reference
        if "Invoice" not in reference.vtiger.modules:
            raise AuthError(
                "This Vtiger has no module Invoice that the API user may use.",
                remedy="Give that user's profile access to the module.",
            )
        check_pins(state, reference, settings)
        theirs = _read_xero(tools)
        ours = _read_vtiger(tools, reference, Statuses(settings.modules.invoices))
        ours = _with_names(tools, state, reference, ours)
        page_of = page_finder(reference, settings.xero.site)
        knowledge = _knowledge(tools, state, ours)
        for side, entries in ((Side.VTIGER, ours), (Side.XERO, theirs)):
            _check_known(knowledge.links, entries, side)
        ledger = compare(ours, theirs, knowledge)
        return Verified(
            ledger,
            lambda side, record_id: page_of(INVOICES, side, record_id),
            {Side.VTIGER.value: tools.vtiger.calls, Side.XERO.value: tools.xero.calls},
        )


def _with_names(tools: Opened, state: SqliteState, reference: Reference, ours: Sequence[Entry]) -> list[Entry]:
    """Name the customers whom no run has read: before the first one all of them."""
    parties = {entry.party for entry in ours if entry.party}
    unknown = [each for each in parties if not any(state.record(module, Side.VTIGER, each) for module in PARTIES)]
    unknown = [each for each in unknown if not state.hits("organizations", Side.VTIGER, MEMBER, each)]
    prefixes = {name: module.id_prefix for name, module in reference.vtiger.modules.items()}
    names = party_names(tools.vtiger, prefixes, sorted(unknown)) if unknown else {}
    return [replace(entry, name=names.get(entry.party, entry.name)) for entry in ours]


def _check_known(pairs: Mapping[str, str], entries: Sequence[Entry], side: Side) -> None:
    """Refuse books that none of the links is about: a stand-in started anew, another copy. Asks nobody anything.

    Of few links people may have deleted all.

    Raises:
        StopError: they are.
    """
    linked = set(pairs if side is Side.VTIGER else pairs.values())
    if len(linked) >= ENOUGH and linked.isdisjoint(entry.id for entry in entries):
        doubt = f"{side.label} has none of the {len(linked)} invoices that are linked with it."
        raise Look(side, lambda: None, doubt).error()


def _read_vtiger(tools: Opened, reference: Reference, rules: Statuses) -> list[Entry]:
    def currency_of(currency_id: str) -> str:
        found = reference.vtiger.currency(currency_id)
        return found.code if found else currency_id

    tools.progress.phase("Reading the invoices of Vtiger")
    found: list[Entry] = []
    for page in vtiger_sums(tools.vtiger, VTIGER_COLUMNS):
        tools.stop.check()
        with _told("Vtiger"):
            found += read_vtiger(page, currency_of, rules)
        tools.progress.step(INVOICES, len(found), None)
    return found


def _read_xero(tools: Opened) -> list[Entry]:
    tools.progress.phase("Reading the invoices of Xero")
    found: dict[str, Entry] = {}
    for page in xero_sums(tools.xero):
        tools.stop.check()
        with _told("Xero"):
            found |= {entry.id: entry for entry in read_xero(page)}
        tools.progress.step(INVOICES, len(found), None)
    return list(found.values())


@contextmanager
def _told(side: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        text = f"An amount of an invoice in {side} cannot be read: {error}."
        raise NotModelledError(text, remedy="Open that invoice there and save it.") from error


def _knowledge(tools: Opened, state: SqliteState, ours: Sequence[Entry]) -> Knowledge:
    links = state.links(INVOICES, Side.VTIGER, [entry.id for entry in ours])
    gone = _links_of_the_gone(state, set(links))
    findings: dict[str, list[Finding]] = defaultdict(list)
    for result in SqliteRuns(tools.database).waiting():
        if result.module == INVOICES:
            for record_id in filter(None, (result.vtiger_id, result.xero_id)):
                findings[record_id] += result.reasons

    def bases(vtiger_id: str) -> Bases | None:
        link = links.get(vtiger_id)
        return Bases(records.decode(link.vtiger_base), records.decode(link.xero_base)) if link else None

    pairs = {vtiger_id: link.xero_id for vtiger_id, link in links.items()} | gone
    return Knowledge(pairs, bases, findings, _Customers(state, bases).of)


def _links_of_the_gone(state: SqliteState, present: set[str]) -> dict[str, str]:
    """Give the links whose Vtiger invoice was not read: its partner is not new, it was left behind."""
    found: dict[str, str] = {}
    after = ""
    while portion := state.linked_after(INVOICES, Side.VTIGER, after, 500):
        missing = [each for each in portion if each not in present]
        found |= {each: link.xero_id for each, link in state.links(INVOICES, Side.VTIGER, missing).items()}
        after = portion[-1]
    return found


class _Customers:
    """Tells whose an invoice is: one key for both sides where the records are linked, duplicates with their holder."""

    def __init__(self, state: SqliteState, bases: Callable[[str], Bases | None]) -> None:
        self._state = state
        self._bases = bases
        self._known: dict[tuple[Side, str], Customer] = {}
        self._organizations: dict[str, str] = {}

    def of(self, entry: Entry) -> Customer:
        """Whose invoice it is. One that names a person of an organization is the organization's."""
        if entry.side is Side.VTIGER and entry.party and (organization := self._organization(entry.party)):
            entry = entry if self._is_persons_own(entry) else replace(entry, party=organization)
        place = (entry.side, entry.party)
        if place not in self._known:
            self._known[place] = self._find(entry)
        return self._known[place]

    def _organization(self, party: str) -> str:
        """Give the organization of a person, blank for those without one and for organizations."""
        if party not in self._organizations:
            hits = self._state.hits("organizations", Side.VTIGER, MEMBER, party)
            self._organizations[party] = hits[0].id if len(hits) == 1 else ""
        return self._organizations[party]

    def _is_persons_own(self, entry: Entry) -> bool:
        """Tell whether an invoice crossed to the person's own contact, before they got an organization."""
        own, crossed = self._state.link("contacts", Side.VTIGER, entry.party), self._bases(entry.id)
        return own is not None and crossed is not None and crossed.xero.party == own.xero_id

    def _find(self, entry: Entry) -> Customer:
        for module in PARTIES:
            own = entry.party
            if entry.side is Side.VTIGER:
                own = self._state.alias_of(module, own) or own
            link = self._state.link(module, entry.side, own)
            if link:
                return Customer(f"xero:{link.xero_id}", self._label(module, Side.VTIGER, link.vtiger_id) or entry.name)
        label = next((text for module in PARTIES if (text := self._label(module, entry.side, entry.party))), "")
        return Customer(f"{entry.side}:{entry.party}", label or entry.name or entry.party or "(nobody)", linked=False)

    def _label(self, module: str, side: Side, record_id: str) -> str:
        row = self._state.record(module, side, record_id) if record_id else None
        return row.label if row else ""
