"""Both ledgers compared, as tables and text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from vtxero.bootstrap.verifying import Verified
from vtxero.cli.advice import as_typed, typed
from vtxero.cli.layout import Fit, Flow
from vtxero.cli.naming import FIRST, indented
from vtxero.cli.text import clean, linked
from vtxero.modules.invoices.ledger import Amounts
from vtxero.modules.invoices.verify import Account, Cause, Difference, Ledger

CUSTOMERS = 20
"""Customers shown before the rest is only counted."""
AMOUNTS = ("invoiced", "paid", "due")


def ledger_parts(verified: Verified, command: str) -> Iterator[RenderableType]:
    """Give the sums of each currency, the customers that differ, the invoices by cause, and how it stands."""
    ledger = verified.ledger
    for item in ledger.currencies():
        yield _currency(item)
        yield Text("")
    if ledger.differences:
        yield Text("A difference is Vtiger's amount less Xero's.", style="dim")
        yield Text("")
    if not ledger.accounts:
        yield Text("There are no invoices on either side.")
    yield from _customers(ledger)
    yield from _differences(ledger.differences, verified, command)
    calls = ", ".join(f"{side.capitalize()} {number}" for side, number in verified.calls.items())
    yield Text(f"Calls: {calls}.", style="dim")
    yield Text(_closing(ledger), style="bold")


def _currency(item: Account) -> RenderableType:
    rows = (("Vtiger", item.vtiger), ("Xero", item.xero), ("difference", item.difference))
    return _sums(item.currency or "no currency", [(name, amounts, name == "difference") for name, amounts in rows])


def _customers(ledger: Ledger) -> Iterator[RenderableType]:
    differing = [item for item in ledger.accounts if item.difference]
    if not differing:
        return
    rows = [(f"{clean(item.customer.name)} {item.currency}", item.difference, True) for item in differing[:CUSTOMERS]]
    yield _sums("customers that differ", rows)
    if len(differing) > CUSTOMERS:
        yield Text(f"... and {len(differing) - CUSTOMERS} more; `-o json` shows them all")
    yield Text("")


def _sums(title: str, rows: Sequence[tuple[str, Amounts, bool]]) -> RenderableType:
    """Give rows of a name, its amounts, and whether those are differences: as a table, a smaller one, or in lines."""
    words: list[RenderableType] = [Text(title, style="bold")]
    for name, amounts, is_difference in rows:
        cells = zip(AMOUNTS, _cells(amounts, is_difference=is_difference), strict=True)
        told = [Text.assemble(typed(f"{heading} "), cell) for heading, cell in cells]
        words += [Flow(Text(name), indent=2, hang=2), Flow(Text(", ").join(told), indent=4)]
    return Fit((_table(title, rows, 24, 12), _table(title, rows, 10, 0), Group(*words)))


def _table(title: str, rows: Sequence[tuple[str, Amounts, bool]], names: int, figures: int) -> Table:
    """Give a table; `names` and `figures` are the columns that those have at least."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(title, overflow="fold", min_width=names, max_width=32)
    for name in AMOUNTS:
        table.add_column(name, justify="right", no_wrap=True, min_width=figures)
    for name, amounts, is_difference in rows:
        table.add_row(name, *_cells(amounts, is_difference=is_difference))
    return table


def _cells(amounts: Amounts, *, is_difference: bool) -> list[Text]:
    values: list[Decimal] = [getattr(amounts, name) for name in AMOUNTS]
    sign = "+" if is_difference else ""
    return [
        Text(f"{value:{sign if value else ''},.2f}", style="yellow" if is_difference and value else "")
        for value in values
    ]


def _differences(found: Sequence[Difference], verified: Verified, command: str) -> Iterator[RenderableType]:
    """Give the invoices by their first cause, what nobody can explain before all else."""
    groups: dict[str, list[Difference]] = {}
    for item in sorted(found, key=lambda item: item.explained):
        groups.setdefault(_first(item).code, []).append(item)
    for code, items in groups.items():
        style = "" if _first(items[0]).explained else "red"
        yield Text.assemble((code, f"bold {style}".strip()), f"  {_invoices(len(items))}")
        remedies = {_first(item).remedy for item in items}
        yield from (_remedy(each, command, 2) for each in remedies if each and len(remedies) == 1)
        for item in items[:FIRST]:
            yield indented(_line(item, verified), 2)
            for cause in item.causes:
                yield indented(Text(_told(cause, code)), 6)
                if cause.remedy and (cause.code != code or len(remedies) > 1):
                    yield _remedy(cause.remedy, command, 6)
        if len(items) > FIRST:
            yield indented(Text(f"... and {len(items) - FIRST} more; `-o json` shows them all"), 2)
        yield Text("")


def _remedy(text: str, command: str, blanks: int) -> RenderableType:
    return indented(Text.assemble(("What to do: ", "bold"), clean(as_typed(text, command))), blanks)


def _invoices(number: int) -> str:
    return f"{number} invoice{'' if number == 1 else 's'}"


def _first(item: Difference) -> Cause:
    return next((cause for cause in item.causes if not cause.explained), item.causes[0])


def _told(cause: Cause, code: str) -> str:
    return clean(cause.message) if cause.code == code else f"{cause.code}: {clean(cause.message)}"


def _line(item: Difference, verified: Verified) -> Text:
    entry = item.entry
    name = linked(clean(entry.number or entry.id), verified.page_of(entry.side, entry.id))
    parts = [f"{name_} {getattr(item.amounts, name_):+,.2f}" for name_ in AMOUNTS if getattr(item.amounts, name_)]
    amounts = ", ".join(parts) or "same amounts"
    return Text.assemble(name, f", {clean(item.customer.name)}, {entry.currency}: {amounts}")


def _closing(ledger: Ledger) -> str:
    if not ledger.differences:
        return "Both ledgers agree to the cent."
    unexplained = sum(not item.explained for item in ledger.differences)
    if unexplained:
        return f"Differences that nothing explains: {_invoices(unexplained)}, at the top of the list."
    return "Every difference has its cause; what to do about each is said above."
