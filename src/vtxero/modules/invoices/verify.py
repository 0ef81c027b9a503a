"""Comparing both ledgers, to the cent: per customer and currency, and every invoice that differs with its causes. Pure.

The differences of the invoices add up to the differences of the customers, and these to those of the currencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.money import canon
from vtxero.domain.reasons import REASONS
from vtxero.domain.sides import Side
from vtxero.modules.invoices.ledger import Amounts, Entry
from vtxero.modules.invoices.record import Invoice
from vtxero.modules.invoices.xero_math import all_lines, rounding_bound

NOT_SYNCED = "NOT-SYNCED"
GONE = "GONE"
EDITED = {Side.VTIGER: "EDITED-IN-VTIGER", Side.XERO: "EDITED-IN-XERO"}
PAID_ELSEWHERE = "INV-PAID-ELSEWHERE"
CREDIT = "CREDIT"
ROUNDING = "ROUNDING"
NOT_LINKED = "CUSTOMER-NOT-LINKED"
UNEXPLAINED = "UNEXPLAINED"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why two invoices differ, and what to do about it; `explained` is false for what nobody can say."""

    code: str
    message: str
    explained: bool = True
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """Whose invoices these are: one key for both sides where the records are linked."""

    key: str
    name: str
    linked: bool = True


@dataclass(frozen=True, slots=True)
class Bases:
    """Both records of a pair as the last run left them."""

    vtiger: Invoice
    xero: Invoice

    def on(self, side: Side) -> Invoice:
        """The base of a side."""
        return self.vtiger if side is Side.VTIGER else self.xero


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the state knows. `links` lead from Vtiger's ids to Xero's; `findings` are what holds records, by any id."""

    links: Mapping[str, str]
    bases: Callable[[str], Bases | None]
    findings: Mapping[str, Sequence[Finding]]
    customer: Callable[[Entry], Customer]
    linked: frozenset[str] = field(init=False)
    """The ids of both sides that have a link."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "linked", frozenset(self.links) | frozenset(self.links.values()))


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair, or an invoice without a partner, that makes the ledgers differ."""

    vtiger: Entry | None
    xero: Entry | None
    customer: Customer
    causes: tuple[Cause, ...]

    @property
    def entry(self) -> Entry:
        """The invoice, as one of the sides has it."""
        found = self.vtiger or self.xero
        if found is None:
            raise AssertionError("a difference without an invoice")
        return found

    @property
    def amounts(self) -> Amounts:
        """Vtiger's less Xero's."""
        return _counted(self.vtiger) - _counted(self.xero)

    @property
    def explained(self) -> bool:
        """Whether all of it has a cause."""
        return all(cause.explained for cause in self.causes)


@dataclass(slots=True)
class Account:
    """The sums of one customer in one currency."""

    customer: Customer
    currency: str
    vtiger: Amounts = field(default_factory=Amounts)
    xero: Amounts = field(default_factory=Amounts)

    @property
    def difference(self) -> Amounts:
        """Vtiger's less Xero's."""
        return self.vtiger - self.xero


@dataclass(frozen=True, slots=True)
class Ledger:
    """Both ledgers compared."""

    accounts: tuple[Account, ...]
    differences: tuple[Difference, ...]

    @property
    def explained(self) -> bool:
        """Whether every difference has its cause."""
        return all(item.explained for item in self.differences)

    def currencies(self) -> tuple[Account, ...]:
        """The sums of each currency."""
        sums: dict[str, Account] = {}
        for account in self.accounts:
            found = sums.setdefault(account.currency, Account(Customer("", ""), account.currency))
            found.vtiger += account.vtiger
            found.xero += account.xero
        return tuple(sums[name] for name in sorted(sums))


def compare(vtiger: Iterable[Entry], xero: Iterable[Entry], knowledge: Knowledge) -> Ledger:
    """Compare the ledgers. Invoices are paired by their links alone."""
    theirs = {entry.id: entry for entry in xero}
    accounts: dict[tuple[str, str], Account] = {}
    differences: list[Difference] = []
    paired: set[str] = set()
    for entry in vtiger:
        partner = theirs.get(knowledge.links.get(entry.id, ""))
        if partner:
            paired.add(partner.id)
        _book(accounts, knowledge, entry, partner)
        differences += _judge(knowledge, entry, partner)
    for entry in theirs.values():
        if entry.id not in paired:
            _book(accounts, knowledge, None, entry)
            differences += _judge(knowledge, None, entry)
    kept = sorted(accounts.values(), key=lambda item: (item.customer.name.casefold(), item.customer.key, item.currency))
    return Ledger(tuple(kept), tuple(differences))


def _book(accounts: dict[tuple[str, str], Account], knowledge: Knowledge, *entries: Entry | None) -> None:
    for entry in entries:
        if entry is None or not entry.living:
            continue
        customer = knowledge.customer(entry)
        account = accounts.setdefault((customer.key, entry.currency), Account(customer, entry.currency))
        if entry.side is Side.VTIGER:
            account.vtiger += entry.counted
        else:
            account.xero += entry.counted


def _judge(knowledge: Knowledge, vtiger: Entry | None, xero: Entry | None) -> Iterator[Difference]:
    entry = vtiger or xero
    if entry is None:
        return
    amounts = _counted(vtiger) - _counted(xero)
    customer = knowledge.customer(entry)
    moved = bool(vtiger and xero and _counted(vtiger) and _place(knowledge, vtiger) != _place(knowledge, xero))
    if amounts or moved or (vtiger and xero and _is_claimed(vtiger, xero)):
        yield Difference(vtiger, xero, customer, tuple(_causes(knowledge, vtiger, xero, amounts, moved=moved)))


def _is_claimed(vtiger: Entry, xero: Entry) -> bool:
    """Tell whether Vtiger's status alone says paid, of what is due in Xero: no amount need differ."""
    return vtiger.living and xero.living and vtiger.says_paid and xero.amounts.due > 0


