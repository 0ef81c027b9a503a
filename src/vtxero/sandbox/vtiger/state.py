"""All that a stand-in Vtiger holds: users, records, lines, taxes, sessions, and its clock."""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self

from vtxero.sandbox.vtiger import schema, values
from vtxero.sandbox.vtiger.definitions import OTHER_PREFIXES
from vtxero.sandbox.vtiger.line_table import LineTable

Clock = Callable[[], datetime]
DEFAULT_KEY = "sandbox-key"


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in; the money settings decide how amounts are stored.

    `reads_only`: the profile allows no creating, editing or deleting anywhere.
    """

    name: str
    number: int
    access_key: str
    is_admin: bool = False
    active: bool = True
    currency: int = 1
    decimals: int = 2
    decimal_separator: str = "."
    reads_only: bool = False
    profile: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charge:
    """The shipping and handling of an invoice: its value as sent, and rates by number of shipping tax."""

    value: str | None
    taxes: Mapping[str, Any]
    stray: Decimal | None = None
    """The rate that a header percentage leaves behind under a charge without a name."""


@dataclass(slots=True)
class Record:
    """An entity: fields hold wire texts, references hold ids that may dangle."""

    module: str
    number: int
    fields: dict[str, str]
    deleted: bool = False
    taxes: dict[str, str] = field(default_factory=dict)
    prices: dict[int, Decimal] = field(default_factory=dict)
    currency: int = 0
    charge: Charge | None = None
    lost: list[int] = field(default_factory=list)
    """What had to do with an account when it was deleted: its contacts, quotes and opportunities."""
    compounds: dict[str, list[str]] = field(default_factory=dict)
    """The compound taxes, and what each is taken on, as the editing page notes them with a group invoice."""


@dataclass(slots=True)
class Line:
    """A line item; `name` and `kind` remember a product that is not in the books any more."""

    number: int
    parent: str
    product: str
    fields: dict[str, str]
    name: str | None = None
    kind: str | None = None


@dataclass(slots=True)
class VtigerState:
    """One Vtiger installation in memory."""

    version: str = "8.2.0"
    clock: Clock = field(default=lambda: datetime.now(UTC))
    lose_lines: random.Random | None = None
    describes: dict[str, Any] = field(default_factory=schema.builtin_describes)
    listtypes: dict[str, Any] = field(default_factory=schema.builtin_listtypes)
    users: dict[str, User] = field(default_factory=dict)
    entities: dict[int, Record] = field(default_factory=dict)
    lines: LineTable = field(default_factory=LineTable)
    actors: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)
    numbering: dict[str, int] = field(default_factory=dict)
    next_number: int = 2
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    modules: dict[str, schema.Module] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    """The modules whose records only their owners and administrators see."""
    edition: str = "open-source"
    other_prefixes: Mapping[str, str] = field(default_factory=lambda: OTHER_PREFIXES)

    def __post_init__(self) -> None:
        if self.version not in {"8.2.0", "8.3.0"}:
            raise ValueError(f"only 8.2.0 and 8.3.0 are modelled, not {self.version}")
        self.modules = {name: schema.module_of(each) for name, each in self.describes.items()}
        for actor in ("Users", "Groups", "Currency", "CompanyDetails", "Tax"):
            self.actors.setdefault(actor, {})

    @classmethod
    def sample_empty(
        cls,
        *,
        version: str = "8.2.0",
        users: tuple[User, ...] | None = None,
        clock: Clock | None = None,
        lose_lines: random.Random | None = None,
        custom_fields: bool = True,
    ) -> Self:
        """Make a fresh installation: three taxes, a base currency, two users, no records."""
        from vtxero.sandbox.vtiger.books import install  # noqa: PLC0415 - books builds states, a cycle otherwise

        state = cls(
            version=version,
            clock=clock or (lambda: datetime.now(UTC)),
            lose_lines=lose_lines,
            describes=schema.builtin_describes(custom_fields=custom_fields),
        )
        install(state, users)
        return state

    @classmethod
    def load(
        cls,
        export: Mapping[str, Any],
        *,
        version: str | None = None,
        users: tuple[User, ...] | None = None,
        clock: Clock | None = None,
        lose_lines: random.Random | None = None,
    ) -> Self:
        """Take over an export of books made through the API."""
        from vtxero.sandbox.vtiger.books import fill  # noqa: PLC0415 - books builds states, a cycle otherwise

        state = cls(
            version=version or str(export.get("vtiger_version") or "8.2.0"),
            clock=clock or (lambda: datetime.now(UTC)),
            lose_lines=lose_lines,
            describes=schema.builtin_describes() | copy.deepcopy(dict(export.get("describe") or {})),
            listtypes=copy.deepcopy(dict(export.get("listtypes") or schema.builtin_listtypes())),
        )
        fill(state, export.get("records") or {}, users)
        return state

    # -- reading -----------------------------------------------------------------------------------------

    @property
    def is_83(self) -> bool:
        return self.version == "8.3.0"

    def now(self) -> str:
        """Return the server's time as columns hold it: UTC, whole seconds."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    def module_by_prefix(self, prefix: str) -> schema.Module | None:
        return next((each for each in self.modules.values() if each.prefix == prefix), None)

    def module_name(self, prefix: str) -> str | None:
        """Name the module of an id prefix, also one that exists on a server but is not modelled."""
        module = self.module_by_prefix(prefix)
        others = (name for name, each in self.other_prefixes.items() if each == prefix)
        return module.name if module else next(others, None)

    def knows_prefix(self, prefix: str) -> bool:
        return self.module_name(prefix) is not None

    def live(self, module: str) -> Iterator[Record]:
        """Yield the undeleted records of a module in primary key order."""
        return (each for each in self.entities.values() if each.module == module and not each.deleted)

    def find(self, wire_id: str) -> Record | None:
        """Return the live record of a wire id, if there is one under that prefix."""
        record = self.entities.get(values.record_number(wire_id))
        if record is None or record.deleted or self.wire_id(record) != wire_id:
            return None
        return record

    def wire_id(self, record: Record) -> str:
        return f"{self.modules[record.module].prefix}x{record.number}"

    def lines_of(self, invoice_id: str) -> list[Line]:
        found = self.lines.of(invoice_id)
        return sorted(found, key=lambda line: (values.number(line.fields["sequence_no"]), line.number))

    def lines_by_parent(self) -> dict[str, list[Line]]:
        """Group all lines, each group in the order of its invoice."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines.values():
            groups.setdefault(line.parent, []).append(line)
        for group in groups.values():
            group.sort(key=lambda line: (values.number(line.fields["sequence_no"]), line.number))
        return groups

    def tax_names(self) -> list[str]:
        """Return the tax columns that exist; a deleted tax keeps its column."""
        return [each["taxname"] for each in self.actors["Tax"].values() if each["taxname"]]

    # -- writing -----------------------------------------------------------------------------------------

    def take_number(self) -> int:
        """Take the next id of the sequence that all entity modules share."""
        taken = self.next_number
        self.next_number += 1
        return taken

    def store(self, record: Record) -> Record:
        self.entities[record.number] = record
        return record

    def next_line_number(self) -> int:
        """Return MAX+1, so ids of deleted lines come back."""
        return self.lines.next_number()

    def expire_sessions(self) -> None:
        """Forget every session, as the server's garbage collection does."""
        self.sessions.clear()

    def add_user(self, user: User) -> None:
        """Let a user log in and show it in the module Users."""
        profile = {name: "" for name in self.modules["Users"].fields if name not in HIDDEN_USER_FIELDS}
        profile |= {
            "user_name": user.name, "is_admin": "on" if user.is_admin else "off", "last_name": user.name,
            "email1": f"{user.name}@example.com", "status": "Active" if user.active else "Inactive",
            "hour_format": "24", "date_format": "yyyy-mm-dd", "time_zone": "UTC", "currency_id": f"21x{user.currency}",
            "currency_decimal_separator": user.decimal_separator, "no_of_currency_decimals": str(user.decimals),
            "userlabel": user.name,
        }  # fmt: skip
        profile |= dict(user.profile) | {"id": f"19x{user.number}"}
        self.users[user.name] = replace(user, profile=profile)
        self.actors["Users"][user.number] = profile

    # -- hands of a person, for tests --------------------------------------------------------------------

    def add(self, module: str, fields: Mapping[str, Any]) -> str:
        """Create a record as a person in the browser does; returns its id."""
        from vtxero.sandbox.vtiger.hands import add  # noqa: PLC0415 - hands use the operations, a cycle otherwise

        return add(self, module, fields)

    def add_invoice_as_ui(self, fields: Mapping[str, Any], lines: list[dict[str, Any]]) -> str:
        """Create an invoice in the browser, which rounds at every step; returns its id."""
        from vtxero.sandbox.vtiger.hands import add_invoice  # noqa: PLC0415 - as in `add`

        return add_invoice(self, fields, lines)

    def edit(self, wire_id: str, **fields: Any) -> None:
        """Change fields of a record as a person in the browser does: modifiedtime moves, money is not recomputed."""
        from vtxero.sandbox.vtiger.hands import edit  # noqa: PLC0415 - as in `add`

        edit(self, wire_id, fields)

    def delete(self, wire_id: str) -> None:
        """Put a record in the recycle bin; an invoice keeps its lines then."""
        from vtxero.sandbox.vtiger.hands import delete  # noqa: PLC0415 - as in `add`

        delete(self, wire_id)

    def restore(self, wire_id: str) -> None:
        """Take a record out of the recycle bin again."""
        from vtxero.sandbox.vtiger.hands import restore  # noqa: PLC0415 - as in `add`

        restore(self, wire_id)

    def records(self, module: str) -> list[dict[str, Any]]:
        """Return the live records of a module as `retrieve` would show them."""
        from vtxero.sandbox.vtiger.hands import list_records  # noqa: PLC0415 - as in `add`

        return list_records(self, module)

    def invoice_total(self, wire_id: str) -> Decimal:
        record = self.find(wire_id)
        if record is None:
            raise KeyError(wire_id)
        return Decimal(record.fields["hdnGrandTotal"])

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return everything stored as plain comparable values, deleted records included."""
        from vtxero.sandbox.vtiger.hands import snapshot  # noqa: PLC0415 - as in `add`

        return snapshot(self)


HIDDEN_USER_FIELDS = frozenset({"user_password", "confirm_password", "accesskey"})
