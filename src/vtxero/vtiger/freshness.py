"""Which rows are proven not to have changed since they were read last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vtxero.errors import ConfigError
from vtxero.sync.cursors import is_complete, moment_of
from vtxero.sync.ports import KnownModified

OVERLAP = timedelta(seconds=300)
"""Vtiger's times have whole seconds and rows are committed out of their order, so a list begins somewhat earlier."""

_QUARTER = 900
_SETTLED = 5
_MOMENT = "%Y-%m-%d %H:%M:%S"


def less_overlap(since: str) -> str:
    """Give the moment at which a list begins, in Vtiger's own notation and time zone.

    Nothing is taken off a cursor under which nothing can come to light any more.

    Raises:
        ConfigError: `since` is no date or moment.
    """
    try:
        moment = datetime.fromisoformat(moment_of(since).strip()).replace(tzinfo=None)
        return (moment if is_complete(since) else moment - OVERLAP).strftime(_MOMENT)
    except (ValueError, OverflowError) as error:
        raise ConfigError(
            f"{since!r} is no moment that Vtiger could be asked for.",
            remedy="Write it as 2026-11-30 or 2026-11-30 18:00:00.",
        ) from error


@dataclass(frozen=True, slots=True)
class Freshness:
    """Compares modification times with those under which rows were read. `server_now`: seconds since 1970 UTC."""

    known: KnownModified
    server_now: float

    def is_unchanged(self, record_id: str, modified: str) -> bool:
        """Tell whether the row was read in this very state: the same time, and that second is over."""
        return bool(modified) and self.known(record_id) == modified and self.is_settled(modified)

    def is_covered(self, record_id: str, modified: str) -> bool:
        """Tell the same of a part of a composite record, which is known under the latest time of its parts."""
        latest = self.known(record_id)
        return bool(modified) and latest is not None and modified <= latest and self.is_settled(modified)

    def is_settled(self, modified: str) -> bool:
        """Tell whether no further change can fall into this second.

        Vtiger's zone is not known and its times do not tell it. All zones lie whole quarters of an hour apart, so the
        seconds of the quarter are compared: wrong for one row in eighty, which is then read once more than needed.
        """
        try:
            moment = datetime.strptime(modified, _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            return False
        age = (self.server_now - moment.timestamp()) % _QUARTER
        return _SETTLED < age < _QUARTER - _SETTLED
