"""Checks everything that a run needs, one thing after the other, and goes on after what is wrong. Writes nothing."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar

from vtxero.bootstrap.catalogue import Catalogue, bar
from vtxero.bootstrap.checks import (
    CONFIG,
    Check,
    account_checks,
    default_checks,
    failed,
    label_checks,
    lock_check,
    mandatory_checks,
    note,
    ok,
    organisation_check,
    picklist_checks,
    problem,
    version_check,
    warning,
)
from vtxero.bootstrap.logins import Login, check_vtiger, check_xero
from vtxero.bootstrap.pin_checks import pin_checks
from vtxero.bootstrap.services import open_vtiger, open_xero
from vtxero.bootstrap.tax_checks import tax_checks
from vtxero.bootstrap.vault import Vault
from vtxero.config.files import may_enter, whose
from vtxero.config.load import Loaded, placeholders
from vtxero.config.lock import RunLock
from vtxero.config.secrets import with_secrets
from vtxero.config.settings import Settings
from vtxero.domain.findings import Finding
from vtxero.domain.reasons import REASONS
from vtxero.domain.reference import Reference, VtigerReference, XeroReference
from vtxero.domain.sides import Direction
from vtxero.domain.words import counted
from vtxero.errors import LockedError, StateError, VtxeroError
from vtxero.registry import MODULES, account_fields
from vtxero.store import SqliteState, open_database
from vtxero.sync.ports import Clock
from vtxero.vtiger.reference import read_reference as read_vtiger
from vtxero.vtiger.reference import read_user_settings, user_findings
from vtxero.xero.reference import read_reference as read_xero

SKEW = 120.0
"""Seconds by which clocks may differ: below that, no login is taken for expired that is not."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Read:
    """What one service told; `server_time` is its clock, in seconds since 1970, not a number where it told none."""

    reference: VtigerReference | XeroReference
    server_time: float
    day_left: int | None = None
    user_problems: tuple[Finding, ...] = ()


def examine(loaded: Loaded, vault: Vault, clock: Clock) -> Iterator[Check]:
    """Give the checks as they are made; what goes wrong is a check too, nothing is raised."""
    settings = loaded.settings
    yield ok("Config", f"{loaded.path or 'the environment'}, profile {settings.profile}.")
    for text in loaded.warnings:
        yield warning("Config", text, "Mend it in the config or the environment.")
    for text in placeholders(loaded):
        yield problem("Config", text, "Fill it in, or let `vtxero init` make a config.", exit_code=CONFIG)
    yield from _state_checks(settings)
    vtiger = xero = None
    login = check_vtiger(vault)
    yield from _login_checks("Vtiger login", login)
    if not login.problem:
        vtiger, failure = _try("Vtiger", lambda: _read_vtiger(settings, vault))
        yield from failure
    login = check_xero(vault, clock)
    yield from _login_checks("Xero login", login)
    if not login.problem:
        xero, failure = _try("Xero", lambda: _read_xero(settings, vault, clock))
        yield from failure
    yield from _clock_checks(clock, vtiger, xero)
    yield from _reference_checks(settings, vault, clock, vtiger, xero)


def _try(topic: str, do: Callable[[], T]) -> tuple[T | None, list[Check]]:
    try:
        return do(), []
    except VtxeroError as error:
        return None, [failed(topic, error)]


# -- this machine ----------------------------------------------------------------------------------------------


def _state_checks(settings: Settings) -> Iterator[Check]:
    if not may_enter(settings.state_folder):
        yield problem(
            "State",
            f"{settings.state_folder} is not open to you{whose(settings.state_folder)}.",
            "Run vtxero as the user who owns it, or have its owner make it readable and writable for you.",
            exit_code=StateError.exit_code,
        )
        return
    if not settings.database.exists():
        yield _first_state(settings.database)
    else:
        found, failure = _try("State", lambda: _count(settings))
        yield from failure or [ok("State", f"{settings.database}, {counted(found or 0, 'link')}.")]
    if not settings.lock_file.exists():
        return
    try:
        with RunLock(settings.lock_file):
            yield ok("Lock", "no other run is under way.")
    except LockedError as error:
        yield note("Lock", error.message, error.remedy)
    except VtxeroError as error:
        yield failed("Lock", error)


