"""Tells a watcher of cron jobs that a run began and how it ended, as healthchecks.io and its kin understand it.

It never delays a run and never breaks one: each ping is sent once, from a thread of its own, and its failure is a line
in the log. Only after the last word of a run is its end waited for, for some seconds, since the process ends then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

import httpx

_log = logging.getLogger("vtxero.heartbeat")

SECONDS = 5.0
"""The longest that a ping takes."""
SUCCESS = frozenset({0, 7})
"""Exit codes of a run that did what it could: a used up budget goes on with the next run."""
NEITHER = frozenset({5, 11, 130, 143})
"""Exit codes that ask nobody for anything. They are noted; where no success follows, the watcher raises its alarm."""


class Heartbeat:
    """The pings of one run. https://healthchecks.io/docs/http_api: /start, success, /fail, /log; the body is shown."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._sent: list[threading.Thread] = []

    def start(self) -> None:
        """Say that a run begins."""
        self._send("/start", "")

    def end(self, exit_code: int) -> None:
        """Say how the run ended, and wait until that is said, for a few seconds at most."""
        place = "" if exit_code in SUCCESS else "/log" if exit_code in NEITHER else "/fail"
        self._wait(self._sent)
        self._send(place, f"exit code {exit_code}\n")
        self._wait(self._sent)

    def _send(self, place: str, body: str) -> None:
        thread = threading.Thread(target=self._ping, args=(place, body), name="heartbeat", daemon=True)
        self._sent.append(thread)
        thread.start()

    def _ping(self, place: str, body: str) -> None:
        try:
            answer = httpx.post(f"{self._url}{place}", content=body, timeout=SECONDS, follow_redirects=True)
            answer.raise_for_status()
        except Exception as error:  # noqa: BLE001 - whatever it is, the run is not its business
            # The address is a secret of sorts: whoever has it can speak for this job.
            _log.warning("The ping%s could not be delivered (%s).", f" {place}" if place else "", type(error).__name__)

    @staticmethod
    def _wait(threads: Iterable[threading.Thread]) -> None:
        for thread in threads:
            thread.join(SECONDS)
