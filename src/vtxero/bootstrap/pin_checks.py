"""What `doctor` checks of a profile: that its state belongs to these services, and that neither was put back since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from vtxero.bootstrap.catalogue import check_pins, check_twins
from vtxero.bootstrap.checks import Check, failed, note, ok
from vtxero.bootstrap.instance import Look, Services, look
from vtxero.bootstrap.services import open_vtiger, open_xero
from vtxero.bootstrap.vault import Vault
from vtxero.config.files import may_enter
from vtxero.config.secrets import with_secrets
from vtxero.config.settings import Settings
from vtxero.domain.reference import Reference
from vtxero.errors import StateError, VtxeroError
from vtxero.store import Database, SqliteState, open_database
from vtxero.sync.ports import Clock
from vtxero.xero.source import XeroSource

TOPIC = "Profile"


def pin_checks(settings: Settings, vault: Vault, clock: Clock, reference: Reference) -> Iterator[Check]:
    """Compare both services with those that the state belongs to, as a run does before it begins."""
    try:
        if not may_enter(settings.state_folder):
            return  # told under State
        if not settings.database.exists():
            check_twins(settings, reference)
            return
        with closing(open_database(settings.database)) as database:
            check_pins(SqliteState(database, ""), reference, settings)
            looks = _look(settings, vault, clock, reference, database)
    except StateError:
        return  # told under State
    except VtxeroError as error:
        yield failed(TOPIC, error)
        return
    doubts = [failed(TOPIC, each.error()) for each in looks if each.doubt]
    yield from doubts
    told = " ".join(text for each in looks for text in each.told)
    if told:
        yield note(TOPIC, told)
    elif not doubts:
        yield ok(TOPIC, "belongs to this Vtiger and this organisation, and neither was put back since the last run.")


def _look(
    settings: Settings, vault: Vault, clock: Clock, reference: Reference, database: Database
) -> tuple[Look, Look]:
    chosen = with_secrets(settings, vault.warn)
    with ExitStack() as stack:
        vtiger = stack.enter_context(open_vtiger(chosen))
        xero = stack.enter_context(open_xero(chosen, clock, vault.warn))
        state = SqliteState(database, "")
        return look(Services(database, state, vtiger, XeroSource(xero), reference.vtiger))
