"""Exit codes: which one counts when several apply, and what `--fail-on` makes of them. Pure."""

from __future__ import annotations

from enum import StrEnum

from vtxero.sync.severity import GRAVEST_FIRST, gravest

DONE, BUG, USAGE, FAILED, CONFLICT = 0, 1, 2, 3, 8
CHANGES = 10
INTERRUPTED, TERMINATED = 130, 143
NOBODY_NEEDED = frozenset({DONE, 5, 7, 11, INTERRUPTED, TERMINATED})
"""What cron should do nothing about (`docs/cron.md`): --quiet prints nothing then."""


class FailOn(StrEnum):
    """From which outcome on a run counts as failed. Each includes those after it."""

    SKIP = "skip"
    FAILED = "failed"
    CONFLICT = "conflict"
    NEVER = "never"


def tuned(code: int, *, skipped: int, fail_on: FailOn) -> int:
    """Apply `--fail-on` to an engine's exit code: only 0, 3 (failed) and 8 (conflicts) are open to taste.

    `skip` makes skipped records count as failed ones; `failed` is the default; `conflict` forgives failed records;
    `never` forgives conflicts as well.
    """
    if code not in {DONE, FAILED, CONFLICT}:
        return code
    match fail_on:
        case FailOn.SKIP:
            return code or (FAILED if skipped else DONE)
        case FailOn.FAILED:
            return code
        case FailOn.CONFLICT:
            return code if code == CONFLICT else DONE
        case FailOn.NEVER:
            return DONE


__all__ = [
    "BUG",
    "CHANGES",
    "CONFLICT",
    "DONE",
    "FAILED",
    "GRAVEST_FIRST",
    "INTERRUPTED",
    "NOBODY_NEEDED",
    "TERMINATED",
    "USAGE",
    "FailOn",
    "gravest",
    "tuned",
]
