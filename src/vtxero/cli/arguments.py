"""Reads what is typed: global options anywhere on the line, modules, records, durations, dates, guards."""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from vtxero.config.settings import ModulesSettings
from vtxero.domain.codes import Code
from vtxero.domain.words import did_you_mean
from vtxero.errors import ConfigError

MODULES = tuple(ModulesSettings.model_fields)
ALIASES = {
    "services": "products",
    "items": "products",
    "accounts": "organizations",
    "customers": "organizations",
    "organisations": "organizations",
    "tax": "taxes",
    "taxrates": "taxes",
}
INSTANCE = "instance"
TENANT = "tenant"
STATE = "state"
LONGEST = 300
"""Characters of a record's id, number or name; Xero's longest names have 255."""
GUARDS = (
    *(code.value.removeprefix("RUN-GUARD-").lower() for code in Code if code.value.startswith("RUN-GUARD-")),
    INSTANCE,
    TENANT,
    STATE,
)

LONGEST_WAIT = 24 * 60 * 60
"""Seconds, the most that the setting `lock_timeout` takes."""
EASTERNMOST = timedelta(hours=14)
"""How far ahead of UTC the first places on earth to see a day are."""

_DURATION = re.compile(
    r"(?=\d)(?:(\d+)\s*(?:hours?|hrs?|h)\s*)?(?:(\d+)\s*(?:minutes?|mins?|m)\s*)?(?:(\d+)\s*(?:seconds?|secs?|s))?"
)
_WITH_A_TIME = ("2026-11-01.", "2026-11-01 or 2026-11-01T08:00:00Z.")
_LIKE_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


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
    raise ConfigError(f"There is no module {name!r}.{did_you_mean(near)}", remedy=f"Modules: {', '.join(MODULES)}.")


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
    """Read a time span in seconds: `90s`, `10m`, `1h30m`, `10 minutes`. Only nothing needs no unit.

    Raises:
        ConfigError: it is none.
    """
    folded = text.strip().lower()
    found = _DURATION.fullmatch(folded)
    if folded == "0":
        return 0.0
    if not folded:
        said = "it is blank"
    elif folded.isdecimal():
        said = f"{text!r} says no unit"
    elif found is None:
        said = f"{text!r} is no time span"
    else:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    raise ConfigError(f"{option}: {said}.", remedy="Write it in one word with its unit, like 90s, 10m or 1h30m.")


def time_limit(text: str | None) -> float | None:
    """Read `--max-duration` in seconds; None where it is not given.

    Raises:
        ConfigError: it is no time span.
    """
    return None if text is None else duration(text, "--max-duration")


def lock_flag(text: str | None) -> dict[str, tuple[str, str]]:
    """Give `--lock-timeout` as what stands in for the setting; nothing where it is not given.

    Raises:
        ConfigError: it is no time span, or longer than the setting may be.
    """
    if text is None:
        return {}
    seconds = duration(text, "--lock-timeout")
    if seconds > LONGEST_WAIT:
        raise ConfigError(f"--lock-timeout: {text!r} is more than a day.", remedy="Write 24h at most.")
    return {"lock_timeout": ("--lock-timeout", str(seconds))}


def past_day(text: str, option: str, now: datetime) -> str:
    """Read a day that has begun somewhere on earth.

    No time: both services have notations of their own for it, and a day compares in all of them.

    Raises:
        ConfigError: it is none, or is still to come.
    """
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise _no_day(text, option) from None
    if found > (now + EASTERNMOST).date():
        raise ConfigError(
            f"{option}: {found} is still to come: nothing can have changed since then.", remedy="Name a day gone by."
        )
    return found.isoformat()


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, and looks like one (`2026-11-01`)."""
    with suppress(ValueError):
        return bool(_LIKE_A_DAY.fullmatch(text) and date.fromisoformat(text))
    return False


def _no_day(text: str, option: str) -> ConfigError:
    """Say why this is no day."""
    given = text.strip()
    with suppress(ValueError):
        whole = datetime.fromisoformat(given).date()
        return ConfigError(
            f"{option}: {text!r} has a time of day; whole days are wanted here.", remedy=f"Write {whole}."
        )
    if _LIKE_A_DAY.fullmatch(given):
        return ConfigError(f"{option}: there is no such day as {given}.", remedy="Write it like 2026-11-01.")
    return ConfigError(f"{option}: {text!r} is no date.", remedy="Write it as year-month-day, like 2026-11-01.")


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
        wrong = _no_day(text, option)
        raise ConfigError(wrong.message, remedy=wrong.remedy.replace(*_WITH_A_TIME)) from None
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
    folded = text.strip().lower().removeprefix("run-guard-").removeprefix("run-vtiger-").removeprefix("run-")
    if folded in GUARDS:
        return folded
    near = difflib.get_close_matches(folded, GUARDS, n=1)
    raise ConfigError(f"There is no guard {text!r}.{did_you_mean(near)}", remedy=f"Guards: {', '.join(GUARDS)}.")


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


def _near(typed: str, codes: Sequence[str]) -> list[str]:
    """Give the codes that a beginning or a misspelt one may stand for, the likeliest first."""
    if not typed:
        return []
    begun = [code for code in codes if code.startswith(typed)]
    starts = {code[: len(typed)]: code for code in reversed(codes)}
    alike = [starts[start] for start in difflib.get_close_matches(typed, starts, n=3, cutoff=0.8)]
    return list(dict.fromkeys((*begun, *alike, *difflib.get_close_matches(typed, codes, n=3))))[:3]


def reason(text: str) -> Code:
    """Read a reason's code; a guard's name stands for its reason.

    Raises:
        ConfigError: there is no such reason.
    """
    folded = text.strip().upper().replace("_", "-")
    codes = [code.value for code in Code]
    for candidate in (folded, f"RUN-GUARD-{folded}", f"RUN-VTIGER-{folded}", f"RUN-{folded}"):
        if candidate in codes:
            return Code(candidate)
    near = _near(folded, codes)
    raise ConfigError(f"There is no reason {text!r}.{did_you_mean(near)}", remedy="`vtxero explain` lists them all.")
