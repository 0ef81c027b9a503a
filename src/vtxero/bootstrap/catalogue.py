"""Reference data of both sides: read once an hour, kept in the state; and what it bars before any write."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from vtxero.config.settings import Settings
from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS
from vtxero.domain.reference import Reference
from vtxero.domain.sides import Direction, Side
from vtxero.errors import ConfigError, StopError, VtxeroError
from vtxero.registry import MODULES, ModuleEntry
from vtxero.store import SqliteState
from vtxero.store.database import noted_in
from vtxero.sync.ports import Clock
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.reference import read_reference as read_vtiger
from vtxero.vtiger.reference import read_user_settings, user_findings
from vtxero.xero.client import XeroClient
from vtxero.xero.reference import read_reference as read_xero

CACHED_FOR = timedelta(hours=1)
CATALOGUE = "catalogue"
TENANT = "tenant"
INSTANCE = "instance"
NEW_ADDRESS = (
    "If it is the same Vtiger under a new address, go on with `--allow instance`. For another Vtiger, a copy for tests "
    "too, use a profile of its own."
)


class Catalogue(BaseModel):
    """Both sides' reference data with the moment it was read and the login that reached Xero.

    `user_problems` tell what bars amounts into Vtiger.
    """

    model_config = ConfigDict(frozen=True)

    read_at: AwareDatetime
    reference: Reference
    user_problems: tuple[str, ...] = ()
    reach: str = ""


def load_catalogue(
    state: SqliteState,
    vtiger: VtigerClient,
    xero: XeroClient,
    clock: Clock,
    settings: Settings,
    *,
    fresh: bool,
    moved: bool = False,
) -> Catalogue:
    """Give the reference data, from the state when it is less than an hour old.

    `moved` takes Vtiger's address as a new one of the same instance.

    Raises:
        StopError: one of the two is not the one this profile is pinned to.
        ConfigError: another profile pairs these two already.
        AuthError, TemporaryError, BudgetError, NotModelledError: it could not be read.
    """
    kept = None if fresh else kept_catalogue(state)
    if kept:
        age = clock.now() - kept.read_at
        same = kept.reference.vtiger.instance == vtiger.address.base and kept.reach == xero.reach
        if same and timedelta(0) <= age < CACHED_FOR:
            return kept
    read, user = read_vtiger(vtiger), read_user_settings(vtiger)
    reference = Reference(replace(read, user_decimals=user.decimals if user else None), read_xero(xero))
    problems = user_findings(user, reference.vtiger)
    catalogue = Catalogue(
        read_at=clock.now(),
        reference=reference,
        user_problems=tuple(item.message for item in problems),
        reach=xero.reach,
    )
    check_pins(state, reference, settings, moved=moved)
    with state.transaction():
        state.set_meta(CATALOGUE, catalogue.model_dump_json())
        state.set_meta(TENANT, reference.xero.organisation.organisation_id)
        state.set_meta(INSTANCE, reference.vtiger.instance)
    return catalogue


def kept_catalogue(state: SqliteState) -> Catalogue | None:
    """Give what was read last, however old; None where nothing was, or where another version of vtxero kept it."""
    text = state.get_meta(CATALOGUE)
    try:
        return Catalogue.model_validate_json(text) if text else None
    except ValidationError:
        return None


def forget_catalogue(state: SqliteState) -> None:
    """Have the reference data read again by the next run: this one has changed it."""
    with state.transaction():
        state.set_meta(CATALOGUE, "")


def note_problem(state: SqliteState, text: str) -> None:
    """Let what was seen of the API user in an answer bar amounts from now on, until reference data is read again."""
    kept = kept_catalogue(state)
    if kept is None:
        return
    problems = tuple(dict.fromkeys((*kept.user_problems, text)))
    with state.transaction():
        state.set_meta(CATALOGUE, kept.model_copy(update={"user_problems": problems}).model_dump_json())


def check_pins(state: SqliteState, reference: Reference, settings: Settings, *, moved: bool = False) -> None:
    """The state belongs to one Vtiger and one Xero organisation: links to others would join strangers.

    Raises:
        StopError: one of the two is not the one this profile is pinned to.
        ConfigError: the profile is new, and another one pairs these two already.
    """
    organisation = reference.xero.organisation
    pinned = state.get_meta(TENANT)
    if not pinned:
        check_twins(settings, reference)
    if pinned and pinned != organisation.organisation_id:
        raise _stop(Code.RUN_TENANT, f"The login reaches {organisation.name}, not the organisation of this profile.")
    instance = state.get_meta(INSTANCE)
    if instance and instance != reference.vtiger.instance and not moved:
        text = f"The config leads to {reference.vtiger.instance}; this profile belongs to {instance}."
        raise StopError(text, code=Code.RUN_VTIGER_INSTANCE, remedy=NEW_ADDRESS, allow="instance")


def check_twins(settings: Settings, reference: Reference) -> None:
    """A pair of books has one profile: a second one would find none of the first one's links, and do its work again.

    Raises:
        ConfigError: another profile in the same folder pairs these two.
    """
    mine = {INSTANCE: reference.vtiger.instance, TENANT: reference.xero.organisation.organisation_id}
    for path in sorted(settings.state_dir.glob(f"*/{settings.database.name}")):
        if path != settings.database and noted_in(path, mine) == mine:
            other, own = path.parent.name, settings.profile
            raise ConfigError(
                f"The profile {other!r} pairs {mine[INSTANCE]} with {reference.xero.organisation.name} already, so the "
                f"new profile {own!r} would do its work a second time.",
                remedy=f"Use `--profile {other}`; or give {own!r} a Vtiger or an organisation of its own in the "
                f"config. To start afresh, move {path.parent} away.",
            )


def bar(entry: ModuleEntry, direction: Direction, catalogue: Catalogue) -> VtxeroError | None:
    """Say what bars a module before any write; None when nothing does."""
    missing = entry.missing(catalogue.reference)
    if missing:
        text = f"{entry.name} cannot be synced: Vtiger shows its API user no module {', '.join(missing)}."
        remedy = "Switch the module on in Vtiger, or give the user's profile the right to see it."
        return StopError(text, code=Code.RUN_VTIGER_USER, remedy=remedy)
    if direction.reaches(Side.VTIGER) and entry.unwritable(catalogue.reference):
        return _reads_only(catalogue.reference)
    if not entry.carries_money:
        return None
    vtiger, xero = catalogue.reference.vtiger, catalogue.reference.xero
    if vtiger.base_currency != xero.organisation.base_currency:
        mine, theirs = vtiger.base_currency or "none", xero.organisation.base_currency
        text = f"{entry.name} cannot be synced: Vtiger's base currency is {mine}, Xero's is {theirs}."
        return _stop(Code.RUN_BASE_CURRENCY, text)
    if catalogue.user_problems and direction.reaches(Side.VTIGER):
        return _stop(Code.RUN_VTIGER_USER, " ".join(catalogue.user_problems))
    return None


def _reads_only(reference: Reference) -> StopError:
    """Say it once for all modules: as a rule it is one profile that lacks the rights."""
    names = dict.fromkeys(name for entry in MODULES for name in entry.unwritable(reference))
    text = f"Nothing can be written to Vtiger: its API user may not create and change {', '.join(names)}."
    remedy = "Give the user's profile these rights in Vtiger, or sync with --direction to-xero."
    return StopError(text, code=Code.RUN_VTIGER_USER, remedy=remedy)


def _stop(code: Code, text: str) -> StopError:
    return StopError(text, code=code, remedy=REASONS[code].remedy)
