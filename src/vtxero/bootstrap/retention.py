"""How long is remembered what runs did: as long as they can be undone (`history.undo_days`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from vtxero.config.settings import HistorySettings
from vtxero.errors import ConfigError
from vtxero.store import SqliteRuns, SqliteState
from vtxero.sync.report import RunSummary

HORIZON = "runs can be undone since"
SELDOM = timedelta(days=1)
ALWAYS_KEPT = 20
"""So many of the last runs that wrote something can be undone whatever the clock says: it may be wrong."""


def forget_old_runs(state: SqliteState, runs: SqliteRuns, history: HistorySettings, now: datetime) -> None:
    """Forget what runs did that can no longer be undone, once a day; their story in the log stays."""
    horizon = now - timedelta(days=history.undo_days)
    last = undo_horizon(state)
    if last and horizon - last < SELDOM:
        return
    newest = runs.writing_since(ALWAYS_KEPT) if ALWAYS_KEPT else horizon
    if newest is None:
        return
    horizon = min(horizon, newest)
    with state.transaction():
        state.forget_effects(horizon)
        state.forget_intents(horizon)
        state.set_meta(HORIZON, horizon.isoformat())


def undo_horizon(state: SqliteState) -> datetime | None:
    """Since when what runs did is remembered, None where nothing was forgotten yet."""
    text = state.get_meta(HORIZON)
    return datetime.fromisoformat(text) if text else None


def check_remembered(state: SqliteState, run: RunSummary) -> None:
    """Raise ConfigError for a run that can no longer be undone."""
    horizon = undo_horizon(state)
    if horizon and run.started_at < horizon:
        raise ConfigError(
            f"The run {run.run} can no longer be undone: what it did is remembered since {horizon:%Y-%m-%d} only.",
            remedy="Mend single records by hand: `vtxero log` still tells what it did. history.undo_days in the config"
            " says how long later runs can be undone.",
        )
