"""Tells the watcher that `ping_url` names how a run begins and how it ends, whatever way that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vtxero.cli.exitcodes import BUG, INTERRUPTED
from vtxero.errors import VtxeroError

if TYPE_CHECKING:
    from vtxero.config.settings import Settings


@contextmanager
def watched(settings: Settings, *, dry_run: bool) -> Iterator[Callable[[int], None]]:
    """Tell the watcher of `ping_url` how a run begins and ends, errors included; a dry run is no job of cron's."""
    ended: list[int] = []
    if settings.ping_url is None or dry_run:
        yield ended.append
        return
    from vtxero.heartbeat import Heartbeat

    heart = Heartbeat(settings.ping_url)
    heart.start()
    try:
        yield ended.append
    except VtxeroError as error:
        ended.append(error.exit_code)
        raise
    except KeyboardInterrupt:
        ended.append(INTERRUPTED)
        raise
    finally:
        heart.end(ended[-1] if ended else BUG)
