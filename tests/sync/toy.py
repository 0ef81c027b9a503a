"""Two toy services over a toy record: the engine is tested with them, whatever the real services are like.

Xero's toy cannot hold more than twelve characters of a note, Vtiger's cannot hold a colour: both must never echo.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count
from typing import Any

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding, finding
from vtxero.domain.sides import Side
from vtxero.sync.cursors import moment_of
from vtxero.sync.lookup import StateLookups
from vtxero.sync.records import Accepted, Answer, Page, Payload, Projection, Refused, Snapshot

NOTE_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Card:
    """The toy record. `parent` refers to another card of the module it depends on."""

    name: str = ""
    phone: str = ""
    note: str = ""
    colour: str = ""
    parent: str = ""
    tags: str = ""


class ToyMapper:
    """Both toy services speak the same JSON; only what they can hold differs."""

    def __init__(self, side: Side, module: str, lookups: StateLookups) -> None:
        self.side = side
        self._module = module
        self._lookups = lookups

    def parse(self, page: bytes) -> list[Snapshot[Card]]:
        return [self.parse_one(json.dumps(row)) for row in json.loads(page)]

    def parse_one(self, raw: str) -> Snapshot[Card]:
        row = json.loads(raw)
        card = Card(**{name: row[name] for name in Card.__slots__})
        keys = (("name", card.name.casefold()),)
        return Snapshot(row["id"], card.name, row["modified"], card, raw, keys, row.get("marker", ""))

    def project(self, source: Snapshot[Card], current: Card | None) -> Projection[Card]:
        card, findings = source.record, list[Finding]()
        if "<" in card.name:
            findings.append(finding(Code.ORG_NAME))
        if card.parent:
            partner = self._lookups.partner("parents", self.side.other, card.parent)
            if not partner.id:
                findings.append(finding(Code.DEPENDENCY, f"parent {card.parent}"))
            card = replace(card, parent=partner.id)
        held = set(current.tags.split()) if current else set()
        card = replace(card, tags=" ".join(sorted({*card.tags.split(), *held})))
        if self.side is Side.XERO:
            card = replace(card, note=card.note[:NOTE_LIMIT], colour=current.colour if current else "")
        else:
            keep = current.note if current and current.note[:NOTE_LIMIT] == card.note else card.note
            card = replace(card, note=keep, colour="")
        return Projection(card, tuple(findings))

    def check_update(self, current: Card, wanted: Card) -> tuple[Finding, ...]:
        del wanted
        return (finding(Code.INV_CLOSED),) if self.side is Side.XERO and current.colour == "closed" else ()

    def payload(self, wanted: Card, current: Card | None, vtiger_id: str, xero_id: str) -> Payload:
        own = vtiger_id if self.side is Side.VTIGER else xero_id
        marker = vtiger_id if self.side is Side.XERO else ""
        return {**asdict(wanted), "marker": marker, **({"id": own} if current is not None else {})}

    def check_answer(self, wanted: Card, answered: Card) -> tuple[Finding, ...]:
        return () if wanted.name == answered.name else (finding(Code.INV_TOTAL),)


class ToySlice:
    """The toy module."""

    fields = ("name", "phone", "note", "colour", "parent", "tags")
    identity = ("name",)
    once: frozenset[str] = frozenset()
    groups: tuple[frozenset[str], ...] = ()
    unions: frozenset[str] = frozenset({"tags"})
    duplicate_code = Code.ORG_DUPLICATE
    taken_code = Code.AMBIGUOUS
    seeds: Mapping[str, Card] = {}

    def __init__(self, name: str, lookups: StateLookups) -> None:
        self.name = name
        self.mappers = {side: ToyMapper(side, name, lookups) for side in Side}

    def check_match(self, wanted: Card, found: Card) -> tuple[Finding, ...]:
        del wanted, found
        return ()

    def unneeded(self, record: Card) -> tuple[Finding, ...]:
        return (finding(Code.GONE, "retired"),) if record.colour == "grey" else ()

    def without_removed(
        self, side: Side, source: Card, present: Card, bases: tuple[Card, Card]
    ) -> tuple[Card, tuple[Finding, ...]]:
        known = set(bases[0].tags.split()) & set(bases[1].tags.split())
        gone = sorted((known & set(source.tags.split())) - set(present.tags.split()))
        left = " ".join(tag for tag in source.tags.split() if tag not in gone)
        found = tuple(finding(Code.GONE, f"{tag} was removed in {side}", field="tags") for tag in gone)
        return replace(source, tags=left), found

    def encode(self, record: Card) -> str:
        return json.dumps(asdict(record), ensure_ascii=False)

    def decode(self, text: str) -> Card:
        return Card(**json.loads(text))

    def show(self, field: str, record: Card) -> str | None:
        return getattr(record, field) or None

    def is_blank(self, field: str, record: Card) -> bool:
        return not getattr(record, field)


class ToyService:
    """One side: a table per module, a clock that ticks at every write, and a hook that may kill or refuse."""

    def __init__(self, side: Side, size: int = 3) -> None:
        self.side = side
        self.size = size
        self.tables: dict[str, dict[str, dict[str, str]]] = {}
        self.calls = 0
        self.is_timeless = False
        self.writes: list[tuple[str, str, int]] = []
        self.times = count(1)
        self.seconds: float | None = None
        self.held_up_by = 0.0
        self.asked: list[str | None] = []
        self.ids = count(1)
        self.before_write: Callable[[], None] = lambda: None
        self.after_element: Callable[[], None] = lambda: None
        self.refuse: Callable[[Mapping[str, Any]], str] = lambda _: ""

    def stamp(self) -> str:
        """Give the time of a change; a service that keeps no times says nothing."""
        return "" if self.is_timeless else f"{next(self.times):08d}"

    def add(self, module: str, **fields: str) -> str:
        """A person makes a record."""
        number = next(self.ids)
        record_id = f"7x{number}" if self.side is Side.VTIGER else f"guid-{number:04d}"
        row = {**asdict(Card()), "marker": "", **fields, "id": record_id, "modified": self.stamp()}
        self.tables.setdefault(module, {})[record_id] = row
        return record_id

    def edit(self, module: str, record_id: str, **fields: str) -> None:
        """A person edits a record."""
        self.tables[module][record_id].update(fields, modified=self.stamp())

    def values(self, field: str, module: str = "cards") -> list[str]:
        """What the records hold in a field, in the order in which they were made."""
        return [row[field] for row in self.tables.get(module, {}).values()]

    def names(self, module: str = "cards") -> list[str]:
        return sorted(self.values("name", module))

    # RowSource

    def fetch(self, module: str, since: str | None, known: Callable[[str], str | None]) -> Iterator[Page]:
        del known
        self.calls += 1
        self.asked.append(since)
        start = moment_of(since or "")
        rows = [row for row in self.tables.get(module, {}).values() if row["modified"] >= start]
        rows.sort(key=lambda row: row["modified"])
        for start in range(0, len(rows), self.size):
            yield Page(json.dumps(rows[start : start + self.size]).encode())

    def fetch_ids(self, module: str, ids: Sequence[str]) -> Iterator[Page]:
        rows = self.tables.get(module, {})
        yield Page(json.dumps([rows[i] for i in ids if i in rows]).encode())

    def existing(self, module: str, ids: Sequence[str]) -> Collection[str]:
        return set(self.modified_now(module, ids))

    def modified_now(self, module: str, ids: Sequence[str]) -> Mapping[str, str]:
        rows = self.tables.get(module, {})
        return {i: rows[i]["modified"] for i in ids if i in rows}

    def clock(self) -> float | None:
        return self.seconds

    def is_settled(self, modified: str, newest: str) -> bool:
        """Each change has a time of its own here."""
        return modified <= newest

    def may_vanish(self, module: str) -> bool:
        return bool(module)

    def batch_size(self, module: str) -> int:
        del module
        return self.size if self.side is Side.XERO else 1

    def calls_to_read(self, module: str, number: int) -> int:
        return min(number, 1) if module else 0

    def calls_to_look(self, module: str, number: int) -> int:
        return 0 if module else number

    def calls_to_write(self, module: str, payloads: Sequence[Payload]) -> int:
        return -(-len(payloads) // self.batch_size(module))

    @property
    def pace(self) -> float:
        return 0.5

    def held_up(self, calls: int) -> float:
        return calls * self.held_up_by

    def create(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        return self._write("create", module, payloads, key)

    def update(self, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        return self._write("update", module, payloads, key)

    def _write(self, what: str, module: str, payloads: Sequence[Payload], key: str) -> list[Answer]:
        assert key
        self.before_write()
        self.calls += 1
        self.writes.append((what, module, len(payloads)))
        answers: list[Answer] = []
        for payload in payloads:
            words = self.refuse(payload)
            if words:
                answers.append(Refused((words,)))
                continue
            fields = {name: value for name, value in payload.items() if name not in {"id", "marker"}}
            if what == "create":
                record_id = self.add(module, **fields, marker=payload["marker"])
            else:
                record_id = payload["id"]
                self.edit(module, record_id, **fields)
            answers.append(Accepted(json.dumps([self.tables[module][record_id]]).encode()))
            self.after_element()
        return answers
