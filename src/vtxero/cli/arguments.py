"""Reads what is typed: global options anywhere on the line, modules, records, durations, dates, guards."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from vtxero.config.settings import ModulesSettings
from vtxero.domain.codes import Code
from vtxero.errors import ConfigError

MODULES = tuple(ModulesSettings.model_fields)
ALIASES = {
    "services": "products",
    "items": "products",
    "accounts": "organizations",
    "organisations": "organizations",
    "tax": "taxes",
    "taxrates": "taxes",
}
INSTANCE = "instance"
LONGEST = 300
"""Characters of a record's id, number or name; Xero's longest names have 255."""
GUARDS = (
    *(code.value.removeprefix("RUN-GUARD-").lower() for code in Code if code.value.startswith("RUN-GUARD-")),
    INSTANCE,
)

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.IGNORECASE)


def modules(names: Iterable[str]) -> tuple[str, ...]:
    """Give our names of modules, each once, in the order typed.

    Raises:
        ConfigError: there is no such module.
    """
    return tuple(dict.fromkeys(module(name) for name in names))


def module(name: str) -> str:
    """Give our name of a module; singular, plural and Vtiger's own words are understood.

    Raises:
        ConfigError: there is no such module.
    """
    folded = name.strip().lower()
    for word in (folded, f"{folded}s"):
        candidate = ALIASES.get(word, word)
        if candidate in MODULES:
            return candidate
    near = difflib.get_close_matches(folded, [*MODULES, *ALIASES], n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ConfigError(f"There is no module {name!r}.{hint}", remedy=f"Modules: {', '.join(MODULES)}.")


def records(texts: Iterable[str], asked: Sequence[str]) -> tuple[str, ...]:
    """Read the KIND:ID texts of `--only` as `module:id`; the kind may be left out when one module is asked for.

    Raises:
        ConfigError: one of them names no record.
    """
    return tuple(dict.fromkeys(_record(text, asked) for text in texts))


def _record(text: str, asked: Sequence[str]) -> str:
    kind, colon, number = text.partition(":")
    if not colon and len(asked) == 1:
        kind, number = asked[0], text
    if not number.strip() or not kind.strip() or len(text) > LONGEST:
        raise ConfigError(
            f"{text[:LONGEST]!r} names no record.",
            remedy="Write KIND:ID, as in invoices:INV12; the id may be Vtiger's, Xero's, or the number.",
        )
    return f"{module(kind)}:{number.strip()}"


def duration(text: str, option: str) -> float:
    """Read a time span in seconds: `90`, `90s`, `10m`, `1h30m`.

    Raises:
        ConfigError: it is none.
    """
    folded = text.strip().lower()
    if folded.isdecimal():
        return float(folded)
    found = _DURATION.fullmatch(folded)
    if not folded or found is None:
        raise ConfigError(f"{option}: {text!r} is no time span.", remedy="Write it like 90s, 10m or 1h30m.")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def time_limit(text: str | None) -> float | None:
    """Read `--max-duration` in seconds; None where it is not given.

    Raises:
        ConfigError: it is no time span.
    """
    return duration(text, "--max-duration") if text else None


def lock_flag(text: str | None) -> dict[str, tuple[str, str]]:
    """Give `--lock-timeout` as what stands in for the setting; nothing where it is not given.

    Raises:
        ConfigError: it is no time span.
    """
    return {"lock_timeout": ("--lock-timeout", str(duration(text, "--lock-timeout")))} if text else {}


def day(text: str, option: str) -> str:
    """Read a day. No time: both services have notations of their own for it, and a day compares in all of them.

    Raises:
        ConfigError: it is none.
    """
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise ConfigError(f"{option}: {text!r} is no date.", remedy="Write it like 2026-11-01.") from None


def moment(text: str, option: str) -> str:
    """Read a day (`2026-11-01`) or a moment in UTC or with its offset; give it in ISO form, moments in UTC.

    Raises:
        ConfigError: it is neither.
    """
    try:
        if len(text.strip()) == 10:
            return date.fromisoformat(text.strip()).isoformat()
        given = datetime.fromisoformat(text.strip())
        aware = given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{option}: {text!r} is no date.", remedy="Write it like 2026-11-01, or 2026-11-01T08:00:00Z."
        ) from None
    return aware.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_datetime(moment_text: str) -> datetime:
    """Give what `moment` gave as a moment; a day begins at midnight UTC."""
    given = datetime.fromisoformat(moment_text)
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def guard(text: str) -> str:
    """Read a guard's name for `--allow`; its reason's code is understood as well.

    Raises:
        ConfigError: there is no such guard.
    """
    folded = text.strip().lower().removeprefix("run-guard-").removeprefix("run-vtiger-")
    if folded in GUARDS:
        return folded
    near = difflib.get_close_matches(folded, GUARDS, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ConfigError(f"There is no guard {text!r}.{hint}", remedy=f"Guards: {', '.join(GUARDS)}.")


def reasons(text: str) -> list[Code]:
    """Read a reason's code, or several by a pattern such as `RUN-GUARD-*`.

    Raises:
        ConfigError: there is no such reason.
    """
    pattern = text.strip().upper().replace("_", "-")
    if "*" not in pattern:
        return [reason(text)]
    found = [code for code in Code if fnmatch.fnmatchcase(code.value, pattern)]
    if not found:
        raise ConfigError(f"There is no reason like {text!r}.", remedy="`vtxero explain` lists them all.")
    return found


def reason(text: str) -> Code:
    """Read a reason's code; a guard's name stands for its reason.

    Raises:
        ConfigError: there is no such reason.
    """
    folded = text.strip().upper().replace("_", "-")
    codes = [code.value for code in Code]
    for candidate in (folded, f"RUN-GUARD-{folded}", f"RUN-VTIGER-{folded}"):
        if candidate in codes:
            return Code(candidate)
    near = difflib.get_close_matches(folded, codes, n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise ConfigError(f"There is no reason {text!r}.{hint}", remedy="`vtxero explain` lists them all.")