def _place(knowledge: Knowledge, entry: Entry) -> tuple[str, str]:
    return knowledge.customer(entry).key, entry.currency


def _counted(entry: Entry | None) -> Amounts:
    return entry.counted if entry else Amounts()


def _causes(
    knowledge: Knowledge, vtiger: Entry | None, xero: Entry | None, amounts: Amounts, *, moved: bool
) -> Iterator[Cause]:
    """Name what is known to hold the two apart; then what explains each amount; then say what remains."""
    ids = [entry.id for entry in (vtiger, xero) if entry]
    found = {item.code: item for each in ids for item in knowledge.findings.get(each, ()) if not item.is_note}
    held = [Cause(str(item.code), item.message, remedy=item.remedy) for item in found.values()]
    yield from held
    if vtiger is None or xero is None:
        if not held:
            yield _alone(knowledge, vtiger, xero)
        return
    bases = knowledge.bases(vtiger.id)
    edited = [_edited(entry, bases) for entry in (vtiger, xero) if bases and _is_edited(entry, bases)]
    yield from (replace(cause, remedy="") for cause in edited) if held else edited
    own = list(_own_causes(vtiger, xero, amounts, bases))
    yield from (cause for cause, _ in own if not any(cause.code == each.code for each in held))
    if held or edited:
        return
    told = {aspect for _, aspects in own for aspect in aspects}
    open_aspects = [name for name in ("invoiced", "paid", "due") if getattr(amounts, name) and name not in told]
    if vtiger.living != xero.living:
        open_aspects = [f"{vtiger.status} in Vtiger, {xero.status} in Xero"]
    strangers = _strangers(knowledge, vtiger, xero) if moved else None
    if strangers:
        yield strangers
    elif moved:
        open_aspects.append("the customer or the currency")
    if open_aspects:
        text = f"Nothing that is known explains {', '.join(open_aspects)}."
        yield Cause(UNEXPLAINED, text, explained=False, remedy="Compare both invoices by hand.")


