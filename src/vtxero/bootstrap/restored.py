"""Is the state that of the last run, or an older copy of it that was put back?

An old copy has forgotten what later runs carried. Where a person set such a value back since, the copy would take the
carried value for the newer one and write it over theirs. So each run leaves its name beside the state, in a file of its
own: a state that does not know that run is older than it.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from vtxero.config.files import write_private
from vtxero.domain.codes import Code
from vtxero.domain.reasons import REASONS
from vtxero.errors import StopError
from vtxero.store import Database, SqliteRuns, SqliteState
from vtxero.store.witnesses import forget_pairs
from vtxero.sync.request import RunRequest

ALLOW = "state"
FORGOTTEN = "Its links were forgotten and are found again: where both sides differ, a person decides."
WENT_ON = "The run went on with it, as --allow state says."

_log = logging.getLogger("vtxero")


class NamedRuns(SqliteRuns):
    """The log over one open database; of each run that begins the name is left in a file beside it."""

    def __init__(self, database: Database, beside: Path) -> None:
        super().__init__(database)
        self._beside = beside

    def start(self, run: str, command: str, started_at: datetime) -> None:
        """Note that a run begins; the state knows it before the file does."""
        super().start(run, command, started_at)
        try:
            write_private(self._beside, f"{run}\n")
        except OSError as error:
            _log.warning("%s cannot be written: %s.", self._beside, error.strerror)


def check_restored(database: Database, state: SqliteState, beside: Path, request: RunRequest) -> tuple[str, ...]:
    """Compare the state with the name of the last run; gives what people should know.

    Under `--resync` an old copy's links are forgotten: nobody knows any more who changed what since.

    Raises:
        StopError: the state is older than the last run, and nobody said to go on.
    """
    last, runs = _last_run(beside), SqliteRuns(database)
    if not last or not runs.runs(1) or runs.summary(last) or runs.has_forgotten(last):
        return ()
    newest = runs.runs(1)[0].run
    copy = f"an older copy of it was put back, which ends with {newest}"
    text = f"The state database does not know the last run, {last}: {copy}."
    if request.resync:
        with state.transaction():
            forget_pairs(database)
        return (f"{text} {FORGOTTEN}",)
    if ALLOW in request.allow:
        return (f"{text} {WENT_ON}",)
    raise StopError(text, code=Code.RUN_STATE, remedy=REASONS[Code.RUN_STATE].remedy, allow=ALLOW)


def _last_run(beside: Path) -> str:
    try:
        return beside.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