def _first_state(path: Path) -> Check:
    """Tell whether a first run will be able to make its state."""
    folder = next(parent for parent in path.parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return note("State", f"none yet; the first run makes {path}.")
    return problem(
        "State",
        f"none yet, and {path} cannot be made: {folder} takes no files of yours.",
        "Make it writable for you, or choose another folder with state_dir in the config.",
        exit_code=CONFIG,
    )


def _count(settings: Settings) -> int:
    with closing(open_database(settings.database)) as database:
        state = SqliteState(database, "")
        return sum(state.count_links(entry.name) for entry in MODULES)


# -- the services ----------------------------------------------------------------------------------------------


def _login_checks(topic: str, login: Login) -> Iterator[Check]:
    if login.problem:
        yield problem(topic, login.problem, login.remedy, exit_code=login.exit_code)
        return
    until = f", until {login.until:%Y-%m-%d} if nobody uses it" if login.until else ""
    who = login.who or "somebody whom Xero does not name"
    yield ok(topic, f"{who} at {login.address}{until}.")
    if login.service == "xero":
        scopes = " ".join(login.scopes) or "as Xero does not tell them, none is missed"
        yield ok("Xero scopes", f"{scopes}.")
        if login.organisation:
            yield ok("Xero tenant", f"{login.organisation} ({login.tenant_id}).")


def _read_vtiger(settings: Settings, vault: Vault) -> _Read:
    with open_vtiger(with_secrets(settings, vault.warn)) as client:
        reference = read_vtiger(client)
        problems = user_findings(read_user_settings(client), reference)
        return _Read(reference, client.server_now(), user_problems=problems)


def _read_xero(settings: Settings, vault: Vault, clock: Clock) -> _Read:
    with open_xero(with_secrets(settings, vault.warn, only_xero=True), clock, vault.warn) as client:
        return _Read(read_xero(client), _seconds(client.limiter.server_date), client.limiter.day_remaining)


def _seconds(date_header: str) -> float:
    try:
        return parsedate_to_datetime(date_header).timestamp()
    except ValueError:
        return math.nan


def _clock_checks(clock: Clock, vtiger: _Read | None, xero: _Read | None) -> Iterator[Check]:
    now = clock.now().timestamp()
    for name, read in (("Vtiger", vtiger), ("Xero", xero)):
        if read is None or math.isnan(read.server_time):
            continue
        skew = now - read.server_time
        if abs(skew) <= SKEW:
            yield ok("Clock", f"as {name}'s, to {max(abs(skew), 1):.0f} s.")
            continue
        theirs = datetime.fromtimestamp(read.server_time, UTC)
        yield warning(
            "Clock",
            f"This machine's clock is {_span(abs(skew))} {'ahead of' if skew > 0 else 'behind'} {name}'s "
            f"({theirs:%Y-%m-%d %H:%M:%S} UTC): logins may be taken for expired.",
            "Set the clock by NTP on the machine that is wrong. No record is judged by this machine's clock.",
        )


def _span(seconds: float) -> str:
    """Write a span of time in the largest unit that says something."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def _reference_checks(
    settings: Settings, vault: Vault, clock: Clock, vtiger: _Read | None, xero: _Read | None
) -> Iterator[Check]:
    crm = vtiger.reference if vtiger else None
    books = xero.reference if xero else None
    if isinstance(crm, VtigerReference):
        yield version_check(crm, settings)
        yield from label_checks(crm)
        yield from mandatory_checks(crm, settings)
        yield from default_checks(crm, settings)
    if isinstance(books, XeroReference):
        yield organisation_check(books)
        yield from filter(None, [lock_check(books, clock.now().date())])
        if xero and xero.day_left is not None:
            yield ok("Xero calls", f"{xero.day_left} left today.")
        yield from account_checks(books, settings)
    if isinstance(crm, VtigerReference) and isinstance(books, XeroReference):
        reference = Reference(crm, books)
        yield from pin_checks(settings, vault, clock, reference)
        yield from tax_checks(reference, settings)
        yield from picklist_checks(reference, account_fields(settings.modules))
        yield from _module_checks(settings, clock, reference, vtiger.user_problems if vtiger else ())


def _module_checks(
    settings: Settings, clock: Clock, reference: Reference, user: tuple[Finding, ...]
) -> Iterator[Check]:
    """Ask for each module what a run asks before it begins; the same trouble is told once."""
    catalogue = Catalogue(
        read_at=clock.now(), reference=reference, user_problems=tuple(item.message for item in user), reach=""
    )
    told: set[str] = set()
    for entry in MODULES:
        options = getattr(settings.modules, entry.name)
        topic = f"modules.{entry.name}"
        if not options.enabled:
            yield note(topic, "switched off.")
            continue
        if entry.absent and entry.is_absent(reference):
            yield note(topic, REASONS[entry.absent].summary)
            continue
        direction: Direction = entry.only or getattr(options, "direction", None) or Direction.BOTH
        error = bar(entry, direction, catalogue)
        if error is None:
            yield ok(topic, f"can be synced, {direction.value}.")
            continue
        reason = error.message.partition(": ")[2] or error.message
        if reason in told:
            yield problem(topic, "cannot be synced, for the same reason.", "", exit_code=error.exit_code)
            continue
        told.add(reason)
        yield failed(topic, error)
