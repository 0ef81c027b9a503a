"""Before every run: is this still the Vtiger whose ids the state's links hold?"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from vtxero.domain.codes import Code
from vtxero.domain.ids import record_number
from vtxero.domain.reference import VtigerReference
from vtxero.errors import StopError
from vtxero.store import Database, SqliteState
from vtxero.store.witnesses import forget_pairs, newest_vtiger_ids
from vtxero.sync.request import RunRequest
from vtxero.vtiger.client import VtigerClient
from vtxero.vtiger.instance import Witness, look_at, suspicion

WITNESSES = "witnesses"
ALLOW = "instance"
NEWEST = 50
MOST = 100
MOVED = (
    "If a backup was put back, it is a copy, or a stand-in was started anew, run `vtxero sync --resync`: all links are "
    "forgotten and found again. "
    "If people deleted these records, go on with `--allow instance`."
)


class Pins(BaseModel):
    """Times of the newest records as Vtiger told them before, and the records known to be missing since."""

    model_config = ConfigDict(frozen=True)

    seen: dict[str, Witness] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()


def check_instance(
    database: Database, state: SqliteState, client: VtigerClient, reference: VtigerReference, request: RunRequest
) -> str:
    """Look at the newest records once more, one call; gives what people should know, blank as a rule.

    Under `--resync` a Vtiger that was put back is taken as it is: links are forgotten, for their ids may be strangers'.

    Raises:
        StopError: it cannot be the same Vtiger, and nobody said to go on.
    """
    pins = Pins.model_validate_json(state.get_meta(WITNESSES) or "{}")
    newest = newest_vtiger_ids(database, NEWEST)
    asked = list(dict.fromkeys((*newest, *pins.seen)))[:MOST]
    if not asked:
        return ""
    now = look_at(client, reference, asked)
    doubt = suspicion(pins.seen, now, newest, pins.missing)
    if doubt and request.resync:
        with state.transaction():
            forget_pairs(database)
            state.set_meta(WITNESSES, Pins().model_dump_json())
        return f"This is not the Vtiger of the last run: {doubt}. All links were forgotten and are found again."
    if doubt and ALLOW not in request.allow:
        text = f"This is not the Vtiger of the last run: {doubt}."
        raise StopError(text, code=Code.RUN_VTIGER_INSTANCE, remedy=MOVED, allow=ALLOW)
    with state.transaction():
        state.set_meta(WITNESSES, _kept(pins, now, newest, forgive=bool(doubt)).model_dump_json())
    return ""


def _kept(pins: Pins, now: dict[str, Witness], newest: list[str], *, forgive: bool) -> Pins:
    """Keep what is there now, and what was missing already: another record may yet take its number."""
    seen = dict(now) if forgive else {**pins.seen, **now}
    top = sorted(seen, key=record_number, reverse=True)[:MOST]
    missing = {each for each in (*newest, *pins.missing) if each not in now}
    return Pins(seen={each: seen[each] for each in top}, missing=tuple(sorted(missing)))
