"""How long is remembered what runs did (`history.undo_days`), and their log kept (`history.log_days`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from vtxero.config.settings import HistorySettings
from vtxero.errors import ConfigError
from vtxero.store import SqliteRuns, SqliteState
from vtxero.store.runs import FORGOTTEN
from vtxero.sync.report import RunSummary

HORIZON = "runs can be undone since"
SELDOM = timedelta(days=1)
ALWAYS_KEPT = 20
"""So many of the last runs, and of those that wrote something, are kept whatever the clock says: it may be wrong."""


def forget_old_runs(state: SqliteState, runs: SqliteRuns, history: HistorySettings, now: datetime) -> None:
    """Forget, once a day, what runs did that can no longer be undone, and after a longer time that they were."""
    horizon = _horizon(state, HORIZON, now - timedelta(days=history.undo_days), runs.writing_since)
    if horizon:
        with state.transaction():
            state.forget_effects(horizon)
            state.forget_intents(horizon)
            state.set_meta(HORIZON, horizon.isoformat())
    horizon = _horizon(state, FORGOTTEN, now - timedelta(days=history.log_days), runs.started)
    if horizon:
        with state.transaction():
            state.forget_intents(horizon)
            runs.forget_runs(horizon, undo_horizon(state))


def _horizon(
    state: SqliteState, name: str, horizon: datetime, kept_since: Callable[[int], datetime | None]
) -> datetime | None:
    """Give the moment before which runs are to be forgotten now, None when it is not time to."""
    last = _noted(state, name)
    if last and horizon - last < SELDOM:
        return None
    newest = kept_since(ALWAYS_KEPT)
    return min(horizon, newest) if newest else None


def undo_horizon(state: SqliteState) -> datetime | None:
    """Since when what runs did is remembered, None where nothing was forgotten yet."""
    return _noted(state, HORIZON)


def _noted(state: SqliteState, name: str) -> datetime | None:
    text = state.get_meta(name)
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
