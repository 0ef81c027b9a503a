"""What a run needs of both services, judged from their reference data: one check per thing, each with its remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.options import ModuleOptions
from vtxero.domain.reasons import REASONS
from vtxero.domain.reference import Reference, VtigerModule, VtigerReference, XeroReference
from vtxero.domain.sides import Direction, Side
from vtxero.domain.words import did_you_mean
from vtxero.errors import ConfigError, StopError, VtxeroError
from vtxero.registry import ALWAYS_FILLED
from vtxero.rules.accounts import (
    ACCOUNT_FIELDS,
    AccountField,
    account_problem,
    missing_picklist_values,
    payment_account_problem,
)
from vtxero.rules.fields import resolve_field
from vtxero.rules.labels import LABELS

CONFIG = ConfigError.exit_code


class State(StrEnum):
    """How a check ended. A note asks for nothing, a warning lets runs go on, a problem stops them or a part of them."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `paste` holds lines to be pasted somewhere, as the remedy says.

    `exit_code` is what a run would end with (the README lists them); 0 unless it is a problem.
    """

    topic: str
    state: State
    text: str
    remedy: str = ""
    paste: tuple[str, ...] = ()
    code: str = ""
    exit_code: int = 0


def ok(topic: str, text: str) -> Check:
    """Make a check that is passed."""
    return Check(topic, State.OK, text)


def note(topic: str, text: str, remedy: str = "", paste: tuple[str, ...] = ()) -> Check:
    """Make one that is worth knowing."""
    return Check(topic, State.NOTE, text, remedy, paste)


def warning(topic: str, text: str, remedy: str, *, code: str = "", paste: tuple[str, ...] = ()) -> Check:
    """Make one that will leave records alone."""
    return Check(topic, State.WARNING, text, remedy, paste, code)


def problem(topic: str, text: str, remedy: str, *, exit_code: int, code: str = "") -> Check:
    """Make one that stops runs."""
    return Check(topic, State.PROBLEM, text, remedy, code=code, exit_code=exit_code)


def failed(topic: str, error: VtxeroError) -> Check:
    """Make one of what a run would end with."""
    code = error.code if isinstance(error, StopError) else ""
    return problem(topic, error.message, error.remedy, exit_code=error.exit_code, code=code)


# -- Vtiger ----------------------------------------------------------------------------------------------------

MADE_FROM = {
    "organizations": ("Accounts", "Contacts"),
    "contacts": ("Contacts",),
    "products": ("Products",),
    "invoices": ("Invoice",),
    "payments": ("Payments",),
}


def version_check(vtiger: VtigerReference, settings: Settings) -> Check:
    """Say whether this version has a fault that concerns us."""
    shown = vtiger.version or "of an unknown version"
    if not vtiger.loses_invoices:
        return ok("Vtiger version", shown)
    if _towards(settings, "invoices", Side.VTIGER):
        return warning(
            "Vtiger version",
            f"{shown}: its web service cannot create invoices, and loses totals when lines are changed. "
            "Invoices from Xero will be skipped.",
            REASONS[Code.RUN_VTIGER_VERSION].remedy,
            code=Code.RUN_VTIGER_VERSION,
        )
    return note("Vtiger version", f"{shown}: cannot take invoices from Xero, which this config does not ask of it.")


def label_checks(vtiger: VtigerReference) -> Iterator[Check]:
    """Say which of the fields that go by label were found."""
    found: list[str] = []
    missing: list[str] = []
    for name, labels in LABELS.items():
        module = vtiger.modules.get(name)
        if module is None:
            continue
        for label in labels:
            field = module.by_label(label)
            (found if field else missing).append(f"{label} ({name})")
    yield ok("Vtiger fields", f"found by label: {', '.join(found) or 'none'}.")
    if missing:
        yield note(
            "Vtiger fields",
            f"not there, and not needed: {', '.join(missing)}.",
            "To use one, make a field with exactly that label in Vtiger (Settings, Module Layouts & Fields).",
        )


def mandatory_checks(vtiger: VtigerReference, settings: Settings) -> Iterator[Check]:
    """Name the mandatory fields that Xero may leave blank and that have no default."""
    told: set[tuple[str, str]] = set()
    for module_name, names in MADE_FROM.items():
        options = getattr(settings.modules, module_name, None)
        if not isinstance(options, ModuleOptions) or not _towards(settings, module_name, Side.VTIGER):
            continue
        for name in names:
            module = vtiger.modules.get(name)
            fields = [] if module is None else _open_fields(module, options)
            fields = [field for field in fields if (name, field) not in told]
            told |= {(name, field) for field in fields}
            if fields:
                yield warning(
                    "Vtiger mandatory fields",
                    f"{name}: {', '.join(fields)} must be filled, and Xero may have no value. "
                    "Records without one will be skipped.",
                    f"Give a default in the config, as in modules.{module_name}.defaults: {{{fields[0]}: ...}}, "
                    "or make the field optional in Vtiger.",
                    code=Code.MANDATORY_FIELD,
                )
    if not told:
        yield ok("Vtiger mandatory fields", "each has a value or a default.")


def default_checks(vtiger: VtigerReference, settings: Settings) -> Iterator[Check]:
    """Name the defaults of the config that no field of Vtiger takes: a run passes over them without a word."""
    for module_name, made_from in MADE_FROM.items():
        options: ModuleOptions = getattr(settings.modules, module_name)
        names = (*made_from, "Services") if module_name == "products" else made_from  # changed, though never made
        modules = [vtiger.modules[name] for name in names if name in vtiger.modules]
        labels = [label for module in modules for field in module.fields for label in (field.label, field.name)]
        for key in options.defaults:
            if any(resolve_field(key, module) for module in modules):
                continue
            near = difflib.get_close_matches(key, labels, n=1)
            yield warning(
                f"modules.{module_name}.defaults.{key}",
                f"Vtiger has no such field in {' or '.join(names)}, so it fills nothing.{did_you_mean(near)}",
                "Write a field's name, or its label as Vtiger shows it.",
            )


def _open_fields(module: VtigerModule, options: ModuleOptions) -> list[str]:
    filled = ALWAYS_FILLED[module.name]
    given = {resolve_field(key, module) for key, value in options.defaults.items() if value}
    return [
        field.label
        for field in module.fields
        if field.mandatory and field.kind != "autogenerated" and field.name not in filled | given
    ]


# -- Xero ------------------------------------------------------------------------------------------------------


def organisation_check(xero: XeroReference) -> Check:
    """Name the organisation with what bounds its documents."""
    found = xero.organisation
    locked = f"; locked up to {found.locked_until}" if found.locked_until else "; no lock date"
    return ok(
        "Xero organisation", f"{found.name}, {found.country or 'country unknown'}, {found.base_currency}{locked}."
    )


def lock_check(xero: XeroReference, today: date) -> Check | None:
    """Warn of a lock date that leaves no room for today's invoices."""
    locked = xero.organisation.locked_until
    if locked is None or locked < today:
        return None
    return warning(
        "Xero lock date",
        f"Documents up to {locked} are locked, today's included: those dated before will be skipped.",
        REASONS[Code.INV_LOCK_DATE].remedy,
        code=Code.INV_LOCK_DATE,
    )


