"""How a profile stands, from its state alone: nothing is asked of either service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from vtxero.bootstrap.catalogue import kept_catalogue
from vtxero.bootstrap.former_accounts import known_accounts
from vtxero.bootstrap.reading import under_way
from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Side
from vtxero.errors import ConfigError
from vtxero.registry import MODULES, open_slices, page_finder
from vtxero.store import Database, SqliteRuns, SqliteState, open_database
from vtxero.store.stories import Stories
from vtxero.sync.cursors import moment_of
from vtxero.sync.lookup import StateLookups
from vtxero.sync.records import Outcome, Presence
from vtxero.sync.report import HistoryEntry, RecordResult, RunSummary
from vtxero.sync.slice import Slice
from vtxero.sync.state import Link
from vtxero.sync.write_back import LACKS_ID

CALLS_LEFT = {Side.VTIGER: "calls left in vtiger", Side.XERO: "calls left"}
LATEST = 5


class CallsLeft(BaseModel):
    """Calls that a service still allows today, as its last answer said."""

    side: Side
    left: int
    as_of: str


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """A module: its links, how far each side was read (blank: not yet), and what waits, by outcome and reason."""

    name: str
    enabled: bool
    links: int
    cursors: Mapping[Side, str]
    waiting: Mapping[tuple[Outcome, Code | None], int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A profile."""

    runs: tuple[RunSummary, ...]
    modules: tuple[ModuleStanding, ...]
    vtiger: str
    organisation: str
    open_writes: int
    calls_left: tuple[CallsLeft, ...]
    """Of each side whose answers said it."""
    under_way: str = ""
    """The name of the run that is under way."""


def standing(settings: Settings) -> Standing:
    """Tell how the profile stands.

    Raises:
        StateError: the state database is unreadable or from a newer vtxero.
    """
    with closing(open_database(settings.database)) as database:
        state, runs = SqliteState(database, ""), SqliteRuns(database)
        reference = _reference(state)
        waits, latest = runs.waiting(), tuple(runs.runs(LATEST))
        return Standing(
            latest,
            tuple(_module(settings, state, entry.name, waits) for entry in MODULES),
            reference.vtiger.instance if reference else "",
            reference.xero.organisation.name if reference else "",
            Stories(database).open_intents(),
            _calls_left(state),
            under_way(settings, latest),
        )


def _module(settings: Settings, state: SqliteState, name: str, waits: list[RecordResult]) -> ModuleStanding:
    waiting = Counter((r.outcome, r.reasons[0].code if r.reasons else None) for r in waits if r.module == name)
    return ModuleStanding(
        name,
        getattr(settings.modules, name).enabled,
        state.count_links(name),
        {side: moment_of(state.cursor(name, side) or "") for side in Side},
        dict(waiting),
    )


def _calls_left(state: SqliteState) -> tuple[CallsLeft, ...]:
    kept = (state.get_meta(name) for name in CALLS_LEFT.values())
    return tuple(CallsLeft.model_validate_json(text) for text in kept if text)


def note_calls_left(state: SqliteState, told: Mapping[Side, int | None], as_of: str) -> None:
    """Keep what each side's last answer said of the day's calls; None: it said nothing."""
    with state.transaction():
        for side, left in told.items():
            if left is not None:
                state.set_meta(CALLS_LEFT[side], CallsLeft(side=side, left=left, as_of=as_of).model_dump_json())


def _reference(state: SqliteState) -> Reference | None:
    """The reference data of the last run, however old; None before the first."""
    kept = kept_catalogue(state)
    return kept.reference if kept else None


# -- one record ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldStory:
    """One field: what each side last answered when the pair was settled, and what was read since (None: nothing)."""

    field: str
    vtiger: str | None
    xero: str | None
    vtiger_now: str | None = None
    xero_now: str | None = None


@dataclass(frozen=True, slots=True)
class RecordStory:
    """One record, or pair.

    `waits` tells whether the next run looks at it again, `alias_of` who stands for it, `told` how much became of it in
    all: `history` may be the latest of it only. `sent` are writes without a known end: which run sent it, and where to.
    """

    module: str
    label: str
    vtiger_id: str
    xero_id: str
    vtiger_url: str | None
    xero_url: str | None
    linked: bool
    author: str
    alias_of: str
    gone: tuple[Side, ...]
    waits: tuple[Side, ...]
    unsettled: tuple[str, ...]
    fields: tuple[FieldStory, ...]
    history: tuple[HistoryEntry, ...]
    told: int = 0
    sent: tuple[tuple[str, Side], ...] = ()
    labels: Mapping[Side, str] = field(default_factory=dict)
    """What it is called on each side, where that was read."""


