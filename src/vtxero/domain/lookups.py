"""What a slice may ask about records of other modules while it maps its own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Protocol, runtime_checkable

from vtxero.domain.sides import Side

SYMBOL_START, SYMBOL_END = "\ufdd0", "\ufdd1"
"""Unicode noncharacters: no keyboard types them, so nobody's words are ever taken for a symbol."""


def symbol(module: str, source_id: str) -> str:
    """Name the record that this plan creates as the counterpart of `source_id`, until it has an id."""
    return f"{SYMBOL_START}{module}:{source_id}{SYMBOL_END}"


def is_symbol(text: str) -> bool:
    """Tell whether a reference stands for a record that this plan creates."""
    return text.startswith(SYMBOL_START)


def read_symbol(text: str) -> tuple[str, str]:
    """Give the module and the id that a symbol was made of."""
    module, _, source_id = text.strip(SYMBOL_START + SYMBOL_END).partition(":")
    return module, source_id


class PartnerState(Enum):
    """How far a referenced record has come to the other side."""

    LINKED = auto()
    PLANNED = auto()
    BLOCKED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Partner:
    """The other side's counterpart of a record.

    `id` is the other side's id when LINKED; a symbol when PLANNED, replaced just before sending; blank otherwise.
    `label` names the record for messages.
    """

    state: PartnerState
    id: str = ""
    label: str = ""


class ProductView(Protocol):
    """What an invoice needs to know of a product.

    `tax` is the TaxType of its item, `tax_fields` name the Vtiger taxes attached to it.
    """

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def sales_account(self) -> str: ...
    @property
    def tax(self) -> str: ...
    @property
    def tax_fields(self) -> tuple[str, ...]: ...


@runtime_checkable
class TaxView(Protocol):
    """What other modules need to know of a tax: its name, and its rate in per cent."""

    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> Decimal: ...


class PartyView(Protocol):
    """What an invoice needs to know of its organization: the address lines for a new Vtiger invoice."""

    @property
    def billing_fields(self) -> tuple[tuple[str, str], ...]: ...


@runtime_checkable
class InvoiceView(Protocol):
    """What a payment needs to know of its invoice, on either side. `amount_paid` is what was received in Vtiger."""

    @property
    def status(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def party(self) -> str: ...
    @property
    def total(self) -> Decimal: ...
    @property
    def amount_paid(self) -> Decimal: ...
    @property
    def credited(self) -> Decimal: ...


class PaymentView(Protocol):
    """What an invoice needs to know of a payment."""

    @property
    def amount(self) -> Decimal: ...


class Lookups(Protocol):
    """Answers about other modules' records, from links, from this plan, and from rows read before."""

    def partner(self, module: str, side: Side, record_id: str) -> Partner:
        """Find the counterpart, on the other side, of the record `record_id` of `side`."""
        ...

    def record(self, module: str, side: Side, record_id: str) -> object | None:
        """Give the record as `side` last answered it, None when it was never read or is gone."""
        ...

    def planned(self, module: str, side: Side, record_id: str) -> object | None:
        """Give the counterpart, on the other side, of a record as this plan writes it, None when it does not."""
        ...

    def find_by_key(self, module: str, side: Side, kind: str, key: str) -> str | None:
        """Find the id of the one record of `side` with this natural key, None for none or several."""
        ...

    def gone_with(self, module: str, side: Side, member: str) -> list[str]:
        """Give the ids of the records of `side` that are gone and are found by this member, oldest first."""
        ...

    def is_linked(self, module: str, side: Side, record_id: str) -> bool:
        """Tell whether a record has a link, or this plan gives it one."""
        ...