def _strangers(knowledge: Knowledge, vtiger: Entry, xero: Entry) -> Cause | None:
    """Say that the customers of a pair are not linked: an undo parted them, or a run has yet to join them."""
    ours, theirs = knowledge.customer(vtiger), knowledge.customer(xero)
    if (ours.linked and theirs.linked) or vtiger.currency != xero.currency:
        return None
    text = f"Its customer in Vtiger, {ours.name}, is not linked with its customer in Xero, {theirs.name}."
    return Cause(NOT_LINKED, text, remedy="Let a run link them, or say why it cannot: `vtxero sync organizations`.")


def _alone(knowledge: Knowledge, vtiger: Entry | None, xero: Entry | None) -> Cause:
    entry = vtiger or xero
    other = "Xero" if vtiger else "Vtiger"
    if entry is not None and entry.id in knowledge.linked:
        text = f"Its partner in {other} is not there any more."
        return Cause(GONE, text, remedy=REASONS[Code.GONE].remedy)
    text = f"It has no partner in {other}: no run has judged it yet, or an undo parted the two."
    return Cause(NOT_SYNCED, text, remedy="Let a run judge it: `vtxero sync invoices`.")


def _is_edited(entry: Entry, bases: Bases) -> bool:
    base = bases.on(entry.side)
    now = (entry.amounts.invoiced, entry.amounts.paid, entry.status, entry.party, entry.currency)
    then = (base.total, base.amount_paid, base.status, base.party, base.currency)
    return now != then or (entry.side is Side.XERO and entry.credited != base.credited)


def _edited(entry: Entry, bases: Bases) -> Cause:
    base, side = bases.on(entry.side), entry.side.label
    pairs: dict[str, tuple[Decimal | str, Decimal | str]] = {
        "total": (base.total, entry.amounts.invoiced),
        "paid": (base.amount_paid, entry.amounts.paid),
        "status": (base.status, entry.status),
        "customer": (base.party, entry.party),
        "currency": (base.currency, entry.currency),
    }
    told = ", ".join(
        f"{name} {_show(old, entry)} to {_show(new, entry)}" for name, (old, new) in pairs.items() if old != new
    )
    text = f"Changed in {side} since it last crossed: {told or 'credits'}."
    return Cause(EDITED[entry.side], text, remedy="Let a run carry it over: `vtxero sync invoices`.")


def _own_causes(
    vtiger: Entry, xero: Entry, amounts: Amounts, bases: Bases | None
) -> Iterator[tuple[Cause, tuple[str, ...]]]:
    """Explain single amounts from the invoices themselves; each with what it explains."""
    if not (vtiger.living and xero.living):
        return
    if amounts.invoiced and bases and abs(amounts.invoiced) <= rounding_bound(sum(1 for _ in all_lines(bases.xero))):
        text = f"Its lines' rounding differs by {_show(amounts.invoiced, xero)}, as it did when it crossed."
        yield Cause(ROUNDING, text, remedy="Nothing needs to be done: both totals are known."), ("invoiced", "due")
    carried = bases is not None and bases.xero.amount_paid != xero.amounts.paid  # a run brings that to Vtiger
    if not carried and (amounts.paid > 0 or (vtiger.says_paid and (amounts.due < 0 or xero.amounts.due > 0))):
        paid = f"{_show(vtiger.amounts.paid, vtiger)} received; Xero says {_show(xero.amounts.paid, xero)}"
        remedy = REASONS[Code.INV_PAID_ELSEWHERE].remedy
        yield Cause(PAID_ELSEWHERE, f"Vtiger says {vtiger.status}, {paid}.", remedy=remedy), ("paid", "due")
    if xero.credited and amounts.due == xero.credited:
        text = f"Credits of {_show(xero.credited, xero)} were allocated to it in Xero."
        yield Cause(CREDIT, text, remedy="Nothing needs to be done: Vtiger's invoices know no credits."), ("due",)


def _show(value: Decimal | str, entry: Entry) -> str:
    """Show a value of an invoice: an amount with its cents, or all of its decimals, and the currency."""
    if not isinstance(value, Decimal):
        return value or "nothing"
    exact = canon(value)
    shown = f"{exact:,.2f}" if exact == round(exact, 2) else f"{exact:,f}"
    return f"{shown} {entry.currency}".rstrip()
