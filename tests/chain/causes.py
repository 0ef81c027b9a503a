"""What brings about each reason: plays on both stand-ins, collected by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from chain.company import Company
from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.findings import Finding
from vtxero.domain.reasons import REASONS
from vtxero.errors import StopError
from vtxero.sync.report import RunReport

Play: TypeAlias = Callable[[Company], RunReport | None]


@dataclass(frozen=True, slots=True)
class Cause:
    """A play that ends with the run which tells the reason, or is followed by one where it ends without.

    `says` are words of its message, `note` tells that the record crosses all the same, `opened` is how the company is
    set up.
    """

    code: Code
    play: Play
    says: str
    note: bool = False
    opened: Mapping[str, Any] = field(default_factory=dict)


CAUSES: list[Cause] = []


def produces(code: Code, says: str, *, note: bool = False, **opened: Any) -> Callable[..., Any]:
    """Enter a play under the reason that it brings about; a code may have several."""

    def enter(play: Play) -> Play:
        CAUSES.append(Cause(code, play, says, note=note, opened=opened))
        return play

    return enter


def with_config(company: Company, module: str = "", **options: Any) -> None:
    """Change the config: a module's options, or those at the top."""
    plain = company.settings.model_dump(exclude_unset=True)
    place = plain["modules"].setdefault(module, {}) if module else plain
    for name, value in options.items():
        place[name] = place[name] | value if isinstance(value, dict) and name in place else value
    company.settings = Settings.model_validate(plain)


def told(company: Company, play: Play) -> tuple[int, list[Finding]]:
    """Play, and give the run's exit code with everything it said; what stops a run has its reason's remedy."""
    try:
        report = play(company) or company.sync()
    except StopError as error:
        return error.exit_code, [Finding(Code(error.code), error.message, error.remedy)]
    found = [item for record in report.records for item in (*record.reasons, *record.notes)]
    for message in report.messages:
        found += [Finding(code, message, item.remedy) for code, item in REASONS.items() if item.remedy in message]
    return report.exit_code, found