def record_stories(settings: Settings, module: str, text: str, *, latest: int | None = LATEST) -> list[RecordStory]:
    """Tell all that is known of the records that an id, number, code or name means; of what became of it, the `latest`.

    Raises:
        ConfigError: there is none.
        StateError: the state database is unreadable or from a newer vtxero.
    """
    with closing(open_database(settings.database)) as database:
        found = Stories(database).find(module, text)
        if not found:
            raise ConfigError(
                f"{module} has no record {text!r} that vtxero has seen.",
                remedy="Give Vtiger's id, Xero's id, the number or the name; or let a run see it: "
                f"`vtxero sync --only {module}:{text} --dry-run`.",
            )
        teller = _Teller(settings, database, latest)
        stories = {}
        for side, record_id in found:
            story = teller.tell(module, side, record_id)
            stories[story.vtiger_id, story.xero_id] = story
        return list(stories.values())


class _Teller:
    def __init__(self, settings: Settings, database: Database, latest: int | None) -> None:
        self._latest = latest
        self._state = SqliteState(database, "")
        self._stories = Stories(database)
        reference = _reference(self._state)
        self._page = page_finder(reference, settings.xero.site) if reference else None
        self._slices: Mapping[str, Slice[Any]] = {}
        if reference:
            lookups = StateLookups(self._state)
            self._slices = open_slices(
                reference,
                settings.modules,
                settings.taxes,
                lookups,
                former_accounts=known_accounts(self._state),
            )
            lookups.slices = self._slices

    def tell(self, module: str, side: Side, record_id: str) -> RecordStory:
        link = self._state.link(module, side, record_id)
        ids = {item: link.id_on(item) if link else record_id if item is side else "" for item in Side}
        stored = {item: self._state.record(module, item, ids[item]) if ids[item] else None for item in Side}
        labels = {item: row.label for item, row in stored.items() if row and row.label}
        page = self._page
        return RecordStory(
            module,
            next(iter(labels.values()), record_id),
            ids[Side.VTIGER],
            ids[Side.XERO],
            page(module, Side.VTIGER, ids[Side.VTIGER]) if page and ids[Side.VTIGER] else None,
            page(module, Side.XERO, ids[Side.XERO]) if page and ids[Side.XERO] else None,
            linked=link is not None,
            author=link.author.value if link else "",
            alias_of=(self._state.alias_of(module, record_id) or "") if side is Side.VTIGER else "",
            gone=tuple(item for item, row in stored.items() if row and row.presence is Presence.GONE),
            waits=tuple(item for item, row in stored.items() if row and row.raw is not None),
            unsettled=tuple(name for name in link.unsettled if name != LACKS_ID) if link else (),
            fields=self._fields(module, link, {item: row.raw if row else None for item, row in stored.items()}),
            history=tuple(self._stories.history(module, ids[Side.VTIGER], ids[Side.XERO], self._latest)),
            told=self._stories.count_history(module, ids[Side.VTIGER], ids[Side.XERO]),
            sent=tuple(self._stories.open_writes_of(module, ids[Side.VTIGER], ids[Side.XERO])),
            labels=labels,
        )

    def _fields(self, module: str, link: Link | None, raws: Mapping[Side, str | None]) -> tuple[FieldStory, ...]:
        slice_ = self._slices.get(module)
        if slice_ is None:
            return ()
        bases = {side: slice_.decode(link.base(side)) if link else None for side in Side}
        now = {side: slice_.mappers[side].parse_one(raw).record if raw else None for side, raw in raws.items()}

        def shown(record: Any, name: str) -> str | None:
            return slice_.show(name, record) if record is not None else None

        told = []
        for name in slice_.fields:
            values = [shown(part[side], name) for part in (bases, now) for side in Side]
            if any(values):
                told.append(FieldStory(name, *values))
        return tuple(told)
