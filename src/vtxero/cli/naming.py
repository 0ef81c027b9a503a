"""How records, reasons and directions are called on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import RenderableType
from rich.text import Text

from vtxero.cli.advice import as_typed, typed
from vtxero.cli.layout import Flow
from vtxero.cli.text import clean, linked, safe_url
from vtxero.config.settings import ModulesSettings
from vtxero.domain.findings import Finding
from vtxero.domain.sides import Direction
from vtxero.sync.records import Outcome
from vtxero.sync.report import RecordResult

GUID = 36
"""Characters of an id of Xero's."""
FIRST = 5
"""Records shown per reason before the rest is only counted."""
TITLES = {Direction.TO_XERO: "Vtiger → Xero", Direction.TO_VTIGER: "Xero → Vtiger", Direction.BOTH: "both ways"}
STYLES = {
    Outcome.CREATED: "green",
    Outcome.UPDATED: "green",
    Outcome.LINKED: "cyan",
    Outcome.UNCHANGED: "",
    Outcome.SKIPPED: "yellow",
    Outcome.CONFLICT: "magenta",
    Outcome.FAILED: "red",
}
SHORT = {
    Outcome.CREATED: "new",
    Outcome.UPDATED: "upd",
    Outcome.LINKED: "link",
    Outcome.UNCHANGED: "same",
    Outcome.SKIPPED: "skip",
    Outcome.CONFLICT: "conf",
    Outcome.FAILED: "fail",
}
"""Headings short enough for six digits each, beside a run's name, in 80 columns."""


@dataclass(frozen=True, slots=True)
class View:
    """How much is shown, and how vtxero is called in advice.

    `cap` None: every record. Without `reasons` only what is written is shown; without `advice` no closing line.
    `part` says what a run was confined to, blank for one that looked at everything; `errors` whether
    what went wrong with the run as a whole is shown too. `closing` is a closing line of its own, `whole` the command
    that shows what is not shown; `undoes` says that the run is an undo.
    """

    command: str = "vtxero"
    cap: int | None = FIRST
    is_plain: bool = True
    reasons: bool = True
    advice: bool = True
    part: str = ""
    errors: bool = True
    closing: str = ""
    whole: str = ""
    undoes: bool = False


MODULES = {name: number for number, name in enumerate(ModulesSettings.model_fields)}
"""The modules in the order in which they depend on each other."""


def in_order(module: str) -> int:
    """Give a module's place among the others, for sorting."""
    return MODULES.get(module, len(MODULES))


def name_of(record: RecordResult) -> Text:
    """Name a record by its label and its id on the side it comes from, linked to its page.

    Xero's ids say nothing to people and fill a line: its names, codes and numbers do without them.
    """
    own, other = (record.vtiger_id, record.vtiger_url), (record.xero_id, record.xero_url)
    if record.direction is Direction.TO_VTIGER:
        own, other = other, own
    number, url = own if own[0] else other
    label = clean(record.label)
    says_something = bool(number) and len(number or "") < GUID
    shown = f"{label} ({clean(number or '')})" if label and says_something else label or clean(number or "")
    return linked(shown or "(no name)", url)


def number(outcome: Outcome, count: int) -> Text:
    """Give a figure of a table, in the colour of its outcome."""
    return Text(str(count), style=STYLES[outcome] if count else "dim")


def outcome_words(counts: Mapping[Outcome, int]) -> list[Text]:
    """Tell, in words, what happened and how often; nothing of what did not happen."""
    happened = [outcome for outcome in Outcome if counts.get(outcome)]
    return [Text(typed(f"{counts[outcome]} {outcome.value}"), style=STYLES[outcome]) for outcome in happened]


def full_text(finding: Finding, command: str) -> Text:
    """Give a finding with code, particulars and remedy."""
    kind, remedy = "note " if finding.is_note else "", clean(as_typed(finding.remedy, command))
    return Text.assemble(f"{kind}{finding.code.value}: {clean(finding.message)} ", (remedy, "dim"))


def addresses_of(record: RecordResult, blanks: int) -> Iterator[Text]:
    """Give the addresses of a record's pages, for where links cannot be clicked; never broken, or they lead nowhere."""
    for side, url in (("Vtiger", record.vtiger_url), ("Xero", record.xero_url)):
        if address := safe_url(url):
            yield whole(f"{' ' * blanks}{side}: {address}")


def whole(line: str) -> Text:
    """Give a line that is not broken, however narrow the screen is."""
    return Text(line, no_wrap=True)


def indented(part: Text, blanks: int) -> RenderableType:
    """Set a text in from the left, all of its lines."""
    return Flow(part, blanks)
