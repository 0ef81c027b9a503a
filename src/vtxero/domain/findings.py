"""Findings: what a rule has to say about a record, as a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason for leaving a record alone, or a note on one that crosses.

    `message` tells the particulars of this record, `remedy` what a bookkeeper can do.
    """

    code: Code
    message: str
    remedy: str
    field: str | None = None
    is_note: bool = False


def finding(code: Code, message: str = "", *, field: str | None = None, remedy: str = "") -> Finding:
    """Make a finding that stops the record; message and remedy default to the catalogue's."""
    reason = REASONS[code]
    return Finding(code, message or reason.summary, remedy or reason.remedy, field)


def note(code: Code, message: str = "", *, field: str | None = None, remedy: str = "") -> Finding:
    """Make a finding that lets the record cross."""
    reason = REASONS[code]
    return Finding(code, message or reason.summary, remedy or reason.remedy, field, is_note=True)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort as the catalogue does, DEPENDENCY last; the first one is *the* reason of a record."""
    position = {code: index for index, code in enumerate(REASONS)}
    return tuple(sorted(findings, key=lambda item: (item.code is Code.DEPENDENCY, position[item.code])))