def account_checks(xero: XeroReference, settings: Settings) -> Iterator[Check]:
    """Look at every account that the config names, and at the ones that it should name."""
    for key, code in account_settings(settings):
        if not code:
            if key == "modules.invoices.sales_account":
                yield warning(
                    key,
                    "names no account: invoice lines whose product names none will be skipped.",
                    "Put the code of a sales account there, or run `vtxero init`.",
                    code=Code.INV_ACCOUNT,
                )
            continue
        account = xero.find_account(code)
        judge = payment_account_problem if key.startswith("modules.payments.") else account_problem
        trouble = judge(account, code)
        if trouble:
            yield problem(key, trouble, "Name an active account by its code in Xero's chart.", exit_code=CONFIG)
        elif account is not None:
            yield ok(key, f"{account.code} - {account.name}.")


def account_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give every option that names an account, with what it names."""
    for name in type(settings.modules).model_fields:
        options = getattr(settings.modules, name)
        for key in type(options).model_fields:
            value = getattr(options, key)
            if (key == "account" or key.endswith("_account")) and isinstance(value, str) and options.enabled:
                yield f"modules.{name}.{key}", value
            elif key == "accounts" and isinstance(value, dict) and options.enabled:
                yield from ((f"modules.{name}.{key}.{mode}", code) for mode, code in value.items())


def picklist_checks(reference: Reference, fields: Iterable[AccountField] = ACCOUNT_FIELDS) -> Iterator[Check]:
    """Give the accounts that Vtiger's picklists lack, to be pasted into its picklist editor."""
    for gap in missing_picklist_values(reference, fields):
        yield note(
            "Vtiger picklists",
            f"{gap.label} ({gap.module}) lacks {len(gap.values)} of Xero's accounts.",
            "Paste those that you use into Vtiger's picklist editor (Settings, Picklist Field Values):",
            gap.values,
        )


def _towards(settings: Settings, module: str, side: Side) -> bool:
    """Tell whether the config carries a module to a side."""
    options = getattr(settings.modules, module, None)
    direction = getattr(options, "direction", Direction.BOTH)
    return bool(options and options.enabled and direction.reaches(side))
